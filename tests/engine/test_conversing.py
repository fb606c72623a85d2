"""A conversation is kept with its answers, and opened again by another engine: real files, models and receipts."""

import os
from pathlib import Path

from app.config.paths import DataPaths
from app.core.conversation_messages import (
    ConversationOpened,
    ConversationsListed,
    DeleteConversation,
    ListConversations,
    OpenConversation,
)
from app.core.messages import AnswerFinished, Ask, Done, OpenPage, PageOpened
from app.core.pages import Span
from app.core.types import Filters
from app.engine.session import Session
from tests.engine.sessions import final, indexed, with_session

QUESTION = "When was the boiler serviced?"


def folder_of(tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "notes.txt").write_text("The boiler was serviced in May by Nordvik Heating.")
    return folder


def test_another_engine_opens_a_conversation_as_it_was(tmp_path: Path, paths: DataPaths) -> None:
    folder = folder_of(tmp_path)
    kept_to = Filters(paths=(os.fsencode(folder),))

    async def ask(session: Session) -> AnswerFinished:
        await indexed(session, folder)
        return await final(session, Ask(QUESTION, filters=kept_to, conversation="a"), AnswerFinished)

    async def reopen(session: Session) -> tuple[ConversationsListed, ConversationOpened, PageOpened]:
        listed = await final(session, ListConversations("boiler nordvik"), ConversationsListed)
        opened = await final(session, OpenConversation("a"), ConversationOpened)
        assert opened.turns[0].answer is not None
        hit = opened.turns[0].answer.evidence[0]
        page = await final(session, OpenPage(hit.document_id, hit.page, Span(hit.start, hit.end), 1.0), PageOpened)
        return listed, opened, page

    answer = with_session(paths, ask).answer
    listed, opened, page = with_session(paths, reopen)
    (turn,) = opened.turns
    assert [row.id for row in listed.conversations] == ["a"]
    assert opened.conversation.filters == kept_to
    assert turn.question == QUESTION
    assert turn.answer is not None
    assert turn.answer.text == answer.text
    assert turn.answer.evidence[0].passage_id == answer.evidence[0].passage_id
    assert page.text is not None
    assert "Nordvik" in page.text.text


def test_a_changed_file_leaves_what_was_answered_and_takes_the_passage_away(tmp_path: Path, paths: DataPaths) -> None:
    folder = folder_of(tmp_path)

    async def ask(session: Session) -> AnswerFinished:
        await indexed(session, folder)
        return await final(session, Ask(QUESTION, conversation="a"), AnswerFinished)

    async def reopen(session: Session) -> ConversationOpened:
        await session.settle(lambda _progress: None)
        return await final(session, OpenConversation("a"), ConversationOpened)

    with_session(paths, ask)
    (folder / "notes.txt").write_text("The boiler was replaced in June.")
    (turn,) = with_session(paths, reopen).turns
    assert turn.answer is not None
    hit = turn.answer.evidence[0]
    assert "Nordvik" in hit.text
    assert hit.passage_id == 0
    assert hit.document_id > 0


def test_a_deleted_conversation_is_gone(tmp_path: Path, paths: DataPaths) -> None:
    folder = folder_of(tmp_path)

    async def use(session: Session) -> ConversationsListed:
        await indexed(session, folder)
        await final(session, Ask(QUESTION, conversation="a"), AnswerFinished)
        await final(session, DeleteConversation("a"), Done)
        return await final(session, ListConversations(), ConversationsListed)

    assert with_session(paths, use).conversations == ()
    assert b"serviced" not in paths.history.read_bytes()


def test_looking_at_the_evidence_first_is_no_turn(tmp_path: Path, paths: DataPaths) -> None:
    folder = folder_of(tmp_path)

    async def use(session: Session) -> ConversationsListed:
        await indexed(session, folder)
        await final(session, Ask(QUESTION, conversation="a", evidence_only=True), AnswerFinished)
        return await final(session, ListConversations(), ConversationsListed)

    assert with_session(paths, use).conversations == ()
