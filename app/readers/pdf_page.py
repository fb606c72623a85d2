"""The lines of a PDF page as MuPDF finds them, and the box of every character of theirs. Runs in the reader's process.

MuPDF itself writes a page as JSON five times as fast as its binding makes the same into dictionaries. That JSON says of
a line only how its first character looks and not which way it runs. So MuPDF is asked to end lines where the type
changes, and what it would not have parted is put together again here. Which way a line runs is seen from where
its first character stands in its box; where that is not plain, or most of a page is turned, the dictionaries are read.
"""

from collections.abc import Iterator, Sequence
from typing import TypedDict, cast

import msgspec
import pymupdf

from app.readers.pdf_lines import ACROSS, DOWN, Box, Direction, Line, Run, line_in, line_of, union

# Ligatures are spelt out, so that words are found; a character of unknown meaning keeps its code.
TEXT_FLAGS = pymupdf.TEXT_PRESERVE_WHITESPACE | pymupdf.TEXT_MEDIABOX_CLIP | pymupdf.TEXT_CID_FOR_UNKNOWN_UNICODE
_mupdf = pymupdf.mupdf  # pyright: ignore[reportPrivateImportUsage] - its only name
_BY_TYPE_FLAGS = TEXT_FLAGS | _mupdf.FZ_STEXT_PRESERVE_SPANS
_BOLD = 1 << 4  # of a span's font flags
# The JSON has whole numbers only.
_UNITS_PER_PT = 1000
# Up to these shares of its size MuPDF takes a character for one of the same line (BASE_MAX_DIST, SPACE_MAX_DIST).
_SAME_BASELINE = 0.8
_SAME_LINE_GAP = 0.8
# A line that runs across begins at its first character, and its baseline is not at its top.
_START_SHARE = 0.25
_ASCENT_SHARE = 0.3
_HEIGHT_SHARE = 3.0
# A turned line is this many times as long as it is high.
_LONG_SHARE = 1.5


class _Area(msgspec.Struct, frozen=True, gc=False):
    x: int
    y: int
    w: int
    h: int


class _Font(msgspec.Struct, frozen=True, gc=False):
    weight: str
    size: int


class _Stretch(msgspec.Struct, frozen=True, gc=False):
    """A line, or part of one, in one type; `x` and `y` are where its first character stands on the baseline."""

    wmode: int
    bbox: _Area
    font: _Font
    x: int
    y: int
    text: str


class _Block(msgspec.Struct, frozen=True, gc=False):
    lines: list[_Stretch] = []


class _Content(msgspec.Struct, frozen=True, gc=False):
    blocks: list[_Block]


class _Char(TypedDict):
    c: str
    bbox: Box


class _Span(TypedDict):
    text: str
    size: float
    flags: int
    chars: list[_Char]


class _DictLine(TypedDict):
    bbox: Box
    dir: Direction
    spans: list[_Span]


class _TextBlock(TypedDict):
    lines: list[_DictLine]


_decoder = msgspec.json.Decoder(_Content)


def lines_as_json(page: pymupdf.Page) -> bytes:
    """Return what MuPDF writes of the lines of a page."""
    return _json(page.get_textpage(flags=_BY_TYPE_FLAGS))


def lines_from_json(written: bytes) -> list[Line] | None:
    """Return the lines of a page in MuPDF's order, None for one on which it is not plain which way they run."""
    try:
        blocks = _decoder.decode(written).blocks
    except (msgspec.DecodeError, UnicodeDecodeError):  # half a character, which the binding replaces
        return None
    lines: list[Line] = []
    in_several_types: dict[int, list[_Stretch]] = {}
    first = turned_chars = 0
    for block in blocks:
        above: _Stretch | None = None
        for stretch in block.lines:
            chars = len(stretch.text)
            if above is not None and _goes_on(above, stretch):
                in_several_types.setdefault(len(lines) - 1, [above]).append(stretch)
            else:
                direction = ACROSS if _runs_across(stretch) else _turned_direction(stretch)
                if direction is None:
                    return None
                if direction is not ACROSS:
                    turned_chars += chars
                lines.append(line_of(_run(stretch), _box(stretch), direction, first))
            first += chars
            above = stretch
    if 2 * turned_chars > first:
        return None
    for place, parts in in_several_types.items():
        box = union([_box(part) for part in parts])
        lines[place] = line_in([_run(part) for part in parts], box, ACROSS, lines[place].first)
    return lines


def lines_from_dicts(page: pymupdf.Page) -> list[Line]:
    """Return the lines of any page, in a longer time."""
    return list(_from_dicts(page.get_textpage(flags=TEXT_FLAGS)))


def found_on(page: pymupdf.Page) -> list[Line]:
    """Return the lines of a page in MuPDF's order."""
    found = lines_from_json(lines_as_json(page))
    return found if found is not None else lines_from_dicts(page)


def found_with_boxes(page: pymupdf.Page) -> tuple[list[Line], list[Box | None]]:
    """Return the lines of a page and the box of each of their characters, None for one that stands beside the page."""
    text_page = page.get_textpage(flags=_BY_TYPE_FLAGS)
    found = lines_from_json(_json(text_page))
    if found is None:
        text_page = page.get_textpage(flags=TEXT_FLAGS)
        found = list(_from_dicts(text_page))
    blocks = cast(list[_TextBlock], text_page.extractRAWDICT()["blocks"])
    chars = [char for line in _lines(blocks) for span in line["spans"] for char in span["chars"]]
    return found, _boxes("".join([line.raw for line in found]), chars)


def _boxes(text: str, chars: Sequence[_Char]) -> list[Box | None]:
    """Return the box of each character of a text; the binding leaves characters out that MuPDF has."""
    boxes: list[Box | None] = []
    place = 0
    for character in text:
        is_next = place < len(chars) and chars[place]["c"] == character
        boxes.append(chars[place]["bbox"] if is_next else None)
        place += is_next
    return boxes


def _from_dicts(text_page: pymupdf.TextPage) -> Iterator[Line]:
    first = 0
    for line in _lines(cast(list[_TextBlock], text_page.extractDICT()["blocks"])):
        runs = [Run(span["text"], span["size"], bool(span["flags"] & _BOLD)) for span in line["spans"]]
        yield line_in(runs, line["bbox"], line["dir"], first)
        first += sum([len(run.text) for run in runs])


def _lines(blocks: Sequence[_TextBlock]) -> Iterator[_DictLine]:
    return (line for block in blocks for line in block.get("lines", ()))


def _json(text_page: pymupdf.TextPage) -> bytes:
    buffer = _mupdf.FzBuffer(1 << 16)
    output = _mupdf.FzOutput(buffer)
    _mupdf.fz_print_stext_page_as_json(output, text_page.this, _UNITS_PER_PT)
    output.fz_close_output()
    return cast(bytes, buffer.fz_buffer_extract())  # pyright: ignore[reportCallIssue] - the binding adds the argument


def _run(stretch: _Stretch) -> Run:
    font = stretch.font
    return Run(stretch.text, font.size / _UNITS_PER_PT, font.weight == "bold")


def _runs_across(stretch: _Stretch) -> bool:
    area, size = stretch.bbox, stretch.font.size
    return (
        -_START_SHARE * size <= stretch.x - area.x <= _START_SHARE * size
        and stretch.y - area.y >= _ASCENT_SHARE * area.h
        and area.h <= _HEIGHT_SHARE * size
        and not stretch.wmode
    )


def _turned_direction(stretch: _Stretch) -> Direction | None:
    """Return which of up and down a stretch runs: the one at whose far end its first character stands."""
    area, size = stretch.bbox, stretch.font.size
    if stretch.wmode or area.h < _LONG_SHARE * area.w or area.w > _HEIGHT_SHARE * size:
        return None
    from_top, from_foot = stretch.y - area.y, area.y + area.h - stretch.y
    if from_foot <= _START_SHARE * size and stretch.x - area.x >= _ASCENT_SHARE * area.w:
        return (0.0, -1.0)
    if from_top <= _START_SHARE * size and area.x + area.w - stretch.x >= _ASCENT_SHARE * area.w:
        return DOWN
    return None


def _goes_on(above: _Stretch, stretch: _Stretch) -> bool:
    """Whether MuPDF would not have parted two stretches that run across but for their type."""
    size = stretch.font.size
    return (
        -_SAME_BASELINE * size < stretch.y - above.y < _SAME_BASELINE * size
        and abs(stretch.x - above.bbox.x - above.bbox.w) < _SAME_LINE_GAP * size
        and _runs_across(above)
        and _runs_across(stretch)
    )


def _box(stretch: _Stretch) -> Box:
    """Return the box in points, at least as high as the type is large: some fonts say that they have no height."""
    area, size = stretch.bbox, stretch.font.size
    left, top, high = area.x, area.y, area.h
    foot = top + high
    if high < size:
        share = size / max(high, 1)
        top, foot = stretch.y - (stretch.y - top) * share, stretch.y + (foot - stretch.y) * share
    return left / _UNITS_PER_PT, top / _UNITS_PER_PT, (left + area.w) / _UNITS_PER_PT, foot / _UNITS_PER_PT
