"""Turn the bytes of a text file into text. Runs in the reader's process."""

import codecs
import re

from charset_normalizer import from_bytes

from app.core.types import Reason
from app.readers.guessing import guessed
from app.readers.refusal import Refusal
from app.readers.sections import clean

# Enough to tell an encoding by; charset-normalizer takes about a second a megabyte.
SAMPLE_BYTES = 64 * 1024
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# A text has next to none of these; a tenth in a sample is a picture or a program.
_CONTROL = bytes(byte for byte in range(32) if byte not in b"\t\n\r\f\x1b\x08")
_CONTROL_SHARE = 0.1
# A declared encoding that fails on more of the characters than this is not the right one.
_DAMAGE_SHARE = 0.005

# A file with so few zero bytes is a text with a flaw.
_ZERO_SHARE = 0.001
# and one with no more of them, if it is plainly a text but for them, one that a program padded, or did not finish.
_PADDING_SHARE = 0.25
# What a text in these scripts has at least of their commonest letters and signs; chance gives a fourth.
_EAST_ASIAN = re.compile("[\u3000-\u30ff\u4e00-\u9fff\uac00-\ud7af\uff00-\uffef \n\r]")
_SCRIPT_SHARE = 0.9
# Encodings in which all bytes are ASCII: of some the escapes tell, others must be declared.
_ESCAPES = ((re.compile(rb"\x1b\$[@B]"), "iso2022_jp_ext"), (re.compile(rb"\x1b\$\)C"), "iso2022_kr"))
_WITH_ESCAPES = "iso2022"
_DECLARED_ASCII = frozenset(("utf-7", "hz"))
_NO_CHARSETS = frozenset(("punycode", "unicode_escape", "raw_unicode_escape"))


def text_of(content: bytes, declared: str = "") -> str:
    """Return cleaned text from bytes in an encoding that a mark, `declared` or the bytes themselves tell.

    Raises:
        Refusal: the bytes are no text.
    """
    encoding = encoding_of(content, declared)
    return clean(_mixed(content) if encoding == "utf-8" else content.decode(encoding, "replace"))


def encoding_of(content: bytes, declared: str = "") -> str:
    """Return the name of the encoding, or raise `Refusal` if the bytes are no text."""
    for mark, name in _MARKS:
        if content.startswith(mark):
            return name
    if hidden := _within_ascii(content, declared):
        return hidden
    sample = content[:SAMPLE_BYTES]
    zeros = sample.count(0)
    if zeros and (wide := _wide_encoding(sample)):
        return wide
    if zeros <= len(sample) * _ZERO_SHARE and _is_utf8(sample):
        return "utf-8"
    if zeros > len(sample) * _ZERO_SHARE or _is_binary(sample):
        if wide := _wide_script(sample):
            return wide
        filled = sample.rstrip(b"\0")
        if filled.count(0) <= len(filled) * _PADDING_SHARE and _is_plain(filled.replace(b"\0", b"")):
            return "utf-8"
        raise Refusal(Reason.UNSUPPORTED, "not a text")
    if _decodes(sample, declared):
        return declared
    return "utf-8" if _is_mostly_utf8(sample) else _guessed(sample)


def is_charset(name: str) -> bool:
    """Return whether a name is that of an encoding of text: Python knows others by names, too."""
    try:
        b"a".decode(name, "replace")
    except (LookupError, ValueError):
        return False
    return name.lower().replace("-", "_") not in _NO_CHARSETS


def _within_ascii(content: bytes, declared: str) -> str:
    """Return the encoding of letters that are written as several ASCII ones, "" if there are none."""
    if not content.isascii():
        return ""
    name = codecs.lookup(declared).name if is_charset(declared) else ""
    has_escapes = b"\x1b" in content
    if has_escapes and name.startswith(_WITH_ESCAPES) and _strictly(content, name):
        return name
    told = next((told for escape, told in _ESCAPES if has_escapes and escape.search(content)), "")
    if told and (_strictly(content, told) or _decodes(content, told)):
        return told
    return name if name in _DECLARED_ASCII and _strictly(content, name) else ""


def _mixed(content: bytes) -> str:
    """Return UTF-8 as text, but lines that are in another encoding in that one: files are put together of others."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        lines = content.splitlines(keepends=True)
    other = _guessed(b"".join(line for line in lines if _is_foreign(line))[:SAMPLE_BYTES])
    return "".join(line.decode(other if _is_foreign(line) else "utf-8", "replace") for line in lines)


def _is_foreign(line: bytes) -> bool:
    """Return whether a line has letters that are not ASCII, and fewer of UTF-8 than that are not."""
    letters = [letter for letter in line.decode("utf-8", "replace") if not letter.isascii()]
    return letters.count("\ufffd") * 2 > len(letters)


def _is_mostly_utf8(sample: bytes) -> bool:
    lines = [line for line in sample.splitlines() if not line.isascii()]
    return sum(map(_is_foreign, lines)) * 4 < len(lines) * 3


def _guessed(sample: bytes) -> str:
    if name := guessed(sample):
        return name
    guess = from_bytes(sample).best()
    return guess.encoding if guess is not None else "cp1252"


def _is_utf8(sample: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)  # incremental: the sample may end within a character
    except UnicodeDecodeError:
        return False
    return not _is_binary(sample)


def _is_plain(sample: bytes) -> bool:
    return bool(sample) and _is_utf8(sample) and len(sample) == len(sample.translate(None, _CONTROL))


def _is_binary(sample: bytes) -> bool:
    return len(sample) - len(sample.translate(None, _CONTROL)) > len(sample) * _CONTROL_SHARE


def _decodes(sample: bytes, name: str) -> bool:
    """Whether an encoding exists and gives text: a declaration is often wrong."""
    text = sample.decode(name, "replace") if is_charset(name) else "\ufffd"
    return text.count("\ufffd") <= len(text) * _DAMAGE_SHARE


def _wide_encoding(sample: bytes) -> str:
    """Return the UTF-32 or UTF-16 of a text without a mark, "" if none."""
    for name in ("utf-32-le", "utf-32-be"):
        text = _strictly(sample[: len(sample) // 4 * 4], name)
        if text and "\0" not in text:
            return name
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    for name, zeros, others in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):  # of ASCII, all at one of both
        is_wide = zeros > len(sample) // 8
        if is_wide and (others * 20 < zeros or (others * 4 < zeros and _strictly(sample, name))):
            return name
    return ""


def _strictly(sample: bytes, name: str) -> str:
    try:
        return codecs.getincrementaldecoder(name)().decode(sample)
    except UnicodeDecodeError:
        return ""


def _wide_script(sample: bytes) -> str:
    """Return the UTF-16 in which bytes are Chinese, Japanese or Korean, "" if in none."""
    for name in ("utf-16-le", "utf-16-be"):
        text = sample[: len(sample) // 2 * 2].decode(name, "replace")
        if len(_EAST_ASIAN.findall(text)) > len(text) * _SCRIPT_SHARE:
            return name
    return ""
