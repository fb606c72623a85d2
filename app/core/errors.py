"""Errors as facts: one class per thing that the user can do about it. Used in every process.

The classes carry facts only; `ui` and `cli` write the sentence and the remedy.
"""


class AppError(Exception):
    """An expected failure; `facts` name what it is about."""

    def __init__(self, **facts: str) -> None:
        super().__init__(", ".join(f"{name}={value!r}" for name, value in facts.items()))
        self.facts = facts


class PathMissing(AppError):
    """A path does not exist: `path`."""


class PathUnreadable(AppError):
    """A path may not be read: `path`, `detail`."""


class PathUnwritable(AppError):
    """A file that was asked for cannot be written: `path`, `detail`."""


class PathNotInLibrary(AppError):
    """A document or folder is not in the library: `path`."""


class PartOfFolder(AppError):
    """A path has no rules of its own, being part of a folder of the library: `path`, `folder`."""


class RuleInvalid(AppError):
    """A pattern for what is left out makes no sense: `rule`."""


class PageMissing(AppError):
    """A document has no such page: `path`, `page`, `pages`."""


class LibraryLocked(AppError):
    """Another Margent has this library open: `path`."""


class DataDirectoryUnwritable(AppError):
    """The data directory cannot be written: `path`, `detail`."""


class DiskFull(AppError):
    """The disk has no room left: `path`, `needed_bytes` where known."""


class NoModelInstalled(AppError):
    """No model is installed for a role: `role`."""


class ModelUnknown(AppError):
    """No model of this name or path: `name`."""


class ModelFileInvalid(AppError):
    """A file is not a usable GGUF: `path`, `detail`."""


class ModelTooLarge(AppError):
    """A model does not fit into memory: `name`, `needed_bytes`, `free_bytes`."""


class ModelHashWrong(AppError):
    """A downloaded or installed file has another hash: `name`, `expected`, `found`."""


class DownloadFailed(AppError):
    """A download did not succeed: `name`, `source`, `detail`."""


class ModelRuntimeMissing(AppError):
    """llama.cpp is not installed (yet): `detail`."""


class ModelDied(AppError):
    """The model's process ended while it was needed: `name`, `detail`."""


class DocumentUnreadable(AppError):
    """A document cannot be read: `path`, `reason` (a `core.types.Reason`), `detail`."""


class PasswordWrong(AppError):
    """A password does not open a document: `path`."""


class PasswordUnneeded(AppError):
    """A document needs no password: `path`."""


class QuestionTooLong(AppError):
    """The question does not fit the model's context: `tokens`, `limit`, `style` where it has one beside it."""


class ReceiptUnknown(AppError):
    """There is no receipt of this id, or more than one begins so: `receipt`."""


class ReceiptErased(AppError):
    """A text of a receipt that would be needed was erased: `receipt`."""


class NothingWritten(AppError):
    """No model was asked for an answer, so none can write it again: `receipt`."""


class ConversationUnknown(AppError):
    """There is no conversation of this id: `conversation`."""


class FilterMatchesNothing(AppError):
    """A filter leaves no document to search: `filter` is "path", "forgotten", "type", "after", "before" or "together".

    `value` is the path, the types or the date; `waiting` and `failed` count the documents of a path that are not read
    (yet), `within` is "yes" for a path in a folder of the library, `known` names the types that there are, `newest` and
    `oldest` the days between which documents were changed.
    """


class StyleUnknown(AppError):
    """There is no style of this name: `name`, `known` names those there are."""


class StyleInvalid(AppError):
    """A style cannot be used or kept: `path` or `name`, `reason` (of `core.styles.StyleRow`, or "name"), `limit`."""


class QuestionsInvalid(AppError):
    """A set of questions with known answers is not of the form that it should be: `path`, `detail`."""


class UsageWrong(AppError):
    """A request that makes no sense: `detail`."""


def error_from_facts(name: str, facts: dict[str, str]) -> AppError:
    """Rebuild the error that another process described, or a plain `AppError` for an unknown name."""
    classes = {cls.__name__: cls for cls in AppError.__subclasses__()}
    return classes.get(name, AppError)(**facts)
