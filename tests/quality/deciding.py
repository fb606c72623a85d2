"""Measures how often it is rightly decided whether the documents answer a question of a conversation (MTRAG).

.venv/bin/python -m tests.quality.deciding LIBRARY ../shared/evaluation/qa/mtrag_un --model NAME --each 10 --seed 11

LIBRARY is a data directory; the passages are written into its folder `mtrag` as files and indexed there. The answers
of the conversation are those of the set, which rest on no passage that this library knows. Prints a line for each one.
"""

import argparse
import asyncio
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.config.paths import DataPaths
from app.config.settings import Settings
from app.core.messages import AnswerFinished, Ask
from app.core.types import Answer, Turn
from app.engine.session import Session, open_session
from tests.benchmarks.figures import index

KINDS = {"ANSWERABLE": True, "UNANSWERABLE": False}


@dataclass(frozen=True, slots=True)
class Asked:
    """The last question of a conversation, what was said before it, and whether the passages answer it."""

    question: str
    turns: tuple[Turn, ...]
    answerable: bool


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--model", required=True)
    parser.add_argument("--each", type=int, default=10, help="how many answerable and unanswerable questions")
    parser.add_argument("--seed", type=int, default=11)
    options = parser.parse_args()
    folder = written(options.questions / "corpus.jsonl", options.library / "mtrag")
    asked = drawn(options.questions / "tasks.jsonl", options.each, options.seed)
    asyncio.run(tell(DataPaths(options.library), folder, asked, options.model))


def written(corpus: Path, folder: Path) -> Path:
    """Write each passage into a file of its own, and return their folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for line in corpus.read_text(encoding="utf-8").splitlines():
        passage = json.loads(line)
        text = "\n\n".join(filter(None, (passage["title"], passage["text"])))
        (folder / f"{passage['_id']}.txt").write_text(text, encoding="utf-8")
    return folder


def drawn(tasks: Path, each: int, seed: int) -> list[Asked]:
    """Return so many answerable and unanswerable questions in turn."""
    found = [json.loads(line) for line in tasks.read_text(encoding="utf-8").splitlines()]
    chance = random.Random(seed)
    kinds = [[one for one in found if one["answerability"] == kind] for kind in KINDS]
    pairs = zip(*(chance.sample(kind, each) for kind in kinds), strict=True)
    return [_asked(one) for pair in pairs for one in pair]


async def tell(paths: DataPaths, folder: Path, asked: Sequence[Asked], model: str) -> None:
    """Ask all questions, and print what was decided."""
    rightly: dict[bool, int] = {True: 0, False: 0}
    async with open_session(paths, Settings()) as session:
        await index(session, folder.resolve())
        for one in asked:
            answer = await answered(session, Ask(one.question, one.turns, model=model))
            rightly[one.answerable] += answer.found == one.answerable
            text = " ".join(answer.text.split())
            print(
                f"{one.answerable!s:5} {answer.found!s:5} {answer.ended:6} {one.question[:80]} | {text[:160]}",
                flush=True,
            )
    for answerable, count in rightly.items():
        print(f"{'answered' if answerable else 'refused'} rightly: {count}/{len(asked) // 2}")


async def answered(session: Session, ask: Ask) -> Answer:
    """Return the finished answer."""
    async for event in session.request(ask):
        if isinstance(event, AnswerFinished):
            return event.answer
    raise AssertionError("a request always ends with a final event")


def _asked(task: dict[str, Any]) -> Asked:
    said = [turn["text"] for turn in task["turns"]]
    turns = tuple(Turn(question, answer) for question, answer in zip(said[:-1:2], said[1::2], strict=True))
    return Asked(said[-1], turns, KINDS[task["answerability"]])


if __name__ == "__main__":
    main()
