"""Every error and reason as one line that says what happened and what to do. Runs in the command."""

from pathlib import PurePath

from app.core.errors import (
    AppError,
    ConversationUnknown,
    DataDirectoryUnwritable,
    DiskFull,
    DocumentUnreadable,
    DownloadFailed,
    FilterMatchesNothing,
    LibraryLocked,
    ModelDied,
    ModelFileInvalid,
    ModelHashWrong,
    ModelRuntimeMissing,
    ModelTooLarge,
    ModelUnknown,
    NoModelInstalled,
    NothingWritten,
    PageMissing,
    PartOfFolder,
    PasswordUnneeded,
    PasswordWrong,
    PathMissing,
    PathNotInLibrary,
    PathUnreadable,
    PathUnwritable,
    QuestionsInvalid,
    QuestionTooLong,
    ReceiptErased,
    ReceiptUnknown,
    RuleInvalid,
    StyleInvalid,
    StyleUnknown,
    UsageWrong,
)
from app.core.models import ModelRole
from app.core.types import DocumentRow, Reason

FAILED, USAGE_WRONG, LOCKED, NO_MODEL = 1, 2, 3, 4

RECOMMENDED = {
    ModelRole.ANSWER: "qwen2.5-coder-1.5b-instruct-q4_k_m",
    ModelRole.EMBED: "bge-small-en-v1.5",
    ModelRole.RERANK: "ms-marco-minilm-l-12-v2",
    ModelRole.RECOGNISE: "tessdata-eng",
}
PURPOSES = {
    ModelRole.ANSWER: "writing answers",
    ModelRole.EMBED: "reading documents",
    ModelRole.RERANK: "ordering passages",
    ModelRole.RECOGNISE: "reading scans",
}
REASONS = {
    Reason.NONE: "",
    Reason.EMPTY: "the file is empty",
    Reason.NO_TEXT: "no text was found on its pages; see text recognition for other languages: margent models list",
    Reason.ENCRYPTED: "it is locked with a password; give it with: margent password FILE",
    Reason.DAMAGED: "it is damaged; try to open it in another program and save it anew",
    Reason.UNSUPPORTED: "this kind of file is not read yet",
    Reason.UNREADABLE: "it may not be read; look at its permissions",
    Reason.NOT_A_FILE: "it is not an ordinary file",
    Reason.TOO_SLOW: "reading it took too long and was given up",
    Reason.TOO_LARGE: "it is too large to be read safely",
    Reason.READER_DIED: "it made the reader fail twice and is left alone until it changes",
    Reason.CHANGED_WHILE_READ: "it changed while it was read; it will be read again",
    Reason.FOLDER_MISSING: "its folder is not there now; nothing was removed",
    Reason.IGNORED_BY_RULE: "it is left out by a rule",
    Reason.OTHER_TYPE: "its folder's rules name other kinds of files",
    Reason.ONLINE_ONLY: "it is kept online only; make it available offline, then it is read",
    Reason.OVER_SIZE: "it is larger than its folder's rules allow",
    Reason.TOO_DEEP: "it is packed in too many files, one in the other",
    Reason.NOT_LISTED: "so many more files are in it than are listed; split the mailbox or the archive",
}


FOREIGN_SENTENCE = (
    "about {share} % of the text is in languages that this embedder does not know, and is found by its words; a "
    "multilingual one, such as multilingual-e5-small as GGUF or ONNX, finds it by meaning, too: margent models add "
    "FILE, then margent models use NAME"
)

MODEL_TROUBLES = {
    "not_a_file": "this is not a file; name a GGUF file",
    "empty": "the file is empty; download it again",
    "not_gguf": "this is no GGUF file; choose its GGUF version",
    "version": "this GGUF version is not supported; choose a newer file of the model",
    "truncated": "the file is cut off; download it again",
    "damaged": "the file is damaged; download it again",
    "split": "this is one part of several; choose a model in a single file",
    "not_for_answers": "this model does not write answers; choose one for chat",
    "not_for_embedding": "this is no model that finds passages by meaning; choose an embedding model",
    "no_onnx": "there is no model.onnx in this folder; name a GGUF file, or a folder with an ONNX embedder",
    "no_tokenizer": "there is no tokenizer.json in this folder; download it from where the model is from",
    "not_an_adapter": "this is no adapter; choose a LoRA adapter made for the model",
    "not_loaded": "llama.cpp cannot load this model; choose another one",
}


STYLE_TROUBLES = {
    "not_text": "this style is not text in UTF-8; save it as that",
    "empty": "this style has no words; write how answers are to be, or delete the file",
    "long": "this style is longer than {limit} characters, which would be taken from the passages' room; shorten it",
    "unreadable": "this style may not be read; look at the file's permissions",
    "name": "a style's name is that of its file, at most 40 characters and none of < > : \" / \\ | ? *",
}


def exit_status(error: AppError) -> int:
    """Return the exit status that the command line promises for an error."""
    match error:
        case LibraryLocked():
            return LOCKED
        case NoModelInstalled():
            return NO_MODEL
        case UsageWrong() | StyleUnknown() | RuleInvalid() | PartOfFolder():
            return USAGE_WRONG
        case _:
            return FAILED


def reason_sentence(reason: Reason, detail: str = "") -> str:
    """Return why a document is not in the index, with the reader's own word in brackets."""
    if reason is Reason.ENCRYPTED and detail:
        return f"it is locked ({detail}); save a copy without the lock"
    if reason is Reason.UNSUPPORTED and detail == "zip":
        return "ZIP files are not read unless you ask for it: margent rules FOLDER --archives"
    return f"{REASONS[reason]} ({detail})" if detail else REASONS[reason]


def row_sentence(row: DocumentRow) -> str:
    """Return why a document is not in the index, and what becomes of it."""
    if row.reason is Reason.NO_TEXT and row.pages_waiting:
        return "its pages are pictures that wait for text recognition: margent models get tessdata-eng, margent index"
    return reason_sentence(row.reason, row.detail)


def counted(count: int, one: str, many: str = "") -> str:
    """Return a number of things: `1 document`, `1,204 documents`; `many` where an s does not make the plural."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def set_aside_sentence(path: str) -> str:
    """Return what was damaged, by the name under which it is kept, and what was done about it."""
    name = PurePath(path).name
    if name.startswith("catalog"):
        return f"the catalog was damaged; it was set aside as {path}, and a new one is filled from your folders"
    if name.startswith("history"):
        return f"the record of answers was damaged; it was set aside as {path}, and a new one begun"
    return f"the settings could not be read; they were set aside as {path}"


def settings_sentence(path: str, trouble: str) -> str:
    """Return what is wrong with a settings file that a command leaves as it is."""
    return f"{path}: the settings cannot be read ({trouble}) and are left out; mend the file or delete it"


def nothing_to_read_sentence(path: str, ignored: int) -> str:
    """Return why a path that was to be indexed brought no document; `ignored` files there are left out."""
    if ignored:
        return f"{path}: nothing in it is read ({counted(ignored, 'file')} left out); see why: margent documents"
    return f"{path}: it is empty; put documents into it and index it again"


def gigabytes(size_bytes: int | str) -> str:
    """Return a size as a person reads it: `1.1 GB`, `34 MB`."""
    size = int(size_bytes)
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"


def error_sentence(error: AppError) -> str:
    """Return an error as one line: what happened, to what, and what to do."""
    facts = error.facts
    path, name, detail = facts.get("path", ""), facts.get("name", ""), facts.get("detail", "")
    match error:
        case PathMissing():
            return f"{path}: there is no such file or folder"
        case PathUnreadable():
            return f"{path}: it may not be read ({detail}); look at its permissions"
        case PathUnwritable():
            return f"{path}: it cannot be written ({detail}); choose another place"
        case PathNotInLibrary():
            return f"{path}: it is not in the library; margent documents lists what is, margent index PATH adds to it"
        case RuleInvalid():
            return f"{facts.get('rule')}: this is no pattern; they are written as in a .gitignore file, e.g. drafts/"
        case PartOfFolder():
            return f"{path}: it is part of {facts.get('folder')}; name that folder, its rules count here too"
        case PageMissing():
            return f"{path}: there is no page {facts.get('page')}, it has {facts.get('pages')}"
        case StyleUnknown():
            return f"{name}: there is no style of this name; there are: {facts.get('known')}"
        case StyleInvalid():
            trouble = STYLE_TROUBLES.get(facts.get("reason", ""), "this style cannot be used")
            return f"{path or name}: {trouble.format(limit=facts.get('limit'))}"
        case LibraryLocked():
            return f"another Margent has this library open ({path}); close it, or choose another with --data-dir"
        case DataDirectoryUnwritable():
            return f"{path}: the data directory cannot be written ({detail}); choose another with --data-dir"
        case DocumentUnreadable():
            return f"{path}: {reason_sentence(Reason(facts.get('reason', '')), detail)}"
        case PasswordWrong():
            return f"{path}: this is not its password; nothing was changed"
        case PasswordUnneeded():
            return f"{path}: it needs no password"
        case QuestionTooLong():
            beside = ", or ask in a shorter style" if "style" in facts else ""
            told = f"{facts.get('tokens')} tokens of at most {facts.get('limit')}; shorten it{beside}"
            return f"the question is too long: {told}"
        case ReceiptUnknown():
            return f"{facts.get('receipt')}: no receipt has this id, or more than one begins so; see: margent receipts"
        case ConversationUnknown():
            return "there is no such conversation"
        case ReceiptErased():
            return f"{facts.get('receipt')}: its texts were erased; it can be verified, not written again"
        case NothingWritten():
            why = "no passage came near the question, so no model was asked"
            return f"{facts.get('receipt')}: {why}; there is nothing to write again"
        case QuestionsInvalid():
            return f"{path}: these are no questions with known answers ({detail})"
        case UsageWrong():
            return detail
        case FilterMatchesNothing():
            return _empty_filter(facts)
        case DiskFull():
            return _disk_full(path, facts.get("needed_bytes", ""))
        case _:
            return _model_sentence(error, path, name, detail)


def _empty_filter(facts: dict[str, str]) -> str:
    """Return which filter leaves nothing to search, and what would."""
    value, waiting, failed = facts.get("value", ""), int(facts.get("waiting", "0")), int(facts.get("failed", "0"))
    match facts.get("filter", ""):
        case "path" if waiting:
            return f"--in {value}: nothing in it is read yet, {waiting} waiting; finish with: margent index {value}"
        case "path" if failed:
            return f"--in {value}: nothing in it could be read; see why with: margent documents"
        case "path" if facts.get("within"):
            return f"--in {value}: there is no document in it; margent documents lists what there is"
        case "path":
            return f"--in {value}: it is not in the library; margent documents lists what is, margent index adds to it"
        case "type":
            return f"--type {value}: there is no such document; there are: {facts.get('known') or 'none yet'}"
        case "after":
            return f"--after {value}: no document was changed since; the newest is of {facts.get('newest') or 'never'}"
        case "before":
            return (
                f"--before {value}: no document was changed before; the oldest is of {facts.get('oldest') or 'never'}"
            )
        case _:
            return "no document passes all the filters together, though each leaves some; take one away"


def _disk_full(path: str, needed_bytes: str) -> str:
    needed = f"; {gigabytes(needed_bytes)} are needed" if needed_bytes else ""
    return f"{path}: the disk is full{needed}; make room and try again, nothing half-written was left"


def _model_sentence(error: AppError, path: str, name: str, detail: str) -> str:
    """Return the sentence of an error about models, or of one that nobody foresaw."""
    facts = error.facts
    match error:
        case NoModelInstalled():
            role = ModelRole(facts.get("role", ModelRole.ANSWER))
            if name:
                return f"{name}: it is not installed; get it with: margent models get {name}"
            return f"no model for {PURPOSES[role]} is installed; get one with: margent models get {RECOMMENDED[role]}"
        case ModelUnknown():
            return f"{name}: there is no model of this name or path; see: margent models list"
        case ModelFileInvalid():
            return f"{path}: {MODEL_TROUBLES.get(detail, f'this is not a usable GGUF model ({detail})')}"
        case ModelTooLarge():
            needed, free = gigabytes(facts.get("needed_bytes", "0")), gigabytes(facts.get("free_bytes", "0"))
            return f"{name}: the model needs {needed} of memory and {free} are free; choose a smaller one"
        case ModelHashWrong():
            expected, found = facts.get("expected"), facts.get("found")
            return f"{name}: the file is not the one that was expected: its SHA-256 is {found}, not {expected}"
        case DownloadFailed():
            return f"{name}: it could not be fetched from {facts.get('source')} ({detail}); try again, it goes on there"
        case ModelRuntimeMissing():
            return f"llama.cpp is not installed yet ({detail}); finish with: make setup"
        case ModelDied():
            return f"{name}: the model's process ended ({detail}); ask again, or choose another model"
        case _:
            return f"something went wrong inside Margent: {error}"
