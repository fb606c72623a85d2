"""Measures questions in another language than the documents: searched as they are, and as the model puts them.

.venv/bin/python -m tests.quality.crossing ../shared/evaluation/multi/xquad de zh --documents en --model NAME

Prints for each language in how many of the sampled questions the paragraph of the answer stands first, and among the
first five passages. The model is the one named of those in the usual library.
"""

import argparse
import asyncio
import json
import os
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from app.config.paths import default_data_dir
from app.core.messages import Ask, EvidenceFound
from app.core.types import Hit
from app.engine.session import Session
from tests.benchmarks.figures import index, library

FIRST = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", type=Path, help="a folder with a folder for each language")
    parser.add_argument("languages", nargs="+", help="the questions' languages")
    parser.add_argument("--documents", default="en", help="the documents' language")
    parser.add_argument("--model", required=True)
    parser.add_argument("--sample", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder), options))


async def measure(folder: Path, options: argparse.Namespace) -> None:
    """Index the paragraphs as files, ask each language's sample, and print what was found."""
    (folder / "data").mkdir()
    (folder / "data" / "models").symlink_to(default_data_dir() / "models")
    (folder / "paragraphs").mkdir()
    for row in rows(options.sets / options.documents / "corpus.jsonl"):
        name = row["_id"].partition(":")[2].replace("/", "_")
        (folder / "paragraphs" / f"{name}.txt").write_text(row["text"])
    async with library(folder) as session:
        await index(session, folder / "paragraphs")
        for language in options.languages:
            print(language, await found_in(session, asked(options, language), options.model), flush=True)


def rows(path: Path) -> list[dict[str, str]]:
    """Return the objects of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def asked(options: argparse.Namespace, language: str) -> list[tuple[str, str]]:
    """Return a sample of (question, name of the paragraph with its answer)."""
    folder = options.sets / language
    judged = [line.split("\t") for line in (folder / "qrels" / "test.tsv").read_text().splitlines()[1:]]
    right = {question: paragraph.partition(":")[2].replace("/", "_") for question, paragraph, _score in judged}
    sampled = random.Random(options.seed).sample(rows(folder / "queries.jsonl"), options.sample)
    return [(row["text"], right[row["_id"]]) for row in sampled]


async def found_in(session: Session, questions: Sequence[tuple[str, str]], model: str) -> str:
    """Return the shares at first place and among the first, as asked and as the model puts it."""
    counts: Counter[tuple[str, int]] = Counter()
    for question, right in questions:
        ways = {
            "as it is": Ask(question, no_model=True),
            "in their language": Ask(question, model=model, evidence_only=True),
        }
        for way, ask in ways.items():
            places = [
                os.path.splitext(os.path.basename(hit.path))[0].decode() for hit in await first_found(session, ask)
            ]
            counts[way, 1] += right in places[:1]
            counts[way, FIRST] += right in places[:FIRST]
    return "; ".join(
        f"{way}: @1 {counts[way, 1] / len(questions):.2f}, @{FIRST} {counts[way, FIRST] / len(questions):.2f}"
        for way in ("as it is", "in their language")
    )


async def first_found(session: Session, ask: Ask) -> tuple[Hit, ...]:
    """Return the passages of the last search that a question makes, before the model's context cuts them."""
    found: dict[str, tuple[Hit, ...]] = {}
    async for event in session.request(ask):
        if isinstance(event, EvidenceFound):
            found.setdefault(event.searched, event.evidence)
    return list(found.values())[-1]


if __name__ == "__main__":
    main()
