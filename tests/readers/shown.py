"""What a file reads as: its blocks in order."""

import io

from app.core.pages import Block, BlockKind, Page
from app.readers.reading import read

HEADING, PARAGRAPH, ITEM, TABLE = BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.TABLE


def pages(content: bytes, name: str) -> tuple[Page, ...]:
    """Return a file's pages."""
    return read(io.BytesIO(content), name)[1]


def shown(content: bytes, name: str) -> list[tuple[BlockKind, str]]:
    """Return the kind and the text of every block."""
    return [(block.kind, text(page, block)) for page in pages(content, name) for block in page.blocks]


def text(page: Page, block: Block) -> str:
    """Return a block's text."""
    return page.text[block.start : block.end]
