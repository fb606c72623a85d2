"""Every error and reason has a sentence."""

from dataclasses import replace

import pytest

from app.core import errors
from app.core.types import DocumentState, Reason
from app.ui.document_words import describe_document
from app.ui.error_words import explain_error, explain_reason
from app.ui.sentences import page_words, short_state, shown_name, size, span_of_time
from tests.ui.scripted_engine import LEASE, document_row

UNEXPECTED = explain_error(errors.AppError())


@pytest.mark.parametrize("kind", errors.AppError.__subclasses__(), ids=lambda kind: kind.__name__)
def test_every_error_says_what_happened(kind: type[errors.AppError]) -> None:
    facts = {"path": "/papers/x.pdf", "name": "small", "reason": "encrypted", "needed_bytes": "2000", "free_bytes": "9"}

    told = explain_error(kind(**facts))

    assert told.what
    assert told != UNEXPECTED
    assert "{" not in told.text


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason is not Reason.NONE])
def test_every_reason_says_what_is_wrong(reason: Reason) -> None:
    assert explain_reason(reason).what.endswith(".")


@pytest.mark.parametrize("state", [state for state in DocumentState if state is not DocumentState.READY])
def test_every_state_but_ready_has_a_word(state: DocumentState) -> None:
    assert short_state(document_row(1, LEASE, state, reason=Reason.DAMAGED))


def test_what_is_attached_to_a_mail_that_waits_to_be_read_waits_for_it() -> None:
    mail = LEASE.with_name("offer.eml")
    row = replace(document_row(1, mail / "list.txt", DocumentState.ABSENT), file=bytes(mail))
    away = replace(row, reason=Reason.FOLDER_MISSING)
    assert (short_state(row), short_state(away)) == ("waiting", "not there")
    assert describe_document(row) == "Waits for offer.eml to be read."
    assert "offer.eml" not in describe_document(away)


def test_sizes_times_and_places_read_well() -> None:
    assert [size(0), size(999), size(98_000_000), size("1117320768")] == ["0 bytes", "999 bytes", "98 MB", "1.1 GB"]
    assert [span_of_time(5), span_of_time(70), span_of_time(240), span_of_time(9000)] == [
        "less than 1 min",
        "about 1 min",
        "about 4 min",
        "about 2 h",
    ]
    assert page_words(b"/x/Lease.PDF", 4) == "p. 4"
    assert page_words(b"/x/Notes.docx", 3) == "§ 3"
    assert page_words(b"/x/Talk.pptx", 2) == "slide 2"
    assert page_words(b"/x/old.mbox", 7) == "mail 7"


def test_a_name_that_is_no_text_can_be_shown() -> None:
    assert shown_name(b"/papers/caf\xe9.txt") == "caf\N{REPLACEMENT CHARACTER}.txt"
