"""Pages of every format without a drawn form: what stands under a passage's rectangles is the passage."""

import io
import random
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from app.core.pages import Page, Span
from app.core.passages import passages_of
from app.readers.reading import read
from app.readers.refusal import Refusal
from app.readers.sentences import sentences
from app.readers.typeset import typeset
from tests.readers.drawn import bare, words_under
from tests.readers.office_files import cells, doc, epub, msg, old_doc, opendocument, pptx, shape, xls, xlsb, xlsx
from tests.readers.presentations import BODY, NOTES, TITLE, ppt, slide, text
from tests.readers.small_files import word, word_paragraph

WORDS = "The kiln in the back room is never on at the same time as the clay dryer. " * 9
FILES = {
    "a.docx": word(word_paragraph(WORDS)).getvalue(),
    "a.pptx": pptx([shape("Kiln", "title") + shape(WORDS)]),
    "a.xlsx": xlsx(
        {"S": cells(1, "Tool", "Price") + "".join(cells(n, f"Kiln {n}", f"=0:{n}.5") for n in range(2, 99))}
    ),
    "a.xlsb": xlsb({"S": [["Tool", "Price"], *([f"Kiln {n}", n + 0.5] for n in range(99))]}),
    "a.xls": xls([["Tool", "Price"], *(["Kiln", float(n)] for n in range(99))]),
    "a.ppt": ppt(slide(text(TITLE, "Kiln"), text(BODY, WORDS)), slide(), notes=text(NOTES, "Say it.")),
    "a.odt": opendocument("text", f"<text:p>{WORDS}</text:p>"),
    "a.odp": opendocument(
        "presentation",
        f'<draw:page><draw:object xlink:href="a"/><text:p>{WORDS}</text:p></draw:page>',
        **{"a/content": "<office:body><office:text><text:p>Kiln</text:p></office:text></office:body>"},
    ),
    "a.epub": epub({"a.xhtml": f"<h1>Kiln</h1><p>{WORDS}</p>"}),
    "a.rtf": f"{{\\rtf1 {WORDS}\\par \\intbl a\\cell b\\cell\\row}}".encode(),
    "a.doc": doc(f"{WORDS}\ra\x07b\x07\x07"),
    "b.doc": old_doc(f"{WORDS}\rGr\xf6\xdfe\x07b\x07\x07".encode("cp1252")),
    "a.msg": msg({0x0037: "Kiln", 0x1000: WORDS}),
    "a.eml": f"Subject: Kiln\nFrom: Anna\n\n{WORDS}".encode(),
    "a.csv": b"Tool,Price,Place\n" + b"Kiln,7,back room\n" * 99,
    "a.py": b"class Kiln:\n    def fire(self):\n        return 7\n",
}
# Marks that are not drawn: they join, turn or vary their neighbours.
UNSEEN = ("Cc", "Cf", "Mn", "Co", "Zl", "Zp", "Cn")


@pytest.mark.parametrize("name", FILES)
def test_every_passage_is_marked_where_it_stands(name: str) -> None:
    _title, pages, *_ = read(io.BytesIO(FILES[name]), name)
    passages = passages_of(pages, sentences)
    assert passages
    for passage in passages:
        page = pages[passage.page - 1]
        words = words_under(typeset(page), Span(passage.start, passage.end))
        assert sorted(words) == sorted(bare(page.text[passage.start : passage.end]))


def visible(text: str) -> Counter[str]:
    """Return the characters that are drawn, accents within their letters."""
    kept = unicodedata.normalize("NFKD", text)
    return Counter(one for one in kept if not one.isspace() and unicodedata.category(one) not in UNSEEN)


def test_random_spans_of_real_files_are_marked_where_they_stand(evaluation_dir: Path) -> None:
    chance = random.Random(3)
    spans = exact = 0
    for path in sorted((evaluation_dir / "readers" / "tika_other").iterdir()):
        try:
            _title, pages, *_ = read(io.BytesIO(path.read_bytes()), path.name)
        except Refusal:
            continue
        page: Page = chance.choice(pages)
        sheet = typeset(page)
        for _ in range(4):
            start = chance.randrange(len(page.text))
            span = Span(start, min(len(page.text), start + chance.choice((1, 30, 400))))
            spans += 1
            exact += visible(words_under(sheet, span)) == visible(page.text[span.start : span.end])
    assert spans > 500
    assert exact >= 0.99 * spans
