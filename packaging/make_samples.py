"""Draw the PDF and DOCX files of the sample library, the same bytes every time. Run by `make samples`.

The texts are in `packaging/samples/`, as HTML for the PDFs and as lines for the meeting notes.
"""

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import docx
import pymupdf

TEXTS = Path(__file__).resolve().parent / "samples"
SAMPLES = Path(__file__).resolve().parents[1] / "resources" / "samples"

A4 = pymupdf.Rect(0, 0, 595, 842)
MARGIN_PT = 62
GUTTER_PT = 20
MASTHEAD_PT = 92
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
WRITTEN = datetime(2026, 3, 12, 21, 0, tzinfo=UTC)

CSS = """
body { font-family: serif; font-size: 11pt; line-height: 1.4; }
h1 { font-size: 19pt; margin: 0 0 6pt 0; }
h2 { font-size: 13pt; margin: 12pt 0 3pt 0; }
p { margin: 0 0 6pt 0; }
td, th { padding: 3pt 8pt; text-align: left; vertical-align: top; }
"""

Columns = Callable[[int], list[pymupdf.Rect]]


def one_column(_page: int) -> list[pymupdf.Rect]:
    """Return where text goes on a plain page."""
    return [pymupdf.Rect(MARGIN_PT, MARGIN_PT, A4.width - MARGIN_PT, A4.height - MARGIN_PT)]


def two_columns(page: int) -> list[pymupdf.Rect]:
    """Return the columns of a newsletter's page; the first page leaves room for the masthead."""
    top = MARGIN_PT + (MASTHEAD_PT if page == 1 else 0)
    middle = A4.width / 2
    return [
        pymupdf.Rect(MARGIN_PT, top, middle - GUTTER_PT / 2, A4.height - MARGIN_PT),
        pymupdf.Rect(middle + GUTTER_PT / 2, top, A4.width - MARGIN_PT, A4.height - MARGIN_PT),
    ]


def pdf_of(html: str, columns: Columns, title: str, css: str = "") -> pymupdf.Document:
    """Set HTML in columns, with the title and the page number at the foot of each page."""
    places = [(page, rect) for page in range(1, 9) for rect in columns(page)]
    output = io.BytesIO()
    writer = pymupdf.DocumentWriter(output)
    story = pymupdf.Story(html, user_css=CSS + css)
    device, more, current = None, 1, 0
    for page, rect in places:
        if page != current:
            if not more:
                break
            if device is not None:
                writer.end_page()
            device, current = writer.begin_page(A4), page
        if more:
            more, _ = story.place(rect)
            story.draw(device)
    writer.end_page()
    writer.close()
    document = pymupdf.open("pdf", output.getvalue())
    for number in range(1, document.page_count + 1):
        text = f"{title}   {number} / {document.page_count}"
        document[number - 1].insert_text((MARGIN_PT, A4.height - 34), text, fontname="tiro", fontsize=9)
    document.set_metadata({"title": title, "creationDate": "D:20260312210000Z", "modDate": "D:20260312210000Z"})
    return document


def save_pdf(document: pymupdf.Document, path: Path) -> None:
    """Write a PDF without anything that changes from one day to the next."""
    document.subset_fonts()
    document.save(path, garbage=4, deflate=True, deflate_fonts=True, no_new_id=True)


def lease() -> None:
    """Draw the lease."""
    html = (TEXTS / "lease.html").read_text(encoding="utf-8")
    document = pdf_of(
        html, one_column, "Lease of Unit 4, The Old Ropewalk", "body { font-size: 12pt; line-height: 1.5; }"
    )
    save_pdf(document, SAMPLES / "lease-unit-4-ropewalk.pdf")


def newsletter() -> None:
    """Draw the newsletter, with its masthead over both columns."""
    html = (TEXTS / "newsletter.html").read_text(encoding="utf-8")
    document = pdf_of(html, two_columns, "The Slip Bucket, spring 2026")
    first = document[0]
    first.insert_text((MARGIN_PT, MARGIN_PT + 38), "The Slip Bucket", fontname="tibo", fontsize=38)
    line = "News of the Kiln & Wheel Pottery Cooperative, Wexcombe    Spring 2026, number 31"
    first.insert_text((MARGIN_PT, MARGIN_PT + 62), line, fontname="tiit", fontsize=11)
    first.draw_line((MARGIN_PT, MARGIN_PT + 74), (A4.width - MARGIN_PT, MARGIN_PT + 74), width=0.8)
    save_pdf(document, SAMPLES / "newsletter-spring-2026.pdf")


def notes() -> None:
    """Write the meeting notes: `# ` and `## ` are headings, `- ` list items, `|` rows of the table."""
    document = docx.Document()
    rows: list[list[str]] = []
    for line in (TEXTS / "committee-notes.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("|"):
            rows.append([cell.strip() for cell in line.strip("|").split("|")])
        elif line.startswith("#"):
            document.add_heading(line.lstrip("# "), level=line.count("#"))
        elif line.startswith("- "):
            document.add_paragraph(line[2:], style="List Bullet")
        elif line:
            document.add_paragraph(line)
    table = document.add_table(rows=0, cols=len(rows[0]), style="Table Grid")
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    about = document.core_properties
    about.title, about.author = "Notes of the committee, 12 March 2026", "Tomas Brandt"
    about.created = about.modified = WRITTEN
    unsettled = io.BytesIO()
    document.save(unsettled)
    with (
        zipfile.ZipFile(unsettled) as old,
        zipfile.ZipFile(SAMPLES / "committee-notes-march-2026.docx", "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, ZIP_EPOCH), old.read(name), zipfile.ZIP_DEFLATED)


if __name__ == "__main__":
    lease()
    newsletter()
    notes()
