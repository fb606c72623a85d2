"""Read source code: lines as they are, headings where a class or function begins. Runs in the reader's process."""

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import PurePath
from typing import BinaryIO

from app.core.pages import BlockKind, Page
from app.core.types import Reason
from app.readers.encoding import text_of
from app.readers.refusal import Refusal
from app.readers.sections import Part, pages_of

TAB_SPACES = 4
HEADING_LIMIT_CHARS = 160
_MODIFIERS = (
    "(?:export|default|public|private|protected|internal|static|final|abstract|async|sealed|partial|virtual|override|"
    r"open|data|inline|pub(?:\([a-z]+\))?|unsafe|const|extern|template\s*<[^>]*>)\s+"
)
_OUTER = re.compile(
    rf"(?:{_MODIFIERS})*(?:class|interface|struct|enum|union|trait|impl|module|namespace|protocol|object|record|package)"
    r"\s+\w"
    r"|\s*CREATE\s+(?:OR\s+REPLACE\s+)?(?:TABLE|VIEW|FUNCTION|PROCEDURE|TRIGGER|INDEX)\b|\[\[?[\w.\-\" ]+\]\]?$",
    re.IGNORECASE,
)
_INNER = re.compile(
    rf"\s{{0,8}}(?:{_MODIFIERS})*(?:def|function|func|fn|fun|sub|proc|procedure)\s+[\w(&*<]", re.IGNORECASE
)
# In C and its kin nothing but a parameter list at the line's beginning tells a function.
_C_LIKE = re.compile(r"[A-Za-z_][\w\s*:<>,&~\[\]]*\s[*&]*[\w:~]+\s*\([^;=]*\)?\s*(?:const\s*)?\{?$")
_C_SUFFIXES = frozenset((".c", ".h", ".cc", ".cpp", ".cxx", ".hpp", ".hh", ".m", ".mm", ".java", ".cs"))
_NOT_A_FUNCTION = re.compile(r"(?:if|else|for|while|switch|return|do|case|using|typedef)\b")


def pages(file: BinaryIO, name: str) -> tuple[str, tuple[Page, ...]]:
    """Return the name and the pages of a file of source code, or raise `Refusal`."""
    text = text_of(file.read())
    parts = list(parts_of(text, PurePath(name).suffix.lower()))
    if not parts:
        raise Refusal(Reason.EMPTY)
    return PurePath(name).stem, pages_of(parts)


def parts_of(text: str, suffix: str) -> Iterator[Part]:
    """Yield the parts of a text: headings, and the lines between, which blank lines part."""
    lines = (line.expandtabs(TAB_SPACES).rstrip() for line in text.split("\n"))
    for level, run in groupby(lines, key=lambda line: _level(line, suffix)):
        if level:
            yield from (Part(BlockKind.HEADING, line.strip(), level) for line in run)
        else:
            yield from _stretches(list(run))


def _level(line: str, suffix: str) -> int:
    """Return 1 for a line that begins a class or the like, 2 for one that begins a function, else 0."""
    if not line.strip() or len(line) > HEADING_LIMIT_CHARS:
        return 0
    if _OUTER.match(line):
        return 1
    if _INNER.match(line):
        return 2
    is_c_like = suffix in _C_SUFFIXES and _C_LIKE.match(line) and not _NOT_A_FUNCTION.match(line)
    return 2 if is_c_like else 0


def _stretches(lines: list[str]) -> Iterator[Part]:
    for is_filled, run in groupby(lines, key=lambda line: bool(line.strip())):
        if is_filled:
            yield Part(BlockKind.PARAGRAPH, "\n".join(run))
