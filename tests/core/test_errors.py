"""Errors cross the seam as facts and come back as themselves."""

from app.core.errors import AppError, ModelHashWrong, error_from_facts


def test_an_error_is_rebuilt_from_its_facts() -> None:
    error = error_from_facts("ModelHashWrong", {"name": "m", "expected": "a", "found": "b"})
    assert isinstance(error, ModelHashWrong)
    assert error.facts == {"name": "m", "expected": "a", "found": "b"}


def test_an_unknown_error_is_still_an_error() -> None:
    assert type(error_from_facts("FromTheFuture", {})) is AppError
