"""Why a passage was used for a question or not, as values. Used in every process."""

from dataclasses import dataclass
from enum import StrEnum

from app.core.pages import Rect
from app.core.types import Hit


class Fate(StrEnum):
    """What became of a passage in a search: used, or the step that dropped it."""

    USED = "used"
    FILTERED = "filtered"
    NOT_FOUND = "not_found"
    TWIN = "twin"
    NOT_JUDGED = "not_judged"
    BELOW_LIMIT = "below_limit"
    DOUBTED = "doubted"
    NO_ROOM = "no_room"


@dataclass(frozen=True, slots=True)
class Limits:
    """How far each step of a search looked.

    By words and by meaning `depth` passages each were put forward, the best `judged` of them read by the reranker (0
    without one, or where it does not know the language), and the best `limit` used. `deepest` is how far a passage's
    own rank was looked for.
    """

    depth: int
    deepest: int
    judged: int
    limit: int
    by_meaning: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a passage was used for a question or not: its scores as far as it came, and what became of it.

    `better` is the hit that it was folded into as a twin. `rects` is where it stands on its drawn page, in points.
    """

    hit: Hit
    fate: Fate
    limits: Limits
    better: Hit | None = None
    rects: tuple[Rect, ...] = ()
