"""The catalogue of models that ships with the program."""

from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest

from app.config.paths import resources_dir
from app.core.models import ModelRole
from app.llm.catalogue import HttpsSource, PypiSource, load_catalogue

CATALOGUE = resources_dir() / "models.toml"


def test_there_is_one_recommended_model_for_each_role() -> None:
    entries = load_catalogue(CATALOGUE)
    recommended = [entry.role for entry in entries if entry.recommended]
    assert sorted(recommended) == sorted(ModelRole)


def test_every_file_has_its_place_and_a_source() -> None:
    for entry in load_catalogue(CATALOGUE):
        assert entry.size_bytes == sum(file.size_bytes for file in entry.files)
        assert entry.memory_bytes > entry.size_bytes
        for file in entry.files:
            assert file.sources
            one_file = f"{entry.name}.gguf" if entry.role is ModelRole.ANSWER else None
            folder = "tessdata" if entry.role is ModelRole.RECOGNISE else entry.name
            assert file.path == one_file or file.path.startswith(f"{folder}/")


def test_no_package_index_is_named() -> None:
    for entry in load_catalogue(CATALOGUE):
        for source in (source for file in entry.files for source in file.sources):
            match source:
                case HttpsSource(url):
                    assert urlsplit(url).hostname in ("huggingface.co", "github.com")
                case PypiSource(wheels):
                    assert all("/" not in wheel.package and ":" not in wheel.package for wheel in wheels)


def test_the_embedder_says_how_it_embeds() -> None:
    entry = next(entry for entry in load_catalogue(CATALOGUE) if entry.role is ModelRole.EMBED)
    assert entry.embedding is not None
    assert (entry.embedding.dimensions, entry.embedding.pooling) == (384, "cls")
    assert entry.embedding.query_prefix.endswith(": ")


@pytest.mark.parametrize("path", ["/etc/passwd", "../outside.gguf", "a/../../b", "UPPER.gguf"])
def test_a_path_that_leaves_the_models_folder_is_refused(tmp_path: Path, path: str) -> None:
    text = CATALOGUE.read_text(encoding="utf-8").replace("smollm2-135m-instruct-q4_1.gguf", path)
    (tmp_path / "models.toml").write_text(text, encoding="utf-8")
    with pytest.raises(msgspec.ValidationError):
        load_catalogue(tmp_path / "models.toml")
