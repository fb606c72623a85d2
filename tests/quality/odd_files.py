"""Reads the odd and broken files of `../shared/evaluation/readers` in the jail: `-m tests.quality.odd_files`.

Each has to give text or a named reason. What was read of the PDF files that the manifest calls sound is held against
MuPDF's own text, space and control characters aside; of its other files against the characters that the manifest
counts.
"""

import asyncio
import json
import os
import time
import unicodedata
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pymupdf

from app.core.child_messages import FileRead
from app.core.types import Reason
from app.engine.readers import Reader
from app.readers import pdf

FOLDER = Path("../shared/evaluation/readers")
ENOUGH = 0.98
LIMIT_S = 30.0


async def measure() -> None:
    """Print how the files came out, those with too little text, and the slowest."""
    pdf.silence()
    rows = {row["path"]: row for row in map(json.loads, (FOLDER / "manifest.jsonl").read_text().splitlines())}
    paths = [*rows, *(f"tika_other/{path.name}" for path in sorted((FOLDER / "tika_other").iterdir()))]
    reader = Reader()
    outcomes: Counter[tuple[str, str]] = Counter()
    slowest: list[tuple[float, str]] = []
    asked = enough = 0
    for path in paths:
        began = time.perf_counter()
        answer = await reader.read(os.fsencode(FOLDER / path))
        slowest.append((time.perf_counter() - began, path))
        row = rows.get(path, {"outcome": "not said", "chars": None})
        said = "text" if isinstance(answer, FileRead) else answer.reason.value
        outcomes[row["outcome"], said] += 1
        if said in (Reason.READER_DIED, Reason.TOO_SLOW) or slowest[-1][0] > LIMIT_S:
            print(f"{path}: {said} after {slowest[-1][0]:.1f} s")
        if row["outcome"] == "ok" and row["chars"]:
            asked += 1
            texts = [page.text for page in answer.document.pages] if isinstance(answer, FileRead) else []
            is_pdf = path.endswith(".pdf")
            found = _visible_chars(texts) if is_pdf else sum(map(len, texts))
            wanted = _visible_chars(_own_texts(FOLDER / path)) if is_pdf else row["chars"]
            enough += found >= ENOUGH * wanted
            if found < ENOUGH * wanted:
                print(f"{path}: {found} of {wanted} characters, {said}")
    reader.end()
    print(f"{len(paths)} files; {enough} of {asked} 'ok' ones with {ENOUGH:.0%} of their characters")
    print(*(f"  {said:<12} {came:<14} {count}" for (said, came), count in sorted(outcomes.items())), sep="\n")
    print(*(f"  {seconds:.1f} s {path}" for seconds, path in sorted(slowest)[-3:]), sep="\n")


def _own_texts(path: Path) -> list[str]:
    with pymupdf.open(path) as document:
        return [str(page.get_text()) for page in document]


def _visible_chars(texts: Iterable[str]) -> int:
    return sum(not (char.isspace() or unicodedata.category(char) == "Cc") for text in texts for char in text)


if __name__ == "__main__":
    asyncio.run(measure())
