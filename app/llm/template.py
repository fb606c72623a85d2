"""A conversation as the pieces of a prompt, by the model's own chat template or a plain one. Llama process.

The template is rendered with place holders, so that afterwards the template's text (whose control tokens count) is
told apart from what people and documents wrote (whose control tokens do not).
"""

import re
import signal
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from types import FrameType
from typing import Final

import jinja2
import jinja2.ext
import jinja2.sandbox

from app.core.types import ChatMessage

RENDER_LIMIT_S = 5.0
_PLACE = re.compile("\ue000(\\d+)\ue001")
_USER_MARK: Final = "User:"
# Models that know these marks as plain text only would write on in the person's name.
_TURN_ENDS = ("<|im_end|>", "<|im_start|>", "<|endoftext|>", "<|eot_id|>", "<end_of_turn>", "<|end|>", "</s>")


class TemplateUnusable(Exception):
    """The template does not render, takes for ever, or leaves a message out."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of a prompt: the template's own text, or a message's."""

    text: str
    is_template: bool


class ChatTemplate:
    """The way in which one model wants a conversation written down."""

    def __init__(self, source: str, begin: str, end: str) -> None:
        self._names = {"bos_token": begin, "eos_token": end, "raise_exception": _refuse, "strftime_now": _now}
        self._template: jinja2.Template | None = None
        if source:
            try:
                self._template = _environment().from_string(source)
                self._rendered((ChatMessage("user", "?"),))
            except (jinja2.TemplateError, TemplateUnusable, RecursionError, MemoryError):
                self._template = None

    @property
    def name(self) -> str:
        """Return "model" for the model's own template, "plain" for ours."""
        return "model" if self._template else "plain"

    @property
    def stops(self) -> tuple[str, ...]:
        """Return the strings that end an answer besides the model's own end tokens."""
        return _TURN_ENDS if self._template else (*_TURN_ENDS, f"\n{_USER_MARK}")

    def pieces(self, messages: Sequence[ChatMessage]) -> tuple[Piece, ...]:
        """Return the prompt that ends where the answer begins."""
        for conversation in (tuple(messages), _without_system(messages)):
            try:
                return self._rendered(conversation)
            except TemplateUnusable:
                continue
        return _plain(messages)

    def _rendered(self, messages: Sequence[ChatMessage]) -> tuple[Piece, ...]:
        if self._template is None:
            raise TemplateUnusable
        places = [{"role": message.role, "content": f"\ue000{n}\ue001"} for n, message in enumerate(messages)]
        try:
            with _time_limit(RENDER_LIMIT_S):
                text = self._template.render(messages=places, add_generation_prompt=True, **self._names)
        except (jinja2.TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
            raise TemplateUnusable from error
        except (MemoryError, RecursionError, TimeoutError) as error:
            raise TemplateUnusable from error
        parts = _PLACE.split(text)
        if [int(part) for part in parts[1::2]] != list(range(len(messages))):
            raise TemplateUnusable
        return tuple(
            Piece(messages[int(part)].content, False) if at % 2 else Piece(part, True) for at, part in enumerate(parts)
        )


def warm_up() -> None:
    """Have everything imported that templates need, because in the jail it is too late."""
    source = (
        r"{%- set x = namespace(a='\n\u00e9') -%}{{ messages | tojson }}"
        r"{{ strftime_now('%d %B') }}{{ x.a | trim | length }}"
    )
    _environment().from_string(source).render(messages=[{"a": 1.5}], strftime_now=_now)
    for broken in ("{{ raise_exception('no') }}", "{{ 1 // 0 }}", "{% broken", "{{ none.a.b }}"):
        with suppress(jinja2.TemplateError, ArithmeticError):
            _environment().from_string(broken).render(raise_exception=_refuse)


def _environment() -> jinja2.Environment:
    """Return the sandbox with the settings for which chat templates are written (those of Transformers)."""
    return jinja2.sandbox.ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[jinja2.ext.loopcontrols]
    )


def _refuse(message: str) -> None:
    raise jinja2.TemplateError(message)


def _now(form: str) -> str:
    return datetime.now().astimezone().strftime(form)


def _without_system(messages: Sequence[ChatMessage]) -> tuple[ChatMessage, ...]:
    """Move the instructions into the first question, for templates that know no system role."""
    system = "\n\n".join(message.content for message in messages if message.role == "system")
    rest = [message for message in messages if message.role != "system"]
    if system and rest:
        rest[0] = replace(rest[0], content=f"{system}\n\n{rest[0].content}")
    return tuple(rest)


def _plain(messages: Sequence[ChatMessage]) -> tuple[Piece, ...]:
    """Write the conversation for a model that has no template."""
    marks = {"system": "", "user": f"{_USER_MARK} ", "assistant": "Assistant: "}
    pieces: list[Piece] = []
    for message in messages:
        pieces += (Piece(marks.get(message.role, ""), True), Piece(message.content, False), Piece("\n\n", True))
    return (*pieces, Piece("Assistant:", True))


@contextmanager
def _time_limit(seconds: float) -> Generator[None]:
    """Raise `TimeoutError` in the block after this time; without effect outside the main thread and on Windows."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def over(_signal: int, _frame: FrameType | None) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
