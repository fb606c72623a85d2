"""Arabic and Hebrew as they are seen: letters in their joined forms, a line's characters from left to right. Pure.

A plain reading of the Unicode Bidirectional Algorithm (UAX 9) without embeddings, for lines that are drawn glyph by
glyph. Runs in the reader's process.
"""

import unicodedata
from collections.abc import Sequence
from itertools import groupby

_LAM = "\u0644"
_TATWEEL = "\u0640"
_ZERO_WIDTH_NON_JOINER = "\u200c"
_PRESENTATION_FORMS = (*range(0xFB50, 0xFC00), *range(0xFE80, 0xFEFD))
_LEFTWARDS = ("R", "AL")
_MIRRORED = str.maketrans("()[]{}<>«»", ")(][}{><»«")


def _forms() -> dict[str, dict[str, str]]:
    """Return the presentation forms of each letter, and of lam with each alef, by "initial", "medial" and so on."""
    forms: dict[str, dict[str, str]] = {}
    for code in _PRESENTATION_FORMS:
        form, _, letters = unicodedata.decomposition(chr(code)).partition(" ")
        if letters:
            whole = "".join(chr(int(letter, 16)) for letter in letters.split())
            forms.setdefault(whole, {}).setdefault(form.strip("<>"), chr(code))
    return forms


_FORMS = _forms()


def reads_right_to_left(text: str) -> bool:
    """Whether the first letter with a direction is Arabic, Hebrew or of their kin."""
    kinds = (unicodedata.bidirectional(character) for character in text)
    return next((kind for kind in kinds if kind in ("L", *_LEFTWARDS)), "L") != "L"


def joined(text: str) -> list[str]:
    """Return the form in which each character is drawn, "" where the one before has taken it in."""
    shapes = list(text)
    letters = [i for i, character in enumerate(text) if not _is_transparent(character)]
    for place, i in enumerate(letters):
        letter = text[i]
        if letter not in _FORMS:
            continue
        before = place > 0 and _joins(text[letters[place - 1]], "initial") and _joins(letter, "final")
        after = place + 1 < len(letters) and _joins(letter, "initial") and _joins(text[letters[place + 1]], "final")
        pair = text[i : i + 2]
        if letter == _LAM and len(pair) > 1 and pair in _FORMS:
            shapes[i], shapes[i + 1] = _FORMS[pair]["final" if before else "isolated"], ""
        elif shapes[i]:
            form = ("medial" if before else "initial") if after else ("final" if before else "isolated")
            shapes[i] = _FORMS[letter].get(form, letter)
    return shapes


def _joins(letter: str, form: str) -> bool:
    return letter == _TATWEEL or form in _FORMS.get(letter, ())


def _is_transparent(character: str) -> bool:
    return unicodedata.category(character) == "Mn" or (
        unicodedata.category(character) == "Cf" and character != _ZERO_WIDTH_NON_JOINER
    )


def visual_order(text: str, right_to_left: bool) -> list[tuple[int, bool]]:
    """Return the places of a line's characters from left to right, each with whether it is set leftwards.

    `right_to_left` is the direction of the line's paragraph.
    """
    if not right_to_left and not any(unicodedata.bidirectional(character) in _LEFTWARDS for character in text):
        return [(place, False) for place in range(len(text))]
    by_direction = {"L": 2 if right_to_left else 0, "R": 1, "N": 2}
    levels = [by_direction[direction] for direction in _directions(text, right_to_left)]
    order = list(range(len(text)))
    for level in range(max(levels, default=0), 0, -1):
        runs = groupby(order, key=lambda place: levels[place] >= level)
        order = [place for high, run in runs for place in (reversed(list(run)) if high else run)]
    return [(place, levels[place] == 1) for place in order]


def mirrored(shape: str) -> str:
    """Return a bracket as it looks where it is set leftwards."""
    return shape.translate(_MIRRORED)


def _directions(text: str, right_to_left: bool) -> list[str]:
    """Return "L", "R" or "N" (a number among R) for every character; what has no direction takes its neighbours'."""
    base = "R" if right_to_left else "L"
    kinds = [unicodedata.bidirectional(character) for character in text]
    strong = base
    found: list[str] = []
    for i, kind in enumerate(kinds):
        match kind:
            case "L" | "R" | "AL":
                strong = "L" if kind == "L" else "R"
                found.append(strong)
            case "EN" | "AN":
                found.append("L" if strong == "L" else "N")
            case "NSM" if found:
                found.append(found[-1])
            case "CS" | "ES" | "ET" if found and found[-1] == "N" and _is_number(kinds, i + 1, kind):
                found.append("N")
            case _:
                found.append("")
    return _filled(found, base)


def _is_number(kinds: Sequence[str], place: int, kind: str) -> bool:
    """Whether a sign after a number belongs to it: a percent sign does, a comma only before more digits."""
    return kind == "ET" or (place < len(kinds) and kinds[place] in ("EN", "AN"))


def _filled(found: Sequence[str], base: str) -> list[str]:
    """Return directions with those of what had none: that of both neighbours if they agree, else the paragraph's."""
    runs = [(direction, len(list(run))) for direction, run in groupby(found)]
    filled: list[str] = []
    for i, (direction, count) in enumerate(runs):
        before = (runs[i - 1][0] if i else base).replace("N", "R")
        after = (runs[i + 1][0] if i + 1 < len(runs) else base).replace("N", "R")
        filled += [direction or (before if before == after else base)] * count
    return filled
