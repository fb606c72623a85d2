"""Every sentence about an error, a reason, a size or a place that more than one widget shows. Window process."""

from pathlib import PurePath

from PySide6.QtCore import QCoreApplication

from app.core.models import ModelRole
from app.core.types import DocumentRow, DocumentState, Hit, Reason

translate = QCoreApplication.translate


def state_words(row: DocumentRow) -> str:
    """Return a document's state in a word or two, in a list of all files."""
    return short_state(row) or translate("states", "read")


def short_state(row: DocumentRow) -> str:
    """Return a document's state in a word or two, "" for one that is ready."""
    match row.state:
        case DocumentState.READY:
            return ""
        case DocumentState.QUEUED:
            return translate("states", "waiting")
        case DocumentState.READING:
            return translate("states", "reading")
        case DocumentState.ABSENT:
            return translate("states", "waiting") if row.waits_for_file else translate("states", "not there")
        case DocumentState.IGNORED:
            return translate("states", "left out")
        case DocumentState.FAILED:
            return translate("states", "scan, waiting") if row.pages_waiting else _short_reason(row.reason)


def _short_reason(reason: Reason) -> str:
    match reason:
        case Reason.ENCRYPTED:
            return translate("states", "password")
        case Reason.NO_TEXT:
            return translate("states", "no text")
        case Reason.EMPTY:
            return translate("states", "empty")
        case Reason.DAMAGED:
            return translate("states", "damaged")
        case Reason.TOO_LARGE:
            return translate("states", "too large")
        case Reason.TOO_SLOW:
            return translate("states", "too slow")
        case _:
            return translate("states", "not readable")


def role_words(role: ModelRole) -> str:
    """Return what a model of a role does."""
    match role:
        case ModelRole.ANSWER:
            return translate("models", "writes answers")
        case ModelRole.EMBED:
            return translate("models", "finds passages by meaning")
        case ModelRole.RERANK:
            return translate("models", "puts passages in order")
        case ModelRole.RECOGNISE:
            return translate("models", "reads text in scans and pictures")


def counted(count: int, one: str, many: str) -> str:
    """Return the sentence for a count: `one` as it stands for 1, else `many` with the number in place of {n}."""
    return one if count == 1 else many.replace("{n}", f"{count:,}")


def size(count: int | str) -> str:
    """Return a number of bytes as people say it, decimal units."""
    amount = float(count or 0)
    for unit in ("bytes", "kB", "MB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"


def span_of_time(seconds: float) -> str:
    """Return a duration as a rough, honest phrase."""
    if seconds < 45:
        return translate("time", "less than 1 min")
    minutes = round(seconds / 60)
    if minutes <= 1:
        return translate("time", "about 1 min")
    if minutes < 90:
        return translate("time", "about {n} min").format(n=minutes)
    return translate("time", "about {n} h").format(n=round(minutes / 60))


def shown_path(path: bytes) -> str:
    """Return a path for the eye; bytes that are no text become replacement characters."""
    return path.decode("utf-8", "replace")


def shown_name(path: bytes) -> str:
    """Return the last part of a path for the eye."""
    return PurePath(shown_path(path)).name or shown_path(path)


def inside_words(path: bytes, file: bytes) -> str:
    """Return in what a document is that is part of a file, "" for a file of its own."""
    if not file or not path.startswith(file):
        return ""
    containers = PurePath(shown_path(path[len(file) :]).strip("/")).parts[:-1]
    return translate("places", "in {names}").replace("{names}", " › ".join((shown_name(file), *containers)))


def place_in_document(hit: Hit) -> str:
    """Return where a passage stands: in what the document is that is part of a file, then the headings above it."""
    return " › ".join(filter(None, (inside_words(hit.path, hit.file), *hit.headings)))


def page_words(path: bytes, page: int) -> str:
    """Return a page's place: a page of a PDF or an image, a slide, a mail of a mailbox, a section of all else."""
    name = path.lower()
    if name.endswith((b".pdf", b".png", b".jpg", b".jpeg", b".tif", b".tiff")):
        return translate("places", "p. {n}").format(n=page)
    if name.endswith((b".pptx", b".pptm", b".ppsx", b".odp")):
        return translate("places", "slide {n}").format(n=page)
    if name.endswith(b".mbox"):
        return translate("places", "mail {n}").format(n=page)
    return translate("places", "§ {n}").format(n=page)
