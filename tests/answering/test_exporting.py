"""An answer handed on: readable without Margent, and harmless whatever the documents say."""

import io
import json
from pathlib import Path

import docx
import pytest

from app.answering.exporting import written
from app.answering.history import History
from app.core.errors import ReceiptErased
from app.core.found import HOPELESS_LOGIT
from app.core.messages import Ask
from app.core.receipt_chain import Entry
from app.core.receipt_messages import ExportFormat
from tests.answering.scripted import Library, ScriptedModel, ask
from tests.fakes import make_hit

PASSAGE = 'A <script>alert("x")</script> & **bold** # line.\nThe rent is 900 euros a month. \x07End.'


@pytest.fixture
def entry(tmp_path: Path) -> Entry:
    library = Library(make_hit(PASSAGE, start=10))
    ask(
        library, ScriptedModel(("The rent is 900 euros a month [1]. Everybody likes Goethe.",)), Ask("How <b>much</b>?")
    )
    history = History(tmp_path / "history.sqlite")
    entry = history.entry(history.append(library.receipts[0]))
    history.close()
    return entry


def test_the_page_runs_and_loads_nothing_and_marks_the_quotation(entry: Entry) -> None:
    page = written(entry, ExportFormat.HTML).decode()
    assert "<script" not in page
    assert "<b>" not in page
    assert "<mark>The rent is 900 euros a month.</mark>" in page
    assert "The rent is 900 euros a month. [1]" in page
    assert "Everybody likes Goethe. (not found in the sources)" in page
    assert entry.hash in page


def test_markdown_means_only_what_we_write(entry: Entry) -> None:
    text = written(entry, ExportFormat.MARKDOWN).decode()
    assert r"\*\*bold\*\* \# line." in text
    assert "> The rent is 900 euros a month." in text


def test_a_docx_opens_with_the_quotation_in_bold(entry: Entry) -> None:
    document = docx.Document(io.BytesIO(written(entry, ExportFormat.DOCX)))
    bold = [run.text for paragraph in document.paragraphs for run in paragraph.runs if run.bold]
    assert bold == ["The rent is 900 euros a month."]
    assert document.paragraphs[0].text == "How <b>much</b>?"


def test_json_is_the_whole_receipt(entry: Entry) -> None:
    record = json.loads(written(entry, ExportFormat.JSON))
    assert record["parts"]["source 1"]["text"] == PASSAGE
    assert record["hash"] == entry.hash


def test_an_answer_that_no_model_was_asked_for_says_so(tmp_path: Path) -> None:
    library = Library(make_hit(PASSAGE, rerank=HOPELESS_LOGIT - 1))
    ask(library, ScriptedModel(()), Ask("How much?"))
    history = History(tmp_path / "history.sqlite")
    entry = history.entry(history.append(library.receipts[0]))
    history.close()
    page = written(entry, ExportFormat.MARKDOWN).decode()
    assert "a model to be asked" in page
    assert "Model: none was asked" in page
    assert "What the model was given" not in page


def test_an_erased_answer_cannot_be_handed_on(tmp_path: Path) -> None:
    library = Library(make_hit(PASSAGE))
    ask(library, ScriptedModel(("The rent is 900 euros a month [1].",)), Ask("How much?"))
    history = History(tmp_path / "history.sqlite")
    identity = history.append(library.receipts[0])
    history.erase(lambda _source: True)
    erased = history.entry(identity)
    history.close()
    with pytest.raises(ReceiptErased):
        written(erased, ExportFormat.HTML)
    assert PASSAGE.split()[0] not in json.loads(written(erased, ExportFormat.JSON))["parts"]
