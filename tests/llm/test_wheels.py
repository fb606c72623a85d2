"""How much of a wheel has arrived, told while pip moves and removes its folders."""

import shutil
import threading
from pathlib import Path

from app.llm.wheels import largest_wheel_bytes


def test_the_largest_wheel_below_a_folder_is_measured(tmp_path: Path) -> None:
    (tmp_path / "scratch" / "unpacked").mkdir(parents=True)
    (tmp_path / "scratch" / "unpacked" / "a.whl").write_bytes(b"12345")
    (tmp_path / "b.whl").write_bytes(b"12")
    (tmp_path / "c.txt").write_bytes(b"1234567")
    assert largest_wheel_bytes(tmp_path) == 5
    assert largest_wheel_bytes(tmp_path / "nowhere") == 0


def test_folders_that_vanish_while_it_looks_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "kept.whl").write_bytes(b"123")
    ended = threading.Event()

    def come_and_go() -> None:
        while not ended.is_set():
            for number in range(20):
                (tmp_path / f"unpacked-{number}" / "deep").mkdir(parents=True)
                (tmp_path / f"unpacked-{number}" / "deep" / "a.whl").write_bytes(b"1")
            for number in range(20):
                shutil.rmtree(tmp_path / f"unpacked-{number}")

    pip = threading.Thread(target=come_and_go)
    pip.start()
    try:
        assert all(largest_wheel_bytes(tmp_path) == 3 for _ in range(300))
    finally:
        ended.set()
        pip.join()
