"""An opened page is searched, leafed through, selected, copied and zoomed, by mouse and by keys."""

import struct
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelection, QItemSelectionModel, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.core import messages as m
from app.core.letters import LetterPlaces, LetterRow, PageLetters
from app.core.page_messages import FindInDocument, LayOutPage
from app.core.pages import Block, BlockKind, Page, PageImage, Span
from app.core.types import Reason
from app.ui.main_window import MainWindow
from app.ui.opening_outside import kind_of, url_of
from app.ui.page_marks import Marks
from app.ui.page_sheet import PageSheetView
from app.ui.page_view import PageView
from app.ui.page_words import citation_text, state_words
from app.ui.sheet_rows import RowKind, sheet_rows
from app.ui.theme import Look, laid_over
from app.ui.thumbnails import KEPT_BYTES, ThumbnailStrip
from tests.ui.acts import ask
from tests.ui.scripted_engine import LEASE, ScriptedEngine

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def open_lease(qtbot: QtBot, window: MainWindow) -> None:
    """Open the lease's deposit clause from the answer, with the keyboard in the page."""
    ask(qtbot, window)
    window.stepping.open(1)
    qtbot.waitUntil(lambda: bool(window.page_panel.drawn.marked_rects()))
    window.page_panel.take_focus()


def find(qtbot: QtBot, window: MainWindow, words: str) -> None:
    """Press Ctrl+F in the page and type."""
    QTest.keyClick(window.page_panel.drawn, Qt.Key.Key_F, CTRL)
    qtbot.waitUntil(window.page_panel.find_bar.field.hasFocus)
    window.page_panel.find_bar.field.setText(words)  # at once: a slow computer would search for the first letters
    qtbot.waitUntil(lambda: window.page_panel.find_bar.count_words not in ("", "…"))


def test_words_are_found_over_the_pages_with_enter_and_escape_ends_it(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    open_lease(qtbot, window)
    panel = window.page_panel

    find(qtbot, window, "THE TENANT")

    request = engine.requests(FindInDocument)[-1]
    assert isinstance(request, FindInDocument)
    assert (request.document_id, request.wanted) == (4, "THE TENANT")
    count = int(panel.find_bar.count_words.split(" of ")[1])
    assert count > 4
    assert panel.place_words == "2 / 4"  # the first from here on
    assert not panel.find_bar._typing.isActive()
    qtbot.waitUntil(lambda: len(panel.drawn.found_rects()) > 1)
    pages = {panel.place_words}
    for _ in range(count):
        before = panel.find_bar.count_words
        QTest.keyClick(panel.find_bar.field, Qt.Key.Key_Return)
        assert panel.find_bar.count_words != before
        qtbot.waitUntil(lambda: panel._shown is not None and panel._shown[1] == window.reading._place.page)  # pyright: ignore
        pages.add(panel.place_words)
    assert len(pages) > 1
    assert panel.place_words == "2 / 4"  # round and back
    before = panel.find_bar.count_words
    QTest.keyClick(panel.find_bar.field, Qt.Key.Key_Return)
    QTest.keyClick(panel.find_bar.field, Qt.Key.Key_Return, SHIFT)
    assert panel.find_bar.count_words == before

    QTest.keyClick(panel.find_bar.field, Qt.Key.Key_Escape)

    assert panel.find_bar.isHidden()
    assert panel.drawn.found_rects() == ()
    assert window.panes.page_is_open
    assert panel.drawn.hasFocus()


def test_what_is_not_there_is_said(qtbot: QtBot, window: MainWindow) -> None:
    open_lease(qtbot, window)

    find(qtbot, window, "hovercraft")

    assert window.page_panel.find_bar.count_words == "No match"
    assert not window.page_panel.find_bar.after.isEnabled()


def test_ctrl_f_elsewhere_filters_the_documents(qtbot: QtBot, window: MainWindow) -> None:
    open_lease(qtbot, window)
    window.question_box.take_focus()

    QTest.keyClick(window.question_box._text, Qt.Key.Key_F, CTRL)

    assert window.library.filter_has_focus
    assert window.page_panel.find_bar.isHidden()


def test_pages_are_turned_and_chosen_by_keys_and_number(qtbot: QtBot, window: MainWindow) -> None:
    open_lease(qtbot, window)
    panel = window.page_panel

    def press(key: Qt.Key, modifier: Qt.KeyboardModifier, place: str) -> None:
        QTest.keyClick(panel.drawn, key, modifier)
        qtbot.waitUntil(lambda: panel._opened is not None and f"{panel._opened.page} / 4" == place)

    press(Qt.Key.Key_End, CTRL, "4 / 4")
    press(Qt.Key.Key_PageUp, CTRL, "3 / 4")
    press(Qt.Key.Key_PageDown, CTRL, "4 / 4")
    press(Qt.Key.Key_Home, CTRL, "1 / 4")
    QTest.keyClick(panel.drawn, Qt.Key.Key_G, CTRL)
    assert panel.header._number.hasFocus()
    QTest.keyClicks(panel.header._number, "3")
    QTest.keyClick(panel.header._number, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: panel.place_words == "3 / 4")


def test_text_is_selected_with_the_mouse_and_copied_with_its_citation(qtbot: QtBot, window: MainWindow) -> None:
    open_lease(qtbot, window)
    view = window.page_panel.drawn
    qtbot.waitUntil(lambda: view.selection._places is not None)
    places = view.selection._places
    assert places is not None
    start = places.text.index("deposit of")
    [rect] = view._seen(places.rects(Span(start, start + len("deposit of £2,800"))))
    left, right = (rect.left() + 1, rect.center().y()), (rect.right() - 1, rect.center().y())

    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(*map(round, left)))
    QTest.mouseMove(view.viewport(), QPoint(*map(round, right)))
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(*map(round, right)))

    assert window.page_panel.selected_text() == "deposit of £2,800"
    QTest.keyClick(view, Qt.Key.Key_C, CTRL)
    assert QGuiApplication.clipboard().text() == "deposit of £2,800"
    QTest.keyClick(view, Qt.Key.Key_C, CTRL | SHIFT)
    assert QGuiApplication.clipboard().text() == f"“deposit of £2,800” ({LEASE.name}, p. 2)"
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(*map(round, left)))
    assert window.page_panel.selected_text() == "deposit"
    QTest.keyClick(view, Qt.Key.Key_Right, CTRL | SHIFT)
    assert window.page_panel.selected_text() == "deposit of"
    QTest.keyClick(view, Qt.Key.Key_A, CTRL)
    assert window.page_panel.selected_text() == places.text


def drawn(width_pt: float, height_pt: float, scale: float) -> PageImage:
    """Return an empty picture of a page."""
    width, height = round(width_pt * scale), round(height_pt * scale)
    return PageImage(width, height, b"\xff" * (3 * width * height))


def test_a_large_page_is_drawn_sharp_only_where_it_is_looked_at(qtbot: QtBot, look: Look) -> None:
    view = PageView(look)
    qtbot.addWidget(view)
    view.resize(600, 700)
    view.show()
    scales: list[float] = []
    view.scale_wanted.connect(scales.append)
    view.show_page(drawn(2384, 3370, 0.2), (), 0.2, go_to_mark=True)

    with qtbot.waitSignal(view.scale_wanted):
        view.zoom_to(2.0)
    assert scales[-1] ** 2 * 2384 * 3370 <= 6_000_001
    with qtbot.waitSignal(view.part_wanted) as asked:
        view.show_page(drawn(2384, 3370, scales[-1]), (), scales[-1], go_to_mark=False)
    assert asked.args is not None
    part = asked.args[0]

    sharp = view.devicePixelRatioF() * 2.0 * 96 / 72
    assert part.scale == pytest.approx(sharp)
    seen = (view.point_at(QPoint(0, 0)), view.point_at(view.viewport().rect().bottomRight()))
    assert part.clip.x0 <= seen[0].x() <= seen[1].x() <= part.clip.x1
    assert part.clip.y0 <= seen[0].y() <= seen[1].y() <= part.clip.y1
    pixels = (part.clip.x1 - part.clip.x0) * (part.clip.y1 - part.clip.y0) * part.scale**2
    assert pixels < 3 * 600 * 700 * view.devicePixelRatioF() ** 2
    clip = part.clip
    view.show_part(drawn(clip.x1 - clip.x0, clip.y1 - clip.y0, part.scale), clip, part.scale)
    assert view._has_part(sharp)


def test_the_whole_page_can_be_fitted_and_zoom_keeps_the_place_under_the_pointer(qtbot: QtBot, look: Look) -> None:
    view = PageView(look)
    qtbot.addWidget(view)
    view.resize(600, 500)
    view.show()
    view.show_page(drawn(595, 842, 1.0), (), 1.0, go_to_mark=True)

    view.fit_page()
    assert view.fits_page
    assert (view.verticalScrollBar().maximum(), view.horizontalScrollBar().maximum()) == (0, 0)
    view.zoom_to(2.0)
    place = QPoint(400, 300)
    before = view.point_at(place)
    view.zoom_to(3.0, place)

    assert (view.point_at(place) - before).manhattanLength() < 2
    view.zoom_to(None)
    assert not view.fits_page
    assert view._size().width() <= view.viewport().width()


SHEET = "Firings\n\nMonth\tCost\nMarch\t12\nApril\t14\n\nMonth\tCost\nMay\t16\n\nA note beside"
SHEET_PAGE = Page(
    1,
    SHEET,
    (
        Block(BlockKind.HEADING, 0, 7, 1),
        Block(BlockKind.TABLE, 9, 37),
        Block(BlockKind.TABLE, 39, 56),
        Block(BlockKind.PARAGRAPH, 58, len(SHEET)),
    ),
)


def test_a_sheet_has_its_header_once_and_its_rows_under_it() -> None:
    rows = sheet_rows(SHEET_PAGE)

    shown = [(row.kind, [SHEET[cell.start : cell.end] for cell in row.cells], row.header) for row in rows]
    assert shown == [
        (RowKind.HEADING, ["Firings"], None),
        (RowKind.HEADER, ["Month", "Cost"], None),
        (RowKind.CELLS, ["March", "12"], 1),
        (RowKind.CELLS, ["April", "14"], 1),
        (RowKind.CELLS, ["May", "16"], 1),
        (RowKind.LINE, ["A note beside"], None),
    ]


def test_a_sheet_shows_on_the_screen_what_is_marked_and_found(qtbot: QtBot, look: Look) -> None:
    text = "Row\tTree\nR1\tAsh\nR2\tOak\nR3\tElm"
    view = PageSheetView(look)
    qtbot.addWidget(view)
    view.resize(500, 400)
    view.show()
    oak = text.index("R2")

    view.show_page(
        Page(1, text, (Block(BlockKind.TABLE, 0, len(text)),)),
        Marks(Span(text.index("R1"), text.index("\nR3")), (Span(oak, oak + 6),)),
    )
    view.show_finds((Span(len(text) - 3, len(text)),), None)

    def colour(row: int, column: int) -> str:
        place = view.visualRect(view.model().index(row, column)).bottomRight() - QPoint(4, 4)
        return view.viewport().grab().toImage().pixelColor(place * view.devicePixelRatioF()).name()

    header, around, quoted, plain, found = (colour(*cell) for cell in ((0, 1), (1, 1), (2, 1), (3, 0), (3, 1)))
    assert plain == look.theme.surface.name()
    assert header == look.theme.hover.name()
    assert quoted == laid_over(look.theme.mark, look.theme.surface).name()
    assert len({plain, header, around, quoted, found}) == 5

    cell = view.visualRect(view.model().index(1, 0))
    drawn_cell = view.viewport().grab(cell).toImage()
    plain_colour = drawn_cell.pixelColor(1, drawn_cell.height() // 2)
    ink = [
        x for x in range(40) for y in range(3, drawn_cell.height() - 3) if drawn_cell.pixelColor(x, y) != plain_colour
    ]
    assert min(ink) >= 7 * view.devicePixelRatioF()  # the text does not touch the line beside it


def test_a_sheet_is_scrolled_to_its_marked_row_with_the_header_in_sight(qtbot: QtBot, look: Look) -> None:
    lines = ["Month\tCost", *(f"Month {n}\t{n}" for n in range(200))]
    text = "\n".join(lines)
    start = text.index("Month 150")
    view = PageSheetView(look)
    qtbot.addWidget(view)
    view.resize(400, 300)
    view.show()
    page, row = Page(1, text, (Block(BlockKind.TABLE, 0, len(text)),)), Span(start, start + len("Month 150\t150"))

    view.show_page(page, Marks(row))

    assert view.marked_text() == "Month 150\t150"
    assert view.quoted_text() == ""
    view.show_page(page, Marks(row, (Span(start, start + len("Month 150")),)))
    assert (view.marked_text(), view.quoted_text()) == ("Month 150\t150", "Month 150")
    qtbot.waitUntil(lambda: view.header_in_sight() == "Month\tCost")
    assert view.viewport().rect().contains(view.visualRect(view.model().index(151, 0)).center())
    place = text.index("Month 20\t")
    view.show_finds((Span(place, place + 8),), Span(place, place + 8))
    assert view.viewport().rect().contains(view.visualRect(view.model().index(21, 0)).center())
    model = view.model()
    view.selectionModel().select(
        QItemSelection(model.index(21, 0), model.index(21, 1)), QItemSelectionModel.SelectionFlag.Select
    )
    assert view.selected_text() == "Month 20\t20"
    assert view.selected_span() == Span(place, place + len("Month 20\t20"))


def test_pictures_of_pages_are_asked_for_one_by_one_in_sight_only_and_some_are_kept(qtbot: QtBot, look: Look) -> None:
    strip = ThumbnailStrip(look)
    qtbot.addWidget(strip)
    strip.resize(128, 500)
    asked: list[int] = []
    strip.picture_wanted.connect(asked.append)
    strip.show_document(1000)
    strip.show()
    qtbot.waitUntil(lambda: asked == [1])

    strip.verticalScrollBar().setValue(strip.verticalScrollBar().maximum())
    strip.show_picture(1, drawn(92, 122, 1.0))

    qtbot.waitUntil(lambda: len(asked) == 2)
    assert asked[1] > 900  # what was scrolled past is never drawn
    large = PageImage(1000, 1000, b"\xff" * 3_000_000)
    for _ in range(6):
        page = asked[-1]
        strip.verticalScrollBar().setValue(strip.verticalScrollBar().value() - 400)
        with qtbot.waitSignal(strip.picture_wanted):
            strip.show_picture(page, large)
    assert 1 <= len(strip.pictured()) <= KEPT_BYTES // 4_000_000
    with qtbot.waitSignal(strip.page_chosen) as chosen:
        strip.show_current(7)
        QTest.keyClick(strip, Qt.Key.Key_Down)
        QTest.keyClick(strip, Qt.Key.Key_Return)
    assert chosen.args == [8]


def test_the_strip_shows_the_pages_of_the_opened_document(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    open_lease(qtbot, window)

    QTest.keyClick(window.page_panel.drawn, Qt.Key.Key_F9)

    qtbot.waitUntil(lambda: window.page_panel.strip.pictured() == frozenset((1, 2, 3, 4)))
    assert window.page_panel.place_words == "2 / 4"
    window.page_panel.strip.page_chosen.emit(4)
    qtbot.waitUntil(lambda: window.page_panel.place_words == "4 / 4")
    qtbot.waitUntil(lambda: len(engine.requests(LayOutPage)) == 2)


def test_only_documents_are_handed_to_the_system(tmp_path: Path) -> None:
    for name in ("a.pdf", "b.odt", "c.csv", "run.sh", "app.desktop", "setup.exe", "x.py", "noname"):
        (tmp_path / name).write_bytes(b"#!/bin/sh\n")
    (tmp_path / "trap.pdf").symlink_to(tmp_path / "run.sh")
    (tmp_path / "folder.pdf").mkdir()

    kinds = {path.name: kind_of(bytes(path)) for path in tmp_path.iterdir()}

    assert {name for name, kind in kinds.items() if kind == "document"} == {"a.pdf", "b.odt", "c.csv"}
    assert kind_of(bytes(tmp_path / "gone.pdf")) == "missing"
    assert kind_of(b"a\0b.pdf") == "missing"
    assert bytes(url_of(b"/tmp/a b\xff#.pdf").toEncoded().data()) == b"file:///tmp/a%20b%FF%23.pdf"


def test_a_page_says_what_is_the_matter_with_its_file() -> None:
    def opened(**facts: object) -> m.PageOpened:
        page = Page(1, "text", ())
        return m.PageOpened(1, b"/a.pdf", 1, 1, page, None, (), None, 1.0, facts.pop("changed", False), **facts)  # type: ignore[arg-type]

    assert state_words(opened()) == ""
    assert "not there any more" in state_words(opened(changed=True, is_missing=True))
    assert "changed since it was read" in state_words(opened(changed=True))
    assert "cannot be drawn: It is locked" in state_words(opened(undrawn=Reason.ENCRYPTED))
    assert citation_text("two\nlines", b"/x/{place}.md", 3) == "“two lines” ({place}.md, § 3)"


def test_what_is_found_is_not_tinted_on_letters_that_are_not_as_indexed(qtbot: QtBot, look: Look) -> None:
    view = PageView(look)
    qtbot.addWidget(view)
    view.show_page(drawn(595, 842, 1.0), (), 1.0, go_to_mark=True)
    places = LetterPlaces(PageLetters("word", (LetterRow(0, struct.pack("<16f", *[10, 10, 20, 20] * 4)),)))
    view.show_finds((Span(0, 4),), Span(0, 4))

    view.set_letters(places, is_as_indexed=False)
    assert view.found_rects() == ()
    view.set_letters(places)
    assert len(view.found_rects()) == 1


def test_a_page_key_turns_the_page_only_at_its_end_and_the_wheel_zooms_text(
    qtbot: QtBot, window: MainWindow, engine: ScriptedEngine
) -> None:
    open_lease(qtbot, window)
    panel = window.page_panel
    bar = panel.drawn.verticalScrollBar()
    bar.setValue(bar.minimum())

    QTest.keyClick(panel.drawn, Qt.Key.Key_PageDown)
    assert panel.place_words == "2 / 4"
    bar.setValue(bar.maximum())
    QTest.keyClick(panel.drawn, Qt.Key.Key_PageDown)
    qtbot.waitUntil(lambda: panel._opened is not None and panel._opened.page == 3)

    window.stepping.open(3)
    qtbot.waitUntil(lambda: panel.view is panel.text)
    wheel = QWheelEvent(
        QPointF(50, 50),
        panel.text.viewport().mapToGlobal(QPointF(50, 50)),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        CTRL,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QGuiApplication.sendEvent(panel.text.viewport(), wheel)
    assert panel.text.zoom == pytest.approx(1.2)
    QTest.keyClick(panel.text, Qt.Key.Key_0, CTRL)
    assert panel.text.zoom == 1.0


def test_of_a_page_inside_a_file_the_file_is_opened(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mail = tmp_path / "Offer.eml"
    mail.write_text("Subject: Offer")
    opened: list[str] = []

    def take(url: QUrl) -> None:
        opened.append(url.toLocalFile())

    monkeypatch.setattr(QDesktopServices, "openUrl", take)
    page = Page(1, "A note.", (Block(BlockKind.PARAGRAPH, 0, 7),))
    panel = window.page_panel
    inside = m.PageOpened(
        4, bytes(mail / "note.txt"), 1, 1, page, None, (), None, 1.0, changed=False, file=bytes(mail)
    )  # fmt: skip
    panel.show_page(inside, "")
    words = [action.text() for action in panel.leaving.actions]
    assert words == ["Open Offer.eml in its own program", "Show Offer.eml in folder"]
    panel.leaving.open()
    qtbot.waitUntil(lambda: opened == [str(mail)])
    panel.show_page(replace(inside, path=bytes(mail), file=b""), "")
    assert panel.leaving.actions[0].text() == "Open in its own program"
