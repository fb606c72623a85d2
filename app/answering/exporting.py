"""A receipt as a file that needs no Margent: HTML without links or scripts, Markdown, DOCX, JSON. Engine's process."""

import html
import json
import re

from app.answering.exported import Exported, ExportedSource, exported, runs_of
from app.core.receipt_chain import Entry, entry_record
from app.core.receipt_messages import ExportFormat

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|!~])")
_STYLE = (
    "body{max-width:42em;margin:3em auto;padding:0 1em;font:16px/1.5 Georgia,serif}"
    "blockquote{margin:.3em 0 1.2em;padding-left:1em;border-left:3px solid #999;white-space:pre-wrap}"
    "mark{background:#fbe9a0}small{color:#666}h2{font-size:1.1em}td{padding-right:1.5em;vertical-align:top}"
)


def written(entry: Entry, format: ExportFormat) -> bytes:
    """Return a receipt in a file's format.

    Raises: ReceiptErased, for all but JSON.
    """
    match format:
        case ExportFormat.JSON:
            return (json.dumps(entry_record(entry), indent=2) + "\n").encode()
        case ExportFormat.DOCX:
            from app.answering.exporting_docx import as_docx  # what it needs is large, and seldom wanted

            return as_docx(exported(entry))
        case ExportFormat.HTML:
            return as_html(exported(entry)).encode("utf-8", "replace")
        case ExportFormat.MARKDOWN:
            return as_markdown(exported(entry)).encode("utf-8", "replace")


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


def _marked_html(source: ExportedSource) -> str:
    return "".join(
        f"<mark>{html.escape(text)}</mark>" if quote else html.escape(text) for text, quote in runs_of(source)
    )


def _escaped(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", text)
