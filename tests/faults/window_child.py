"""The real window on a library, which asks a question whenever it may; the program that `test_processes` disturbs."""

import sys
from pathlib import Path

from PySide6.QtCore import QTimer

from app.config.paths import DataPaths
from app.config.settings import load_settings
from app.ui import application
from app.ui.main_window import MainWindow

ASKS_EVERY_MS = 1500


def ask_often(window: MainWindow) -> None:
    """Keep the llama process writing, and the engine up also where it ended so often that the window waits."""
    timer = QTimer(window)

    def ask() -> None:
        window.client.start()
        if not window.asking.is_answering:
            window.asking.ask("Which of the papers names witness 7, and in which harbour?")

    timer.timeout.connect(ask)
    timer.start(ASKS_EVERY_MS)


if __name__ == "__main__":
    place = DataPaths(Path(sys.argv[1]))
    sys.exit(application.run(place, load_settings(place.settings), (sys.argv[2].encode(),), ask_often))
