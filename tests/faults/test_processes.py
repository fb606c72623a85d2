"""Kills and stops the real program's processes over a changing folder, and compares with a library made in one go.

`make faults` says how often; the suite does it a few times.
"""

import os
import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from app.cli.parser import parse, run
from app.config.paths import resources_dir
from app.library.catalog import Catalog
from app.library.spaces import space_folder
from app.library.vectors import Vectors
from tests.faults.processes import ROLES, Ledger, Program, until
from tests.library.libraries import flaws
from tests.library.test_kills import write_papers

RUNS = int(os.environ.get("MARGENT_FAULTS", "0"))
STOPPED_S = 60.0 if RUNS else 1.0
STOPPED_ROLES = ROLES if RUNS else ("engine",)
MOST_WAIT_S = 2.0

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


def disturbed(place: Path, models: Path, seed: int, disturb: Callable[[Program, Folder, random.Random], None]) -> int:
    """Run the program on a changing folder while it is disturbed; return how much was done twice."""
    dice = random.Random(seed)
    folder = Folder(place / "papers", dice)
    data, fresh = new_data(place / "data", models), new_data(place / "fresh", models)
    program, ledger = Program(data, folder.path), Ledger()

    def disturb_and_look() -> None:
        disturb(program, folder, dice)
        ledger.look(data / "catalog.sqlite")

    try:
        for _ in range(RUNS or 3):
            disturb_and_look()
    finally:
        program.end()
    for library in (data, fresh):
        assert run(parse(["index", str(folder.path), "--data-dir", str(library), "--json"])) == 0
    ledger.look(data / "catalog.sqlite")
    assert content(data) == content(fresh)
    return ledger.repeated


def test_a_library_whose_processes_were_killed_is_as_one_made_in_one_go(
    tmp_path: Path, models_dir: Path, request: pytest.FixtureRequest
) -> None:
    killed: dict[str, int] = dict.fromkeys(ROLES, 0)

    def kill(program: Program, folder: Folder, dice: random.Random) -> None:
        folder.change()
        role = dice.choice(ROLES)
        until(lambda: bool(program.pids(role)), f"the {role} runs")  # the llama again at the next question
        time.sleep(dice.random() * MOST_WAIT_S)
        killed[role] += program.kill(role, dice.choice)

    repeated = disturbed(tmp_path, models_dir, 1, kill)
    request.node.user_properties += [("tried", sum(killed.values())), *killed.items()]
    assert repeated == 0


@pytest.mark.parametrize("role", STOPPED_ROLES)
def test_a_library_whose_processes_stood_still_is_as_one_made_in_one_go(
    tmp_path: Path, models_dir: Path, role: str
) -> None:
    stopped = 0

    def stop(program: Program, folder: Folder, dice: random.Random) -> None:
        nonlocal stopped
        folder.change()
        if stopped == 0 or not RUNS:
            until(lambda: bool(program.pids(role)), f"the {role} runs")
            time.sleep(dice.random() * MOST_WAIT_S)
            stopped += program.stop(role, STOPPED_S, folder.change)

    repeated = disturbed(tmp_path, models_dir, 2, stop)
    assert stopped > 0
    assert repeated == 0
