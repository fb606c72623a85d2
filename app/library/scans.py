"""The catalog's scanned pages: which wait for their text, and its coming in. Used in the engine's process.

A page that is a picture has a row in `scans` from the moment that its document's text is stored; nothing else says what
is left to recognise, so that a kill can lose one page's work at most.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from app.core.pages import DocumentText, Page, Passage
from app.core.terms import index_terms
from app.core.types import Reason
from app.core.word_boxes import WordBox, unpacked
from app.library import texts
from app.library.database import Database
from app.library.locations import Location, location_of
from app.library.scanner import FileStamp

TEXT = "text"
"""The outcome of a page whose text was recognised; every other is a `Reason`."""

_OF_DOCUMENTS = (
    " FROM scans s JOIN documents d ON d.text_id = s.text_id AND d.state IN ('ready', 'failed') WHERE s.outcome = ''"
)


@dataclass(frozen=True, slots=True)
class WaitingPage:
    """A page that waits for text recognition, of a file that had this stamp when its text was stored.

    `at` says where the document is that is a member of a file; it has no stamp that its bytes could be told by.
    """

    document_id: int
    path: bytes
    stamp: FileStamp
    text_id: int
    number: int
    at: Location | None = None


def waiting(database: Database) -> int:
    """Return how many pages wait."""
    return database.value(f"SELECT count(*){_OF_DOCUMENTS}")


def next_waiting(database: Database, after: tuple[int, int] = (0, 0)) -> WaitingPage | None:
    """Return the first page that waits, in the order that texts came in, behind a (text id, page number)."""
    rows = database.read(
        f"SELECT d.id, d.path, d.size_bytes, d.mtime_ns, s.text_id, s.number{_OF_DOCUMENTS}"
        " AND (s.text_id, s.number) > (?, ?) ORDER BY s.text_id, s.number LIMIT 1",
        after,
    )
    for document_id, path, size, mtime, text_id, number in rows:
        at = location_of(database, document_id)
        return WaitingPage(document_id, path, FileStamp(size, mtime), text_id, number, at)
    return None


def settle_empty(database: Database, page: WaitingPage, reason: Reason) -> bool:
    """Note why a page has no text; tell whether it still waited."""
    with database.transaction():
        return bool(_settle(database, page, reason.value, b""))


def settle(database: Database, page: WaitingPage, text: Page, passages: tuple[Passage, ...], boxes: bytes) -> bool:
    """Give a page its recognised text, in one transaction, so that its document is READY; tell whether it waited."""
    title = database.value("SELECT title FROM texts WHERE id = ?", (page.text_id,)) or ""
    document = texts.storable(DocumentText(title, (text,), passages))
    hashes = [texts.text_hash(embedded) for embedded in texts.embedded_texts(document)]
    stored, title_terms = document.pages[0], index_terms(title)
    with database.transaction():
        if not _settle(database, page, TEXT, boxes):
            return False
        database.run(
            "UPDATE pages SET text = ?, blocks = ? WHERE text_id = ? AND number = ?",
            (stored.text, msgspec.msgpack.encode(stored.blocks), page.text_id, page.number),
        )
        first = database.value("SELECT coalesce(max(n), -1) + 1 FROM passages WHERE text_id = ?", (page.text_id,))
        for n, (passage, hashed) in enumerate(zip(document.passages, hashes, strict=True), first):
            texts.insert_passage(database, page.text_id, n, stored, passage, hashed, title_terms)
        database.run(
            "UPDATE texts SET pages_without_text = pages_without_text - 1, passages = passages + ? WHERE id = ?",
            (len(passages), page.text_id),
        )
        database.run(
            "UPDATE documents SET state = 'ready', reason = '', detail = '' WHERE text_id = ? AND state = 'failed'",
            (page.text_id,),
        )
    return True


def wait_again(database: Database) -> None:
    """Have every page recognised once more that nothing was found on, because it is looked at otherwise now."""
    with database.transaction():
        database.run("UPDATE scans SET outcome = '' WHERE outcome = ?", (Reason.NO_TEXT.value,))


def try_again(database: Database, document_ids: Iterable[int]) -> list[int]:
    """Have pages of some documents that were given up recognised once more; return the documents with such pages."""
    with database.transaction():
        return [
            document_id
            for document_id in document_ids
            if database.run(
                "UPDATE scans SET outcome = '' WHERE outcome NOT IN ('', ?)"
                " AND text_id = (SELECT text_id FROM documents WHERE id = ?)",
                (TEXT, document_id),
            )
        ]


def words(database: Database, document_id: int, number: int) -> tuple[WordBox, ...]:
    """Return where the words of a recognised page stand."""
    stored = database.value(
        "SELECT s.words FROM documents d JOIN scans s ON s.text_id = d.text_id WHERE d.id = ? AND s.number = ?",
        (document_id, number),
    )
    return unpacked(stored or b"")


def _settle(database: Database, page: WaitingPage, outcome: str, words: bytes) -> int:
    return database.run(
        "UPDATE scans SET outcome = ?, words = ? WHERE text_id = ? AND number = ? AND outcome = ''"
        " AND EXISTS (SELECT 1 FROM documents WHERE text_id = scans.text_id AND id = ?)",
        (outcome, words, page.text_id, page.number, page.document_id),
    )
