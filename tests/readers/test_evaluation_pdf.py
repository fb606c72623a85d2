"""Spans of real documents: what stands under the rectangles is the span's text, and little else ever is."""

import io
import json
import random
import unicodedata
from collections import Counter
from pathlib import Path

import pymupdf
import pytest

from app.core.pages import Span
from app.core.passages import passages_of
from app.readers import docx, pdf
from app.readers.refusal import Refusal
from app.readers.sentences import sentences
from tests.quality.headings import measured
from tests.readers.drawn import middles, under

FOLDERS = ("ntsb", "erc2", "fed_outline", "kgrag_10q")
# Of random spans, this share may have other text printed on top: stamps along a margin, labels of a map.
OVERPRINTED_SHARE = 0.1


def visible(text: str) -> Counter[str]:
    """Return the letters, digits and signs of a text; hyphens may have been taken out at line ends."""
    kept = (character for character in text if unicodedata.category(character)[0] in "LNPS")
    return Counter(character for character in kept if character not in "-\u2010•●")


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_words_under_a_spans_rectangles_are_the_spans_text(evaluation_dir: Path, folder: str) -> None:
    chance = random.Random(folder)
    spans = overprinted = 0
    for path in chance.sample(sorted((evaluation_dir / "pdf" / folder / "docs").glob("*.pdf")), 4):
        content = path.read_bytes()
        _title, pages = pdf.pages(io.BytesIO(content), path.name)
        with pymupdf.open(stream=content, filetype="pdf") as document:
            for page in chance.sample([page for page in pages if len(page.text) > 400], 3):
                characters = middles(document[page.number - 1])
                for chars in (1, 20, 300, 900):
                    start = chance.randrange(len(page.text) - 1)
                    end = min(len(page.text), start + chars)
                    rects = pdf.rects(io.BytesIO(content), page.number, Span(start, end))
                    found, wanted = visible(under(characters, rects)), visible(page.text[start:end])
                    assert not wanted - found, (path.name, page.number, start, end)
                    spans += 1
                    overprinted += found != wanted
    assert spans >= 36
    assert overprinted <= OVERPRINTED_SHARE * spans


def test_odd_pdf_files_have_about_the_text_that_mupdf_finds(evaluation_dir: Path) -> None:
    read = 0
    for line in (evaluation_dir / "readers" / "manifest.jsonl").read_text().splitlines():
        row = json.loads(line)
        if row["outcome"] != "ok" or not row["path"].endswith((".pdf", ".docx")):
            continue
        reader = pdf if row["path"].endswith(".pdf") else docx
        try:
            _title, pages = reader.pages(io.BytesIO((evaluation_dir / "readers" / row["path"]).read_bytes()), "file")
        except Refusal:
            assert row["chars"] < 5, row["path"]  # a lone space, for one
            continue
        read += 1
        assert sum(len(page.text) for page in pages) > 0.4 * row["chars"] - 20, row["path"]
    assert read > 95


def test_headings_are_found_by_their_type_where_a_file_has_no_outline(evaluation_dir: Path) -> None:
    files = list(measured(evaluation_dir / "pdf" / "fed_outline", ("EDAPP2022.pdf", "GSA2022.pdf", "NARA2022.pdf")))
    for name, as_it_is, by_type in files:
        assert by_type.wanted >= 9
        assert min(as_it_is.found, by_type.found) >= 0.9 * by_type.wanted, name
        assert by_type.in_outline >= 0.35 * by_type.headings, name


def test_passages_of_a_long_report_are_of_one_size(evaluation_dir: Path) -> None:
    path = max((evaluation_dir / "pdf" / "erc2" / "docs").glob("*.pdf"), key=lambda path: path.stat().st_size)
    with path.open("rb") as file:
        _title, pages = pdf.pages(file, path.name)
    lengths = [one.end - one.start for one in passages_of(pages, sentences)]
    assert sum(200 <= length <= 1500 for length in lengths) > 0.9 * len(lengths)
