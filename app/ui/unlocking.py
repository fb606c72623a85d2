"""How a locked file gets its password. Window process."""

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from app.client.engine_client import EngineClient, EngineDeath, Event, Failure
from app.core.password_messages import GivePassword, PasswordKept
from app.core.types import DocumentRow
from app.ui.error_words import explain_error
from app.ui.password_dialog import PasswordDialog
from app.ui.sentences import inside_words, shown_name


class Unlocking(QObject):
    """Asks for a password and hands it to the engine; the window keeps none.

    Signals:
        told: what to know about a password that was taken, in words.
    """

    told = Signal(str)

    def __init__(self, client: EngineClient, window: QWidget) -> None:
        super().__init__(window)
        self._client = client
        self.dialog = PasswordDialog(window)
        self._document: DocumentRow | None = None
        self._request_id = 0
        client.password_kept.connect(self._on_kept)
        client.request_failed.connect(self._on_failed)
        client.engine_died.connect(self._on_engine_died)
        self.dialog.given.connect(self._on_given)

    @Slot(object)
    def ask(self, document: DocumentRow) -> None:
        """Ask for the password of a document."""
        self._document = document
        self._request_id = 0
        inside = inside_words(document.path, document.file)
        self.dialog.ask(shown_name(document.path) + (f" ({inside})" if inside else ""))

    @Slot(str)
    def _on_given(self, password: str) -> None:
        if self._document is not None:
            self._request_id = self._client.request(GivePassword(self._document.id, password))

    @Slot(object)
    def _on_kept(self, event: Event) -> None:
        if isinstance(event.message, PasswordKept) and event.request_id == self._request_id and self._document:
            self.dialog.accept()
            if not event.message.in_keyring:
                words = self.tr(
                    "This computer offers no keyring: the password of {name} is kept until Margent is closed."
                )
                self.told.emit(words.format(name=shown_name(self._document.path)))

    @Slot(object)
    def _on_failed(self, failure: Failure) -> None:
        if self._request_id and failure.request_id == self._request_id:
            self.dialog.show_trouble(explain_error(failure.error).text)

    @Slot(object)
    def _on_engine_died(self, death: EngineDeath) -> None:
        if self._request_id in death.lost:
            self.dialog.show_trouble(self.tr("The engine stopped before it could try the password. Give it again."))
