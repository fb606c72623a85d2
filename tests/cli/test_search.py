"""`search` and `ask` with filters, reasons, twins and bad input, on a real library."""

import os
import shutil
from pathlib import Path

import pytest

from app.cli.parser import parse, run
from app.config.paths import resources_dir
from tests.cli.outcome import Margent

SAMPLES = resources_dir() / "samples"
LEASE = "lease-unit-4-ropewalk.pdf"
NOTICE = "notice to end the lease early"
DAY_S = 86_400
MOST_ASKED = 10_000
"""Characters of a question that surely fit into the test model's context."""


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The samples, one of them twice and one of them old, and a file whose name is not UTF-8."""
    papers = tmp_path_factory.mktemp("papers")
    for file in set(SAMPLES.iterdir()) - {SAMPLES / "README.md"}:
        shutil.copy(file, papers)
    (papers / "copies of old").mkdir()
    shutil.copy(SAMPLES / LEASE, papers / "copies of old" / "lease copy.pdf")
    os.utime(papers / "celadon-glaze.md", (20 * 365 * DAY_S, 20 * 365 * DAY_S))
    with open(os.fsencode(papers) + b"/caf\xe9 opening.txt", "w") as file:
        file.write("The opening hours of the corner are from eight to six.")
    return papers


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, models_dir: Path, papers: Path) -> Path:
    """A data directory with the test models, in which the papers are indexed."""
    data_dir = tmp_path_factory.mktemp("library")
    (data_dir / "models").symlink_to(models_dir)
    assert run(parse(["index", str(papers), "--data-dir", str(data_dir)])) == 0
    return data_dir


@pytest.mark.parametrize("command", [["search"], ["ask", "--evidence-only"]])
def test_every_filter_restricts_search_and_ask(margent: Margent, papers: Path, command: list[str]) -> None:
    def names(*filters: str | Path) -> set[str]:
        return margent(*command, "kiln glaze rent lease", *filters, "--json").names

    assert names("--in", papers / "copies of old") == {"lease copy.pdf"}
    picked = {LEASE, "celadon-glaze.md"}
    assert names(*(word for name in picked for word in ("--in", papers / name))) == picked
    assert names("--type", "md", "--type", "HTML") == {"celadon-glaze.md", "kiln-guide.html"}
    assert names("--before", "2000") == {"celadon-glaze.md"}
    assert "celadon-glaze.md" not in names("--after", "2000-02")
    assert names("--in", os.fsdecode(os.fsencode(papers) + b"/caf\xe9 opening.txt")) == {"caf\udce9 opening.txt"}


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        (["--in", "/elsewhere"], "--in /elsewhere: it is not in the library; margent documents lists what is"),
        (["--type", "xlsx"], "--type xlsx: there is no such document; there are: docx, html, md, pdf, txt"),
        (["--after", "2199"], "--after 2199-01-01: no document was changed since; the newest is of 20"),
        (["--before", "1980-06"], "--before 1980-06-01: no document was changed before; the oldest is of 1989-12-27"),
        (["--type", "pdf", "--before", "2000"], "no document passes all the filters together"),
    ],
)
@pytest.mark.parametrize("command", [["search"], ["ask", "--evidence-only"]])
def test_a_filter_that_leaves_nothing_is_named_with_what_to_do(
    margent: Margent, command: list[str], filters: list[str], said: str
) -> None:
    outcome = margent(*command, "kiln", *filters)
    assert (outcome.status, outcome.out) == (1, "")
    assert said in outcome.err
    assert len(outcome.err.splitlines()) == 1


@pytest.mark.parametrize("word", ["yesterday", "2026-13", "31.12.2026", "0001"])
def test_what_is_no_date_is_wrong_usage(margent: Margent, word: str) -> None:
    outcome = margent("search", "kiln", "--after", word)
    assert outcome.status == 2
    assert f"{word!r} is not a date; write it as 2026-03-31, 2026-03 or 2026" in outcome.err


def test_twins_are_listed_with_their_hit(margent: Margent, papers: Path) -> None:
    best = margent("search", NOTICE, "-k", "1", "--json").json["hits"][0]
    [twin] = best["twins"]
    assert {Path(best["path"]).name, Path(twin["path"]).name} == {LEASE, "lease copy.pdf"}
    assert (twin["page"], twin["start"], twin["end"]) == (best["page"], best["start"], best["end"])
    assert f"also in: {twin['path']} · p. 3" in margent("search", NOTICE, "-k", "1").out


def test_explain_prints_rank_and_score_of_every_step(margent: Margent) -> None:
    lines = margent("search", NOTICE, "-k", "1", "--explain").out.splitlines()
    for step in ("words", "meaning", "together", "reread", "final"):
        [line] = [line for line in lines if line.split()[:1] == [step]]
        assert "rank 1" in line
    scores = margent("search", NOTICE, "-k", "1", "--json").json["hits"][0]["scores"]
    assert scores["fused_rank"] == scores["rerank_rank"] == scores["final_rank"] == 1


def test_why_says_what_became_of_every_passage_of_a_page(margent: Margent, papers: Path) -> None:
    place = f"{papers / LEASE}:3"
    why = margent("search", NOTICE, "-k", "1", "--why", place, "--json").json["why"]
    assert {passage["page"] for passage in why} == {3}
    fates = [passage["fate"] for passage in why]
    assert len(fates) > 1
    assert {"used", "twin"} & set(fates)
    assert {"below_limit", "not_judged", "twin"} & set(fates)
    told = margent("search", NOTICE, "-k", "1", "--why", place).out
    assert f"Why, for each passage of {papers / LEASE} · p. 3" in told
    assert "1 were asked for" in told or "which stands for it" in told


def test_why_needs_a_document_of_the_library_and_takes_its_first_page(margent: Margent, papers: Path) -> None:
    assert "not in the library" in margent("search", "kiln", "--why", "/elsewhere.pdf:2").err
    why = margent("search", "kiln", "--why", papers / "celadon-glaze.md", "--json").json["why"]
    assert {passage["page"] for passage in why} == {1}
    empty = margent("search", "kiln", "--why", f"{papers / LEASE}:99").out
    assert "there is no passage on this page" in empty


@pytest.mark.parametrize("query", ["", "  \n\t "])
@pytest.mark.parametrize("command", ["search", "ask"])
def test_an_empty_question_is_refused_in_one_line(margent: Margent, command: str, query: str) -> None:
    outcome = margent(command, query)
    assert (outcome.status, outcome.out) == (2, "")
    assert len(outcome.err.splitlines()) == 1


@pytest.mark.parametrize(
    "query",
    [
        *('"', "' OR 1=1 --", "rent AND OR NOT", "NEAR(rent, 2)", "text:rent*", "^rent {}()-+:", "“rent", "*"),
        *("\ud83d", "rent\0tenant", "rent " * 4000, " ".join(f"word{n}" for n in range(3000))),
    ],
)
@pytest.mark.parametrize("command", [["search"], ["ask", "--evidence-only"]])
def test_operators_quotes_and_long_questions_are_only_words(margent: Margent, command: list[str], query: str) -> None:
    query = query[:20_000]
    outcome = margent(*command, query, "--type", "pdf", "--json")
    if command[0] == "ask" and len(query) > MOST_ASKED:
        assert (outcome.status, outcome.err.count("\n")) == (1, 1)
        assert outcome.err.startswith("margent: the question is too long: ")
        return
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.names <= {LEASE, "lease copy.pdf", "newsletter-spring-2026.pdf"}


def test_a_damaged_store_is_rebuilt_and_meaning_finds_again(margent: Margent, library: Path) -> None:
    before = margent("search", "leaving the workshop before the term is over", "--json").json["hits"]
    for file in (library / "chroma").rglob("*"):
        if file.is_file() and file.suffix in (".bin", ".sqlite3"):
            file.write_bytes(b"\xff" * 64)
    damaged = margent("search", "leaving the workshop before the term is over", "--json")
    assert damaged.status == 0
    assert damaged.json["hits"]
    assert margent("index", library.parent / "nothing-there").status == 1
    assert margent("index", *[Path(path) for path in {str(Path(hit["path"]).parent) for hit in before}]).status == 0
    after = margent("search", "leaving the workshop before the term is over", "--json").json["hits"]
    assert [hit["text"] for hit in after] == [hit["text"] for hit in before]
    assert after[0]["scores"]["vector"] is not None
