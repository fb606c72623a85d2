"""What a new reading of a content keeps of the text that the catalog has of it. Used in the engine's process."""

import json
from collections.abc import Generator
from dataclasses import dataclass, replace

import msgspec

from app.core.pages import Block, DocumentText, Passage
from app.library.database import Database
from app.library.texts import Recognised

_LOOKED_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Reading:
    """A text to be stored, and what was recognised on its scans before, by page."""

    document: DocumentText
    recognised: dict[int, Recognised]


def text_of(database: Database, document_id: int, digest: bytes) -> int | None:
    """Return the id of the text that a document has of a content, None if it has none of it."""
    sql = "SELECT t.id FROM documents d JOIN texts t ON t.id = d.text_id WHERE d.id = ? AND t.digest = ?"
    return database.value(sql, (document_id, digest))


def with_recognised(database: Database, text_id: int, document: DocumentText) -> Reading:
    """Return a document with the text that was recognised on its scans when `text_id` was its text."""
    scans = {page.number for page in document.pages if page.is_scan}
    found: dict[int, Recognised] = {}
    texts: dict[int, tuple[str, tuple[Block, ...]]] = {}
    rows = database.read(
        "SELECT s.number, s.outcome, s.words, g.text, g.blocks FROM scans s"
        " JOIN pages g ON g.text_id = s.text_id AND g.number = s.number WHERE s.text_id = ? AND s.outcome <> ''",
        (text_id,),
    )
    for number, outcome, words, text, blocks in rows:
        if number in scans:
            found[number] = Recognised(outcome, words)
            texts[number] = text, msgspec.msgpack.decode(blocks, type=tuple[Block, ...])
    if not found:
        return Reading(document, {})
    pages = tuple(
        replace(page, text=texts[page.number][0], blocks=texts[page.number][1]) if page.number in texts else page
        for page in document.pages
    )
    kept = (passage for passage in _passages(database, text_id) if passage.page in found)
    passages = sorted((*document.passages, *kept), key=lambda passage: passage.page)
    return Reading(replace(document, pages=pages, passages=tuple(passages)), found)


def is_same_steps(database: Database, text_id: int, document: DocumentText) -> Generator[None, None, bool]:
    """Return whether a document is word for word what the catalog has as `text_id`, some pages in a step."""
    rows = database.read("SELECT title, pages FROM texts WHERE id = ?", (text_id,))
    if rows != [(document.title, len(document.pages))]:
        return False
    for at in range(0, len(document.pages), _LOOKED_AT_ONCE):
        some = document.pages[at : at + _LOOKED_AT_ONCE]
        known = database.read(
            "SELECT g.number, g.text, g.blocks, s.number IS NOT NULL FROM pages g"
            " LEFT JOIN scans s ON s.text_id = g.text_id AND s.number = g.number"
            " WHERE g.text_id = ? AND g.number BETWEEN ? AND ? ORDER BY g.number",
            (text_id, some[0].number, some[-1].number),
        )
        found = [(page.number, page.text, msgspec.msgpack.encode(page.blocks), int(page.is_scan)) for page in some]
        if known != found:
            return False
        yield
    return sorted(_passages(database, text_id), key=lambda passage: passage.page) == list(document.passages)


def _passages(database: Database, text_id: int) -> list[Passage]:
    """Return a text's passages in their order; those of a recognised page came in last."""
    sql = 'SELECT page, start, "end", headings FROM passages WHERE text_id = ? ORDER BY n'
    rows = database.read(sql, (text_id,))
    return [Passage(page, start, end, tuple(json.loads(headings))) for page, start, end, headings in rows]
