"""What is left out of a folder, edited with a look at what that would do. Window process."""

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.core.rule_messages import RulesListed, RulesPreviewed
from app.core.types import MOST_BYTES, FolderRules
from app.ui.labels import PlainLabel
from app.ui.sentences import counted, shown_name, shown_path
from app.ui.sizing import size_within_screen

PREVIEW_AFTER_MS = 400
_SHOWN = 8
_MEGABYTE = 1_000_000


class RulesDialog(QDialog):
    """Shows one folder's rules.

    Signals:
        preview_wanted: the `FolderRules` as they are written now.
        rules_chosen: the `FolderRules` that are to count from now on.
    """

    preview_wanted = Signal(object)
    rules_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._path = b""
        self._before = FolderRules()
        self._title = PlainLabel("", "heading")
        self._place = PlainLabel("", "quiet", wraps=True)
        self.patterns = QPlainTextEdit()
        self.patterns.setObjectName("patterns")
        self.patterns.setPlaceholderText("drafts/\n*.log\n!important.log")
        self.patterns.setAccessibleName(self.tr("Patterns of what is left out, one a line, as in a .gitignore file"))
        self.patterns.setTabChangesFocus(True)
        self.types = self._field(self.tr("Read only these types"), self.tr("every type; or: pdf, docx, md"))
        self.largest = self._field(self.tr("Largest file, in MB"), self.tr("no limit"))
        self.archives = QCheckBox(self.tr("Read what is packed in ZIP files"))
        self.archives.setObjectName("quietCheck")
        self._built_in = PlainLabel("", "quiet", wraps=True)
        self._told = PlainLabel("", "detail", wraps=True)
        self.take = QPushButton(self.tr("Use these rules"))
        self.take.setObjectName("primary")
        self.take.setDefault(True)
        self.take.clicked.connect(self._on_taken)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(PREVIEW_AFTER_MS)
        self._soon.timeout.connect(self._ask_for_preview)
        self.patterns.textChanged.connect(self._on_changed)
        self.types.textChanged.connect(self._on_changed)
        self.largest.textChanged.connect(self._on_changed)
        self.archives.toggled.connect(self._on_changed)
        self._lay_out()

    @property
    def path(self) -> bytes:
        """Return the folder whose rules are shown."""
        return self._path

    @property
    def told(self) -> str:
        """Return what is said of the rules as they are written."""
        return self._told.text()

    def edit(self, listed: RulesListed) -> None:
        """Appear with a folder's rules."""
        self._path, self._before = listed.path, listed.rules
        self._title.setText(self.tr("What is read of {name}").replace("{name}", shown_name(listed.path)))
        self._place.setText(shown_path(listed.path))
        self.patterns.setPlainText("\n".join(listed.rules.patterns))
        self.types.setText(", ".join(listed.rules.types))
        self.largest.setText(f"{listed.rules.most_bytes / _MEGABYTE:g}" if listed.rules.most_bytes else "")
        self.archives.setChecked(listed.rules.archives)
        self._built_in.setText(
            self.tr("Left out everywhere, unless a line with ! takes it in: ") + " ".join(listed.built_in)
        )
        self._on_changed()
        self.open()
        self.patterns.setFocus()

    def show_preview(self, preview: RulesPreviewed) -> None:
        """Say what rules would change, if they are the ones that are written still."""
        if preview.path == self._path and preview.rules == self.written():
            self._told.setText(self._words_of(preview))
            self._told.setMinimumHeight(self._told.heightForWidth(self._told.width()))
            size_within_screen(self, self.width(), max(self.height(), self.heightForWidth(self.width())))

    def show_trouble(self, words: str) -> None:
        """Say what is wrong with the rules as they are written."""
        self._told.setText(words)
        self.take.setEnabled(False)

    def written(self) -> FolderRules | None:
        """Return the rules as they are written, None where the size is no number."""
        lines = tuple(dict.fromkeys(line.rstrip() for line in self.patterns.toPlainText().splitlines() if line.strip()))
        words = self.types.text().replace(",", " ").lower().split()
        size = self.largest.text().strip().replace(",", ".")
        try:
            most_bytes = round(float(size) * _MEGABYTE) if size else 0
        except (ValueError, OverflowError):
            return None
        if size and not 1 <= most_bytes < MOST_BYTES:
            return None
        types = tuple(dict.fromkeys(word.lstrip("*.") for word in words))
        return FolderRules(lines, types, most_bytes, self.archives.isChecked())

    @Slot()
    def _on_changed(self) -> None:
        rules = self.written()
        if rules is None:
            self.show_trouble(self.tr("The largest file is a number of megabytes, such as 20 or 0.5."))
            return
        self.take.setEnabled(rules != self._before)
        self._told.setText(self.tr("Nothing changes.") if rules == self._before else self.tr("Looking what changes…"))
        if rules != self._before:
            self._soon.start()

    @Slot()
    def _ask_for_preview(self) -> None:
        rules = self.written()
        if self.isVisible() and rules is not None and rules != self._before:
            self.preview_wanted.emit(rules)

    @Slot()
    def _on_taken(self) -> None:
        rules = self.written()
        if rules is not None:
            self.rules_chosen.emit(rules)
            self.accept()

    def _words_of(self, preview: RulesPreviewed) -> str:
        parts: list[str] = []
        if preview.out:
            one, many = self.tr("1 file would no longer be read:"), self.tr("{n} files would no longer be read:")
            parts += [counted(preview.out, one, many), *self._names(preview.out, preview.out_paths)]
        if preview.back:
            one, many = (
                self.tr("1 file would be read that is not now:"),
                self.tr("{n} files would be read that are not now:"),
            )
            parts += [counted(preview.back, one, many), *self._names(preview.back, preview.back_paths)]
        return "\n".join(parts) or self.tr("No file comes or goes by these rules.")

    def _names(self, count: int, paths: tuple[bytes, ...]) -> list[str]:
        names = [f"    {shown_path(path[len(self._path) + 1 :])}" for path in paths[:_SHOWN]]
        more = count - len(names)
        return [*names, self.tr("    and {n} more").replace("{n}", f"{more:,}")] if more else names

    def _field(self, name: str, example: str) -> QLineEdit:
        field = QLineEdit()
        field.setAccessibleName(name)
        field.setPlaceholderText(example)
        return field

    def _lay_out(self) -> None:
        self.setWindowTitle(self.tr("Rules"))
        self.setMinimumWidth(560)
        form = QFormLayout()
        form.setSpacing(12)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for field in (self.types, self.largest):
            form.addRow(field.accessibleName(), field)
        explained = self.tr(
            "Write what is to be left out, one on a line: drafts/ is every folder of this name, *.log every file that"
            " ends so. A line that begins with ! takes in again. It is as in a .gitignore file."
        )
        cancel = QPushButton(self.tr("Cancel"))
        cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.take)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        for part in (self._title, self._place, PlainLabel(explained, "", wraps=True), self.patterns):
            column.addWidget(part)
        column.addLayout(form)
        column.addWidget(self.archives)
        column.addWidget(self._built_in)
        column.addWidget(self._told)
        column.addLayout(buttons)
        self._told.setAlignment(Qt.AlignmentFlag.AlignTop)
