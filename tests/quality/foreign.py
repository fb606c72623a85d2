"""Write questions and documents in one language of XQuAD for `margent evaluate answers`: `FOLDER TO --each N --seed S`.

`TO/answerable` has every paragraph as a document and so many questions, `TO/unanswerable` the same questions and all
paragraphs but theirs.
"""

import argparse
import random
import re
from pathlib import Path

import msgspec

from app.library.answer_evaluation import DOCUMENTS


class _Told(msgspec.Struct):
    answers: list[str]


class _Question(msgspec.Struct):
    id: str = msgspec.field(name="_id")
    text: str
    metadata: _Told


class _Paragraph(msgspec.Struct):
    id: str = msgspec.field(name="_id")
    text: str


def main() -> None:
    """Read the set and write both folders."""
    parser = argparse.ArgumentParser(prog="python -m tests.quality.foreign", description=__doc__)
    parser.add_argument("folder", type=Path, help="a language's folder: corpus.jsonl, queries.jsonl, qrels/test.tsv")
    parser.add_argument("to", type=Path)
    parser.add_argument("--each", type=int, default=30)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    lines = msgspec.json.Decoder(_Question).decode_lines((options.folder / "queries.jsonl").read_bytes())
    paragraphs = msgspec.json.Decoder(_Paragraph).decode_lines((options.folder / "corpus.jsonl").read_bytes())
    rows = (options.folder / "qrels" / "test.tsv").read_text(encoding="utf-8").splitlines()[1:]
    stands_in = dict(row.split("\t")[:2] for row in rows)
    asked = random.Random(options.seed).sample(lines, options.each)
    theirs = {stands_in[question.id] for question in asked}
    for name, kept in (
        ("answerable", paragraphs),
        ("unanswerable", [paragraph for paragraph in paragraphs if paragraph.id not in theirs]),
    ):
        documents = options.to / name / DOCUMENTS
        documents.mkdir(parents=True)
        for paragraph in kept:
            (documents / _file_name(paragraph.id)).write_text(paragraph.text, encoding="utf-8")
        with (options.to / name / "qa.jsonl").open("wb") as file:
            for question in asked:
                file.write(msgspec.json.encode(_record(question, stands_in[question.id], name == "answerable")) + b"\n")


def _record(question: _Question, paragraph: str, is_answerable: bool) -> dict[str, object]:
    return {
        "id": question.id,
        "question": question.text,
        "answerable": is_answerable,
        "answers": question.metadata.answers if is_answerable else [],
        "evidence": [{"doc": _file_name(paragraph)}] if is_answerable else [],
    }


def _file_name(paragraph: str) -> str:
    return re.sub(r"[:#/]", "-", paragraph) + ".txt"


if __name__ == "__main__":
    main()
