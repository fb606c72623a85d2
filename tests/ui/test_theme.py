"""Paper and ink, measured."""

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.config.paths import resources_dir
from app.ui.icons import IconButton, Icons
from app.ui.theme import Look, contrast, laid_over, load_theme, style_sheet

TEXT_LEAST, CONTROL_LEAST = 4.5, 3.0


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_text_can_be_read_on_every_ground(dark: bool) -> None:
    theme = load_theme(resources_dir() / "themes", dark=dark)
    grounds = {"paper": theme.paper, "surface": theme.surface, "hover": theme.hover, "selected": theme.selected}
    inks = {"ink": theme.ink, "quiet": theme.quiet, "accent": theme.accent}

    poor = {
        (ink, ground): round(contrast(inks[ink], grounds[ground]), 2)
        for ink in inks
        for ground in grounds
        if contrast(inks[ink], grounds[ground]) < TEXT_LEAST
    }

    assert poor == {}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_signal_colours_and_buttons_can_be_read(dark: bool) -> None:
    theme = load_theme(resources_dir() / "themes", dark=dark)

    for ground in (theme.paper, theme.surface):
        assert contrast(theme.amber, ground) >= TEXT_LEAST
        assert contrast(theme.red, ground) >= TEXT_LEAST
        assert contrast(theme.edge, ground) >= CONTROL_LEAST
        assert contrast(theme.accent, ground) >= CONTROL_LEAST
    assert contrast(theme.on_accent, theme.accent) >= TEXT_LEAST


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_marked_text_can_be_read(dark: bool) -> None:
    theme = load_theme(resources_dir() / "themes", dark=dark)

    for ground in (theme.paper, theme.surface):
        assert contrast(theme.ink, laid_over(theme.mark, ground)) >= TEXT_LEAST


def test_every_token_of_the_style_sheet_is_replaced() -> None:
    template = (resources_dir() / "themes" / "window.qss").read_text("utf-8")

    assert "@" not in style_sheet(template, load_theme(resources_dir() / "themes", dark=True))


def test_a_chosen_look_changes_labels_and_icons_at_once(qtbot: QtBot, look: Look, icons: Icons) -> None:
    label, button = QLabel("text"), IconButton(icons, "x", "Close")
    qtbot.addWidget(label)
    qtbot.addWidget(button)
    label.show()
    button.show()
    light = button.icon().pixmap(20, 20).toImage()

    with qtbot.waitSignal(look.changed):
        look.choose("dark")

    assert label.palette().color(label.foregroundRole()) == look.theme.ink
    assert QApplication.palette().window().color() == look.theme.paper
    assert button.icon().pixmap(20, 20).toImage() != light
    look.choose("light")


def test_every_icon_that_is_kept_can_be_drawn(icons: Icons, look: Look) -> None:
    names = [path.stem for path in (resources_dir() / "icons").glob("*.svg")]

    for name in names:
        image = icons.pixmap(name, look.theme.ink).toImage()
        assert any(image.pixelColor(x, y).alpha() for x in range(20) for y in range(20)), name


def test_a_look_that_nobody_knows_is_the_systems(qapp: QApplication) -> None:
    assert Look(resources_dir() / "themes", qapp, "sepia").choice == "system"


@pytest.mark.parametrize("name", ["quietLink", "amberLink"])
def test_the_line_under_a_link_in_focus_is_whole(qtbot: QtBot, look: Look, name: str) -> None:
    holder = QWidget()
    link = QPushButton("Leave out", holder)
    link.setObjectName(name)
    qtbot.addWidget(holder)
    with qtbot.waitActive(holder):
        holder.show()
        holder.activateWindow()
    link.setFocus()
    qtbot.waitUntil(link.hasFocus)
    drawn = link.grab().toImage()
    colour = (look.theme.accent if name == "quietLink" else look.theme.amber).name()
    assert {drawn.pixelColor(x, drawn.height() - 1).name() for x in range(drawn.width())} == {colour}
    assert colour not in {drawn.pixelColor(x, 0).name() for x in range(drawn.width())}
