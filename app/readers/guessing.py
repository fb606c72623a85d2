"""Guesses the encoding of a text that says nothing of it, from letters that make words. Pure; reader's process.

Each encoding is tried on the lines that are not ASCII; the right one gives words of one script, in lower case or with
a capital first, of the letters that are common in it, and next to no signs within words.
"""

import codecs
import re
from bisect import bisect_right
from functools import cache

SAMPLE_BYTES = 4096
# In this order where two make equally much sense.
_ENCODINGS = (
    "cp1252 cp1250 cp1255 cp1251 koi8-r cp866 iso8859-5 cp1253 cp1254 iso8859-2 cp1256 cp874 cp932 gb18030 big5 "
    "cp949 euc_jp cp850 mac_roman"
).split()
_DOUBT = {"cp850": 0.12, "mac_roman": 0.12}
"""How much more sense it has to make in an encoding of old that few files are in."""
_LEAST = 0.5
"""An encoding in which letters make less sense than this is none that is known here."""

_WORDS = re.compile(r"[^\W\d_]+|[^\x00-\x7f]")
_SCRIPTS = (
    (0x0000, ""), (0x00C0, "Latin"), (0x0250, ""), (0x0370, "Greek"), (0x0400, "Cyrillic"), (0x0460, ""),
    (0x05D0, "Hebrew"), (0x05EB, ""), (0x0621, "Arabic"), (0x06D4, ""), (0x0E01, "Thai"), (0x0E4F, ""),
    (0x3040, "Japanese"), (0x3100, ""), (0x4E00, "Han"), (0xA000, ""), (0xAC00, "Hangul"), (0xD7A4, ""),
)  # fmt: skip
_STARTS = [start for start, _name in _SCRIPTS]
_MARKED = frozenset(("Thai", "Arabic"))
"""Scripts with marks above and below letters."""
_TOGETHER = frozenset(("Japanese", "Han"))
# What the letters beside A to Z are worth: those of western Europe stand where others have those of its middle.
_LATIN = {
    **dict.fromkeys("äöüßéèàçñáíóúâêîôåÄÖÜÉÁÓÚÍÅÇÑÀÈ", 1.0),
    **dict.fromkeys("øæãõëïœØÆÃÕ", 0.92),
    **dict.fromkeys("řěčůąęłńśźżőűćšžťňýđğışŘČŠŽŁŚŻĆŐŰİŞĐ", 0.9),
    "ù": 0.91,
    **dict.fromkeys("ûìòýðþ", 0.8),
}
_RARE_LATIN = 0.4
_SIGNS = frozenset("“”‘’‚„…–—•€£¥©®™°§«»¿¡·×№²³½¼   ،؛؟、。，．！？：；「」『』（）《》〈〉・ー…")
_FINAL_HEBREW = frozenset("ךםןףץ")
_NOT_WITHIN = _SIGNS - frozenset("’‘·ー・—–…")
_COMMON_LETTERS = frozenset(
    "абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґўјљњћџђАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЁІЇЄҐ"
    "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩΆΈΉΊΌΎΏ"
)
_RARE_THAI = frozenset("ฃฅฌฎฏฐฑฒฯ๏๐๑๒๓๔๕๖๗๘๙๚๛฿")
_JAPANESE = frozenset(("cp932", "euc_jp"))
_FOREIGN_KANA = 0.3
"""What kana are worth in an encoding of Chinese, which has them, too."""


def guessed(content: bytes) -> str:
    """Return the encoding in which the letters of a text make the most sense, "" if in none."""
    sample = b"\n".join(line for line in content.splitlines() if not line.isascii())[:SAMPLE_BYTES]
    senses = {name: _sense(sample, name) for name in _ENCODINGS}
    found = max(senses, key=senses.__getitem__)
    return found if senses[found] >= _LEAST else ""


def _sense(sample: bytes, encoding: str) -> float:
    """Return what the letters and signs beyond ASCII are worth on average, at most 1."""
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(sample)  # the sample may end within a character
    except UnicodeDecodeError:
        return -1.0
    worth, count = 0.0, 0
    for found in _WORDS.finditer(text):
        word = found.group()
        if word.isascii():
            continue
        letters = sum(not letter.isascii() for letter in word)
        count += letters
        worth += letters * _worth_of_sign(text, found.start()) if not word.isalpha() else _worth_of_word(word, encoding)
    return worth / count - _DOUBT.get(encoding, 0.0) if count else -1.0


def _worth_of_sign(text: str, place: int) -> float:
    """Return what a sign is worth; within a word there are none but apostrophes and the like."""
    sign = text[place]
    if (script := _script(sign)) in _MARKED:
        is_apart = place == 0 or _script(text[place - 1]) != script
        return -1.0 if sign in _RARE_THAI or is_apart else 1.0
    if sign not in _SIGNS:
        return -1.0
    is_within = text[place - 1 : place].isalpha() and text[place + 1 : place + 2].isalpha()
    return -1.0 if is_within and sign in _NOT_WITHIN else 0.9


def _worth_of_word(word: str, encoding: str) -> float:
    """Return what the letters beyond ASCII of a word are worth together."""
    foreign = [letter for letter in word if not letter.isascii()]
    scripts = {_script(letter) for letter in word}
    if len(scripts) > 1 and not scripts <= _TOGETHER:
        return -1.0 * len(foreign)
    script = scripts.pop() if len(scripts) == 1 else "Han"
    is_crowded = script == "Latin" and len(word) > 3 and len(foreign) * 3 > len(word) * 2
    is_cased = word == word.lower() or word.istitle()
    is_final = script == "Hebrew" and not _FINAL_HEBREW.isdisjoint(word[:-1])
    if not script or is_crowded or is_final or not (is_cased or word.isupper()):
        return -1.0 * len(foreign)
    share = 1.0 if is_cased and len(word) > 1 else 0.7
    return sum(_worth(letter, script, encoding) for letter in foreign) * share


def _worth(letter: str, script: str, encoding: str) -> float:
    match script:
        case "Latin":
            return _LATIN.get(letter, _RARE_LATIN)
        case "Han" if _script(letter) == "Japanese":
            return 1.0 if encoding in _JAPANESE else _FOREIGN_KANA
        case "Japanese":
            return 1.0 if encoding in _JAPANESE else _FOREIGN_KANA
        case "Han" | "Hangul":
            return (0.95 if script == "Han" else 1.0) if letter in _common_asian() else -0.5
        case "Greek" | "Cyrillic":
            return 1.0 if letter in _COMMON_LETTERS else 0.3
        case "Thai":
            return -1.0 if letter in _RARE_THAI else 1.0
        case _:
            return 1.0


def _script(letter: str) -> str:
    return "Latin" if letter.isascii() else _SCRIPTS[bisect_right(_STARTS, ord(letter)) - 1][1]


@cache
def _common_asian() -> frozenset[str]:
    """Return the characters that the first levels of the Chinese, Japanese and Korean sets have."""
    levels = (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6), ("shift_jis", 0x88, 0x97), ("euc_kr", 0xB0, 0xC8))
    rows = (
        bytes((first, second)).decode(name, "ignore")
        for name, low, high in levels
        for first in range(low, high + 1)
        for second in range(0x40, 0xFF)
    )
    return frozenset(letter for row in rows for letter in row if not letter.isascii())
