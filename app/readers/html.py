"""Read HTML as its reader sees it, without scripts, styles and navigation. Runs in the reader's process."""

import re
from dataclasses import dataclass, field
from html import escape
from pathlib import PurePath
from typing import BinaryIO

from selectolax.lexbor import LexborHTMLParser, LexborNode

from app.core.pages import BlockKind, Page
from app.core.types import Reason
from app.readers.encoding import text_of
from app.readers.html_tables import grid_parts, is_grid
from app.readers.html_tags import shortened
from app.readers.refusal import Refusal
from app.readers.sections import Part, clean, pages_of

_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_:.-]+)""", re.IGNORECASE)
_CHARSET_BYTES = 4096
# In XML an element may end where it begins; in HTML a title or a script that does takes in all that follows.
_XHTML = re.compile(r"<\?xml\s|[\"']http://www\.w3\.org/1999/xhtml[\"']")
_EMPTY = re.compile(
    r"<(?!(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr)\b)([A-Za-z][\w:.-]*)([^<>]*)/>"
)
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_NEVER_SEEN = ("script", "style", "template", "head", "annotation", "annotation-xml", "rt", "rp", "rtc")
"""What is no text of its own; how characters are to be said (`rt`) stands between them, and would part words."""
_DROPPED = ("nav", "noscript", "button", "canvas", "audio", "video")
"""What is left out of a page that shows something else."""
# Elements that hold their content as text, where a page has no other.
_RAW = "title, noframes"
_FRAMES_LIMIT = 3
# A page of frames has no body; one that has both is read as if it had no frames.
_FRAMES = re.compile(r"</?frame(?:set)?\b[^<>]*>", re.IGNORECASE)
_UNFILLED_KINDS = frozenset(("hidden", "password", "submit", "button", "reset", "checkbox", "radio", "file", "image"))
# What else than text shows a table's cell.
_SHOWING = "img, input, select, svg, dialog, [style], [hidden]"
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
# Elements that stand within a line; every other one begins and ends a part.
_INLINE = frozenset(
    (
        "-text a abbr acronym b bdi bdo big cite code data del dfn em font i img input ins kbd label mark output q "
        "ruby s samp small span strike strong sub sup time tt u var wbr "
        "select input svg math mrow mi mo mn ms mtext msup msub msubsup mfrac msqrt mroot mover munder munderover "
        "mstyle mpadded mfenced semantics"
    ).split()
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def pages(file: BinaryIO, name: str) -> tuple[str, tuple[Page, ...]]:
    """Return the title and the pages of an HTML file, or raise `Refusal`."""
    text = _text_of(file.read())
    title, parts = _read(text, 0)
    if not parts:
        raise Refusal(Reason.NO_TEXT if text.strip() else Reason.EMPTY)
    headings = [part.text for part in parts if part.kind is BlockKind.HEADING][:1]
    return next(filter(None, map(_one_line, (title, *headings))), PurePath(name).stem), pages_of(parts)


def parts_in(content: bytes) -> list[Part]:
    """Return the visible parts of a page, whatever its encoding."""
    return parts_of(_text_of(content))


def parts_of(text: str) -> list[Part]:
    """Return the visible parts of a page; of one that shows nothing else, what it shows a reader without scripts."""
    return _read(text, 0)[1]


def _read(text: str, depth: int) -> tuple[str, list[Part]]:
    """Return the title and the visible parts of a page that stands in so many others."""
    text = shortened(text)
    tree = LexborHTMLParser(text)
    title = next((node.text() for node in tree.css("head > title")), "")
    raw = "\n".join(node.text() for node in tree.css(_RAW))
    tree.strip_tags([*_NEVER_SEEN, *_DROPPED])
    parts = _visible(tree, depth)
    if not parts:
        tree = LexborHTMLParser(text)
        tree.strip_tags(list(_NEVER_SEEN))
        parts = _visible(tree, depth)
    if not parts and depth < _FRAMES_LIMIT and "<" in raw:
        parts = _read(raw, depth + 1)[1]
    if not parts and depth < _FRAMES_LIMIT and _FRAMES.search(text):
        parts = _read(_FRAMES.sub("", text), depth + 1)[1]
    return title, parts


def _visible(tree: LexborHTMLParser, depth: int) -> list[Part]:
    walk = _Walk(depth)
    if tree.body is not None:
        _visit(tree.body, walk)
    walk.end_part()
    return [part for part in walk.parts if part.text.strip()]


def _text_of(content: bytes) -> str:
    declared = _CHARSET.search(content[:_CHARSET_BYTES])
    text = text_of(content, declared.group(1).decode("ascii") if declared else "")
    if not _XHTML.search(text[:_CHARSET_BYTES]):
        return text
    return _EMPTY.sub(r"<\1\2></\1>", _CDATA.sub(lambda found: escape(found[1]), text))


@dataclass(slots=True)
class _Walk:
    """What has been gathered; `lists` holds the number of the last item of each open list, None where not numbered."""

    depth: int = 0
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
        case "select" | "input" | "svg":
            _add_text(f" {_shown(node)} ", walk)
            return False
        case "iframe":
            walk.begin(BlockKind.PARAGRAPH)
            source = node.attributes.get("srcdoc") or ""
            walk.parts += _read(source, walk.depth + 1)[1] if source and walk.depth < _FRAMES_LIMIT else ()
            return False
        case "table" if is_grid(node):
            walk.begin(BlockKind.TABLE)
            walk.parts += grid_parts(node, _words_of)
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
    return tag[:1] != "-" and not _is_hidden(node)


def _is_hidden(node: LexborNode) -> bool:
    told = node.attributes
    return (
        "hidden" in told
        or (node.tag == "dialog" and "open" not in told)
        or bool(_HIDDEN.search(told.get("style") or ""))
    )


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


def _shown(node: LexborNode) -> str:
    """Return what a field is filled with, or what is written in a drawing."""
    match node.tag:
        case "select":
            chosen = node.css("option[selected]") or node.css("option")[:1]
            return " ".join(_one_line(one.text()) for one in chosen)
        case "input":
            kind = (node.attributes.get("type") or "text").lower()
            return "" if kind in _UNFILLED_KINDS else node.attributes.get("value") or ""
        case _:
            return "\n".join(_one_line(one.text()) for one in node.css("text"))


def _words_of(node: LexborNode) -> str:
    """Return all that a cell or a caption shows, on one line."""
    if node.css_first(_SHOWING) is None:
        return _one_line(node.text(separator=" "))
    walk = _Walk(_FRAMES_LIMIT)
    _visit(node, walk)
    walk.end_part()
    return " ".join(_one_line(part.text) for part in walk.parts)


def _one_line(text: str) -> str:
    return " ".join(clean(text).split())
