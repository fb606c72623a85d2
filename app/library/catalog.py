"""The catalog: folders, documents, texts and embeddings; the truth of the library. Used in the engine's process.

One SQLite file, one thread. What a document's row says is so: READY means that its passages and vectors are all there.
What the indexer writes is in `documents` (rows) and `texts` (passages and embeddings); this is what everybody reads.
"""

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from sqlite3 import DatabaseError
from typing import Self

from app.core.pages import Page, Span
from app.core.types import DocumentRow, DocumentState, Filters, FolderRow, FolderRules, Hit, LibraryStatus, Reason
from app.core.word_boxes import WordBox
from app.library import beginnings, coded, dating, filtering, folders, naming, retrieval, scans, spelling, surroundings
from app.library.database import Database, Row, set_aside
from app.library.folders import Folder, Forgotten
from app.library.locations import Location, location_of
from app.library.schema import prepare
from app.library.settling import OUTDATED
from app.library.surroundings import Surrounded
from app.library.texts import Vector
from app.readers import versions

_ROW = (
    "SELECT d.id, d.path, f.path, d.state, d.reason, d.detail, t.pages, t.pages_without_text, t.passages, d.size_bytes,"
    " d.mtime_ns, (SELECT count(*) FROM scans s WHERE s.text_id = d.text_id AND s.outcome = ''),"
    " (SELECT o.path FROM documents o WHERE o.id = d.file_id),"
    f" (SELECT count(*) FROM scans s WHERE s.text_id = d.text_id AND s.outcome NOT IN ('', '{scans.TEXT}'))"
    " FROM documents d JOIN folders f ON f.id = d.folder_id LEFT JOIN texts t ON t.id = d.text_id"
)
_AT_ONCE = 500

CHOSEN_EMBEDDER = "embedder_chosen"
"""A note: what the shelf calls the embedder that the person chose for this library."""
UNUSED_RECOGNITION = "recognition_unused"
"""A note: the installed models, by name, that the person does not want text recognised with."""
PAUSED = "paused"
"""The note that the person paused indexing."""


class Catalog:
    """The catalog of one library."""

    def __init__(self, database: Database, *, damaged: Path | None = None) -> None:
        """Take an open catalog; `damaged` is where the one before it was set aside."""
        self.database = database
        self.damaged = damaged

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the catalog at `path`; a damaged one is renamed to `….damaged`, and an empty one has the same folders.

        Raises: DataDirectoryUnwritable, DiskFull.
        """
        try:
            return cls(_prepared(path))
        except DatabaseError:
            aside = set_aside(path)
            catalog = cls(_prepared(path), damaged=aside)
            folders.restore(catalog.database, folders.salvaged(path, aside))
            return catalog

    def close(self) -> None:
        """Close the file."""
        self.database.close()

    # Folders

    def add_folder(self, path: bytes, rules: FolderRules = FolderRules()) -> bytes:
        """Add a folder or single file, by its absolute path, and return the library folder that now covers it."""
        return folders.add(self.database, path, rules)

    def forget_folder(self, path: bytes) -> Forgotten:
        """Take a folder and its documents out at once; the indexer then purges what they left.

        Raises: PathNotInLibrary.
        """
        return folders.forget(self.database, path)

    def folders(self) -> tuple[Folder, ...]:
        """Return the folders of the library by path."""
        return folders.listed(self.database)

    # What the window shows

    def status(self) -> LibraryStatus:
        """Return the library in numbers; the model's name is not known here."""
        counted = self.database.read(
            "SELECT d.state, count(*), sum(t.passages), sum(t.pages_without_text) FROM documents d"
            " LEFT JOIN texts t ON t.id = d.text_id GROUP BY d.state"
        )
        documents = {DocumentState(state): number for state, number, _, _ in counted}
        held = [row for row in counted if row[0] in (DocumentState.READY, DocumentState.FAILED)]
        return LibraryStatus(
            folders=self.folder_rows(),
            ready=documents.get(DocumentState.READY, 0),
            queued=documents.get(DocumentState.QUEUED, 0) + documents.get(DocumentState.READING, 0),
            failed=documents.get(DocumentState.FAILED, 0),
            ignored=documents.get(DocumentState.IGNORED, 0),
            passages=sum(row[2] or 0 for row in held),
            pages_without_text=sum(row[3] or 0 for row in held),
            embedder=self.meta("embedder"),
            model="",
            current_as_of_ns=int(self.meta("current_as_of_ns") or 0),
            paused=bool(self.meta(PAUSED)),
            pages_waiting=scans.waiting(self.database),
            absent=documents.get(DocumentState.ABSENT, 0),
            outdated=self.database.value(f"SELECT count(*) FROM documents WHERE {OUTDATED}"),
        )

    def folder_rows(self) -> tuple[FolderRow, ...]:
        """Return the folders with their documents counted."""
        return folders.rows(self.database)

    def document_rows(self, ids: Iterable[int] | None = None) -> tuple[DocumentRow, ...]:
        """Return all documents, or those of `ids` that there still are, by path."""
        if ids is None:
            return tuple(map(_document_row, self.database.read(f"{_ROW} ORDER BY d.path")))
        wanted = list(ids)
        rows: list[DocumentRow] = []
        for at in range(0, len(wanted), _AT_ONCE):
            some = wanted[at : at + _AT_ONCE]
            found = self.database.read(f"{_ROW} WHERE d.id IN ({','.join('?' * len(some))})", some)
            rows += map(_document_row, found)
        return tuple(sorted(rows, key=lambda row: row.path))

    def failed_rows(self) -> tuple[DocumentRow, ...]:
        """Return the documents that cannot be read, by path."""
        return tuple(map(_document_row, self.database.read(f"{_ROW} WHERE d.state = 'failed' ORDER BY d.path")))

    def document(self, document_id: int) -> DocumentRow | None:
        """Return one document."""
        return next(iter(self.document_rows((document_id,))), None)

    def document_at(self, path: bytes) -> DocumentRow | None:
        """Return the document of a path."""
        return next(map(_document_row, self.database.read(f"{_ROW} WHERE d.path = ?", (path,))), None)

    def location(self, document_id: int) -> Location | None:
        """Return where a member is, None for a document that is a file of its own."""
        return location_of(self.database, document_id)

    def digest(self, document_id: int) -> str:
        """Return the SHA-256, in hex, of the content that a document's text was read from, "" without one."""
        return (
            self.database.value(
                "SELECT lower(hex(t.digest)) FROM documents d JOIN texts t ON t.id = d.text_id WHERE d.id = ?",
                (document_id,),
            )
            or ""
        )

    # What a search reads

    def bm25(
        self,
        match: str,
        limit: int,
        filters: Filters = Filters(),
        weights: tuple[float, float, float] = retrieval.BM25_WEIGHTS,
    ) -> list[tuple[int, float]]:
        """Return (passage id, score) for an FTS5 MATCH expression, best first; weights: text, headings, title."""
        return retrieval.bm25(self.database, match, limit, filters, weights)

    def restricted_to_named(self, question: str, filters: Filters) -> Filters:
        """Return the filters, restricted to the files that the question names in full, if there are any."""
        return naming.restricted_to_named(self.database, question, filters)

    def of_wanted_time(self, question: str, filters: Filters, found: Sequence[int]) -> frozenset[int]:
        """Return those of the passages found whose document is of the time, or the latest, that a question wants."""
        return dating.of_wanted_time(self.database, question, filters, found)

    def of_named_code(self, question: str, filters: Filters) -> dict[int, bytes]:
        """Return the text's id and the path of the documents that hold the codes in a question, if few do."""
        return coded.of_named_code(self.database, question, filters)

    def passages_of(self, passage_ids: Sequence[int], texts: Collection[int]) -> frozenset[int]:
        """Return those of some passages that are of some texts."""
        return retrieval.passages_of(self.database, passage_ids, texts)

    def meant(self, words: Sequence[str]) -> list[str]:
        """Return the terms that those of `words` which no passage has were probably meant to be."""
        return spelling.meant(self.database, words)

    def passages_by_hash(self, hashes: Sequence[bytes], filters: Filters = Filters()) -> dict[bytes, tuple[int, ...]]:
        """Return the ids of READY documents' passages for each text hash that has any."""
        return retrieval.passages_by_hash(self.database, hashes, filters)

    def resolved(self, filters: Filters) -> Filters:
        """Return the filters with each path spelt as the library knows it.

        Raises: FilterMatchesNothing.
        """
        return filtering.resolved(self.database, filters)

    def passages_left(self, filters: Filters) -> int:
        """Return how many passages the filters leave."""
        return filtering.passages_left(self.database, filters)

    def nearest_left(self, embedder: str, vector: Vector, filters: Filters, limit: int) -> list[tuple[int, float]]:
        """Return (passage id, similarity) of the nearest of all passages that the filters leave, best first."""
        return filtering.nearest_left(self.database, embedder, vector, filters, limit)

    def among_left(self, filters: Filters, passage_ids: Sequence[int]) -> frozenset[int]:
        """Return those of a few passages that the filters leave."""
        return filtering.among_left(self.database, filters, passage_ids)

    def passages_on(self, document_id: int, page: int) -> list[tuple[int, Span]]:
        """Return (passage id, span) of a page's passages in reading order; none of a document that is not READY."""
        return retrieval.passages_on(self.database, document_id, page)

    def beginnings(self, named: Sequence[str], filters: Filters, found: Sequence[int]) -> tuple[tuple[int, ...], ...]:
        """Return the first passages of each document that `named` may name; `found` are passages that may be of it."""
        return beginnings.beginnings(self.database, named, filters, found)

    def surrounded(self, match: str, passage_ids: Sequence[int]) -> dict[int, Surrounded]:
        """Return passages with the score of the pages around them, by passage id."""
        return surroundings.surrounded(self.database, match, passage_ids)

    def hits(self, passage_ids: Iterable[int]) -> dict[int, Hit]:
        """Return passages of READY documents as hits, without scores, by passage id."""
        return retrieval.hits(self.database, passage_ids)

    def page(self, document_id: int, number: int) -> Page | None:
        """Return a page as it was last indexed, also of a document that waits to be read again."""
        return retrieval.page(self.database, document_id, number)

    def words(self, document_id: int, number: int) -> tuple[WordBox, ...]:
        """Return where the words of a recognised page stand, none on a page with a text of its own."""
        return scans.words(self.database, document_id, number)

    # Notes

    def meta(self, key: str) -> str:
        """Return a noted value, "" if there is none."""
        return self.database.value("SELECT value FROM meta WHERE key = ?", (key,)) or ""

    def set_meta(self, key: str, value: str) -> None:
        """Note a value; durable, with all that was committed before it."""
        with self.database.transaction(durable=True):
            self.database.run("REPLACE INTO meta VALUES (?, ?)", (key, value))


def note_of(path: Path, key: str) -> str:
    """Return what is noted in the catalog at `path`, which may be in use; "" if nothing can be read."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    except sqlite3.DatabaseError:
        return ""
    return str(row[0]) if row else ""


def _prepared(path: Path) -> Database:
    database = Database(path, summed=True)
    try:
        prepare(database, versions.current())
    except DatabaseError:
        database.close()
        raise
    return database


def _document_row(row: Row) -> DocumentRow:
    document_id, path, folder, state, reason, detail, pages, empty, passages, size_bytes, modified_ns, *more = row
    waiting, file, given_up = more
    return DocumentRow(
        id=document_id,
        path=path,
        folder=folder,
        state=DocumentState(state),
        reason=Reason(reason),
        detail=detail,
        pages=pages or 0,
        pages_without_text=empty or 0,
        passages=passages or 0,
        size_bytes=size_bytes,
        modified_ns=modified_ns,
        pages_waiting=waiting,
        file=file or b"",
        pages_given_up=given_up,
    )
