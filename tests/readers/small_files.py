"""Small real documents, built where they are needed."""

import io
import zipfile
from collections.abc import Iterable

import pymupdf

WORD_NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
AES_256 = 5  # PDF_ENCRYPTAES_256, which the binding does not declare
LEFT_X, RIGHT_X, TOP_Y, LEADING = 60.0, 320.0, 120.0, 14.0

LEFT_COLUMN = (
    "The first column speaks of apples,",
    "which grow on old trees behind the",
    "house where nobody has lived for",
    "years. In autumn they fall into the",
    "wet grass and the deer come down at",
    "night from the hill to eat them all",
)
RIGHT_COLUMN = (
    "before anyone wakes. The second half",
    "turns to pears, their cousins, which",
    "need walls and a gardener. They are",
    "picked hard and ripen in a drawer on",
    "newspaper, watched every day until a",
    "single afternoon when they are good.",
)


class Paper:
    """A PDF in the making."""

    def __init__(self) -> None:
        self._document = pymupdf.open()

    def page(self, rotation: int = 0) -> "Paper":
        """Begin a page."""
        self._document.new_page(width=595, height=842).set_rotation(rotation)
        return self

    def write(self, x: float, y: float, text: str, size: float = 11, font: str = "helv") -> "Paper":
        """Write a line with its baseline at y."""
        self._document[-1].insert_text((x, y), text, fontsize=size, fontname=font)
        return self

    def lines(self, x: float, y: float, lines: Iterable[str], size: float = 11, font: str = "helv") -> "Paper":
        """Write lines under each other."""
        for number, line in enumerate(lines):
            self.write(x, y + number * LEADING, line, size, font)
        return self

    def saved(self, password: str = "") -> io.BytesIO:
        """Return the file, encrypted if there is a password."""
        encryption = AES_256 if password else 0
        return io.BytesIO(self._document.tobytes(encryption=encryption, user_pw=password or None))


def two_columns() -> io.BytesIO:
    """Return a page whose file prints the columns line by line, to and fro, under a title across both."""
    paper = Paper().page().write(LEFT_X, 80, "On the keeping of apples and of pears in old gardens", 18)
    for number, (left, right) in enumerate(zip(LEFT_COLUMN, RIGHT_COLUMN, strict=True)):
        paper.write(LEFT_X, TOP_Y + number * LEADING, left).write(RIGHT_X, TOP_Y + number * LEADING, right)
    return paper.saved()


def word(body: str, **parts: str) -> io.BytesIO:
    """Return a Word file with this body; `styles`, `numbering`, `footnotes`, `header` and so on are further parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", f"<w:document {WORD_NAMESPACES}><w:body>{body}</w:body></w:document>")
        relations = ""
        for number, (kind, content) in enumerate(parts.items()):
            root = {"numbering": "numbering", "styles": "styles"}.get(kind, kind)
            package.writestr(f"word/{kind}.xml", f"<w:{root} {WORD_NAMESPACES}>{content}</w:{root}>")
            relations += f'<Relationship Id="r{number}" Type="{_RELATION}/{kind}" Target="{kind}.xml"/>'
        package.writestr("word/_rels/document.xml.rels", f"<Relationships>{relations}</Relationships>")
    file.seek(0)
    return file


def word_paragraph(text: str, properties: str = "", run_properties: str = "") -> str:
    """Return a paragraph's XML."""
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:rPr>{run_properties}</w:rPr><w:t>{text}</w:t></w:r></w:p>"
