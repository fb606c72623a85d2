"""Old PowerPoint presentations, built where they are needed."""

import struct

from tests.readers.compound import compound

TITLE, BODY, NOTES, OTHER = 0, 1, 2, 4


def record(kind: int, content: bytes, instance: int = 0) -> bytes:
    """Return an atom."""
    return struct.pack("<HHI", instance << 4, kind, len(content)) + content


def container(kind: int, *inner: bytes, instance: int = 0) -> bytes:
    """Return a record that holds others."""
    content = b"".join(inner)
    return struct.pack("<HHI", instance << 4 | 0xF, kind, len(content)) + content


def text(kind: int, words: str, *, wide: bool = True) -> bytes:
    """Return the records of a text of a kind."""
    atom = record(0x0FA0, words.encode("utf-16-le")) if wide else record(0x0FA8, words.encode("latin-1"))
    return record(0x0F9F, struct.pack("<I", kind)) + atom


def slide(*boxes: bytes, comment: str = "") -> bytes:
    """Return a slide of boxes of text."""
    shapes = (container(0xF004, container(0xF00D, box)) for box in boxes)
    said = container(0x2EE0, record(0x0FBA, b"A\0", 0), record(0x0FBA, comment.encode("utf-16-le"), 1))
    return container(0x03EE, container(0x040C, container(0xF002, container(0xF003, *shapes))), said if comment else b"")


def listed(number: int, slide_id: int) -> bytes:
    """Return the record by which the document lists a slide."""
    return record(0x03F3, struct.pack("<IIiII", number, 0, 0, slide_id, 0))


def ppt(
    *slides: bytes,
    texts: bytes = b"",
    notes: bytes = b"",
    old: bytes = b"",
    mark: int = 0xE391C05F,
    places: tuple[int, ...] = (),
    same_id: bool = False,
) -> bytes:
    """Return a presentation: slides, the first one's texts that the document keeps, its notes, and a part replaced.

    `places` are where slides stand, counted from the first one, if there are others than those given.
    """
    count = len(places) or len(slides)
    entries = b"".join(listed(2 + n, 256 + n * (not same_id)) + (b"" if n else texts) for n in range(count))
    of_notes = container(0x0FF0, listed(50, 900), instance=2) if notes else b""
    document = container(0x03E8, container(0x0FF0, entries, instance=0), of_notes)
    stream, starts = old, list[int]()
    for part in (document, *slides):
        starts.append(len(stream))
        stream += part
    starts = [starts[0], *(starts[1] + place for place in places)] if places else starts
    page = container(0x03F0, record(0x03F1, struct.pack("<III", 256, 0, 0)), container(0xF00D, notes)) if notes else b""
    notes_at, directory_at = len(stream), len(stream) + len(page)
    entry = struct.pack("<I", len(starts) << 20 | 1) + struct.pack(f"<{len(starts)}I", *starts)
    entry += struct.pack("<II", 1 << 20 | 50, notes_at) if notes else b""
    stream += page + record(0x1772, entry)
    edit = record(0x0FF5, struct.pack("<IIIIIII", 0, 0, 0, directory_at, 1, 60, 0))
    user = record(0x0FF6, struct.pack("<III", 20, mark, len(stream)) + bytes(12))
    return compound({"PowerPoint Document": stream + edit, "Current User": user})
