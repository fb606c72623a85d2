"""A receipt as a DOCX file. Used in the engine's process."""

import io

import docx
from docx.document import Document

from app.answering.exported import Exported, runs_of


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
        for text, is_quote in runs_of(source):
            paragraph.add_run(text).bold = is_quote
    for name, fact in answer.facts:
        document.add_paragraph(f"{name}: {fact}")
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()
