"""Fuzzes every reader and the span code for so many seconds: `FUZZ_SECONDS=120 make fuzz`.

Half of the time hypothesis edits sound files, also within their zip; half of it atheris goes where its edits reach new
code. What goes wrong is kept in a folder that is printed, and should become a test in `tests/readers/`.
"""

import importlib.util
import os
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from app.readers import pdf
from tests.fuzzing.targets import SEEDS, try_file
from tests.readers.test_mutated_formats import mutated, mutated_part

EXAMPLES = 100
# Slower than this on an idle computer, and longer than a file is given on any.
LIMIT_S = 25


def edit(name: str, until_s: float) -> int:
    """Try edits of a sound file until `time.monotonic()` is `until_s`; return how many were tried."""
    tried = 0

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large),
        phases=[Phase.generate],
    )
    @given(st.randoms(use_true_random=False), st.booleans())
    def try_edits(chance: object, in_part: bool) -> None:
        nonlocal tried
        tried += 1
        content = SEEDS[name]
        is_package = content.startswith(b"PK") and not name.endswith(".zip")
        mutant = mutated_part(content, chance) if is_package and in_part else mutated(content, chance)  # pyright: ignore[reportArgumentType] - hypothesis's Random has random.Random's methods
        try:
            try_file(mutant, name)
        except BaseException:
            keep(name, mutant)
            raise

    while time.monotonic() < until_s:
        seed(time.time_ns())(try_edits)()
    return tried


def keep(name: str, content: bytes) -> None:
    """Keep a file that something went wrong with."""
    folder = Path(tempfile.gettempdir()) / "margent-fuzz"
    folder.mkdir(exist_ok=True)
    path = folder / f"{time.time_ns()}-{name}"
    path.write_bytes(content)
    print(f"  kept {path}")


def cover(name: str, seconds: int) -> bool:
    """Have atheris fuzz a reader; return whether nothing went wrong."""
    with tempfile.TemporaryDirectory() as corpus:
        (Path(corpus) / "seed").write_bytes(SEEDS[name])
        command = [sys.executable, "-m", "tests.fuzzing.coverage", name, corpus]
        options = [f"-max_total_time={seconds}", f"-timeout={LIMIT_S}", "-rss_limit_mb=3000", "-verbosity=0"]
        artifacts = f"-artifact_prefix={tempfile.gettempdir()}/margent-fuzz-{name}-"
        done = subprocess.run(
            [*command, *options, artifacts], capture_output=True, text=True, errors="replace", check=False
        )
    if done.returncode:
        print(done.stderr[-2000:])
    return done.returncode == 0


def main() -> int:
    """Fuzz every format in turn; 1 if anything went wrong."""
    pdf.silence()
    share_s = float(os.environ.get("FUZZ_SECONDS", "120")) / len(SEEDS) / 2
    has_atheris = importlib.util.find_spec("atheris") is not None
    failed: list[str] = []
    for name in SEEDS:
        try:
            tried = edit(name, time.monotonic() + share_s)
        except Exception:  # noqa: BLE001 - whatever goes wrong is what is looked for
            traceback.print_exc()
            tried, failed = 0, [*failed, name]
        if has_atheris and not cover(name, max(1, round(share_s))):
            failed.append(name)
        print(
            f"{name:<8}{tried:>6} edits by hypothesis, {round(share_s) if has_atheris else 0} s of atheris", flush=True
        )
    print("found:", ", ".join(failed) or "nothing")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
