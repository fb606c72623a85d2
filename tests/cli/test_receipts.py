"""`margent receipts` and `margent forget` on a real library with a real model."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.outcome import Margent

TINY = "smollm2-135m-instruct-q4_1"
SECRET = "quillwort"


@pytest.fixture
def library(tmp_path: Path, models_dir: Path) -> Path:
    data = tmp_path / "data"
    data.mkdir()
    (data / "models").symlink_to(models_dir)
    (data / "settings.toml").write_text(f'model = "{TINY}"\nanswer_tokens = 24\n')
    return data


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "garden.txt").write_text(f"The {SECRET} in the garden of Ms Ahlgren was planted in May 2019.")
    return papers


def test_an_answer_leaves_a_receipt_that_verifies_and_can_be_written_again(margent: Margent, papers: Path) -> None:
    margent("index", papers)
    answered = margent("ask", f"When was the {SECRET} planted?", "--json").json
    assert answered["receipt"]
    shown = margent("receipts", "show", answered["receipt"], "--json").json
    assert (shown["model"]["name"], len(shown["model"]["sha256"])) == (TINY, 64)
    assert shown["parts"]["question"]["question"] == f"When was the {SECRET} planted?"
    assert shown["parts"]["source 1"]["path"] == str(papers / "garden.txt")
    assert set(shown["versions"]) >= {"llama-cpp-python", "embedder", "reranker"}
    (listed,) = margent("receipts", "--json").json
    assert listed["id"] == answered["receipt"]

    verified = margent("receipts", "verify", "--json")
    assert (verified.status, verified.json["intact"]) == (0, True)
    assert {source["state"] for source in verified.json["sources"]} == {"unchanged"}
    again = margent("receipts", "rerun", answered["receipt"][:6], "--json")
    assert (again.json["same"], again.json["differences"], again.status) == (True, [], 0)
    assert again.json["answer"].strip() == answered["answer"]


def test_a_broken_chain_is_an_error_that_names_the_receipt(margent: Margent, papers: Path, library: Path) -> None:
    margent("index", papers)
    receipt = margent("ask", f"When was the {SECRET} planted?", "--json").json["receipt"]
    (papers / "garden.txt").write_text("Something else.")
    with closing(sqlite3.connect(library / "history.sqlite")) as database:
        database.execute("DROP TRIGGER receipts_are_not_changed")
        database.execute("UPDATE receipts SET body = replace(body, 'true', 'false')")
        database.commit()
    verified = margent("receipts", "verify")
    assert verified.status == 1
    assert f"{receipt}: it was changed after it was written" in verified.out
    assert "garden.txt · p. 1: changed" in verified.out


def test_a_chain_whose_newest_link_was_cut_off_is_an_error(margent: Margent, papers: Path, library: Path) -> None:
    margent("index", papers)
    margent("ask", f"When was the {SECRET} planted?")
    with closing(sqlite3.connect(library / "history.sqlite")) as database:
        database.executescript("DROP TRIGGER receipts_stay; DELETE FROM parts; DELETE FROM receipts;")
    verified = margent("receipts", "verify")
    assert verified.status == 1
    assert "1 link at the end of the chain, or more, were cut off" in verified.out


def test_what_is_forgotten_leaves_no_trace_and_the_chain_holds(margent: Margent, papers: Path, library: Path) -> None:
    margent("index", papers)
    receipt = margent("ask", f"When was the {SECRET} planted?", "--json").json["receipt"]
    forgot = margent("forget", papers, "--json")
    assert forgot.status == 0
    assert forgot.json == {"documents": 1, "passages": 1, "vectors": 1, "receipts": 1, "left": 0}
    verified = margent("receipts", "verify", "--json")
    assert (verified.status, verified.json["intact"]) == (0, True)
    assert {source["state"] for source in verified.json["sources"]} == {"erased"}
    assert margent("search", SECRET, "--json").json["hits"] == []
    assert margent("receipts", "rerun", receipt).status == 1
    assert (papers / "garden.txt").exists()
    stored = (library / "history.sqlite").read_bytes()
    assert b"Ahlgren" not in stored


def test_what_lies_in_a_folder_that_is_followed_is_not_forgotten_alone(margent: Margent, papers: Path) -> None:
    margent("index", papers)
    refused = margent("forget", papers / "garden.txt")
    assert refused.status == 2
    assert str(papers) in refused.err
    assert margent("forget", papers / "nothing").status == 1


def test_a_receipt_that_does_not_exist_is_told(margent: Margent) -> None:
    assert margent("receipts", "show", "nothing").err.startswith("margent: nothing: no receipt")
    assert margent("receipts", "show").status == 2
    assert margent("receipts", "verify", "--json").json == {
        "intact": True,
        "missing": 0,
        "head": "",
        "receipts": [],
        "sources": [],
    }


def test_the_evidence_is_printed_as_the_prompt_that_would_be_sent(margent: Margent, papers: Path) -> None:
    margent("index", papers)
    shown = margent("ask", f"When was the {SECRET} planted?", "--evidence-only", "--json").json
    assert SECRET in shown["prompt"][-1]["content"]
    assert len(shown["prompt_tokens"]["passages"]) == len(shown["evidence"]) == 1
    assert shown["receipt"] == ""
    assert "room for the answer" in margent("ask", "When was it?", "--evidence-only").out
