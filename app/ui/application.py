"""The window's process: builds everything, runs Qt's loop, and writes the settings when it ends."""

import gc
import logging
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app.client.engine_client import EngineClient
from app.client.engine_process import EngineProcess
from app.config.paths import DataPaths, aside, resources_dir
from app.config.settings import Settings, load_settings, save_settings, settings_trouble
from app.core.messages import AddFolder
from app.ui.error_words import explain_settings
from app.ui.icons import Icons
from app.ui.main_window import MainWindow
from app.ui.theme import Look

log = logging.getLogger(__name__)


def run(
    paths: DataPaths,
    settings: Settings,
    folders: tuple[bytes, ...] = (),
    on_window: Callable[[MainWindow], None] | None = None,
) -> int:
    """Open the window on a library and return the exit status when it is closed.

    `folders` are added at once. `on_window` is called with the shown window, for tours and screenshots.
    """
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("margent")
    app.setApplicationDisplayName("Margent")
    app.setDesktopFileName("margent")
    resources = resources_dir()
    look = Look(resources / "themes", app, settings.theme)
    engine = EngineProcess(paths.root)
    client = EngineClient(engine)
    window = MainWindow(client, look, Icons(resources / "icons"), _samples(resources))
    window.look_chosen.connect(look.choose)
    window.restore_layout(settings.window_geometry, settings.splitter_state)
    window.checking.options.set_always(always=settings.review_always)
    window.checking.styling.choose_for_all(settings.style)
    window.models_dialog.waiting.set_seconds(settings.first_token_s)
    window.keeping.spares_battery = settings.spare_battery
    if settings_trouble(paths.settings):
        window.notices.say(explain_settings(paths.settings, aside(paths.settings)))
    client.start()
    for folder in folders:
        client.request(AddFolder(folder))
    window.show()
    if on_window is not None:
        QTimer.singleShot(0, window, lambda: on_window(window))
    gc.collect()
    gc.freeze()  # else each full collection looks through all that was imported: 40 ms in which the window stands still
    status = app.exec()
    client.close()
    engine.wait_to_end()
    geometry, splitter = window.saved_layout()
    kept = load_settings(paths.settings)  # a person may have edited the file meanwhile
    try:
        model = window.shelving.chosen_model or kept.model
        kept = replace(kept, theme=look.choice, model=model, review_always=window.checking.options.always)
        kept = replace(kept, first_token_s=window.models_dialog.waiting.seconds)
        kept = replace(kept, spare_battery=window.keeping.spares_battery, style=window.checking.styling.for_all)
        chosen = replace(kept, window_geometry=geometry, splitter_state=splitter)
        save_settings(paths.settings, chosen)
    except OSError as error:
        log.warning("the settings cannot be written: %s", error)
    return status


def _samples(resources: Path) -> bytes | None:
    samples = resources / "samples"
    return os.fsencode(samples) if samples.is_dir() else None
