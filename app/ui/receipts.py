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
from app.ui.export_dialog import export_dialog, export_name
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
        self._target = Path()
        self._requests: set[int] = set()
        self._rerun_id = 0
        self._text = ""
        client.receipt_told.connect(self._on_told)
        client.answer_grew.connect(self._on_grew)
        client.request_failed.connect(self._on_request_failed)
        client.engine_died.connect(self._on_engine_died)
        self.dialog.verify_pressed.connect(self._on_verify_pressed)
        self.dialog.rerun_pressed.connect(self._on_rerun_pressed)
        self.dialog.export_pressed.connect(self._on_export_pressed)
        self.dialog.finished.connect(self._on_closed)

    def open(self, receipt: str) -> None:
        """Show a receipt."""
        self._receipt = receipt
        self._requests = {self._client.request(OpenReceipt(receipt))}

    def export(self, path: Path) -> None:
        """Write the answer with its evidence into a file, as what its suffix says."""
        suffix = path.suffix.lower()
        if suffix not in tuple(ExportFormat):
            words = self.tr("{name} was not written: end its name in {endings}.")
            self.dialog.say(words.replace("{endings}", ", ".join(ExportFormat)).replace("{name}", path.name))
            return
        self._target = path
        self._begin(self.tr("Writing {path}…").replace("{path}", str(path)))
        self._requests.add(self._client.request(ExportReceipt(self._receipt, ExportFormat(suffix))))

    def _write(self, content: bytes) -> str:
        """Write the file that was asked for, whole or not at all, and return what to say."""
        target = self._target
        try:
            write_whole(target, content)
        except OSError as error:
            words = self.tr("{path} cannot be written: {reason}. Choose another place.")
            return words.replace("{reason}", error.strerror or "").replace("{path}", str(target))
        return self.tr("Written to {path}").replace("{path}", str(target))

    @Slot()
    def _on_verify_pressed(self) -> None:
        self._begin(self.tr("Verifying the record, and reading the files again…"))
        self._requests.add(self._client.request(VerifyReceipts(self._receipt)))

    @Slot()
    def _on_rerun_pressed(self) -> None:
        self._begin(self.tr("The model is writing it again…"))
        self._text = ""
        self._rerun_id = self._client.request(RerunReceipt(self._receipt))
        self._requests.add(self._rerun_id)

    @Slot()
    def _on_closed(self) -> None:
        """Have the model stop writing what nobody looks at."""
        if self._rerun_id:
            self._client.request(Stop(self._rerun_id))

    @Slot()
    def _on_export_pressed(self) -> None:
        dialog = export_dialog(self.dialog, export_name(self._question, self._receipt))
        dialog.fileSelected.connect(self._on_file_chosen)
        dialog.open()

    @Slot(str)
    def _on_file_chosen(self, name: str) -> None:
        self.export(Path(name))

    @Slot(object)
    def _on_told(self, event: Event) -> None:
        if event.request_id not in self._requests:
            return
        self._requests.discard(event.request_id)
        match event.message:
            case ReceiptOpened(entry):
                self._show(entry)
            case ChangedSources(sources):
                self._show_states(sources)
            case ReceiptsVerified() as verified:
                self.dialog.show_states(verified.sources)
                self._end(verified_words(verified))
            case ReceiptExported(content=content):
                self._end(self._write(content))
            case ReceiptRerun() as again:
                self.dialog.show_written_again("" if again.is_same else again.text)
                self._end(rerun_words(again))
            case _:
                pass

    @Slot(object)
    def _on_grew(self, event: Event) -> None:
        if self._rerun_id and event.request_id == self._rerun_id and isinstance(event.message, AnswerGrew):
            self._text += event.message.text
            self.dialog.show_written_again(self._text)

    @Slot(object)
    def _on_request_failed(self, failure: Failure) -> None:
        if failure.request_id in self._requests:
            self._requests.discard(failure.request_id)
            self._end(explain_error(failure.error).text)

    @Slot(object)
    def _on_engine_died(self, death: EngineDeath) -> None:
        if self._requests & death.lost:
            self._requests.clear()
            self._end(self.tr("The engine stopped before this was done. Try it again."))

    def _show(self, entry: Entry) -> None:
        told = told_receipt(entry)
        self._receipt, self._question = entry.id, told.question
        self.dialog.show_receipt(told)
        self.dialog.set_busy(False)
        self.dialog.show()
        self.dialog.activateWindow()
        self.dialog.verify.setFocus()
        self._requests.add(self._client.request(FindChangedSources((entry.id,))))

    def _show_states(self, changed: tuple[SourceCheck, ...]) -> None:
        """Show of every passage what the library knows of its file: what is not among the changed is unchanged."""
        rest = tuple(SourceCheck(self._receipt, n, b"", 0, SourceState.UNCHANGED) for n in self.dialog.states())
        self.dialog.show_states((*rest, *changed))

    def _begin(self, words: str) -> None:
        self.dialog.show_written_again("")
        self.dialog.say(words)
        self.dialog.set_busy(True)

    def _end(self, words: str) -> None:
        self._rerun_id = 0
        self.dialog.say(words)
        self.dialog.set_busy(False)
