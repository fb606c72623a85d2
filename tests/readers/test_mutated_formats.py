"""Files of every format with bytes changed, lost and doubled: each gives text or a refusal, and nothing else."""

import io
import random
import zipfile

import pytest

from app.core.passages import passages_of
from app.readers.reading import read
from app.readers.refusal import Refusal
from app.readers.sentences import sentences
from tests.readers.test_drawn_formats import FILES

MUTANTS = 60


def mutated(content: bytes, chance: random.Random) -> bytes:
    """Return content with a few places changed, cut out, repeated, or with its end lost."""
    mutant = bytearray(content or b"x")
    for _ in range(chance.randint(1, 8)):
        place = chance.randrange(len(mutant))
        match chance.randrange(8):
            case 0:
                mutant = mutant[: max(place, 20)]
            case 1 | 2 if len(mutant) > 60:
                del mutant[place : place + chance.randint(1, 40)]
            case 3 | 4:
                mutant[place:place] = mutant[chance.randrange(len(mutant)) :][: chance.randint(1, 60)]
            case _:
                mutant[place] = chance.randrange(256)
    return bytes(mutant)


def mutated_part(content: bytes, chance: random.Random) -> bytes:
    """Return a zip with one of its parts mutated."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as whole, zipfile.ZipFile(file, "w") as changed:
        hit = chance.choice(whole.namelist())
        for name in whole.namelist():
            changed.writestr(name, mutated(whole.read(name), chance) if name == hit else whole.read(name))
    return file.getvalue()


@pytest.mark.parametrize("name", FILES)
def test_a_mutated_file_gives_text_or_a_refusal(name: str) -> None:
    chance = random.Random(name)
    content = FILES[name]
    outcomes: set[str] = set()
    for n in range(MUTANTS):
        is_part = content.startswith(b"PK") and n % 4
        mutant = mutated_part(content, chance) if is_part else mutated(content, chance)
        try:
            _title, pages, *_ = read(io.BytesIO(mutant), name)
        except Refusal as refusal:
            outcomes.add(refusal.reason)
            continue
        passages_of(pages, sentences)
        outcomes.add("text")
    assert "text" in outcomes
