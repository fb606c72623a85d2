"""What can be done by key with an opened page, for the one list of keys. Window process."""

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QWidget

from app.ui.page_panel import PagePanel
from app.ui.page_view import ZOOM_STEP
from app.ui.shortcuts import Command, bind

translate = QCoreApplication.translate

EDITING_KEYS = ("Ctrl+PgDown", "Ctrl+PgUp", "Ctrl+Home", "Ctrl+End", "Ctrl+Shift+C")
"""Keys that a field needs for itself: they mean the page only while the keyboard is in its panel."""


def bind_page_commands(window: QWidget, panel: PagePanel, commands: tuple[Command, ...]) -> None:
    """Let the keys of the page's commands work."""
    bind(window, tuple(command for command in commands if command.keys not in EDITING_KEYS))
    of_panel = tuple(command for command in commands if command.keys in EDITING_KEYS)
    bind(panel, of_panel, Qt.ShortcutContext.WidgetWithChildrenShortcut)


def page_commands(panel: PagePanel) -> tuple[Command, ...]:
    """Return the commands of the page."""
    return (
        Command(translate("page", "Find in the document"), "", panel.find_pressed.emit),
        Command(translate("page", "Next page"), "Ctrl+PgDown", lambda: panel.turn(1)),
        Command(translate("page", "Previous page"), "Ctrl+PgUp", lambda: panel.turn(-1)),
        Command(translate("page", "First page"), "Ctrl+Home", lambda: panel.go_to(1)),
        Command(translate("page", "Last page"), "Ctrl+End", panel.go_to_last),
        Command(translate("page", "Go to a page by its number"), "Ctrl+G", panel.header.take_number_focus),
        Command(translate("page", "Larger page"), "Ctrl++", lambda: panel.zoom_by(ZOOM_STEP)),
        Command(translate("page", "Smaller page"), "Ctrl+-", lambda: panel.zoom_by(1 / ZOOM_STEP)),
        Command(translate("page", "Fit the page to the width"), "Ctrl+0", panel.fit_width),
        Command(translate("page", "Fit the whole page"), "Ctrl+9", panel.fit_page),
        Command(translate("page", "Small pictures of the pages"), "F9", panel.toggle_thumbnails),
        Command(translate("page", "Copy with citation"), "Ctrl+Shift+C", panel.copy_citation),
        Command(translate("page", "Open in its own program"), "Ctrl+Shift+O", panel.leaving.open),
        Command(translate("page", "Show in folder"), "Ctrl+Shift+E", panel.leaving.show_in_folder),
    )
