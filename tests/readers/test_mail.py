"""Mail: EML, MBOX, MHTML, Outlook's MSG, and what is attached."""

import io
import struct
from email.message import EmailMessage

import pytest

from app.core.types import Reason
from app.readers.reading import read
from app.readers.refusal import Refusal
from tests.readers.office_files import cells, msg, msg_storage, xlsx
from tests.readers.shown import HEADING, PARAGRAPH, TABLE, pages, shown
from tests.readers.small_files import word, word_paragraph

HEADERS = "From: Anna <anna@example.org>\nTo: Bo\nDate: Fri, 05 Jan 2024 10:00:00 +0100"


def mail(subject: str, body: str, **headers: str) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = subject
    message["From"], message["To"] = "Anna <anna@example.org>", "Bo"
    message["Date"] = "Fri, 5 Jan 2024 10:00:00 +0100"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(body)
    return message


def test_a_mail_has_its_subject_headers_and_text() -> None:
    content = mail("Die Größe 大小", "Guten Tag,\n\ndie Äpfel sind reif.").as_bytes()
    title, _pages = read(io.BytesIO(content), "a.eml")
    assert title == "Die Größe 大小"
    assert shown(content, "a.eml") == [
        (HEADING, "Die Größe 大小"),
        (PARAGRAPH, HEADERS),
        (PARAGRAPH, "Guten Tag,"),
        (PARAGRAPH, "die Äpfel sind reif."),
    ]


@pytest.mark.parametrize(
    ("charset", "declared"),
    [("iso-2022-jp", "iso-2022-jp"), ("cp1252", "iso-8859-1"), ("utf-8", "us-ascii")],
)
def test_a_mails_text_is_read_in_its_encoding(charset: str, declared: str) -> None:
    words = "果樹園の話" if charset == "iso-2022-jp" else "Äpfel für Björn"
    content = f"Subject: a\nContent-Type: text/plain; charset={declared}\n\n".encode() + words.encode(charset)
    assert shown(content, "a.eml")[-1] == (PARAGRAPH, words)


def test_the_form_of_a_mail_that_says_more_is_read() -> None:
    both = mail("Prices", "Apples are 12.")
    both.add_alternative("<table><tr><td>Fruit<td>Tons<tr><td>Apples<td>12</table>", subtype="html")
    assert shown(both.as_bytes(), "a.eml")[-1] == (TABLE, "Fruit\tTons\nApples\t12")
    same = mail("Prices", "Apples are 12.")
    same.add_alternative("<p>Apples are <b>12.</b>", subtype="html")
    assert shown(same.as_bytes(), "a.eml")[-1] == (PARAGRAPH, "Apples are 12.")


def test_attachments_are_pages_of_their_own_under_their_name() -> None:
    whole = mail("Offer", "See below.")
    document = word(word_paragraph("Scope", '<w:pStyle w:val="Heading1"/>') + word_paragraph("Two trees.")).getvalue()
    whole.add_attachment(document, maintype="application", subtype="octet-stream", filename="Größe.docx")
    whole.add_attachment(b"\x7fELF", maintype="application", subtype="octet-stream", filename="tool.exe")
    inner = mail("Earlier", "I asked.")
    inner.add_attachment(xlsx({"S": cells(1, "a", "b")}), maintype="a", subtype="b", filename="sheet.xlsx")
    whole.add_attachment(inner)
    found = pages(whole.as_bytes(), "a.eml")
    assert [page.text for page in found] == [
        f"Offer\n\n{HEADERS}\nAttachments: Größe.docx, tool.exe, Earlier\n\nSee below.",
        f"Earlier\n\n{HEADERS}\nAttachments: sheet.xlsx\n\nI asked.",
        "sheet.xlsx\n\nS\n\na\tb",
        "Größe.docx\n\nScope\n\nTwo trees.",
    ]
    assert [page.number for page in found] == [1, 2, 3, 4]
    assert [(block.level, found[3].text[block.start : block.end]) for block in found[3].blocks] == [
        (1, "Größe.docx"),
        (2, "Scope"),
        (0, "Two trees."),
    ]


def test_a_mailbox_is_read_by_thread() -> None:
    first = mail("Trees", "Which?", Message_ID="<1@x>")
    other = mail("Lunch", "Soup?\n\n>From here.", Message_ID="<2@x>")
    answer = mail("Re: Trees", "Pears.", Message_ID="<3@x>", References="<1@x>")
    box = b"\n".join(b"From a Fri Jan  5\n" + one.as_bytes() for one in (first, other, answer))
    found = pages(box, "a.mbox")
    assert [page.text.split("\n")[0] for page in found] == ["Trees", "Re: Trees", "Lunch"]
    assert found[2].text.endswith("From here.")


def test_a_saved_web_page_is_read() -> None:
    content = (
        b"Subject: Fruit\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n"
        b"--b\nContent-Type: text/html\n\n"
        b"<h2>Apples</h2><p>Red.\n--b\nContent-Type: image/png\nContent-Location: a.png\n\nxx\n--b--\n"
    )
    assert shown(content, "a.mhtml") == [(HEADING, "Fruit"), (HEADING, "Apples"), (PARAGRAPH, "Red.")]


def test_an_outlook_message_has_its_subject_headers_text_and_attachments() -> None:
    inner = msg_storage({0x0037: "Earlier", 0x1000: "I asked."})
    content = msg(
        {0x0037: "Offer", 0x0C1A: "Anna", 0x5D01: "anna@example.org", 0x0E04: "Bo; Cy", 0x1000: "See below.\r\n"},
        [
            {"__substg1.0_3707001F": "note.txt".encode("utf-16-le"), "__substg1.0_37010102": b"A note."},
            {"__substg1.0_3701000D": inner},
        ],
    )
    head = "From: Anna <anna@example.org>\nTo: Bo; Cy\nDate: 2024-01-01 00:00 UTC\nAttachments: note.txt, Earlier"
    assert [page.text for page in pages(content, "a.msg")] == [
        f"Offer\n\n{head}\n\nSee below.",
        "Earlier\n\nDate: 2024-01-01 00:00 UTC\n\nI asked.",
        "note.txt\n\nA note.",
    ]


def test_an_outlook_message_of_html_or_compressed_rtf_is_read() -> None:
    stored = struct.pack("<II4sI", 0, 17, b"MELA", 0) + b"{\\rtf1 Pears.\\par"
    assert shown(msg({0x1013: "<p>Äpfel".encode()}), "a.msg")[-1] == (PARAGRAPH, "Äpfel")
    assert shown(msg({0x1009: stored}), "a.msg")[-1] == (PARAGRAPH, "Pears.")


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"", "a.eml", Reason.EMPTY),
        (b"\n\n", "a.eml", Reason.EMPTY),
        (b" \n", "a.mbox", Reason.EMPTY),
        (b"words", "a.msg", Reason.UNSUPPORTED),
        (msg({0x0037: "x"})[:700], "a.msg", Reason.DAMAGED),
    ],
)
def test_bad_mails_are_refused_with_their_reasons(content: bytes, name: str, reason: Reason) -> None:
    with pytest.raises(Refusal) as refused:
        read(io.BytesIO(content), name)
    assert refused.value.reason is reason
