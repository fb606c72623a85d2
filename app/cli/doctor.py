"""`margent doctor`: the computer, llama.cpp, the jail, the models, the library's health. Runs in the command."""

import asyncio
import sqlite3
from argparse import ArgumentParser, Namespace
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from app.cli.computer import Computer, LlamaBuild, llama_build, this_computer
from app.cli.models import shelf_rows
from app.cli.records import Json, model_record
from app.cli.sentences import LOCKED, PURPOSES, RECOMMENDED, counted, error_sentence, gigabytes, set_aside_sentence
from app.cli.terminal import Terminal
from app.config.lock import library_lock
from app.config.paths import DataPaths, resources_dir
from app.core.errors import AppError, LibraryLocked
from app.core.models import ModelRole, ModelRow
from app.llm.recognition_models import RecogniserChoice, recogniser_choice
from app.llm.shelf import Shelf, load_catalogue

HELP = "look at the computer, the models and the library's health; nothing is changed, nothing is contacted"

_GPU = "on {gpu}, not jailed, where a model fits into its memory; else on the CPU, jailed"


@dataclass(frozen=True, slots=True)
class Health:
    """What was found of a library; `trouble` "" means that nothing is wrong with it.

    `set_aside` are damaged files of it that were replaced and are kept.
    """

    exists: bool
    passages: int = 0
    texts: int = 0
    embeddings: int = 0
    vectors: int = 0
    trouble: str = ""
    set_aside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Findings:
    """All that the doctor looked at; a sandbox is None if its process cannot be started, or has no model."""

    computer: Computer
    llama: LlamaBuild
    sandbox: tuple[str, ...] | None
    recogniser_sandbox: tuple[str, ...] | None
    models: tuple[ModelRow, ...]
    data_dir: Path
    library: Health


def add_arguments(_parser: ArgumentParser) -> None:
    """`doctor` takes nothing of its own."""


def run(options: Namespace, terminal: Terminal) -> int:
    """Look at everything and print what was found; a library that is in use is left alone."""
    paths = DataPaths(options.data_dir)
    status = 0
    try:
        library = library_health(paths)
    except LibraryLocked as error:
        library, status = Health(exists=True, trouble=error_sentence(error)), LOCKED
    library = replace(library, set_aside=tuple(map(str, paths.set_aside)))
    shelf = Shelf(paths.model_places, load_catalogue(resources_dir() / "models.toml"))
    rows = shelf_rows(shelf, paths, terminal)
    unused = [row.name for row in rows if not row.chosen]
    choice = recogniser_choice(rows, lambda name: shelf.find(name, ModelRole.RECOGNISE), unused)
    findings = Findings(
        computer=this_computer(paths.root),
        llama=llama_build(),
        sandbox=asyncio.run(sandbox_in_force()),
        recogniser_sandbox=asyncio.run(recogniser_sandbox_in_force(choice)),
        models=tuple(row for row in rows if row.installed),
        data_dir=paths.root,
        library=library,
    )
    terminal.result(findings_record(findings), lambda: findings_lines(findings))
    return status


async def sandbox_in_force() -> tuple[str, ...] | None:
    """Start a reader as for any document, and return what it says it is jailed by; None if it does not start."""
    from app.engine.readers import Reader
    from app.engine.wire import ConnectionClosed, FrameInvalid

    reader = Reader()
    try:
        await reader.start()
        return reader.sandbox
    except (ConnectionClosed, FrameInvalid, TimeoutError):
        return None
    finally:
        reader.end()


async def recogniser_sandbox_in_force(choice: RecogniserChoice | None) -> tuple[str, ...] | None:
    """Start a recogniser as for any scan, and return what it says it is jailed by; None if it does not start."""
    from app.engine.recogniser import NotStarted, Recogniser

    recogniser = Recogniser(lambda: False)
    recogniser.use(choice)
    try:
        await recogniser.start()
        return recogniser.sandbox
    except NotStarted:
        return None
    finally:
        recogniser.end()


def library_health(paths: DataPaths) -> Health:
    """Compare the vectors with the catalog, if the catalog is sound.

    Raises:
        LibraryLocked: another Margent has it open.
    """
    if not paths.catalog.exists():
        return Health(exists=False)
    with library_lock(paths.lock):
        # Read-only and by itself: opening a damaged catalog as the engine does would set it aside.
        found = _quick_check(paths.catalog)
        if found != "ok":
            return Health(exists=True, trouble=f"the catalog is damaged ({found}); it is rebuilt at the next start")
        return _compared(paths)


def _quick_check(catalog: Path) -> str:
    try:
        connection = sqlite3.connect(f"{catalog.as_uri()}?mode=ro", uri=True)
        try:
            return str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        return str(error)


def _compared(paths: DataPaths) -> Health:
    from app.library import texts
    from app.library.catalog import Catalog
    from app.library.spaces import space_folder
    from app.library.vectors import Vectors, VectorsDamaged

    catalog = Catalog.open(paths.catalog)
    try:
        embedder = catalog.meta("embedder")
        placed = [row for batch in texts.placed_hashes(catalog.database, embedder, 1000) for row in batch]
        wanted = {row.text_hash for row in placed}
        embedded = {row.text_hash for row in placed if row.has_embedding}
        vectors = Vectors(space_folder(paths.vectors, embedder))
        try:
            count = vectors.count()
        finally:
            vectors.close()
        missing = max(0, len(embedded) - count)
        lost = f"{counted(missing, 'vector')} {'is' if missing == 1 else 'are'} missing"
        trouble = f"{lost}; what is missing is put back at the next start" if missing else ""
        return Health(True, len(placed), len(wanted), len(embedded), count, trouble)
    except VectorsDamaged:
        return Health(True, trouble="the vectors are damaged; they are rebuilt from the catalog at the next start")
    except AppError as error:
        return Health(True, trouble=error_sentence(error))
    finally:
        catalog.close()


def findings_record(findings: Findings) -> dict[str, Json]:
    """Return what `doctor --json` prints."""
    return {
        "computer": asdict(findings.computer),
        "llama": asdict(findings.llama),
        "sandbox": None if findings.sandbox is None else list(findings.sandbox),
        "recogniser_sandbox": None if findings.recogniser_sandbox is None else list(findings.recogniser_sandbox),
        "models": [model_record(row) for row in findings.models],
        "library": {"path": str(findings.data_dir), **asdict(findings.library)},
        "network": [],
    }


def findings_lines(findings: Findings) -> str:
    """Return what was found as a person reads it."""
    computer, llama = findings.computer, findings.llama
    avx2 = {True: "AVX2", False: "no AVX2: answers will be slow", None: ""}[computer.has_avx2]
    cores = counted(computer.cores, "core")
    memory = f"{gigabytes(computer.memory_bytes)} of memory, {gigabytes(computer.free_memory_bytes)} free"
    device = llama.trouble or (_GPU.format(gpu=llama.gpu) if llama.gpu else "on the CPU, jailed")
    rows = [
        ("Computer", computer.system),
        ("", ", ".join(filter(None, (computer.processor, cores, avx2)))),
        ("", f"{memory}; {gigabytes(computer.free_disk_bytes)} of disk free"),
        ("llama.cpp", f"{llama.version}, {device}" if llama.version else "not installed; finish with: make setup"),
        ("Readers", _sandbox_sentence(findings.sandbox, "no document can be read")),
        *_recogniser_rows(findings),
        *(_model_row(role, findings.models) for role in ModelRole),
        ("Library", str(findings.data_dir)),
        ("", _library_sentence(findings.library)),
        *(("", set_aside_sentence(path)) for path in findings.library.set_aside),
        ("Network", "nothing was contacted"),
    ]
    return "\n".join(f"{name:<10} {value}" for name, value in rows)


def _model_row(role: ModelRole, models: tuple[ModelRow, ...]) -> tuple[str, str]:
    names = [f"{row.name}{' (in use)' if row.chosen else ''}" for row in models if row.role is role]
    missing = f"none for {PURPOSES[role]}; get one with: margent models get {RECOMMENDED[role]}"
    return role.value.capitalize(), ", ".join(names) or missing


def _recogniser_rows(findings: Findings) -> list[tuple[str, str]]:
    if not any(row.role is ModelRole.RECOGNISE and row.chosen for row in findings.models):
        return []
    return [("Scans", _sandbox_sentence(findings.recogniser_sandbox, "no scan can be read"))]


def _sandbox_sentence(sandbox: tuple[str, ...] | None, without: str) -> str:
    if sandbox is None:
        return f"cannot be started: {without}"
    return f"jailed by {', '.join(sandbox)}" if sandbox else "not jailed on this system"


def _library_sentence(health: Health) -> str:
    if not health.exists:
        return "empty; add a folder with: margent index FOLDER"
    if health.trouble:
        return health.trouble
    texts = counted(health.texts, "different text")
    return f"sound: {counted(health.passages, 'passage')}, {texts}, {counted(health.vectors, 'vector')}"
