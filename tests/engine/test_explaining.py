"""The engine says what became of a page's passages, and takes any question: real files, models, Chroma and reader."""

from pathlib import Path

import pymupdf
import pytest

from app.config.paths import DataPaths
from app.core.errors import FilterMatchesNothing, PathNotInLibrary, UsageWrong
from app.core.explanation import Fate
from app.core.messages import (
    AnswerFinished,
    Ask,
    Explain,
    Explained,
    Search,
    Searched,
)
from app.core.pages import Span
from app.core.types import Filters, Turn
from app.engine.session import Session
from app.readers.typeset import BOOK
from tests.engine.sessions import final, indexed, with_session


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A lease as a PDF, and notes as text."""
    folder = tmp_path / "papers"
    folder.mkdir()
    document = pymupdf.open()
    document.new_page().insert_text((72, 72), "The rent is 900 euros a month, due on the third working day.")
    document.save(folder / "lease.pdf")
    document.close()
    (folder / "notes.txt").write_text("The boiler was serviced in May by Nordvik Heating.")
    return folder


def test_a_passage_is_explained_as_the_question_was_asked_and_placed_on_its_page(
    paths: DataPaths, folder: Path
) -> None:
    async def use(session: Session) -> tuple[AnswerFinished, Explained, Explained, Explained]:
        ids = await indexed(session, folder)
        turns = (Turn("What does the lease say about the rent?", "900 euros [1]."),)
        only = Filters(types=("pdf",))
        asked = await final(session, Ask("When is it due?", turns, only, no_model=True), AnswerFinished)
        given = tuple(hit.passage_id for hit in asked.answer.evidence)
        lease = Explain("When is it due?", ids["lease.pdf"], 1, turns=turns, filters=only, given=given, drawn=True)
        notes = Explain("When is it due?", ids["notes.txt"], 1, turns=turns, filters=only, drawn=True)
        beyond = Explain("When is it due?", ids["notes.txt"], 1, Span(500, 501))
        return asked, *[await final(session, request, Explained) for request in (lease, notes, beyond)]  # pyright: ignore

    asked, lease, notes, beyond = with_session(paths, use)
    [used] = lease.explanations
    assert lease.searched == "What does the lease say about the rent? When is it due?"
    assert (used.fate, used.hit.scores) == (Fate.USED, asked.answer.evidence[0].scores)
    assert used.rects[0].y0 < 72 < used.rects[0].y1 + 20
    [filtered] = notes.explanations
    assert filtered.fate is Fate.FILTERED
    assert filtered.rects[0].x0 == BOOK.margin_pt  # typeset, as it is drawn
    assert beyond.explanations == ()


def test_what_cannot_be_explained_is_refused(paths: DataPaths, folder: Path) -> None:
    async def use(session: Session) -> None:
        ids = await indexed(session, folder)
        with pytest.raises(PathNotInLibrary):
            await final(session, Explain("rent", 999, 1), Explained)
        with pytest.raises(UsageWrong):
            await final(session, Explain(" ", ids["lease.pdf"], 1), Explained)
        with pytest.raises(FilterMatchesNothing):
            await final(session, Explain("rent", ids["lease.pdf"], 1, filters=Filters(types=("md",))), Explained)

    with_session(paths, use)


def test_no_question_is_too_odd_for_a_search(paths: DataPaths, folder: Path) -> None:
    questions = [
        *("rent" * 5000, "rent " * 4000, " ".join(f"w{n}" for n in range(4000))[:20_000], '"', "' OR 1=1;--"),
        *("rent NEAR/2 AND OR NOT (", "text: * ^", "\udcff rent", "a\0b"),
    ]

    async def use(session: Session) -> None:
        await indexed(session, folder)
        for question in questions:
            found = await final(session, Search(question, 5), Searched)
            assert 0 < len(found.result.hits) <= 2
        assert (await final(session, Search(" \n"), Searched)).result.hits == ()
        with pytest.raises(UsageWrong):
            await final(session, Ask("  "), AnswerFinished)

    with_session(paths, use)


def test_a_store_that_is_damaged_while_it_is_open_loses_nothing(paths: DataPaths, folder: Path) -> None:
    async def before(session: Session) -> Searched:
        await indexed(session, folder)
        return await final(session, Search("which day must the money be there"), Searched)

    async def after(session: Session) -> Searched:
        await session.settle(lambda _progress: None)
        return await final(session, Search("which day must the money be there"), Searched)

    found = with_session(paths, before)
    for file in paths.vectors.rglob("*"):
        if file.is_file():
            file.write_bytes(b"\xff" * 100)
    again = with_session(paths, after)
    assert [(hit.path, hit.scores.vector_rank) for hit in again.result.hits] == [
        (hit.path, hit.scores.vector_rank) for hit in found.result.hits
    ]
