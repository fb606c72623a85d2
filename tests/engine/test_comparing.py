"""A passage of an answer beside what stands in its place now: real files, models, Chroma and a real receipt."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest

from app.config.paths import DataPaths
from app.config.settings import Settings
from app.core.evidence_messages import FindPassages, PassagesFound
from app.core.messages import AddFolder, AnswerFinished, Ask, Rescan, WindowRequest
from app.core.pages import Span
from app.core.receipt_messages import ChangedSources, CompareSource, FindChangedSources, SourceCompared
from app.core.receipts import SourceState
from app.engine.session import Session, open_session

Result = TypeVar("Result")
Final = TypeVar("Final")
TINY = "smollm2-135m-instruct-q4_1"


@pytest.fixture
def paths(tmp_path: Path, models_dir: Path) -> DataPaths:
    """A fresh data directory that sees the installed models."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "models").symlink_to(models_dir)
    return DataPaths(data)


def with_session(paths: DataPaths, use: Callable[[Session], Awaitable[Result]]) -> Result:
    async def run() -> Result:
        async with open_session(paths, Settings(model=TINY, answer_tokens=32)) as session:
            return await use(session)

    return asyncio.run(run())


async def final(session: Session, request: WindowRequest, kind: type[Final]) -> Final:
    last = [event async for event in session.request(request)][-1]
    assert isinstance(last, kind)
    return last


async def settled(session: Session, request: WindowRequest) -> None:
    async for _ in session.request(request):
        pass
    await session.settle(lambda _progress: None)


def test_a_changed_passage_is_told_and_stands_beside_the_new_one_until_its_file_is_gone(
    paths: DataPaths, tmp_path: Path
) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    lease, boiler = folder / "lease.txt", folder / "boiler.txt"
    lease.write_text("The rent is 900 euros a month, due on the third working day.")
    boiler.write_text("The boiler was serviced in May by Nordvik Heating.")

    async def use(session: Session) -> None:
        await settled(session, AddFolder(os.fsencode(folder)))
        answer = (await final(session, Ask("How much is the rent?"), AnswerFinished)).answer
        n = next(n for n, hit in enumerate(answer.evidence, start=1) if hit.path == os.fsencode(lease))
        asked = FindChangedSources((answer.receipt,))
        assert (await final(session, asked, ChangedSources)).sources == ()
        same = await final(session, CompareSource(answer.receipt, n), SourceCompared)
        assert (same.check.state, same.now and same.now.text) == (SourceState.UNCHANGED, same.was)

        lease.write_text("The rent is 950 euros a month, due on the third working day.")
        await settled(session, Rescan())
        [told] = (await final(session, asked, ChangedSources)).sources
        assert (told.receipt, told.n, told.state) == (answer.receipt, n, SourceState.CHANGED)
        assert (await final(session, FindChangedSources(("another",)), ChangedSources)).sources == ()
        changed = await final(session, CompareSource(answer.receipt, n), SourceCompared)
        assert changed.check.state is SourceState.CHANGED
        assert "900 euros" in changed.was
        assert changed.now is not None
        assert "950 euros" in changed.now.text

        lease.unlink()
        await settled(session, Rescan())
        gone = await final(session, CompareSource(answer.receipt, n), SourceCompared)
        assert (gone.check.state, gone.now) == (SourceState.GONE, None)

    with_session(paths, use)


def test_a_passage_that_moved_to_another_page_is_found_again(paths: DataPaths, tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    notes = folder / "notes.md"
    rent = "# Rent\n\nThe rent is 900 euros a month, due on the third working day.\n\n"
    others = "".join(f"# Part {n}\n\nThe plumber came on day {n} and mended tap {n} in the yard.\n\n" for n in range(6))
    notes.write_text(rent + others)

    async def use(session: Session) -> None:
        await settled(session, AddFolder(os.fsencode(folder)))
        answer = (await final(session, Ask("How much is the rent?"), AnswerFinished)).answer
        [n] = [n for n, hit in enumerate(answer.evidence, start=1) if "900 euros" in hit.text]
        notes.write_text(others + rent.replace("900", "950"))
        await settled(session, Rescan())
        compared = await final(session, CompareSource(answer.receipt, n), SourceCompared)
        assert compared.now is not None
        assert "950 euros" in compared.now.text

    with_session(paths, use)


def test_the_passages_that_a_mark_on_a_page_touches_are_found(paths: DataPaths, tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    text = "The rent is 900 euros a month."
    (folder / "lease.txt").write_text(text)

    async def use(session: Session) -> None:
        await settled(session, AddFolder(os.fsencode(folder)))
        [hit] = (await final(session, Ask("rent", no_model=True), AnswerFinished)).answer.evidence
        found = await final(session, FindPassages(hit.document_id, 1, Span(4, 8)), PassagesFound)
        assert [one.passage_id for one in found.passages] == [hit.passage_id]
        beyond = await final(session, FindPassages(hit.document_id, 1, Span(500, 501)), PassagesFound)
        assert beyond.passages == ()

    with_session(paths, use)
