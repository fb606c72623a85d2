"""A look, icons, and windows on scripted engines."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.client.engine_client import EngineClient
from app.config.paths import resources_dir
from app.ui.icons import Icons
from app.ui.main_window import MainWindow
from app.ui.theme import Look
from tests.ui.scripted_engine import FOLDER, ScriptedEngine, sample_answer, sample_documents, sample_models

OpenWindow = Callable[[ScriptedEngine], MainWindow]


@pytest.fixture(scope="session")
def session_look(qapp: QApplication) -> Look:
    """The look of the whole test run."""
    return Look(resources_dir() / "themes", qapp, "light")


@pytest.fixture
def look(session_look: Look) -> Look:
    """The light look."""
    session_look.choose("light")
    return session_look


@pytest.fixture(scope="session")
def icons(qapp: QApplication) -> Icons:
    """All icons."""
    return Icons(resources_dir() / "icons")


@pytest.fixture
def engine() -> ScriptedEngine:
    """An engine with the sample library, all models, and an answer about the lease."""
    return ScriptedEngine(sample_documents(), sample_models(installed=True), answer=sample_answer())


@pytest.fixture
def open_window(qtbot: QtBot, look: Look, icons: Icons) -> Iterator[OpenWindow]:
    """Open a window on an engine and wait until it has shown the library."""
    clients: list[EngineClient] = []

    def open_one(engine: ScriptedEngine) -> MainWindow:
        client = EngineClient(engine.start)
        clients.append(client)
        window = MainWindow(client, look, icons, FOLDER)
        qtbot.addWidget(window)
        window.resize(1360, 860)
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        window.restore_layout("", "")
        with qtbot.waitSignals([client.models_listed, client.documents_listed, client.status_changed]):
            client.start()
        return window

    yield open_one
    for client in clients:
        client.close()


@pytest.fixture
def window(open_window: OpenWindow, engine: ScriptedEngine) -> MainWindow:
    """A window on the sample library."""
    return open_window(engine)
