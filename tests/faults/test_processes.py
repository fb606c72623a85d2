"""Kills and stops the real program's processes over a changing folder, and compares with a library made in one go.

`make faults` says how often; the suite does it a few times.
"""

import random
import shutil
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import pymupdf
import pytest

from app.cli.parser import parse, run
from app.config.paths import resources_dir
from app.library.catalog import Catalog
from app.library.spaces import space_folder
from app.library.vectors import Vectors
from tests.faults.often import IS_ASKED_FOR, often
from tests.faults.processes import ROLES, Ledger, Program, until
from tests.library.libraries import flaws
from tests.library.test_kills import write_papers

KILLS = often(4)
STOPPED_S = 60.0 if IS_ASKED_FOR else 1.0
STOPPED_ROLES = ROLES if IS_ASKED_FOR else ("engine",)
LONG_PAGES = 40
MOST_WAIT_S = {"window": 2.0, "engine": 2.0, "reader": 0.2, "llama": 1.0}
"""From when a process is at work until it is killed: one that reads has soon done."""

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for the processes in /proc")


class Folder:
    """A folder of real documents of seven formats that somebody works in."""

    def __init__(self, path: Path, dice: random.Random) -> None:
        self.path = path
        self._dice = dice
        self._changes = 0
        write_papers(path)
        for sample in resources_dir().joinpath("samples").iterdir():
            if sample.is_file():
                shutil.copy(sample, path)

    def add_long(self) -> None:
        """Add what takes a reader a while."""
        self._changes += 1
        with pymupdf.open() as pdf:
            for n in range(LONG_PAGES):
                text = f"Page {n} of survey {self._changes}: witness {n} measured the harbour wall. " * 30
                pdf.new_page().insert_textbox((50, 50, 545, 790), text)
            pdf.save(self.path / f"survey {self._changes}.pdf")

    def change(self) -> None:
        """Do one of the things that people do with files."""
        self._changes += 1
        files = [path for path in sorted(self.path.rglob("*")) if path.is_file()]
        written = [path for path in files if path.suffix in (".txt", ".md")]
        match self._dice.randrange(5):
            case 0:
                pages = (f"Note {self._changes}.{n}: witness {n} left the harbour. " * 9 for n in range(20))
                (self.path / f"new {self._changes}.txt").write_text("\n\n".join(pages))
            case 1:
                with self._dice.choice(written).open("a") as file:
                    file.write(f"\n\nAmended for the {self._changes}th time.")
            case 2:
                moved = self._dice.choice(files)
                folder = self.path / f"moved {self._changes % 3}"
                folder.mkdir(exist_ok=True)
                moved.rename(folder / f"{self._changes} {moved.name[-40:]}")
            case 3:
                shutil.copy(self._dice.choice(files), self.path / f"copy {self._changes}{files[0].suffix}")
            case _:
                if len(written) > 12:
                    self._dice.choice([path for path in written if "new" in path.name] or written[:1]).unlink()


def new_data(place: Path, models: Path) -> Path:
    place.mkdir()
    (place / "models").symlink_to(models)
    (place / "settings.toml").write_text('model = "smollm2-135m-instruct-q4_1"\nanswer_tokens = 200\n')
    return place


def content(data: Path) -> tuple[object, ...]:
    """Return everything that a search could find in a closed library, having seen that nothing is wrong in it."""
    catalog = Catalog.open(data / "catalog.sqlite")
    assert catalog.damaged is None
    embedder = catalog.meta("embedder")
    vectors = Vectors(space_folder(data / "chroma", embedder))
    try:
        assert flaws(catalog, vectors, embedder) == []
        texts = catalog.database.read(
            'SELECT d.path, d.state, d.reason, t.digest, t.title, p.n, p.page, p.start, p."end", p.headings,'
            " p.text_hash, g.text, g.blocks FROM documents d LEFT JOIN texts t ON t.id = d.text_id"
            " LEFT JOIN passages p ON p.text_id = t.id LEFT JOIN pages g ON g.text_id = t.id AND g.number = p.page"
            " ORDER BY d.path, p.n"
        )
        terms = catalog.database.read("SELECT term, doc, cnt FROM known_terms ORDER BY term")
        embeddings = catalog.database.read("SELECT text_hash, vector FROM embeddings ORDER BY text_hash")
        return texts, terms, embeddings
    finally:
        vectors.close()
        catalog.close()


def disturbed(
    place: Path, models: Path, disturbances: Sequence[Callable[[Program, Folder, random.Random], None]]
) -> int:
    """Run the program on a changing folder while it is disturbed; return how much was done twice."""
    dice = random.Random(len(disturbances))
    folder = Folder(place / "papers", dice)
    data, fresh = new_data(place / "data", models), new_data(place / "fresh", models)
    program, ledger = Program(data, folder.path), Ledger()

    try:
        for disturb in disturbances:
            folder.change()
            disturb(program, folder, dice)
            ledger.look(data / "catalog.sqlite")
    finally:
        program.end()
    for library in (data, fresh):
        assert run(parse(["index", str(folder.path), "--data-dir", str(library), "--json"])) == 0
    ledger.look(data / "catalog.sqlite")
    assert content(data) == content(fresh)
    return ledger.repeated


@pytest.mark.fault("`kill -9`, the folder changing")
def test_a_library_whose_processes_were_killed_is_as_one_made_in_one_go(
    tmp_path: Path, models_dir: Path, record_property: Callable[[str, object], None]
) -> None:
    roles = [ROLES[n % len(ROLES)] for n in range(KILLS)]
    random.Random(KILLS).shuffle(roles)
    killed = dict.fromkeys(ROLES, 0)

    def kill(role: str, program: Program, folder: Folder, dice: random.Random) -> None:
        if role == "reader":
            folder.add_long()
        until(lambda: bool(program.at_work(role, folder.path)), f"the {role} is at work")
        time.sleep(dice.random() * MOST_WAIT_S[role])
        until(lambda: program.kill(role, dice.choice), f"the {role} is killed")
        killed[role] += 1
        record_property("tried", {f"`kill -9` of the {role}, the folder changing": killed[role] for role in ROLES})

    assert disturbed(tmp_path, models_dir, [partial(kill, role) for role in roles]) == 0
    assert min(killed.values()) > 0


@pytest.mark.fault("SIGSTOP of each process of a role for 60 s")
@pytest.mark.parametrize("role", STOPPED_ROLES)
def test_a_library_whose_processes_stood_still_is_as_one_made_in_one_go(
    tmp_path: Path, models_dir: Path, role: str
) -> None:
    def stop(program: Program, folder: Folder, dice: random.Random) -> None:
        if role == "reader":
            folder.add_long()
        until(lambda: bool(program.at_work(role, folder.path)), f"the {role} is at work")
        time.sleep(dice.random() * MOST_WAIT_S[role])
        assert program.stop(role, STOPPED_S, folder.change)

    def wait(program: Program, folder: Folder, dice: random.Random) -> None:
        time.sleep(dice.random())

    assert disturbed(tmp_path, models_dir, [wait, stop, wait]) == 0
