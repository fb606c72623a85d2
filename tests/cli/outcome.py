"""How a command ended."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended and what it printed."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Return the one document that standard output holds."""
        return json.loads(self.out)

    @property
    def names(self) -> set[str]:
        """Return the names of the files that hits or evidence are from."""
        found = self.json
        return {Path(hit["path"]).name for hit in found.get("hits", found.get("evidence"))}


Margent: TypeAlias = Callable[..., Outcome]
