"""The engine as the window sees it."""

import sys
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.client.engine_client import EngineClient, EngineDeath, Event, Failure
from app.core import messages as m
from app.core.errors import DiskFull, LibraryLocked, PathMissing
from app.core.model_messages import ListModels
from app.engine.wire import Connection


class Starts:
    """Hands out connections and keeps the engine's ends."""

    def __init__(self) -> None:
        self.engines: list[Connection] = []

    def __call__(self) -> Connection:
        ours, theirs = Connection.pair()
        self.engines.append(theirs)
        return ours


@pytest.fixture
def starts() -> Iterator[Starts]:
    made = Starts()
    yield made
    for engine in made.engines:
        engine.close()


@pytest.fixture
def client(qtbot: QtBot, starts: Starts) -> Iterator[EngineClient]:
    made = EngineClient(starts)
    yield made
    made.close()


def test_a_request_made_before_the_engine_runs_reaches_it(qtbot: QtBot, client: EngineClient, starts: Starts) -> None:
    request = client.request(m.AddFolder(b"/papers"))

    with qtbot.waitSignal(client.engine_started):
        client.start()

    received = starts.engines[0].receive()
    assert (received.request_id, received.message) == (request, m.AddFolder(b"/papers"))


def test_events_arrive_in_the_windows_thread_in_order(qtbot: QtBot, client: EngineClient, starts: Starts) -> None:
    words: list[str] = []
    threads: set[int] = set()

    def take(event: Event) -> None:
        assert isinstance(event.message, m.AnswerGrew)
        words.append(event.message.text)
        threads.add(threading.get_ident())

    client.answer_grew.connect(take)
    with qtbot.waitSignal(client.engine_started):
        client.start()

    for i in range(2000):
        starts.engines[0].send(7, m.AnswerGrew(str(i)))

    qtbot.waitUntil(lambda: len(words) == 2000)
    assert words == [str(i) for i in range(2000)]
    assert threads == {threading.get_ident()}


def test_an_error_of_a_request_arrives_as_the_error_it_was(qtbot: QtBot, client: EngineClient, starts: Starts) -> None:
    request = client.request(m.AddFolder(b"/gone"))
    client.start()

    with qtbot.waitSignal(client.request_failed) as told:
        qtbot.waitUntil(lambda: bool(starts.engines))
        starts.engines[0].send(request, m.Failed("PathMissing", {"path": "/gone"}))

    assert told.args is not None
    failure: Failure = told.args[0]
    assert failure.request_id == request
    assert isinstance(failure.error, PathMissing)
    assert failure.error.facts == {"path": "/gone"}


def test_a_dead_engine_is_started_again_and_told_what_was_lost(
    qtbot: QtBot, client: EngineClient, starts: Starts
) -> None:
    with qtbot.waitSignal(client.engine_started):
        client.start()
    lost = client.request(m.Ask("who?"))
    starts.engines[0].receive()

    deaths: list[EngineDeath] = []
    client.engine_died.connect(deaths.append)
    with qtbot.waitSignals([client.engine_died, client.engine_started], order="strict"):
        starts.engines[0].shut_down()

    [death] = deaths
    assert death == EngineDeath(restarting=True, lost=frozenset({lost}))
    later = client.request(ListModels())
    assert starts.engines[1].receive().request_id == later


def test_an_engine_that_keeps_dying_is_given_up_and_can_be_started_by_hand(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.client.engine_client.RESTART_AFTER_S", (0.0, 0.01, 0.01))
    deaths: list[EngineDeath] = []
    count = 0

    def start_dying() -> Connection:
        nonlocal count
        count += 1
        ours, theirs = Connection.pair()
        theirs.close()
        return ours

    client = EngineClient(start_dying)
    client.engine_died.connect(deaths.append)
    client.start()

    qtbot.waitUntil(lambda: len(deaths) == 3)
    assert [death.restarting for death in deaths] == [True, True, False]
    assert count == 3
    client.close()


def test_an_engine_that_cannot_run_is_not_started_again(qtbot: QtBot, client: EngineClient, starts: Starts) -> None:
    client.start()
    qtbot.waitUntil(lambda: bool(starts.engines))

    with qtbot.waitSignal(client.engine_died) as told:
        starts.engines[0].send(0, m.Failed("LibraryLocked", {"path": "/library"}))
        starts.engines[0].shut_down()

    assert told.args is not None
    death: EngineDeath = told.args[0]
    assert not death.restarting
    assert isinstance(death.refusal, LibraryLocked)
    assert len(starts.engines) == 1


def test_an_engine_that_told_what_went_wrong_and_went_on_is_started_again(
    qtbot: QtBot, client: EngineClient, starts: Starts
) -> None:
    failures: list[Failure] = []
    client.request_failed.connect(failures.append)
    client.start()
    qtbot.waitUntil(lambda: bool(starts.engines))

    with qtbot.waitSignal(client.engine_died) as told:
        starts.engines[0].send(0, m.Failed("DiskFull", {"path": "/library"}))
        starts.engines[0].send(0, m.ModelState("none"))
        starts.engines[0].shut_down()

    assert [(failure.request_id, type(failure.error)) for failure in failures] == [(0, DiskFull)]
    assert told.args == [EngineDeath(restarting=True, lost=frozenset())]


def test_a_start_that_fails_counts_as_a_death(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.client.engine_client.RESTART_AFTER_S", (0.0,))
    deaths: list[EngineDeath] = []

    def fail() -> Connection:
        raise OSError("no more processes")

    client = EngineClient(fail)
    client.engine_died.connect(deaths.append)
    client.start()

    qtbot.waitUntil(lambda: len(deaths) == 3)
    assert deaths[-1].restarting is False
    client.close()


def test_what_was_requested_before_closing_reaches_the_engine(
    qtbot: QtBot, client: EngineClient, starts: Starts
) -> None:
    with qtbot.waitSignal(client.engine_started):
        client.start()
    requests = [client.request(m.RemoveFolder(b"/papers")) for _ in range(100)]
    client.close()
    assert [starts.engines[0].receive().request_id for _ in requests] == requests


def test_closing_ends_the_connection_and_the_threads(qtbot: QtBot, client: EngineClient, starts: Starts) -> None:
    before = threading.active_count()
    with qtbot.waitSignal(client.engine_started):
        client.start()

    client.close()

    assert starts.engines[0].poll(1.0)
    assert threading.active_count() == before


def test_an_engine_that_never_reads_does_not_hold_the_window(qtbot: QtBot, client: EngineClient) -> None:
    with qtbot.waitSignal(client.engine_started):
        client.start()

    for i in range(5000):
        client.request(m.AddFolder(b"/papers/" + str(i).encode() * 50))

    assert client.request(ListModels()) == 5001


def test_two_thousand_signals_leave_true_alone(qtbot: QtBot) -> None:
    """PySide6 6.12.0 drops a reference to True for each signal."""
    sender = EngineClient(Starts())
    before = sys.getrefcount(True)

    for _ in range(2000):
        sender.engine_started.emit()

    assert abs(sys.getrefcount(True) - before) < 100
    assert isinstance(sender, QObject)
