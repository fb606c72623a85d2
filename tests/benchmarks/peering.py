"""Margent beside a LangChain pipeline over Chroma: the same embedder, the same documents, the same questions.

Run only when named: its environment takes minutes to make once, and both sides embed everything. It asks the index for
packages while it makes its environment, and nothing after that.
"""

import hashlib
import json
import math
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from app.core.messages import Search, Searched
from app.core.types import Hit
from tests.benchmarks.figures import Figure, index, library
from tests.models import EMBEDDER

EVALUATION = Path(__file__).resolve().parents[3] / "shared" / "evaluation"
QUERY_PREFIX = "Represent this sentence for searching relevant passages: "
_PEER = Path(__file__).parent / "peer"
_FOUND = 40
_OFFLINE = {"HF_HUB_OFFLINE": "1", "ANONYMIZED_TELEMETRY": "False", "LANGSMITH_TRACING": "false"}


@dataclass(frozen=True, slots=True)
class Side:
    """What one of the two did: places found for each question, best first."""

    index_s: float
    ask_ms: float
    memory_mb: float
    found: list[list[str]]


async def measure(folder: Path) -> list[Figure]:
    """Ask both about the NTSB's reports; with MARGENT_PEER_SCIFACT set, about SciFact's abstracts, too."""
    if not EVALUATION.is_dir():
        raise RuntimeError("../shared/evaluation is absent")
    figures = await ntsb(folder)
    return figures + (await scifact(folder) if os.environ.get("MARGENT_PEER_SCIFACT") else [])


async def ntsb(folder: Path) -> list[Figure]:
    """Return how often the right page is found, both sides, and what it took."""
    place = EVALUATION / "pdf" / "ntsb"
    asked = [json.loads(line) for line in (place / "qa.jsonl").read_text(encoding="utf-8").splitlines()]
    asked = [one for one in asked if one.get("evidence")]
    questions = [one["question"] for one in asked]
    right = [{f"{Path(spot['doc']).name}#{spot['page']}": 1.0 for spot in one["evidence"]} for one in asked]
    docs = place / "docs"
    ours = await our_side(folder, docs, questions, lambda hit: f"{name_of(hit)}#{hit.page - 1}")
    theirs = their_side(folder, {"files": sorted(map(str, docs.glob("*.pdf")))}, questions)
    figures = [Figure(f"ntsb page hit@{k}", hit_at(k, ours, right), hit_at(k, theirs, right), "") for k in (1, 5, 10)]
    return figures + costs("ntsb", ours, theirs)


async def scifact(folder: Path) -> list[Figure]:
    """Return nDCG@10 of SciFact's test questions, both sides, and what it took."""
    place = EVALUATION / "ir" / "scifact"
    corpus = [json.loads(line) for line in (place / "corpus.jsonl").read_text(encoding="utf-8").splitlines()]
    texts = [(str(entry["_id"]), f"{entry['title']}\n\n{entry['text']}") for entry in corpus]
    right: dict[str, dict[str, float]] = {}
    for line in (place / "qrels" / "test.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        question, entry, score = line.split("\t")
        right.setdefault(question, {})[entry] = float(score)
    rows = [json.loads(line) for line in (place / "queries.jsonl").read_text(encoding="utf-8").splitlines()]
    asked = {str(row["_id"]): str(row["text"]) for row in rows if str(row["_id"]) in right}
    papers = folder / "scifact"
    papers.mkdir()
    for name, text in texts:
        (papers / f"{name}.txt").write_text(text, encoding="utf-8")
    questions = list(asked.values())
    ours = await our_side(folder, papers, questions, lambda hit: Path(name_of(hit)).stem)
    theirs = their_side(folder, {"texts": texts}, questions)
    relevant = [right[name] for name in asked]
    return [
        Figure("scifact nDCG@10", ndcg(ours, relevant), ndcg(theirs, relevant), ""),
        *costs("scifact", ours, theirs),
    ]


async def our_side(folder: Path, papers: Path, questions: Sequence[str], place_of: Callable[[Hit], str]) -> Side:
    """Index a folder and ask, as the command line does."""
    async with library(folder) as session:
        started = time.perf_counter()
        await index(session, papers)
        index_s = time.perf_counter() - started
        started, found = time.perf_counter(), list[list[str]]()
        for question in questions:
            events = [event async for event in session.request(Search(question, _FOUND))]
            (searched,) = (event for event in events if isinstance(event, Searched))
            found.append(list(dict.fromkeys(place_of(hit) for hit in searched.result.hits)))
        ask_ms = (time.perf_counter() - started) * 1000 / len(questions)
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Side(index_s, ask_ms, memory_mb, found)


def their_side(folder: Path, documents: Mapping[str, object], questions: Sequence[str]) -> Side:
    """Have the pipeline index and answer the same, offline."""
    model = (folder / "data" / "models" / EMBEDDER).resolve()
    store = folder / f"chroma-{time.monotonic_ns()}"
    job = {"model": str(model), "store": str(store), "query_prefix": QUERY_PREFIX, "questions": list(questions)}
    told = subprocess.run(
        [peer_python(), _PEER / "pipeline.py"],
        input=json.dumps({**job, **documents}).encode(),
        stdout=subprocess.PIPE,
        env={**os.environ, **_OFFLINE},
        check=True,
    )
    result = json.loads(told.stdout)
    return Side(result["index_s"], result["ask_ms"], result["memory_mb"], result["found"])


def peer_python() -> Path:
    """Return the interpreter of the pipeline's environment, made at the first call and after its lock file changed."""
    lock = _PEER / "requirements.txt"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()[:12]
    place = Path(platformdirs.user_cache_dir("margent", appauthor=False)) / f"peer-{digest}"
    python = place / "bin" / "python"
    if not (place / "complete").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", place], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "--require-hashes", "-r", lock], check=True)
        (place / "complete").touch()
    return python


def costs(name: str, ours: Side, theirs: Side) -> list[Figure]:
    """Return what both took."""
    return [
        Figure(f"{name} time to index", ours.index_s, theirs.index_s, "s"),
        Figure(f"{name} a question", ours.ask_ms, theirs.ask_ms, "ms"),
        Figure(f"{name} peak memory", ours.memory_mb, theirs.memory_mb, "MB"),
    ]


def hit_at(k: int, side: Side, right: Sequence[Mapping[str, float]]) -> float:
    """Return the share of questions one of whose right places is among the first k."""
    return sum(bool(set(found[:k]) & set(places)) for found, places in zip(side.found, right, strict=True)) / len(right)


def ndcg(side: Side, right: Sequence[Mapping[str, float]]) -> float:
    """Return the mean nDCG@10, with linear gain."""
    scores: list[float] = []
    for found, gains in zip(side.found, right, strict=True):
        gained = sum(gains.get(place, 0.0) / math.log2(rank + 1) for rank, place in enumerate(found[:10], 1))
        best = sum(gain / math.log2(n + 1) for n, gain in enumerate(sorted(gains.values(), reverse=True)[:10], 1))
        scores.append(gained / best)
    return sum(scores) / len(scores)


def name_of(hit: Hit) -> str:
    """Return the name of the file that a hit is in."""
    return Path(os.fsdecode(hit.path)).name
