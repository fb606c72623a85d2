"""Every command on a real library: what it prints, with which keys, and how it ends."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pymupdf
import pytest

from app.cli.parser import parse, run
from app.config.lock import library_lock
from app.config.paths import resources_dir
from app.library.catalog import Catalog
from tests.cli.outcome import Margent

SAMPLES = resources_dir() / "samples"
LEASE = SAMPLES / "lease-unit-4-ropewalk.pdf"
NOTICE = "at least six months’ notice"
TEST_MODEL = "smollm2-135m-instruct-q4_1"
HIT_KEYS = {"rank", "path", "page", "heading", "text", "start", "end", "scores", "twins", "recognised", "file"}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Path:
    """A data directory with the test models, in which the samples are indexed."""
    data_dir = tmp_path_factory.mktemp("library")
    (data_dir / "models").symlink_to(models_dir)
    assert run(parse(["index", str(SAMPLES), "--data-dir", str(data_dir)])) == 0
    return data_dir


@pytest.fixture
def without_answers(tmp_path: Path, models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory with the embedder and the reranker only."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "nowhere"))
    models = tmp_path / "data" / "models"
    models.mkdir(parents=True)
    for folder in filter(Path.is_dir, models_dir.iterdir()):
        (models / folder.name).symlink_to(folder)
    return tmp_path / "data"


@pytest.fixture
def empty_library(tmp_path: Path, models_dir: Path) -> Path:
    """A data directory with the test models and nothing else."""
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    (data_dir / "models").symlink_to(models_dir)
    return data_dir


def test_index_reports_what_it_did_and_why_a_file_is_missing(
    margent: Margent, tmp_path: Path, empty_library: Path
) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "good.md").write_text("# Tides\n\nSpring tides come with the new and the full moon.\n")
    (papers / "empty.docx").touch()
    (papers / "damaged.pdf").write_bytes(b"%PDF-1.7\nnot really")
    first = margent("index", papers, "--json", data_dir=empty_library)
    assert first.status == 0
    promised = {"documents", "indexed", "unchanged", "removed", "failed", "passages", "seconds"}
    assert set(first.json) == promised | {"embedded"}
    assert (first.json["indexed"], first.json["embedded"]) == (1, 1)
    reasons = {Path(row["path"]).name: row["reason"] for row in first.json["failed"]}
    assert reasons == {"empty.docx": "empty", "damaged.pdf": "damaged"}

    second = margent("index", papers, data_dir=empty_library)
    assert "0 indexed, 1 unchanged" in second.out
    assert "the file is empty" in second.out


def test_one_bad_path_does_not_keep_the_others_out(margent: Margent, tmp_path: Path, empty_library: Path) -> None:
    (tmp_path / "note.txt").write_text("The key lies under the third pot.")
    outcome = margent("index", tmp_path / "absent", tmp_path / "note.txt", "--json", data_dir=empty_library)
    assert outcome.status == 1
    assert outcome.err == f"margent: {tmp_path / 'absent'}: there is no such file or folder\n"
    assert outcome.json["indexed"] == 1


def test_an_empty_folder_is_indexed_and_said_to_be_empty(margent: Margent, tmp_path: Path, empty_library: Path) -> None:
    (tmp_path / "empty").mkdir()
    outcome = margent("index", tmp_path / "empty", "--json", data_dir=empty_library)
    assert (outcome.status, outcome.json["documents"]) == (0, 0)
    assert outcome.err == f"margent: {tmp_path / 'empty'}: it is empty; put documents into it and index it again\n"


def test_a_folder_of_other_files_says_that_nothing_in_it_is_read(
    margent: Margent, tmp_path: Path, empty_library: Path
) -> None:
    (tmp_path / "songs").mkdir()
    (tmp_path / "songs" / "one.mp3").write_bytes(b"la")
    outcome = margent("index", tmp_path / "songs", data_dir=empty_library)
    assert outcome.status == 0
    assert "nothing in it is read (1 file left out)" in outcome.err
    assert "0 documents, 0 passages" in outcome.out


def test_what_is_left_out_of_a_folder_is_listed_with_its_rule(
    margent: Margent, tmp_path: Path, empty_library: Path
) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    for name in ("a.txt", "b.md", "c.html"):
        (papers / name).write_text(f"This is {name}.")

    def listed() -> dict[str, str]:
        rows = margent("documents", "--json", data_dir=empty_library).json
        return {Path(row["path"]).name: row["detail"] for row in rows if row["state"] == "ignored"}

    margent("index", papers, "--ignore", "*.md", data_dir=empty_library)
    assert listed() == {"b.md": "*.md"}
    assert "it is left out by a rule (*.md)" in margent("documents", data_dir=empty_library).out

    rules = margent("rules", papers, "--remove", "*.md", "--types", ".TXT,md", "--json", data_dir=empty_library).json
    assert (rules["path"], rules["patterns"], rules["types"]) == (str(papers), [], ["txt", "md"])
    assert "*.part" in rules["built_in"]
    assert listed() == {"c.html": "html"}
    assert margent("index", papers, "--json", data_dir=empty_library).json["indexed"] == 1

    assert margent("rules", papers, "--ignore", "!", data_dir=empty_library).status == 2
    assert margent("rules", papers, "--largest", "none", data_dir=empty_library).status == 2
    assert margent("rules", tmp_path, data_dir=empty_library).status == 1


def test_status_counts_the_library(margent: Margent) -> None:
    status = margent("status", "--json").json
    promised = {"folders", "documents", "passages", "pages_without_text", "embedder", "model", "current_as_of"}
    added = {"unembedded", "answering_embedder", "foreign", "set_aside", "paused", "pages_waiting", "recognises_with"}
    added |= {"outdated"}
    assert promised | added == set(status)
    assert status["documents"] == {"ready": 6, "queued": 0, "failed": 0, "ignored": 0}
    assert status["embedder"] == "bge-small-en-v1.5"
    assert [folder["path"] for folder in status["folders"]] == [str(SAMPLES)]
    assert "6 ready, 0 waiting, 0 could not be read" in margent("status").out


def test_documents_has_a_row_for_each_file(margent: Margent) -> None:
    rows = margent("documents", "--json").json
    assert {Path(row["path"]).name for row in rows} == {file.name for file in SAMPLES.iterdir()}
    assert all({"path", "state", "reason", "pages", "passages"} <= set(row) for row in rows)
    assert next(row for row in rows if row["path"] == str(LEASE))["pages"] == 4
    assert str(len(rows)) == str(len(margent("documents").out.splitlines()))


def test_search_finds_the_passage_and_says_where_it_stands(margent: Margent) -> None:
    found = margent("search", "notice to end the lease early", "-k", "3", "--json").json
    assert set(found) == {"hits", "ms"}
    best = found["hits"][0]
    assert set(best) == HIT_KEYS
    assert (best["path"], best["page"], best["rank"]) == (str(LEASE), 3, 1)
    assert NOTICE in best["text"]
    assert len(best["text"]) == best["end"] - best["start"]
    assert len(found["hits"]) <= 3


@pytest.mark.parametrize(
    ("filters", "suffixes"),
    [(["--type", "md"], {".md"}), (["--type", ".HTML"], {".html"}), (["--in", str(LEASE)], {".pdf"})],
)
def test_search_keeps_to_its_filters(margent: Margent, filters: list[str], suffixes: set[str]) -> None:
    hits = margent("search", "kiln firing temperature rent", *filters, "--json").json["hits"]
    assert {Path(hit["path"]).suffix for hit in hits} == suffixes


def test_a_folder_is_known_by_its_links_too(margent: Margent, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(SAMPLES)
    hits = margent("search", "rent", "--in", tmp_path / "link" / LEASE.name, "--json").json["hits"]
    assert {hit["path"] for hit in hits} == {str(LEASE)}


def test_search_can_be_limited_to_days(margent: Margent) -> None:
    assert "--before 1990-01-01" in margent("search", "kiln", "--before", "1990-01-01").err
    assert margent("search", "kiln", "--after", "1990-01-01", "--json").json["hits"]


def test_search_explains_each_step(margent: Margent) -> None:
    explained = margent("search", "celadon", "-k", "1", "--explain").out
    assert "words" in explained
    assert "meaning" in explained
    assert "ms  " in explained


def test_evidence_needs_no_model(margent: Margent, without_answers: Path) -> None:
    assert margent("index", LEASE, data_dir=without_answers).status == 0
    for option in ("--evidence-only", "--no-model"):
        outcome = margent("ask", "How much notice must the tenant give?", option, "--json", data_dir=without_answers)
        assert outcome.status == 0
        assert any(NOTICE in hit["text"] for hit in outcome.json["evidence"])
    told = margent("ask", "How much notice must the tenant give?", "--no-model", data_dir=without_answers)
    assert "lease-unit-4-ropewalk.pdf · p. 3" in told.out


def test_ask_without_a_model_ends_with_4_and_says_how_to_get_one(margent: Margent, without_answers: Path) -> None:
    assert margent("index", LEASE, data_dir=without_answers).status == 0
    outcome = margent("ask", "How much notice must the tenant give?", data_dir=without_answers)
    assert outcome.status == 4
    assert "margent models get" in outcome.err
    assert len(outcome.err.splitlines()) == 1


def test_ask_prints_what_was_promised(margent: Margent) -> None:
    question = "How much notice must the tenant give to end the lease early?"
    outcome = margent("ask", question, "--model", TEST_MODEL, "--in", LEASE, "--json")
    assert outcome.status == 0
    answer = outcome.json
    assert set(answer) == {
        *("answer", "found", "sentences", "citations", "evidence", "receipt", "model", "ms", "tokens"),
        *("stopped", "searched", "unread", "coverage", "ended", "withheld"),
    }
    assert answer["model"] == TEST_MODEL
    assert set(answer["ms"]) == {"retrieve", "first_token", "total"}
    assert set(answer["tokens"]) == {"prompt", "answer"}
    assert {hit["path"] for hit in answer["evidence"]} == {str(LEASE)}
    for citation in answer["citations"]:
        assert set(citation) == {"n", "path", "page", "start", "end", "quote", "rects"}
        assert citation["rects"]


def test_show_draws_the_page_with_the_span_marked(margent: Margent, tmp_path: Path) -> None:
    hit = margent("search", "notice to end the lease early", "-k", "1", "--json").json["hits"][0]
    plain, marked = tmp_path / "plain.png", tmp_path / "marked.png"
    place = ("show", hit["path"], "--page", str(hit["page"]))
    assert margent(*place, "--png", plain).status == 0
    assert margent(*place, "--start", str(hit["start"]), "--end", str(hit["end"]), "--png", marked).status == 0
    before, after = pymupdf.Pixmap(str(plain)), pymupdf.Pixmap(str(marked))
    assert (before.width, before.height) == (after.width, after.height) == (1190, 1684)
    told = margent(*place, "--start", str(hit["start"]), "--end", str(hit["end"]), "--png", marked, "--json").json
    assert {"path", "page", "pages", "png", "rects"} <= set(told)
    assert (told["path"], told["page"], told["pages"], told["png"]) == (str(LEASE), 3, 4, str(marked))
    assert all(len(rect) == 4 for rect in told["rects"])
    assert told["rects"]
    changed = sum(old != new for old, new in zip(before.samples[2::3], after.samples[2::3], strict=True))
    assert 0.02 < changed / (before.width * before.height) < 0.3


@pytest.mark.parametrize("suffix", [".md", ".docx", ".html", ".txt"])
def test_show_draws_a_format_without_pages_of_its_own(margent: Margent, tmp_path: Path, suffix: str) -> None:
    path = next(SAMPLES.glob(f"*{suffix}"))
    plain, marked = tmp_path / "plain.png", tmp_path / "marked.png"
    assert margent("show", path, "--page", "1", "--png", plain).status == 0
    outcome = margent("show", path, "--page", "1", "--start", "0", "--end", "99", "--png", marked)
    assert (outcome.status, outcome.out, outcome.err) == (0, "", "")
    before, after = pymupdf.Pixmap(str(plain)), pymupdf.Pixmap(str(marked))
    assert (before.width, before.height) == (after.width, after.height)
    assert before.width == 1190
    changed = sum(old != new for old, new in zip(before.samples[2::3], after.samples[2::3], strict=True))
    assert 0.005 < changed / (before.width * before.height) < 0.1


def test_show_prints_what_is_too_large_to_draw(margent: Margent, tmp_path: Path, empty_library: Path) -> None:
    (tmp_path / "tall.txt").write_text("Each\n" + "a\n" * 2900)
    assert margent("index", tmp_path / "tall.txt", data_dir=empty_library).status == 0
    place = ("show", tmp_path / "tall.txt", "--page", "1", "--start", "0", "--end", "4")
    outcome = margent(*place, "--png", tmp_path / "page.png", data_dir=empty_library)
    assert outcome.status == 1
    assert outcome.out.startswith("▶Each◀")
    assert "too large to be drawn" in outcome.err
    assert not (tmp_path / "page.png").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["show", str(LEASE), "--page", "9", "--png", "x.png"], "there is no page 9, it has 4"),
        (["show", "/elsewhere.pdf", "--page", "1", "--png", "x.png"], "not in the library"),
        (["show", str(LEASE), "--page", "1", "--png", "/nowhere/x.png"], "/nowhere/x.png: it cannot be written"),
        (["ask", "How much rent does the tenant pay?", "--model", "no-such-model"], "no model of this name"),
        (["models", "get", "no-such-model"], "no model of this name"),
        (["models", "add", str(LEASE)], "this is no GGUF file"),
        (["models", "add", "/nowhere.gguf"], "no such file"),
        (["evaluate", "retrieval", "/nowhere"], "no such file"),
        (["search", "rent", "--in", "/nope"], "/nope: it is not in the library; margent documents lists"),
        (["search", "rent", "--in", str(SAMPLES), "--in", str(SAMPLES) + "x"], "samplesx: it is not in the library"),
        (["ask", "What is the rent?", "--no-model", "--in", "/nope"], "/nope: it is not in the library"),
        (["ask", "What is the rent?", "--adapter", "/nope.gguf"], "/nope.gguf: there is no such file"),
        (["ask", "What is the rent?", "--adapter", str(LEASE)], "this is no GGUF file"),
        (["evaluate", "pages", "/nowhere", "--questions", "/nowhere"], "no such file"),
    ],
)
def test_a_request_that_fails_ends_with_1_and_one_line(margent: Margent, words: list[str], said: str) -> None:
    outcome = margent(*words)
    assert outcome.status == 1
    assert said in outcome.err
    assert outcome.err.startswith("margent: ")
    assert len(outcome.err.splitlines()) == 1
    assert outcome.out == ""


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["search"],
        ["search", "x", "-k", "0"],
        ["search", "x", "--after", "yesterday"],
        ["index"],
        ["ask", "What is the rent?", "--adapter-scale", "5"],
        ["show", str(LEASE), "--page", "0", "--png", "x.png"],
        ["show", str(LEASE), "--page", "1", "--start", "5", "--png", "x.png"],
        ["models", "get"],
        ["models", "list", "something"],
        ["evaluate", "nothing", "."],
        ["ask", "What is the rent?", "--style", "terse"],
        ["ask", "What is the rent?", "--no-model", "--style", "terse"],
    ],
)
def test_wrong_usage_ends_with_2(margent: Margent, words: list[str]) -> None:
    assert margent(*words).status == 2


def test_a_library_that_is_in_use_ends_with_3(margent: Margent, library: Path) -> None:
    with library_lock(library / "lock"):
        outcome = margent("status")
        assert outcome.status == 3
        awaited, locked = outcome.err.strip().splitlines()
        assert "waiting a moment" in awaited
        assert "another Margent has this library open" in locked
        assert margent("models", "list").status == 0


def test_a_data_directory_that_cannot_be_written_is_named(margent: Margent, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    outcome = margent("status", data_dir=tmp_path / "file" / "data")
    assert outcome.status == 1
    assert "cannot be written" in outcome.err


def test_json_and_the_data_directory_may_stand_before_the_command(library: Path) -> None:
    before = parse(["--json", "--data-dir", str(library), "search", "x"])
    after = parse(["search", "x", "--json", "--data-dir", str(library)])
    assert vars(before) == vars(after)
    assert parse([]).command is None


def test_models_lists_the_shelf(margent: Margent) -> None:
    rows = {row["name"]: row for row in margent("models", "--json").json}
    assert rows[TEST_MODEL]["installed"]
    assert rows["bge-small-en-v1.5"]["role"] == "embed"
    assert "margent" not in margent("models", "list").err


def test_a_model_is_checked_against_its_hash(margent: Margent) -> None:
    checked = margent("models", "check", "bge-small-en-v1.5", "--json").json
    assert {Path(file["path"]).name for file in checked} == {"model.onnx", "tokenizer.json"}


def test_evaluate_measures_retrieval(margent: Margent, tmp_path: Path) -> None:
    corpus = [{"_id": "a", "title": "", "text": "Bees dance."}, {"_id": "b", "title": "", "text": "Ships sink."}]
    (tmp_path / "corpus.jsonl").write_text("\n".join(map(json.dumps, corpus)))
    (tmp_path / "queries.jsonl").write_text(json.dumps({"_id": "q", "text": "What do bees do?"}))
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq\ta\t1\n")
    metrics = margent("evaluate", "retrieval", tmp_path, "--json").json
    assert {"ndcg@10", "recall@5", "recall@10", "mrr@10", "queries", "ms_per_query"} <= set(metrics)
    assert (metrics["ndcg@10"], metrics["queries"]) == (1.0, 1)


def test_evaluate_measures_pages_and_keeps_the_library(margent: Margent, tmp_path: Path, models_dir: Path) -> None:
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "lease.pdf").write_bytes(LEASE.read_bytes())
    questions = tmp_path / "qa.jsonl"
    questions.write_text(
        json.dumps({"question": "How much notice must the tenant give?", "evidence": [{"doc": "lease.pdf", "page": 2}]})
    )
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    (data_dir / "models").symlink_to(models_dir)
    words = ("evaluate", "pages", documents, "--questions", questions, "--json")
    assert margent(*words, data_dir=data_dir).json == {"hit@1": 1.0, "hit@5": 1.0, "hit@10": 1.0, "questions": 1}
    assert margent("status", "--json", data_dir=data_dir).json["documents"]["ready"] == 1
    assert margent(*words[:-3]).status == 2


def test_doctor_looks_at_everything_and_contacts_nothing(margent: Margent) -> None:
    found = margent("doctor", "--json").json
    assert found["computer"]["cores"] >= 1
    assert found["llama"]["version"]
    assert found["network"] == []
    assert "seccomp" in found["sandbox"]
    assert "seccomp" in found["recogniser_sandbox"]
    library = found["library"]
    assert library["exists"]
    assert library["trouble"] == ""
    assert library["vectors"] == library["embeddings"] == library["texts"] > 0
    said = margent("doctor").out
    assert "nothing was contacted" in said
    assert re.search("Readers +jailed by .*seccomp", said)
    assert re.search("Scans +jailed by .*seccomp", said)


def test_doctor_finds_a_damaged_catalog_and_leaves_it_alone(margent: Margent, tmp_path: Path) -> None:
    damaged = b"SQLite format 3\0" + b"\xff" * 5000
    (tmp_path / "catalog.sqlite").write_bytes(damaged)
    assert "the catalog is damaged" in margent("doctor", data_dir=tmp_path).out
    assert (tmp_path / "catalog.sqlite").read_bytes() == damaged


def test_a_damaged_library_is_rebuilt_and_every_way_to_look_at_it_says_so(
    margent: Margent, tmp_path: Path, empty_library: Path
) -> None:
    (tmp_path / "note.txt").write_text("The key lies under the third pot.")
    assert margent("index", tmp_path / "note.txt", data_dir=empty_library).status == 0
    for name in ("catalog.sqlite", "history.sqlite"):
        (empty_library / name).write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    catalog, history = (empty_library / f"{name}.sqlite.damaged" for name in ("catalog", "history"))

    first = margent("status", data_dir=empty_library)
    assert first.err.splitlines() == [
        f"margent: the catalog was damaged; it was set aside as {catalog}, and a new one is filled from your folders",
        f"margent: the record of answers was damaged; it was set aside as {history}, and a new one begun",
    ]
    assert "set aside" not in first.out
    second = margent("status", data_dir=empty_library)
    assert second.err == ""
    assert f"the catalog was damaged; it was set aside as {catalog}" in second.out
    assert margent("status", "--json", data_dir=empty_library).json["set_aside"] == [str(catalog), str(history)]
    assert (
        f"the record of answers was damaged; it was set aside as {history}"
        in margent("doctor", data_dir=empty_library).out
    )
    found = margent("doctor", "--json", data_dir=empty_library).json
    assert found["library"]["set_aside"] == [str(catalog), str(history)]


@pytest.mark.parametrize("command", ["status", "doctor", "models"])
def test_settings_that_cannot_be_read_are_named_and_left_as_they_are(
    margent: Margent, empty_library: Path, command: str
) -> None:
    (empty_library / "settings.toml").write_text("theme = [")
    outcome = margent(command, data_dir=empty_library)
    assert outcome.status == 0
    assert outcome.err.startswith(f"margent: {empty_library / 'settings.toml'}: the settings cannot be read (")
    assert len(outcome.err.splitlines()) == 1
    assert (empty_library / "settings.toml").read_text() == "theme = ["


def test_a_disk_that_is_full_while_indexing_is_said_once(
    margent: Margent, tmp_path: Path, empty_library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert margent("status", data_dir=empty_library).status == 0
    (tmp_path / "papers").mkdir()
    for number in range(400):
        (tmp_path / "papers" / f"{number:0200}.txt").write_text("Each")
    opened = Catalog.open

    def opened_on_a_full_disk(path: Path) -> Catalog:
        catalog = opened(path)
        catalog.database.read(f"PRAGMA max_page_count = {catalog.database.value('PRAGMA page_count')}")
        return catalog

    monkeypatch.setattr(Catalog, "open", opened_on_a_full_disk)
    outcome = margent("index", tmp_path / "papers", data_dir=empty_library)
    assert outcome.status == 1
    assert len(outcome.err.splitlines()) == 1
    assert "the disk is full" in outcome.err


def test_a_model_file_that_is_damaged_can_only_be_removed(margent: Margent, tmp_path: Path) -> None:
    models = tmp_path / "models"
    models.mkdir()
    (models / "own.gguf").write_bytes(b"GGUF")
    told = margent("models", data_dir=tmp_path)
    line = next(line for line in told.out.splitlines() if "own" in line.split()[:2])
    assert line.startswith("damaged")
    assert line.endswith("the file is cut off; download it again; take it away with: margent models remove own")
    row = next(row for row in margent("models", "--json", data_dir=tmp_path).json if row["name"] == "own")
    assert (row["installed"], row["chosen"], row["trouble"]) == (False, False, "truncated")
    assert margent("models", "remove", "own", data_dir=tmp_path).status == 0
    assert not (models / "own.gguf").exists()


def test_doctor_goes_on_beside_a_running_margent(margent: Margent, library: Path) -> None:
    with library_lock(library / "lock"):
        outcome = margent("doctor")
    assert outcome.status == 3
    assert "Computer" in outcome.out


def test_a_reader_that_has_seen_enough_causes_no_complaint(library: Path) -> None:
    command = f"{sys.executable} -m app documents --data-dir {library} | true"
    ended = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True, timeout=120)
    assert ended.stderr == ""


def test_reading_the_command_line_loads_no_heavy_library() -> None:
    script = "import sys; from app.cli.parser import parse; parse(['status']); print(*sys.modules)"
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    heavy = {"chromadb", "onnxruntime", "numpy", "llama_cpp", "pymupdf", "PySide6"}
    assert heavy & set(shown.stdout.split()) == set()


def test_a_model_is_used_from_now_on_for_its_role(margent: Margent, without_answers: Path, models_dir: Path) -> None:
    (without_answers / "models" / "own").symlink_to(models_dir / "bge-small-en-v1.5")
    assert margent("index", LEASE, data_dir=without_answers).status == 0
    rows = margent("models", "use", "own", "--json", data_dir=without_answers).json
    assert [row["name"] for row in rows if row["chosen"] and row["role"] == "embed"] == ["own"]
    status = margent("status", "--json", data_dir=without_answers).json
    assert (status["embedder"], status["answering_embedder"], status["unembedded"]) == ("own", "own", 0)
    assert margent("models", "use", "nobody", data_dir=without_answers).status == 1
