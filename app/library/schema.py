"""The catalog's tables and their migrations. Used in the engine's process.

A document (a path in a folder, or in a document that holds files: then that is its `container_id`, and the file around
it all its `file_id`) points to a text (what was read from one content of it). A text that no document points
to is in `retired` from its first row on, so that whatever a killed process leaves is found and purged. Hashes that may
be without a passage are in `loose` until somebody has looked.
"""

import hashlib
import unicodedata
from collections.abc import Sequence

from app.core.terms import FTS_TOKENIZE, index_terms
from app.library.database import Database

_FIRST = f"""
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE folders (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    path BLOB NOT NULL UNIQUE,
    present INTEGER NOT NULL DEFAULT 1,
    device INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE texts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    digest BLOB NOT NULL,
    title TEXT NOT NULL,
    pages INTEGER NOT NULL,
    pages_without_text INTEGER NOT NULL,
    passages INTEGER NOT NULL
);
CREATE TABLE documents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    path BLOB NOT NULL UNIQUE,
    folder_id INTEGER NOT NULL REFERENCES folders (id),
    suffix TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    detail TEXT NOT NULL DEFAULT '',
    attempts INTEGER NOT NULL DEFAULT 0,
    text_id INTEGER UNIQUE REFERENCES texts (id)
);
CREATE INDEX documents_folder ON documents (folder_id, state);
CREATE INDEX documents_queue ON documents (size_bytes / 262144, mtime_ns DESC) WHERE state = 'queued';
CREATE TABLE pages (
    text_id INTEGER NOT NULL REFERENCES texts (id),
    number INTEGER NOT NULL,
    text TEXT NOT NULL,
    blocks BLOB NOT NULL,
    UNIQUE (text_id, number)
);
CREATE TABLE passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    text_id INTEGER NOT NULL REFERENCES texts (id),
    n INTEGER NOT NULL,
    page INTEGER NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    headings TEXT NOT NULL,
    text_hash BLOB NOT NULL
);
CREATE INDEX passages_text ON passages (text_id);
CREATE INDEX passages_hash ON passages (text_hash);
CREATE TABLE embeddings (
    text_hash BLOB NOT NULL,
    embedder TEXT NOT NULL,
    vector BLOB NOT NULL,
    PRIMARY KEY (text_hash, embedder)
);
CREATE TABLE retired (text_id INTEGER PRIMARY KEY);
CREATE TABLE loose (text_hash BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE VIRTUAL TABLE passages_fts USING fts5 (
    text, headings, title, content='', tokenize="{FTS_TOKENIZE}"
);
"""

_SECOND = "CREATE VIRTUAL TABLE known_terms USING fts5vocab ('passages_fts', 'row');"
_FOLDER_RULES = "ALTER TABLE folders ADD COLUMN rules BLOB NOT NULL DEFAULT x'80';"
_MOUNTS = "CREATE TABLE mounts (path BLOB PRIMARY KEY) WITHOUT ROWID;"


# Pages that are pictures: `outcome` is '' while one waits, else "text", or why it has none. What was FAILED or READY
# without the text of such pages is read again.
_SCANS = """
CREATE TABLE scans (
    text_id INTEGER NOT NULL REFERENCES texts (id),
    number INTEGER NOT NULL,
    outcome TEXT NOT NULL DEFAULT '',
    words BLOB NOT NULL DEFAULT x'',
    PRIMARY KEY (text_id, number)
) WITHOUT ROWID;
CREATE INDEX scans_waiting ON scans (text_id, number) WHERE outcome = '';
UPDATE documents SET state = 'queued', reason = '', detail = '' WHERE state = 'failed' AND reason = 'no_text';
INSERT OR IGNORE INTO retired SELECT d.text_id FROM documents d JOIN texts t ON t.id = d.text_id
    WHERE d.suffix = 'pdf' AND t.pages_without_text > 0;
UPDATE documents SET state = CASE state WHEN 'ready' THEN 'queued' ELSE state END, text_id = NULL
    WHERE text_id IN (SELECT text_id FROM retired);
"""

# What is attached to mails becomes documents, so mails are read again.
_MEMBERS = """
ALTER TABLE documents ADD COLUMN container_id INTEGER REFERENCES documents (id);
ALTER TABLE documents ADD COLUMN file_id INTEGER REFERENCES documents (id);
ALTER TABLE documents ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE documents ADD COLUMN digest BLOB NOT NULL DEFAULT x'';
CREATE INDEX documents_container ON documents (container_id) WHERE container_id IS NOT NULL;
CREATE INDEX documents_file ON documents (file_id) WHERE file_id IS NOT NULL;
INSERT OR IGNORE INTO retired SELECT text_id FROM documents
    WHERE suffix IN ('eml', 'mht', 'mhtml', 'mbox', 'msg') AND text_id IS NOT NULL;
UPDATE documents SET state = CASE state WHEN 'ready' THEN 'queued' ELSE state END, text_id = NULL
    WHERE text_id IN (SELECT text_id FROM retired);
"""

# What was in the reader's hands at an end comes last.
_QUEUE = """
DROP INDEX documents_queue;
CREATE INDEX documents_queue ON documents (attempts, size_bytes / 262144, mtime_ns DESC) WHERE state = 'queued';
"""

# What is packed in archives has other addresses, so archives are read again.
_ARCHIVES = """
INSERT OR IGNORE INTO retired SELECT text_id FROM documents WHERE suffix = 'zip' AND text_id IS NOT NULL;
UPDATE documents SET state = CASE state WHEN 'ready' THEN 'queued' ELSE state END, text_id = NULL
    WHERE text_id IN (SELECT text_id FROM retired);
"""

# By which version of which reader a document was read; `outdated` is set where that is none of this program's.
_READ_BY = """
ALTER TABLE documents ADD COLUMN read_by TEXT NOT NULL DEFAULT '';
ALTER TABLE documents ADD COLUMN outdated INTEGER NOT NULL DEFAULT 0;
CREATE INDEX documents_outdated ON documents
    (attempts, container_id IS NOT NULL, size_bytes / 262144, mtime_ns DESC) WHERE outdated;
"""

MIGRATIONS = (_FIRST, _SECOND, _FOLDER_RULES, _SCANS, _MOUNTS, _MEMBERS, _QUEUE, _ARCHIVES, _READ_BY)
"""Each brings the schema from its index to the next number; none is changed once released."""

# Re-made when the terms change: a contentless FTS5 row can only be deleted with the very terms it was made of.
_FORGET_TEXTS = f"""
INSERT OR IGNORE INTO loose SELECT DISTINCT text_hash FROM embeddings;
UPDATE documents SET state = 'queued', text_id = NULL WHERE text_id IS NOT NULL;
DELETE FROM retired;
DELETE FROM passages;
DELETE FROM pages;
DELETE FROM scans;
DELETE FROM texts;
DROP TABLE passages_fts;
CREATE VIRTUAL TABLE passages_fts USING fts5 (
    text, headings, title, content='', tokenize="{FTS_TOKENIZE}"
);
"""

COLUMNS = "text; headings above it and within it; title"
"""What is in a row of `passages_fts`; to be said otherwise when `texts.py` fills a column otherwise."""

_SAMPLE = "Straße naïve ÅNGSTRÖM ﬁne x² covid-19 don't 東京都庁の会議 ภาษาไทย हिन्दी العربية Ελληνικά Ёлка 한국어 ệ"


def prepare(database: Database, readers: Sequence[str]) -> None:
    """Bring the tables to this version; if terms are made otherwise than before, have every document read again.

    What was read by none of `readers` is outdated: it is kept, and read again after all else.
    """
    version = database.value("PRAGMA user_version")
    for number, migration in enumerate(MIGRATIONS[version:], start=version + 1):
        database.script(f"BEGIN IMMEDIATE; {migration} PRAGMA user_version = {number}; COMMIT;")
    terms = terms_fingerprint()
    known = database.value("SELECT value FROM meta WHERE key = 'terms'")
    if known != terms:
        forget = _FORGET_TEXTS if known is not None else ""
        database.script(f"BEGIN IMMEDIATE; {forget} REPLACE INTO meta VALUES ('terms', '{terms}'); COMMIT;")
    told = "\n".join(sorted(readers))
    if database.value("SELECT value FROM meta WHERE key = 'readers'") != told:
        with database.transaction():
            marks = ",".join("?" * len(readers))
            database.run(
                f"UPDATE documents SET outdated = read_by NOT IN ({marks})"
                " WHERE text_id IS NOT NULL OR state = 'failed'",
                readers,
            )
            database.run("REPLACE INTO meta VALUES ('readers', ?)", (told,))


def terms_fingerprint() -> str:
    """Return a digest of how texts become FTS5 rows: columns, the tokenizer, Unicode's version, a sample's terms."""
    told = "\n".join((COLUMNS, FTS_TOKENIZE, unicodedata.unidata_version, index_terms(_SAMPLE)))
    return hashlib.sha256(told.encode()).hexdigest()
