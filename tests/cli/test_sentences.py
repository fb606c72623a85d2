"""Every error and every reason has one clear line."""

from dataclasses import replace

import pytest

from app.cli.sentences import REASONS, RECOMMENDED, counted, error_sentence, exit_status, gigabytes, reason_sentence
from app.cli.status import status_lines
from app.config.paths import resources_dir
from app.core.errors import (
    AppError,
    DiskFull,
    LibraryLocked,
    ModelHashWrong,
    NoModelInstalled,
    PathMissing,
    UsageWrong,
)
from app.core.models import ModelRole
from app.core.types import FolderRow, LibraryStatus, Reason
from app.llm.catalogue import load_catalogue

ERRORS = [error for error in AppError.__subclasses__() if error.__module__ == "app.core.errors"]
FACTS = {
    "path": "/papers/lease.pdf",
    "name": "a-model",
    "detail": "what the system says",
    "reason": "damaged",
    "role": "embed",
    "source": "a wheel",
    "page": "9",
    "pages": "4",
    "needed_bytes": "1500000000",
    "free_bytes": "700000000",
    "tokens": "5000",
    "limit": "4096",
    "expected": "a" * 64,
    "found": "b" * 64,
}


@pytest.mark.parametrize("kind", ERRORS)
def test_every_error_has_a_sentence_of_its_own(kind: type[AppError]) -> None:
    sentence = error_sentence(kind(**FACTS))
    assert "\n" not in sentence
    assert "inside Margent" not in sentence


@pytest.mark.parametrize("kind", ERRORS)
def test_an_error_whose_facts_are_missing_still_has_a_sentence(kind: type[AppError]) -> None:
    error_sentence(kind())


def test_every_reason_has_a_sentence() -> None:
    assert set(REASONS) == set(Reason)
    assert all(sentence for reason, sentence in REASONS.items() if reason is not Reason.NONE)
    assert reason_sentence(Reason.EMPTY, "0 bytes") == "the file is empty (0 bytes)"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (PathMissing(path="x"), 1),
        (UsageWrong(detail="x"), 2),
        (LibraryLocked(path="x"), 3),
        (NoModelInstalled(role="answer"), 4),
    ],
)
def test_the_exit_status_is_the_one_that_was_promised(error: AppError, status: int) -> None:
    assert exit_status(error) == status


def test_without_a_model_the_line_says_how_to_get_one() -> None:
    assert "margent models get qwen2.5-coder-1.5b-instruct-q4_k_m" in error_sentence(NoModelInstalled(role="answer"))
    assert "margent models get bge-small-en-v1.5" in error_sentence(NoModelInstalled(role="embed"))


def test_the_models_that_are_recommended_are_in_the_catalogue() -> None:
    catalogue = {entry.name: entry.role for entry in load_catalogue(resources_dir() / "models.toml")}
    assert {role: catalogue.get(name) for role, name in RECOMMENDED.items()} == {role: role for role in ModelRole}


def test_a_wrong_hash_names_both() -> None:
    sentence = error_sentence(ModelHashWrong(name="m", expected="a" * 64, found="b" * 64))
    assert "a" * 64 in sentence
    assert "b" * 64 in sentence


def test_a_full_disk_says_how_much_is_needed_where_that_is_known() -> None:
    assert "1.5 GB are needed" in error_sentence(DiskFull(path="/d", needed_bytes="1500000000"))
    assert "needed" not in error_sentence(DiskFull(path="/d"))


def test_one_thing_is_not_many() -> None:
    assert [counted(n, "document") for n in (0, 1, 2, 1204)] == [
        *("0 documents", "1 document", "2 documents", "1,204 documents")
    ]
    assert counted(2, "index", "indexes") == "2 indexes"


def test_sizes_are_read_at_a_glance() -> None:
    assert gigabytes(1_117_320_768) == "1.1 GB"
    assert gigabytes("34015106") == "34 MB"


def test_status_tells_of_documents_that_an_older_version_read() -> None:
    folder = FolderRow(b"/papers", True, 3, 3, 0, 0)
    status = LibraryStatus((folder,), 3, 0, 0, 0, 9, 0, "bge", "small", 1, outdated=2)

    assert "2 documents read by an older version, to be read again" in status_lines(status, ())
    assert "older version" not in status_lines(replace(status, outdated=0), ())
