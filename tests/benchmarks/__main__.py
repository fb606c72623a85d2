"""Run the benchmarks that are named, or all but the peers: `python -m tests.benchmarks [NAME...]`."""

import asyncio
import os
import sys
import tempfile
from pathlib import Path

from app.config.paths import default_data_dir
from tests.benchmarks import (
    answering,
    browsing,
    churning,
    editing,
    following,
    heartbeat,
    indexing,
    keeping,
    peering,
    reading,
    recolling,
    rescanning,
    searching,
)
from tests.benchmarks.figures import make_place

BENCHMARKS = {
    "answering": answering,
    "indexing": indexing,
    "reading": reading,
    "searching": searching,
    "browsing": browsing,
    "rescanning": rescanning,
    "editing": editing,
    "keeping": keeping,
    "following": following,
    "churning": churning,
    "heartbeat": heartbeat,
    "peer": peering,
    "recoll": recolling,
}
ON_REQUEST = ("peer", "recoll")


def main(names: list[str]) -> int:
    """Measure each in a folder of its own."""
    models = Path(os.environ.get("MARGENT_TEST_MODELS", default_data_dir() / "models"))
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start\n")
    for name in names or [name for name in BENCHMARKS if name not in ON_REQUEST]:
        with tempfile.TemporaryDirectory(prefix=f"margent-{name}-") as folder:
            make_place(Path(folder), models)
            for figure in asyncio.run(BENCHMARKS[name].measure(Path(folder))):
                print(f"{name:<12}{figure.line}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
