"""Turn the bytes of a text file into text. Runs in the reader's process."""

import codecs

from charset_normalizer import from_bytes

from app.core.types import Reason
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


def text_of(content: bytes, declared: str = "") -> str:
    """Return cleaned text from bytes in an encoding that a mark, `declared` or the bytes themselves tell.

    Raises:
        Refusal: the bytes are no text.
    """
    return clean(content.decode(encoding_of(content, declared), "replace"))


def encoding_of(content: bytes, declared: str = "") -> str:
    """Return the name of the encoding, or raise `Refusal` if the bytes are no text."""
    for mark, name in _MARKS:
        if content.startswith(mark):
            return name
    sample = content[:SAMPLE_BYTES]
    if b"\0" in sample:
        return _wide_encoding(sample)
    if _is_utf8(sample):
        return "utf-8"
    if _is_binary(sample):
        raise Refusal(Reason.UNSUPPORTED, "not a text")
    if _decodes(sample, declared):
        return declared
    guess = from_bytes(sample).best()
    return guess.encoding if guess is not None else "cp1252"


def _is_utf8(sample: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)  # incremental: the sample may end within a character
    except UnicodeDecodeError:
        return False
    return not _is_binary(sample)


def _is_binary(sample: bytes) -> bool:
    return len(sample) - len(sample.translate(None, _CONTROL)) > len(sample) * _CONTROL_SHARE


def _decodes(sample: bytes, name: str) -> bool:
    """Whether an encoding exists and gives text: a declaration is often wrong."""
    try:
        text = sample.decode(name, "replace") if name else "\ufffd"
    except LookupError:
        return False
    return text.count("\ufffd") <= len(text) * _DAMAGE_SHARE


def _wide_encoding(sample: bytes) -> str:
    """Return the UTF-16 that a text without a mark is in: its zero bytes are all at odd or all at even places."""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    for name, zeros, others in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if zeros > len(sample) // 8 and others * 20 < zeros:
            return name
    raise Refusal(Reason.UNSUPPORTED, "not a text")
