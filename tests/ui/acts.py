"""What a person does with the window."""

from urllib.parse import quote_from_bytes

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QTextCursor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.ui.answer_view import AnswerView
from app.ui.main_window import MainWindow

QUESTION = "What happens to the deposit at the end of the lease?"


def ask(qtbot: QtBot, window: MainWindow, question: str = QUESTION) -> None:
    """Type a question and press Enter, as a person does."""
    window.question_box.set_text(question)
    QTest.keyClick(window.question_box._text, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not window.asking.is_answering)
    qtbot.waitUntil(lambda: window.margin.cards()[0].isVisible())  # Qt shows new widgets a turn of its loop later


def click_mark(view: AnswerView, n: int) -> None:
    """Click the first mark of a number where it stands on the screen."""
    start, end = view._marks[n][0]
    left, right = QTextCursor(view.document()), QTextCursor(view.document())
    left.setPosition(start)
    right.setPosition(end)
    place = (view.cursorRect(left).center() + view.cursorRect(right).center()) / 2
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)


def drop(window: MainWindow, path: bytes) -> None:
    """Drop a path on the window."""
    dropped = QMimeData()
    dropped.setUrls([QUrl.fromEncoded(b"file://" + quote_from_bytes(path).encode())])
    place = QPointF(100, 100)
    window.dropEvent(
        QDropEvent(place, Qt.DropAction.CopyAction, dropped, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    )
