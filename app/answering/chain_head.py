"""The newest link of the receipts' chain, noted in a file of its own beside it. Used in the engine's process.

A chain proves what came before each link, but not that nothing came after the last one. The note tells that links
were cut off at the end, or that the chain was put back to an older state; not if the note was put back with it. Whoever
needs more keeps what `receipts verify` prints (the number of links and the last hash) somewhere else.
"""

import json
import logging
from dataclasses import dataclass
from pathlib import Path

from app.config.whole_files import write_whole

log = logging.getLogger(__name__)

NAME = "receipts.head"


@dataclass(frozen=True, slots=True)
class ChainHead:
    """How many links a chain has, and the hash of the last one."""

    links: int
    hash: str


def read_head(path: Path) -> ChainHead | None:
    """Return what was noted, None if nothing was or it cannot be read."""
    try:
        noted = json.loads(path.read_bytes())
        return ChainHead(int(noted["links"]), str(noted["hash"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_head(path: Path, head: ChainHead) -> None:
    """Note the newest link, whole or not at all; a note that cannot be written stays behind, which is no harm."""
    noted = json.dumps({"links": head.links, "hash": head.hash})
    try:
        write_whole(path, noted.encode())
    except OSError as error:
        log.warning("the newest receipt was not noted: %s", error)
