"""Questions about a document as a whole: what it is about, what it says, its summary. Pure; the engine's process."""

import re

from app.core.terms import STOP_WORDS
from app.core.words import words_of

_ASKED = "(?P<named>.{0,100}?)"
_WAYS = tuple(
    re.compile(rf"\W*(?:please |can you |could you |tell me )*{way}\W*", re.IGNORECASE)
    for way in (
        rf"what(?:'s|’s| is| are| was| were) {_ASKED} (?:all )?about",
        rf"what (?:does|do|did) {_ASKED} (?:say|contain|cover|deal with|discuss|describe|talk about)",
        rf"what (?:kind|sort|type) of (?:document|file|text|paper|thing) is {_ASKED}",
        rf"what(?:'s|’s| is) (?:in|the (?:purpose|subject|topic|point|gist) of) {_ASKED}",
        rf"(?:summari[sz]e|sum up|outline) {_ASKED}",
        rf"(?:give me |write )?(?:an? |the )?(?:short |brief )?(?:summary|overview|outline|gist) (?:of|for) {_ASKED}",
        rf"(?:what are )?the (?:main|key|central) (?:points?|topics?|ideas?|findings?|subjects?) (?:of|in) {_ASKED}",
        rf"(?:worum geht es|worum geht's|was steht) (?:in|im|bei) {_ASKED}",
        rf"wovon handelt {_ASKED}",
        rf"(?:fass|fasse) {_ASKED} zusammen",
        rf"(?:eine )?zusammenfassung (?:von|vom|der|des) {_ASKED}",
        rf"de quoi (?:parle|traite|s'agit-il dans) {_ASKED}",
        rf"(?:résume|résumez|un résumé (?:de|du|des)) {_ASKED}",
        rf"¿?de qué (?:trata|habla) {_ASKED}",
        rf"(?:resume|resuma|un resumen (?:de|del)) {_ASKED}",
    )
)
_ANY_DOCUMENT = frozenset(
    "document documents file files paper text pdf page whole entire dokument datei der die das den dem dieses diesem"
    " dieser le la les ce cet cette el los este esta documento archivo fichier".split()
)


def whole_named(question: str) -> tuple[str, ...] | None:
    """Return the words that name the document which a question is about as a whole; None for any other question.

    There may be none: "What is this document about?"
    """
    for way in _WAYS:
        if found := way.fullmatch(" ".join(question.split())):
            words = words_of(found["named"])
            return tuple(word for word in words if word not in STOP_WORDS and word not in _ANY_DOCUMENT)
    return None
