"""What the window says when there is nothing to read yet, and how it tells that the engine is gone. Window process."""

from PySide6.QtCore import QObject, Slot

from app.client.engine_client import EngineClient, EngineDeath, Event
from app.core.messages import DamageFound, StatusChanged
from app.core.models import ModelRole
from app.ui.bars import Notices
from app.ui.error_words import explain_damage, explain_error
from app.ui.shelving import Shelving
from app.ui.teaching_view import TeachingView

ENGINE = "engine"


class NextStep(QObject):
    """Keeps the empty state and the engine's notice true."""

    def __init__(
        self,
        client: EngineClient,
        teaching: TeachingView,
        notices: Notices,
        shelving: Shelving,
        *,
        has_samples: bool,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._client = client
        self._teaching = teaching
        self._notices = notices
        self._shelving = shelving
        self._has_samples = has_samples
        self._is_closed = False
        self._status: StatusChanged | None = None
        client.engine_died.connect(self._on_engine_died)
        client.damage_found.connect(self._on_damage_found)
        client.library_awaited.connect(self._on_library_awaited)
        shelving.models_changed.connect(self.show)
        notices.action_pressed.connect(self.reopen)

    @Slot(object)
    def set_status(self, changed: StatusChanged) -> None:
        """Take the library's status: whatever was wrong with the engine is so no more."""
        self._is_closed = False
        self._status = changed
        self._notices.withdraw(ENGINE)
        self.show()

    @Slot()
    def reopen(self) -> None:
        """Start the engine again if it was given up; what is asked meanwhile is kept for it."""
        if self._is_closed:
            self._is_closed = False
            self._notices.withdraw(ENGINE)
            self._client.start()
            self.show()

    @Slot()
    def show(self) -> None:
        """Teach what to do next."""
        if self._is_closed:
            self._teaching.show_closed()
        elif self._status is None:
            self._teaching.show_starting()
        elif not self._status.status.folders:
            self._teaching.show_no_folder(samples=self._has_samples)
        elif not self._shelving.has(ModelRole.ANSWER):
            self._teaching.show_no_model(search_works=self._shelving.has(ModelRole.EMBED))
        else:
            self._teaching.show_ready(self._status.status.ready)

    @Slot(object)
    def _on_engine_died(self, death: EngineDeath) -> None:
        self._is_closed = not death.restarting
        if death.refusal is not None:
            self._notices.say(explain_error(death.refusal).text, self.tr("Try again"), ENGINE)
        elif death.restarting:
            words = self.tr("The engine stopped and is being started again. Nothing is lost.")
            self._notices.say(words, topic=ENGINE)
        else:
            self._notices.say(
                self.tr("The engine stopped and does not stay up."), self.tr("Start it again"), topic=ENGINE
            )
        self.show()

    @Slot(object)
    def _on_damage_found(self, event: Event) -> None:
        if isinstance(event.message, DamageFound):
            self._notices.say(explain_damage(event.message.catalog, event.message.history))

    @Slot(object)
    def _on_library_awaited(self, _event: Event) -> None:
        words = self.tr("Another Margent still has this library open. Waiting a moment, in case it is closing.")
        self._notices.say(words, topic=ENGINE)
