"""Another embedder is chosen: the old vectors answer until the new ones are complete, whatever happens meanwhile."""

import asyncio
from pathlib import Path

from app.core.errors import ModelDied
from app.library.spaces import space_folder
from app.library.texts import Vector
from tests.library.libraries import OpenLibrary, WordsEmbedder, flaws, open_library

PAPERS = 40


def papers_in(folder: Path) -> Path:
    papers = folder / "papers"
    papers.mkdir()
    for n in range(PAPERS):
        (papers / f"{n}.txt").write_text(f"Paper number {n} speaks of subject {n * 7} and of nothing else.")
    return papers


def answers(library: OpenLibrary, embedder: WordsEmbedder) -> bool:
    """Tell whether the space of `embedder` answers, and finds what it is asked for."""
    space = library.spaces.answering
    assert space is not None
    if space.embedder is not embedder:
        return False
    hashed, score = space.vectors.query(embedder.embed_query("Paper number 3 speaks of subject 21"), 1)[0]
    return score > 0.7 and hashed in library.catalog.passages_by_hash([hashed])


async def half_done(library: OpenLibrary, embedder: WordsEmbedder) -> None:
    """Wait until an embedder has begun, then hold it back."""
    embedder.may_embed.set()
    await library.until(lambda: 0 < len(embedder.embedded) < PAPERS)
    embedder.may_embed.clear()
    assert library.indexer.progress.unembedded > 0


def test_the_old_vectors_answer_until_the_new_ones_of_another_dimension_are_complete(tmp_path: Path) -> None:
    papers = papers_in(tmp_path)
    old, new = WordsEmbedder("old", 48), WordsEmbedder("new", 80)

    async def scenario() -> None:
        async with open_library(tmp_path / "data", embedder=old) as library:
            await library.add(papers)
            library.indexer.use_embedder(new, old)
            await half_done(library, new)
            assert answers(library, old)
            (papers / "late.txt").write_text("A late paper on whales.")
            await library.indexer.rescan()
            await library.until(lambda: library.paths_with("whales") == {"late.txt"})
            new.may_embed.set()
            await library.settle()
            assert answers(library, new)
            assert sorted(new.embedded) == sorted({*old.embedded, "A late paper on whales."})
            assert library.catalog.meta("embedder") == "new"
            assert flaws(library.catalog, library.vectors, "new") == []
            assert library.catalog.database.value("SELECT count(*) FROM embeddings WHERE embedder = 'old'") == 0
            assert not space_folder(tmp_path / "data" / "chroma", "old").exists()
            assert len(old.embedded) == PAPERS

    asyncio.run(scenario())


def test_going_back_before_the_end_costs_nothing_and_what_was_begun_is_kept(tmp_path: Path) -> None:
    papers = papers_in(tmp_path)
    old, new = WordsEmbedder("old"), WordsEmbedder("new", 32)

    async def scenario() -> None:
        async with open_library(tmp_path / "data", embedder=old) as library:
            await library.add(papers)
            library.indexer.use_embedder(new, old)
            await half_done(library, new)
            library.indexer.use_embedder(old, old)
            new.may_embed.set()
            await library.settle()
            assert answers(library, old)
            assert len(old.embedded) == PAPERS
            library.indexer.use_embedder(new, old)
            await library.settle()
            assert answers(library, new)
            assert len(new.embedded) == len(set(new.embedded)) == PAPERS
            assert flaws(library.catalog, library.vectors, "new") == []

    asyncio.run(scenario())


def test_an_end_in_the_middle_loses_neither_the_answers_nor_what_was_embedded(tmp_path: Path) -> None:
    papers = papers_in(tmp_path)
    old, new = WordsEmbedder("old"), WordsEmbedder("new", 32)

    async def scenario() -> None:
        async with open_library(tmp_path / "data", embedder=old) as library:
            await library.add(papers)
            library.indexer.use_embedder(new, old)
            await half_done(library, new)
            saved = library.catalog.database.value("SELECT count(*) FROM embeddings WHERE embedder = 'new'")
            new.may_embed.set()
        again = WordsEmbedder("new", 32)
        again.may_embed.clear()
        async with open_library(tmp_path / "data", embedder=again, before=old) as library:
            await library.until(lambda: library.spaces.answering is not None and answers(library, old))
            again.may_embed.set()
            await library.settle()
            assert answers(library, again)
            assert len(again.embedded) == PAPERS - saved
            assert flaws(library.catalog, library.vectors, "new") == []

    asyncio.run(scenario())


def test_what_an_end_after_the_switch_left_of_others_is_removed(tmp_path: Path) -> None:
    papers = papers_in(tmp_path)

    async def scenario() -> None:
        async with open_library(tmp_path / "data") as library:
            await library.add(papers)
            database = library.catalog.database
            database.run("INSERT INTO embeddings SELECT text_hash, 'gone', vector FROM embeddings")
        left = space_folder(tmp_path / "data" / "chroma", "gone")
        left.mkdir()
        async with open_library(tmp_path / "data") as library:
            await library.settle()
            assert not left.exists()
            assert library.catalog.database.value("SELECT count(*) FROM embeddings WHERE embedder = 'gone'") == 0
            assert flaws(library.catalog, library.vectors, "words") == []

    asyncio.run(scenario())


def test_the_new_vectors_answer_as_they_come_where_the_old_embedder_is_gone(tmp_path: Path) -> None:
    papers = papers_in(tmp_path)
    new = WordsEmbedder("new", 32)

    async def scenario() -> None:
        async with open_library(tmp_path / "data") as library:
            await library.add(papers)
        async with open_library(tmp_path / "data", embedder=new) as library:
            await library.settle()
            assert answers(library, new)
            assert flaws(library.catalog, library.vectors, "new") == []

    asyncio.run(scenario())


class DyingEmbedder(WordsEmbedder):
    """A model whose process ends at some texts, or at all."""

    def __init__(self, at: str) -> None:
        super().__init__("dying")
        self.at = at

    def embed(self, text: str) -> Vector:
        """Return float32[64] of unit length. Raises: ModelDied."""
        if self.at in text:
            raise ModelDied(name=self.name, detail="exit status -11")
        return super().embed(text or "nothing")


def test_a_text_that_ends_the_model_is_found_by_words_and_the_rest_is_embedded(tmp_path: Path) -> None:
    papers = papers_in(tmp_path)
    dying = DyingEmbedder("number 17")

    async def scenario() -> None:
        async with open_library(tmp_path / "data", embedder=dying) as library:
            await library.add(papers)
            assert library.paths_with("17") == {"17.txt"}
            assert library.indexer.progress.unembedded == 0
            assert dying.embedded.count("nothing") == 1
            assert flaws(library.catalog, library.vectors, "dying") == []

    asyncio.run(scenario())


def test_a_model_that_always_ends_is_given_up_and_words_go_on(tmp_path: Path) -> None:
    papers = papers_in(tmp_path)

    async def scenario() -> None:
        async with open_library(tmp_path / "data", embedder=DyingEmbedder("")) as library:
            await library.add(papers)
            assert library.indexer.progress.waiting_for == "embedder"
            assert library.paths_with("273") == {"39.txt"}
            library.indexer.use_embedder(WordsEmbedder())
            await library.settle()
            assert library.indexer.progress.waiting_for == ""
            assert flaws(library.catalog, library.vectors, "words") == []

    asyncio.run(scenario())
