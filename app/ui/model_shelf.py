"""The model shelf: what is installed, what can be got, and a model file of one's own. Window process."""

import os
from collections.abc import Generator
from contextlib import contextmanager

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.core.model_messages import ModelProgress
from app.core.models import ModelRole, ModelRow
from app.ui.error_words import model_remedy
from app.ui.flow_row import FlowRow
from app.ui.labels import PlainLabel
from app.ui.rows import row_of
from app.ui.sentences import role_words, size


class ModelRowView(QFrame):
    """Shows one model with what can be done with it.

    Signals:
        get_pressed, cancel_pressed, choose_pressed, remove_pressed: the model's name.
    """

    get_pressed = Signal(str)
    cancel_pressed = Signal(str)
    choose_pressed = Signal(str)
    remove_pressed = Signal(str)

    def __init__(self, row: ModelRow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.row = row
        self.setObjectName("modelRow")
        self._title = PlainLabel("", "title")
        self._badge = PlainLabel("", "badge")
        self._facts = PlainLabel("", "quiet", wraps=True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Download"))
        self._bar.hide()
        self._says = PlainLabel("", "quiet", wraps=True)
        self._says.hide()
        self.get = self._button(self.tr("Get"), lambda: self.get_pressed.emit(self.row.name))
        self.cancel = self._button(self.tr("Cancel"), lambda: self.cancel_pressed.emit(self.row.name))
        self.choose = self._button(self.tr("Use"), lambda: self.choose_pressed.emit(self.row.name))
        self.remove = self._button(self.tr("Remove"), self._on_remove_pressed)
        self.remove.installEventFilter(self)
        self._lay_out()
        self.show_row(row)

    @property
    def says(self) -> str:
        """Return what is said under the model."""
        return self._says.text()

    def show_row(self, row: ModelRow) -> None:
        """Show the model's state; what was said while something went on is over with it."""
        self.row = row
        with self._keyboard_kept():
            self._show_state(row)
        if not self._bar.isHidden():
            self._bar.hide()
            self.say("")

    def _show_state(self, row: ModelRow) -> None:
        name = row.title or row.name
        self._title.setText(name)
        for button, words in (
            (self.get, self.tr("Get {name}")),
            (self.cancel, self.tr("Cancel the download of {name}")),
            (self.choose, self.tr("Do not use {name}") if row.chosen else self.tr("Use {name}")),
            (self.remove, self.tr("Remove {name}")),
        ):
            button.setAccessibleName(words.format(name=name))
        in_use = row.chosen and row.installed
        self._badge.setText(self.tr("in use") if in_use else self.tr("recommended") if row.recommended else "")
        memory = self.tr("needs {memory} of memory").format(memory=size(row.memory_bytes)) if row.memory_bytes else ""
        own_file = row.name if row.title and not row.note else ""  # a title that others may have, too
        facts = (role_words(row.role), own_file, size(row.size_bytes), memory, row.licence)
        note = model_remedy(row.trouble) if row.trouble else row.note
        self._facts.setText(" · ".join(fact for fact in facts if fact) + (f"\n{note}" if note else ""))
        self.get.setVisible(not row.installed and not row.trouble)
        self.get.setObjectName("primary" if row.recommended else "")
        is_one_of_many = row.role is ModelRole.RECOGNISE  # each language is used or not
        self.choose.setText(self.tr("Do not use") if is_one_of_many and row.chosen else self.tr("Use"))
        may_choose = is_one_of_many or (not row.chosen and row.role is not ModelRole.RERANK)
        self.choose.setVisible(row.installed and may_choose)
        self.remove.setVisible(row.installed or bool(row.trouble))
        self._make_room_to_ask()
        self.cancel.hide()

    def show_progress(self, progress: ModelProgress) -> None:
        """Show how far a download is."""
        with self._keyboard_kept():
            self.get.hide()
            self.cancel.show()
        self._bar.show()
        self._bar.setRange(0, 1000)
        self._bar.setValue(round(1000 * progress.done_bytes / max(progress.total_bytes, 1)))
        done, total = size(progress.done_bytes), size(progress.total_bytes)
        match progress.stage:
            case "verify":
                words = self.tr("Checking {total}").format(total=total)
            case "copy":
                words = self.tr("Copying: {done} of {total}").format(done=done, total=total)
            case _:
                words = self.tr("{done} of {total}").format(done=done, total=total)
        self.say(words)

    def say(self, words: str) -> None:
        """Say something under the model, "" for nothing."""
        self._says.show_text(words)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ask no longer whether to remove the model when the keyboard or the pointer went elsewhere."""
        if watched is self.remove and event.type() is QEvent.Type.FocusOut:
            self.remove.setText(self.tr("Remove"))
        return super().eventFilter(watched, event)

    @Slot()
    def _on_remove_pressed(self) -> None:
        if self.remove.text() == self._asking:
            self.remove_pressed.emit(self.row.name)
        else:
            self.remove.setText(self._asking)

    @property
    def _asking(self) -> str:
        return self.tr("Remove {size}?").format(size=size(self.row.size_bytes))

    def _make_room_to_ask(self) -> None:
        """Make the button to remove as wide as it is when it asks: nothing else moves then."""
        self.remove.setText(self._asking)
        self.remove.setMinimumWidth(self.remove.sizeHint().width())
        self.remove.setText(self.tr("Remove"))

    @contextmanager
    def _keyboard_kept(self) -> Generator[None]:
        """Keep the keyboard with this model where the button that has it goes: else Enter gets the next one."""
        buttons = (self.get, self.cancel, self.choose, self.remove)
        has_keyboard = self.window().focusWidget() in buttons
        yield
        left = [button for button in buttons if not button.isHidden()]
        if has_keyboard and left and self.window().focusWidget() not in left:
            left[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def _button(self, words: str, pressed: object) -> QPushButton:
        button = QPushButton(words)
        button.clicked.connect(pressed)
        return button

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(4)
        left.addLayout(row_of(self._title, self._badge))
        left.addWidget(self._facts)
        left.addWidget(self._says)
        left.addWidget(self._bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(8)
        row.addLayout(left, 1)
        for button in (self.get, self.cancel, self.choose, self.remove):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)


class ModelShelf(QWidget):
    """Shows the models it is given.

    Signals:
        model_wanted, download_cancelled, model_chosen, model_removed: a model's name.
        file_added: the path of a GGUF file, or of a folder with an ONNX embedder, of the person's own, bytes.
    """

    model_wanted = Signal(str)
    download_cancelled = Signal(str)
    model_chosen = Signal(str)
    model_removed = Signal(str)
    file_added = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: dict[str, ModelRowView] = {}
        self._says = PlainLabel("", "loss", wraps=True)
        self._says.hide()
        self._column = QVBoxLayout()
        self._column.setSpacing(8)
        self._all = QPushButton()
        self._all.setObjectName("primary")
        self._all.clicked.connect(self._on_all_pressed)
        add = QPushButton(self.tr("Add a model file…"))
        add.clicked.connect(self._on_add_pressed)
        folder = QPushButton(self.tr("Add an embedder folder…"))
        folder.clicked.connect(self._on_add_folder_pressed)
        self._ways = FlowRow(8)
        self._ways.show_widgets((self._all, add, folder))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(12)
        outer.addWidget(self._ways)
        outer.addWidget(self._says)
        outer.addLayout(self._column)
        outer.addStretch(1)
        self._all.hide()

    def row(self, name: str) -> ModelRowView | None:
        """Return the row of a model."""
        return self._rows.get(name)

    def show_models(self, models: tuple[ModelRow, ...]) -> None:
        """Show these models, answers first and the recommended one on top."""
        order = {role: place for place, role in enumerate(ModelRole)}
        models = tuple(sorted(models, key=lambda row: (order[row.role], not row.recommended, row.size_bytes)))
        if [row.name for row in models] != list(self._rows):
            self._rebuild(models)
        for row in models:
            self._rows[row.name].show_row(row)
        self._says.hide()
        missing = [row for row in models if row.recommended and not row.installed]
        total = size(sum(row.size_bytes for row in missing))
        self._all.setText(self.tr("Get all that is recommended, {size}").format(size=total))
        self._all.setVisible(len(missing) > 1)

    def show_progress(self, progress: ModelProgress) -> None:
        """Show how far a download is."""
        if progress.name in self._rows:
            self._rows[progress.name].show_progress(progress)

    def show_failure(self, name: str, words: str) -> None:
        """Say in place what went wrong with a model, or with the shelf for an unknown name."""
        row = self._rows.get(name)
        if row is not None:
            row.show_row(row.row)
            row.say(words)
        else:
            self._says.show_text(words)

    def _rebuild(self, models: tuple[ModelRow, ...]) -> None:
        for view in self._rows.values():
            view.hide()
            view.deleteLater()
        self._rows = {}
        for row in models:
            view = ModelRowView(row)
            view.get_pressed.connect(self.model_wanted)
            view.cancel_pressed.connect(self.download_cancelled)
            view.choose_pressed.connect(self.model_chosen)
            view.remove_pressed.connect(self.model_removed)
            self._rows[row.name] = view
            self._column.addWidget(view)

    @Slot()
    def _on_all_pressed(self) -> None:
        self._all.hide()
        for name, view in self._rows.items():
            if view.row.recommended and not view.row.installed:
                self.model_wanted.emit(name)

    @Slot()
    def _on_add_pressed(self) -> None:
        dialog = QFileDialog(self, self.tr("Add a model file"))
        dialog.setNameFilter(self.tr("Models (*.gguf)"))
        self._open(dialog, QFileDialog.FileMode.ExistingFile)

    @Slot()
    def _on_add_folder_pressed(self) -> None:
        title = self.tr("Add a folder with an ONNX embedder and its tokenizer.json")
        self._open(QFileDialog(self, title), QFileDialog.FileMode.Directory)

    def _open(self, dialog: QFileDialog, mode: QFileDialog.FileMode) -> None:
        dialog.setFileMode(mode)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._on_file_selected)
        dialog.open()

    @Slot(str)
    def _on_file_selected(self, name: str) -> None:
        self.file_added.emit(os.fsencode(name))
