"""Ends the store at its n-th durable call, n = 1, 2, 3 … until a run comes through, and compares what is left."""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.often import IS_ASKED_FOR
from tests.library.libraries import open_library
from tests.library.test_kills import ROOT

STEP = 1 if IS_ASKED_FOR else 25
"""Every n is tried by `make faults`, every so many-th otherwise."""


def paragraphs(name: str, count: int) -> str:
    return "\n\n".join(f"{name}, part {n}, tells of ship {n * 7}. " * 12 for n in range(count))


@pytest.mark.fault("the store ends at its n-th durable call, n = 1, 2, 3 …")
def test_the_store_may_end_at_any_call(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    papers = tmp_path / "papers"
    (papers / "sub").mkdir(parents=True)
    for name, count in (("kept", 3), ("edited", 6), ("moved", 4), ("deleted", 5)):
        (papers / f"{name}.txt").write_text(paragraphs(name, count))

    async def indexed() -> None:
        async with open_library(tmp_path / "before") as library:
            await library.add(papers)

    asyncio.run(indexed())
    (papers / "edited.txt").write_text(paragraphs("edited", 5) + "\n\nAnd one part more.")
    (papers / "moved.txt").rename(papers / "sub" / "moved.txt")
    (papers / "deleted.txt").unlink()
    (papers / "new.txt").write_text(paragraphs("new", 4))

    child = subprocess.run(
        [sys.executable, "-m", "tests.library.crash_child", str(tmp_path), str(STEP)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    said = [line.split()[0] for line in child.stdout.splitlines()]
    assert said[-1:] == ["CLEAN"], child.stdout + child.stderr
    assert set(said[:-1]) == {"OK"}, child.stdout + child.stderr
    assert len(said) > 40 / STEP
    record_property("times", len(said))
