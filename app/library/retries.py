"""Which documents are to be tried again a little later, and when. Used in the engine's process."""

import time
from collections.abc import Collection
from dataclasses import dataclass

_TRIES = 5
_RETRY_S = 0.25


@dataclass(frozen=True, slots=True)
class _Retry:
    tries: int
    at_s: float


class Retries:
    """Documents that changed or went while they were read, by id."""

    def __init__(self) -> None:
        self._retries: dict[int, _Retry] = {}

    def __bool__(self) -> bool:
        return bool(self._retries)

    @property
    def next_s(self) -> float | None:
        """Return in how many seconds the next one is due, None if there is none."""
        due_s = min((retry.at_s for retry in self._retries.values()), default=None)
        return None if due_s is None else max(0.0, due_s - time.monotonic())

    def later(self) -> list[int]:
        """Return those that are not due yet."""
        now_s = time.monotonic()
        return [number for number, retry in self._retries.items() if retry.at_s > now_s]

    def again(self, document_id: int) -> bool:
        """Note that a document is to be tried again; tell whether it has not been tried too often."""
        tries = self._retries[document_id].tries + 1 if document_id in self._retries else 1
        if tries < _TRIES:
            self._retries[document_id] = _Retry(tries, time.monotonic() + _RETRY_S * tries)
        return tries < _TRIES

    def forget(self, document_id: int) -> None:
        """Note that a document is done with."""
        self._retries.pop(document_id, None)

    def keep(self, document_ids: Collection[int]) -> None:
        """Forget all but these."""
        self._retries = {number: one for number, one in self._retries.items() if number in document_ids}
