"""Which style answers are written in: chosen for all questions, or in the review for a conversation. Window process.

A conversation goes on in the style of its last question. A new one begins in the style that was chosen for all.
"""

from PySide6.QtCore import QObject, Signal, Slot

from app.client.engine_client import EngineClient, Event, Failure
from app.core.errors import StyleInvalid, StyleUnknown
from app.core.style_messages import DeleteStyle, KeepStyle, ListStyles, StylesListed
from app.core.styles import PLAIN, Style, StyleRow, same_name
from app.ui.asked_turn import AskedTurn
from app.ui.asking import Asking
from app.ui.error_words import explain_error
from app.ui.review_panel import ReviewPanel
from app.ui.reviewing import Reviewing
from app.ui.shortcuts import Command
from app.ui.style_button import StyleButton
from app.ui.style_words import style_label


class Styling(QObject):
    """Keeps the style of the next question, and lets button, review and engine tell the same of all styles.

    Signals:
        told: what a person should know, as a sentence.
    """

    told = Signal(str)

    def __init__(
        self, client: EngineClient, asking: Asking, reviewing: Reviewing, panel: ReviewPanel, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._client = client
        self._asking = asking
        self._reviewing = reviewing
        self._section = panel.style_section
        self._rows: tuple[StyleRow, ...] = ()
        self._style = PLAIN
        self._kept: dict[int, Style] = {}
        self._deleted: dict[int, StyleRow] = {}
        self._undone: tuple[StyleRow, bool] | None = None
        self.for_all = ""
        self.button = StyleButton(
            lambda style: style_label(style) if style.instructions or style.name else self.tr("Style"), opens_above=True
        )
        self.button.setObjectName("quietLink")
        self.button.setToolTip(self.tr("How all answers are to be written (Ctrl+T)"))
        self.button.setAccessibleDescription(self.button.toolTip())
        client.engine_started.connect(self.list_styles)
        client.styles_listed.connect(self._on_listed)
        client.request_failed.connect(self._on_request_failed)
        asking.turn_shown.connect(self._on_turn_shown)
        asking.turn_answered.connect(self._on_turn_answered)
        self.button.menu_opening.connect(self.list_styles)
        self.button.style_chosen.connect(self._on_chosen_for_all)
        self.button.trouble_met.connect(self._on_trouble_met)
        self._section.choice.menu_opening.connect(self.list_styles)
        self._section.style_changed.connect(self._use)
        self._section.keep_wanted.connect(self._on_keep_wanted)
        self._section.delete_wanted.connect(self._on_delete_wanted)
        self._section.undo_wanted.connect(self._on_undo_wanted)

    @property
    def style(self) -> Style:
        """Return the style of the next question; one whose words were not changed is only named."""
        return self._style

    def choose_for_all(self, name: str) -> None:
        """Have all answers from now on written in a style, "" for the plain one."""
        self.for_all = name
        self._use(Style(name))

    def commands(self) -> tuple[Command, ...]:
        """Return what can be done by key or from the palette."""
        return (Command(self.tr("Style of the answers"), "Ctrl+T", self.open_menu),)

    def open_menu(self) -> None:
        """Offer the styles, of the question under review if there is one."""
        (self._section.choice if self._reviewing.is_on else self.button).open_menu()

    @Slot()
    def list_styles(self) -> None:
        """Have the styles listed as their files are now."""
        self._client.request(ListStyles())

    @Slot(object)
    def _use(self, style: Style) -> None:
        self._style = style if style.is_edited else Style(style.name)
        self._asking.set_style(self._style)
        self.button.show_style(self._style)

    @Slot(object)
    def _on_chosen_for_all(self, style: Style) -> None:
        self.choose_for_all(style.name)

    @Slot(object)
    def _on_trouble_met(self, row: StyleRow) -> None:
        error = StyleInvalid(path=row.path.decode("utf-8", "replace"), reason=row.trouble)
        self.told.emit(explain_error(error).text)

    @Slot(object)
    def _on_turn_shown(self, turn: object) -> None:
        if turn is None:  # another conversation
            self._use(Style(self.for_all))

    @Slot(object)
    def _on_turn_answered(self, turn: AskedTurn) -> None:
        """Go on with a kept conversation as it was: in the style of its last answer."""
        if turn.request_id == 0:
            style = turn.ask.style
            self._use(style if self._row(style.name) or not style.name else Style("", style.instructions, True))

    @Slot(object)
    def _on_listed(self, event: Event) -> None:
        if not isinstance(event.message, StylesListed):
            return
        self._rows = event.message.rows
        self.button.show_rows(self._rows)
        self._section.show_rows(self._rows)
        if kept := self._kept.pop(event.request_id, None):
            self._section.show_kept(kept.name)
        if deleted := self._deleted.pop(event.request_id, None):
            self._undone = (deleted, same_name(deleted.style.name, self.for_all))
            self._section.show_deleted(deleted.style.name)
        self._let_go_of_what_is_gone()

    @Slot(object)
    def _on_request_failed(self, failure: Failure) -> None:
        if failure.request_id in self._kept or failure.request_id in self._deleted:
            self._kept.pop(failure.request_id, None)
            self._deleted.pop(failure.request_id, None)
            self._section.say(explain_error(failure.error).text)
        elif isinstance(failure.error, StyleUnknown | StyleInvalid):
            self.list_styles()

    @Slot(object)
    def _on_keep_wanted(self, style: Style) -> None:
        self._kept[self._client.request(KeepStyle(style))] = style

    @Slot(object)
    def _on_delete_wanted(self, row: StyleRow) -> None:
        self._deleted[self._client.request(DeleteStyle(row.style.name))] = row

    @Slot()
    def _on_undo_wanted(self) -> None:
        if self._undone is not None:
            row, was_for_all = self._undone
            self._undone = None
            self._section.show_style(row.style)
            self._on_keep_wanted(row.style)
            if was_for_all:
                self.for_all = row.style.name

    def _let_go_of_what_is_gone(self) -> None:
        """Go back to the plain manner where the style that was chosen is not there any more, and say so."""
        if self.for_all and self._row(self.for_all) is None:
            self.for_all = ""
        if self._style.name and not self._style.instructions and self._row(self._style.name) is None:
            words = explain_error(StyleUnknown(name=self._style.name)).what
            self._use(PLAIN)
            self.told.emit(f"{words} {self.tr('Answers are plain again.')}")

    def _row(self, name: str) -> StyleRow | None:
        """Return the usable style of a name."""
        return next((row for row in self._rows if same_name(row.style.name, name) and not row.trouble), None)
