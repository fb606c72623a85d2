"""Kills a process that indexes real files, again and again, and compares what is left with a library made in one go."""

import asyncio
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pymupdf

from tests.library.libraries import OpenLibrary, WordsEmbedder, flaws, open_library

ROOT = Path(__file__).resolve().parents[2]
KILLED_AFTER = (1, 9, 24, 3, 40, 17, 33, 60, 5, 80)
"""After how many lines of the child it is killed, run by run."""

QUERIES = ("witness", "harbour", "revised", "table", "moved", "clause 7")


def write_papers(folder: Path) -> None:
    """Write documents of four formats, from one passage to several dozen."""
    folder.mkdir()
    for n in range(12):
        paragraphs = [
            f"Clause {m} of paper {n} names witness {n * m}, who came to the harbour in the year {1600 + n * m} and saw"
            f" what was to be seen there: {m * 3} ships, {m * 5} barrels and a table of {m} legs, all of it signed for."
            for m in range(1, 6 + n * 6)
        ]
        match n % 4:
            case 0:
                (folder / f"paper {n}.txt").write_text("\n\n".join(paragraphs))
            case 1:
                (folder / f"paper {n}.md").write_text("\n\n".join(f"## Part {p[:9]}\n\n{p}" for p in paragraphs))
            case 2:
                body = "".join(f"<h2>Part</h2><p>{paragraph}</p>" for paragraph in paragraphs)
                (folder / f"paper {n}.html").write_text(f"<html><title>Paper {n}</title><body>{body}</body></html>")
            case _:
                with pymupdf.open() as pdf:
                    for at in range(0, len(paragraphs), 5):
                        pdf.new_page().insert_textbox((50, 50, 545, 790), "\n\n".join(paragraphs[at : at + 5]))
                    pdf.save(folder / f"paper {n}.pdf")


def disturb(folder: Path, run: int) -> None:
    """Change, add, move and delete some of the papers, otherwise at each run."""
    match run % 5:
        case 1:
            (folder / "paper 8.txt").write_text((folder / "paper 8.txt").read_text().replace("Clause 7 ", "Revised 7 "))
        case 2:
            (folder / f"new {run}.txt").write_text(f"Added before run {run}. The harbour was empty.")
        case 3:
            (folder / "sub").mkdir(exist_ok=True)
            for paper in list(folder.glob("*.html"))[:1]:
                paper.rename(folder / "sub" / f"moved {paper.name}")
        case 4:
            for added in list(folder.glob("new *.txt"))[:1]:
                added.unlink()
        case _:
            pass


def run_and_kill(data: Path, papers: Path, lines: int, *another: str) -> tuple[set[str], bool]:
    """Let the child say so many lines, kill it, and return what it said was READY and whether it was done before."""
    ready: set[str] = set()
    command = [sys.executable, "-m", "tests.library.index_child", str(data), str(papers), *another]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for number, line in enumerate(child.stdout, start=1):
            word, _, name = line.strip().partition(" ")
            if word == "ready":
                ready.add(name)
            if word == "idle":
                return ready, True
            if number >= lines:
                break
        child.kill()
        rest = child.stdout.read()
        ready.update(line.removeprefix("ready ") for line in rest.splitlines() if line.startswith("ready "))
    return ready, False


def ready_in(data: Path) -> set[str]:
    """Return the documents that a killed process left READY, having seen that each of them is complete."""
    kept = shutil.copytree(data, data.with_name("looked at"), dirs_exist_ok=True)  # closing the last connection writes
    with closing(sqlite3.connect(kept / "catalog.sqlite")) as connection:
        incomplete = connection.execute(
            "SELECT d.path FROM documents d LEFT JOIN texts t ON t.id = d.text_id WHERE d.state = 'ready' AND ("
            "t.id IS NULL"
            " OR t.passages <> (SELECT count(*) FROM passages p WHERE p.text_id = t.id)"
            " OR t.pages <> (SELECT count(*) FROM pages g WHERE g.text_id = t.id)"
            " OR t.passages <> (SELECT count(*) FROM passages p JOIN passages_fts f ON f.rowid = p.id"
            " WHERE p.text_id = t.id))"
        ).fetchall()
        assert incomplete == []
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        paths = connection.execute("SELECT path FROM documents WHERE state = 'ready'").fetchall()
    return {Path(path.decode()).name for (path,) in paths}


def content_of(library: OpenLibrary) -> list[tuple[object, ...]]:
    """Return everything that a search could find, without the ids that depend on history."""
    database = library.catalog.database
    return sorted(
        database.read(
            'SELECT d.path, d.state, t.digest, t.title, p.n, p.page, p.start, p."end", p.headings, p.text_hash, g.text'
            " FROM documents d JOIN texts t ON t.id = d.text_id JOIN passages p ON p.text_id = t.id"
            " JOIN pages g ON g.text_id = t.id AND g.number = p.page"
        )
    )


def answers_of(library: OpenLibrary) -> list[object]:
    """Return what searches find, by words and by vectors."""
    words = [library.paths_with(query) for query in QUERIES]
    found = [library.vectors.query(library.embedder.embed(query), 5) for query in QUERIES]
    return [*words, *([round(score, 2) for _, score in one] for one in found)]


def test_a_library_killed_again_and_again_is_as_one_made_in_one_go(tmp_path: Path) -> None:
    papers, data = tmp_path / "papers", tmp_path / "data"
    write_papers(papers)
    data.mkdir()
    kills = 0

    for run, lines in enumerate(KILLED_AFTER):
        disturb(papers, run)
        said, was_done = run_and_kill(data, papers, lines)
        assert said <= ready_in(data)
        kills += not was_done
    assert kills >= 6

    async def compared() -> None:
        async with open_library(data) as killed, open_library(tmp_path / "fresh") as fresh:
            await killed.settle()
            await fresh.add(papers)
            assert flaws(killed.catalog, killed.vectors, "words") == []
            assert killed.states() == fresh.states()
            assert content_of(killed) == content_of(fresh)
            assert answers_of(killed) == answers_of(fresh)

    asyncio.run(compared())


def test_what_was_embedded_before_a_kill_is_not_embedded_again(tmp_path: Path) -> None:
    papers, data = tmp_path / "papers", tmp_path / "data"
    papers.mkdir()
    data.mkdir()
    (papers / "long.txt").write_text(
        "\n\n".join(f"Paragraph {n}. " + f"It speaks of matter {n * 7} at length. " * 25 for n in range(200))
    )
    run_and_kill(data, papers, 150)

    async def finished() -> None:
        async with open_library(data) as library:
            await library.settle()
            passages = library.catalog.status().passages
            assert passages >= 200
            assert len(library.embedder.embedded) <= passages - 150 + 16
            assert flaws(library.catalog, library.vectors, "words") == []

    asyncio.run(finished())


def test_a_kill_in_the_midst_of_a_change_of_embedder_loses_neither_the_answers_nor_the_work(tmp_path: Path) -> None:
    papers, data = tmp_path / "papers", tmp_path / "data"
    write_papers(papers)
    data.mkdir()

    async def indexed() -> None:
        async with open_library(data) as library:
            await library.add(papers)

    async def finished(killed_after: int) -> None:
        old, new = WordsEmbedder(), WordsEmbedder("another", 32)
        new.may_embed.clear()
        async with open_library(data, embedder=new, before=old) as library:
            answering = library.spaces.answering
            assert answering is not None
            assert answering.vectors.embedder == "words"
            assert answering.vectors.query(old.embed("harbour"), 5)
            new.may_embed.set()
            await library.settle()
            assert library.catalog.meta("embedder") == "another"
            assert len(new.embedded) <= library.catalog.status().passages - killed_after + 32
            assert flaws(library.catalog, library.vectors, "another") == []

    asyncio.run(indexed())
    for lines in (1, 40):
        _, was_done = run_and_kill(data, papers, lines, "another")
        assert not was_done
    asyncio.run(finished(41))
