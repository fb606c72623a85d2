"""The reranker comes and goes; how many passages it judges follows the computer, within bounds."""

import shutil
from pathlib import Path

import pytest

from app.config.paths import resources_dir
from app.engine.search_models import FEWEST, MOST, SearchModels, candidates_for
from app.engine.shelving import Shelving
from app.llm.shelf import Shelf, load_catalogue

RERANKER = "ms-marco-minilm-l-12-v2"


@pytest.mark.parametrize(("ms_per_pair", "candidates"), [(0.0, MOST), (5.0, MOST), (27.5, 12), (300.0, FEWEST)])
def test_a_slower_computer_judges_fewer_passages_but_never_too_few(ms_per_pair: float, candidates: int) -> None:
    assert candidates_for(ms_per_pair) == candidates


def test_a_reranker_is_used_from_when_it_comes_until_it_goes(tmp_path: Path, models_dir: Path) -> None:
    models = SearchModels(Shelving(Shelf((tmp_path,), load_catalogue(resources_dir() / "models.toml")), ""))
    models.take_reranker()
    assert models.reranker is None

    shutil.copytree(models_dir / RERANKER, tmp_path / RERANKER)
    models.take_reranker()
    assert models.reranker is not None
    assert models.reranker.name == RERANKER
    assert FEWEST <= models.candidates <= MOST

    shutil.rmtree(tmp_path / RERANKER)
    models.take_reranker()
    assert models.reranker is None
