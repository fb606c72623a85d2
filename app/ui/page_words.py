"""What is said of an opened page: its citation, and what is the matter with its file. Pure, window process."""

from app.core.messages import PageOpened
from app.core.types import Reason
from app.ui.error_words import explain_reason
from app.ui.sentences import page_words, shown_name, translate


def citation_text(quotation: str, path: bytes, page: int) -> str:
    """Return a quotation with the file's name and the page, as it may stand in a text."""
    said = " ".join(quotation.split())
    place = translate("page", "{name}, {page}").format(name=shown_name(path), page=page_words(path, page))
    return translate("page", "“{said}” ({place})").replace("{place}", place).replace("{said}", said)


def state_words(opened: PageOpened) -> str:
    """Return what a person should know before trusting the page: its file is gone, changed, or cannot be drawn."""
    if opened.is_missing:
        return translate("page", "This file is not there any more. This is its text as it was read.")
    if opened.changed and (opened.is_typeset or opened.image is None):
        return translate("page", "This file changed since it was read. This is its text as it was read.")
    if opened.changed:
        return translate("page", "This file changed since it was read; what was found in it may stand elsewhere now.")
    if opened.undrawn is not Reason.NONE:
        why = explain_reason(opened.undrawn).what
        return translate("page", "This page cannot be drawn: {why} This is its text.").replace("{why}", why)
    return ""
