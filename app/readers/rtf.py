"""Read RTF: paragraphs, headings by style, lists, tables, notes, comments, headers and footers. Reader's process."""

from codecs import BOM_UTF8
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import BinaryIO

from app.core.pages import BlockKind, Page
from app.core.types import Reason
from app.readers.refusal import Refusal
from app.readers.rtf_tokens import CHARSETS, NAMED, Kind, Token, codec_of_page, decoded, is_in, tokens_of
from app.readers.sections import Part, clean, pages_of
from app.readers.tables import rows_of, table_parts
from app.readers.word_styles import heading_level

_MARK = b"{\\rtf"
_SIGNS = {
    **{"emdash": "—", "endash": "–", "bullet": "•", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”"},
    **{"tab": " ", "emspace": " ", "enspace": " ", "qmspace": " ", "line": "\n", "lbr": "\n", "softline": "\n"},
}
_SYMBOLS = {"~": " ", "_": "-", "\\": "\\", "{": "{", "}": "}", "\t": " "}
_BREAKS = frozenset(("par", "sect", "page", "column"))
_CELL_ENDS = frozenset(("cell", "nestcell"))
_ROW_ENDS = frozenset(("row", "nestrow"))
_MARGINS = frozenset(("header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf"))
# What hangs on a paragraph; the last two are boxes of text in drawings.
_NOTES = frozenset(("footnote", "annotation", "shptxt", "dptxbxtext"))
_DEFINITIONS = {"fonttbl": "fonts", "stylesheet": "styles", "title": "title", "listtext": "mark", "pntext": "mark"}
# Groups without text that is read; so is every group that says `\*` and is not named here.
_UNSEEN = frozenset(
    (
        "pict objdata objclass objname colortbl filetbl listtable listoverridetable rsidtbl revtbl generator fldinst "
        "nonesttables sp shprslt "
        "themedata colorschememapping latentstyles datastore xmlnstbl wgrffmtfilter author operator "
        "creatim revtim printim buptim comment doccomm keywords subject company manager category hlinkbase private "
        "ftnsep ftnsepc ftncn aftnsep aftnsepc aftncn atnid atnauthor listname tc xe txe rxe bkmkstart bkmkend falt"
    ).split()
)
_SEEN_STARRED = frozenset(
    (
        "do",
        "dptxbxtext",
        "shpinst",
        "shptxt",
        "annotation",
        "ud",
        "cs",
        "listtext",
        "pntext",
        "nesttableprops",
        "moMath",
        "moMathPara",
    )
)
_DEFAULT_CODEC = "cp1252"
_DEEPEST = 6


def pages(file: BinaryIO, name: str) -> tuple[str, tuple[Page, ...]]:
    """Return the title and the pages (sections) of an RTF file, or raise `Refusal`."""
    content = file.read().removeprefix(BOM_UTF8)
    if not content.lstrip().startswith(_MARK):
        raise Refusal(Reason.DAMAGED, "no RTF")
    title, parts = text_of(content)
    found = pages_of(parts)
    if not found:
        raise Refusal(Reason.NO_TEXT)
    headings = (part.text for part in parts if part.kind is BlockKind.HEADING and part.level == 1)
    return title or next(headings, PurePath(name).stem), found


def text_of(content: bytes) -> tuple[str, list[Part]]:
    """Return the title among the properties, "" if none, and the parts of a file."""
    walk = _Walk()
    for token in tokens_of(content):
        walk.take(token)
        if token.kind is Kind.CLOSE and not walk.outer:  # what comes after the last brace is no RTF
            break
    return walk.finished()


@dataclass(slots=True)
class _Story:
    """A run of paragraphs: the body, a note or a margin. `cells` and `rows` are of a table that is not yet over."""

    parts: list[Part] = field(default_factory=list[Part])
    words: list[str] = field(default_factory=list[str])
    mark: str = ""
    hanging: list[Part] = field(default_factory=list[Part])
    cell: list[str] = field(default_factory=list[str])
    cells: list[str] = field(default_factory=list[str])
    rows: list[list[str]] = field(default_factory=list[list[str]])

    def end_paragraph(self, level: int, in_table: bool) -> None:
        """Turn the words so far into a part, or into a line of a table's cell."""
        text, mark = _whole("".join(self.words)).strip(), self.mark
        self.words, self.mark = [], ""
        if in_table:
            self.cell += [mark + text] if text else []
            return
        self.end_table()
        if text and level:
            self.parts.append(Part(BlockKind.HEADING, " ".join((mark + text).split()), level))
        elif text:
            self.parts.append(Part(BlockKind.LIST_ITEM if mark else BlockKind.PARAGRAPH, mark + text))
        self.parts += self.hanging
        self.hanging = []

    def end_cell(self) -> None:
        """Take the words so far as a cell."""
        self.end_paragraph(0, in_table=True)
        self.cells.append(" ".join(self.cell))
        self.cell = []

    def end_row(self) -> None:
        """Take the cells so far as a row."""
        self.rows += [self.cells] if self.cells else []
        self.cells = []

    def end_table(self) -> None:
        """Turn the rows so far into a table."""
        if self.cell or self.cells:
            self.end_row()
            self.rows += [self.cell] if self.cell else []
            self.cell = []
        if self.rows:
            self.parts += table_parts(rows_of(self.rows))
            self.rows = []


@dataclass(frozen=True, slots=True)
class _Group:
    """What holds inside a pair of braces; `to` says what text in it is, `is_new` until its first word has told.

    `codec` is that of a font, "" if the font is in the document's own, None for the document's usual font.
    """

    story: _Story
    to: str = "text"
    codec: str | None = None
    fallback_chars: int = 1
    is_hidden: bool = False
    level: int = 0
    in_table: bool = False
    is_new: bool = False
    is_starred: bool = False


@dataclass(slots=True)
class _Walk:
    """Takes tokens and keeps what they say.

    `held` are bytes that wait to be decoded together; of the next text, `unread` characters stand for one that is
    there already; `entry` is the font or style whose definition is being read.
    """

    body: _Story = field(default_factory=_Story)
    margins: _Story = field(default_factory=_Story)
    title: list[str] = field(default_factory=list[str])
    codec: str = _DEFAULT_CODEC
    usual_font: int = 0
    fonts: dict[int, str] = field(default_factory=dict[int, str])
    styles: dict[int, int] = field(default_factory=dict[int, int])
    entry: int = 0
    entry_name: list[str] = field(default_factory=list[str])
    held: bytearray = field(default_factory=bytearray)
    unread: int = 0
    outer: list[_Group] = field(default_factory=list[_Group])
    now: _Group = field(init=False)

    def __post_init__(self) -> None:
        self.now = _Group(self.body)

    def take(self, token: Token) -> None:
        """Take one token."""
        if token.kind is Kind.TEXT:
            self._hold(token.text)
            return
        self._flush()
        match token.kind:
            case Kind.OPEN:
                self.unread = 0
                self.outer.append(self.now)
                self.now = replace(self.now, is_new=True, is_starred=False)
            case Kind.CLOSE:
                self.unread = 0
                self._close()
            case Kind.SYMBOL if token.word == "*":
                self.now = replace(self.now, is_starred=True)
            case Kind.SYMBOL if self.unread:
                self.unread -= 1
            case Kind.SYMBOL if token.word in "\r\n":
                self._end_paragraph()
            case Kind.SYMBOL:
                self._add(_SYMBOLS.get(token.word, ""))
            case Kind.WORD if self._begins_unseen(token.word):
                self.now = replace(self.now, to="unseen", is_new=False)
            case _:
                self._word(token.word, token.number)

    def finished(self) -> tuple[str, list[Part]]:
        """Return the title and all parts, those of margins last and each once."""
        self._flush()
        for story in (self.body, self.margins):
            story.end_paragraph(self.now.level, in_table=False)
        margins = dict.fromkeys(part.text for part in self.margins.parts)
        parts = [*self.body.parts, *(Part(BlockKind.PARAGRAPH, text) for text in margins)]
        return " ".join(_whole("".join(self.title)).split()), parts

    def _begins_unseen(self, word: str) -> bool:
        is_unknown = self.now.is_starred and word not in _SEEN_STARRED
        return self.now.to == "unseen" or (self.now.is_new and (word in _UNSEEN or is_unknown))

    def _word(self, word: str, number: int | None) -> None:
        if self.now.is_new:
            self._begin(word)
        if word == "u" and number is not None:
            self._add(chr(number & 0xFFFF))
            self.unread = self.now.fallback_chars
        elif self.unread:
            self.unread -= 1
        elif word in _SIGNS:
            self._add(_SIGNS[word])
        elif self.now.to == "text":
            self._structure(word)
        self._property(word, number)

    def _begin(self, word: str) -> None:
        """Take the first word of a group, which may say what the group is."""
        now = replace(self.now, is_new=False)
        if word in _DEFINITIONS:
            now = replace(now, to=_DEFINITIONS[word])
        elif word in _NOTES:
            now = replace(now, story=_Story(), level=0, in_table=False)
        elif word in _MARGINS:
            now = replace(now, story=self.margins, level=0, in_table=False)
        self.now = now

    def _close(self) -> None:
        closed = self.now
        if closed.to in ("fonts", "styles"):
            self._end_entry()
        self.now = self.outer.pop() if self.outer else closed
        if closed.story is self.now.story:
            if closed.to == "mark" and self.now.to != "mark":
                mark = closed.story.mark.strip()
                closed.story.mark = f"{mark} " if any(map(str.isalnum, mark)) else "• "
            return
        closed.story.end_paragraph(0, in_table=False)
        if closed.story is not self.margins:
            self.now.story.hanging += closed.story.parts

    def _structure(self, word: str) -> None:
        story = self.now.story
        if word in _BREAKS:
            self._end_paragraph()
        elif word in _CELL_ENDS:
            story.end_cell()
        elif word in _ROW_ENDS:
            story.end_row()
        elif word == "pard":
            self.now = replace(self.now, level=0, in_table=False)
        elif word == "intbl":
            self.now = replace(self.now, in_table=True)

    def _end_paragraph(self) -> None:
        if self.now.to == "text":
            self.now.story.end_paragraph(self.now.level, self.now.in_table)

    def _property(self, word: str, number: int | None) -> None:
        match word:
            case "ansicpg" if number is not None:
                self.codec = codec_of_page(number)
            case "mac":
                self.codec = "mac_roman"
            case "pc" | "pca":
                self.codec = "cp437" if word == "pc" else "cp850"
            case "uc":
                self.now = replace(self.now, fallback_chars=max(number or 0, 0))
            case "v" | "deleted" | "htmlrtf":
                self.now = replace(self.now, is_hidden=number != 0)
            case "plain":
                self.now = replace(self.now, is_hidden=False, codec=None)
            case "deff":
                self.usual_font = number or 0
            case "f" | "s" | "cs" if self.now.to in ("fonts", "styles"):
                self.entry, self.entry_name = number or 0, []
            case "fcharset" | "cpg" if self.now.to == "fonts":
                known = CHARSETS.get(number or 0, "") if word == "fcharset" else codec_of_page(number or 0)
                self.fonts[self.entry] = known or self.fonts.get(self.entry, "")
            case "outlinelevel" if self.now.to == "styles" and number is not None:
                self.styles[self.entry] = min(number + 1, _DEEPEST) if number < 9 else 0
            case "f":
                self.now = replace(self.now, codec=self.fonts.get(number or 0, ""))
            case "s":
                self.now = replace(self.now, level=self.styles.get(number or 0, 0))
            case "outlinelevel" if number is not None:
                self.now = replace(self.now, level=min(number + 1, _DEEPEST) if number < 9 else 0)
            case _:
                pass

    def _end_entry(self) -> None:
        """Take the name of a style, of which a heading's says its level, or of a font, which may say its encoding."""
        name = "".join(self.entry_name).strip().strip(";")
        level = heading_level(name)
        if self.now.to == "styles" and level:
            self.styles.setdefault(self.entry, level)
        if self.now.to == "fonts" and not self.fonts.get(self.entry):
            self.fonts[self.entry] = NAMED.get(name.rpartition(" ")[2], "")
        self.entry_name = []

    def _hold(self, content: bytes) -> None:
        skipped = min(self.unread, len(content))
        self.unread -= skipped
        self.held += content[skipped:]
        self.now = replace(self.now, is_new=False) if self.now.is_new else self.now

    def _flush(self) -> None:
        if self.held:
            content = bytes(self.held)
            font = self._usual(content) if self.now.codec is None else self.now.codec
            self._add(decoded(content, font or self.codec))
            self.held.clear()

    def _usual(self, content: bytes) -> str:
        """Return the encoding of the document's usual font, "" if the bytes are none of it: its own holds then."""
        font = self.fonts.get(self.usual_font, "")
        return font if font and is_in(content, font) else ""

    def _add(self, text: str) -> None:
        now = self.now
        if now.is_hidden or not text:
            return
        match now.to:
            case "text":
                now.story.words.append(text)
            case "mark":
                now.story.mark += text
            case "title":
                self.title.append(text)
            case "fonts" | "styles":
                self.entry_name.append(text)
            case _:
                pass


def _whole(text: str) -> str:
    """Return cleaned text with characters that were written as two halves put together."""
    return clean(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
