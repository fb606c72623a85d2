"""Styles in words: their names, and what is wrong with one. Pure, window process."""

from app.core.styles import CHARACTERS_LIMIT, NAME_CHARACTERS_LIMIT, Style
from app.ui.sentences import translate


def style_name(style: Style) -> str:
    """Return what a style is called, and that its words were changed."""
    if not style.name:
        return translate("styles", "your own words") if style.instructions else translate("styles", "plain")
    return translate("styles", "{name}, changed").replace("{name}", style.name) if style.is_edited else style.name


def style_label(style: Style) -> str:
    """Return a style's name where nothing else says that it is one."""
    return translate("styles", "Style: {name}").replace("{name}", style_name(style))


def style_trouble(reason: str) -> tuple[str, str]:
    """Return why a style cannot be used or kept, as its error or its row says it, and what to do."""
    match reason:
        case "not_text":
            return translate("styles", "It is not text in UTF-8."), translate("styles", "Save the file as that.")
        case "empty":
            return translate("styles", "It has no words."), translate("styles", "Write how answers are to be.")
        case "long":
            words = translate("styles", "It has more than {limit} characters, and leaves too little room for passages.")
            return words.replace("{limit}", f"{CHARACTERS_LIMIT:,}"), translate("styles", "Shorten it.")
        case "name":
            remedy = translate("styles", 'Take up to {limit} characters, none of them < > : " / \\ | ? *')
            return (
                translate("styles", "No file can have this name."),
                remedy.replace("{limit}", str(NAME_CHARACTERS_LIMIT)),
            )
        case _:
            return translate("styles", "Its file may not be read."), translate("styles", "Look at its permissions.")
