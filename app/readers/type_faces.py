"""The faces that pages are typeset in, measured and drawn by MuPDF from the fonts it brings along. Reader's process."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pymupdf

from app.core.types import Block, BlockKind, PageImage, Rect

INK = (0.1, 0.1, 0.1)
RULE_RGB = (216, 216, 216)
UNKNOWN = "\ufffd"
# In sizes: as far as a mark goes above and below the line that letters stand on; and from row to row.
ASCENT, DESCENT, LEADING = 0.95, 0.3, 1.42
_HEADING_SIZES_PT = {1: 20.0, 2: 15.5, 3: 13.0}
_LOWER_HEADING_SIZE_PT = 11.5
_mupdf = pymupdf.mupdf  # pyright: ignore[reportPrivateImportUsage] - its only name


@dataclass(frozen=True, slots=True)
class Face:
    """A font at a size."""

    font: pymupdf.Font
    size_pt: float

    def widths(self, shapes: Sequence[str]) -> list[float]:
        """Return the widths of characters in points; what has no ink and no room has 0."""
        distinct = [shape for shape in dict.fromkeys(shapes) if shape]
        known = {"": 0.0} | dict(zip(distinct, map(self._width, distinct), strict=True))
        return [known[shape] for shape in shapes]

    def seen(self, shape: str) -> str:
        """Return what is drawn for a character: itself, a sign for the unknown, or nothing."""
        if not shape or self.font.has_glyph(ord(shape), fallback=1):
            return shape
        return "" if unicodedata.category(shape) in ("Cf", "Cc", "Mn", "Zl", "Zp") else UNKNOWN

    def _width(self, shape: str) -> float:
        seen = self.seen(shape)
        return self.font.text_length(seen, self.size_pt) if seen else 0.0


@dataclass(frozen=True, slots=True)
class Faces:
    """The faces of a page: reading text, columns that spaces keep, and headings by level."""

    text: Face
    fixed: Face
    headings: dict[int, Face]

    def of(self, block: Block, *, is_fixed: bool) -> Face:
        """Return the face of a block."""
        if block.kind is BlockKind.HEADING:
            return self.headings[min(max(block.level, 1), 6)]
        return self.fixed if is_fixed else self.text


def faces() -> Faces:
    """Return the faces: Nimbus Roman, Mono and Sans bold, with Noto and Droid Sans Fallback behind each."""
    bold = pymupdf.Font("hebo")
    headings = {level: Face(bold, _HEADING_SIZES_PT.get(level, _LOWER_HEADING_SIZE_PT)) for level in range(1, 7)}
    return Faces(Face(pymupdf.Font("tiro"), 11.5), Face(pymupdf.Font("cour"), 9.5), headings)


@dataclass(frozen=True, slots=True)
class Writing:
    """Characters drawn one after the other from a point on."""

    x: float
    baseline: float
    face: Face
    seen: str


def display_list(width_pt: float, height_pt: float, writings: Iterable[Writing]) -> pymupdf.DisplayList:
    """Return writings as MuPDF draws them, and reads them back."""
    text = _mupdf.fz_new_text()
    for writing in writings:
        size = writing.face.size_pt
        matrix = _mupdf.fz_make_matrix(size, 0, 0, -size, writing.x, writing.baseline)
        _mupdf.fz_show_string(text, writing.face.font.this, matrix, writing.seen, 0, 0, 0, 0)
    drawn = pymupdf.DisplayList(_mupdf.FzRect(0, 0, width_pt, height_pt))
    device = _mupdf.fz_new_list_device(drawn.this)
    as_it_is, color_params = _mupdf.FzMatrix(), _mupdf.FzColorParams()
    _mupdf.fz_fill_text(device, text, as_it_is, _mupdf.fz_device_rgb(), list(INK), 1, color_params)
    _mupdf.fz_close_device(device)
    return drawn


def picture(drawn: pymupdf.DisplayList, scale: float, rules: Iterable[Rect] = ()) -> PageImage:
    """Return a picture of it on white, `scale` pixels a point, with thin lines."""
    pixmap = drawn.get_pixmap(matrix=pymupdf.Matrix(scale, scale), colorspace=pymupdf.csRGB, alpha=False)
    for rule in rules:
        left, top, right, bottom = (round(edge * scale) for edge in (rule.x0, rule.y0, rule.x1, rule.y1))
        pixmap.set_rect(pymupdf.IRect(left, top, right, max(bottom, top + 1)), RULE_RGB)
    return PageImage(pixmap.width, pixmap.height, bytes(pixmap.samples))
