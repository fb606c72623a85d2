"""How documents begin, for questions about a document as a whole. Used in the engine's process."""

import os
import re
from collections.abc import Collection, Iterator, Sequence

from app.core.types import Filters
from app.core.words import words_of
from app.library.database import Database, Row
from app.library.filtering import condition

_MOST_DOCUMENTS = 4
_MOST_LOOKED_AT = 20_000
_PASSAGES = 2
_OPENING_CHARACTERS = 300


def beginnings(
    database: Database, named: Sequence[str], filters: Filters, found: Sequence[int]
) -> tuple[tuple[int, ...], ...]:
    """Return the first passages of each document that `named` may name, the likeliest first.

    It is told by its file's name and its title or else, if it is of one of the passages that were `found`, by its first
    words. Where nothing is named, or nothing known among files that were chosen, all that are left are meant, if few.
    """
    where, parameters = condition(filters)
    rows = database.read(
        "SELECT t.id, d.path, t.title FROM documents d JOIN texts t ON t.id = d.text_id"
        f" WHERE {where} ORDER BY d.path LIMIT {_MOST_LOOKED_AT}",
        parameters,
    )
    scored = sorted(_scored(database, named, rows, found)) if named else []
    texts = [text_id for by_words, _, text_id in scored if by_words == scored[0][0]]
    if not texts and (filters.paths or not named) and len(rows) <= _MOST_DOCUMENTS:
        texts = [row[0] for row in rows]
    return tuple(_first_passages(database, text_id) for text_id in texts[:_MOST_DOCUMENTS])


def _scored(
    database: Database, named: Sequence[str], rows: Sequence[Row], found: Sequence[int]
) -> Iterator[tuple[bool, int, int]]:
    """Yield each document that is named after whether that is by its first words, and how many its name has."""
    openings = _openings(database, found)
    for text_id, path, title in rows:
        stem = os.path.splitext(os.path.basename(path))[0].decode(errors="replace")
        name = words_of(re.sub(r"[\W_]+", " ", f"{stem} {title}"))
        by_name = _has(name, named)
        if by_name or _has(words_of(openings.get(text_id, "")), named):
            yield not by_name, len(name), text_id


def _has(words: Collection[str], named: Sequence[str]) -> bool:
    return all(any(word.startswith(one.removesuffix("s")) for word in words) for one in named)


def _openings(database: Database, passage_ids: Sequence[int]) -> dict[int, str]:
    """Return how the texts of these passages begin."""
    return dict(
        database.read(
            f"SELECT p.text_id, substr(g.text, p.start + 1, {_OPENING_CHARACTERS}) FROM passages p"
            " JOIN pages g ON g.text_id = p.text_id AND g.number = p.page WHERE p.n = 0 AND p.text_id IN"
            f" (SELECT text_id FROM passages WHERE id IN ({','.join('?' * len(passage_ids))}))",
            passage_ids,
        )
    )


def _first_passages(database: Database, text_id: int) -> tuple[int, ...]:
    rows = database.read("SELECT id FROM passages WHERE text_id = ? ORDER BY n LIMIT ?", (text_id, _PASSAGES))
    return tuple(passage_id for (passage_id,) in rows)
