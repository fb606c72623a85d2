"""Which lines of a page's blocks are kept as they are: tables, code, headers of mails. Window process."""

import re
from collections.abc import Iterator

from app.core.pages import BlockKind, Span

# Space that lines something up, and lines of name and value; prose has neither.
_ALIGNED = re.compile(r"(?:\n|\A) {2,}\S|\S {3,}\S")
_ANSWERED = re.compile(r"^>", re.MULTILINE)
_NAMED = re.compile(r"[^\n:]{1,40}: [^\n]*(?:\n[^\n:]{1,40}: [^\n]*)+\Z")


def is_aligned(text: str, kind: BlockKind) -> bool:
    """Whether space lines up what a text says, as in code, so that it needs a font of one width."""
    return kind is BlockKind.PARAGRAPH and _ALIGNED.search(text) is not None


def keeps_lines(text: str, kind: BlockKind) -> bool:
    """Whether a block's lines are its own, as those of code or of a mail that is answered; of prose they are not."""
    return kind is BlockKind.TABLE or is_aligned(text, kind) or _ANSWERED.search(text) is not None


def named_values(text: str, whole: Span, kind: BlockKind) -> Iterator[tuple[Span, Span]]:
    """Yield name and value of every line, such as a mail's headers, nothing for a block of other lines."""
    if kind is BlockKind.PARAGRAPH and _NAMED.match(text[whole.start : whole.end]):
        start = whole.start
        for line in text[whole.start : whole.end].split("\n"):
            colon = start + line.index(":") + 1
            yield Span(start, colon), Span(min(colon + 1, start + len(line)), start + len(line))
            start += len(line) + 1
