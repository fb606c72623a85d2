"""Requests about kept conversations. Used in the engine's process."""

from app.answering.conversations import Conversations
from app.core.conversation_messages import (
    ConversationOpened,
    ConversationRequest,
    ConversationsListed,
    DeleteConversation,
    ListConversations,
    OpenConversation,
    RenameConversation,
)
from app.core.messages import Done


def converse(request: ConversationRequest, conversations: Conversations) -> object:
    """Return the final event of a request.

    Raises:
        ConversationUnknown: there is none of that id.
        DataDirectoryUnwritable, DiskFull: it cannot be kept.
    """
    match request:
        case ListConversations(words):
            return ConversationsListed(conversations.rows(words), words)
        case OpenConversation(conversation):
            return ConversationOpened(conversations.row(conversation), conversations.turns(conversation))
        case RenameConversation(conversation, name):
            conversations.rename(conversation, name)
        case DeleteConversation(conversation):
            conversations.delete(conversation)
    return Done()
