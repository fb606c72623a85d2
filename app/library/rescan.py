"""Compares the library's folders with the catalog and writes down what changed. Used in the engine's process.

The walk, the comparison and the hashing run in a thread and touch no database; what they found is written in short
transactions in between. A file that was only touched costs one hash, one that was moved too.
"""

import asyncio
import os
import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

from app.core.types import DocumentState, Reason
from app.library import documents, folders, members
from app.library.catalog import Catalog
from app.library.contents import FileContent, content_of
from app.library.database import STEP_S
from app.library.folders import Folder
from app.library.ignoring import Ignoring
from app.library.scanner import (
    Changes,
    FileStamp,
    FoundFile,
    KnownFile,
    MountPoint,
    Touched,
    UnreadableFolder,
    compare,
    covers,
    is_mounted,
    scan,
    suffix_of,
)

_AT_ONCE = 100


class _Turns:
    """Lets everything else run now and then: after each file, each would wait for a step of whatever else there is."""

    def __init__(self) -> None:
        self._since_s = time.perf_counter()

    async def pass_on(self) -> None:
        """Let everything else run, if it has waited for so long as a step takes."""
        if time.perf_counter() - self._since_s > STEP_S:
            await asyncio.sleep(0)
            self._since_s = time.perf_counter()


@dataclass(slots=True)
class RescanReport:
    """What a rescan found: ids of the rows that are new or changed, and of those that left; and counts."""

    changed: list[int] = field(default_factory=list[int])
    removed: list[int] = field(default_factory=list[int])
    unchanged: int = 0
    moved: int = 0
    hashed: int = 0


@dataclass(frozen=True, slots=True)
class _Look:
    """One folder as a thread saw it."""

    folder: Folder
    is_present: bool
    device: int
    files: tuple[FoundFile, ...] = ()
    unreadable: tuple[bytes, ...] = ()
    mounts: tuple[bytes, ...] = ()
    away: tuple[bytes, ...] = ()
    """Places in it where a drive was mounted that is not there now."""


async def rescan(catalog: Catalog, suffixes: frozenset[str], scopes: Sequence[bytes] | None = None) -> RescanReport:
    """Bring the catalog's documents up to date with the files at or under `scopes`, or in all folders.

    `suffixes` are those that a reader exists for, lower case, without the dot.
    """
    report = RescanReport()
    looks: list[_Look] = []
    known: list[KnownFile] = []
    owner: dict[bytes, Folder] = {}
    followed = folders.followed_in(catalog.database)
    mounts = folders.mounts(catalog.database)
    for folder in catalog.folders():
        within = _within(folder.path, scopes)
        if not within:
            continue
        look = await asyncio.to_thread(_look, folder, within, suffixes, followed[folder.path], mounts)
        of_folder = await _known(catalog, folder, within if look.is_present else [folder.path])
        if look.is_present and not look.files and of_folder and folder.device not in (0, look.device):
            look = _Look(folder, is_present=False, device=folder.device)  # not mounted
        folders.mark(catalog.database, folder, present=look.is_present, device=look.device)
        if look.is_present:
            looks.append(look)
            folders.note_mounts(catalog.database, set(look.mounts) - mounts)
            known += of_folder
            await _apply_rules(catalog, report, folder, within, suffixes, followed[folder.path])
            owner |= dict.fromkeys((file.path for file in look.files), folder)
        else:
            _mark_absent(catalog, report, of_folder, Reason.FOLDER_MISSING)
    found = [file for look in looks for file in look.files]
    changes = await asyncio.to_thread(compare, found, known)
    report.unchanged = changes.unchanged
    hidden = {path: Reason.UNREADABLE for look in looks for path in look.unreadable}
    hidden |= {path: Reason.FOLDER_MISSING for look in looks for path in look.away}
    gone: dict[Reason, list[KnownFile]] = {}
    for file in changes.gone:
        why = next((hidden[place] for place in hidden if covers(place, file.path)), Reason.NONE)
        gone.setdefault(why, []).append(file)
    left = tuple(gone.pop(Reason.NONE, ()))
    for why, files in gone.items():
        _mark_absent(catalog, report, files, why)
    await _apply(catalog, report, replace(changes, gone=left), owner)
    return report


async def _apply(catalog: Catalog, report: RescanReport, changes: Changes, owner: dict[bytes, Folder]) -> None:
    moves = await _moves(report, changes.new, changes.gone)
    turns = _Turns()
    for file, before in tuple(moves.items()):
        if documents.move(catalog.database, before.id, owner[file.path].id, file):
            report.changed += [before.id, *members.inside(catalog.database, before.id)]
        else:
            del moves[file]
        await turns.pass_on()
    moved_ids = {before.id for before in moves.values()}
    left = [file.id for file in changes.gone if file.id not in moved_ids]
    for at in range(0, len(left), _AT_ONCE):
        some = left[at : at + _AT_ONCE]
        report.removed += documents.remove(catalog.database, some)
        await turns.pass_on()
    new_by_folder: dict[int, list[FoundFile]] = {}
    for file in changes.new:
        if file not in moves:
            new_by_folder.setdefault(owner[file.path].id, []).append(file)
    for folder_id, files in new_by_folder.items():
        for at in range(0, len(files), _AT_ONCE):
            report.changed += documents.add(catalog.database, folder_id, files[at : at + _AT_ONCE])
            await turns.pass_on()
    for touched in changes.touched:
        await _apply_touched(catalog, report, touched)
        await turns.pass_on()


async def _apply_touched(catalog: Catalog, report: RescanReport, touched: Touched) -> None:
    known, found = touched.known, touched.found
    has_text = bool(known.digest) and known.state in (DocumentState.READY, DocumentState.ABSENT, DocumentState.FAILED)
    if has_text and found.reason is Reason.UNREADABLE:  # the drive stutters, or a right was taken: it may come back
        _mark_absent(catalog, report, (known,), Reason.UNREADABLE)
        return
    is_same = has_text and found.reason in (Reason.NONE, Reason.ONLINE_ONLY) and known.stamp == found.stamp
    if has_text and found.reason is Reason.NONE and not is_same:
        content = await asyncio.to_thread(content_of, found.path)
        report.hashed += 1
        is_same = isinstance(content, FileContent) and content.digest == known.digest
    if is_same:
        documents.restamp(catalog.database, known.id, found.stamp)
    else:
        report.removed += documents.relist(catalog.database, known.id, found)
    report.changed += [known.id, *members.inside(catalog.database, known.id)]


async def _apply_rules(
    catalog: Catalog,
    report: RescanReport,
    folder: Folder,
    within: Sequence[bytes],
    suffixes: frozenset[str],
    ignoring: Ignoring,
) -> None:
    """List what is in a folder's files as its rules are now, where that is otherwise than before."""
    turns, known = _Turns(), list[KnownFile]()
    for batch in members.known(catalog.database, folder.id, within):
        known += batch
        await turns.pass_on()
    changed = await asyncio.to_thread(members.listed_otherwise, known, suffixes, ignoring)
    for one in changed:
        if one.found.reason is Reason.NONE and not one.known.digest:
            report.changed += documents.reopen(catalog.database, one.known.id)
        else:
            report.removed += documents.relist(catalog.database, one.known.id, one.found)
            report.changed.append(one.known.id)
        await turns.pass_on()


async def _moves(
    report: RescanReport, new: Iterable[FoundFile], gone: Iterable[KnownFile]
) -> dict[FoundFile, KnownFile]:
    """Return the new files that have the content and suffix of one that is gone."""
    lost: dict[tuple[int, str], list[KnownFile]] = {}
    for file in gone:
        if file.digest:
            lost.setdefault((file.stamp.size_bytes, suffix_of(file.path)), []).append(file)
    moves: dict[FoundFile, KnownFile] = {}
    for file in new:
        alike = lost.get((file.stamp.size_bytes, suffix_of(file.path)))
        if not alike or file.reason is not Reason.NONE:
            continue
        content = await asyncio.to_thread(content_of, file.path)
        report.hashed += 1
        same = [before for before in alike if isinstance(content, FileContent) and content.digest == before.digest]
        if same:
            moves[file] = same[0]
            alike.remove(same[0])
            report.moved += 1
    return moves


async def _known(catalog: Catalog, folder: Folder, within: Sequence[bytes]) -> list[KnownFile]:
    known: list[KnownFile] = []
    for batch in documents.known_files(catalog.database, folder.id, within):
        known += batch
        await asyncio.sleep(0)
    return known


def _mark_absent(catalog: Catalog, report: RescanReport, files: Iterable[KnownFile], reason: Reason) -> None:
    ids = [file.id for file in files if file.state is not DocumentState.ABSENT]
    if ids:
        documents.mark_absent(catalog.database, ids, reason)
        report.changed += [one for number in ids for one in (number, *members.inside(catalog.database, number))]


def _look(
    folder: Folder,
    within: Sequence[bytes],
    suffixes: frozenset[str],
    ignoring: Ignoring,
    known_mounts: Collection[bytes],
) -> _Look:
    try:
        device = os.stat(folder.path).st_dev
    except OSError:
        return _Look(folder, is_present=False, device=folder.device)
    away = tuple(path for path in known_mounts if covers(folder.path, path) and not is_mounted(path))
    mounts: list[bytes] = []
    files: list[FoundFile] = []
    unreadable: list[bytes] = []
    for scope in within:
        for found in scan(scope, suffixes, ignoring):
            match found:
                case FoundFile():
                    files.append(found)
                case UnreadableFolder(path, detail):
                    unreadable.append(path)
                    files.append(FoundFile(path, FileStamp(0, 0), Reason.UNREADABLE, detail))
                case MountPoint(path):
                    mounts.append(path)
    return _Look(folder, True, device, tuple(files), tuple(unreadable), tuple(mounts), away)


def _within(folder: bytes, scopes: Sequence[bytes] | None) -> list[bytes]:
    """Return the outermost of `scopes` inside a folder, or the folder if it is inside one of them."""
    if scopes is None or any(covers(scope, folder) for scope in scopes):
        return [folder]
    inside = sorted({scope for scope in scopes if covers(folder, scope)})
    return [scope for n, scope in enumerate(inside) if not any(covers(other, scope) for other in inside[:n])]
