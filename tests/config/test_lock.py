"""One Margent at a time for a library."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.config.lock import library_lock
from app.config.paths import DataPaths
from app.core.errors import DataDirectoryUnwritable, LibraryLocked

HOLD = """
import sys
from pathlib import Path
from app.config.lock import library_lock
with library_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_process_is_told_that_the_library_is_open(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(LibraryLocked), library_lock(path):
            pass
        holder.kill()
    with library_lock(path):
        assert path.exists()


def test_a_data_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataDirectoryUnwritable) as caught:
        DataPaths(tmp_path / "file" / "data").create()
    assert caught.value.facts["path"] == str(tmp_path / "file" / "data")


def test_a_data_directory_is_its_owners_alone(tmp_path: Path) -> None:
    paths = DataPaths(tmp_path / "data")
    paths.create()
    assert paths.root.stat().st_mode & 0o077 == 0
