"""Old Word documents."""

import io
import struct
import tracemalloc

import pytest

from app.core.types import Reason
from app.readers.reading import read
from app.readers.refusal import Refusal
from tests.readers.compound import compound
from tests.readers.office_files import doc, old_doc
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
    ("text", "codec", "told"),
    [
        ("Größe, “genau”", "cp1252", {}),
        ("Größe, genau", "mac_roman", {"letters": 256}),
        ("Яблоки созревают в саду", "cp1251", {"language": 0x419}),
        ("Яблоки созревают в саду", "cp1251", {}),
        ("Příliš žluťoučký kůň", "cp1250", {"language": 0x405}),
    ],
)
def test_documents_of_before_1997_are_read_in_their_code_page(text: str, codec: str, told: dict[str, int]) -> None:
    stream = old_doc(f"{text}\rFruit\x07Tons\x07\x07".encode(codec), **told)
    for content in (compound({"WordDocument": stream}), stream):
        assert shown(content, "a.doc") == [(PARAGRAPH, text), (TABLE, "Fruit\tTons")]


@pytest.mark.parametrize(
    ("magic", "codec", "text"),
    [
        (0xA697, "cp932", "りんごは秋に実る a"),
        (0xA698, "cp949", "사과는 가을에 익는다 a"),
        (0xA699, "gb18030", "苹果在秋天成熟。我们去果园。a"),
        (0xA699, "big5", "蘋果在秋天成熟 a"),
    ],
)
def test_old_documents_of_east_asia_have_two_bytes_a_character(magic: int, codec: str, text: str) -> None:
    codes = (int.from_bytes(letter.encode(codec)) for letter in text)
    stream = old_doc(b"".join(code.to_bytes(2, "little") for code in codes), magic=magic, flags=0x1000)
    assert shown(compound({"WordDocument": stream}), "a.doc") == [(PARAGRAPH, text)]


def test_the_pieces_of_a_document_of_word_6_are_put_in_order() -> None:
    stream = bytearray(old_doc(b"two\rone ", flags=0x0004))
    start = len(stream) - 8
    pieces = struct.pack("<3I", 0, 4, 8) + struct.pack("<HIHHIH", 0, start + 4, 0, 0, start, 0)
    struct.pack_into("<II", stream, 0x160, len(stream), len(pieces) + 5)
    content = bytes(stream) + b"\x02" + struct.pack("<I", len(pieces)) + pieces
    assert shown(compound({"WordDocument": content}), "a.doc") == [(PARAGRAPH, "one two")]
    struct.pack_into("<I", stream, 0x160, 1)  # where no table of pieces is
    assert shown(compound({"WordDocument": bytes(stream)}), "a.doc") == [(PARAGRAPH, "two"), (PARAGRAPH, "one")]


def test_pieces_that_lie_in_each_other_are_damage() -> None:
    stream = bytearray(old_doc(b"Long words. " * 200))
    count, size = 40, 4 * 41 + 8 * 40
    struct.pack_into("<H", stream, 0, 0xA5EC)
    places = struct.pack(f"<{count + 1}I", *(n % 2 * 2000 for n in range(count + 1)))
    pieces = places + struct.pack("<HIH", 0, 1 << 30, 0) * count
    table = b"\x02" + struct.pack("<I", size) + pieces
    struct.pack_into("<II", stream, 0x01A2, 0, len(table))
    struct.pack_into("<I", stream, 0x4C, 10**6)
    struct.pack_into("<H", stream, 10, 0)
    with pytest.raises(Refusal) as refused:
        read(io.BytesIO(compound({"WordDocument": bytes(stream), "0Table": table})), "a.doc")
    assert refused.value.reason is Reason.DAMAGED


def test_a_text_that_begins_as_an_old_document_is_still_a_text() -> None:
    assert "plain words" in shown(b"\xdc\xa5" + b"plain words " * 50, "a.doc")[0][1]


def test_an_old_documents_headers_are_read_each_once() -> None:
    stream = old_doc(b"Body.\rFirm\rFirm\r", chars=6)
    assert shown(compound({"WordDocument": stream}), "a.doc") == [(PARAGRAPH, "Body."), (PARAGRAPH, "Firm")]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (doc("x", flags=0x0100), Reason.ENCRYPTED),
        (doc("\r"), Reason.NO_TEXT),
        (compound({"WordDocument": b"short"}), Reason.DAMAGED),
        (compound({"WordDocument": {"inner": b"x"}}), Reason.DAMAGED),
        (compound({"WordDocument": b"\x9b\xa5" + bytes(1000)}), Reason.UNSUPPORTED),
        (compound({"WordDocument": old_doc(b"words", flags=0x0100)}), Reason.ENCRYPTED),
        (compound({"WordDocument": old_doc(b"\r")}), Reason.NO_TEXT),
        (old_doc(b"words")[:40], Reason.DAMAGED),
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
