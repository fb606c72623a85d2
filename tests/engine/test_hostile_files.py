"""Files made to break a reader: each gives its text or a named reason within the limits, and the next file is read."""

import asyncio
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from app.core.child_messages import FileRead, FileRefused
from app.core.types import DocumentState, Reason
from app.engine.reader_process import MEMORY_BYTES
from app.engine.readers import READ_LIMIT_S, Reader
from tests.engine.hostile import (
    HOSTILE,
    LAUGHTER,
    SECRET,
    cost_of,
    far_too_large_page,
    office_files,
    read_in_jail,
    sparse,
    with_entity,
)
from tests.library.libraries import open_library

# Written by other systems and programs, or by mistake: each is a file that its folder has.
ODD_NAMES = (
    b"new\nline.txt",
    b"tab\there.txt",
    b"invalid \xff\xfe.txt",
    b"half a letter \xc3.txt",
    b"surrogate \xed\xa0\x80.txt",
    b"bell\x07.txt",
    b"escape \x1b[31m.txt",
    b" space in front.txt",
    b"space behind .txt",
    b"-rf.txt",
    b"quote'\"`$(x).txt",
    b"back\\slash.txt",
    b"per%00cent.txt",
    "turned \u202etxt.exe.txt".encode(),
    b"n" * 251 + b".txt",
)


def text_of(answer: FileRead | FileRefused) -> str:
    """Return the text of a file that was read."""
    assert isinstance(answer, FileRead), answer
    return "\n".join(page.text for page in answer.document.pages)


@pytest.mark.parametrize(("name", "make", "reasons", "text"), HOSTILE, ids=[case[0] for case in HOSTILE])
def test_a_hostile_file_gives_text_or_a_named_reason(
    tmp_path: Path, name: str, make: Callable[[], bytes], reasons: set[Reason], text: str
) -> None:
    (tmp_path / name).write_bytes(make())
    cost = cost_of(tmp_path / name)
    assert cost.processor_s < READ_LIMIT_S + 5
    assert (cost.memory_bytes or 0) < MEMORY_BYTES
    if reasons:
        assert isinstance(cost.answer, FileRefused)
        assert cost.answer.reason in reasons
    else:
        assert text in text_of(cost.answer)
    assert isinstance(cost.following, FileRead)


@pytest.mark.parametrize("name", office_files(""))
def test_an_entity_brings_in_no_file_and_no_billion_laughs(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret").write_text(SECRET)
    foreign = f'<!DOCTYPE x [<!ENTITY a11 SYSTEM "file://{tmp_path}/secret">]>'
    content = office_files("WORD")[name]
    files = {f"{n}{name}": with_entity(content, doctype) for n, doctype in enumerate((foreign, LAUGHTER))}
    without_secret, without_laughs = read_in_jail(tmp_path, files)
    assert "After." in text_of(without_secret)
    assert SECRET not in text_of(without_secret)
    if isinstance(without_laughs, FileRead):
        assert "haha" not in text_of(without_laughs)
    else:
        assert without_laughs.reason in (Reason.DAMAGED, Reason.NO_TEXT)


def test_a_line_of_a_hundred_megabytes_is_read_or_refused_in_time(tmp_path: Path) -> None:
    files = {"line.csv": b"name,value\n" + b"words and " * 10_000_000, "next.txt": b"The next file is read."}
    answer, following = read_in_jail(tmp_path, files)
    assert isinstance(answer, FileRead) or answer.reason in (Reason.TOO_LARGE, Reason.TOO_SLOW)
    assert isinstance(following, FileRead)


@pytest.mark.parametrize("name", ["a.pdf", "a.txt", "a.docx", "a.mbox"])
def test_twenty_gigabytes_of_nothing_are_refused_without_being_read(tmp_path: Path, name: str) -> None:
    cost = cost_of(sparse(tmp_path, name))
    assert isinstance(cost.answer, FileRefused)
    assert cost.answer.reason is Reason.TOO_LARGE
    assert cost.processor_s < 1


def test_a_page_of_a_hundred_million_points_is_not_drawn(tmp_path: Path) -> None:
    (tmp_path / "page.pdf").write_bytes(far_too_large_page())

    async def run() -> object:
        reader = Reader()
        try:
            return await reader.draw(os.fsencode(tmp_path / "page.pdf"), 1, None, 1.0)
        finally:
            reader.end()

    drawn = asyncio.run(run())
    assert isinstance(drawn, FileRefused)
    assert drawn.reason is Reason.TOO_LARGE


def test_a_folder_of_odd_names_and_of_what_is_no_file_is_listed_and_the_rest_read(tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    for name in ODD_NAMES:
        Path(os.fsdecode(os.fsencode(papers) + b"/" + name)).write_text(f"Wisteria stands in {len(name)}.")
    os.mkfifo(papers / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(papers / "s.txt"))
    (papers / "null.txt").symlink_to("/dev/null")
    (papers / "round.txt").symlink_to(papers / "round.txt")
    (papers / "again").symlink_to(papers)
    sparse(papers, "sparse.txt")

    async def scenario() -> None:
        reader = Reader()
        async with open_library(tmp_path / "data", read=reader.read) as library:
            await library.add(papers)
            rows = {os.path.basename(row.path): row for row in library.catalog.document_rows()}
            assert {name for name in ODD_NAMES if rows[name].state is DocumentState.READY} == set(ODD_NAMES)
            assert len(library.paths_with("wisteria")) == len(ODD_NAMES)
            assert {rows[name].reason for name in (b"pipe.txt", b"s.txt")} == {Reason.NOT_A_FILE}
            assert rows[b"sparse.txt"].reason is Reason.TOO_LARGE
        reader.end()

    asyncio.run(scenario())
