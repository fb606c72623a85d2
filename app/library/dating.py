"""Which documents are of the time that a question states, or the latest of theirs. Used in the engine's process."""

import os
import re
from collections.abc import Sequence
from dataclasses import replace

from app.core.names import names_in
from app.core.periods import of_wanted_period, periods, wants_latest
from app.core.terms import match_query
from app.core.types import Filters
from app.library import retrieval
from app.library.database import Database
from app.library.filtering import condition

_MOST_LOOKED_AT = 20_000
_POSSESSIVE = re.compile(r"['’]s?$")


def of_wanted_time(database: Database, question: str, filters: Filters, found: Sequence[int]) -> frozenset[int]:
    """Return those of the passages found whose document is of the time that a question wants, by its file's name.

    Of several such documents only those count that hold every name in the question (`NVIDIA's report for Q1 2023`).
    """
    asked, rest = periods(question)
    if not (asked or wants_latest(question)):
        return frozenset()
    where, parameters = condition(filters)
    rows = database.read(
        f"SELECT d.text_id, d.path FROM documents d WHERE {where} AND d.text_id IS NOT NULL LIMIT {_MOST_LOOKED_AT}",
        parameters,
    )
    paths: dict[int, bytes] = dict(rows)
    wanted = of_wanted_period(question, {text: _stem(path) for text, path in paths.items()})
    if not wanted:
        return frozenset()
    marks = ",".join("?" * len(found))
    texts: dict[int, int] = dict(database.read(f"SELECT id, text_id FROM passages WHERE id IN ({marks})", found))
    right = set(wanted.intersection(texts.values()))
    for name in names_in(rest):
        match = match_query(" ".join(_POSSESSIVE.sub("", word) for word in name))
        right = {text for text in right if _holds(database, match, replace(filters, paths=(paths[text],)))} or right
    return frozenset(key for key, text in texts.items() if text in right)


def _holds(database: Database, match: str, filters: Filters) -> bool:
    return bool(retrieval.bm25(database, match, 1, filters, retrieval.BM25_WEIGHTS))


def _stem(path: bytes) -> str:
    return os.path.splitext(os.path.basename(path))[0].decode(errors="replace")
