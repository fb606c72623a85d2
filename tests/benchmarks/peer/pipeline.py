"""The usual pipeline: LangChain over Chroma with the same embedder; runs alone, in an environment of its own.

Reads one JSON job on standard input: `model`, `store`, `query_prefix`, `questions`, and either `files` (PDF) or `texts`
(with their ids). Prints one JSON result: seconds to index, what each question found, best first, and memory.
"""

import json
import resource
import sys
import time
from pathlib import Path

import numpy as np
import onnxruntime
from langchain_chroma import Chroma
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter
from pypdf import PdfReader
from tokenizers import Tokenizer

CHUNK_CHARACTERS, OVERLAP_CHARACTERS = 1000, 200  # what LangChain's own tutorial splits into
FOUND = 40
BATCH = 32
CHROMA_MOST = 5000


class OnnxEmbeddings(Embeddings):
    """bge-small by onnxruntime, in batches, as pipelines call it."""

    def __init__(self, folder: Path, query_prefix: str) -> None:
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(512)
        self._tokenizer.enable_padding()
        self._session = onnxruntime.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])
        self._inputs = {node.name for node in self._session.get_inputs()}
        self._query_prefix = query_prefix

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return a vector for each text."""
        return [vector for at in range(0, len(texts), BATCH) for vector in self._batch(texts[at : at + BATCH])]

    def embed_query(self, text: str) -> list[float]:
        """Return a question's vector."""
        return self._batch([self._query_prefix + text])[0]

    def _batch(self, texts: list[str]) -> list[list[float]]:
        encodings = self._tokenizer.encode_batch(texts)
        feeds = {
            "input_ids": np.array([one.ids for one in encodings], np.int64),
            "attention_mask": np.array([one.attention_mask for one in encodings], np.int64),
            "token_type_ids": np.array([one.type_ids for one in encodings], np.int64),
        }
        states = self._session.run(None, {name: feed for name, feed in feeds.items() if name in self._inputs})[0][:, 0]
        return (states / np.linalg.norm(states, axis=1, keepdims=True)).tolist()


def documents_of(job: dict) -> list[Document]:
    """Return a document for each page of the PDF files, or for each text."""
    if "texts" in job:
        return [Document(text, metadata={"place": name}) for name, text in job["texts"]]
    return [
        Document(page.extract_text(), metadata={"place": f"{Path(path).name}#{number}"})
        for path in job["files"]
        for number, page in enumerate(PdfReader(path).pages)
    ]


def main() -> None:
    """Index, ask, and tell."""
    job = json.load(sys.stdin)
    embeddings = OnnxEmbeddings(Path(job["model"]), job["query_prefix"])
    started = time.perf_counter()
    splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK_CHARACTERS, chunk_overlap=OVERLAP_CHARACTERS)
    chunks = splitter.split_documents(documents_of(job))
    store = Chroma(
        embedding_function=embeddings,
        persist_directory=job["store"],
        collection_metadata={"hnsw:space": "cosine"},
    )
    for at in range(0, len(chunks), CHROMA_MOST):
        store.add_documents(chunks[at : at + CHROMA_MOST])
    index_s = time.perf_counter() - started
    started = time.perf_counter()
    found = [
        list(dict.fromkeys(hit.metadata["place"] for hit in store.similarity_search(question, k=FOUND)))
        for question in job["questions"]
    ]
    ask_ms = (time.perf_counter() - started) * 1000 / len(found)
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    result = {"index_s": index_s, "chunks": len(chunks), "ask_ms": ask_ms, "memory_mb": memory_mb, "found": found}
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
