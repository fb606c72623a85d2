"""How many passages are judged follows the computer, within bounds."""

import pytest

from app.engine.search_models import FEWEST, MOST, candidates_for


@pytest.mark.parametrize(("ms_per_pair", "candidates"), [(0.0, MOST), (5.0, MOST), (27.5, 12), (300.0, FEWEST)])
def test_a_slower_computer_judges_fewer_passages_but_never_too_few(ms_per_pair: float, candidates: int) -> None:
    assert candidates_for(ms_per_pair) == candidates
