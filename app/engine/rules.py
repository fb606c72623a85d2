"""Tells, tries and changes what is left out of a folder. Runs in the engine's process."""

import asyncio
import os

from app.core.messages import Done
from app.core.rule_messages import ChangeRules, ListRules, PreviewRules, RuleRequest, RulesListed, RulesPreviewed
from app.core.types import DocumentState, FolderRules, Reason
from app.library import documents, folders, members
from app.library.catalog import Catalog
from app.library.ignoring import BUILT_IN, Ignoring, check_patterns
from app.library.indexer import Indexer
from app.library.real_paths import real_path
from app.library.scanner import FoundFile, admitted, scan

_MOST_PATHS = 200


async def rules_result(
    message: RuleRequest, catalog: Catalog, indexer: Indexer, suffixes: frozenset[str]
) -> RulesListed | RulesPreviewed | Done:
    """Return the final event of a request about rules.

    Raises: PathNotInLibrary, RuleInvalid, DiskFull, DataDirectoryUnwritable.
    """
    path = real_path(message.path)
    match message:
        case ListRules():
            return RulesListed(path, folders.rules_of(catalog.database, path), BUILT_IN)
        case ChangeRules(rules=rules):
            folders.set_rules(catalog.database, path, rules)
            await indexer.rescan((path,))
            return Done()
        case PreviewRules(rules=rules):
            return await _preview(catalog, path, rules, suffixes)


async def _preview(catalog: Catalog, path: bytes, rules: FolderRules, suffixes: frozenset[str]) -> RulesPreviewed:
    """Walk the folder as if it had these rules and compare with what the library holds of it."""
    check_patterns(rules.patterns)
    folder = next((one for one in folders.listed(catalog.database) if one.path == path), None)
    if folder is None:
        folders.rules_of(catalog.database, path)  # says that it is none
        raise AssertionError
    known = [file for batch in documents.known_files(catalog.database, folder.id, (path,)) for file in batch]
    inside = [file for batch in members.known(catalog.database, folder.id, (path,)) for file in batch]
    elsewhere = folders.followed_in(catalog.database)[path].elsewhere

    def walked() -> set[bytes]:
        ignoring = Ignoring(path, rules, elsewhere)
        found = [file for file in scan(path, suffixes, ignoring) if isinstance(file, FoundFile)]
        documents_then = {file.path for file in (*found, *inside)}
        read = {file.path for file in found if file.state is not DocumentState.IGNORED}
        for member in sorted(inside, key=lambda one: one.path):  # what is in others after these
            listed = admitted(member.file, member.path, member.stamp, suffixes, ignoring)
            is_read = listed.reason is Reason.NONE and member.reason is not Reason.TOO_DEEP
            if is_read and _container_of(member.path, documents_then) in read:
                read.add(member.path)
        return read

    left_out = (DocumentState.IGNORED, DocumentState.ABSENT)
    in_now = {file.path for file in (*known, *inside) if file.state not in left_out}
    in_then = await asyncio.to_thread(walked)
    out, back = in_now - in_then, in_then - in_now
    return RulesPreviewed(path, rules, len(out), len(back), _first(out), _first(back))


def _container_of(path: bytes, documents_then: set[bytes]) -> bytes:
    """Return the document that a member is in, b"" for none."""
    while (above := os.path.dirname(path)) != path:
        path = above
        if path in documents_then:
            return path
    return b""


def _first(paths: set[bytes]) -> tuple[bytes, ...]:
    return tuple(sorted(paths)[:_MOST_PATHS])
