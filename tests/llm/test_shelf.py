"""What is installed, found, added, checked and removed."""

import os
from pathlib import Path

import pytest

from app.core.errors import ModelFileInvalid, ModelHashWrong, ModelUnknown, NoModelInstalled, UsageWrong
from app.core.models import ModelRole
from app.llm.catalogue import ModelEntry, PypiSource
from app.llm.shelf import Shelf
from tests.llm.small_files import gguf_bytes, in_parts, make_wheel, model_file, wheel_of

MODEL = gguf_bytes({"general.name": "Known Model"})
OTHER = gguf_bytes({"general.name": "Own Model", "general.license": "mit"})


def no_progress(_stage: str, _done: int, _total: int) -> None:
    return


def never() -> bool:
    return False


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[ModelEntry, ...]:
    """An answer model in two wheels, and an embedder and a reranker that share one."""
    index = tmp_path / "index"
    wheel = make_wheel(index, "both", {"e/model.onnx": b"embed", "r/model.onnx": b"rerank"})
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))

    def entry(name: str, role: ModelRole, *files: object, recommended: bool = True) -> ModelEntry:
        kept = tuple(file for file in files if isinstance(file, type(answer)))
        size_bytes = sum(file.size_bytes for file in kept)
        return ModelEntry(
            name=name, role=role, title=name.title(), licence="MIT", size_bytes=size_bytes, memory_bytes=size_bytes * 2,
            files=kept, recommended=recommended,
        )  # fmt: skip

    answer = in_parts(index, "known.gguf", MODEL, 2)
    embed = model_file("finder/model.onnx", b"embed", PypiSource((wheel_of(wheel, "both", "e/model.onnx"),)))
    rerank = model_file("sorter/model.onnx", b"rerank", PypiSource((wheel_of(wheel, "both", "r/model.onnx"),)))
    return (
        entry("known", ModelRole.ANSWER, answer),
        entry("finder", ModelRole.EMBED, embed),
        entry("sorter", ModelRole.RERANK, rerank),
    )


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    """The library's own models folder, not made yet, and the one that all libraries share."""
    (tmp_path / "shared").mkdir()
    return tmp_path / "own", tmp_path / "shared"


@pytest.fixture
def shelf(places: tuple[Path, Path], catalogue: tuple[ModelEntry, ...]) -> Shelf:
    return Shelf(places, catalogue)


@pytest.fixture
def downloaded(tmp_path: Path) -> Path:
    """A model file of the person's own."""
    path = tmp_path / "Downloads" / "My Model (v2).gguf"
    path.parent.mkdir()
    path.write_bytes(OTHER)
    return path


def test_an_empty_shelf_offers_the_catalogue(shelf: Shelf) -> None:
    rows = shelf.rows()
    assert [(row.name, row.installed, row.chosen) for row in rows] == [
        ("known", False, False),
        ("finder", False, False),
        ("sorter", False, False),
    ]
    with pytest.raises(NoModelInstalled) as caught:
        shelf.find("")
    assert caught.value.facts == {"role": "answer"}
    with pytest.raises(NoModelInstalled):
        shelf.find("known")


def test_a_fetched_model_is_found_by_name_and_by_role(shelf: Shelf, places: tuple[Path, Path]) -> None:
    assert shelf.get("known", no_progress, never)
    assert shelf.find("known") == shelf.find("") == places[0] / "known.gguf"
    row = shelf.rows()[0]
    assert (row.installed, row.chosen) == (True, True)
    assert shelf.check("known", no_progress)[0].known_as == "known"
    assert shelf.get("known", no_progress, lambda: True), "a model that is there needs no fetching"


def test_folders_are_what_the_embedder_and_the_reranker_get(shelf: Shelf, places: tuple[Path, Path]) -> None:
    shelf.get("finder", no_progress, never)
    wheels = places[0] / ".partial" / "wheels"
    assert len(list(wheels.iterdir())) == 1, "the reranker will want the same wheel"
    shelf.get("sorter", no_progress, never)
    assert not (places[0] / ".partial").exists()
    assert shelf.find("", ModelRole.EMBED) == places[0] / "finder"
    assert shelf.find("sorter", ModelRole.RERANK) == places[0] / "sorter"


def test_a_choice_that_is_not_there_gives_way_to_what_is(shelf: Shelf) -> None:
    shelf.get("known", no_progress, never)
    assert [row.name for row in shelf.rows("gone") if row.chosen and row.role is ModelRole.ANSWER] == ["known"]


def test_a_cancelled_download_installs_nothing(shelf: Shelf, places: tuple[Path, Path]) -> None:
    assert not shelf.get("known", no_progress, lambda: True)
    assert not (places[0] / "known.gguf").exists()
    assert not shelf.rows()[0].installed


def test_models_of_the_shared_place_are_found_and_left_alone(shelf: Shelf, places: tuple[Path, Path]) -> None:
    (places[1] / "known.gguf").write_bytes(MODEL)
    assert shelf.find("") == places[1] / "known.gguf"
    with pytest.raises(UsageWrong):
        shelf.remove("known")
    assert (places[1] / "known.gguf").exists()


def test_an_own_file_is_linked_named_and_listed(shelf: Shelf, places: tuple[Path, Path], downloaded: Path) -> None:
    name = shelf.add(downloaded, no_progress, never)
    assert name == "my-model-v2"
    assert shelf.find(name).samefile(downloaded)
    row = shelf.rows(name)[-1]
    assert (row.title, row.licence, row.installed, row.chosen) == ("Own Model", "mit", True, True)
    assert row.memory_bytes > row.size_bytes == len(OTHER)
    assert shelf.add(downloaded, no_progress, never) == name, "adding it again changes nothing"
    assert [path.name for path in places[0].iterdir()] == ["my-model-v2.gguf"]


def test_another_file_of_the_same_name_gets_a_number(shelf: Shelf, tmp_path: Path, downloaded: Path) -> None:
    shelf.add(downloaded, no_progress, never)
    namesake = tmp_path / downloaded.name
    namesake.write_bytes(gguf_bytes({"general.name": "Different"}))
    assert shelf.add(namesake, no_progress, never) == "my-model-v2-2"


def test_a_file_that_the_catalogue_knows_takes_its_place(shelf: Shelf, downloaded: Path) -> None:
    downloaded.write_bytes(MODEL)
    assert shelf.add(downloaded, no_progress, never) == "known"
    assert shelf.rows()[0].installed


def test_where_no_link_can_be_made_the_file_is_copied(
    shelf: Shelf, downloaded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(_source: Path, _target: Path) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", no_links)
    seen: list[tuple[str, int, int]] = []
    name = shelf.add(downloaded, lambda stage, done, total: seen.append((stage, done, total)), never)
    assert seen[-1] == ("copy", len(OTHER), len(OTHER))
    assert shelf.find(name).read_bytes() == OTHER
    assert not shelf.find(name).samefile(downloaded)
    monkeypatch.setattr("app.llm.own_models._COPY_BYTES", 64)
    downloaded.write_bytes(gguf_bytes({"general.name": "Changed"}))
    assert shelf.add(downloaded, no_progress, lambda: True) == "", "cancelled"
    assert len(list(shelf.find(name).parent.iterdir())) == 1


@pytest.mark.parametrize(("content", "detail"), [(OTHER[:-200], "truncated"), (b"%PDF-1.7", "not_gguf")])
def test_a_file_that_is_no_model_is_not_added(
    shelf: Shelf, places: tuple[Path, Path], downloaded: Path, content: bytes, detail: str
) -> None:
    downloaded.write_bytes(content)
    with pytest.raises(ModelFileInvalid) as caught:
        shelf.add(downloaded, no_progress, never)
    assert caught.value.facts["detail"] == detail
    assert not places[0].exists()
    with pytest.raises(ModelFileInvalid):
        shelf.find(str(downloaded))


def test_what_is_no_model_on_the_shelf_does_not_hide_the_others(shelf: Shelf, places: tuple[Path, Path]) -> None:
    places[0].mkdir()
    (places[0] / "link-to-nowhere.gguf").symlink_to("/nowhere.gguf")
    (places[0] / "folder.gguf").mkdir()
    (places[0] / "cut-off.gguf").write_bytes(OTHER[:-200])
    (places[1] / "whole.gguf").write_bytes(OTHER)
    own = [
        (row.name, row.installed, row.trouble) for row in shelf.rows() if row.name not in ("known", "finder", "sorter")
    ]
    assert own == [("whole", True, ""), ("cut-off", False, "truncated")]


def test_a_file_anywhere_can_be_used_by_its_path(shelf: Shelf, downloaded: Path) -> None:
    assert shelf.find(str(downloaded)) == downloaded
    with pytest.raises(ModelUnknown):
        shelf.find(str(downloaded.with_name("absent.gguf")))


def test_a_changed_file_is_found_out_and_both_hashes_named(shelf: Shelf, places: tuple[Path, Path]) -> None:
    shelf.get("known", no_progress, never)
    good = shelf.check("known", no_progress)[0].sha256
    changed = bytearray(MODEL)
    changed[-1] ^= 1
    (places[0] / "known.gguf").write_bytes(changed)
    with pytest.raises(ModelHashWrong) as caught:
        shelf.check("known", no_progress)
    assert caught.value.facts["expected"] == good
    assert caught.value.facts["found"] != good


def test_an_own_file_is_compared_with_what_it_was_at_the_first_check(
    shelf: Shelf, places: tuple[Path, Path], downloaded: Path
) -> None:
    name = shelf.add(downloaded, no_progress, never)
    first = shelf.check(name, no_progress)[0]
    assert first.known_as == ""
    path = places[0] / f"{name}.gguf"
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with pytest.raises(ModelHashWrong) as caught:
        shelf.check(name, no_progress)
    assert caught.value.facts["expected"] == first.sha256


def test_removing_a_model_leaves_nothing_of_it_but_the_original(
    shelf: Shelf, places: tuple[Path, Path], downloaded: Path
) -> None:
    name = shelf.add(downloaded, no_progress, never)
    shelf.check(name, no_progress)
    shelf.get("finder", no_progress, never)
    shelf.get("sorter", no_progress, never)
    for installed in (name, "finder", "sorter"):
        shelf.remove(installed)
    assert list(places[0].iterdir()) == []
    assert downloaded.read_bytes() == OTHER
    with pytest.raises(ModelUnknown):
        shelf.remove(name)
