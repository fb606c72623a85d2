"""The style in the review: chosen, its words seen and edited, kept as an own one, deleted. Window process."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from app.core.styles import CHARACTERS_LIMIT, PLAIN, Style, StyleRow, is_name, same_name, words_trouble
from app.ui.bars import UndoBar
from app.ui.icons import Icons
from app.ui.labels import PlainLabel
from app.ui.quiet_link import quiet_link
from app.ui.rows import row_of
from app.ui.style_button import StyleButton
from app.ui.style_words import style_name, style_trouble

SETTLED_MS = 400
LINES = 4


class StyleSection(QWidget):
    """Shows the style of one question; what is written here is sent with it, word for word.

    Signals:
        editing: the words are being changed and are not taken yet.
        style_changed: the `Style` as it is to be sent.
        keep_wanted: the `Style` that should be kept as an own one.
        delete_wanted: the `StyleRow` of the own style that should be deleted.
        undo_wanted: what was deleted last should be there again.
    """

    editing = Signal()
    style_changed = Signal(object)
    keep_wanted = Signal(object)
    delete_wanted = Signal(object)
    undo_wanted = Signal()

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[StyleRow, ...] = ()
        self._name = ""
        self.choice = StyleButton(lambda style: f"{style_name(style)}  ▾", opens_above=False)
        self.choice.style_chosen.connect(self._on_chosen)
        self.choice.trouble_met.connect(self._on_trouble_met)
        self.words_toggle = quiet_link("", self.tr("Shows the words that the model is given, to be changed"))
        self.words_toggle.setCheckable(True)
        self.words_toggle.toggled.connect(self._show_words)
        self.editor = QPlainTextEdit()
        self.editor.setObjectName("patterns")
        self.editor.setTabChangesFocus(True)
        self.editor.setAccessibleName(self.tr("How the answer is to be written"))
        self.editor.setPlaceholderText(self.tr("How long the answer is to be and in what form, in your own words"))
        self.editor.textChanged.connect(self._on_text_changed)
        self._told = PlainLabel("", "quiet", wraps=True)
        self.reset = quiet_link(self.tr("As it was"), self.tr("Takes back what was changed in the words"))
        self.reset.clicked.connect(self._on_reset)
        self.keep = quiet_link(self.tr("Keep as a style of your own…"), self.tr("Keeps the words under a name"))
        self.keep.clicked.connect(self._on_keep_pressed)
        self.delete = quiet_link(self.tr("Delete"), self.tr("Deletes this style of your own"))
        self.delete.clicked.connect(self._on_delete_pressed)
        self.name_field = QLineEdit()
        self.name_field.setAccessibleName(self.tr("Name of the style"))
        self.name_field.setPlaceholderText(self.tr("Name of the style"))
        self.name_field.textChanged.connect(self._on_name_changed)
        self.name_field.returnPressed.connect(self._on_save_pressed)
        self.name_field.installEventFilter(self)
        self.save = QPushButton(self.tr("Keep"))
        self.save.setAutoDefault(True)  # Enter presses it
        self.save.clicked.connect(self._on_save_pressed)
        self.undo = UndoBar(icons)
        self.undo.undone.connect(self.undo_wanted)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SETTLED_MS)
        self._soon.timeout.connect(self._settle)
        self._lay_out()
        self.show_style(PLAIN)

    @property
    def style_shown(self) -> Style:
        """Return the style as it is written now."""
        words = self.editor.toPlainText().strip().encode("utf-8", "replace").decode()
        if not words:
            return PLAIN
        row = self._row()
        return Style(self._name, words, is_edited=row is None or row.style.instructions != words)

    @property
    def told(self) -> str:
        """Return what is said under the words."""
        return self._told.text()

    @property
    def is_too_long(self) -> bool:
        """Return whether the words cannot be sent as they are."""
        return words_trouble(self.style_shown.instructions) == "long"

    def show_rows(self, rows: tuple[StyleRow, ...]) -> None:
        """Offer these styles; what is written stays."""
        self._rows = rows
        self.choice.show_rows(rows)
        self._tell()

    def show_style(self, style: Style) -> None:
        """Show a style for a question, its words unfolded if it has any."""
        self._soon.stop()
        self._name = style.name
        row = self._row()
        self._write(style.instructions or (row.style.instructions if row and style.name else ""))
        self.words_toggle.setChecked(bool(self.editor.toPlainText()))
        self._show_name_field(shown=False)
        self._tell()

    def say(self, words: str) -> None:
        """Say what came of keeping or deleting."""
        self._told.setText(words)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave the name on Esc, before the window takes the key."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
            elif event.type() == QEvent.Type.KeyPress:
                self._show_name_field(shown=False)
                self.keep.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
        return super().eventFilter(watched, event)

    def show_kept(self, name: str) -> None:
        """Go on with the words as they were kept, under their name."""
        self._name = name
        self._show_name_field(shown=False)
        self._tell()
        self.say(self.tr("Kept as “{name}”.").replace("{name}", name))
        self.keep.setFocus(Qt.FocusReason.OtherFocusReason)
        self.style_changed.emit(self.style_shown)

    def show_deleted(self, name: str) -> None:
        """Go on without a style that was deleted, and offer to have it again."""
        self.undo.offer(self.tr("The style “{name}” was deleted.").replace("{name}", name))
        self._on_chosen(PLAIN)

    @Slot(object)
    def _on_chosen(self, style: Style) -> None:
        self.show_style(style)
        self.style_changed.emit(self.style_shown)

    @Slot(object)
    def _on_trouble_met(self, row: StyleRow) -> None:
        self.words_toggle.setChecked(True)
        self.say(f"{row.style.name}: {' '.join(style_trouble(row.trouble))}")

    @Slot()
    def _on_text_changed(self) -> None:
        self._tell()
        self.editing.emit()
        if self.is_too_long:
            self._soon.stop()
        else:
            self._soon.start()

    @Slot()
    def _settle(self) -> None:
        self.style_changed.emit(self.style_shown)

    @Slot()
    def _on_reset(self) -> None:
        row = self._row()
        self._on_chosen(row.style if row else PLAIN)
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _on_keep_pressed(self) -> None:
        self.name_field.setText(self._name)
        self._show_name_field(shown=True)
        self._on_name_changed()
        self.name_field.selectAll()
        self.name_field.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _on_name_changed(self) -> None:
        """Say what keeping the words under this name would do."""
        name = self.name_field.text().strip()
        is_there = any(row.path and same_name(row.style.name, name) for row in self._rows)
        self.save.setText(self.tr("Replace the one of this name") if is_there else self.tr("Keep"))
        self.save.setEnabled(is_name(name))
        if self.name_field.isVisible():
            kept = self.tr("It is kept as a file in your library's folder of styles.")
            self.say(" ".join(style_trouble("name")) if name and not is_name(name) else kept)

    @Slot()
    def _on_save_pressed(self) -> None:
        name = self.name_field.text().strip()
        if is_name(name):
            self.keep_wanted.emit(Style(name, self.style_shown.instructions))

    @Slot()
    def _on_delete_pressed(self) -> None:
        row = self._row()
        if row is not None and row.path:
            self.delete_wanted.emit(row)

    @Slot(bool)
    def _show_words(self, shown: bool) -> None:
        for part in (self.editor, self._told, self._links):
            part.setVisible(shown)
        if not shown:
            self._show_name_field(shown=False)
        self._name_toggle()

    def _row(self) -> StyleRow | None:
        """Return the style in the list that the words began as."""
        return next((row for row in self._rows if self._name and same_name(row.style.name, self._name)), None)

    def _write(self, words: str) -> None:
        self.editor.blockSignals(True)
        self.editor.setPlainText(words)
        self.editor.blockSignals(False)

    def _tell(self) -> None:
        """Let the button, the links and the line under the words follow what is written."""
        style, row = self.style_shown, self._row()
        count = len(style.instructions)
        self.choice.show_style(style)
        self.reset.setVisible(style.is_edited and row is not None)
        self.delete.setVisible(row is not None and bool(row.path))
        self.keep.setEnabled(bool(count) and not self.is_too_long and (style.is_edited or row is None or not row.path))
        words = self.tr("{n} of {most} characters, sent behind the question.")
        told = words.replace("{n}", f"{count:,}").replace("{most}", f"{CHARACTERS_LIMIT:,}")
        if self.is_too_long:
            told = " ".join((f"{count:,}.", *style_trouble("long")))
        self._told.setText(told if count else self.tr("Plain: nothing is added to the rules."))
        self._told.setObjectName("amberSmall" if self.is_too_long else "quiet")
        self._told.style().polish(self._told)
        self._name_toggle()

    def _name_toggle(self) -> None:
        shown, has_words = self.words_toggle.isChecked(), bool(self.editor.toPlainText().strip())
        folded = self.tr("Its words ▸") if has_words else self.tr("Words of your own ▸")
        self.words_toggle.setText(self.tr("Fold the words ▾") if shown else folded)

    def _show_name_field(self, *, shown: bool) -> None:
        self.name_field.setVisible(shown)
        self.save.setVisible(shown)
        self.keep.setDisabled(shown or self.is_too_long or not self.style_shown.instructions)
        if not shown:
            self._tell()

    def _lay_out(self) -> None:
        line = self.editor.fontMetrics().lineSpacing()
        self.editor.setFixedHeight(LINES * line + 20)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(PlainLabel(self.tr("Style"), "title"))
        head.addWidget(self.choice)
        head.addWidget(self.words_toggle)
        head.addStretch(1)
        self._links = QWidget()
        links = row_of(self.reset, self.keep, self.delete, spacing_px=12)
        links.setContentsMargins(0, 0, 0, 0)
        self._links.setLayout(links)
        name = QHBoxLayout()
        name.setSpacing(8)
        name.addWidget(self.name_field, 1)
        name.addWidget(self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        for part in (self.editor, self._told, self._links):
            column.addWidget(part)
            part.hide()
        column.addLayout(name)
        column.addWidget(self.undo)
