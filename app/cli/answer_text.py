"""An answer, what it rests on and what it could not know, as lines for a terminal. Pure."""

from datetime import datetime

from app.cli.search import place_line, twin_lines
from app.cli.sentences import counted, row_sentence
from app.cli.terminal import indented, plain, shown_path
from app.core.citations import without_marks
from app.core.messages import Ask, PromptPrepared
from app.core.tallies import Coverage
from app.core.types import Answer, DocumentRow, DocumentState, Sentence
from app.core.unmet import unsaid

SHOWN_LINES = 4
ENDED_TEXT = {
    "length": "(The answer ends here because there was no room for more.)",
    "loop": "(The model began to repeat itself and was ended.)",
    "quoted": "(Quoted from the passage, word for word.)",
    "nothing": "The model wrote nothing. Ask again or choose another model: see `margent models`.",
}
NOT_FOUND_TEXT = "Your documents do not seem to hold the answer."
WITHHELD_TEXT = "The model wrote this, but the passages do not bear it out:"


def answer_text(answer: Answer, question: Ask) -> str:
    """Return the answer, or that there is none; nothing where no model was to write one."""
    kept = f"{WITHHELD_TEXT}\n{indented(answer.withheld, SHOWN_LINES)}" if answer.withheld else ""
    if answer.found or answer.stopped:
        return "\n\n".join(filter(None, (marked(answer), ENDED_TEXT.get(answer.ended, ""), kept)))
    said = "" if question.no_model or question.evidence_only else ENDED_TEXT.get(answer.ended, NOT_FOUND_TEXT)
    return "\n\n".join(filter(None, (said, kept)))


def marked(answer: Answer) -> str:
    """Return the answer's text: after each sentence the numbers that it rests on, and what no source holds of it."""
    parts: list[str] = []
    done = 0
    for sentence in answer.sentences:
        between = _without_marks_between(answer.text[done : sentence.span.start], len(answer.evidence))
        marks = "".join(f"[{n}]" for n in sentence.citations)
        parts += [between, " ".join(part for part in (sentence.text, marks, unsupported_words(sentence)) if part)]
        done = sentence.span.end
    rest = answer.text[done:]
    return "".join([*parts, _without_marks_between(rest, len(answer.evidence)) if parts else rest]).strip()


def unsupported_words(sentence: Sentence) -> str:
    """Return what is to be said of a sentence that its sources do not hold, or not all of it."""
    if sentence.is_supported:
        return ""
    missing = f": {', '.join(sentence.missing)}" if sentence.missing and sentence.support else ""
    return f"(not found in the sources{missing})"


def source_lines(answer: Answer, question: str) -> str:
    """Return the numbered list of what an answer rests on, or of what was nearest, and what was searched."""
    quotes = {citation.n: f"“{citation.quote}”" for citation in answer.citations}
    lines = [f"Searched for: {answer.searched}", ""] if answer.searched not in ("", question) else []
    if not quotes:
        unsaid_words = ", ".join(unsaid(answer.searched or question, answer.evidence))
        without = f", none of which says {unsaid_words}" if unsaid_words else ""
        lines += [f"The nearest passages{without}:" if answer.evidence else "Nothing near it was found.", ""]
    for n, hit in enumerate(answer.evidence, 1):
        if n in quotes or not quotes:
            lines += [place_line(n, hit), indented(quotes.get(n, hit.text), SHOWN_LINES), *twin_lines(hit), ""]
    given = len(answer.evidence) - len(quotes)
    if quotes and given:
        lines += [f"The model was given {counted(given, 'more passage')} that the answer does not rest on.", ""]
    if answer.unread:
        lines += ["These could not be read, or not wholly, and might hold it:"]
        lines += [f"   {shown_path(row.path)}: {_why(row)}" for row in answer.unread]
        lines.append("")
    if answer.coverage:
        lines.append(coverage_line(answer.coverage))
    if answer.model:
        lines.append(f"{answer.model}, {answer.total_ms / 1000:.1f} s, {counted(answer.answer_tokens, 'token')}")
    return "\n".join(lines).rstrip()


def coverage_line(coverage: Coverage) -> str:
    """Return what the library held when the question was asked."""
    parts = [f"{coverage.ready} of {counted(coverage.files, 'file')} readable"]
    if coverage.absent:
        parts.append(f"{coverage.absent} not there")
    if coverage.queued:
        parts.append(f"{coverage.queued} queued")
    if coverage.pages_without_text:
        parts.append(f"{counted(coverage.pages_without_text, 'page')} without text")
    return f"{_as_of(coverage.current_as_of_ns)} {', '.join(parts)}."


def prompt_lines(prepared: PromptPrepared) -> str:
    """Return a prompt exactly as it would be sent, each message under its role, and what its parts take."""
    tokens = prepared.tokens
    used = tokens.instructions + tokens.conversation + sum(tokens.passages) + tokens.question
    passages = " + ".join(map(str, tokens.passages)) or "0"
    sent = [f"--- {message.role}\n{plain(message.content)}\n" for message in prepared.prompt]
    return "\n".join(
        [
            *sent,
            f"--- {counted(used, 'token')} of {tokens.context}: instructions {tokens.instructions}, conversation"
            f" {tokens.conversation}, passages {passages}, question {tokens.question};"
            f" room for the answer {tokens.answer_room}",
        ]
    )


def _without_marks_between(text: str, count: int) -> str:
    """Return what stands between two sentences without marks: line breaks and list signs as they were."""
    return without_marks(f"|{text}|", count)[1:-1] or (" " if text else "")


def _as_of(nanoseconds: int) -> str:
    if not nanoseconds:
        return "The folders have not been compared yet."
    then = datetime.fromtimestamp(nanoseconds / 1e9).astimezone()
    is_today = then.date() == datetime.now().astimezone().date()
    return f"Index current as of {then:%H:%M}." if is_today else f"Index current as of {then:%Y-%m-%d %H:%M}."


def _why(row: DocumentRow) -> str:
    match row.state:
        case DocumentState.FAILED:
            return row_sentence(row)
        case DocumentState.QUEUED | DocumentState.READING:
            return "it is still to be read"
        case DocumentState.ABSENT if row.waits_for_file:
            return f"it waits for {shown_path(row.file)} to be read"
        case DocumentState.ABSENT:
            return "its folder is not there now"
        case _:
            return f"{counted(row.pages_without_text, 'page')} without text"
