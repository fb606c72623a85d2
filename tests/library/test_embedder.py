"""The installed embedder, as it is."""

from pathlib import Path

import numpy as np
import pytest

from app.core.errors import ModelFileInvalid
from app.core.models import EmbeddingSettings, Pooling
from app.library.embedder import Embedder, foreign_share, known_share
from tests.models import english_embedder

LEASE = "The tenant pays a deposit of two months' rent before moving in."
PASTRY = "Fold the butter into the dough and chill it for an hour."


@pytest.fixture(scope="module")
def embedder(models_dir: Path) -> Embedder:
    return english_embedder(models_dir)


def test_vectors_have_the_models_length_and_unit_length(embedder: Embedder) -> None:
    vector = embedder.embed(LEASE)
    assert vector.dtype == np.float32
    assert vector.shape == (384,)
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5)


def test_a_question_is_nearer_to_the_passage_that_answers_it(embedder: Embedder) -> None:
    question = embedder.embed_query("How much must I pay up front to rent the flat?")
    assert question @ embedder.embed(LEASE) > question @ embedder.embed(PASTRY) + 0.1


def test_a_question_is_embedded_with_the_models_prefix_and_a_passage_without(embedder: Embedder) -> None:
    prefixed = embedder.embed(f"Represent this sentence for searching relevant passages: {LEASE}")
    assert np.array_equal(embedder.embed_query(LEASE), prefixed)
    assert not np.allclose(embedder.embed(LEASE), prefixed)


def test_the_same_text_always_gives_the_same_vector(embedder: Embedder) -> None:
    first = embedder.embed(LEASE)
    embedder.embed(PASTRY)
    assert np.array_equal(first, embedder.embed(LEASE))


def test_a_text_longer_than_the_model_is_cut_and_not_refused(embedder: Embedder) -> None:
    long = "rent " * 600
    assert np.array_equal(embedder.embed(long), embedder.embed(long + PASTRY))
    assert np.isfinite(embedder.embed_query("x" * 20_000)).all()


@pytest.mark.parametrize("text", ["", "\0", "🙂", "\ud800 lone surrogate"])
def test_any_text_has_a_vector(embedder: Embedder, text: str) -> None:
    assert np.isfinite(embedder.embed(text)).all()


def test_the_name_is_the_folders(embedder: Embedder) -> None:
    assert embedder.name == "bge-small-en-v1.5"


@pytest.mark.parametrize("missing", ["model.onnx", "tokenizer.json"])
def test_a_missing_file_is_named(models_dir: Path, tmp_path: Path, missing: str) -> None:
    for name in {"model.onnx", "tokenizer.json"} - {missing}:
        (tmp_path / name).symlink_to(models_dir / "bge-small-en-v1.5" / name)
    with pytest.raises(ModelFileInvalid) as caught:
        Embedder(tmp_path, EmbeddingSettings(Pooling.CLS))
    assert caught.value.facts["path"] == str(tmp_path / missing)


@pytest.mark.parametrize("damaged", ["model.onnx", "tokenizer.json"])
def test_a_damaged_file_is_named(models_dir: Path, tmp_path: Path, damaged: str) -> None:
    for name in ("model.onnx", "tokenizer.json"):
        start = (models_dir / "bge-small-en-v1.5" / name).read_bytes()[:100_000]
        if name == damaged:
            (tmp_path / name).write_bytes(start)
        else:
            (tmp_path / name).symlink_to(models_dir / "bge-small-en-v1.5" / name)
    with pytest.raises(ModelFileInvalid) as caught:
        Embedder(tmp_path, EmbeddingSettings(Pooling.CLS))
    assert caught.value.facts["path"] == str(tmp_path / damaged)


@pytest.mark.parametrize(
    ("question", "low", "high"),
    [
        ("How much money must I put down to rent the flat?", 0.9, 1.0),
        ("Wie hoch ist die Kaution für die Wohnung in Düsseldorf-Oberkassel?", 0.0, 0.6),
        ("Сколько стоит аренда квартиры?", 0.0, 0.0),
        ("東京大学はどこにありますか", 0.0, 0.0),
        ("4711-B", 0.0, 0.2),
        ("", 0.0, 0.0),
    ],
)
def test_a_language_that_the_model_does_not_know_is_foreign(
    embedder: Embedder, question: str, low: float, high: float
) -> None:
    assert low <= known_share(embedder, question) <= high


GERMAN = (
    "Der Mieter zahlt die Kaution in Höhe von zwei Monatsmieten vor dem Einzug in die Wohnung, und er bekommt sie"
    " zurück, sobald die Wohnung geräumt und besichtigt ist."
)


@pytest.mark.parametrize(
    ("sample", "share"),
    [
        ([GERMAN] * 6, 1.0),
        ([GERMAN], 0.0),  # a note
        (["Anja Übelhör, Jürgen Schäfer, Köln", "Straßenverzeichnis"] * 40, 0.0),  # names, line by line
        ([" 17,50 \n 2024-03-01 \n" * 200] * 6, 0.0),  # a sheet of figures
        ([GERMAN] * 4 + ["The tenant pays the deposit before moving in, and it is returned afterwards. " * 3] * 4, 0.5),
    ],
)
def test_a_library_is_in_a_foreign_language_where_enough_text_is(
    embedder: Embedder, sample: list[str], share: float
) -> None:
    assert foreign_share(embedder, sample) == share
