"""Whatever happens to a folder and to the engine, in whatever order: afterwards the library is what the folder is."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from app.core.types import DocumentState, FolderRules
from app.library import folders
from tests.faults.often import often
from tests.library.libraries import OpenLibrary, flaws, open_library
from tests.readers.mails import mail
from tests.readers.office_files import zipped

RUNS = often(12, cost=4)
"""How many histories are tried."""

WORDS = tuple(f"word{n}" for n in range(6))
PLACES = ("a.txt", "b.txt", "c.md", "sub/a.txt", "sub/deep/d.txt", "other/a.txt", "x.part", ".hidden.txt", "m.eml")
MAILS = ("m.eml", "sub/m.eml", "other/n.eml")
ARCHIVES = ("z.zip", "sub/z.zip")
FOLDERS = ("sub", "other", "sub/deep")
LEFT_OUT = (".part", ".hidden.txt")

Parts = dict[str, list[str]]

places = st.sampled_from((*PLACES, *MAILS, *ARCHIVES))
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5)
parts = st.dictionaries(st.sampled_from(("a.txt", "b.txt", "c.md")), texts, max_size=3)


class History(RuleBasedStateMachine):
    """A folder, and a library of it that is closed, killed and opened in between."""

    stack: AsyncExitStack
    library: OpenLibrary

    def __init__(self) -> None:
        super().__init__()
        self.place = Path(tempfile.mkdtemp(prefix="margent-history-"))
        self.papers = self.place / "papers"
        self.papers.mkdir()
        self.data = self.place / "data 0"
        self.lives = 0
        self.patterns: tuple[str, ...] = ()
        self.archives = False
        self.written: dict[bytes, dict[str, str]] = {}
        self.loop = asyncio.new_event_loop()
        self.open()
        self.run(self.library.add(self.papers))

    def run(self, work: Coroutine[None, None, None]) -> None:
        """Do something that waits."""
        self.loop.run_until_complete(work)

    def open(self) -> None:
        """Open the library."""

        async def opened() -> None:
            self.stack = AsyncExitStack()
            self.library = await self.stack.enter_async_context(open_library(self.data))

        self.run(opened())

    def teardown(self) -> None:
        """Compare once more, and leave nothing behind."""
        try:
            self.compare()
        finally:
            self.run(self.stack.aclose())
            self.loop.close()
            shutil.rmtree(self.place)

    @rule(place=st.sampled_from(PLACES[:-1]), words=texts)
    def write(self, place: str, words: list[str]) -> None:
        """Write a file anew."""
        self.put(place, text_of(words).encode(), {"": text_of(words)})

    @rule(place=st.sampled_from(MAILS), words=texts, attached=parts)
    def write_mail(self, place: str, words: list[str], attached: Parts) -> None:
        """Write a mail anew, with what is attached to it."""
        content, within = mail_of(words, attached)
        self.put(place, content, within)

    @rule(place=st.sampled_from(ARCHIVES), packed=parts.filter(bool), words=texts, attached=parts)
    def write_archive(self, place: str, packed: Parts, words: list[str], attached: Parts) -> None:
        """Write an archive anew, with a mail in it."""
        mail, within = mail_of(words, attached)
        files = {name: text_of(words).encode() for name, words in packed.items()} | {"in/m.eml": mail}
        within = {f"/in/m.eml{name}": text for name, text in within.items()}
        within |= {f"/{name}": text_of(words) for name, words in packed.items()}
        self.put(place, zipped(files), within | {"": "\n".join(files)})

    @rule(archives=st.booleans())
    def ask_for_archives(self, archives: bool) -> None:
        """Have archives read, or no longer."""
        self.archives = archives
        self.leave_out(list(self.patterns))

    def put(self, place: str, content: bytes, within: dict[str, str]) -> None:
        """Write a file; `within` are the texts of what is in it, by their names behind the file's path."""
        path = self.papers / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        self.written[content] = within

    @rule(place=places)
    def delete(self, place: str) -> None:
        """Delete a file."""
        (self.papers / place).unlink(missing_ok=True)

    @rule(source=places, goal=places)
    def move(self, source: str, goal: str) -> None:
        """Move a file, over another perhaps; it stays a text, a mail or an archive."""
        if (self.papers / source).exists() and kind_of(source) == kind_of(goal):
            (self.papers / goal).parent.mkdir(parents=True, exist_ok=True)
            (self.papers / source).replace(self.papers / goal)

    @rule(source=st.sampled_from(FOLDERS), number=st.integers(0, 2))
    def move_folder(self, source: str, number: int) -> None:
        """Move a folder with all that is in it."""
        target = self.papers / f"moved {number}"
        if (self.papers / source).exists() and not target.exists():
            (self.papers / source).rename(target)

    @rule(place=places)
    def touch(self, place: str) -> None:
        """Give a file another time."""
        if (self.papers / place).exists():
            os.utime(self.papers / place, ns=(0, 1_000_000_000))

    @rule(patterns=st.lists(st.sampled_from(("*.md", "sub/", "!x.part")), max_size=2, unique=True))
    def leave_out(self, patterns: list[str]) -> None:
        """Change the folder's rules."""
        self.patterns = tuple(patterns)
        folders.set_rules(
            self.library.catalog.database, os.fsencode(self.papers), FolderRules(self.patterns, archives=self.archives)
        )

    @rule(paused=st.booleans())
    def pause(self, paused: bool) -> None:
        """Pause, or go on."""
        self.library.indexer.pause(paused=paused)

    @rule(steps=st.integers(0, 60))
    def let_it_work(self, steps: int) -> None:
        """Let the indexer do a little."""

        async def some() -> None:
            self.library.indexer.request_rescan()
            for _ in range(steps):
                await asyncio.sleep(0)

        self.run(some())

    @rule()
    def restart(self) -> None:
        """Close the library and open it."""
        self.run(self.stack.aclose())
        self.open()

    @precondition(lambda self: self.lives < 3)
    @rule()
    def crash(self) -> None:
        """Go on with what is on disk at this instant, as after `kill -9`."""
        self.lives += 1
        copied = self.place / f"data {self.lives}"
        while not self.is_copied(copied):
            shutil.rmtree(copied, ignore_errors=True)
        self.run(self.stack.aclose())
        self.data = copied
        self.open()

    @rule()
    def compare(self) -> None:
        """Look at everything, and find in the library what is in the folder."""
        self.library.indexer.pause(paused=False)
        self.run(self.library.look_again())
        library = self.library
        assert flaws(library.catalog, library.vectors, "words") == []
        here = {
            Path(f"{file}{name}"): text
            for file in self.papers.rglob("*")
            if file.is_file() and self.is_read(file)
            for name, text in self.written[file.read_bytes()].items()
            if self.is_admitted(Path(f"{file}{name}"))
        }
        rows = [row for row in library.catalog.document_rows() if row.state is not DocumentState.IGNORED]
        assert {Path(os.fsdecode(row.path)) for row in rows} == set(here)
        assert all(row.state is DocumentState.READY for row in rows)
        for row in rows:
            page = library.catalog.page(row.id, 1)
            assert page is not None
            path = Path(os.fsdecode(row.path))
            assert " ".join(page.text.split()).endswith(" ".join(here[path].split()))
        for word in WORDS:
            assert library.paths_with(word) == {file.name for file, text in here.items() if word in text.split()}

    def is_copied(self, target: Path) -> bool:
        """Copy the library; tell whether none of its files went meanwhile."""
        try:
            shutil.copytree(self.data, target)
        except shutil.Error:
            return False
        return True

    def is_read(self, file: Path) -> bool:
        """Tell whether the rules admit a file."""
        inside = file.relative_to(self.papers)
        if "*.md" in self.patterns and file.suffix == ".md":
            return False
        if "sub/" in self.patterns and "sub" in inside.parts[:-1]:
            return False
        if file.suffix == ".zip":
            return self.archives
        return self.is_admitted(file)

    def is_admitted(self, path: Path) -> bool:
        """Tell whether the rules admit a file, or what is in one."""
        if "*.md" in self.patterns and path.suffix == ".md":
            return False
        return path.suffix in (".txt", ".md", ".eml", ".zip") and not path.name.startswith(".")


def kind_of(place: str) -> str:
    """Return what a file of a name has to be."""
    suffix = Path(place).suffix
    return suffix if suffix in (".eml", ".zip") else ""


def text_of(words: list[str]) -> str:
    return "\n\n".join(f"Here is {word} and nothing else. " * 12 for word in words)


def mail_of(words: list[str], attached: Parts) -> tuple[bytes, dict[str, str]]:
    """Return a mail, and the texts of it and of what is attached by their names behind its path."""
    files = {name: text_of(said).encode() for name, said in attached.items()}
    content = mail("Words", text_of(words), files).as_bytes()
    return content, {"": text_of(words)} | {f"/{name}": text_of(said) for name, said in attached.items()}


@pytest.mark.fault("any sequence of changes, restarts and crashes (thirty steps each)")
def test_the_library_is_what_the_folder_is_whatever_happened(record_property: Callable[[str, object], None]) -> None:
    record_property("times", RUNS)
    run_state_machine_as_test(
        History,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
