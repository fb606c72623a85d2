"""What went wrong with a request, a document or the library, and what to do about it, in sentences. Window process."""

from dataclasses import dataclass
from pathlib import Path, PurePath

from app.core import errors
from app.core.types import Reason
from app.ui.empty_filter import empty_filter_words
from app.ui.sentences import shown_path, size, translate
from app.ui.style_words import style_trouble


@dataclass(frozen=True, slots=True)
class Explained:
    """What happened, and what can be done about it ("" where nothing can)."""

    what: str
    remedy: str = ""

    @property
    def text(self) -> str:
        """Return both in one line."""
        return f"{self.what} {self.remedy}".strip()


def explain_error(error: errors.AppError) -> Explained:
    """Return the sentence and the remedy for an error's facts."""
    facts = error.facts
    path = facts.get("path", "")
    name = facts.get("name", "")
    match error:
        case errors.PathMissing():
            return Explained(
                translate("errors", "{path} is not there any more.").format(path=path),
                translate("errors", "Look whether it was moved, or plug in its drive."),
            )
        case errors.PathUnreadable():
            return Explained(
                translate("errors", "{path} may not be read.").format(path=path),
                translate("errors", "Give yourself the right to read it, then drop it again."),
            )
        case errors.PathUnwritable():
            return Explained(
                translate("errors", "{path} cannot be written.").format(path=path),
                translate("errors", "Choose another place."),
            )
        case errors.PathNotInLibrary():
            return Explained(translate("errors", "{path} is not in the library.").format(path=path))
        case errors.RuleInvalid():
            return Explained(translate("errors", "{rule} is no pattern.").format(rule=facts.get("rule", "")))
        case errors.PartOfFolder():
            return Explained(
                translate("errors", "{path} is part of {folder}.").format(path=path, folder=facts.get("folder", "")),
                translate("errors", "Give the rule to that folder."),
            )
        case errors.PageMissing():
            return Explained(
                translate("errors", "{path} has no page {page}.").format(path=path, page=facts.get("page", "")),
                translate("errors", "It may have changed since it was read."),
            )
        case errors.LibraryLocked():
            return Explained(
                translate("errors", "Another Margent has this library open."),
                translate("errors", "Close it there, then start again."),
            )
        case errors.DataDirectoryUnwritable():
            return Explained(
                translate("errors", "Margent cannot write to its folder {path}.").format(path=path),
                translate(
                    "errors",
                    "Give yourself the right to write there, or start it with another folder: "
                    "margent --data-dir FOLDER.",
                ),
            )
        case errors.DiskFull():
            return Explained(
                translate("errors", "The disk is full. Nothing was left half-written."),
                translate("errors", "Make room and try again."),
            )
        case errors.NoModelInstalled():
            return Explained(
                translate("errors", "No model is installed to write answers."),
                translate("errors", "Get one from the model shelf, or add a file of yours."),
            )
        case errors.DocumentUnreadable():
            reason = explain_reason(Reason(facts.get("reason", "")), facts.get("detail", ""))
            return Explained(f"{path}: {reason.what}", reason.remedy)
        case errors.PasswordWrong():
            return Explained(translate("errors", "This is not its password."))
        case errors.PasswordUnneeded():
            return Explained(translate("errors", "It needs no password."))
        case errors.QuestionTooLong():
            shorter = translate("errors", "Shorten it, or start a new conversation.")
            styled = translate("errors", "Shorten it or its style, or start a new conversation.")
            return Explained(
                translate("errors", "The question is too long for this model."), styled if "style" in facts else shorter
            )
        case errors.FilterMatchesNothing():
            return Explained(*empty_filter_words(facts))
        case errors.StyleUnknown():
            return Explained(
                translate("errors", "There is no style called {name} any more.").replace("{name}", name),
                translate("errors", "Choose another one below the question (Ctrl+T)."),
            )
        case errors.StyleInvalid():
            what, remedy = style_trouble(facts.get("reason", ""))
            told = translate("errors", "The style {name} cannot be used.").replace("{name}", path or name)
            return Explained(f"{told} {what}", remedy)
        case errors.ReceiptUnknown():
            return Explained(translate("errors", "There is no such receipt."))
        case errors.ConversationUnknown():
            return Explained(translate("errors", "That conversation is not there any more."))
        case errors.ReceiptErased():
            return Explained(translate("errors", "The texts of this receipt were erased."))
        case errors.NothingWritten():
            words = translate("errors", "No passage came near the question, so no model was asked for this answer.")
            return Explained(words, translate("errors", "Ask again if your documents have changed since."))
        case errors.QuestionsInvalid():
            return Explained(
                translate("errors", "These are no questions with known answers: {path}").format(
                    path=facts.get("path", "")
                )
            )
        case errors.UsageWrong():
            return Explained(translate("errors", "That request makes no sense."))
        case _:
            return _explain_model_error(error, name or path)


def _explain_model_error(error: errors.AppError, name: str) -> Explained:
    facts = error.facts
    match error:
        case errors.ModelUnknown():
            return Explained(translate("errors", "There is no model called {name}.").format(name=name))
        case errors.ModelFileInvalid():
            file_name = PurePath(name).name
            return Explained(
                translate("errors", "{name} is not a model that Margent can use.").format(name=file_name),
                model_remedy(facts.get("detail", "")),
            )
        case errors.ModelTooLarge():
            return Explained(
                translate("errors", "{name} needs {needed} of memory and {free} are free.").format(
                    name=name, needed=size(facts.get("needed_bytes", "")), free=size(facts.get("free_bytes", ""))
                ),
                translate("errors", "Choose a smaller model, or close other programs."),
            )
        case errors.ModelHashWrong():
            return Explained(
                translate("errors", "{name} is not the file it should be and was not kept.").format(name=name),
                translate("errors", "Expected {expected}, found {found}.").format(
                    expected=facts.get("expected", ""), found=facts.get("found", "")
                ),
            )
        case errors.DownloadFailed():
            return Explained(
                translate("errors", "{name} could not be downloaded.").format(name=name),
                translate("errors", "What has arrived is kept; try again when there is a connection."),
            )
        case errors.ModelRuntimeMissing():
            return Explained(
                translate("errors", "The part that runs models is not installed yet."),
                translate("errors", "Passages can be searched meanwhile."),
            )
        case errors.ModelDied():
            return Explained(
                translate("errors", "The model stopped while it was writing."),
                translate("errors", "Ask again: it is started afresh. If it happens again, choose a smaller model."),
            )
        case _:
            return Explained(
                translate("errors", "Something went wrong that Margent did not expect."),
                translate("errors", "It is written down in the log."),
            )


def explain_damage(catalog: bytes, history: bytes) -> str:
    """Return what was damaged when the library was opened, where it lies now, and what was done ("" for nothing)."""
    parts: list[str] = []
    if catalog:
        parts.append(
            translate(
                "damage", "The catalog was damaged. It was set aside as {path}, and your folders are read again."
            ).format(path=shown_path(catalog))
        )
    if history:
        parts.append(
            translate(
                "damage", "The record of answers was damaged. It was set aside as {path}, and a new one begun."
            ).format(path=shown_path(history))
        )
    return " ".join(parts)


def explain_settings(path: Path, kept: Path) -> str:
    """Return what becomes of a settings file that cannot be read."""
    return translate(
        "damage", "The settings in {path} cannot be read and are left out; the file will be kept as {kept}."
    ).format(path=path, kept=kept.name)


def explain_reason(reason: Reason, detail: str = "") -> Explained:
    """Return why a document is not in the index, and what to do."""
    match reason:
        case Reason.NONE:
            return Explained(detail)
        case Reason.EMPTY:
            return Explained(translate("reasons", "The file is empty."))
        case Reason.NO_TEXT:
            return Explained(
                translate("reasons", "No text was found on its pages."),
                translate("reasons", "The model shelf has text recognition for more languages."),
            )
        case Reason.ENCRYPTED if detail:
            return Explained(
                translate("reasons", "It is locked, and no password opens it here."),
                translate("reasons", "Save a copy without the lock."),
            )
        case Reason.ENCRYPTED:
            return Explained(
                translate("reasons", "It is locked with a password."), translate("reasons", "Give it, and it is read.")
            )
        case Reason.DAMAGED:
            return Explained(
                translate("reasons", "The file is damaged."), translate("reasons", "Open and save it anew elsewhere.")
            )
        case Reason.UNSUPPORTED if detail == "zip":
            return Explained(
                translate("reasons", "ZIP files are not read unless you ask for it."),
                translate("reasons", "Choose “Read what is packed in ZIP files” under “Rules of its folder”."),
            )
        case Reason.UNSUPPORTED:
            kind = f": .{detail}" if detail.isalnum() else f" ({detail})" if detail else ""
            return Explained(translate("reasons", "Margent does not read this kind of file{kind}.").format(kind=kind))
        case Reason.UNREADABLE:
            return Explained(
                translate("reasons", "The file may not be read."),
                translate("reasons", "Give yourself the right to read it."),
            )
        case Reason.NOT_A_FILE:
            return Explained(translate("reasons", "It is not an ordinary file."))
        case Reason.TOO_SLOW:
            return Explained(translate("reasons", "Reading it took too long and was ended."))
        case Reason.TOO_LARGE:
            return Explained(translate("reasons", "It needs more memory than a document may."))
        case Reason.READER_DIED:
            return Explained(translate("reasons", "It stops the program that reads it."))
        case Reason.CHANGED_WHILE_READ:
            return Explained(
                translate("reasons", "It changed while it was read."),
                translate("reasons", "It is read again when it settles."),
            )
        case Reason.IGNORED_BY_RULE:
            return Explained(translate("reasons", "The rule “{rule}” leaves it out.").format(rule=detail))
        case Reason.OTHER_TYPE:
            return Explained(translate("reasons", "Its folder's rules name other kinds of files."))
        case Reason.OVER_SIZE:
            return Explained(translate("reasons", "It is larger than its folder's rules allow."))
        case Reason.ONLINE_ONLY:
            return Explained(
                translate("reasons", "It is kept online only, and not on this computer."),
                translate("reasons", "Make it available offline; then it is read."),
            )
        case Reason.TOO_DEEP:
            return Explained(translate("reasons", "It is packed in too many files, one in the other."))
        case Reason.NOT_LISTED:
            words = translate("reasons", "{count} more files are in it than Margent lists.")
            return Explained(
                words.format(count=detail), translate("reasons", "Split the mailbox or the archive to have them read.")
            )
        case Reason.FOLDER_MISSING:
            return Explained(
                translate("reasons", "Its folder is not there."), translate("reasons", "Plug in the drive it is on.")
            )


def model_remedy(detail: str) -> str:
    """Return what to do about a file that is no usable model."""
    match detail:
        case "empty" | "truncated" | "damaged":
            return translate("errors", "The file is not whole: download it again.")
        case "split":
            return translate("errors", "It is one part of several: choose a model in a single file.")
        case "not_an_adapter":
            return translate("errors", "It is no adapter: choose a LoRA adapter made for the model.")
        case "not_for_answers":
            return translate("errors", "It does not write answers: choose one for chat.")
        case "no_onnx" | "no_tokenizer" | "not_for_embedding":
            return translate("errors", "Choose a GGUF embedding model, or a folder with model.onnx and tokenizer.json.")
        case "version" | "not_loaded":
            return translate("errors", "llama.cpp does not know this kind: choose another model.")
        case _:
            return translate("errors", "Choose a GGUF file.")
