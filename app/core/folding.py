"""Text as it is compared: without case, accents and vowel points. Pure."""

import unicodedata


def folded(text: str) -> str:
    """Return `text` without case and combining marks, compatibility forms made plain."""
    spelt = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in spelt if not unicodedata.combining(character))
