"""Which documents hold a code that a question names, and few others do. Used in the engine's process."""

from functools import reduce

from app.core.terms import MAX_QUERY_TERMS, codes, match_code
from app.core.types import Filters
from app.library.database import Database
from app.library.filtering import condition

FEW = 3
"""A code that more documents hold than this names none of them."""

_LOOKED_AT = 300  # passages that hold a code


def of_named_code(database: Database, question: str, filters: Filters) -> dict[int, bytes]:
    """Return the text's id and the path of the documents that hold the codes in a question (`SEA08CA049`), if few do.

    Of several codes those documents count that hold all of them, else those that hold any.
    """
    asked = codes(question)[:MAX_QUERY_TERMS]
    holders = [found for code in asked if (found := _holders(database, match_code(code), filters))]
    if not holders:
        return {}
    every = reduce(lambda some, others: {text: some[text] for text in some.keys() & others.keys()}, holders)
    return every or reduce(lambda some, others: some | others, holders)


def _holders(database: Database, match: str, filters: Filters) -> dict[int, bytes]:
    where, parameters = condition(filters)
    rows = database.read(
        "SELECT DISTINCT d.text_id, d.path FROM passages p JOIN documents d ON d.text_id = p.text_id"
        f" WHERE p.id IN (SELECT rowid FROM passages_fts WHERE passages_fts MATCH ? LIMIT {_LOOKED_AT}) AND {where}",
        (match, *parameters),
    )
    return dict(rows) if len(rows) <= FEW else {}
