"""The window's heartbeat while 1,000 files are indexed and an answer streams, beside that of an idle process."""

import os
import subprocess
import sys
import time
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Slot

from app.client.engine_client import Event
from app.config.paths import DataPaths
from app.config.settings import Settings, save_settings
from app.core.messages import AddFolder, AnswerFinished, StatusChanged
from app.ui.application import run
from app.ui.main_window import MainWindow
from tests.benchmarks.figures import Figure, write_documents

FILES = 1000
BEAT_MS = 5
LIMIT_MS = 50.0
ASK_AFTER = 30  # documents ready
LIMIT_S = 420
QUESTION = "What is said about the glaze, the kiln and the road to Marlbeck?"
IDLE = f"""
import sys, time
worst, last = 0.0, time.perf_counter()
sys.stdin.close()
while True:
    time.sleep({BEAT_MS / 1000})
    now = time.perf_counter()
    gap, last = (now - last) * 1000 - {BEAT_MS}, now
    if gap > worst:
        worst = gap
        print(worst, flush=True)
"""


class _Pulse(QObject):
    """Beats on the window's thread; asks once some documents are ready; ends the window when all is done."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.worst_ms = 0.0
        self.grew = 0
        self._window = window
        self._asked = False
        self._answered = False
        self._ready = 0
        self._last = time.perf_counter()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start(BEAT_MS)
        client = window.client
        client.status_changed.connect(self._on_status)
        client.answer_grew.connect(self._on_grew)
        client.answer_finished.connect(self._on_finished)
        QTimer.singleShot(LIMIT_S * 1000, self, window.close)

    @Slot()
    def _beat(self) -> None:
        now = time.perf_counter()
        self.worst_ms = max(self.worst_ms, (now - self._last) * 1000 - BEAT_MS)
        self._last = now

    @Slot(object)
    def _on_status(self, event: Event) -> None:
        assert isinstance(event.message, StatusChanged)
        self._ready = event.message.status.ready
        if not self._asked and self._ready >= ASK_AFTER:
            self._asked = True
            self._window.asking.ask(QUESTION)
        if self._answered and self._ready >= FILES:
            self._window.close()

    @Slot(object)
    def _on_grew(self, _event: Event) -> None:
        self.grew += 1

    @Slot(object)
    def _on_finished(self, event: Event) -> None:
        assert isinstance(event.message, AnswerFinished)
        self._answered = True


async def measure(folder: Path) -> list[Figure]:
    """Open the real window on an empty library, add the files, ask, and wait until both are done."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    write_documents(folder / "papers", FILES)
    pulses: list[_Pulse] = []

    def begin(window: MainWindow) -> None:
        window.client.request(AddFolder(bytes(folder / "papers")))
        pulses.append(_Pulse(window))

    with subprocess.Popen([sys.executable, "-c", IDLE], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as idle:
        paths = DataPaths(folder / "data")
        settings = Settings(model=os.environ.get("MARGENT_BENCH_MODEL", "smollm2-135m-instruct-q4_1"))
        save_settings(paths.settings, settings)
        run(paths, settings, on_window=begin)
        idle.kill()
        assert idle.stdout is not None
        idle_ms = float(idle.stdout.read().split()[-1])
    (pulse,) = pulses
    return [
        Figure("longest gap of the window's thread", pulse.worst_ms, LIMIT_MS, "ms"),
        Figure("beside the longest gap of an idle process", pulse.worst_ms, idle_ms, "ms"),
        Figure("pieces of the answer that were shown", float(pulse.grew), 1.0, "pieces"),
    ]
