"""What misspelt words were meant to be, by the words that the library knows. Used in the engine's process."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing

from app.core.spelling import SHORTEST, likeliest
from app.core.terms import FTS_TOKENIZE
from app.library.database import Database

_MOST = 4
"""So many words are looked up at most: a question full of unknown ones is in a language that the library is not in."""

_LAST = "\U0010ffff"


def meant(database: Database, words: Sequence[str]) -> list[str]:
    """Return the terms that those of `words` which no passage has were probably meant to be.

    The first letter is taken to be right, and so is the second or the two are swapped: 1 to 20 ms a word.
    """
    unknown = [word for word in words if len(word) >= SHORTEST and not _is_known(database, word)]
    if not unknown or len(unknown) > _MOST:
        return []
    found = (_nearest(database, stem) for stem in _stems(unknown))
    return list(dict.fromkeys(term for term in found if term is not None))


def _is_known(database: Database, word: str) -> bool:
    return bool(database.read("SELECT 1 FROM passages_fts WHERE passages_fts MATCH ? LIMIT 1", (f'"{word}"',)))


def _nearest(database: Database, stem: str) -> str | None:
    rows: list[tuple[str, int]] = []
    for start in {stem[:2], stem[1::-1]}:
        rows += database.read(
            "SELECT term, cnt FROM known_terms WHERE term >= ? AND term < ? AND length(term) BETWEEN ? AND ?",
            (start, start + _LAST, len(stem) - 2, len(stem) + 2),
        )
    return likeliest(stem, rows)


def _stems(words: Sequence[str]) -> list[str]:
    """Return the words as FTS5 has them in its index."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(f"CREATE VIRTUAL TABLE words USING fts5 (word, content='', tokenize=\"{FTS_TOKENIZE}\")")
        connection.executemany("INSERT INTO words VALUES (?)", [(word,) for word in words])
        connection.execute("CREATE VIRTUAL TABLE stems USING fts5vocab ('words', 'row')")
        return [stem for (stem,) in connection.execute("SELECT term FROM stems")]
