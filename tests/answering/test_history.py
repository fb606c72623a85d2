"""Receipts on disk: a chain that only grows, whose texts can be erased while it verifies."""

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from app.answering.chain_head import NAME
from app.answering.history import History
from app.answering.records import KnownMember, changed_sources, file_checks, receipt_rows, recorded
from app.answering.retold import retold
from app.core.errors import DiskFull, NothingWritten, ReceiptErased, ReceiptUnknown
from app.core.found import HOPELESS_LOGIT, least_before_writing
from app.core.messages import Ask
from app.core.receipt_chain import BEGINNING, ERASURE, FIRST_PREVIOUS, chain_hash, checked
from app.core.receipts import Receipt, SourceState
from app.core.types import Hit
from tests.answering.scripted import NOTICE, RENT, Library, ScriptedModel, ask, finished
from tests.fakes import make_hit

SECRET = "900 euros"


def receipt_for(
    question: str = "How much is the rent?", *hits: Hit, text: str = "The rent is 900 euros [1]."
) -> Receipt:
    library = Library(*(hits or (RENT, NOTICE)))
    ask(library, ScriptedModel((text,)), Ask(question))
    return library.receipts[0]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "history.sqlite"


@pytest.fixture
def history(path: Path) -> Iterator[History]:
    history = History(path)
    yield history
    history.close()


def problems(history: History) -> list[str]:
    return [check.problem for check in checked(history.entries())]


def damage(path: Path, sql: str, *parameters: object) -> None:
    """Change the file as somebody would who knows SQLite and not the chain."""
    with closing(sqlite3.connect(path)) as database:
        for trigger in ("receipts_stay", "receipts_are_not_changed", "parts_are_not_changed"):
            database.execute(f"DROP TRIGGER {trigger}")
        database.execute(sql, parameters)
        database.commit()


def test_what_a_model_that_doubted_was_asked_is_recorded_and_can_be_erased(history: History) -> None:
    library = Library(RENT, NOTICE)
    ask(library, ScriptedModel((), doubts_below=1.5, log_odds=0.4), Ask("How much is the rent?"))
    identity = history.append(library.receipts[0])
    was = recorded(history.entry(identity))
    assert (was.prompts, was.text, was.doubts_below) == ((), "", least_before_writing(1.5))
    assert SECRET in was.check[-1].content
    assert history.erase(lambda _: True) == 1
    assert problems(history) == ["", ""]
    assert SECRET not in "".join(part.text for part in history.entry(identity).parts)
    with pytest.raises(ReceiptErased):
        recorded(history.entry(identity))


def test_with_which_threads_each_try_was_written_is_recorded(history: History) -> None:
    written = receipt_for()
    first, again = replace(written.tries[0], threads=((2, 7), (1, 3))), written.tries[0]
    identity = history.append(replace(written, tries=(first, again)))
    assert recorded(history.entry(identity)).threads == (((2, 7), (1, 3)), ())


def test_an_answer_that_no_model_was_asked_for_has_a_receipt_too(history: History) -> None:
    far = make_hit(f"The rent is {SECRET} a month.", rerank=HOPELESS_LOGIT - 1)
    library = Library(far)
    model = ScriptedModel(("The rent is 900 euros [1].",))
    answer = finished(ask(library, model, Ask("Who painted the ceiling?")))
    assert (model.prompts, answer.found) == ([], False)
    entry = history.entry(history.append(library.receipts[0]))
    told = retold(entry, lambda _path, _digest, _page, _span: (far.document_id, far.passage_id))
    assert [(hit.text, hit.scores.rerank) for hit in told.evidence] == [(far.text, HOPELESS_LOGIT - 1)]
    assert (told.found, told.model, told.ended, told.text) == (False, "", answer.ended, "")
    assert json.loads(entry.body)["settings"]["asked_above"] == HOPELESS_LOGIT
    with pytest.raises(NothingWritten):
        recorded(entry)
    assert history.erase(lambda _: True) == 1
    assert problems(history) == ["", ""]
    assert SECRET not in "".join(part.text for part in history.entry(entry.id).parts)


def test_what_was_quoted_to_a_model_that_then_doubted_can_be_erased(history: History) -> None:
    library = Library(RENT, NOTICE)
    model = ScriptedModel((f"The {SECRET} [1].",), doubts_below=1.5, log_odds=1.4, log_odds_quoted=0.5)
    ask(library, model, Ask("How much is the rent?"))
    identity = history.append(library.receipts[0])
    assert SECRET in next(part.text for part in history.entry(identity).parts if part.name == "quoted")
    was = recorded(history.entry(identity))
    assert (was.text, was.check, len(was.prompts)) == (model.pieces[0], (), 1)
    assert history.erase(lambda _: True) == 1
    assert problems(history) == ["", ""]
    assert SECRET not in "".join(part.text for part in history.entry(identity).parts)


def test_a_sentence_that_stands_for_an_answer_can_be_erased_from_all_that_was_asked_about_it(history: History) -> None:
    library = Library(RENT, NOTICE)
    model = ScriptedModel(("NOT FOUND",), doubts_below=1.5, log_odds=2.0, log_odds_quoted=2.0)
    ask(library, model, Ask("How much is the rent?"))
    identity = history.append(library.receipts[0])
    holding = {part.name for part in history.entry(identity).parts if SECRET in part.text}
    assert {"check", "answer", "source 1"} <= holding
    assert history.erase(lambda _: True) == 1
    assert problems(history) == ["", ""]
    assert SECRET not in "".join(part.text for part in history.entry(identity).parts)


def test_links_that_were_cut_off_are_missed_for_good(history: History, path: Path) -> None:
    for question in ("How much is the rent?", "When is it due?", "Who pays?"):
        history.append(receipt_for(question))
    assert history.links_missing() == 0
    damage(path, "DELETE FROM receipts WHERE number > 1")
    assert problems(history) == [""]  # the chain alone does not tell
    assert history.links_missing() == 2
    history.append(receipt_for("When is it due?"))
    assert history.links_missing() == 1
    history.append(receipt_for("Who pays?"))
    history.append(receipt_for("Why?"))
    assert history.links_missing() == 1


def test_a_note_that_lags_behind_or_is_gone_misses_nothing(history: History, path: Path) -> None:
    history.append(receipt_for())
    note = path.with_name(NAME)
    older = note.read_bytes()
    history.append(receipt_for("When is it due?"))
    note.write_bytes(older)
    assert history.links_missing() == 0
    history.append(receipt_for("Who pays?"))
    assert note.read_bytes() != older
    note.unlink()
    assert history.links_missing() == 0


def test_what_is_erased_is_not_missed(history: History) -> None:
    history.append(receipt_for())
    assert history.erase(lambda _: True) == 1
    assert history.links_missing() == 0


def test_receipts_are_chained_and_verify(history: History) -> None:
    ids = [history.append(receipt_for(question)) for question in ("How much is the rent?", "When is it due?")]
    first, second = history.entries()
    assert [first.id, second.id] == ids
    assert first.previous == FIRST_PREVIOUS
    assert second.previous == first.hash == chain_hash(first.previous, first.body)
    assert problems(history) == ["", ""]
    assert [row.question for row in receipt_rows(history.entries())] == ["When is it due?", "How much is the rent?"]


def test_a_receipt_holds_all_that_was_promised(history: History) -> None:
    entry = history.entry(history.append(receipt_for()))
    body, parts = json.loads(entry.body), {part.name: json.loads(part.text) for part in entry.parts}
    assert {"model", "settings", "versions", "ms", "tries", "found"} <= set(body)
    assert set(body["model"]) >= {"sha256", "adapter_sha256", "adapter_scale", "context_tokens"}
    assert set(body["settings"]) >= {"seed", "temperature", "max_tokens", "supported_from"}
    assert set(parts) == set(body["parts"]) == {"question", "conversation", "source 1", "source 2", "try 1", "answer"}
    assert {"path", "sha256", "modified_ns", "page", "start", "end", "text"} <= set(parts["source 1"])
    assert parts["try 1"]["prompt"][0]["role"] == "system"
    assert parts["answer"]["sentences"][0]["support"] == 1.0


def test_the_chained_body_holds_no_text_and_no_path(history: History) -> None:
    entry = history.entry(history.append(receipt_for()))
    assert SECRET not in entry.body
    assert "papers" not in entry.body


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (
            "UPDATE receipts SET body = replace(body, '\"found\":true', '\"found\":false') WHERE number = 2",
            ["", "hash", ""],
        ),
        ("UPDATE receipts SET hash = previous WHERE number = 2", ["", "hash", "previous"]),
        ("DELETE FROM receipts WHERE number = 2", ["", "previous"]),
        (
            "UPDATE parts SET text = replace(text, '900', '800') WHERE name = 'answer' AND receipt = ?",
            ["", "part answer", ""],
        ),
        ("DELETE FROM parts WHERE name = 'source 2' AND receipt = ?", ["", "missing source 2", ""]),
        ("UPDATE receipts SET body = '' WHERE number = 2", ["", "hash", ""]),
    ],
)
def test_whatever_is_changed_is_found_and_named(path: Path, sql: str, expected: list[str]) -> None:
    history = History(path)
    ids = [history.append(receipt_for()) for _ in range(3)]
    history.close()
    damage(path, sql, *([ids[1]] if "?" in sql else []))
    again = History(path)
    checks = checked(again.entries())
    again.close()
    assert [check.problem for check in checks] == expected


def test_the_file_itself_refuses_to_change_a_receipt(path: Path, history: History) -> None:
    history.append(receipt_for())
    with closing(sqlite3.connect(path)) as database:
        for sql in ("DELETE FROM receipts", "UPDATE receipts SET body = 'x'", "UPDATE parts SET text = ''"):
            with pytest.raises(sqlite3.IntegrityError):
                database.execute(sql)


def test_erased_texts_are_gone_from_the_disk_and_the_chain_still_verifies(path: Path, history: History) -> None:
    kept = history.append(receipt_for("When does it end?", NOTICE, text="After three months [1]."))
    erased = history.append(receipt_for())
    forgotten = replace(RENT, path=b"/papers/Other.pdf")
    history.append(receipt_for("How much was it?", forgotten))
    assert history.erase(lambda source: source["path"] == "/papers/Lease.pdf" and "euros" in str(source["text"])) == 1
    assert problems(history) == ["", "", "", ""]
    checks = {check.id: check for check in checked(history.entries())}
    assert checks[kept].erased == ()
    assert checks[erased].erased == ("answer", "conversation", "source 1", "try 1")
    assert [check.kind for check in checked(history.entries())][-1] == ERASURE
    rows = {row.id: row for row in receipt_rows(history.entries())}
    assert (rows[erased].question, rows[erased].is_erased, rows[kept].is_erased) == (
        "How much is the rent?",
        True,
        False,
    )
    assert history.erase(lambda source: "euros" in str(source["text"])) == 1
    stored = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert SECRET.encode() not in stored
    with pytest.raises(ReceiptErased):
        recorded(history.entry(erased))


def test_what_was_erased_cannot_be_put_back_in_other_words(path: Path) -> None:
    history = History(path)
    identity = history.append(receipt_for())
    history.erase(lambda _source: True)
    history.close()
    damage(path, "INSERT INTO parts VALUES (?, 'answer', 'salt', '{}')", identity)
    again = History(path)
    assert problems(again)[0] == "part answer"
    again.close()


def test_a_passages_file_is_told_to_be_unchanged_changed_or_gone(tmp_path: Path, history: History) -> None:
    lease = tmp_path / "lease \udcff.txt"
    lease.write_text("The rent is 900 euros a month.")
    digest = hashlib.sha256(lease.read_bytes()).hexdigest()
    history.append(receipt_for("How much is it?", replace(RENT, path=os.fsencode(lease), digest=digest)))
    states = [check.state for check in file_checks(history.sources(), {})]
    lease.write_text("The rent is 950 euros a month.")
    states += [check.state for check in file_checks(history.sources(), {})]
    lease.unlink()
    states += [check.state for check in file_checks(history.sources(), {})]
    assert states == [SourceState.UNCHANGED, SourceState.CHANGED, SourceState.GONE]
    known = {os.fsencode(lease): digest}
    assert changed_sources(history.sources(), lambda path: known.get(path, "")) == ()
    assert [one.state for one in changed_sources(history.sources(), lambda _path: "")] == [SourceState.GONE]


def test_a_passage_of_an_attachment_is_unchanged_as_long_as_its_mail_is_what_was_read(
    tmp_path: Path, history: History
) -> None:
    mail, path = tmp_path / "mail.eml", os.fsencode(tmp_path / "mail.eml" / "lease.txt")
    mail.write_text("A mail with the lease.")
    file = hashlib.sha256(mail.read_bytes()).hexdigest()
    history.append(receipt_for("How much is it?", replace(RENT, path=path, digest="ab" * 32, file=os.fsencode(mail))))

    def state(member: KnownMember) -> SourceState:
        (check,) = file_checks(history.sources(), {path: member})
        return check.state

    known = KnownMember(os.fsencode(mail), file, "ab" * 32)
    assert state(known) is SourceState.UNCHANGED
    assert state(replace(known, sha256="cd" * 32)) is SourceState.CHANGED
    assert [one.state for one in file_checks(history.sources(), {})] == [SourceState.CHANGED]  # listed no more
    mail.write_text("Another mail.")
    assert state(known) is SourceState.CHANGED
    mail.unlink()
    assert state(known) is SourceState.GONE


def test_receipts_of_the_first_version_stay_and_verify_and_can_be_forgotten(path: Path) -> None:
    body = json.dumps(
        {
            "version": "1", "question": "How much?", "answer": "900 euros", "found": True, "model": "small",
            "created_ns": 5,
            "sources": [{"n": 1, "path": "/papers/Lease.pdf", "sha256": "0" * 64, "page": 1}],
        }
    )  # fmt: skip
    old = chain_hash(FIRST_PREVIOUS, body)
    with closing(sqlite3.connect(path)) as database:
        database.execute(
            "CREATE TABLE receipts (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, previous TEXT NOT NULL,"
            " hash TEXT NOT NULL, body TEXT NOT NULL)"
        )
        database.execute("INSERT INTO receipts VALUES (1, ?, ?, ?, ?)", (old[:12], FIRST_PREVIOUS, old, body))
        database.commit()
    history = History(path)
    history.append(receipt_for())
    assert problems(history) == ["", ""]
    assert [row.question for row in receipt_rows(history.entries())] == ["How much is the rent?", "How much?"]
    assert [one.state for one in file_checks(history.sources(), {})] == [SourceState.GONE] * 3
    assert history.erase(lambda source: source["path"] == "/papers/Lease.pdf") == 2
    assert problems(history) == ["", "", ""]
    history.close()
    assert SECRET.encode() not in path.read_bytes()


def test_a_damaged_history_is_set_aside_and_the_new_chain_says_which_it_follows(path: Path) -> None:
    history = History(path)
    last = history.append(receipt_for())
    history.close()
    damaged = bytearray(path.read_bytes())
    damaged[:16] = b"no database here"
    path.write_bytes(damaged)
    history = History(path)
    history.append(receipt_for())
    checks = checked(history.entries())
    assert [(check.kind, check.problem) for check in checks] == [(BEGINNING, ""), ("answer", "")]
    follows = json.loads(history.entries()[0].body)["follows"]
    history.close()
    aside = path.with_name("history.sqlite.damaged")
    assert history.damaged == aside
    assert follows["file_sha256"] == hashlib.sha256(aside.read_bytes()).hexdigest()
    path.write_bytes(b"damaged again" * 100)
    History(path).close()
    asides = [file.read_bytes() for file in path.parent.glob("history.sqlite.damaged*")]
    assert len(asides) == 2
    assert bytes(damaged) in asides
    assert last


def test_a_receipt_is_found_by_the_beginning_of_its_id(history: History) -> None:
    identity = history.append(receipt_for())
    assert history.entry(identity[:4]).id == identity
    for wrong in ("", "nothing", "%"):
        with pytest.raises(ReceiptUnknown):
            history.entry(wrong)


def test_a_receipt_that_the_disk_has_no_room_for_is_told_as_that(history: History) -> None:
    history.database.read("PRAGMA max_page_count = 1")  # the disk is full for it
    with pytest.raises(DiskFull):
        history.append(replace(receipt_for(), question="How much? " * 10_000))


def test_a_question_that_was_typed_in_another_encoding_is_recorded(history: History) -> None:
    assert history.append(receipt_for("What does the caf\udce9 pay?"))
