"""The faces that pages are typeset in: MuPDF's own fonts, measured and drawn glyph by glyph. Reader's process.

No file is opened: Nimbus Roman, Mono and Sans, and for other scripts Noto and Droid Sans Fallback, are part of MuPDF.
"""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import cast

import pymupdf

from app.core.pages import Block, BlockKind, PageImage, Rect

INK = (0.1, 0.1, 0.1)
RULE_RGB = (216, 216, 216)
# In sizes: as far as a mark goes above and below the line that letters stand on; and from row to row.
ASCENT, DESCENT, LEADING = 0.95, 0.3, 1.42
_HEADING_SIZES_PT = {1: 20.0, 2: 15.5, 3: 13.0}
_LOWER_HEADING_SIZE_PT = 11.5
_UNKNOWN = "\ufffd"
# What shapes its neighbours and is not seen itself: joiners, variation selectors, skin tones.
_UNSEEN = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0x1F3FB, 0x1F400))))
_UNSEEN_CATEGORIES = frozenset(("Cc", "Cf", "Zl", "Zp"))
_mupdf = pymupdf.mupdf  # pyright: ignore[reportPrivateImportUsage] - its only name
# Declared as in C, where the font comes back through a pointer.
_encode = cast(Callable[[object, int, int, int], tuple[int, object]], _mupdf.fz_encode_character_with_fallback)
# Punctuation that several scripts share, MuPDF looks for in the fonts of one of them only.
_SCRIPTS = (0, cast(int, _mupdf.UCDN_SCRIPT_ARABIC), cast(int, _mupdf.UCDN_SCRIPT_DEVANAGARI))


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character as a font draws it; `advance` is in sizes."""

    font: object
    number: int
    character: str
    advance: float


@dataclass(frozen=True, slots=True)
class Face:
    """A font at a size."""

    font: pymupdf.Font
    size_pt: float

    def glyphs(self, characters: Sequence[str]) -> list[Glyph | None]:
        """Return the glyph of every character, a sign for the unknown, None for what is not seen."""
        distinct = {character: self._glyph(character) for character in dict.fromkeys(characters)}
        return [distinct[character] for character in characters]

    def _glyph(self, character: str) -> Glyph | None:
        if not character or character in _UNSEEN or unicodedata.category(character) in _UNSEEN_CATEGORIES:
            return None
        for script in _SCRIPTS:
            number, font = _encode(self.font.this, ord(character), script, 0)
            if number:
                return Glyph(font, number, character, _mupdf.fz_advance_glyph(font, number, 0))
        return None if unicodedata.category(character) == "Mn" else self._glyph(_UNKNOWN)


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
    """Return the faces."""
    bold = pymupdf.Font("hebo")
    headings = {level: Face(bold, _HEADING_SIZES_PT.get(level, _LOWER_HEADING_SIZE_PT)) for level in range(1, 7)}
    return Faces(Face(pymupdf.Font("tiro"), 11.5), Face(pymupdf.Font("cour"), 9.5), headings)


def slide_faces() -> Faces:
    """Return the faces of a slide: larger, and without serifs, as slides are set."""
    bold = pymupdf.Font("hebo")
    headings = {level: Face(bold, 32.0 if level == 1 else 22.0) for level in range(1, 7)}
    return Faces(Face(pymupdf.Font("helv"), 21.0), Face(pymupdf.Font("cour"), 16.0), headings)


@dataclass(frozen=True, slots=True)
class Writing:
    """Glyphs drawn one after the other from a point on."""

    x: float
    baseline: float
    size_pt: float
    glyphs: Sequence[Glyph]


def display_list(width_pt: float, height_pt: float, writings: Iterable[Writing]) -> pymupdf.DisplayList:
    """Return writings as MuPDF draws them, and reads them back."""
    text = _mupdf.fz_new_text()
    for writing in writings:
        x = writing.x
        for glyph in writing.glyphs:
            matrix = _mupdf.fz_make_matrix(writing.size_pt, 0, 0, -writing.size_pt, x, writing.baseline)
            _mupdf.fz_show_glyph(text, glyph.font, matrix, glyph.number, ord(glyph.character), 0, 0, 0, 0)
            x += glyph.advance * writing.size_pt
    drawn = pymupdf.DisplayList(_mupdf.FzRect(0, 0, width_pt, height_pt))
    device = _mupdf.fz_new_list_device(drawn.this)
    as_it_is, color_params = _mupdf.FzMatrix(), _mupdf.FzColorParams()
    _mupdf.fz_fill_text(device, text, as_it_is, _mupdf.fz_device_rgb(), list(INK), 1, color_params)
    _mupdf.fz_close_device(device)
    return drawn


def picture(
    drawn: pymupdf.DisplayList, scale: float, rules: Iterable[Rect] = (), clip: pymupdf.Rect | None = None
) -> PageImage:
    """Return a picture of it, or of what lies in `clip`, on white, `scale` pixels a point, with thin lines."""
    matrix = pymupdf.Matrix(scale, scale)
    pixmap = drawn.get_pixmap(matrix=matrix, colorspace=pymupdf.csRGB, alpha=False, clip=clip)
    for rule in rules:
        left, top, right, bottom = (round(edge * scale) for edge in (rule.x0, rule.y0, rule.x1, rule.y1))
        pixmap.set_rect(pymupdf.IRect(left, top, right, max(bottom, top + 1)), RULE_RGB)
    return PageImage(pixmap.width, pixmap.height, bytes(pixmap.samples))
