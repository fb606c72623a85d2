"""A document opened in its own program, or shown in its folder. Window process.

A file is never run: only the formats of documents are handed to the system, which opens them by their name; anything
else, and what only seems to be such a file, is shown in its folder.
"""

import os
import stat
import sys
from pathlib import PurePath
from urllib.parse import quote_from_bytes

from PySide6.QtCore import QObject, QProcess, QRunnable, QThreadPool, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices

from app.ui.sentences import shown_path

OPENED_SUFFIXES = frozenset(
    (
        "pdf docx docm dotx dotm doc dot ppt pps pptx pptm ppsx ppsm potx potm xlsx xlsm xltx xltm xls xlt odt ott "
        "odp otp ods ots rtf epub eml mbox msg html htm xhtml md markdown csv tsv txt text log rst adoc org tex srt "
        "vtt"
    ).split()
)


class OpeningOutside(QObject):
    """Looks at a file beside the window's thread, for its drive may sleep, then has the system open it.

    Signals:
        failed: the path of a file that is not there.
    """

    failed = Signal(bytes)

    _looked_at = Signal(bytes, str, bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._looked_at.connect(self._on_looked_at)

    def open(self, path: bytes) -> None:
        """Open a document in its own program, or show it in its folder if it is no document."""
        self._look_at(path, wants_folder=False)

    def show_in_folder(self, path: bytes) -> None:
        """Show a file in its folder."""
        self._look_at(path, wants_folder=True)

    def _look_at(self, path: bytes, *, wants_folder: bool) -> None:
        QThreadPool.globalInstance().start(
            QRunnable.create(lambda: self._looked_at.emit(path, kind_of(path), wants_folder))
        )

    @Slot(bytes, str, bool)
    def _on_looked_at(self, path: bytes, kind: str, wants_folder: bool) -> None:
        if kind == "missing":
            self.failed.emit(path)
        elif kind == "document" and not wants_folder:
            QDesktopServices.openUrl(url_of(path))
        else:
            reveal(path, self)


def kind_of(path: bytes) -> str:
    """Return "document" for a file that may be handed to the system, "other", or "missing"; touches the disk."""
    try:
        real = os.path.realpath(path)
        is_file = stat.S_ISREG(os.stat(real).st_mode)
    except (OSError, ValueError):
        return "missing"
    names = (_suffix(path), _suffix(real))
    return "document" if is_file and all(name in OPENED_SUFFIXES for name in names) else "other"


def url_of(path: bytes) -> QUrl:
    """Return a local file's URL, whatever bytes its name is of."""
    if sys.platform == "win32":
        return QUrl.fromLocalFile(os.fsdecode(path))
    return QUrl.fromEncoded(b"file://" + quote_from_bytes(os.path.abspath(path)).encode())


def reveal(path: bytes, parent: QObject) -> None:
    """Show a file in the system's file manager, selected where that is possible; the file itself is not opened."""
    match sys.platform:
        case "win32":
            QProcess.startDetached("explorer.exe", ["/select,", os.path.normpath(os.fsdecode(path))])
        case "darwin":
            QProcess.startDetached("/usr/bin/open", ["-R", "--", os.fsdecode(path)])
        case _:
            _reveal_by_bus(path, parent)


def _reveal_by_bus(path: bytes, parent: QObject) -> None:
    """Ask a Linux desktop's file manager, or open the folder where there is none to ask."""
    from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher  # of Linux alone

    service = "org.freedesktop.FileManager1"
    folder = url_of(os.path.dirname(path))
    bus = QDBusConnection.sessionBus()
    if not bus.isConnected():
        QDesktopServices.openUrl(folder)
        return
    call = QDBusMessage.createMethodCall(service, "/org/freedesktop/FileManager1", service, "ShowItems")
    call.setArguments([[url_of(path).toString(QUrl.ComponentFormattingOption.FullyEncoded)], ""])
    asked = QDBusPendingCallWatcher(bus.asyncCall(call), parent)

    def on_answered() -> None:
        if asked.isError():
            QDesktopServices.openUrl(folder)
        asked.deleteLater()

    asked.finished.connect(on_answered)


def _suffix(path: bytes) -> str:
    return PurePath(shown_path(path)).suffix.lower().removeprefix(".")
