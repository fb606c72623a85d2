"""The evidence is the longest prefix of the hits that fits the budget."""

from hypothesis import given
from hypothesis import strategies as st

from app.core.evidence import choose_evidence, estimated_tokens
from tests.fakes import make_hit


@given(st.lists(st.integers(1, 4000), max_size=12), st.integers(0, 4000))
def test_evidence_is_a_prefix_within_the_budget_unless_one_passage_alone_exceeds_it(
    lengths: list[int], budget: int
) -> None:
    hits = tuple(make_hit("x" * length, number=number) for number, length in enumerate(lengths, start=1))
    chosen = choose_evidence(hits, budget)
    assert chosen == hits[: len(chosen)]
    assert len(chosen) <= 1 or sum(map(estimated_tokens, chosen)) <= budget
    assert bool(chosen) == bool(hits)
