"""Foreign text opens nothing."""

from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QTextCursor
from pytestqt.qtbot import QtBot

from app.ui.answer_layout import growing_layout
from app.ui.answer_view import AnswerView
from app.ui.safe_text import SafeTextView, citation_url, cited_number
from app.ui.theme import Look

HOSTILE = "![](file:///etc/passwd) <img src='//host/share/x.png'> <a href='file:///etc/passwd'>click</a> [1](http://x)"


def test_text_is_shown_as_it_stands_and_holds_no_link(qtbot: QtBot, look: Look) -> None:
    view = AnswerView(look)
    qtbot.addWidget(view)

    view.show_blocks(growing_layout(HOSTILE, 0))

    assert "<img src=" in view.toPlainText()
    assert "href='file:" in view.toPlainText()
    assert not any(anchors(view))


def test_only_marks_are_links(qtbot: QtBot, look: Look) -> None:
    view = AnswerView(look)
    qtbot.addWidget(view)

    view.show_blocks(growing_layout("So it is [1]. " + HOSTILE, 1))

    assert set(filter(None, anchors(view))) == {citation_url(1)}


def test_no_resource_is_read_even_if_a_document_asks(qtbot: QtBot, tmp_path: Path) -> None:
    view = SafeTextView(fits_text=False)
    qtbot.addWidget(view)
    secret = tmp_path / "secret.png"
    secret.write_bytes(b"not a picture")

    view.setHtml(f"<img src='{secret}'>")
    loaded = view.loadResource(2, QUrl.fromLocalFile(str(secret)))

    assert getattr(loaded, "width", lambda: 0)() == 1


@pytest.mark.parametrize("url", ["file:///etc/passwd", "http://x/1", "citation:x", "citation:-1", "1"])
def test_other_links_are_no_citations(url: str) -> None:
    assert cited_number(QUrl(url)) is None


def test_a_selection_is_copied_as_plain_text(qtbot: QtBot, look: Look) -> None:
    view = AnswerView(look)
    qtbot.addWidget(view)
    view.show_blocks(growing_layout("**Bold** text", 0))

    view.selectAll()
    copied = view.createMimeDataFromSelection()

    assert copied.text() == "Bold text"
    assert not copied.hasHtml()


def anchors(view: SafeTextView) -> list[str]:
    """Return the link at every place of a view's text."""
    cursor = QTextCursor(view.document())
    found = []
    while not cursor.atEnd():
        cursor.movePosition(QTextCursor.MoveOperation.NextCharacter)
        found.append(cursor.charFormat().anchorHref())
    return found
