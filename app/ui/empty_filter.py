"""What is said of a filter that leaves nothing to search. Pure, window process."""

from collections.abc import Mapping
from pathlib import PurePath
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

translate = QCoreApplication.translate


class EmptyFilterWords(NamedTuple):
    """What is so, and what can be done about it."""

    what: str
    remedy: str


def empty_filter_words(facts: Mapping[str, str]) -> EmptyFilterWords:
    """Return which filter leaves nothing, by the facts of `FilterMatchesNothing`, and what can be done."""
    value = facts.get("value", "")
    remedy = translate("errors", "Take this filter away, or choose another.")
    match facts.get("filter", ""):
        case "path" if facts.get("waiting", "0") != "0":
            what = translate("errors", "Nothing in {value} is read yet.")
            remedy = translate("errors", "Ask again when it is, or take the filter away.")
        case "path" if facts.get("failed", "0") != "0":
            what = translate("errors", "Nothing in {value} could be read.")
            remedy = translate("errors", "The library says why. Take the filter away to search the rest.")
        case "path" if facts.get("within"):
            what = translate("errors", "There is no document in {value}.")
        case "path":
            what = translate("errors", "{value} is not in the library.")
        case "forgotten":
            what = translate("errors", "This conversation was kept to files that have been forgotten.")
            remedy = translate("errors", "Take “forgotten files” away below the question to search the whole library.")
        case "type":
            what = translate("errors", "There is no {value} file in the library.")
            value = value.upper()
        case "after":
            what = translate("errors", "No document was changed on {value} or later; the newest is of {newest}.")
        case "before":
            what = translate("errors", "No document was changed before {value}; the oldest is of {oldest}.")
        case _:
            what = translate("errors", "No document passes all the filters together, though each leaves some.")
            remedy = translate("errors", "Take one of them away.")
    if facts.get("filter") == "path":
        value = PurePath(value).name
    days = {"{newest}": facts.get("newest", ""), "{oldest}": facts.get("oldest", "")}
    for place, words in {**days, "{value}": value}.items():
        what = what.replace(place, words)
    return EmptyFilterWords(what, remedy)
