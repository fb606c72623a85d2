"""What a model is told of the turns before a question: nothing that is not shown beside the new answer too. Pure."""

from dataclasses import dataclass

from app.core.citations import SplitSentences, cited_sentences, source_text
from app.core.terms import STOP_WORDS
from app.core.types import Hit, Sentence, Turn
from app.core.words import words_of

TURNS_TOLD = 3
TURN_CHARACTERS = 600


@dataclass(frozen=True, slots=True)
class EarlierTurn:
    """A turn with the sentences of its answer and all passages that it was given."""

    question: str
    sentences: tuple[Sentence, ...]
    passages: tuple[Hit, ...]

    @property
    def cited(self) -> tuple[Hit, ...]:
        """Return the passages that its sentences rest on, in order of first mention."""
        numbers = dict.fromkeys(number for sentence in self.sentences for number in sentence.citations)
        return tuple(self.passages[number - 1] for number in numbers)


def earlier_turn(turn: Turn, passages: dict[int, Hit], split: SplitSentences) -> EarlierTurn:
    """Return a turn with its answer taken apart; without sentences if a passage is no longer what it was."""
    question = turn.question[:TURN_CHARACTERS]
    if not turn.passages or any(number not in passages for number in turn.passages):
        return EarlierTurn(question, (), ())
    given = tuple(passages[number] for number in turn.passages)
    return EarlierTurn(question, cited_sentences(turn.answer, given, split, turn.question), given)


def told(turns: tuple[EarlierTurn, ...], evidence: tuple[Hit, ...]) -> tuple[Turn, ...]:
    """Return the turns as the model is told them: of each answer the sentences that rest on the evidence alone.

    A sentence is left out if it cites a passage that is not in the evidence, or uses a word that the passages behind it
    hold and neither the evidence nor a question does: that word would be a document's, and nobody would see whose.
    """
    shown = {word for hit in evidence for word in words_of(source_text(hit))}
    shown |= STOP_WORDS | {word for turn in turns for word in words_of(turn.question)}
    ids = {hit.passage_id for hit in evidence}
    return tuple(Turn(turn.question, _told_answer(turn, shown, ids)) for turn in turns[-TURNS_TOLD:])


def carried(turns: tuple[EarlierTurn, ...]) -> tuple[Hit, ...]:
    """Return the passages that the conversation rests on, those of the last turn first, each once."""
    last_first = (hit for turn in reversed(turns[-TURNS_TOLD:]) for hit in turn.cited)
    return tuple({hit.passage_id: hit for hit in last_first}.values())


def _told_answer(turn: EarlierTurn, shown: set[str], ids: set[int]) -> str:
    held = {word for hit in turn.passages for word in words_of(source_text(hit))}
    kept = ""
    for sentence in turn.sentences:
        rests = {turn.passages[number - 1].passage_id for number in sentence.citations}
        hidden = (held & set(words_of(sentence.text))) - shown
        if rests and rests <= ids and not hidden and len(kept) + len(sentence.text) < TURN_CHARACTERS:
            kept += f"{sentence.text} "
    return kept.strip()
