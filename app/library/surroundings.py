"""How well the page around each passage matches a question, by words. Used in the engine's process.

A passage often leaves out what its page says: the number of the section, the name, the date. The pages of the few best
passages are indexed in memory for one search, so that the measure costs the same in a library of any size and needs
nothing on disk.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

from app.core.terms import FTS_TOKENIZE, index_terms
from app.library.database import Database

_PART_CHARACTERS = 6000
"""A page longer than this is taken in parts, so that the measure is bounded: 1 to 6 ms for 30 passages."""

_BESIDE_CHARACTERS = 1500
"""So much is taken along on either side of a part."""


@dataclass(frozen=True, slots=True)
class Surrounded:
    """A passage's text, and how well its page matches: BM25 among the pages looked at, 0 for no match."""

    text: str
    score: float


def surrounded(database: Database, match: str, passage_ids: Sequence[int]) -> dict[int, Surrounded]:
    """Return each passage with its page's score for an FTS5 MATCH expression; one that is gone is left out."""
    rows = database.read(
        f'SELECT p.id, p.text_id, p.page, p.start / {_PART_CHARACTERS}, substr(g.text, p.start + 1, p."end" - p.start),'
        f" substr(g.text, max(1, p.start / {_PART_CHARACTERS} * {_PART_CHARACTERS} + 1 - {_BESIDE_CHARACTERS}),"
        f" {_PART_CHARACTERS + 2 * _BESIDE_CHARACTERS})"
        " FROM passages p JOIN pages g ON g.text_id = p.text_id AND g.number = p.page"
        f" WHERE p.id IN ({','.join('?' * len(passage_ids))})",
        passage_ids,
    )
    parts = {(text_id, page, part): around for _, text_id, page, part, _, around in rows}
    scores = dict(zip(parts, _bm25(match, list(parts.values())), strict=True))
    return {
        passage_id: Surrounded(text, scores[text_id, page, part]) for passage_id, text_id, page, part, text, _ in rows
    }


def _bm25(match: str, texts: Sequence[str]) -> list[float]:
    """Return each text's BM25 score, reckoned among these texts alone."""
    if not match:
        return [0.0] * len(texts)
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(f"CREATE VIRTUAL TABLE around USING fts5 (text, content='', tokenize=\"{FTS_TOKENIZE}\")")
        rows = ((number, index_terms(text)) for number, text in enumerate(texts))
        connection.executemany("INSERT INTO around (rowid, text) VALUES (?, ?)", rows)
        found = dict(connection.execute("SELECT rowid, -bm25(around) FROM around WHERE around MATCH ?", (match,)))
    return [max(0.0, found.get(number, 0.0)) for number in range(len(texts))]
