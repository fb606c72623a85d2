"""Which of the shelf's models text is recognised with: any number, one for each language. Engine's and a command's."""

import os
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from app.core.models import ModelRole, ModelRow


@dataclass(frozen=True, slots=True)
class RecogniserChoice:
    """The folder of Tesseract's models, those of them to use ("eng+deu"), and what the shelf calls them."""

    folder: str
    languages: str
    names: tuple[str, ...]


def marked(rows: Sequence[ModelRow], unused: Collection[str]) -> tuple[ModelRow, ...]:
    """Return the rows of the shelf with every installed model for recognition chosen that is not among the unused."""
    return tuple(
        replace(row, chosen=row.installed and row.name not in unused) if row.role is ModelRole.RECOGNISE else row
        for row in rows
    )


def recogniser_choice(
    rows: Sequence[ModelRow], path_of: Callable[[str], Path], unused: Collection[str]
) -> RecogniserChoice | None:
    """Return what to recognise with, None without a model.

    Tesseract takes its models from one folder: of several, it is the one with the most.
    """
    used = [row for row in marked(rows, unused) if row.role is ModelRole.RECOGNISE and row.chosen]
    folders: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in used:
        path = path_of(row.name)
        folders[os.fspath(path.parent)].append((path.stem, row.name))
    if not folders:
        return None
    folder, models = max(folders.items(), key=lambda item: len(item[1]))
    return RecogniserChoice(folder, "+".join(language for language, _ in models), tuple(name for _, name in models))
