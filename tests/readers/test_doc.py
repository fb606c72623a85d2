"""Old Word documents."""

import io
import struct
import tracemalloc

import pytest

from app.core.types import Reason
from app.readers.reading import read
from app.readers.refusal import Refusal
from tests.readers.compound import compound
from tests.readers.office_files import doc
from tests.readers.shown import PARAGRAPH, TABLE, shown


def test_paragraphs_and_tables_are_read_in_order() -> None:
    text = "Größe\x0bof it\rFruit\x07Tons\x07\x07Apples\x0712\r13\x07\x07After.\r"
    assert shown(doc(text), "a.doc") == [
        (PARAGRAPH, "Größe\nof it"),
        (TABLE, "Fruit\tTons\nApples\t12 13"),
        (PARAGRAPH, "After."),
    ]


def test_fields_show_their_result_only() -> None:
    assert shown(doc('See \x13 HYPERLINK "x" \x13 y \x14 no \x15\x14here\x15.\r'), "a.doc") == [
        (PARAGRAPH, "See here.")
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (doc("x", flags=0x0100), Reason.ENCRYPTED),
        (doc("\r"), Reason.NO_TEXT),
        (compound({"WordDocument": b"short"}), Reason.DAMAGED),
        (compound({"WordDocument": b"\xdc\xa5" + bytes(1000)}), Reason.UNSUPPORTED),
        (compound({"WordDocument": b"\xec\xa5" + bytes(1000)}), Reason.DAMAGED),
        (doc("words\r")[:900], Reason.DAMAGED),
    ],
)
def test_bad_files_are_refused_with_their_reasons(content: bytes, reason: Reason) -> None:
    with pytest.raises(Refusal) as refused:
        read(io.BytesIO(content), "a.doc")
    assert refused.value.reason is reason


def test_a_directory_of_short_streams_that_goes_in_circles_is_not_read_for_ever() -> None:
    content = bytearray(compound({"WordDocument": b"\xec\xa5" + bytes(1000)}))
    (fat,) = struct.unpack_from("<I", content, 0x4C)
    struct.pack_into("<II", content, 0x3C, 0, 1 << 20)  # it begins in the first sector and claims half a gigabyte
    struct.pack_into("<I", content, 512 * (fat + 1), 0)  # after which the first sector comes again
    tracemalloc.start()
    with pytest.raises(Refusal):
        read(io.BytesIO(content), "a.doc")
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < 64 * len(content) + (1 << 20)
