"""RTF as tokens, and the encodings of its text. Runs in the reader's process."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

_TOKEN = re.compile(
    rb"\\([a-zA-Z]+)(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\(.)|([{}])|([^\\{}\r\n\x00]+)|[\r\n\x00]|\\", re.DOTALL
)
_BINARY_LIMIT = 1 << 31
# A font's character set and the encoding of its text (RTF 1.9.1, \fcharsetN); others have the document's own.
CHARSETS = {
    **{77: "mac_roman", 128: "cp932", 129: "cp949", 134: "gb18030", 136: "cp950", 161: "cp1253", 162: "cp1254"},
    **{163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250"},
    **{255: "cp437"},
}
# How the name of a font ended that was for other letters, before fonts told their character set.
NAMED = {
    **{"CE": "cp1250", "Cyr": "cp1251", "Greek": "cp1253", "Tur": "cp1254", "Baltic": "cp1257"},
    **{"(Hebrew)": "cp1255", "(Arabic)": "cp1256", "(Thai)": "cp874", "(Vietnamese)": "cp1258"},
}
CODE_PAGES = {936: "gb18030", 10000: "mac_roman", 10001: "shift_jis", 65001: "utf-8"}


class Kind(Enum):
    """What a token is."""

    OPEN = auto()
    CLOSE = auto()
    WORD = auto()
    SYMBOL = auto()
    TEXT = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """`word` of a control word or symbol, with its `number`, None if it has none; `text` as the file's bytes."""

    kind: Kind
    word: str = ""
    number: int | None = None
    text: bytes = b""


def tokens_of(content: bytes) -> Iterator[Token]:
    """Yield the tokens of a file; binary data within it is passed over."""
    place = 0
    while (match := _TOKEN.match(content, place)) is not None:
        place = match.end()
        word, number, code, symbol, brace, text = match.groups()
        if word == b"bin":
            place += min(max(int(number or b"0"), 0), _BINARY_LIMIT)
        elif word is not None:
            yield Token(Kind.WORD, word.decode("ascii"), int(number) if number else None)
        elif code is not None:
            yield Token(Kind.TEXT, text=bytes.fromhex(code.decode("ascii")))
        elif symbol is not None:
            yield Token(Kind.SYMBOL, symbol.decode("latin-1"))
        elif brace is not None:
            yield Token(Kind.OPEN if brace == b"{" else Kind.CLOSE)
        elif text is not None:
            yield Token(Kind.TEXT, text=text)


def codec_of_page(number: int) -> str:
    """Return the encoding of a code page's number."""
    name = CODE_PAGES.get(number, f"cp{number}")
    try:
        b"a".decode(name)
    except LookupError:
        return "cp1252"
    return name


def is_in(content: bytes, codec: str) -> bool:
    """Return whether bytes are text in an encoding, without a flaw."""
    try:
        content.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def decoded(content: bytes, codec: str) -> str:
    """Return text in an encoding; what it lacks is taken as Western."""
    try:
        return content.decode(codec)
    except UnicodeDecodeError:
        return content.decode("cp1252" if codec.startswith("cp125") else codec, "replace")
