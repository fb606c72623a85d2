"""What each part of a prompt takes of the model's context. Used in the engine's process."""

from itertools import pairwise

from app.answering.draft import Draft
from app.answering.needs import AnswerModel
from app.core.prompt import build_prompt
from app.core.tallies import PromptTokens


async def counted(draft: Draft, model: AnswerModel, answer_room: int) -> PromptTokens:
    """Return what each part of the prompt takes, by the model's own count of prompts with and without it.

    A style counts with the instructions. `answer_room` is how many tokens are kept for the answer.
    """
    style = draft.ask.style
    last = draft.reminder
    bare = await model.count(build_prompt("", (), (), last, style))
    asked = await model.count(build_prompt(draft.question, (), (), last, style))
    sums = [await model.count(build_prompt(draft.question, (), draft.told, last, style))]
    for count in range(1, len(draft.evidence) + 1):
        sums.append(await model.count(build_prompt(draft.question, draft.evidence[:count], draft.told, last, style)))
    return PromptTokens(
        instructions=bare,
        conversation=sums[0] - asked,
        passages=tuple(after - before for before, after in pairwise(sums)),
        question=asked - bare,
        answer_room=answer_room,
        context=model.context_tokens,
    )
