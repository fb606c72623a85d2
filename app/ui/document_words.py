"""What is said of the library: of a row, a folder that went away, how far indexing is. Pure, window process."""

from dataclasses import replace

from app.core.messages import StatusChanged
from app.core.models import FOREIGN_FROM
from app.core.types import DocumentRow, DocumentState, FolderRow, LibraryStatus, Reason
from app.ui.error_words import explain_reason
from app.ui.library_tree import Node
from app.ui.sentences import counted, shown_name, shown_path, span_of_time, translate


def describe(node: Node) -> str:
    """Return all that a person may want to know of a row: what is in it, or why it is not read and what to do."""
    if node.document is not None:
        return describe_document(node.document)
    if node.folder is None:
        return ""
    return shown_path(node.path) if node.folder.present else absence_words((node.folder,))


def wants_password(row: DocumentRow) -> bool:
    """Return whether a document could not be read for want of a password that can be given."""
    return row.state is DocumentState.FAILED and row.reason is Reason.ENCRYPTED and not row.detail


def absence_words(folders: tuple[FolderRow, ...]) -> str:
    """Return what became of added folders that are not there now, "" if all are."""
    absent = [row for row in folders if not row.present]
    if not absent:
        return ""
    one = translate("library", "{name} is not there now: it was moved, or its drive is not plugged in.")
    many = translate("library", "{n} folders are not there now: they were moved, or their drive is not plugged in.")
    what = counted(len(absent), one, many).replace("{name}", shown_name(absent[0].path))
    documents = sum(row.documents for row in absent)
    kept = counted(
        documents,
        translate("library", "Its one document is kept and comes back with it."),
        translate("library", "All {n} documents are kept and come back with it.")
        if len(absent) == 1
        else translate("library", "All {n} documents are kept and come back with them."),
    )
    return f"{what} {kept}" if documents else what


def total_of(status: LibraryStatus) -> int:
    """Return how many documents indexing is about."""
    return status.ready + status.queued + status.failed


def progress_of(status: LibraryStatus) -> tuple[int, int]:
    """Return how much is done and of how much: documents while any is queued, then passages to be embedded.

    Nobody knows how many pages are behind those that wait to be recognised: then (0, 0).
    """
    if status.pages_waiting and status.recognises_with and not status.queued + status.outdated + status.unembedded:
        return 0, 0
    if status.queued or status.outdated or not status.unembedded:
        total = total_of(status)
        return total - (status.queued or status.outdated), total
    return status.passages - status.unembedded, status.passages


def progress_words(changed: StatusChanged) -> str:
    """Return how far indexing is: a number, a rate, and an honest end; "" if there is nothing to say."""
    status = changed.status
    if changed.waiting_for == "person" and status.outdated and not status.queued:
        one = translate("library", "Paused; 1 document waits to be read anew")
        return counted(status.outdated, one, translate("library", "Paused; {n} documents wait to be read anew"))
    if changed.waiting_for == "person" and not status.queued:
        return translate("library", "Paused; {passages}").format(passages=_passages_left(status))
    if changed.waiting_for == "person":
        one = translate("library", "Paused; 1 document waits")
        return counted(status.queued, one, translate("library", "Paused; {n} documents wait"))
    if changed.waiting_for:
        return translate("library", "Found by words only: get the model that finds passages by meaning")
    total = total_of(status)
    if not changed.indexing:
        if total == 0:
            return "" if absence_words(status.folders) else translate("library", "No documents yet")
        one = translate("library", "1 document, up to date")
        words = counted(status.ready, one, translate("library", "{n} documents, up to date"))
        return f"{words} · {scans_left(status)}" if status.pages_waiting else words
    if status.outdated and not status.queued:
        one = translate("library", "1 document is read anew, which an older version read")
        more = translate("library", "{n} documents are read anew, which an older version read")
        return counted(status.outdated, one, more) + _time_left(changed)
    if not status.queued + status.unembedded:
        return scans_left(status)
    if not status.queued:
        return _passages_left(status) + _time_left(changed)
    done = f"{total - status.queued:,}"
    words = translate("library", "{done} of {total}").format(done=done, total=f"{total:,}")
    if changed.documents_per_s > 0:
        rate = changed.documents_per_s
        speed = f"{rate:.0f}" if rate >= 2 else f"{rate:.1f}"
        words += translate("library", " · {speed}/s").format(speed=speed)
    return words + _time_left(changed)


def foreign_words(share: float) -> str:
    """Return what there is to say of text in languages that the embedder does not know, "" for too little of it."""
    if share < FOREIGN_FROM:
        return ""
    words = translate(
        "library",
        "{share} % of the text is in languages that the embedder does not know; words find it. A multilingual embedder "
        "(multilingual-e5-small, say, as GGUF or ONNX) finds it by meaning: add it under Models.",
    )
    return words.format(share=round(100 * share))


def without_folders(changed: StatusChanged, paths: frozenset[bytes]) -> StatusChanged:
    """Return a status as if some folders had left the library already."""
    status = changed.status
    leaving = [row for row in status.folders if row.path in paths]
    if not leaving:
        return changed
    left = replace(
        status,
        folders=tuple(row for row in status.folders if row.path not in paths),
        ready=status.ready - sum(row.ready for row in leaving),
        queued=status.queued - sum(row.queued for row in leaving),
        failed=status.failed - sum(row.failed for row in leaving),
        unembedded=status.unembedded if len(leaving) < len(status.folders) else 0,
        outdated=status.outdated if len(leaving) < len(status.folders) else 0,
    )
    return replace(
        changed, status=left, indexing=changed.indexing and left.queued + left.outdated + left.unembedded > 0
    )


def scans_left(status: LibraryStatus) -> str:
    """Return how many scanned pages are still to be read, and what they wait for."""
    if status.recognises_with:
        one = translate("library", "1 scanned page still to be recognised")
        return counted(status.pages_waiting, one, translate("library", "{n} scanned pages still to be recognised"))
    one = translate("library", "1 scanned page needs text recognition from the model shelf")
    many = translate("library", "{n} scanned pages need text recognition from the model shelf")
    return counted(status.pages_waiting, one, many)


def _passages_left(status: LibraryStatus) -> str:
    return counted(
        status.unembedded,
        translate("library", "1 passage still to be found by meaning"),
        translate("library", "{n} passages still to be found by meaning"),
    )


def _time_left(changed: StatusChanged) -> str:
    if changed.seconds_left is None:
        return ""
    return translate("library", " · {time} left").format(time=span_of_time(changed.seconds_left))


def describe_document(row: DocumentRow) -> str:
    """Return what is in a document, or why it is not read and what to do."""
    match row.state:
        case DocumentState.READY:
            pages = counted(row.pages, translate("library", "1 page"), translate("library", "{n} pages"))
            passages = counted(row.passages, translate("library", "1 passage"), translate("library", "{n} passages"))
            words = f"{pages}, {passages}"
            if row.pages_without_text:
                words += translate("library", "; {n} without text").format(n=f"{row.pages_without_text:,}")
            return words
        case DocumentState.QUEUED:
            return translate("library", "Waits to be read.")
        case DocumentState.READING:
            return translate("library", "Is being read.")
        case DocumentState.FAILED if row.pages_waiting:
            return translate(
                "library",
                "Its pages are pictures: their text is recognised when all else is read, "
                "with the text recognition of the model shelf.",
            )
        case DocumentState.ABSENT if row.waits_for_file:
            return translate("library", "Waits for {file} to be read.").replace("{file}", shown_name(row.file))
        case DocumentState.FAILED | DocumentState.IGNORED | DocumentState.ABSENT:
            return explain_reason(row.reason, row.detail).text or translate("library", "Not there at the moment.")
