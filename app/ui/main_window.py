"""The window: panes, keys, and the one place where they are wired to each other and to the engine. Window process."""

from PySide6.QtCore import QByteArray, Signal, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget

from app.client.engine_client import EngineClient
from app.core.messages import StatusChanged
from app.core.models import ModelRole
from app.ui.asking import Asking
from app.ui.bars import Notices, UndoBar
from app.ui.beside import Beside
from app.ui.checking import Checking
from app.ui.conversation_view import ConversationView, under_the_answer
from app.ui.conversations_dialog import ConversationsDialog
from app.ui.conversing import Conversing
from app.ui.documents_model import DocumentsModel
from app.ui.drops import dropped_paths
from app.ui.files_keeping import FilesKeeping
from app.ui.icons import Icons
from app.ui.library_keeping import LibraryKeeping
from app.ui.library_panel import LibraryPanel
from app.ui.library_rail import LibraryRail
from app.ui.margin_panel import MarginPanel
from app.ui.models_dialog import ModelsDialog
from app.ui.narrowing import Narrowing
from app.ui.next_step import NextStep
from app.ui.page_commands import bind_page_commands, page_commands
from app.ui.page_finding import PageFinding
from app.ui.page_lettering import PageLettering
from app.ui.page_over_margin import PageOverMargin
from app.ui.page_panel import PagePanel
from app.ui.panes import Panes, column_of
from app.ui.question_box import QuestionBox
from app.ui.reading import Reading
from app.ui.shelving import Shelving
from app.ui.shortcuts import Command, CommandPalette, KeysOverlay, bind, key_rows
from app.ui.sizing import size_within_screen
from app.ui.stepping import Stepping
from app.ui.teaching_view import TeachingView
from app.ui.theme import Look, following_look
from app.ui.unlocking import Unlocking
from app.ui.why_not import WhyNot


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
        self._status: StatusChanged | None = None
        self.documents = DocumentsModel(self)
        self.library = LibraryPanel(look, icons, self.documents)
        self.rail = LibraryRail(icons)
        self.undo_bar, self.deletion_bar = UndoBar(icons), UndoBar(icons)  # of folders, of conversations
        self.teaching = TeachingView()
        self.conversation = ConversationView(look, icons, self.teaching)
        self.notices = Notices(icons)
        self.question_box = QuestionBox(icons)
        self.margin = MarginPanel(look)
        self.page_panel = PagePanel(look, icons)
        self.models_dialog = ModelsDialog(self)
        self.asking = Asking(client, self.conversation, self.margin, self)
        self.reading = Reading(client, self.page_panel, self)
        self.lettering = PageLettering(client, self.page_panel, self)
        self.finding = PageFinding(client, self.page_panel, self.reading, self)
        self.stepping = Stepping(self.asking, self.margin, self.page_panel, self.reading, self)
        self.shelving = Shelving(client, (self.models_dialog.shelf, self.teaching.shelf), self)
        self.keeping = LibraryKeeping(client, self.documents, self.library, self.undo_bar, self)
        self.files = FilesKeeping(client, icons, self)
        self.next_step = NextStep(
            client, self.teaching, self.notices, self.shelving, has_samples=samples is not None, parent=self
        )
        self.checking = Checking(client, look, icons, self.asking, self.question_box, self.page_panel, self)
        self._lay_out()
        self.narrowing = Narrowing(client, self.question_box, self.asking, self)
        self.conversing = Conversing(
            client,
            self.conversation,
            self.asking,
            self.narrowing,
            self.notices,
            ConversationsDialog(icons, self.deletion_bar, self),
            self,
        )
        self.unlocking = Unlocking(client, self)
        self.why_not = WhyNot(client, self.page_panel, self.asking, self)
        self.beside = Beside(self.conversation, self.margin, lambda: not self.panes.is_narrow, self)
        commands = self._commands()
        of_page = page_commands(self.page_panel)
        self.palette_overlay = CommandPalette((*commands, *of_page), self)
        self.keys_overlay = KeysOverlay(key_rows((*commands, *of_page)), self)
        bind(self, commands)
        bind_page_commands(self, self.page_panel, of_page)
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
        self.conversing.settle()
        super().closeEvent(event)

    def _wire(self) -> None:
        """Connect everything: panes know nothing of each other."""
        self.client.engine_started.connect(self._on_engine_started)
        self.notices.left.connect(self.question_box.take_focus)
        for folder_wanted in (self.teaching.folder_choice_pressed, self.asking.folder_wanted):
            folder_wanted.connect(self.library.choose_folder)
        self.teaching.samples_pressed.connect(self._on_samples_pressed)
        self.conversation.conversation_wanted.connect(self._start_conversation)
        self.conversation.conversations_wanted.connect(self.conversing.dialog.appear)
        self.library.fold_pressed.connect(self.panes.toggle_library)
        self.rail.unfold_pressed.connect(self._go_to_library)
        self.rail.add_pressed.connect(self.library.choose_folder)
        self.conversation.margin_toggled.connect(self.panes.toggle_right)
        self.conversation.look_pressed.connect(lambda: self.look_chosen.emit(following_look(self._look.choice)))
        self.conversation.help_pressed.connect(self.keys_overlay.toggle)
        for asked in (self.question_box.question_asked, self.checking.waiting_began):
            asked.connect(self.next_step.reopen)
        self.checking.review_shown.connect(self._on_review_shown)
        self.checking.source_wanted.connect(self.reading.open_passage)
        self.question_box.stop_pressed.connect(self.asking.stop)
        self.question_box.model_pressed.connect(self.models_dialog.show)
        self.asking.answering_changed.connect(self.question_box.set_answering)
        self.asking.models_wanted.connect(self.models_dialog.show)
        self.asking.turn_shown.connect(self.beside.follow)
        self.asking.files_wanted.connect(self.files.show_files)
        self.asking.document_wanted.connect(self._show_document)
        self.beside.turn_wanted.connect(self.asking.show_turn)
        self.panes.right_shown.connect(self.conversation.show_margin_state)
        self.margin.twin_opened.connect(self.reading.open_twin)
        for files in (self.library, self.files.dialog):
            files.document_opened.connect(self._on_document_opened)
            files.password_offered.connect(self.unlocking.ask)
        self.library.files_wanted.connect(self.files.show_files)
        self.library.rules_wanted.connect(self.files.show_rules_among_files)
        self.library.only_wanted.connect(self._ask_only)
        self.shelving.models_changed.connect(self._on_models_changed)
        self.models_dialog.waiting.seconds_changed.connect(self.asking.set_first_token)
        self.shelving.model_named.connect(self.question_box.show_model)
        self.keeping.status_shown.connect(self._on_status_shown)
        for leave_out in (self.asking.set_left_out, self.files.model.leave_out):
            self.keeping.left_out_changed.connect(leave_out)
        checking = self.checking
        for told in (self.keeping.failure_told, self.files.failure_told, self.unlocking.told, checking.styling.told):
            told.connect(self.notices.say)
        self.palette_overlay.command_chosen.connect(_run)

    @Slot()
    def _on_engine_started(self) -> None:
        self.keeping.list_documents()
        self.shelving.list_models()

    @Slot(object)
    def _on_status_shown(self, changed: StatusChanged) -> None:
        self._status = changed
        self.rail.show_status(changed)
        self.next_step.set_status(changed)

    @Slot()
    def _on_models_changed(self) -> None:
        self.asking.set_has_model(self.shelving.has(ModelRole.ANSWER))

    @Slot()
    def _on_samples_pressed(self) -> None:
        if self._samples is not None:
            self.keeping.add(self._samples)

    @Slot(int)
    def _on_document_opened(self, document_id: int) -> None:
        row = self.keeping.document(document_id)
        if row is not None:
            self.reading.open_document(row)

    @Slot(bool)
    def _on_review_shown(self, shown: bool) -> None:
        """Show the evidence under review in place of the conversation, which stays as it is behind it."""
        self.middle.setCurrentIndex(1 if shown else 0)
        self.panes.make_way(wanted=shown)

    @Slot(object)
    def _ask_only(self, path: bytes) -> None:
        self.narrowing.add(path)
        self.question_box.take_focus()

    @Slot(int)
    def _show_document(self, document_id: int) -> None:
        self.panes.fold_library(folded=False)
        self.library.show_document(document_id)

    def _start_conversation(self) -> None:
        self.asking.start_anew()
        self.next_step.show()
        self.panes.show_page(shown=False)
        self.question_box.take_focus()

    def _escape(self) -> None:
        """End the first of these that is there: an overlay, a notice in focus, the answer in hand, the opened page."""
        if self.palette_overlay.isVisible() or self.keys_overlay.isVisible():
            self.palette_overlay.hide()
            self.keys_overlay.hide()
            self.question_box.take_focus()
        elif self.notices.escape():
            pass
        elif self.asking.is_answering:
            self.asking.stop()
        elif self.library.escape() or self.finding.escape() or self.why_not.escape():
            pass
        elif self.panes.page_is_open:
            self.over_margin.close()
        elif not self.checking.reviewing.escape():
            self.question_box.take_focus()

    def _go_to_library(self) -> None:
        self.panes.fold_library(folded=False)
        self.library.take_focus()

    def _go_to_filter(self) -> None:
        """Find in the page in focus, else filter the documents by name; again, ask with the same words."""
        if self.page_panel.holds_focus():
            self.finding.open()
            return
        if self.library.filter_has_focus:
            if self.library.filter_words:
                self.question_box.set_text(self.library.filter_words)
            self.question_box.take_focus()
            return
        self.panes.fold_library(folded=False)
        self.library.take_filter_focus()

    def _cycle_panes(self) -> None:
        """Give the keyboard to the next pane: library, question, page or, where it has cards, margin."""
        is_empty = not self.panes.page_is_open and not self.margin.cards()
        following = self.panes.next_pane(self.focusWidget(), right_is_empty=is_empty)
        if following is self.panes.library:
            self.library.take_focus()
        elif following is self.panes.middle:
            self.checking.take_focus()
        elif self.panes.page_is_open:
            self.page_panel.take_focus()
        else:
            self.margin.take_focus()

    def _commands(self) -> tuple[Command, ...]:
        sources = tuple(
            Command(self.tr("Open source {n}").format(n=n), str(n), lambda n=n: self.stepping.open(n), in_palette=False)
            for n in range(1, 10)
        )
        return (
            Command(self.tr("All commands"), "Ctrl+K", lambda: self.palette_overlay.open(), in_palette=False),
            Command(self.tr("New conversation"), "Ctrl+N", self._start_conversation),
            Command(self.tr("Conversations"), "Ctrl+H", self.conversing.dialog.appear),
            Command(self.tr("Go to the library"), "Ctrl+L", self._go_to_library),
            Command(
                self.tr("Find in the page, or filter the documents; again: ask them"),
                "Ctrl+F",
                self._go_to_filter,
            ),
            Command(self.tr("Add a folder"), "Ctrl+O", self.library.choose_folder),
            Command(self.tr("Add files"), "", self.library.choose_file),
            Command(self.tr("Models"), "Ctrl+M", self.models_dialog.show),
            Command(self.tr("Search some documents only"), "Ctrl+Shift+F", self.narrowing.open_menu),
            Command(self.tr("Why a passage of the page was used, or not"), "Ctrl+Y", self.why_not.ask),
            *self.checking.commands(),
            Command(self.tr("Next passage"), "Alt+Right", lambda: self.stepping.step(1)),
            Command(self.tr("Previous passage"), "Alt+Left", lambda: self.stepping.step(-1)),
            Command(self.tr("All files, read or not, and why"), "Ctrl+Shift+L", self.files.show_files),
            Command(self.tr("Pause or go on indexing"), "", self.keeping.toggle_pause),
            Command(self.tr("Look at the folders again"), "F5", self.keeping.look_again),
            Command(self.tr("Index at full speed on battery"), "", lambda: self.keeping.spare_battery(False)),
            Command(self.tr("Index slower on battery"), "", lambda: self.keeping.spare_battery(True)),
            Command(self.tr("Next pane"), "F6", self._cycle_panes),
            Command(self.tr("Stop the answer, or close the page"), "Esc", self._escape, in_palette=False),
            Command(self.tr("Show or fold the library"), "", self.panes.toggle_library),
            Command(self.tr("Show or fold the margin"), "", self.panes.toggle_right),
            Command(self.tr("Look: as the system"), "", lambda: self.look_chosen.emit("system")),
            Command(self.tr("Look: light"), "", lambda: self.look_chosen.emit("light")),
            Command(self.tr("Look: dark"), "", lambda: self.look_chosen.emit("dark")),
            Command(self.tr("All keys"), "?", lambda: self.keys_overlay.toggle()),
            *sources,
        )

    def _lay_out(self) -> None:
        self.setWindowTitle("Margent")
        self.setMinimumSize(760, 480)
        size_within_screen(self, 1360, 860)
        self.setAcceptDrops(True)
        asking = under_the_answer(
            (self.notices, self.undo_bar, self.deletion_bar, self.checking.waiting, self.question_box)
        )
        self.question_box.put_beside(self.checking.options)
        self.question_box.put_beside(self.checking.styling.button)
        self.middle = QStackedWidget()
        self.middle.addWidget(column_of(self.conversation, asking))
        self.middle.addWidget(self.checking.panel)
        self.panes = Panes(self.library, self.rail, self.middle, self.margin, self.page_panel)
        self.over_margin = PageOverMargin(self.panes, self.margin, self.page_panel, self.reading, self.checking)
        self.setCentralWidget(self.panes)
        self.question_box.take_focus()


def _run(command: Command) -> None:
    command.run()
