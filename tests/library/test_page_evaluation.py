"""Measuring pages: which lines of a file are questions, and from which rank on one is answered."""

import json
from pathlib import Path

import pytest

from app.core.errors import QuestionsInvalid
from app.core.types import Hit, Scores
from app.library.page_evaluation import PageMetrics, page_metrics, rank_needed, read_page_questions

LINES = [
    {"question": "one page", "evidence": [{"doc": "a.pdf", "page": 0}, {"doc": "b.pdf", "page": 3}]},
    {"question": "two pages", "evidence_pools": [[{"doc": "a.pdf", "page": 0}], [{"doc": "sub/b.pdf", "page": 3}]]},
    {"question": "no page", "evidence": [], "answerable": False},
    {"question": "half a page", "evidence_pools": [[{"doc": "a.pdf", "page": 0}], []]},
]


def hit(path: bytes, page: int) -> Hit:
    return Hit(0, 0, path, "", 0, "", page, 0, 1, (), "x", Scores())


def write(path: Path, lines: list[object]) -> Path:
    path.write_text("\n".join(map(json.dumps, lines)))
    return path


def test_only_questions_that_a_page_answers_are_asked(tmp_path: Path) -> None:
    questions = read_page_questions(write(tmp_path / "qa.jsonl", [*LINES]))
    assert [question.text for question in questions] == ["one page", "two pages"]


@pytest.mark.parametrize("lines", [[], [LINES[2]], [{"question": "x", "evidence": [{"doc": "a.pdf"}]}]])
def test_a_file_without_pages_is_refused(tmp_path: Path, lines: list[object]) -> None:
    with pytest.raises(QuestionsInvalid):
        read_page_questions(write(tmp_path / "qa.jsonl", lines))


def test_a_page_counts_once_however_many_passages_of_it_are_found(tmp_path: Path) -> None:
    one, two = read_page_questions(write(tmp_path / "qa.jsonl", [*LINES]))
    hits = [hit(b"/x/c.pdf", 1), hit(b"/x/c.pdf", 1), hit(b"/x/a.pdf", 1), hit(b"/x/sub/b.pdf", 4)]
    assert rank_needed(one, hits) == 2
    assert rank_needed(two, hits) == 3


def test_a_pool_without_a_page_leaves_its_question_unanswered(tmp_path: Path) -> None:
    one, two = read_page_questions(write(tmp_path / "qa.jsonl", [*LINES]))
    hits = [hit(b"/x/a.pdf", 2), hit(b"/x/aa.pdf", 1), hit(b"/x/b.pdf", 4)]
    assert rank_needed(one, hits) == 3
    assert rank_needed(two, [*hits, hit(b"/x/a.pdf", 1)]) is None


def test_the_metrics_are_shares_of_the_questions() -> None:
    assert page_metrics([1, 5, 6, None]) == PageMetrics(0.25, 0.5, 0.75, 4)
