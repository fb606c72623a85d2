"""Which lines of a page's blocks are kept as they are: tables, code, headers of mails. Window process."""

import re

from app.core.pages import BlockKind

# Space that lines something up, and lines of name and value; prose has neither.
_ALIGNED = re.compile(r"(?:\n|\A) {2,}\S|\S {3,}\S")
_NAMED = re.compile(r"[^\n:]{1,40}: [^\n]*(?:\n[^\n:]{1,40}: [^\n]*)+\Z")


def is_aligned(text: str, kind: BlockKind) -> bool:
    """Whether space lines up what a text says, as in code, so that it needs a font of one width."""
    return kind is BlockKind.PARAGRAPH and _ALIGNED.search(text) is not None


def keeps_lines(text: str, kind: BlockKind) -> bool:
    """Whether a block's lines are its own; those of prose are its source's."""
    return kind is BlockKind.TABLE or is_aligned(text, kind) or _NAMED.match(text) is not None
