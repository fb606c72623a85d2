"""Forgets a folder that answers cite, in the whole engine, and reads every byte of the data directory for it."""

import asyncio
import base64
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from app.config.paths import DataPaths
from app.core.messages import AnswerFinished, Ask
from app.core.receipt_messages import Forget, Forgot
from app.core.types import Filters
from app.engine.session import Session, open_session
from tests.engine.sessions import BRIEF, final, indexed

FOLDER, FILE, WORD = "zukrovian", "quillombra deed.txt", "vorpalixen"
SENTENCE = f"The {WORD} was sold for nine thousand drachmas – in “Marlbeck”, north of the river."
PIECES = (SENTENCE[:24], SENTENCE[20:60], FILE, FOLDER, WORD, WORD[4:])


def spelt(text: str) -> Iterator[bytes]:
    """Yield a text in every way that a file may hold it: as it is, in UTF-16, in JSON, in base64 at any place."""
    yield from (text.encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be"))
    yield json.dumps(text)[1:-1].encode()
    for before in range(3):
        coded = base64.b64encode(b" " * before + text.encode())
        yield coded[4 if before else 0 : len(coded) // 4 * 4 - 4]


def holding(data: Path, sought: list[bytes]) -> dict[str, list[bytes]]:
    """Return the files that hold any of what is sought, with what they hold."""
    files = (path for path in data.rglob("*") if path.is_file() and "models" not in path.relative_to(data).parts)
    found = {path.relative_to(data).as_posix(): path.read_bytes() for path in files}
    return {name: held for name, content in found.items() if (held := [one for one in sought if one in content])}


def vector_bytes(session: Session, folder: bytes) -> list[bytes]:
    """Return a part of each vector of a folder, as Chroma holds it, and of its text's hash."""
    engine = session.engine
    rows = engine._catalog.database.read(  # pyright: ignore[reportPrivateUsage] - what no message tells
        "SELECT p.text_hash FROM passages p JOIN documents d ON d.text_id = p.text_id WHERE d.path > ? AND d.path < ?",
        (folder + b"/", folder + b"0"),
    )
    (store,) = engine._spaces.stores  # pyright: ignore[reportPrivateUsage]
    ids = [hashed.hex() for (hashed,) in rows]
    held = store._chroma.get(ids=ids, include=["embeddings"])["embeddings"]  # pyright: ignore[reportPrivateUsage]
    assert held is not None
    assert len(held) == len(ids) > 0
    vectors = [np.asarray(vector, np.float32) for vector in held]
    return [*(vector[:4].tobytes() for vector in vectors), *(one.encode() for one in ids)]


def write(papers: Path) -> tuple[Path, Path]:
    kept, secret = papers / "kept", papers / FOLDER
    for folder in (kept, secret):
        folder.mkdir(parents=True)
    for n in range(6):
        (kept / f"{n}.txt").write_text(
            f"Report {n}. " + f"The crane number {n * 7} was painted green in 19{n + 10}. " * 20
        )
    (secret / FILE).write_text("\n\n".join(f"Clause {n}. {SENTENCE} " * 8 for n in range(6)))
    return kept, secret


def test_no_byte_of_what_answers_cited_is_left_in_the_data_directory(paths: DataPaths, tmp_path: Path) -> None:
    kept, secret = write(tmp_path / "papers")
    path = os.fsencode(secret)
    sought = [one for piece in PIECES for one in spelt(piece)]

    async def scenario() -> None:
        async with open_session(paths, BRIEF) as session:
            await indexed(session, kept)
            await indexed(session, secret)
            for name, asked in (("narrowed", Filters(paths=(path,))), ("wide", Filters())):
                cited = await final(
                    session, Ask("What was sold, and where?", (), asked, conversation=name), AnswerFinished
                )
                assert any(hit.path.startswith(path) for hit in cited.answer.evidence)
            sought.extend(vector_bytes(session, path))
            shutil.copy(paths.history.with_name("history.sqlite-wal"), paths.root / "history.sqlite.damaged")
            shutil.copy(paths.history.with_name("history.sqlite-wal"), paths.root / "history.sqlite.damaged.0")
            assert {name.partition("/")[0].partition("-")[0] for name in holding(paths.root, sought)} >= {
                "catalog.sqlite", "history.sqlite", "chroma", "history.sqlite.damaged", "history.sqlite.damaged.0",
            }  # fmt: skip
            forgot = await final(session, Forget(path), Forgot)
            assert (forgot.documents, forgot.receipts, forgot.left) == (1, 2, 0)
            assert holding(paths.root, sought) == {}
        assert holding(paths.root, sought) == {}
        async with open_session(paths, BRIEF) as session:
            await session.settle(lambda _progress: None)
            rows = session.status()
            assert (rows.ready, rows.unembedded) == (6, 0)
        assert holding(paths.root, sought) == {}

    asyncio.run(scenario())
