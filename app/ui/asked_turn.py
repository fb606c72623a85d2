"""A turn of the conversation, and what is said of its answer beside the answer itself. Window process."""

from dataclasses import dataclass, field

from app.core.answer_messages import AnswerStep
from app.core.messages import Ask
from app.core.styles import missing_sections
from app.core.types import Answer, Hit
from app.ui.card_content import MarginContent
from app.ui.chosen_filters import filter_words
from app.ui.moments import moment_words
from app.ui.sentences import counted, translate
from app.ui.style_words import style_label
from app.ui.turn_view import TurnView


@dataclass(slots=True, eq=False)
class AskedTurn:
    """A turn and what is known of it; `request_id` is 0 for one that was kept."""

    ask: Ask
    view: TurnView
    request_id: int
    evidence: tuple[Hit, ...] = ()
    content: MarginContent = field(default_factory=MarginContent)
    answer: Answer | None = None
    title: str = ""


def doing(step: AnswerStep, passages: int) -> str:
    """Return what is said while a model is at a step."""
    match step:
        case AnswerStep.JUDGING:
            return translate("asking", "Asking whether the passages hold the answer…")
        case AnswerStep.READING:
            one = translate("asking", "Reading 1 passage…")
            return counted(passages, one, translate("asking", "Reading {n} passages…"))
        case AnswerStep.CHECKING:
            return translate("asking", "Checking the answer against its passages…")


def verdict(ask: Ask, answer: Answer) -> str:
    """Return what stands in an answer's place or above it where nothing was found, "" where something was."""
    if answer.found or ask.no_model or answer.stopped:
        return ""
    if answer.ended == "nothing":
        return translate("asking", "The model wrote nothing. Ask again or choose another model.")
    return translate("asking", "Not found in your documents")


def is_of_nothing(answer: Answer | None) -> bool:
    """Return whether there was no file at all to answer from."""
    return answer is not None and answer.coverage is not None and not answer.coverage.files


def without_model(answer: Answer) -> str:
    """Return what is said in an answer's place where no model is installed to write one."""
    if is_of_nothing(answer):
        first = translate("asking", "There is nothing to search yet. Add a folder first.")
        return f"{first} {translate('asking', 'To write answers, Margent needs a model too.')}"
    says = translate("asking", "No model is installed to write an answer.")
    near = translate("asking", "The nearest passages stand in the margin.")
    return f"{says} {near}" if answer.evidence else says


def remedy_without_model(answer: Answer) -> str:
    """Return the words of the button that helps then."""
    return translate("asking", "Add a folder") if is_of_nothing(answer) else translate("asking", "Get a model")


def manner(answer: Answer) -> tuple[str, ...]:
    """Return in which style an answer is, and what of it is not there; nothing of the plain one or without a text."""
    if not answer.style.instructions or not answer.found:
        return ()
    missing = missing_sections(answer.text, answer.style.sections)
    told = translate("asking", "without the section “{name}”")
    return (style_label(answer.style), *(told.replace("{name}", name) for name in missing))


def rests_on(ask: Ask, answer: Answer) -> str:
    """Return what an answer rests on: its passages, what the search was kept to, and the time it took."""
    parts = [*_endings(answer)]
    given = len(answer.evidence)
    if answer.citations:
        one = translate("asking", "{cited} of 1 passage cited")
        words = counted(given, one, translate("asking", "{cited} of {n} passages cited"))
        parts.append(words.replace("{cited}", str(len(answer.citations))))
    elif given:
        one = translate("asking", "the nearest passage in the margin")
        parts.append(counted(given, one, translate("asking", "the {n} nearest passages in the margin")))
    only = filter_words(ask.filters)
    if only and not verdict(ask, answer):
        parts.append(only)
    parts += manner(answer)
    parts.append(translate("asking", "{n}\u00a0s").replace("{n}", f"{answer.total_ms / 1000:.1f}"))
    words = " · ".join(parts)
    return words[:1].upper() + words[1:]


def kept_rests_on(answer: Answer, asked_ns: int) -> str:
    """Return what stands under an answer that was kept: when it was asked for, how it ended, and its style."""
    asked = translate("asking", "Asked {moment}").replace("{moment}", moment_words(asked_ns))
    return " · ".join((asked, *_endings(answer), *manner(answer)))


def unanswered(*, is_erased: bool) -> str:
    """Return what stands in place of a kept answer that is not there."""
    if is_erased:
        return translate("asking", "What was answered has been forgotten with the files that it came from.")
    return translate("asking", "This was not answered.")


def _endings(answer: Answer) -> tuple[str, ...]:
    """Return what is to be said of an answer that did not simply come to its end."""
    stopped = (translate("asking", "Stopped"),) if answer.stopped else ()
    match answer.ended:
        case "loop":
            return (*stopped, translate("asking", "The model began to repeat itself and was ended"))
        case "length":
            return (*stopped, translate("asking", "Cut off: no room for more"))
        case "quoted":
            return (*stopped, translate("asking", "Quoted from the passage, word for word"))
        case _:
            return stopped
