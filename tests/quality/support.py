"""Measures how well a sentence's support tells its own passage from others, without a model: README.md has the table.

.venv/bin/python -m tests.quality.support ../shared/evaluation
"""

import argparse
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.core.citations import BETTER_BY
from app.core.denials import OPPOSITES
from app.core.figures import missing_figures
from app.core.names import missing_names
from app.core.support import support_score
from app.core.types import SUPPORTED
from app.core.words import content_words
from app.readers.sentences import sentences

THRESHOLDS = (0.4, 0.45, 0.5, 0.55, 0.6, 0.7)
LEAST_WORDS = 4
OTHERS = 5
_AUXILIARY = re.compile(r"\b(is|are|was|were|can|could|will|would|should|must|has|have|had|may)\b")


@dataclass(frozen=True, slots=True)
class Case:
    """A statement, the passages that it was made from, and others like them."""

    statement: str
    own: tuple[str, ...]
    others: tuple[str, ...]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--questions", type=int, default=300)
    options = parser.parse_args()
    chance = random.Random(0)
    mtrag = list(mtrag_cases(options.folder / "qa" / "mtrag_un", chance))
    tell("MTRAG answers", mtrag)
    tell("SQuAD2 question and answer", list(squad_cases(options.folder / "qa" / "squad2", chance, options.questions)))
    tell_flags(mtrag)


def mtrag_cases(folder: Path, chance: random.Random) -> Iterator[Case]:
    """Yield each sentence of the answers to answerable questions; others are passages of the same collection."""
    texts = {entry["_id"]: entry["text"] for entry in _records(folder / "corpus.jsonl")}
    tasks = _records(folder / "tasks.jsonl")
    collection = {passage: task["collection"] for task in tasks for passage in task["evidence"]}
    for task in tasks:
        own = tuple(texts[passage] for passage in task["evidence"] if passage in texts)
        if task["answerability"] != "ANSWERABLE" or not own:
            continue
        near = [one for one in texts if collection.get(one) == task["collection"] and one not in task["evidence"]]
        others = tuple(texts[one] for one in chance.sample(near, min(len(own) + 3, len(near))))
        for span in sentences(task["reference_answer"]):
            statement = task["reference_answer"][span.start : span.end]
            if len(statement.split()) >= LEAST_WORDS:
                yield Case(statement, own, others)


def squad_cases(folder: Path, chance: random.Random, count: int) -> Iterator[Case]:
    """Yield questions with their answers; others are the paragraphs of the article that share the most words."""
    texts = {entry["_id"]: entry["text"] for entry in _records(folder / "corpus.jsonl")}
    answerable = [one for one in _records(folder / "qa.jsonl") if one["answerable"]]
    for one in chance.sample(answerable, min(count, len(answerable))):
        own = one["evidence"][0]["corpus_id"]
        statement = f"{one['question']} {one['answers'][0]}"
        wanted = content_words(statement)
        article = own.partition("#")[0]
        near = [name for name in texts if name.partition("#")[0] == article and name != own]
        near.sort(key=lambda name: -len(wanted & content_words(texts[name])))
        yield Case(statement, (texts[own],), tuple(texts[name] for name in near[:OTHERS]))


def tell(name: str, cases: Sequence[Case]) -> None:
    """Print the share of statements that reach each threshold with their own passage, and with the best other."""
    own = [max(support_score(case.statement, text) for text in case.own) for case in cases]
    others = [max(support_score(case.statement, text) for text in case.others) for case in cases]
    reached = " ".join(f"{at}: {_share(own, at):.3f}/{_share(others, at):.3f}" for at in THRESHOLDS)
    best = sum(one > other for one, other in zip(own, others, strict=True)) / len(cases)
    print(f"{name}, {len(cases)}: own passage best {best:.3f}; reach with own/other: {reached}")
    mended = sum(_gives_way(other, one) for one, other in zip(own, others, strict=True)) / len(cases)
    spoilt = sum(_gives_way(one, other) for one, other in zip(own, others, strict=True)) / len(cases)
    print(f"  a wrong mark is corrected {mended:.3f}, a right mark is spoilt {spoilt:.3f}")


def tell_flags(cases: Sequence[Case]) -> None:
    """Print how often true sentences are flagged, and how often a denial that was put in is noticed."""
    texts = ["\n".join(case.own) for case in cases]
    figures = sum(bool(missing_figures(case.statement, text)) for case, text in zip(cases, texts, strict=True))
    names = sum(bool(missing_names(case.statement, text)) for case, text in zip(cases, texts, strict=True))
    print(f"flagged: figures {figures / len(cases):.3f}, names {names / len(cases):.3f}")
    pairs = [(case.statement, text) for case, text in zip(cases, texts, strict=True)]
    pairs = [(one, text) for one, text in pairs if _AUXILIARY.search(one) and support_score(one, text) >= SUPPORTED]
    denied = [_AUXILIARY.sub(lambda match: f"{match.group()} not", one, count=1) for one, _ in pairs]
    told = sum(support_score(one, text) < SUPPORTED for one, (_, text) in zip(denied, pairs, strict=True))
    print(f"denials put in: {len(pairs)}, told {told / len(pairs):.3f}")
    turned = [(turned_round(one), text) for one, text in pairs]
    turned = [(one, text) for one, text in turned if one]
    told = sum(support_score(one, text) < SUPPORTED for one, text in turned)
    print(f"words turned into their opposites: {len(turned)}, told {told / len(turned):.3f}")


def turned_round(statement: str) -> str:
    """Return a statement with its first word that has one replaced by its opposite, "" if none has."""
    for word in re.findall(r"[a-z]+", statement):
        if opposite := next((other for one, other in OPPOSITES if one == word), ""):
            return re.sub(rf"\b{word}\b", opposite, statement, count=1)
    return ""


def _gives_way(own: float, other: float) -> bool:
    """Return whether a mark on a passage of support `own` gives way to another of support `other`."""
    return own < SUPPORTED <= other and other >= own + BETTER_BY


def _share(scores: Sequence[float], at: float) -> float:
    return sum(score >= at for score in scores) / len(scores)


def _records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    main()
