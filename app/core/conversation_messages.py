"""What the window and the engine say to each other about conversations that are kept. Used in both."""

from dataclasses import dataclass
from typing import TypeAlias

from app.core.types import Answer, Filters


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """A kept conversation as lists show it; times in nanoseconds since 1970, `filters` are what it is kept to."""

    id: str
    name: str
    created_ns: int
    used_ns: int
    turns: int
    filters: Filters = Filters()


@dataclass(frozen=True, slots=True)
class KeptTurn:
    """A question and its answer as its receipt has it; None where none came of it, or its texts were erased."""

    question: str
    asked_ns: int
    answer: Answer | None
    is_erased: bool = False


# Window -> engine


@dataclass(frozen=True, slots=True)
class ListConversations:
    """Ends with `ConversationsListed`, of those whose name, questions or answers hold every word of `words`."""

    words: str = ""


@dataclass(frozen=True, slots=True)
class OpenConversation:
    """Ends with `ConversationOpened`."""

    conversation: str


@dataclass(frozen=True, slots=True)
class RenameConversation:
    """Ends with `Done`."""

    conversation: str
    name: str


@dataclass(frozen=True, slots=True)
class DeleteConversation:
    """Remove a conversation, and erase the texts of its receipts; their chain still verifies. Ends with `Done`."""

    conversation: str


ConversationRequest: TypeAlias = ListConversations | OpenConversation | RenameConversation | DeleteConversation

# Engine -> window


@dataclass(frozen=True, slots=True)
class ConversationsListed:
    """The last used first; `words` repeats the request's."""

    conversations: tuple[ConversationRow, ...]
    words: str = ""


@dataclass(frozen=True, slots=True)
class ConversationOpened:
    conversation: ConversationRow
    turns: tuple[KeptTurn, ...]


CONVERSATION_FINAL_EVENTS = (ConversationsListed, ConversationOpened)
