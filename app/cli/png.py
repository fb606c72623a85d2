"""A drawn page as a PNG file, with marks laid over it. Pure functions, run in the command's process."""

import struct
import zlib
from collections.abc import Iterable

from app.core.pages import PageImage, Rect

TINT = (0xFF, 0xE5, 0x8A)
OPACITY = 0.6
_CHANNELS = 3


def tinted(image: PageImage, rects: Iterable[Rect], scale: float) -> PageImage:
    """Return a page with rectangles (in points) marked like text: paper takes the tint, ink stays ink."""
    tables = [bytes(round(value * (1 - OPACITY + OPACITY * tint / 255)) for value in range(256)) for tint in TINT]
    stride = image.width_px * _CHANNELS
    rgb = bytearray(image.rgb)
    for row, spans in _rows(image, rects, scale).items():
        done = 0
        for left, right in sorted(spans):
            start = max(left, done)  # two lines' rectangles may share a row: no pixel is marked twice
            for channel, table in enumerate(tables):
                part = slice(row * stride + start * _CHANNELS + channel, row * stride + right * _CHANNELS, _CHANNELS)
                rgb[part] = rgb[part].translate(table)
            done = max(done, right)
    return PageImage(image.width_px, image.height_px, bytes(rgb))


def png_of(image: PageImage) -> bytes:
    """Return a page as a PNG file (PNG specification, second edition: 8-bit truecolour, no filter)."""
    stride = image.width_px * _CHANNELS
    rows = b"".join(b"\0" + image.rgb[start : start + stride] for start in range(0, len(image.rgb), stride))
    header = struct.pack(">IIBBBBB", image.width_px, image.height_px, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows, 6)) + _chunk(b"IEND", b"")
    )


def _rows(image: PageImage, rects: Iterable[Rect], scale: float) -> dict[int, list[tuple[int, int]]]:
    """Return the pixels from left to right that each row of the page has marked, clipped to the page."""
    rows: dict[int, list[tuple[int, int]]] = {}
    for rect in rects:
        left, right = max(0, int(rect.x0 * scale)), min(image.width_px, round(rect.x1 * scale))
        for row in range(max(0, int(rect.y0 * scale)), min(image.height_px, round(rect.y1 * scale))):
            if left < right:
                rows.setdefault(row, []).append((left, right))
    return rows


def _chunk(kind: bytes, payload: bytes) -> bytes:
    return struct.pack(">I", len(payload)) + kind + payload + struct.pack(">I", zlib.crc32(kind + payload))
