"""`margent models`: the models on this computer, fetched, added, checked and removed. Runs in the command."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from app.cli.index import show_progress
from app.cli.library import known_settings, reply, with_library
from app.cli.records import Json, model_record
from app.cli.sentences import MODEL_TROUBLES, gigabytes
from app.cli.terminal import Terminal, plain
from app.config.lock import library_lock
from app.config.paths import DataPaths, resources_dir
from app.config.settings import load_settings, save_settings
from app.core.errors import UsageWrong
from app.core.model_messages import ChooseModel, ModelsListed, UseForRecognition
from app.core.models import ModelRole, ModelRow
from app.llm.catalogue import load_catalogue
from app.llm.recognition_models import marked
from app.llm.shelf import Checked, Shelf

if TYPE_CHECKING:
    from app.engine.session import Session

Progress: TypeAlias = Callable[[str, int, int], None]
Result = TypeVar("Result")

HELP = "list, get, add, use, unuse, remove or check the models on this computer"
ACTIONS = ("list", "get", "add", "use", "unuse", "remove", "check")


def add_arguments(parser: ArgumentParser) -> None:
    """Add what `models` takes."""
    parser.add_argument("action", choices=ACTIONS, nargs="?", default="list", metavar="|".join(ACTIONS))
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help="models of the list; GGUF files or ONNX folders to add",
    )


def run(options: Namespace, terminal: Terminal) -> int:
    """Do what was asked for with each name, then print the list."""
    if bool(options.names) is (options.action == "list"):
        raise UsageWrong(detail=f"models {options.action} takes {'no name' if options.names else 'at least one name'}")
    paths = DataPaths(options.data_dir)
    shelf = Shelf(paths.model_places, load_catalogue(resources_dir() / "models.toml"))
    if options.action in ("get", "add"):
        paths.create()
    if options.action == "check":
        checked = [file for name in options.names for file in _with_progress(terminal, name, shelf.check)]
        terminal.result([checked_record(file) for file in checked], lambda: "\n".join(map(checked_line, checked)))
        return 0
    for name in options.names:
        change(shelf, options.action, name, terminal)
    if options.action == "use":
        for name in options.names:
            use(shelf, name, options, terminal)
    if options.action == "unuse":
        for name in options.names:
            if shelf.role(name) is not ModelRole.RECOGNISE:
                raise UsageWrong(
                    detail=f"{name}: only models that recognise text can be left unused; remove it instead"
                )
            recognise_with(name, options, is_used=False)
    rows = shelf_rows(shelf, paths, terminal)
    terminal.result([model_record(row) for row in rows], lambda: "\n".join(map(model_line, rows)))
    return 0


def shelf_rows(shelf: Shelf, paths: DataPaths, terminal: Terminal) -> tuple[ModelRow, ...]:
    """Return the shelf's models as a library uses them."""
    from app.library.catalog import CHOSEN_EMBEDDER, UNUSED_RECOGNITION, note_of

    rows = shelf.rows(known_settings(paths, terminal).model, note_of(paths.catalog, CHOSEN_EMBEDDER))
    return marked(rows, note_of(paths.catalog, UNUSED_RECOGNITION).split())


def use(shelf: Shelf, name: str, options: Namespace, terminal: Terminal) -> None:
    """Use a model for its role; another embedder embeds everything again, which may be interrupted and goes on later.

    Raises: ModelUnknown, NoModelInstalled, ModelFileInvalid, LibraryLocked.
    """
    role = shelf.role(name)
    shelf.find(name, role)
    paths = DataPaths(options.data_dir)
    paths.create()
    match role:
        case ModelRole.ANSWER:
            with library_lock(paths.lock):
                save_settings(paths.settings, replace(load_settings(paths.settings), model=name))
        case ModelRole.EMBED:

            async def choose(session: "Session") -> None:
                await reply(session, ChooseModel(name), ModelsListed)
                with terminal.progress("Embedding") as advance:
                    await session.settle(lambda event: show_progress(event, advance))

            with_library(options, choose)
        case ModelRole.RECOGNISE:
            recognise_with(name, options, is_used=True)
        case ModelRole.RERANK:
            return


def recognise_with(name: str, options: Namespace, *, is_used: bool) -> None:
    """Recognise text with a model of the library from now on, or no longer. Raises: LibraryLocked."""

    async def choose(session: "Session") -> None:
        await reply(session, UseForRecognition(name, is_used), ModelsListed)

    with_library(options, choose)


def change(shelf: Shelf, action: str, name: str, terminal: Terminal) -> None:
    """Get, add or remove one model; an interrupted download goes on where it stopped."""
    match action:
        case "get":
            _with_progress(terminal, name, lambda name, progress: shelf.get(name, progress, lambda: False))
        case "add":
            path = Path(name).expanduser().absolute()
            _with_progress(terminal, path.name, lambda _, progress: shelf.add(path, progress, lambda: False))
        case "remove":
            shelf.remove(name)
        case _:
            pass


def _with_progress(terminal: Terminal, name: str, work: Callable[[str, Progress], Result]) -> Result:
    """Do something with a model, showing how far it is."""
    with terminal.progress(name) as advance:

        def progress(stage: str, done_bytes: int, total_bytes: int) -> None:
            advance(done_bytes, total_bytes, f"{stage} {gigabytes(done_bytes)} of {gigabytes(total_bytes)}")

        return work(name, progress)


def checked_record(checked: Checked) -> dict[str, Json]:
    """Return one element of what `models check --json` prints."""
    return {"path": str(checked.path), "sha256": checked.sha256, "known_as": checked.known_as}


def checked_line(checked: Checked) -> str:
    """Return a checked file as one line."""
    return f"{checked.sha256}  {plain(str(checked.path))}{f'  is {checked.known_as}' if checked.known_as else ''}"


def model_line(row: ModelRow) -> str:
    """Return a model as one line: whether it is here, its name, role, size and licence."""
    here = "damaged" if row.trouble else "in use" if row.chosen else "installed" if row.installed else "–"
    what = f"{row.role:<9} {gigabytes(row.size_bytes):>8}  needs {gigabytes(row.memory_bytes):>7}"
    remedy = f"; take it away with: margent models remove {row.name}"
    note = f"{MODEL_TROUBLES.get(row.trouble, row.trouble)}{remedy}" if row.trouble else row.note
    return f"{here:<10}{row.name:<40} {what}  {row.licence:<12} {note}".rstrip()
