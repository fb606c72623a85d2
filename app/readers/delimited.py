"""Read tables of text: CSV and TSV. Runs in the reader's process."""

import csv
import io
import re
import sys
from collections import Counter, deque
from collections.abc import Iterator
from itertools import islice
from pathlib import PurePath
from typing import BinaryIO

from app.core.pages import Page
from app.core.types import Reason
from app.readers.encoding import text_of
from app.readers.refusal import Refusal
from app.readers.tables import Row, Sheet, filled, pages_of_sheets

_DELIMITERS = ",;\t|"
_SAMPLE_CHARS = 64 * 1024
_SAMPLE_ROWS = 100
_END = "\0"  # in no cleaned text
_TOLD = re.compile(r"sep=([^\n])\n")
"""What Excel is told of the delimiter."""


def pages(file: BinaryIO, name: str) -> tuple[str, tuple[Page, ...]]:
    """Return the title and the pages of a table, or raise `Refusal`."""
    text = text_of(file.read())
    told = _TOLD.match(text)
    delimiter = told[1] if told else _delimiter(text, name)
    found = pages_of_sheets([Sheet("", _rows(text[told.end() :] if told else text, delimiter))])
    if not found:
        raise Refusal(Reason.EMPTY)
    return PurePath(name).stem, found


def _rows(text: str, delimiter: str) -> Iterator[Row]:
    csv.field_size_limit(sys.maxsize)  # a long cell is still a cell
    quoting = csv.QUOTE_NONE if _is_unclosed(text, delimiter) else csv.QUOTE_MINIMAL
    return (filled(row) for row in csv.reader(io.StringIO(text), delimiter=delimiter, quoting=quoting))


def _is_unclosed(text: str, delimiter: str) -> bool:
    """Return whether a cell begins with a quotation mark that nothing closes: all behind it would be that cell."""
    if text.count('"') % 2 == 0:
        return False
    last = deque(csv.reader(io.StringIO(f"{text}\n{_END}"), delimiter=delimiter), maxlen=1)
    return last[0] != [_END]


def _delimiter(text: str, name: str) -> str:
    """Return the character that cuts most rows of a sample into equally many cells."""
    if PurePath(name).suffix.lower() == ".tsv":
        return "\t"
    sample = text[:_SAMPLE_CHARS]
    return max(_DELIMITERS, key=lambda delimiter: _regularity(sample, delimiter))


def _regularity(sample: str, delimiter: str) -> tuple[int, int]:
    rows = csv.reader(io.StringIO(sample), delimiter=delimiter)
    widths = Counter(len(row) for row in islice(rows, _SAMPLE_ROWS) if len(row) > 1)
    return max(((count, width) for width, count in widths.items()), default=(0, 0))
