"""What the window and the engine say to each other about styles. Used in both."""

from dataclasses import dataclass
from typing import TypeAlias

from app.core.styles import Style, StyleRow

# Window -> engine


@dataclass(frozen=True, slots=True)
class ListStyles:
    """Ends with `StylesListed`."""


@dataclass(frozen=True, slots=True)
class KeepStyle:
    """Write an own style, in place of an own one of its name; ends with `StylesListed`."""

    style: Style


@dataclass(frozen=True, slots=True)
class DeleteStyle:
    """Delete an own style; nothing happens if it is not there. Ends with `StylesListed`."""

    name: str


StyleRequest: TypeAlias = ListStyles | KeepStyle | DeleteStyle

# Engine -> window


@dataclass(frozen=True, slots=True)
class StylesListed:
    """Those that come with Margent first, then own ones; an own one stands in the place of one of the same name."""

    rows: tuple[StyleRow, ...]
