"""The window: panes, keys, and the one place where they are wired to each other and to the engine. Window process."""

from PySide6.QtCore import QByteArray, Signal, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QSizePolicy, QVBoxLayout, QWidget

from app.client.engine_client import EngineClient, EngineDeath, Event
from app.core.messages import DamageFound, StatusChanged
from app.core.types import ModelRole
from app.ui.answer_view import AnswerView
from app.ui.asking import Asking
from app.ui.bars import NoticeBar, UndoBar
from app.ui.beside import Beside
from app.ui.conversation_view import SIDE_PX, ConversationView
from app.ui.documents_model import DocumentsModel
from app.ui.drops import dropped_paths
from app.ui.icons import Icons
from app.ui.library_keeping import LibraryKeeping
from app.ui.library_panel import LibraryPanel
from app.ui.library_rail import LibraryRail
from app.ui.margin_panel import MarginPanel
from app.ui.models_dialog import ModelsDialog
from app.ui.page_panel import PagePanel
from app.ui.page_view import ZOOM_STEP
from app.ui.panes import Panes, column_of
from app.ui.question_box import QuestionBox
from app.ui.reading import Reading
from app.ui.sentences import explain_damage, explain_error
from app.ui.shelving import Shelving
from app.ui.shortcuts import Command, CommandPalette, KeysOverlay, bind, key_words
from app.ui.teaching_view import TeachingView
from app.ui.theme import Look, following_look


class MainWindow(QMainWindow):
    """Shows one library.

    Signals:
        look_chosen: "system", "light" or "dark".
    """

    look_chosen = Signal(str)

    def __init__(self, client: EngineClient, look: Look, icons: Icons, samples: bytes | None) -> None:
        """Take a client that is not started yet, and the folder of the sample library if there is one."""
        super().__init__()
        self.client = client
        self._look = look
        self._samples = samples
        self._engine_is_down = False
        self._status: StatusChanged | None = None
        self.documents = DocumentsModel(self)
        self.library = LibraryPanel(look, icons, self.documents)
        self.rail = LibraryRail(icons)
        self.undo_bar = UndoBar(icons)
        self.teaching = TeachingView()
        self.conversation = ConversationView(look, icons, self.teaching)
        self.notice = NoticeBar()
        self.question_box = QuestionBox(icons)
        self.margin = MarginPanel(look)
        self.page_panel = PagePanel(look, icons)
        self.models_dialog = ModelsDialog(self)
        self.asking = Asking(client, self.conversation, self.margin, self)
        self.reading = Reading(client, self.page_panel, self)
        self.shelving = Shelving(client, (self.models_dialog.shelf, self.teaching.shelf), self)
        self.keeping = LibraryKeeping(client, self.documents, self.library, self.undo_bar, self)
        self._lay_out()
        self.beside = Beside(self.conversation, self.margin, lambda: not self.panes.is_narrow, self)
        commands = self._commands()
        self.palette_overlay = CommandPalette(commands, self)
        self.keys_overlay = KeysOverlay(self._key_rows(commands), self)
        bind(self, commands)
        self._wire()

    def saved_layout(self) -> tuple[str, str]:
        """Return the window's geometry and the panes' sizes, in hexadecimal."""
        return self.saveGeometry().toHex().toStdString(), self.panes.saved_state()

    def restore_layout(self, geometry: str, panes: str) -> None:
        """Take a geometry and sizes that were saved, or those to begin with for ""."""
        if geometry:
            self.restoreGeometry(QByteArray.fromHex(geometry.encode()))
        self.panes.restore(panes)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take folders and files anywhere in the window."""
        if dropped_paths(event.mimeData()):
            event.acceptProposedAction()
            self.library.set_drop_hot(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Forget a drag that went away."""
        self.library.set_drop_hot(False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Add what was dropped."""
        self.library.set_drop_hot(False)
        for path in dropped_paths(event.mimeData()):
            self.keeping.add(path)
        event.acceptProposedAction()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Settle what could still be undone."""
        self.keeping.settle()
        super().closeEvent(event)

    def _wire(self) -> None:
        """Connect everything: panes know nothing of each other."""
        self.client.engine_started.connect(self._on_engine_started)
        self.client.engine_died.connect(self._on_engine_died)
        self.client.damage_found.connect(self._on_damage_found)
        self.notice.action_pressed.connect(self.client.start)
        self.teaching.folder_choice_pressed.connect(self.library.choose_folder)
        self.teaching.samples_pressed.connect(self._on_samples_pressed)
        self.conversation.conversation_wanted.connect(self._start_conversation)
        self.library.fold_pressed.connect(self.panes.toggle_library)
        self.rail.unfold_pressed.connect(self._go_to_library)
        self.rail.add_pressed.connect(self.library.choose_folder)
        self.conversation.margin_toggled.connect(self.panes.toggle_right)
        self.conversation.look_pressed.connect(self._take_next_look)
        self.conversation.help_pressed.connect(self._toggle_keys)
        self.question_box.question_asked.connect(self.asking.ask)
        self.question_box.stop_pressed.connect(self.asking.stop)
        self.question_box.model_pressed.connect(self.models_dialog.show)
        self.asking.answering_changed.connect(self.question_box.set_answering)
        self.asking.models_wanted.connect(self.models_dialog.show)
        self.asking.source_wanted.connect(self._open_source)
        self.asking.passages_changed.connect(self._show_steps)
        self.asking.turn_shown.connect(self.beside.follow)
        self.beside.turn_wanted.connect(self.asking.show_turn)
        self.panes.right_shown.connect(self.conversation.show_margin_state)
        self.margin.source_opened.connect(self._open_source)
        self.library.document_opened.connect(self._on_document_opened)
        self.reading.page_opening.connect(lambda: self.panes.show_page(shown=True))
        self.page_panel.closed.connect(self._close_page)
        self.page_panel.passage_stepped.connect(self._step_passage)
        self.shelving.models_changed.connect(self._teach)
        self.shelving.model_named.connect(self.question_box.show_model)
        self.keeping.status_shown.connect(self._on_status_shown)
        self.keeping.left_out_changed.connect(self.asking.set_left_out)
        self.keeping.failure_told.connect(self.notice.say)
        self.palette_overlay.command_chosen.connect(_run)

    @Slot()
    def _on_engine_started(self) -> None:
        self.keeping.list_documents()
        self.shelving.list_models()

    @Slot(object)
    def _on_engine_died(self, death: EngineDeath) -> None:
        self._engine_is_down = True
        if death.refusal is not None:
            self.notice.say(explain_error(death.refusal).text, self.tr("Try again"))
        elif death.restarting:
            self.notice.say(self.tr("The engine stopped and is being started again. Nothing is lost."))
        else:
            self.notice.say(self.tr("The engine stopped and does not stay up."), self.tr("Start it again"))

    @Slot(object)
    def _on_damage_found(self, event: Event) -> None:
        if isinstance(event.message, DamageFound):
            self._engine_is_down = False  # this stays to be read, whatever was said before
            self.notice.say(explain_damage(event.message.catalog, event.message.history))

    @Slot(object)
    def _on_status_shown(self, changed: StatusChanged) -> None:
        if self._engine_is_down:
            self._engine_is_down = False
            self.notice.hide()
        self._status = changed
        self.rail.show_status(changed)
        self.asking.set_status(changed.status)
        self._teach()

    @Slot()
    def _teach(self) -> None:
        """Show the empty state that says what to do next."""
        self.asking.set_has_model(self.shelving.has(ModelRole.ANSWER))
        if self._status is None or not self.conversation.is_empty:
            return
        if not self._status.status.folders:
            self.teaching.show_no_folder(samples=self._samples is not None)
        elif not self.shelving.has(ModelRole.ANSWER):
            self.teaching.show_no_model(search_works=self.shelving.has(ModelRole.EMBED))
        else:
            self.teaching.show_ready(self._status.status.ready)

    @Slot()
    def _on_samples_pressed(self) -> None:
        if self._samples is not None:
            self.keeping.add(self._samples)

    @Slot(int)
    def _on_document_opened(self, document_id: int) -> None:
        row = self.keeping.document(document_id)
        if row is not None:
            self.reading.open_document(row)

    @Slot(int)
    def _open_source(self, n: int) -> None:
        hit = self.asking.hit(n)
        if hit is not None:
            self.reading.open_hit(n, hit)
            self.margin.lift(n)
            self._show_steps()

    @Slot(int)
    def _step_passage(self, step: int) -> None:
        numbers = self.asking.passages()
        current = self.reading.open_number
        if not numbers:
            return
        if current not in numbers:
            self._open_source(numbers[0])
            return
        position = numbers.index(current) + step
        if 0 <= position < len(numbers):
            self._open_source(numbers[position])

    @Slot()
    def _show_steps(self) -> None:
        numbers = self.asking.passages()
        current = self.reading.open_number
        position = numbers.index(current) if current in numbers else None
        self.page_panel.set_passages(
            before=position is not None and position > 0,
            after=bool(numbers) and (position is None or position < len(numbers) - 1),
        )

    @Slot()
    def _close_page(self) -> None:
        self.reading.close()
        self.margin.lift(0)
        self.panes.show_page(shown=False)
        self.question_box.take_focus()

    def _start_conversation(self) -> None:
        self.asking.start_anew()
        self._teach()
        self.panes.show_page(shown=False)
        self.question_box.take_focus()

    def _escape(self) -> None:
        """End the first of these that is there: an overlay, the answer in hand, the opened page."""
        if self.palette_overlay.isVisible() or self.keys_overlay.isVisible():
            self.palette_overlay.hide()
            self.keys_overlay.hide()
            self.question_box.take_focus()
        elif self.asking.is_answering:
            self.asking.stop()
        elif self.library.escape():
            pass
        elif self.panes.page_is_open:
            self._close_page()
        else:
            self.question_box.take_focus()

    def _toggle_keys(self) -> None:
        if self.keys_overlay.isVisible():
            self.keys_overlay.hide()
        else:
            self.keys_overlay.open()

    def _take_next_look(self) -> None:
        self.look_chosen.emit(following_look(self._look.choice))

    def _go_to_library(self) -> None:
        self.panes.fold_library(folded=False)
        self.library.take_focus()

    def _go_to_filter(self) -> None:
        """Filter the documents by name; from there, go on with the same words to a question about what is in them."""
        if self.library.filter_has_focus:
            if self.library.filter_words:
                self.question_box.set_text(self.library.filter_words)
            self.question_box.take_focus()
            return
        self.panes.fold_library(folded=False)
        self.library.take_filter_focus()

    def _cycle_panes(self) -> None:
        """Give the keyboard to the next pane: library, question, margin or page."""
        following = self.panes.next_pane(self.focusWidget())
        if following is self.panes.library:
            self.library.take_focus()
        elif following is self.panes.middle:
            self.question_box.take_focus()
        elif self.panes.page_is_open:
            self.page_panel.take_focus()
        else:
            self.margin.take_focus()

    def _commands(self) -> tuple[Command, ...]:
        sources = tuple(
            Command(self.tr("Open source {n}").format(n=n), str(n), lambda n=n: self._open_source(n), in_palette=False)
            for n in range(1, 10)
        )
        return (
            Command(self.tr("All commands"), "Ctrl+K", lambda: self.palette_overlay.open(), in_palette=False),
            Command(self.tr("New conversation"), "Ctrl+N", self._start_conversation),
            Command(self.tr("Go to the library"), "Ctrl+L", self._go_to_library),
            Command(self.tr("Filter the documents; again: ask them"), "Ctrl+F", self._go_to_filter),
            Command(self.tr("Add a folder"), "Ctrl+O", self.library.choose_folder),
            Command(self.tr("Add files"), "", self.library.choose_file),
            Command(self.tr("Models"), "Ctrl+M", self.models_dialog.show),
            Command(self.tr("Next passage"), "Alt+Right", lambda: self._step_passage(1)),
            Command(self.tr("Previous passage"), "Alt+Left", lambda: self._step_passage(-1)),
            Command(self.tr("Larger page"), "Ctrl++", lambda: self.page_panel.zoom_by(ZOOM_STEP)),
            Command(self.tr("Smaller page"), "Ctrl+-", lambda: self.page_panel.zoom_by(1 / ZOOM_STEP)),
            Command(self.tr("Next pane"), "F6", self._cycle_panes),
            Command(self.tr("Stop the answer, or close the page"), "Esc", self._escape, in_palette=False),
            Command(self.tr("Show or fold the library"), "", self.panes.toggle_library),
            Command(self.tr("Show or fold the margin"), "", self.panes.toggle_right),
            Command(self.tr("Look: as the system"), "", lambda: self.look_chosen.emit("system")),
            Command(self.tr("Look: light"), "", lambda: self.look_chosen.emit("light")),
            Command(self.tr("Look: dark"), "", lambda: self.look_chosen.emit("dark")),
            Command(self.tr("All keys"), "?", self._toggle_keys),
            *sources,
        )

    def _key_rows(self, commands: tuple[Command, ...]) -> tuple[tuple[str, str], ...]:
        listed = tuple((key_words(command.keys), command.words) for command in commands if len(command.keys) != 1)
        named = tuple(row for row in listed if row[0])
        asking = ((self.tr("Enter"), self.tr("Ask")), (self.tr("Shift+Enter"), self.tr("New line in the question")))
        return (*asking, *named, ("1-9", self.tr("Open source 1 to 9")), ("?", self.tr("All keys")))

    def _lay_out(self) -> None:
        self.setWindowTitle("Margent")
        self.setMinimumSize(760, 480)
        self.resize(1360, 860)
        self.setAcceptDrops(True)
        asking = QWidget()
        asking.setMaximumWidth(AnswerView.measure_px(self.font()) + 2 * SIDE_PX)
        ask_column = QVBoxLayout(asking)
        ask_column.setContentsMargins(SIDE_PX, 0, SIDE_PX, 8)
        ask_column.addWidget(self.notice)
        ask_column.addWidget(self.question_box)
        middled = QWidget()
        middled.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        row = QHBoxLayout(middled)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(asking, 1000)
        row.addStretch(1)
        library = column_of(self.library, self.undo_bar)
        self.panes = Panes(library, self.rail, column_of(self.conversation, middled), self.margin, self.page_panel)
        self.setCentralWidget(self.panes)
        self.question_box.take_focus()


def _run(command: Command) -> None:
    command.run()
