"""Asking whether some text answers a question, or says a sentence, with examples (few-shot). Pure; used in the engine.

A small model that is shown how a changed word makes a text no answer any more tells more surely whether one is
(tests/quality/answers.md).
"""

from app.core.prompt import placed_text
from app.core.prompt_text import neutralise, quoted
from app.core.types import ChatMessage, Hit
from app.core.words import content_words

_INSTRUCTIONS = (
    "You check whether a text answers a question, or says a sentence, exactly as it stands. If a name, a number, a"
    " place, a time, a condition or a word was changed, so that the text says it of something else or says the"
    " opposite, the answer is No."
)
_EXAMPLES = (
    (
        "The orchard at Lindal was planted in 1907 with 340 pear trees; a frost killed half of them in the winter of"
        " 1929.",
        ("How many pear trees were planted at Lindal?", "How many plum trees were planted at Lindal?"),
        ("A frost killed half of the pear trees.", "A frost killed 340 plum trees."),
    ),
    (
        "Lime is added after the first filter, never before it, because it clogs the sand.",
        ("What is added after the first filter?", "What is added before the first filter?"),
        ("Lime clogs the sand.", "Lime is added before the first filter."),
    ),
)
"""Texts of our own, each with a question that it answers and one that it does not, and two sentences likewise."""


def _asked(text: str, question: str) -> ChatMessage:
    asked = "Does the text answer this question, exactly as it is asked? Answer Yes or No."
    return ChatMessage("user", f"TEXT\n{text}\n\nQUESTION\n{question}\n\n{asked}")


def _told(text: str, sentence: str) -> ChatMessage:
    asked = "Does the text say exactly this? Answer Yes or No."
    return ChatMessage("user", f"TEXT\n{text}\n\nSENTENCE\n{sentence}\n\n{asked}")


BEGINNING = (
    ChatMessage("system", _INSTRUCTIONS),
    *(
        message
        for text, questions, sentences in _EXAMPLES
        for ask, examples in ((_asked, questions), (_told, sentences))
        for example, says in zip(examples, ("Yes", "No"), strict=True)
        for message in (ask(text, example), ChatMessage("assistant", says))
    ),
)
"""What all such prompts begin with."""


def answers_question(question: str, texts: tuple[Hit, ...]) -> tuple[ChatMessage, ...]:
    """Return the messages that ask whether some passages, or parts of them, answer a question that stands alone."""
    return (*BEGINNING, _asked(_text(texts, question), neutralise(question)))


def says_sentence(sentence: str, texts: tuple[Hit, ...]) -> tuple[ChatMessage, ...]:
    """Return the messages that ask whether some passages, or parts of them, say a sentence."""
    return (*BEGINNING, _told(_text(texts, sentence), neutralise(sentence)))


def _text(texts: tuple[Hit, ...], claim: str) -> str:
    """Return the texts; where one stands is told if its title or a heading has words of the claim that it has not."""
    wanted = content_words(claim)
    return "\n\n".join(placed_text(hit) if _is_placed(hit, wanted) else quoted(hit.text) for hit in texts)


def _is_placed(hit: Hit, wanted: set[str]) -> bool:
    place = " ".join((hit.title, *hit.headings))
    return bool(place and wanted & content_words(place) - content_words(hit.text))
