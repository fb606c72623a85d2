"""Questions with answers: which are read and drawn, and whether a citation stands where the answer does."""

import json
from pathlib import Path

import pytest

from app.core.errors import PathMissing, PathUnreadable, QuestionsInvalid
from app.core.pages import Block, BlockKind, Page
from app.core.types import Citation
from app.library.answer_evaluation import AnswerPlace, may_stand_in, read_answer_set, stands_on

PAGES = (
    Page(1, "Title\nFirst one.", (Block(BlockKind.HEADING, 0, 5, 1), Block(BlockKind.PARAGRAPH, 6, 16))),
    Page(2, "Second one.\nThird.", (Block(BlockKind.PARAGRAPH, 0, 11), Block(BlockKind.LIST_ITEM, 12, 18))),
)
WRITTEN = "Title\r\n\r\nFirst   one.\r\n\r\nSecond one.\r\nThird."


def citation(page: int, start: int, end: int, quote_start: int, quote_end: int) -> Citation:
    return Citation(1, 1, b"/x/docs/a.txt", page, start, end, "", quote_start, quote_end)


def write(folder: Path, lines: list[object]) -> Path:
    (folder / "docs").mkdir()
    (folder / "qa.jsonl").write_text("\n".join(map(json.dumps, lines)))
    return folder / "qa.jsonl"


def test_places_come_from_evidence_pools_and_documents(tmp_path: Path) -> None:
    line = {
        "question": "x",
        "evidence": [{"doc": "a.pdf", "page": 0}],
        "evidence_pools": [[{"doc": "b.pdf", "page": 3}]],
        "gold_docs": ["c.pdf"],
    }
    read = read_answer_set(write(tmp_path, [line]))
    assert read.documents == tmp_path / "docs"
    assert read.questions[0].places == (AnswerPlace("a.pdf", 0), AnswerPlace("b.pdf", 3), AnswerPlace("c.pdf"))


def test_a_seed_draws_the_same_sample_again(tmp_path: Path) -> None:
    path = write(tmp_path, [{"question": str(number)} for number in range(50)])
    first, again, other = (read_answer_set(path, 10, seed).questions for seed in (1, 1, 2))
    assert len({one.question for one in first}) == 10
    assert first == again != other
    assert len(read_answer_set(path, 99).questions) == 50


def test_what_is_no_set_of_questions_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PathMissing):
        read_answer_set(tmp_path / "qa.jsonl")
    with pytest.raises(PathUnreadable):
        read_answer_set(tmp_path)
    for text in ("", "no JSON", '{"question": 3}', "[]"):
        (tmp_path / "qa.jsonl").write_text(text)
        with pytest.raises(QuestionsInvalid):
            read_answer_set(tmp_path / "qa.jsonl")
    (tmp_path / "qa.jsonl").write_text('{"question": "x"}')
    with pytest.raises(PathMissing) as caught:
        read_answer_set(tmp_path / "qa.jsonl")
    assert caught.value.facts["path"] == str(tmp_path / "docs")


def test_pages_count_from_0_in_the_file_and_from_1_in_a_citation() -> None:
    assert stands_on(citation(1, 0, 9, 0, 9), AnswerPlace("a.txt", page=0), (), "")
    assert not stands_on(citation(1, 0, 9, 0, 9), AnswerPlace("a.txt", page=1), (), "")


def test_a_document_alone_is_all_of_it_and_is_known_by_the_end_of_its_path() -> None:
    assert stands_on(citation(7, 0, 9, 0, 9), AnswerPlace("a.txt"), (), "")
    assert may_stand_in(AnswerPlace("docs/a.txt"), "/x/docs/a.txt")
    assert not may_stand_in(AnswerPlace("a.txt"), "/x/docs/aa.txt")


@pytest.mark.parametrize(("quote", "paragraph"), [((1, 6, 16), 0), ((2, 0, 11), 1), ((2, 12, 18), 2)])
def test_paragraphs_count_on_over_pages_without_headings(quote: tuple[int, int, int], paragraph: int) -> None:
    page, start, end = quote
    where = [n for n in range(5) if stands_on(citation(page, 0, 18, start, end), AnswerPlace("", para=n), PAGES, "")]
    assert where == [paragraph]


def test_characters_are_those_of_the_file_however_it_is_spaced() -> None:
    second = WRITTEN.index("Second")
    place = AnswerPlace("", char_start=second, char_end=second + 6)
    assert stands_on(citation(2, 0, 11, 0, 1), place, PAGES, WRITTEN)
    assert not stands_on(citation(2, 12, 18, 12, 18), place, PAGES, WRITTEN)
    assert not stands_on(citation(1, 6, 16, 6, 16), place, PAGES, WRITTEN)
