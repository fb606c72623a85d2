"""Requests about styles: list, keep, delete. Used in the engine's process."""

from app.config.styles import StyleFolders
from app.core.style_messages import DeleteStyle, KeepStyle, ListStyles, StyleRequest, StylesListed


def styles_result(request: StyleRequest, folders: StyleFolders) -> StylesListed:
    """Do what is asked for and return all styles.

    Raises: StyleInvalid, DataDirectoryUnwritable.
    """
    match request:
        case ListStyles():
            pass
        case KeepStyle(style):
            folders.keep(style)
        case DeleteStyle(name):
            folders.delete(name)
    return StylesListed(folders.rows())
