"""A GGUF embedder in its own process: the installed SmolLM2, whose header is given a pooling as an embedder's has."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from app.core.errors import ModelDied, ModelFileInvalid
from app.core.models import EmbeddingSettings, ModelRole, Pooling
from app.engine.gguf_embedder import GgufEmbedder
from app.library.embedder import known_share
from app.llm.embedders import EmbedderChoice, embedder_choice
from app.llm.gguf import read_header
from app.llm.shelf import Shelf
from tests.llm.small_files import gguf_bytes, with_number

LEASE = "The tenant pays a deposit of two months' rent before moving in."
PASTRY = "Fold the butter into the dough and chill it for an hour."
MEAN = 1


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Path:
    """A real model of 135 million weights that says of itself that it embeds, by the mean of its tokens."""
    content = (models_dir / "smollm2-135m-instruct-q4_1.gguf").read_bytes()
    path = tmp_path_factory.mktemp("models") / "small-embedder.gguf"
    path.write_bytes(with_number(content, "llama.pooling_type", MEAN))
    return path


@pytest.fixture(scope="module")
def choice(model: Path) -> EmbedderChoice:
    return embedder_choice(Shelf((model.parent,), ()), ())


@pytest.fixture(scope="module")
def embedder(choice: EmbedderChoice) -> Iterator[GgufEmbedder]:
    with GgufEmbedder(choice, use_gpu=False) as embedder:
        yield embedder


def test_the_header_says_that_the_model_embeds_and_how(model: Path, choice: EmbedderChoice) -> None:
    header = read_header(model, ModelRole.EMBED)
    assert (header.role, header.pooling) == (ModelRole.EMBED, Pooling.MEAN)
    assert choice.is_gguf
    assert choice.settings == EmbeddingSettings(Pooling.MEAN, 2048)


def test_vectors_have_unit_length_and_like_texts_are_near(embedder: GgufEmbedder) -> None:
    lease, pastry = embedder.embed(LEASE), embedder.embed(PASTRY)
    assert lease.dtype == np.float32
    assert lease.shape == (embedder.loaded.dimensions,) == (576,)
    assert np.linalg.norm(lease) == pytest.approx(1.0, abs=1e-5)
    near = embedder.embed("Before moving in, the tenant pays two months' rent as a deposit.")
    assert near @ lease > near @ pastry + 0.05


def test_the_same_text_gives_the_same_vector_whatever_came_before(embedder: GgufEmbedder) -> None:
    first = embedder.embed(LEASE)
    embedder.embed(PASTRY)
    assert np.array_equal(first, embedder.embed(LEASE))


@pytest.mark.parametrize("text", ["", "\0", "🙂", "\ud800 lone", "rent " * 4000])
def test_any_text_has_a_vector(embedder: GgufEmbedder, text: str) -> None:
    assert np.isfinite(embedder.embed(text)).all()


def test_a_prefix_is_put_before_questions_and_another_before_passages(model: Path) -> None:
    settings = EmbeddingSettings(Pooling.LAST, 64, "query: ", "passage: ")
    with (
        GgufEmbedder(EmbedderChoice("e", model, settings, "e"), use_gpu=False) as prefixed,
        GgufEmbedder(EmbedderChoice("p", model, EmbeddingSettings(Pooling.LAST, 64), "p"), use_gpu=False) as plain,
    ):
        assert np.allclose(prefixed.embed_query(LEASE), plain.embed(f"query: {LEASE}"), atol=1e-5)
        assert np.allclose(prefixed.embed(LEASE), plain.embed(f"passage: {LEASE}"), atol=1e-5)
        assert not np.allclose(plain.embed(LEASE), prefixed.embed(LEASE), atol=1e-2)


def test_how_far_it_knows_a_language_is_told_by_its_own_vocabulary(embedder: GgufEmbedder) -> None:
    assert known_share(embedder, LEASE) == 1.0
    assert known_share(embedder, "Сколько стоит аренда квартиры в этом доме?") == 0.0


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the jail is Linux's")
def test_the_process_is_jailed(embedder: GgufEmbedder) -> None:
    assert embedder.loaded.sandbox
    status = Path(f"/proc/{embedder.pid}/status").read_text(encoding="ascii")
    assert "NoNewPrivs:\t1" in status
    assert "Seccomp:\t2" in status


def test_a_process_that_died_is_told_and_started_again(choice: EmbedderChoice) -> None:
    with GgufEmbedder(choice, use_gpu=False) as embedder:
        first = embedder.embed(LEASE)
        assert embedder.pid is not None
        os.kill(embedder.pid, signal.SIGKILL)
        with pytest.raises(ModelDied):
            embedder.embed(LEASE)
        assert np.array_equal(first, embedder.embed(LEASE))


def test_a_model_that_writes_answers_is_refused_and_leaves_no_process(tmp_path: Path) -> None:
    path = tmp_path / "writer.gguf"
    path.write_bytes(gguf_bytes())
    with pytest.raises(ModelFileInvalid) as caught:
        GgufEmbedder(EmbedderChoice("writer", path, EmbeddingSettings(Pooling.MEAN), "writer"), use_gpu=False)
    assert caught.value.facts["detail"] == "not_for_embedding"
