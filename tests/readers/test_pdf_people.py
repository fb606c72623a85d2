"""What people put into a PDF: fields filled in, comments, words marked, files attached."""

import io
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any, cast

import pymupdf
import pytest

from app.core.pages import Page, Rect, Span
from app.core.types import Reason
from app.readers import pdf, pdf_files
from app.readers.reading import read
from app.readers.refusal import Refusal
from tests.readers.small_files import LEFT_X, TOP_Y, Paper

Change = Callable[[pymupdf.Page], None]
TEXT, CHECKBOX, RADIO, COMBOBOX = 7, 2, 5, 3  # what the binding calls PDF_WIDGET_TYPE_…, and does not declare
IS_PASSWORD, HIDDEN = 1 << 13, 1 << 1
PRINTED = "Name of the tenant:"


def changed(change: Change, rotation: int = 0) -> io.BytesIO:
    """Return a page with one printed line, and what else was done to it."""
    paper = Paper().page(rotation).write(LEFT_X, TOP_Y, PRINTED)
    with pymupdf.open(stream=paper.saved(), filetype="pdf") as document:
        change(document[0])
        return io.BytesIO(document.tobytes())


def field(kind: int, value: object, label: str = "", place: tuple[float, float] = (200, 105), flags: int = 0) -> Change:
    """Return what puts a field onto a page with its upper left corner at `place`."""

    def put(page: pymupdf.Page) -> None:
        widget: Any = pymupdf.Widget()
        widget.field_type, widget.field_name, widget.field_label = kind, f"field {place}", label
        widget.field_flags = flags
        width, height = (12, 12) if kind in (CHECKBOX, RADIO) else (200, 20)
        widget.rect = pymupdf.Rect(*place, place[0] + width, place[1] + height)
        if kind == COMBOBOX:
            widget.choice_values = ["Red", "Green"]
        widget.field_value = value
        page.add_widget(widget)

    return put


def document_of(page: pymupdf.Page) -> pymupdf.Document:
    return cast(pymupdf.Document, page.parent)


def with_key(put: Change, name: str, value: str) -> Change:
    """Return what puts a field and changes one of its keys, but not how it looks."""

    def put_changed(page: pymupdf.Page) -> None:
        put(page)
        for widget in page.widgets():
            document_of(page).xref_set_key(widget.xref, name, value)

    return put_changed


def only_page(file: io.BytesIO) -> Page:
    _title, (page,) = pdf.pages(file, "form.pdf")
    return page


def rects_of(file: io.BytesIO, words: str) -> tuple[Rect, ...]:
    text = only_page(file).text
    return pdf.rects(file, 1, Span(text.index(words), text.index(words) + len(words)))


def test_a_field_with_more_than_there_is_room_for_is_read_whole() -> None:
    rows = [f"Row {number} of what the tenant says." for number in range(9)]

    def put(page: pymupdf.Page) -> None:
        field(TEXT, "\n".join(rows), flags=1 << 12)(page)

    file = changed(put)
    assert str(pymupdf.open(stream=file.getvalue())[0].get_text()).count("Row") < len(rows)
    assert all(row in " ".join(only_page(file).text.split()) for row in rows)


def test_what_shows_of_a_field_with_very_much_in_it_is_marked_where_it_shows() -> None:
    rows = [f"Line number {number}" for number in range(1, 41)]

    def put(page: pymupdf.Page) -> None:
        widget: Any = pymupdf.Widget()
        widget.field_type, widget.field_name, widget.field_flags = TEXT, "Remarks", 1 << 12
        widget.rect, widget.text_fontsize = pymupdf.Rect(200, 300, 400, 350), 10
        widget.field_value = "\n".join(rows)
        page.add_widget(widget)

    file = changed(put)
    drawn = pymupdf.open(stream=file.getvalue())[0].search_for(rows[1])[0]
    (rect,) = rects_of(file, rows[1])
    assert drawn.y0 - 3 < rect.y0 < rect.y1 < drawn.y1 + 3
    assert rect.x1 < 300
    assert " ".join(rows) in " ".join(only_page(file).text.split())


def test_more_rows_than_a_field_has_room_for_are_read_though_none_is_drawn() -> None:
    rows = [f"Row {number}" for number in range(40)]

    def put(page: pymupdf.Page) -> None:
        field(TEXT, "", flags=1 << 12)(page)
        for widget in page.widgets():
            document_of(page).xref_set_key(widget.xref, "V", pymupdf.get_pdf_str("\n".join(rows)))

    assert " ".join(rows) in " ".join(only_page(changed(put)).text.split())


@pytest.mark.parametrize(
    ("put", "text"),
    [
        (field(TEXT, "Ada Lovelace", "Whoever rents it"), f"{PRINTED} Ada Lovelace"),
        (field(COMBOBOX, "Green", "Colour"), f"{PRINTED} Green"),
        (field(TEXT, "Ada Lovelace", "Renter", (200, 300)), f"{PRINTED}\n\nRenter: Ada Lovelace"),
        (field(TEXT, "Ada Lovelace", "name of the Tenant", (200, 300)), f"{PRINTED}\n\nAda Lovelace"),
        (field(TEXT, "", "Renter", (200, 300)), PRINTED),
        (field(CHECKBOX, True, "Pets allowed", (60, 300)), f"{PRINTED}\n\n☑ Pets allowed"),
        (field(CHECKBOX, False, "Pets allowed", (60, 300)), f"{PRINTED}\n\n☐ Pets allowed"),
        (field(CHECKBOX, True, "Whether known"), f"{PRINTED} ☑"),
        (field(TEXT, "quince", "Secret", (200, 300), IS_PASSWORD), PRINTED),
        (with_key(field(TEXT, "Ada", "Renter", (200, 300)), "F", str(HIDDEN)), PRINTED),
    ],
    ids=(
        "filled; chosen; label not printed; label printed elsewhere; empty; ticked; unticked; tick beside print; "
        "password; hidden"
    ).split("; "),
)
def test_a_field_is_read_where_it_stands_with_its_label(put: Change, text: str) -> None:
    assert only_page(changed(put)).text == text


def test_a_value_that_was_filled_in_without_drawing_it_is_read_and_marked_in_its_field() -> None:
    file = changed(with_key(field(TEXT, "", "Renter", (200, 300)), "V", "(Ada\nLovelace)"))
    assert only_page(file).text == f"{PRINTED}\n\nRenter: Ada Lovelace"
    (marked,) = rects_of(file, "Lovelace")
    assert (marked.x0, marked.y0, marked.x1, marked.y1) == pytest.approx((200, 310, 400, 320), abs=0.1)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_tick_and_a_comment_are_marked_where_a_turned_page_shows_them(rotation: int) -> None:
    def put(page: pymupdf.Page) -> None:
        page.set_rotation(0)
        field(CHECKBOX, True, "Pets allowed", (60, 300))(page)
        page.add_text_annot((300, 400), "Ask for the deposit.")
        page.set_rotation(rotation)

    file = changed(put)
    with pymupdf.open(stream=file.getvalue(), filetype="pdf") as document:
        page = document[0]
        tick = tuple(cast(Any, next(iter(page.widgets()))).rect)
        note = tuple(cast(Any, next(iter(page.annots()))).rect)
    for words, box in (("Pets", tick), ("deposit", note)):
        (marked,) = rects_of(file, words)
        assert (marked.x0, marked.y0, marked.x1, marked.y1) == pytest.approx(box, abs=0.1)


def test_comments_stand_after_the_page_with_who_wrote_them_and_on_what() -> None:
    def comment(page: pymupdf.Page) -> None:
        mark = page.add_highlight_annot(page.search_for("the tenant"))
        mark.set_info(content="Is she of age?", title="Bert")
        mark.update()
        page.add_text_annot((300, 400), "Ask for\nthe deposit.")
        page.add_ink_annot([[(60, 600), (90, 630), (120, 600)]]).set_info(content="Signed where?")
        page.add_text_annot((300, 450), "Nobody sees this.").set_flags(HIDDEN)
        page.add_freetext_annot((60, 500, 300, 540), "Typed onto the page")
        page.add_underline_annot(page.search_for("Name")).set_info(content="Name")
        page.add_highlight_annot(page.search_for("Name"))

    page = only_page(changed(comment))
    own, typed, *comments = page.text.split("\n\n")
    assert (own, typed) == (PRINTED, "Typed onto the page")
    assert comments == [
        "Comment by Bert on “the tenant”: Is she of age?",
        "Comment: Ask for the deposit.",
        "Comment: Signed where?",
    ]
    assert [page.text[block.start : block.end] for block in page.blocks][2:] == comments


def test_a_page_that_holds_comments_alone_is_read() -> None:
    paper = Paper().page().saved()
    with pymupdf.open(stream=paper, filetype="pdf") as document:
        document[0].add_text_annot((300, 400), "Scanned badly: ask for the original.")
        file = io.BytesIO(document.tobytes())
    assert only_page(file).text == "Comment: Scanned badly: ask for the original."
    assert len(rects_of(file, "original")) == 1


def test_files_within_a_pdf_are_listed_and_read_behind_its_pages() -> None:
    mail = EmailMessage()
    mail["Subject"] = "The offer"
    mail.set_content("It holds until May.")

    def attach(page: pymupdf.Page) -> None:
        document_of(page).embfile_add("costs", b"item,euros\nrent,900\n", filename="costs.csv")
        document_of(page).embfile_add("mail", mail.as_bytes(), filename="offer.eml")
        document_of(page).embfile_add("seal", b"\x89PNG nothing to read", filename="seal.png")
        page.add_file_annot((300, 300), b"The boiler was serviced.", "notes.txt")

    title, pages, *_ = read(changed(attach), "lease.pdf")
    assert title
    assert [page.number for page in pages] == list(range(1, len(pages) + 1))
    own, listed, costs, offer, notes = (page.text for page in pages)
    assert own == PRINTED
    assert listed == "Attachments: costs.csv, offer.eml, seal.png, notes.txt"
    assert costs == "costs.csv\n\nitem\teuros\nrent\t900"
    assert offer.startswith("offer.eml\n\nThe offer")
    assert offer.endswith("It holds until May.")
    assert notes == "notes.txt\n\nThe boiler was serviced."


def test_of_damaged_files_no_more_are_tried_than_of_whole_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []

    def damaged(_document: pymupdf.Document, number: int) -> None:
        tried.append(number)
        raise RuntimeError("damaged")

    def put(page: pymupdf.Page) -> None:
        for number in range(5):
            document_of(page).embfile_add(f"{number}.txt", b"x")

    monkeypatch.setattr(pdf_files, "FILE_LIMIT", 3)
    monkeypatch.setattr(pdf_files, "_embedded", damaged)
    with pymupdf.open(stream=changed(put).getvalue()) as document:
        assert pdf_files.files_in(document) == ()
    assert tried == [0, 1, 2]


def test_pdfs_within_pdfs_are_read_to_a_depth_that_people_reach() -> None:
    file = Paper().page().write(LEFT_X, TOP_Y, "The innermost.").saved()
    for _ in range(12):
        with pymupdf.open(stream=Paper().page().write(LEFT_X, TOP_Y, PRINTED).saved(), filetype="pdf") as document:
            document.embfile_add("inner", file.getvalue(), filename="inner.pdf")
            file = io.BytesIO(document.tobytes(deflate=True))
    _title, pages, *_ = read(file, "outer.pdf")
    assert sum(PRINTED in page.text for page in pages) == 9
    assert all("innermost" not in page.text for page in pages)


def test_a_bomb_within_a_pdf_is_named_and_the_rest_is_read() -> None:
    def attach(page: pymupdf.Page) -> None:
        document_of(page).embfile_add("bomb", bytes(300 << 20), filename="bomb.txt")
        document_of(page).embfile_add("notes", b"The boiler was serviced.", filename="notes.txt")

    _title, pages, *_ = read(changed(attach), "lease.pdf")
    assert [page.text for page in pages[1:]] == [
        "Attachments: bomb.txt, notes.txt",
        "notes.txt\n\nThe boiler was serviced.",
    ]


def test_a_file_of_nothing_but_fields_that_say_nothing_has_no_text() -> None:
    with pymupdf.open(stream=Paper().page().saved(), filetype="pdf") as document:
        field(TEXT, "")(document[0])
        file = io.BytesIO(document.tobytes())
    with pytest.raises(Refusal) as refused:
        pdf.pages(file, "form.pdf")
    assert refused.value.reason is Reason.NO_TEXT


def test_a_value_behind_the_spaces_of_its_label_is_a_word_of_its_own():
    blank = "        "

    def put(page: pymupdf.Page) -> None:
        page.insert_text((LEFT_X, 300), f"City:{blank}", fontsize=11)
        end = LEFT_X + pymupdf.get_text_length(f"City:{blank}", fontsize=11)
        page.insert_text((LEFT_X, 400), "Signed by hand", fontsize=11)
        field(TEXT, "Utrecht", "City", (end - 6, 288))(page)

    assert "City: Utrecht" in only_page(changed(put)).text
