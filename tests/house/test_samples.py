"""The sample library: small, described, and drawn the same every time."""

import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pymupdf
import pytest

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "resources" / "samples"
LARGEST_BYTES = 400_000


@pytest.fixture
def make_samples(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ModuleType]:
    """The script that draws the samples, writing into an empty folder."""
    monkeypatch.syspath_prepend(str(ROOT / "packaging"))
    module = importlib.import_module("make_samples")
    monkeypatch.setattr(module, "SAMPLES", tmp_path)
    yield module
    sys.modules.pop("make_samples")


def test_the_drawn_samples_are_what_their_texts_make(make_samples: ModuleType, tmp_path: Path) -> None:
    make_samples.lease()
    make_samples.newsletter()
    make_samples.notes()
    drawn = sorted(tmp_path.iterdir())
    assert len(drawn) == 3
    assert [file.name for file in drawn if file.read_bytes() != (SAMPLES / file.name).read_bytes()] == []


def test_the_samples_are_small_and_each_is_described() -> None:
    files = list(SAMPLES.iterdir())
    described = (SAMPLES.parent / "SAMPLES.md").read_text()  # beside the folder: what is in it is indexed, and cited
    assert sum(file.stat().st_size for file in files) < LARGEST_BYTES
    assert sorted(re.findall(r"^\| `(.+?)`", described, re.MULTILINE)) == sorted(file.name for file in files)


def test_the_lease_answers_the_question_of_make_run() -> None:
    with pymupdf.open(SAMPLES / "lease-unit-4-ropewalk.pdf") as lease:
        page = lease.load_page(2)
        text = " ".join(page.get_textpage().extractTEXT().split())
    assert "The Tenant may end this lease on 1 April 2027 or on any later date" in text
    assert "at least six months’ notice in writing" in text
