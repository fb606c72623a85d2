"""Read HTML as its reader sees it, without scripts, styles and navigation. Runs in the reader's process."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import BinaryIO

from selectolax.lexbor import LexborHTMLParser, LexborNode

from app.core.pages import BlockKind, Page
from app.core.types import Reason
from app.readers.encoding import text_of
from app.readers.refusal import Refusal
from app.readers.sections import Part, clean, pages_of
from app.readers.tables import rows_of, spread, table_parts

_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_:.-]+)""", re.IGNORECASE)
_CHARSET_BYTES = 4096
# In XML an element may end where it begins; in HTML a title or a script that does takes in all that follows.
_XHTML = re.compile(r"<\?xml\s|[\"']http://www\.w3\.org/1999/xhtml[\"']")
_EMPTY = re.compile(
    r"<(?!(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr)\b)([A-Za-z][\w:.-]*)([^<>]*)/>"
)
# A longer cell is a column of the page, not a value.
CELL_LIMIT_CHARS = 500
_DROPPED = frozenset(
    ("script style nav template noscript svg head iframe object select button dialog math canvas audio video").split()
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
# Elements that stand within a line; every other one begins and ends a part.
_INLINE = frozenset(
    (
        "-text a abbr acronym b bdi bdo big cite code data del dfn em font i img input ins kbd label mark output q rp "
        "rt ruby s samp small span strike strong sub sup time tt u var wbr"
    ).split()
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def pages(file: BinaryIO, name: str) -> tuple[str, tuple[Page, ...]]:
    """Return the title and the pages of an HTML file, or raise `Refusal`."""
    text = _text_of(file.read())
    tree = LexborHTMLParser(text)
    titles = [node.text() for node in tree.css("title")[:1]]
    parts = list(parts_of(tree))
    if not parts:
        raise Refusal(Reason.NO_TEXT if text.strip() else Reason.EMPTY)
    titles += [part.text for part in parts if part.kind is BlockKind.HEADING][:1]
    return next(filter(None, map(_one_line, titles)), PurePath(name).stem), pages_of(parts)


def parts_in(content: bytes) -> list[Part]:
    """Return the visible parts of a page, whatever its encoding."""
    return list(parts_of(LexborHTMLParser(_text_of(content))))


def _text_of(content: bytes) -> str:
    declared = _CHARSET.search(content[:_CHARSET_BYTES])
    text = text_of(content, declared.group(1).decode("ascii") if declared else "")
    return _EMPTY.sub(r"<\1\2></\1>", text) if _XHTML.search(text[:_CHARSET_BYTES]) else text


def parts_of(tree: LexborHTMLParser) -> Iterator[Part]:
    """Yield the visible parts of a parsed page, which loses what is dropped."""
    tree.strip_tags(list(_DROPPED))
    walk = _Walk()
    if tree.body is not None:
        _visit(tree.body, walk)
    walk.end_part()
    return (part for part in walk.parts if part.text.strip())


@dataclass(slots=True)
class _Walk:
    """What has been gathered; `lists` holds the number of the last item of each open list, None where not numbered."""

    parts: list[Part] = field(default_factory=list[Part])
    words: list[str] = field(default_factory=list[str])
    kind: BlockKind = BlockKind.PARAGRAPH
    level: int = 0
    mark: str = ""
    lists: list[int | None] = field(default_factory=list["int | None"])
    preformatted: int = 0

    def end_part(self) -> None:
        """Turn the words so far into a part."""
        text = clean("".join(self.words)).strip("\n")
        self.words = []
        if text.strip():
            self.parts.append(Part(self.kind, self.mark + text.strip(" "), self.level))
            self.mark = ""

    def begin(self, kind: BlockKind, level: int = 0) -> None:
        """End the part in hand and begin one of this kind."""
        self.end_part()
        self.kind, self.level = kind, level


def _visit(root: LexborNode, walk: _Walk) -> None:
    """Walk the tree without recursion, because a page may be nested deeper than Python's stack."""
    node: LexborNode | None = root
    while node is not None:
        below = node.child if _enter(node, walk) else None
        if below is not None:
            node = below
            continue
        while node is not None:
            _leave(node, walk)
            if node.mem_id == root.mem_id:
                return
            if node.next is not None:
                node = node.next
                break
            node = node.parent


def _enter(node: LexborNode, walk: _Walk) -> bool:
    """Take in a node and return whether to go on below it."""
    tag = node.tag or ""
    match tag:
        case "-text":
            _add_text(node.text_content or "", walk)
        case "br":
            walk.words.append("\n")
        case "img":
            walk.words.append(node.attributes.get("alt") or "")
        case "table" if _is_grid(node):
            walk.begin(BlockKind.TABLE)
            walk.parts += _grid(node)
            return False
        case "ol" | "ul":
            walk.begin(BlockKind.PARAGRAPH)
            walk.lists.append(0 if tag == "ol" else None)
        case "li":
            walk.begin(BlockKind.LIST_ITEM)
            walk.mark = _next_mark(walk.lists)
        case "pre":
            walk.begin(BlockKind.PARAGRAPH)
            walk.preformatted += 1
        case _ if tag in _HEADINGS:
            walk.begin(BlockKind.HEADING, _HEADINGS[tag])
        case _ if tag not in _INLINE:
            walk.begin(BlockKind.LIST_ITEM if walk.lists else BlockKind.PARAGRAPH)
        case _:
            pass
    return not _HIDDEN.search(node.attributes.get("style") or "") if tag[:1] != "-" else False


def _leave(node: LexborNode, walk: _Walk) -> None:
    tag = node.tag or ""
    if tag in _INLINE or tag[:1] == "-" or tag == "br":
        return
    if tag in ("ol", "ul") and walk.lists:
        walk.lists.pop()
    if tag == "pre":
        walk.preformatted -= 1
    walk.begin(BlockKind.LIST_ITEM if walk.lists else BlockKind.PARAGRAPH)


def _add_text(text: str, walk: _Walk) -> None:
    if walk.preformatted:
        walk.words.append(text)
        return
    words = " ".join(text.split())
    before = walk.words[-1][-1:] if walk.words else "\n"
    if text[:1].isspace() and before not in ("", " ", "\n"):
        words = " " + words
    if text[-1:].isspace() and words.strip():
        words += " "
    walk.words.append(words)


def _next_mark(lists: list[int | None]) -> str:
    number = lists[-1] if lists else None
    if number is None:
        return "• "
    lists[-1] = number + 1
    return f"{number + 1}. "


def _is_grid(table: LexborNode) -> bool:
    """Whether a table shows values in rows and columns, and is not the page's layout."""
    if len(table.css("table")) > 1 or table.css_first("h1, h2, h3, ul, ol") is not None:
        return False
    rows = [row.css("td, th") for row in table.css("tr")]
    if any(len(cell.text()) > CELL_LIMIT_CHARS for row in rows for cell in row):
        return False
    return sum(len(row) > 1 for row in rows) > 1


def _grid(table: LexborNode) -> list[Part]:
    rows = ([(cell.text(separator=" "), _span(cell)) for cell in row.css("td, th")] for row in table.css("tr"))
    return table_parts(rows_of(map(spread, rows)))


def _span(cell: LexborNode) -> int:
    """Return how many columns a cell takes."""
    columns = cell.attributes.get("colspan") or ""
    return int(columns) if columns.isdecimal() and len(columns) < 5 else 1


def _one_line(text: str) -> str:
    return " ".join(clean(text).split())
