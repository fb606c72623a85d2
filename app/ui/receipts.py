"""How an answer's receipt is opened, verified, written again and exported. Window process."""

from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from app.client.engine_client import EngineClient, EngineDeath, Event, Failure
from app.config.whole_files import write_whole
from app.core.messages import AnswerGrew, Stop
from app.core.receipt_chain import Entry
from app.core.receipt_messages import (
    ChangedSources,
    ExportFormat,
    ExportReceipt,
    FindChangedSources,
    OpenReceipt,
    ReceiptExported,
    ReceiptOpened,
    ReceiptRerun,
    ReceiptsVerified,
    RerunReceipt,
    VerifyReceipts,
)
from app.core.receipts import SourceCheck, SourceState
from app.ui.error_words import explain_error
from app.ui.export_dialog import ExportDialog, export_name
from app.ui.receipt_dialog import ReceiptDialog
from app.ui.receipt_words import rerun_words, told_receipt, verified_words
from app.ui.theme import Look


class Receipts(QObject):
    """Keeps the one receipt that is shown."""

    def __init__(self, client: EngineClient, look: Look, window: QWidget) -> None:
        super().__init__(window)
        self._client = client
        self.dialog = ReceiptDialog(look, window)
        self._receipt = ""
        self._question = ""
        self._opening = 0
        self._asked: set[int] = set()  # of the receipt that is shown
        self._targets: dict[int, Path] = {}  # of every export that goes on, whichever receipt is shown meanwhile
        self._busy_with = 0
        self._rerun_id = 0
        self._text = ""
        client.receipt_told.connect(self._on_told)
        client.answer_grew.connect(self._on_grew)
        client.request_failed.connect(self._on_request_failed)
        client.engine_died.connect(self._on_engine_died)
        self.dialog.verify_pressed.connect(self._on_verify_pressed)
        self.dialog.rerun_pressed.connect(self._on_rerun_pressed)
        self.dialog.export_pressed.connect(self._on_export_pressed)
        self.dialog.finished.connect(self._stop_writing_again)

    def open(self, receipt: str) -> None:
        """Show a receipt."""
        self._opening = self._client.request(OpenReceipt(receipt))

    def export(self, path: Path, receipt: str = "") -> None:
        """Write an answer with its evidence into a file, as what its suffix says; without an id the one shown."""
        suffix = path.suffix.lower()
        if suffix not in tuple(ExportFormat):
            words = self.tr("{name} was not written: end its name in {endings}.")
            self.dialog.say(words.replace("{endings}", ", ".join(ExportFormat)).replace("{name}", path.name))
            return
        self._begin(self.tr("Writing {path}…").replace("{path}", str(path)))
        self._busy_with = self._client.request(ExportReceipt(receipt or self._receipt, ExportFormat(suffix)))
        self._targets[self._busy_with] = path

    def _write(self, target: Path, content: bytes) -> str:
        """Write the file that was asked for, whole or not at all, and return what to say."""
        try:
            write_whole(target, content)
        except OSError as error:
            words = self.tr("{path} cannot be written: {reason}. Choose another place.")
            return words.replace("{reason}", error.strerror or "").replace("{path}", str(target))
        return self.tr("Written to {path}").replace("{path}", str(target))

    @Slot()
    def _on_verify_pressed(self) -> None:
        self._begin(self.tr("Verifying the record, and reading the files again…"))
        self._busy_with = self._client.request(VerifyReceipts(self._receipt))
        self._asked.add(self._busy_with)

    @Slot()
    def _on_rerun_pressed(self) -> None:
        self._begin(self.tr("The model is writing it again…"))
        self._text = ""
        self._rerun_id = self._busy_with = self._client.request(RerunReceipt(self._receipt))
        self._asked.add(self._rerun_id)

    @Slot()
    def _stop_writing_again(self) -> None:
        """Have the model stop writing what nobody looks at."""
        if self._rerun_id:
            self._client.request(Stop(self._rerun_id))

    @Slot()
    def _on_export_pressed(self) -> None:
        receipt = self._receipt
        dialog = ExportDialog(self.dialog, export_name(self._question, receipt))

        def write(name: str) -> None:
            self.export(Path(name), receipt)

        dialog.fileSelected.connect(write)
        dialog.open()

    @Slot(object)
    def _on_told(self, event: Event) -> None:
        if not self._is_awaited(event.request_id):
            return
        match event.message:
            case ReceiptOpened(entry):
                self._show(entry)
            case ChangedSources(sources):
                self._asked.discard(event.request_id)
                self._show_states(sources)
            case ReceiptsVerified() as verified:
                self.dialog.show_states(verified.sources)
                self._end(event.request_id, verified_words(verified))
            case ReceiptExported(content=content):
                self._end(event.request_id, self._write(self._targets[event.request_id], content))
            case ReceiptRerun() as again:
                self.dialog.show_written_again("" if again.is_same else again.text)
                self._end(event.request_id, rerun_words(again))
            case _:
                pass

    @Slot(object)
    def _on_grew(self, event: Event) -> None:
        if self._rerun_id and event.request_id == self._rerun_id and isinstance(event.message, AnswerGrew):
            self._text += event.message.text
            self.dialog.show_written_again(self._text)

    @Slot(object)
    def _on_request_failed(self, failure: Failure) -> None:
        if self._is_awaited(failure.request_id):
            self._end(failure.request_id, explain_error(failure.error).text)

    @Slot(object)
    def _on_engine_died(self, death: EngineDeath) -> None:
        for request_id in filter(self._is_awaited, death.lost):
            self._end(request_id, self.tr("The engine stopped before this was done. Try it again."))

    def _is_awaited(self, request_id: int) -> bool:
        return request_id == self._opening or request_id in self._asked or request_id in self._targets

    def _show(self, entry: Entry) -> None:
        """Show a receipt, and drop what was asked of the one before; what is exported of that is still written."""
        self._stop_writing_again()
        self._opening = self._busy_with = self._rerun_id = 0
        self._asked.clear()
        told = told_receipt(entry)
        self._receipt, self._question = entry.id, told.question
        self.dialog.show_receipt(told)
        self.dialog.set_busy(False)
        self.dialog.show()
        self.dialog.activateWindow()
        self.dialog.verify.setFocus()
        self._asked.add(self._client.request(FindChangedSources((entry.id,))))

    def _show_states(self, changed: tuple[SourceCheck, ...]) -> None:
        """Show of every passage what the library knows of its file: what is not among the changed is unchanged."""
        rest = tuple(SourceCheck(self._receipt, n, b"", 0, SourceState.UNCHANGED) for n in self.dialog.states())
        self.dialog.show_states((*rest, *changed))

    def _begin(self, words: str) -> None:
        self.dialog.show_written_again("")
        self.dialog.say(words)
        self.dialog.set_busy(True)

    def _end(self, request_id: int, words: str) -> None:
        self._asked.discard(request_id)
        self._targets.pop(request_id, None)
        if request_id == self._opening:
            self._opening = 0
        self.dialog.say(words)
        if request_id == self._busy_with:
            self._busy_with = self._rerun_id = 0
            self.dialog.set_busy(False)
