"""Another embedder is chosen in a real library: from ONNX to GGUF and to a folder of the person's own, and back."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from app.config.paths import DataPaths
from app.config.settings import Settings
from app.core.errors import ModelUnknown
from app.core.messages import AddFolder, Pause, Search, Searched, WindowRequest
from app.core.model_messages import AddModel, ChooseModel, RemoveModel
from app.core.receipt_messages import Forget, Forgot
from app.core.types import SearchResult
from app.engine.session import Session, open_session
from tests.llm.small_files import with_number

BGE = "bge-small-en-v1.5"
SMALL = "small-embedder"
NOTES = {
    "lease.txt": "The tenant pays a deposit of two months' rent before moving in.",
    "boiler.txt": "The boiler was serviced in May by Nordvik Heating.",
    "bread.txt": "The bread rises overnight in a cool place. The crust needs steam.",
}


@pytest.fixture
def paths(tmp_path: Path, models_dir: Path) -> DataPaths:
    """A fresh data directory with the English embedder only, and papers beside it."""
    data = tmp_path / "data"
    shutil.copytree(models_dir / BGE, data / "models" / BGE)
    (tmp_path / "papers").mkdir()
    for name, text in NOTES.items():
        (tmp_path / "papers" / name).write_text(text)
    return DataPaths(data)


@pytest.fixture
def gguf(tmp_path: Path, models_dir: Path) -> Path:
    """SmolLM2, whose header is given a pooling as an embedder's has."""
    path = tmp_path / f"{SMALL}.gguf"
    path.write_bytes(
        with_number((models_dir / "smollm2-135m-instruct-q4_1.gguf").read_bytes(), "llama.pooling_type", 1)
    )
    return path


def with_session(paths: DataPaths, use: Callable[[Session], Awaitable[None]]) -> None:
    async def run() -> None:
        async with open_session(paths, Settings()) as session:
            await use(session)

    asyncio.run(run())


async def ask(session: Session, *requests: WindowRequest) -> object:
    return [event for request in requests async for event in session.request(request)][-1]


async def found(session: Session, question: str) -> SearchResult:
    searched = await ask(session, Search(question))
    assert isinstance(searched, Searched)
    return searched.result


def test_a_gguf_embedder_is_added_chosen_kept_and_given_up_again(paths: DataPaths, gguf: Path, tmp_path: Path) -> None:
    async def choose(session: Session) -> None:
        await ask(session, AddFolder(bytes(tmp_path / "papers")))
        assert (await session.settle(lambda _: None)).embedded == 3
        await ask(session, AddModel(bytes(gguf)))
        assert session.status().embedder == BGE, "what is added is not used unasked"
        loading = asyncio.create_task(ask(session, ChooseModel(SMALL)))
        searched = 0
        while not loading.done():
            searched += bool((await found(session, "boiler")).hits)
        assert searched > 1, "a model that loads keeps nobody waiting"
        assert (await session.settle(lambda _: None)).embedded == 6
        status = session.status()
        assert (status.embedder, status.answering_embedder, status.unembedded) == (SMALL, SMALL, 0)
        assert all(hit.scores.vector is not None for hit in (await found(session, "deposit of the tenant")).hits)
        with pytest.raises(ModelUnknown):
            await ask(session, ChooseModel("nobody"))

    async def go_on(session: Session) -> None:
        assert session.status().embedder == SMALL
        assert (await session.settle(lambda _: None)).embedded == 0
        assert all(hit.scores.vector is not None for hit in (await found(session, "deposit of the tenant")).hits)
        await ask(session, RemoveModel(SMALL))
        assert (await session.settle(lambda _: None)).embedded == 3
        assert (session.status().embedder, session.status().answering_embedder) == (BGE, BGE)

    with_session(paths, choose)
    with_session(paths, go_on)


def test_an_onnx_folder_of_the_persons_own_embeds_as_the_catalogues_does(paths: DataPaths, tmp_path: Path) -> None:
    shutil.copytree(paths.models / BGE, tmp_path / "hub" / "my bge small en")

    async def choose(session: Session) -> None:
        await ask(session, AddFolder(bytes(tmp_path / "papers")))
        await session.settle(lambda _: None)
        before = await found(session, "How much money must I put down to rent the flat?")
        await ask(session, AddModel(bytes(tmp_path / "hub" / "my bge small en")), ChooseModel("my-bge-small-en"))
        await session.settle(lambda _: None)
        assert session.status().embedder == "my-bge-small-en"
        after = await found(session, "How much money must I put down to rent the flat?")
        assert [hit.path for hit in after.hits] == [hit.path for hit in before.hits]
        assert after.hits[0].scores.vector == pytest.approx(before.hits[0].scores.vector, abs=1e-3)

    with_session(paths, choose)


def test_a_library_in_another_language_is_told_and_found_by_words(paths: DataPaths, tmp_path: Path) -> None:
    russian = (
        "Арендатор вносит залог в размере арендной платы за два месяца до въезда в квартиру, и залог возвращается ему"
        " после того, как квартира освобождена и осмотрена. Арендатор отвечает за текущий ремонт, а собственник за"
        " отопление и крышу."
    )
    for name in NOTES:
        (tmp_path / "papers" / name).write_text(f"{name} {russian}")

    async def look(session: Session) -> None:
        await ask(session, AddFolder(bytes(tmp_path / "papers")))
        await session.settle(lambda _: None)
        assert session.status().foreign == 1.0
        assert (await found(session, "залог за квартиру")).hits

    with_session(paths, look)


def test_a_folder_is_forgotten_before_another_embedder_is_done(paths: DataPaths, gguf: Path, tmp_path: Path) -> None:
    async def use(session: Session) -> None:
        await ask(session, AddFolder(bytes(tmp_path / "papers")))
        await session.settle(lambda _: None)
        await ask(session, AddModel(bytes(gguf)), Pause(), ChooseModel(SMALL))
        await session.settle(lambda _: None)
        status = session.status()
        assert (status.embedder, status.answering_embedder, status.unembedded) == (SMALL, BGE, 3)

        forgot = await ask(session, Forget(bytes(tmp_path / "papers")))
        assert isinstance(forgot, Forgot)
        assert (forgot.documents, forgot.vectors, forgot.left) == (3, 3, 0)

    with_session(paths, use)
