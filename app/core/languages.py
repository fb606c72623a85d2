"""Languages that a question may be put into, so that it is asked in the language of the documents. Pure."""

from collections import Counter
from collections.abc import Sequence

LANGUAGES = {
    "ar": "Arabic",
    "bg": "Bulgarian",
    "ca": "Catalan",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "et": "Estonian",
    "fa": "Persian",
    "fi": "Finnish",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "hr": "Croatian",
    "hu": "Hungarian",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "lt": "Lithuanian",
    "lv": "Latvian",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sk": "Slovak",
    "sl": "Slovenian",
    "sv": "Swedish",
    "th": "Thai",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "vi": "Vietnamese",
    "zh": "Chinese",
}
"""Their names in English, in which a model is asked, by their codes (ISO 639-1)."""

LOOKED_AT = 5
"""So many passages say which language the documents are in."""


def other_language(of_question: str, of_passages: Sequence[str]) -> str:
    """Return the language of most passages if the question is in another one, "" if not or if that is not certain.

    A language is told by its code, one that is not known by "".
    """
    counted = Counter(code for code in of_passages if code)
    if not of_question or not counted or of_question in counted:
        return ""
    code, count = counted.most_common(1)[0]
    return code if 2 * count > len(of_passages) else ""
