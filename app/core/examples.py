"""Asking whether some text answers a question, with examples (few-shot). Pure; used in the engine.

A small model that is shown how a changed word makes a text no answer any more tells more surely whether one is
(tests/quality/answers.md).
"""

from app.core.prompt import placed_text
from app.core.prompt_text import neutralise
from app.core.types import ChatMessage, Hit

_INSTRUCTIONS = (
    "You check whether a text answers a question exactly as it is asked. If a name, a number, a place, a time, a"
    " condition or a word of the question was changed, so that the text says it of something else or says the opposite,"
    " the text does not answer it."
)
_ASKED = "Does the text answer this question, exactly as it is asked? Answer Yes or No."
_EXAMPLES = (
    (
        "The orchard at Lindal was planted in 1907 with 340 pear trees; a frost killed half of them in the winter of"
        " 1929.",
        "How many pear trees were planted at Lindal?",
        "How many plum trees were planted at Lindal?",
    ),
    (
        "Lime is added after the first filter, never before it, because it clogs the sand.",
        "What is added after the first filter?",
        "What is added before the first filter?",
    ),
    (
        "Tenants may keep one dog or two cats; birds need no permission.",
        "Which animals need no permission?",
        "Which animals are forbidden?",
    ),
    (
        "Rosa Velde painted the ceiling in 1688 after her teacher, Pieter Baan, had fallen ill.",
        "Why did Velde paint the ceiling?",
        "When did Pieter Baan paint the ceiling?",
    ),
)
"""Texts of our own, each with a question that it answers and one that it does not."""


def _asked(text: str, question: str) -> ChatMessage:
    return ChatMessage("user", f"TEXT\n{text}\n\nQUESTION\n{question}\n\n{_ASKED}")


BEGINNING = (
    ChatMessage("system", _INSTRUCTIONS),
    *(
        message
        for text, answered, unanswered in _EXAMPLES
        for question, says in ((answered, "Yes"), (unanswered, "No"))
        for message in (_asked(text, question), ChatMessage("assistant", says))
    ),
)
"""What all such prompts begin with."""


def examined(question: str, texts: tuple[Hit, ...]) -> tuple[ChatMessage, ...]:
    """Return the messages that ask whether some passages, or parts of them, answer a question that stands alone."""
    return (*BEGINNING, _asked("\n\n".join(map(placed_text, texts)), neutralise(question)))
