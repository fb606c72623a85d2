"""How kept conversations are listed, opened, renamed and deleted, and the one on the page goes on. Window process."""

from collections import deque

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget

from app.client.engine_client import EngineClient, Event, Failure
from app.core.conversation_messages import (
    ConversationOpened,
    ConversationRow,
    ConversationsListed,
    DeleteConversation,
    KeptTurn,
    ListConversations,
    OpenConversation,
    RenameConversation,
)
from app.ui.asking import Asking
from app.ui.bars import Notices
from app.ui.conversation_view import ConversationView
from app.ui.conversations_dialog import ConversationsDialog
from app.ui.error_words import explain_error
from app.ui.narrowing import Narrowing


class Conversing(QObject):
    """Lets the dialog, the page and the engine tell the same of every conversation.

    A long conversation comes onto the page turn by turn, so that the window stays at hand.
    """

    def __init__(
        self,
        client: EngineClient,
        view: ConversationView,
        asking: Asking,
        narrowing: Narrowing,
        notices: Notices,
        dialog: ConversationsDialog,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._client = client
        self._view = view
        self._asking = asking
        self._narrowing = narrowing
        self._notices = notices
        self._opening = 0
        self._requests: set[int] = set()
        self._waiting: deque[KeptTurn] = deque()
        self.dialog = dialog
        self._left_page = False  # whether what is being deleted was on the page
        self._step = QTimer(self)
        self._step.setInterval(0)
        self._step.timeout.connect(self._show_next)
        self.dialog.wanted.connect(self._on_wanted)
        self.dialog.opened.connect(self._on_opening)
        self.dialog.leaving.connect(self._on_leaving)
        self.dialog.stayed.connect(self._on_stayed)
        self.dialog.deleted.connect(self._on_deleted)
        self.dialog.model.renamed.connect(self._on_renamed)
        client.conversations_listed.connect(self._on_listed)
        client.conversation_opened.connect(self._on_opened)
        client.request_done.connect(self._on_done)
        client.request_failed.connect(self._on_failed)
        asking.turn_shown.connect(self._on_turn_shown)

    def settle(self) -> None:
        """Let a deletion that could still be undone be final."""
        self.dialog.settle()

    @Slot(str)
    def _on_wanted(self, words: str) -> None:
        self._requests.add(self._client.request(ListConversations(words)))

    @Slot(object)
    def _on_opening(self, row: ConversationRow) -> None:
        self._opening = self._client.request(OpenConversation(row.id))
        self._requests.add(self._opening)

    @Slot(str)
    def _on_leaving(self, conversation: str) -> None:
        """Begin anew at once, so that nothing more is asked in a conversation that is on its way out."""
        self._left_page = conversation == self._asking.conversation
        if self._left_page:
            self._asking.start_anew()

    @Slot(object)
    def _on_stayed(self, row: ConversationRow) -> None:
        if self._left_page and self._view.is_empty:
            self._on_opening(row)

    @Slot(str)
    def _on_deleted(self, conversation: str) -> None:
        self._requests.add(self._client.request(DeleteConversation(conversation)))

    @Slot(str, str)
    def _on_renamed(self, conversation: str, name: str) -> None:
        self._requests.add(self._client.request(RenameConversation(conversation, name)))
        if conversation == self._asking.conversation:
            self._view.set_name(name)

    @Slot(object)
    def _on_listed(self, event: Event) -> None:
        if isinstance(event.message, ConversationsListed):
            self._requests.discard(event.request_id)
            self.dialog.show_rows(event.message.conversations, event.message.words)

    @Slot(object)
    def _on_opened(self, event: Event) -> None:
        self._requests.discard(event.request_id)
        if event.request_id != self._opening or not isinstance(event.message, ConversationOpened):
            return
        row = event.message.conversation
        self._asking.start_anew(row.id)
        self._narrowing.keep_to(row.filters)
        self._view.set_name(row.name)
        self._waiting.extend(event.message.turns)
        self._step.start()

    @Slot(object)
    def _on_done(self, event: Event) -> None:
        if event.request_id in self._requests:
            self._requests.discard(event.request_id)
            self.dialog.refresh()

    @Slot(object)
    def _on_failed(self, failure: Failure) -> None:
        if failure.request_id in self._requests:
            self._requests.discard(failure.request_id)
            self._notices.say(explain_error(failure.error).text)
            if self.dialog.isVisible():
                self.dialog.refresh()

    @Slot(object)
    def _on_turn_shown(self, turn: object) -> None:
        if turn is None:  # another conversation
            self._waiting.clear()
            self._view.set_name("")

    @Slot()
    def _show_next(self) -> None:
        if self._waiting:
            self._asking.show_kept(self._waiting.popleft())
        if not self._waiting:
            self._step.stop()
