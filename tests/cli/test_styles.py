"""`ask --style`: an own style in the prompt, the JSON and the receipt; a wrong name and a bad file say what to do."""

from pathlib import Path

import pytest

from app.cli.parser import parse, run
from tests.cli.outcome import Margent

TEST_MODEL = "smollm2-135m-instruct-q4_1"
QUESTION = ("ask", "How much is the rent?", "--model", TEST_MODEL)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Path:
    """A data directory with the test models and two own styles, one of them bad, in which a lease is indexed."""
    data_dir = tmp_path_factory.mktemp("library")
    (data_dir / "models").symlink_to(models_dir)
    papers = tmp_path_factory.mktemp("papers")
    (papers / "lease.txt").write_text("The rent is 900 euros a month. It is due on the third working day.")
    (data_dir / "styles").mkdir()
    (data_dir / "styles" / "one line.md").write_text("In one line.")
    (data_dir / "styles" / "endless.md").write_text("x" * 1001)
    assert run(parse(["index", str(papers), "--data-dir", str(data_dir)])) == 0
    return data_dir


def test_the_prompt_in_a_style_is_printed_without_being_sent(margent: Margent) -> None:
    styled = margent(*QUESTION, "--style", "One Line", "--evidence-only", "--json").json
    plain = margent(*QUESTION, "--evidence-only", "--json").json
    assert styled["style"] == "one line"
    assert "In one line." in styled["prompt"][-1]["content"]
    assert styled["prompt_tokens"]["instructions"] > plain["prompt_tokens"]["instructions"]
    assert set(styled) - set(plain) == {"style"}
    assert "In one line." in margent(*QUESTION, "--style", "one line", "--evidence-only").out


def test_an_answer_in_a_style_says_so_and_receipt_and_export_too(margent: Margent, tmp_path: Path) -> None:
    answer = margent(*QUESTION, "--style", "one line", "--json").json
    assert answer["style"] == "one line"
    shown = margent("receipts", "show", answer["receipt"], "--json").json
    assert shown["parts"]["style"]["name"] == "one line"
    assert shown["parts"]["style"]["instructions"] == "In one line."
    assert margent("receipts", "verify").status == 0
    assert margent("export", answer["receipt"], "--to", tmp_path / "answer.md").status == 0
    assert "- Style: one line\n" in (tmp_path / "answer.md").read_text()


def test_a_name_that_is_none_names_those_there_are(margent: Margent) -> None:
    outcome = margent(*QUESTION, "--style", "terse")
    assert outcome.status == 2
    assert outcome.err.startswith("margent: terse: there is no style of this name; there are: brief, ")
    assert "one line" in outcome.err


def test_a_bad_file_is_named_with_what_to_do(margent: Margent, library: Path) -> None:
    outcome = margent(*QUESTION, "--style", "endless")
    assert (outcome.status, outcome.out) == (1, "")
    assert outcome.err.startswith(f"margent: {library / 'styles' / 'endless.md'}: this style is longer than 1000 ")
