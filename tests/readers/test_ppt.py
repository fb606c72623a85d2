"""Old PowerPoint presentations."""

import contextlib
import io
import struct
from collections.abc import Iterator

import pytest

from app.core.types import Reason
from app.readers import ppt_records
from app.readers.locked import unlocked
from app.readers.reading import read
from app.readers.refusal import Refusal
from tests.readers.compound import compound
from tests.readers.presentations import BODY, NOTES, OTHER, TITLE, container, ppt, record, slide, text
from tests.readers.shown import HEADING, ITEM, PARAGRAPH, pages, shown


def test_a_slide_is_a_page_with_its_title_points_notes_and_comments() -> None:
    first = slide(
        text(TITLE, "Ernte größer"), text(BODY, "Apples\rPears"), text(OTHER, "Free", wide=False), comment="No."
    )
    content = ppt(first, slide(), slide(text(OTHER, "*")), notes=text(NOTES, "Say hello."))
    assert shown(content, "a.ppt") == [
        (HEADING, "Ernte größer"),
        (ITEM, "• Apples"),
        (ITEM, "• Pears"),
        (PARAGRAPH, "Free"),
        (HEADING, "Notes"),
        (PARAGRAPH, "Say hello."),
        (PARAGRAPH, "No."),
    ]
    assert [bool(page.text) for page in pages(content, "a.ppt")] == [True, False, False]


def test_a_text_that_the_document_keeps_stands_where_its_shape_is() -> None:
    reference = record(0x0F9E, struct.pack("<I", 1))
    content = ppt(slide(text(OTHER, "Before"), reference), texts=text(TITLE, "Unused") + text(TITLE, "Kept"))
    assert shown(content, "a.ppt") == [(HEADING, "Kept"), (PARAGRAPH, "Before")]


def test_what_was_replaced_is_not_read() -> None:
    content = ppt(slide(text(OTHER, "New")), old=slide(text(OTHER, "Old")))
    assert [page.text for page in pages(content, "a.ppt")] == ["New"]


def test_the_slides_of_a_file_without_their_list_are_read_and_the_rest_counts_as_lost() -> None:
    stray = slide(text(OTHER, "One")) + slide(text(OTHER, "Two"))
    content = compound({"PowerPoint Document": stray, "Current User": b""})
    assert [page.text for page in pages(content, "a.ppt")] == ["One", "Two", ""]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (ppt(slide(text(OTHER, "x")), mark=0xF3D1C4DF), Reason.ENCRYPTED),
        (ppt(slide()), Reason.NO_TEXT),
        (compound({"PowerPoint Document": record(0x0000, b"x"), "Current User": b""}), Reason.UNSUPPORTED),
        (compound({"PowerPoint Document": container(0x03E8), "Current User": b""}), Reason.DAMAGED),
        (compound({"PowerPoint Document": b"", "Current User": b""}), Reason.DAMAGED),
    ],
)
def test_bad_files_are_refused_with_their_reasons(content: bytes, reason: Reason) -> None:
    with pytest.raises(Refusal) as refused:
        read(io.BytesIO(content), "a.ppt")
    assert refused.value.reason is reason


def test_no_password_is_asked_for_in_vain() -> None:
    file = io.BytesIO(ppt(slide(text(OTHER, "x")), mark=0xF3D1C4DF))
    assert unlocked(file, "password") is file
    with pytest.raises(Refusal) as refused:
        read(file, "a.ppt")
    assert refused.value.detail


def edited(*edits: tuple[int, int], before: bytes = b"") -> bytes:
    """Return a presentation of nothing but edits, each with the one before it and its directory by their places."""
    stream, last = before, 0
    for previous, directory in edits:
        last = len(stream)
        stream += record(0x0FF5, struct.pack("<IIIIIII", 0, 0, previous, directory, 1, 0, 0))
    user = record(0x0FF6, struct.pack("<III", 20, 0, last) + bytes(12))
    return compound({"PowerPoint Document": stream, "Current User": user})


def test_directories_that_lead_in_circles_end() -> None:
    before = record(0x0000, b"x")
    with pytest.raises(Refusal):
        read(io.BytesIO(edited((len(before), 0), before=before)), "a.ppt")


def test_a_directory_is_read_once_for_however_many_edits_name_it(monkeypatch: pytest.MonkeyPatch) -> None:
    read_at: list[int] = []
    directory = record(0x1772, struct.pack("<II", 1 << 20 | 1, 0))
    places = [0, *(len(directory) + 36 * n for n in range(4))]
    once = ppt_records._directory

    def noted(stream: bytes, place: int) -> Iterator[tuple[int, int]]:
        read_at.append(place)
        return once(stream, place)

    monkeypatch.setattr(ppt_records, "_directory", noted)
    with pytest.raises(Refusal):
        read(io.BytesIO(edited(*((place, 0) for place in places), before=directory)), "a.ppt")
    assert read_at == [0]


def test_slides_that_lie_in_each_other_are_damage() -> None:
    inner = slide(text(OTHER, "Long words. " * 100))
    outer = container(0x03EE, container(0x03EE, container(0x03EE, inner)))
    with pytest.raises(Refusal) as refused:
        read(io.BytesIO(ppt(outer, places=(0, 8, 16, 24))), "a.ppt")
    assert refused.value.reason is Reason.DAMAGED


def test_a_text_and_notes_are_read_once_a_slide_however_often_they_are_named() -> None:
    reference = record(0x0F9E, struct.pack("<I", 0))
    content = ppt(slide(*[reference] * 9), texts=text(OTHER, "Kept"))
    assert [page.text for page in pages(content, "a.ppt")] == ["Kept"]
    content = ppt(slide(), slide(text(OTHER, "b")), slide(), notes=text(NOTES, "Said."), same_id=True)
    assert [page.text for page in pages(content, "a.ppt")].count("Notes\n\nSaid.") == 1


def test_a_translation_that_bears_the_name_of_a_template_is_a_text() -> None:
    assert shown(b'msgid "Apples"\nmsgstr "Pommes"\n', "a.pot") == [(PARAGRAPH, 'msgid "Apples"\nmsgstr "Pommes"')]


@pytest.mark.parametrize("place", range(0, 400, 7))
def test_a_changed_file_gives_text_or_a_refusal(place: int) -> None:
    content = bytearray(ppt(slide(text(TITLE, "A"), text(BODY, "B")), notes=text(NOTES, "C")))
    content[512 + place : 516 + place] = b"\xff\xff\xff\x7f"
    with contextlib.suppress(Refusal):
        read(io.BytesIO(bytes(content)), "a.ppt")
