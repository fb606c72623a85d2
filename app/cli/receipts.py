"""`margent receipts`: the record of answers, and whether it and its sources are what they were. Runs in the command."""

import json
import os
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from app.cli.library import reply, with_library
from app.cli.records import Json, moment
from app.cli.sentences import FAILED, counted
from app.cli.terminal import Terminal, plain, shown_path
from app.core.errors import UsageWrong
from app.core.receipt_chain import EntryCheck, entry_record
from app.core.receipt_messages import (
    ListReceipts,
    OpenReceipt,
    ReceiptOpened,
    ReceiptRerun,
    ReceiptsListed,
    ReceiptsVerified,
    RerunReceipt,
    VerifyReceipts,
)
from app.core.receipts import ReceiptRow, SourceCheck, SourceState

if TYPE_CHECKING:
    from app.engine.session import Session

HELP = "list, show and verify the receipts of answers, or write an answer again"
ACTIONS = ("list", "show", "verify", "rerun")
PROBLEMS = {
    "previous": "it does not follow the receipt before it: one was removed, put in or moved",
    "hash": "it was changed after it was written",
    "id": "its id was changed",
}


def add_arguments(parser: ArgumentParser) -> None:
    """Add what `receipts` takes."""
    parser.add_argument("action", choices=ACTIONS, nargs="?", default="list", metavar="list|show|verify|rerun")
    parser.add_argument("receipt", nargs="?", default="", metavar="ID", help="a receipt's id, or how it begins")


def run(options: Namespace, terminal: Terminal) -> int:
    """Do what was asked for; a broken chain, or another text than before, is a failure."""
    if bool(options.receipt) is (options.action == "list") and options.action != "verify":
        raise UsageWrong(detail=f"receipts {options.action} takes {'no id' if options.receipt else 'an id'}")

    async def done(session: "Session") -> int:
        match options.action:
            case "list":
                rows = (await reply(session, ListReceipts(), ReceiptsListed)).receipts
                terminal.result([row_record(row) for row in rows], lambda: "\n".join(map(row_line, rows)))
            case "show":
                entry = (await reply(session, OpenReceipt(options.receipt), ReceiptOpened)).receipt
                record = entry_record(entry)
                terminal.result(record, lambda: plain(json.dumps(record, indent=2, ensure_ascii=False)))
            case "verify":
                verified = await reply(session, VerifyReceipts(options.receipt), ReceiptsVerified)
                terminal.result(verified_record(verified), lambda: "\n".join(verified_lines(verified)))
                return 0 if is_intact(verified) else FAILED
            case _:
                again = await reply(session, RerunReceipt(options.receipt), ReceiptRerun)
                terminal.result(rerun_record(again), lambda: "\n".join(rerun_lines(again)))
                return 0 if again.is_same else FAILED
        return 0

    return with_library(options, done)


def row_record(row: ReceiptRow) -> dict[str, Json]:
    """Return one element of what `receipts list --json` prints."""
    return {
        "id": row.id,
        "created": moment(row.created_ns),
        "question": row.question,
        "found": row.found,
        "model": row.model,
        "passages": row.passages,
        "erased": row.is_erased,
    }


def row_line(row: ReceiptRow) -> str:
    """Return a receipt in one line."""
    question = " ".join(plain(row.question).split()) or "(erased)"
    marks = ["" if row.found else "not found", "texts erased" if row.is_erased else ""]
    return "  ".join(part for part in (row.id, str(moment(row.created_ns)), question, *marks) if part)


def verified_record(verified: ReceiptsVerified) -> dict[str, Json]:
    """Return what `receipts verify --json` prints."""
    return {
        "intact": is_intact(verified),
        "missing": verified.missing,
        "head": verified.head,
        "receipts": [
            {"id": check.id, "kind": check.kind, "problem": check.problem, "erased": list(check.erased)}
            for check in verified.checks
        ],
        "sources": [
            {
                "receipt": source.receipt,
                "n": source.n,
                "path": os.fsdecode(source.path),
                "page": source.page,
                "state": source.state.value,
            }
            for source in verified.sources
        ],
    }


def is_intact(verified: ReceiptsVerified) -> bool:
    """Return whether every link is what it was, and none is gone."""
    return not verified.missing and not any(check.problem for check in verified.checks)


def verified_lines(verified: ReceiptsVerified) -> list[str]:
    """Return what is wrong with the chain, then which sources are no longer what they were, then both in numbers."""
    broken = [check for check in verified.checks if check.problem]
    lines = [problem_line(check) for check in broken]
    lines += [source_line(source) for source in verified.sources if source.state is not SourceState.UNCHANGED]
    counts = {state: sum(source.state is state for source in verified.sources) for state in SourceState}
    told = ", ".join(f"{count} {state.value}" for state, count in counts.items() if count) or "none"
    if verified.missing:
        lines.append(f"{counted(verified.missing, 'link')} at the end of the chain, or more, were cut off or put back")
    holds = "the chain holds" if is_intact(verified) else "the chain is broken"
    return [*lines, f"{counted(len(verified.checks), 'link')}: {holds}.", f"Head: {verified.head}", f"Sources: {told}."]


def problem_line(check: EntryCheck) -> str:
    """Return what is wrong with a receipt."""
    kind, _, part = check.problem.partition(" ")
    if kind == "part":
        return f"{check.id}: its {part} was changed after it was written"
    if kind == "missing":
        return f"{check.id}: its {part} is missing and was not erased by Margent"
    return f"{check.id}: {PROBLEMS[kind]}"


def source_line(source: SourceCheck) -> str:
    """Return what became of a passage's file."""
    where = f"{shown_path(source.path)} · p. {source.page}" if source.path else "(erased)"
    return f"{source.receipt} [{source.n}] {where}: {source.state.value}"


def rerun_record(again: ReceiptRerun) -> dict[str, Json]:
    """Return what `receipts rerun --json` prints."""
    return {
        "receipt": again.receipt,
        "same": again.is_same,
        "answer": again.text,
        "differences": list(again.differences),
    }


def rerun_lines(again: ReceiptRerun) -> list[str]:
    """Return the text that came this time, and whether it is the one of then."""
    other = f" Not as it was then: {', '.join(again.differences)}." if again.differences else ""
    same = "The same text as then." if again.is_same else "Another text than then."
    if not again.text:
        same = "Again nothing is written." if again.is_same else "This time it came out otherwise."
    if again.stopped:
        same = "Stopped before the end."
    return [plain(again.text), "", f"{same}{other}"]
