"""Paper and ink: the palette's tokens, contrast, and how they become a QPalette and one style sheet. Window process."""

import re
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

TOKEN = re.compile(r"@([a-z_]+)")
SERIFS = ("Source Serif 4", "Source Serif Pro", "Charter", "Iowan Old Style", "Georgia", "Noto Serif", "Cambria")
# Names that fontconfig gives to "whatever there is": no desktop has told Qt its interface font.
NO_FONT_TOLD = ("", "Sans", "Sans Serif", "DejaVu Sans")
SANS = ("Inter", "Noto Sans", "Cantarell", "Ubuntu", "Open Sans", "Liberation Sans")
LOOKS = ("system", "light", "dark")
TEXT_PX = 13
ANSWER_PX = 15


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of a scheme by what they are for; `mark` is translucent, all others are opaque."""

    dark: bool
    paper: QColor
    surface: QColor
    ink: QColor
    quiet: QColor
    hairline: QColor
    edge: QColor
    accent: QColor
    on_accent: QColor
    hover: QColor
    selected: QColor
    mark: QColor
    amber: QColor
    red: QColor


def load_theme(folder: Path, *, dark: bool) -> Theme:
    """Read a scheme's tokens."""
    tokens = tomllib.loads((folder / ("dark.toml" if dark else "light.toml")).read_text("utf-8"))
    return Theme(dark, *(QColor(tokens[token.name]) for token in fields(Theme)[1:]))


def contrast(one: QColor, other: QColor) -> float:
    """Return the contrast ratio of two opaque colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def laid_over(tint: QColor, ground: QColor) -> QColor:
    """Return the opaque colour that a translucent one makes on a ground."""
    share = tint.alphaF()
    channels = ((tint.red(), ground.red()), (tint.green(), ground.green()), (tint.blue(), ground.blue()))
    red, green, blue = (round(above * share + below * (1 - share)) for above, below in channels)
    return QColor(red, green, blue)


def style_sheet(template: str, theme: Theme) -> str:
    """Return the style sheet with every token replaced.

    Raises:
        AttributeError: the template names a token that the theme lacks.
    """
    return TOKEN.sub(lambda match: getattr(theme, match.group(1)).name(QColor.NameFormat.HexRgb), template)


def palette_of(theme: Theme) -> QPalette:
    """Return the palette that painting code and Qt's own controls read."""
    role = QPalette.ColorRole
    palette = QPalette()
    for name, colour in (
        (role.Window, theme.paper),
        (role.Base, theme.surface),
        (role.AlternateBase, theme.hover),
        (role.Button, theme.surface),
        (role.WindowText, theme.ink),
        (role.Text, theme.ink),
        (role.ButtonText, theme.ink),
        (role.BrightText, theme.red),
        (role.PlaceholderText, theme.quiet),
        (role.ToolTipBase, theme.surface),
        (role.ToolTipText, theme.ink),
        (role.Highlight, theme.accent),
        (role.HighlightedText, theme.on_accent),
        (role.Link, theme.accent),
        (role.LinkVisited, theme.accent),
        (role.Accent, theme.accent),
        (role.Light, theme.surface),
        (role.Midlight, theme.selected),
        (role.Mid, theme.hairline),
        (role.Dark, theme.edge),
    ):
        palette.setColor(name, colour)
    for name in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, theme.quiet)
    return palette


def following_look(choice: str) -> str:
    """Return the look that comes after one, round and round."""
    return LOOKS[(LOOKS.index(choice) + 1) % len(LOOKS)]


def interface_font() -> QFont:
    """Return the system's interface font, or the best sans there is where no desktop names one."""
    font = QFont(QApplication.font())
    if font.family() in NO_FONT_TOLD:
        font.setFamily(_first_installed(SANS) or font.family())
    font.setPixelSize(TEXT_PX)
    return font


def text_font(interface: QFont, size_px: int) -> QFont:
    """Return a text serif with true italics for quotations and passages, or the interface font where there is none."""
    font = QFont(interface)
    font.setFamily(_first_installed(SERIFS) or interface.family())
    font.setPixelSize(size_px)
    return font


class Look(QObject):
    """Keeps the application in a scheme: the one chosen, or the system's as it changes.

    Signals:
        changed: the `Theme` now in force.
        chosen: another choice was made, even if it looks the same now.
    """

    changed = Signal(object)
    chosen = Signal()

    def __init__(self, folder: Path, app: QApplication, choice: str) -> None:
        """Read both schemes; `choice` is "system", "light" or "dark", and "system" for any other word."""
        super().__init__(app)
        self._app = app
        self._template = (folder / "window.qss").read_text("utf-8")
        self._themes = {dark: load_theme(folder, dark=dark) for dark in (False, True)}
        self.choice = choice if choice in LOOKS else LOOKS[0]
        app.setStyle("Fusion")
        font = interface_font()
        app.setFont(font)
        self.serif = text_font(font, ANSWER_PX - 1)
        self.theme = self._themes[self._wants_dark()]
        self._apply()
        app.styleHints().colorSchemeChanged.connect(self._on_system_changed)

    @property
    def page_mark(self) -> QColor:
        """Return the mark tint for a printed page, which is white in every scheme."""
        return self._themes[False].mark

    def choose(self, choice: str) -> None:
        """Follow "system", or stay "light" or "dark"."""
        self.choice = choice
        self.chosen.emit()
        self._take(self._themes[self._wants_dark()])

    @Slot()
    def _on_system_changed(self) -> None:
        self._take(self._themes[self._wants_dark()])

    def _take(self, theme: Theme) -> None:
        if theme is not self.theme:
            self.theme = theme
            self._apply()
            self.changed.emit(theme)

    def _apply(self) -> None:
        self._app.setPalette(palette_of(self.theme))
        self._app.setStyleSheet(style_sheet(self._template, self.theme))

    def _wants_dark(self) -> bool:
        if self.choice == "system":
            return self._app.styleHints().colorScheme() is Qt.ColorScheme.Dark
        return self.choice == "dark"


def _first_installed(families: tuple[str, ...]) -> str | None:
    installed = set(QFontDatabase.families())
    return next((family for family in families if family in installed), None)


def _luminance(colour: QColor) -> float:
    red, green, blue = (_linear(channel / 255) for channel in (colour.red(), colour.green(), colour.blue()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.03928 else ((channel + 0.055) / 1.055) ** 2.4
