"""A receipt as a document for people: HTML without links or scripts, Markdown, DOCX. Runs in the command."""

import html
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import docx
from docx.document import Document

from app.cli.records import moment
from app.core.errors import ReceiptErased
from app.core.pages import Span
from app.core.receipt_chain import Entry, model_was_asked
from app.core.types import Sentence

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|!~])")
_STYLE = (
    "body{max-width:42em;margin:3em auto;padding:0 1em;font:16px/1.5 Georgia,serif}"
    "blockquote{margin:.3em 0 1.2em;padding-left:1em;border-left:3px solid #999;white-space:pre-wrap}"
    "mark{background:#fbe9a0}small{color:#666}h2{font-size:1.1em}td{padding-right:1.5em;vertical-align:top}"
)


GIVEN = "What the model was given"
NEAREST = "The nearest passages, too far from the question for a model to be asked"


@dataclass(frozen=True, slots=True)
class ExportedSource:
    """A passage: its number, where it stands, its text, and the quotations in it as offsets."""

    n: int
    place: str
    text: str
    quotes: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Exported:
    """An answer as it is handed on; `answer` is a line for each sentence or, where nothing was found, one for that.

    `heading` leads to the sources.
    """

    question: str
    answer: tuple[str, ...]
    heading: str
    sources: tuple[ExportedSource, ...]
    facts: tuple[tuple[str, str], ...]


def exported(entry: Entry) -> Exported:
    """Return what a receipt tells of an answer.

    Raises: ReceiptErased.
    """
    parts: dict[str, Any] = {part.name: json.loads(part.text) for part in entry.parts}
    body: dict[str, Any] = json.loads(entry.body or "{}")
    names = [name for name in body.get("parts", ()) if name.startswith("source ")]
    if not {"question", "answer", *names} <= set(parts):
        raise ReceiptErased(receipt=entry.id)
    sources = sorted((parts[name] for name in names), key=lambda source: source["n"])
    versions = ", ".join(f"{name} {version}" for name, version in body["versions"].items() if version)
    return Exported(
        question=_clean(parts["question"]["question"]),
        answer=_answer_lines(parts["answer"], found=body["found"]),
        heading=GIVEN if model_was_asked(body) else NEAREST,
        sources=tuple(_source(source, parts["answer"]["citations"]) for source in sources),
        facts=(
            ("Asked", str(moment(body["created_ns"]))),
            ("Model", _model(body["model"])),
            ("With", versions),
            *((("Style", _clean(parts["style"]["name"] or "words of one's own")),) if "style" in parts else ()),
            ("Receipt", entry.id),
            ("Its hash", entry.hash),
        ),
    )


def as_html(answer: Exported) -> str:
    """Return a page that loads nothing and runs nothing."""
    said = "".join(f"<p>{html.escape(line)}</p>" for line in answer.answer)
    sources = "".join(
        f"<h2>[{source.n}] {html.escape(source.place)}</h2><blockquote>{_marked_html(source)}</blockquote>"
        for source in answer.sources
    )
    facts = "".join(f"<tr><td>{html.escape(name)}</td><td>{html.escape(fact)}</td></tr>" for name, fact in answer.facts)
    return (
        f'<!doctype html><html><head><meta charset="utf-8"><title>{html.escape(answer.question)}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{html.escape(answer.question)}</h1>{said}"
        f"<h1>{answer.heading}</h1>{sources}<small><table>{facts}</table></small></body></html>\n"
    )


def as_markdown(answer: Exported) -> str:
    """Return Markdown in which the documents' own signs mean nothing."""
    lines = [f"# {_escaped(answer.question)}", "", *(f"{_escaped(line)}\n" for line in answer.answer)]
    lines += [f"## {answer.heading}", ""]
    for source in answer.sources:
        quoted = "\n".join(f"> {_escaped(line)}" for line in source.text.splitlines())
        lines += [f"### \\[{source.n}\\] {_escaped(source.place)}", "", quoted, ""]
    lines += [f"- {name}: {_escaped(fact)}" for name, fact in answer.facts]
    return "\n".join(lines) + "\n"


def as_docx(answer: Exported) -> bytes:
    """Return a DOCX file, the quotations in bold."""
    document: Document = docx.Document()
    document.add_heading(answer.question, 1)
    for line in answer.answer:
        document.add_paragraph(line)
    document.add_heading(answer.heading, 1)
    for source in answer.sources:
        document.add_heading(f"[{source.n}] {source.place}", 2)
        paragraph = document.add_paragraph(style="Quote")
        for text, is_quote in _runs(source):
            paragraph.add_run(text).bold = is_quote
    for name, fact in answer.facts:
        document.add_paragraph(f"{name}: {fact}")
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _model(model: Mapping[str, str]) -> str:
    return f"{model['name']}, SHA-256 {model['sha256']}" if model["name"] else "none was asked"


def _answer_lines(answer: dict[str, Any], *, found: bool) -> tuple[str, ...]:
    if not found:
        return ("The documents do not seem to hold the answer.",)
    lines: list[str] = []
    for one in answer["sentences"]:
        sentence = Sentence(one["text"], tuple(one["citations"]), one["support"], tuple(one["missing"]))
        marks = "".join(f"[{n}]" for n in sentence.citations)
        doubt = "" if sentence.is_supported else "(not found in the sources)"
        lines.append(_clean(" ".join(part for part in (sentence.text, marks, doubt) if part)))
    return tuple(lines)


def _source(source: dict[str, Any], citations: list[dict[str, Any]]) -> ExportedSource:
    spans = [
        Span(max(0, one["quote_start"] - source["start"]), one["quote_end"] - source["start"])
        for one in citations
        if one["n"] == source["n"]
    ]
    headings = " › ".join(source["headings"])
    place = f"{PurePath(source['path']).name}, page {source['page']}{f', {headings}' if headings else ''}"
    return ExportedSource(source["n"], _clean(place), _clean(source["text"]), tuple(spans))


def _runs(source: ExportedSource) -> list[tuple[str, bool]]:
    """Return a passage's text cut where quotations begin and end, each run with whether it is one."""
    runs: list[tuple[str, bool]] = []
    done = 0
    for quote in sorted(source.quotes, key=lambda span: span.start):
        start = max(done, quote.start)
        runs += [(source.text[done:start], False), (source.text[start : quote.end], True)]
        done = max(done, quote.end)
    return [run for run in (*runs, (source.text[done:], False)) if run[0]]


def _marked_html(source: ExportedSource) -> str:
    return "".join(f"<mark>{html.escape(text)}</mark>" if quote else html.escape(text) for text, quote in _runs(source))


def _escaped(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", text)


def _clean(text: str) -> str:
    """Return foreign text without what a file format cannot hold, character for character."""
    return _CONTROL.sub("\ufffd", text)
