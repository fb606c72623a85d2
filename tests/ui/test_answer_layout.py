"""Answers as blocks of runs."""

from app.core.types import Sentence
from app.ui.answer_layout import Run, finished_layout, growing_layout


def marks_in(runs: tuple[Run, ...]) -> list[int]:
    return [run.mark for run in runs if run.mark is not None]


def test_paragraphs_lists_and_headings_keep_their_structure() -> None:
    blocks = growing_layout("# Terms\nFirst line\nof one paragraph.\n\n- one\n2. two\n\nEnd.", 0)

    assert [(block.marker, block.heading, block.text) for block in blocks] == [
        ("", True, "Terms"),
        ("", False, "First line of one paragraph."),
        ("•", False, "one"),
        ("2.", False, "two"),
        ("", False, "End."),
    ]


def test_a_mark_stands_behind_the_full_stop() -> None:
    [block] = growing_layout("Three months [1].", 2)

    assert [run.mark or run.text for run in block.runs] == ["Three months.", 1]


def test_marks_in_one_bracket_become_single_marks() -> None:
    [block] = growing_layout("Both say so [1, 2].", 2)

    assert marks_in(block.runs) == [1, 2]


def test_a_number_that_is_no_passage_stays_text() -> None:
    [block] = growing_layout("See clause [7] and [1].", 2)

    assert block.text == "See clause [7] and."
    assert marks_in(block.runs) == [1]


def test_a_half_written_mark_waits() -> None:
    assert growing_layout("Three months [1", 2)[0].text == "Three months"
    assert growing_layout("Three **", 2)[0].text.strip() == "Three"


def test_bold_is_bold_and_other_signs_stand_as_they_are() -> None:
    [block] = growing_layout("It is **two** months, 5 * 3 <b>and</b> ![](x)", 2)

    assert [run.text for run in block.runs if run.bold] == ["two"]
    assert block.text == "It is two months, 5 * 3 <b>and</b> ![](x)"


def test_a_sentence_that_nothing_supports_is_told_and_no_other() -> None:
    sentences = (Sentence("The rent is 5.", (1,), 0.9), Sentence("Everybody likes it.", (), 0.0))

    [block] = finished_layout("The rent is 5 [1]. Everybody likes it.", 2, frozenset({1}), sentences)

    assert "".join(run.text for run in block.runs if run.unsupported) == "Everybody likes it."


def test_a_sentence_without_its_mark_is_given_one_at_its_end() -> None:
    sentences = (Sentence("The rent is 5.", (2,), 0.9), Sentence("It is due in May.", (1,), 0.9))

    [block] = finished_layout("The rent is 5. It is due in May [1].", 2, frozenset({1, 2}), sentences)

    read = [run.mark or run.text.strip() for run in block.runs if run.mark or run.text.strip()]
    assert read == ["The rent is 5.", 2, "It is due in May.", 1]


def test_sentences_are_found_in_list_items() -> None:
    sentences = (Sentence("- one thing", (), 0.0), Sentence("2. another", (1,), 0.9))

    first, second = finished_layout("- one thing\n2. another", 2, frozenset({1}), sentences)

    assert first.runs[0].unsupported
    assert marks_in(second.runs) == [1]


def test_a_sentence_that_is_not_in_the_text_changes_nothing() -> None:
    [block] = finished_layout("The rent is 5.", 2, frozenset({1}), (Sentence("Elsewhere.", (1,), 0.0),))

    assert block.runs == (Run("The rent is 5."),)


def test_a_mark_that_was_not_believed_is_left_out_and_one_of_no_passage_stays_text() -> None:
    sentences = (Sentence("Clause [7] says the rent is 5.", (1,), 0.9),)

    [block] = finished_layout("Clause [7] says the rent is 5 [1, 2].", 2, frozenset({1}), sentences)

    assert block.text == "Clause [7] says the rent is 5."
    assert marks_in(block.runs) == [1]
