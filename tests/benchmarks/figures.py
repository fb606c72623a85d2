"""What the benchmarks share: a figure beside its bound, a library to measure, and text that looks like documents."""

import random
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from app.config.paths import DataPaths, resources_dir
from app.config.settings import Settings
from app.core.messages import AddFolder
from app.engine.session import IndexReport, Session, open_session

RERANKER = "ms-marco-minilm-l-12-v2"


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value and the bound that was measured beside it, in the same unit."""

    what: str
    value: float
    bound: float
    unit: str

    @property
    def line(self) -> str:
        """Return the figure as it is printed."""
        ratio = self.value / self.bound
        return f"{self.what:<44}{self.value:>10.2f} {self.unit:<9} bound {self.bound:>10.2f}   ratio {ratio:.2f}"


@asynccontextmanager
async def library(folder: Path) -> AsyncGenerator[Session]:
    """Open the library in `folder / "data"` as a command does."""
    async with open_session(DataPaths(folder / "data"), Settings()) as session:
        yield session


def make_place(folder: Path, models: Path) -> None:
    """Make room for a library in a folder, with these models."""
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "models").symlink_to(models)


async def index(session: Session, path: Path) -> IndexReport:
    """Add a folder and index until nothing is left."""
    async for _ in session.request(AddFolder(bytes(path))):
        pass
    return await session.settle(lambda _: None)


def paragraphs(count: int, seed: int) -> list[str]:
    """Return paragraphs of five shuffled sentences of the sample library: words as in documents, no two the same."""
    chance = random.Random(seed)
    samples = resources_dir() / "samples"
    text = " ".join((samples / name).read_text() for name in ("celadon-glaze.md", "trip-to-marlbeck-fair.txt"))
    sentences = [one.strip() for one in re.split(r"(?<=[.!?])\s+", re.sub(r"[|#*\n]+", " ", text)) if len(one) > 30]
    return [
        " ".join(f"{sentence[:-1]} {chance.randrange(10_000)}." for sentence in chance.sample(sentences, 5))
        for _ in range(count)
    ]


def write_documents(folder: Path, count: int) -> None:
    """Write Markdown files of three sections with three paragraphs each."""
    folder.mkdir()
    for number in range(count):
        parts = paragraphs(9, seed=number)
        sections = [f"## Part {at}\n\n" + "\n\n".join(parts[at * 3 : at * 3 + 3]) for at in range(3)]
        (folder / f"note-{number:04}.md").write_text(f"# Note {number}\n\n" + "\n\n".join(sections) + "\n")
