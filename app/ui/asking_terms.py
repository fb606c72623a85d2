"""How questions are asked from now on: of which documents, how fast, in which style. Window process."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.core.messages import Ask
from app.core.styles import PLAIN, Style
from app.core.types import Filters, Turn
from app.ui.asked_turn import AskedTurn


@dataclass(slots=True)
class AskingTerms:
    """What a person chose; `left_out` are folders on their way out of the library."""

    has_model: bool = True
    first_token_s: int | None = None
    filters: Filters = Filters()
    left_out: tuple[bytes, ...] = ()
    style: Style = PLAIN

    def request(self, question: str, before: Iterable[AskedTurn], conversation: str) -> Ask:
        """Return a question as it is asked after the turns before it."""
        earlier = tuple(
            Turn(turn.ask.question, turn.answer.text, tuple(hit.passage_id for hit in turn.answer.evidence))
            for turn in before
            if turn.answer and turn.answer.text
        )
        return Ask(
            question,
            turns=earlier,
            filters=replace(self.filters, without_paths=self.left_out),
            style=self.style,
            no_model=not self.has_model,
            conversation=conversation,
            first_token_s=self.first_token_s,
        )
