"""The open set of odd and broken files: each gives all its text, or the reason that its manifest names."""

import io
import json
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import docx
import pytest

from app.core.types import Reason
from app.readers.reading import read
from app.readers.refusal import Refusal

# The manifest was made with a library that opens no macros and no templates, so "open_error" may be text here.
REASONS = {
    "no_text": {Reason.NO_TEXT},
    "open_error": {Reason.ENCRYPTED, Reason.DAMAGED},
    "encrypted": {Reason.ENCRYPTED},
}
LEAST_SHARE = 0.98
# What the other files without text are: locked, of another program, or empty pages.
WITHOUT_TEXT = {
    "testODTEncrypted.odt": Reason.ENCRYPTED,
    "testWORD_protected_passtika.doc": Reason.ENCRYPTED,
    "testODTnotaZipFile.odt": Reason.DAMAGED,
    "testWordPerfect_42.doc": Reason.UNSUPPORTED,
    "test_ignore_IBM420.html": Reason.UNSUPPORTED,
    "Doc1_ole.doc": Reason.NO_TEXT,
    "testBinControlWord.rtf": Reason.NO_TEXT,
    "testHTML_head.html": Reason.NO_TEXT,
    "testWORD_multi_authors.doc": Reason.NO_TEXT,
    "testWORD_phonetic.doc": Reason.NO_TEXT,
}


def outcome(path: Path) -> tuple[str, Reason]:
    """Return a file's text, or why there is none."""
    try:
        _title, pages, *_ = read(io.BytesIO(path.read_bytes()), path.name)
    except Refusal as refusal:
        return "", refusal.reason
    return "\n".join(page.text for page in pages), Reason.NONE


def visible(text: str) -> Counter[str]:
    """Return a text's letters, digits and signs: readers differ in the space between."""
    return Counter(character for character in text if unicodedata.category(character)[0] in "LNPS")


def word_text(path: Path) -> Iterator[str]:
    """Yield the text that python-docx finds in the body."""
    document = cast(Any, docx.Document(str(path)))
    yield from (paragraph.text for paragraph in document.paragraphs)
    for table in document.tables:
        done: set[object] = set()  # a merged cell is given for each place that it takes
        for cell in (cell for row in table.rows for cell in row.cells if cell._tc not in done):
            done.add(cell._tc)
            yield from (paragraph.text for paragraph in cell.paragraphs)


@pytest.fixture
def word_files(evaluation_dir: Path) -> list[tuple[Path, str]]:
    """The Word files of the manifest, and what it says of each."""
    folder = evaluation_dir / "readers"
    rows = [json.loads(line) for line in (folder / "manifest.jsonl").read_text().splitlines()]
    return [(folder / row["path"], row["outcome"]) for row in rows if not row["path"].endswith(".pdf")]


def test_word_files_give_all_their_text_or_the_manifests_reason(word_files: list[tuple[Path, str]]) -> None:
    shares: dict[str, float] = {}
    for path, named in word_files:
        text, reason = outcome(path)
        if named != "ok":
            assert text or reason in REASONS[named], path
            continue
        assert text, path
        wanted = visible("\n".join(word_text(path)))
        shares[path.name] = 1 - (wanted - visible(text)).total() / max(wanted.total(), 1)
    assert len(shares) == 48
    assert {name: share for name, share in shares.items() if share < LEAST_SHARE} == {}


def test_files_of_other_formats_give_text_or_a_named_reason(evaluation_dir: Path) -> None:
    paths = sorted((evaluation_dir / "readers" / "tika_other").iterdir())
    assert len(paths) > 160
    reasons = {path.name: reason for path in paths for text, reason in [outcome(path)] if not text}
    assert reasons == WITHOUT_TEXT
