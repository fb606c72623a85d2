"""The setting up of a checkout, in its parts that can be tried without setting anything up."""

import importlib
import os
import select
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def bootstrap(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ModuleType]:
    """The bootstrap script with its stamps in an empty folder."""
    monkeypatch.syspath_prepend(str(ROOT / "packaging"))
    module = importlib.import_module("bootstrap")
    for part in (module, sys.modules["jobs"]):
        monkeypatch.setattr(part, "MAKE", tmp_path)
    yield module
    for name in ("bootstrap", "jobs"):
        sys.modules.pop(name)


def test_the_system_packages_are_listed_by_group(bootstrap: ModuleType) -> None:
    groups = bootstrap.system_packages((ROOT / "packaging" / "system-packages.txt").read_text())
    assert list(groups) == ["build", "qt-offscreen", "qt-window"]
    assert "python3-venv" in groups["build"]
    assert all(names == sorted(set(names)) and names for names in groups.values())


def test_a_step_is_done_until_what_it_is_made_from_changes(bootstrap: ModuleType, tmp_path: Path) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text("a==1")
    bootstrap.set_done("requirements", bootstrap.key_of([lock]))
    assert bootstrap.is_done("requirements", bootstrap.key_of([lock]))
    lock.write_text("a==2")
    assert not bootstrap.is_done("requirements", bootstrap.key_of([lock]))


def test_a_cpu_build_of_llama_is_not_taken_for_a_gpu_build(bootstrap: ModuleType) -> None:
    lock = ROOT / "packaging" / "requirements-llama.txt"
    assert bootstrap.key_of([lock], "cpu") != bootstrap.key_of([lock], "cuda")


@pytest.mark.parametrize(
    ("environment", "shown"),
    [({}, False), ({"DISPLAY": ""}, False), ({"DISPLAY": ":0"}, True), ({"WAYLAND_DISPLAY": "wayland-0"}, True)],
)
def test_a_window_opens_only_where_there_is_a_display(
    bootstrap: ModuleType, environment: dict[str, str], shown: bool
) -> None:
    assert bootstrap.has_display(environment) is shown


def test_a_failed_step_shows_the_end_of_its_log_and_names_it(
    bootstrap: ModuleType, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    failing = [sys.executable, "-c", "import sys; sys.exit('the disk is on fire')"]
    with pytest.raises(bootstrap.SetupFailed, match="exit status 1"):
        bootstrap.run("Trying something", failing)
    assert "the disk is on fire" in capfd.readouterr().err
    assert "the disk is on fire" in (tmp_path / "trying-something.log").read_text()


def test_stopping_a_step_ends_what_it_started_too(bootstrap: ModuleType, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    script = f"sleep 600 & echo $! > {note}.new; mv {note}.new {note}; wait"
    job = bootstrap.Job.start("Waiting", ["sh", "-c", script], os.environ)
    while not note.exists():
        assert job.process.poll() is None
    grandchild = os.pidfd_open(int(note.read_text()))
    try:
        assert select.select([grandchild], [], [], 0)[0] == []
        job.stop()
        assert select.select([grandchild], [], [], 10)[0] == [grandchild]
    finally:
        os.close(grandchild)


def test_without_root_the_missing_packages_are_named_in_one_line(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "system-packages.txt").write_text("[build]\npython3-venv\n[none]\nno-such-package-of-debian\n")
    monkeypatch.setattr(bootstrap, "PACKAGING", tmp_path)
    monkeypatch.setattr(bootstrap.os, "geteuid", lambda: 1000)
    if bootstrap.shutil.which("dpkg-query") is None:
        pytest.skip("not a Debian")
    with pytest.raises(bootstrap.SetupFailed, match=r"sudo apt-get install --yes no-such-package-of-debian$"):
        bootstrap.install_system_packages(["build", "none"])


def test_another_python_is_refused_in_one_line(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 9, 2))
    assert bootstrap.main(["check"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("margent: python3.11 is needed")
    assert len(said.splitlines()) == 1
