"""The reranker comes and goes."""

import asyncio
import shutil
from pathlib import Path

from app.config.paths import resources_dir
from app.engine.search_models import SearchModels
from app.engine.shelving import Shelving
from app.library.judging_pace import FEWEST, MOST
from app.llm.shelf import Shelf, load_catalogue

RERANKER = "ms-marco-minilm-l-12-v2"


def test_a_reranker_is_used_from_when_it_comes_until_it_goes(tmp_path: Path, models_dir: Path) -> None:
    models = SearchModels(Shelving(Shelf((tmp_path,), load_catalogue(resources_dir() / "models.toml")), ""))
    asyncio.run(models.take_reranker())
    assert models.reranker is None

    shutil.copytree(models_dir / RERANKER, tmp_path / RERANKER)
    asyncio.run(models.take_reranker())
    assert models.reranker is not None
    assert models.reranker.name == RERANKER
    assert FEWEST <= len(models.reranker.scores("rent?", ["The rent is due."] * 30)) <= MOST

    shutil.rmtree(tmp_path / RERANKER)
    asyncio.run(models.take_reranker())
    assert models.reranker is None
