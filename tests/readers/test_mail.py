"""Mail: EML, MBOX, MHTML, Outlook's MSG, and what is attached."""

import io
import struct
from hashlib import sha256

import pytest

from app.core.members import Inside, is_safe_name, is_sound
from app.core.types import Reason
from app.readers import reading
from app.readers.reading import read
from app.readers.refusal import Refusal
from app.readers.taking_out import TakingOut
from tests.readers.compound import Tree
from tests.readers.mails import mail, mailbox
from tests.readers.office_files import cells, msg, msg_storage, xlsx
from tests.readers.shown import HEADING, PARAGRAPH, TABLE, pages, shown
from tests.readers.small_files import word, word_paragraph


def out_of(content: bytes, name: str) -> list[bytes]:
    """Return the contents of all that is in a file, each taken out by its address."""
    members = read(io.BytesIO(content), name).members
    ways = (Inside((name,), (member.address,), member.sha256) for member in members)
    return [TakingOut().member(io.BytesIO(content), way).read() for way in ways]


HEADERS = "From: Anna <anna@example.org>\nTo: Bo\nDate: Fri, 05 Jan 2024 10:00:00 +0100"


def test_a_mail_has_its_subject_headers_and_text() -> None:
    content = mail("Die Größe 大小", "Guten Tag,\n\ndie Äpfel sind reif.").as_bytes()
    title, _pages, *_ = read(io.BytesIO(content), "a.eml")
    assert title == "Die Größe 大小"
    assert shown(content, "a.eml") == [
        (HEADING, "Die Größe 大小"),
        (PARAGRAPH, HEADERS),
        (PARAGRAPH, "Guten Tag,"),
        (PARAGRAPH, "die Äpfel sind reif."),
    ]


@pytest.mark.parametrize(
    ("charset", "declared"),
    [("iso-2022-jp", "iso-2022-jp"), ("iso-2022-jp", "us-ascii"), ("cp1252", "iso-8859-1"), ("utf-8", "us-ascii")],
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


def test_what_is_attached_is_named_on_its_mails_page_and_listed_with_its_hash() -> None:
    document = word(word_paragraph("Two trees.")).getvalue()
    sheet = xlsx({"S": cells(1, "a", "b")})
    inner = mail("Earlier", "I asked.", {"sheet.xlsx": sheet})
    whole = mail("Offer", "See below.", {"Größe.docx": document, "tool.exe": b"\x7fELF", "": inner})
    found = read(io.BytesIO(whole.as_bytes()), "a.eml")
    assert [page.text for page in found.pages] == [
        f"Offer\n\n{HEADERS}\nAttachments: Größe.docx, tool.exe, Earlier\n\nSee below.",
        f"Earlier\n\n{HEADERS}\nAttachments: sheet.xlsx\n\nI asked.",
    ]
    assert [(one.name, one.size_bytes, one.sha256) for one in found.members] == [
        ("Größe.docx", len(document), sha256(document).digest()),
        ("tool.exe", 4, sha256(b"\x7fELF").digest()),
        ("sheet.xlsx", len(sheet), sha256(sheet).digest()),
    ]
    assert out_of(whole.as_bytes(), "a.eml") == [document, b"\x7fELF", sheet]


def test_what_is_attached_without_a_name_is_named_by_what_it_is() -> None:
    whole = mail("Offer", "See below.")
    for kind in ("text/plain", "text/plain", "application/pdf", "application/x-odd"):
        main, sub = kind.split("/")
        whole.add_attachment(kind.encode(), maintype=main, subtype=sub)
    found = read(io.BytesIO(whole.as_bytes()), "a.eml")
    assert [one.name for one in found.members] == [
        "attachment.txt",
        "attachment (2).txt",
        "attachment.pdf",
        "attachment",
    ]
    assert found.pages[0].text.endswith("attachment.pdf, attachment\n\nSee below.")
    assert out_of(whole.as_bytes(), "a.eml") == [b"text/plain", b"text/plain", b"application/pdf", b"application/x-odd"]


def test_a_picture_that_the_mails_text_shows_is_no_attachment() -> None:
    whole = mail("Logo", "Hello.")
    whole.add_alternative('<p>Hello. <img src="cid:logo@x">', subtype="html")
    for name, cid in (("logo.png", "<logo@x>"), ("scan.png", "<scan@x>")):
        whole.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename=name, cid=cid)
    (member,) = read(io.BytesIO(whole.as_bytes()), "a.eml").members
    assert member.name == "scan.png"
    assert out_of(whole.as_bytes(), "a.eml") == [b"\x89PNG"]


def test_names_lead_nowhere_and_are_each_there_once() -> None:
    told = [
        "../../etc/passwd",
        "C:\\x\\a.txt",
        "a.txt",
        "a.txt",
        "a (2).txt",
        "..",
        "b\u202e\n.txt",
        "x" * 900 + ".pdf",
    ]
    whole = mail("Names", "Hello.")
    for name in told:
        whole.add_attachment(b"x", maintype="a", subtype="b", filename=name)
    names = [member.name for member in read(io.BytesIO(whole.as_bytes()), "a.eml").members]
    assert names[:7] == ["passwd", "a.txt", "a (2).txt", "a (3).txt", "a (2) (2).txt", "attachment", "b .txt"]
    assert all(map(is_safe_name, names))
    assert names[7].endswith("x.pdf")


def test_a_mailbox_with_too_much_attached_is_read_and_says_how_much_is_not_listed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = mailbox(*(mail(f"Mail {n}", "Hello.", {"a.txt": b"abc"}) for n in range(5)))
    monkeypatch.setattr(reading, "MEMBER_LIMIT", 5)
    assert [one.name for one in read(io.BytesIO(whole), "a.mbox").members][-1] == "a (5).txt"
    monkeypatch.setattr(reading, "MEMBER_LIMIT", 4)
    found = read(io.BytesIO(whole), "a.mbox")
    assert len(found.pages) == 5
    *listed, others = found.members
    assert [one.name for one in listed] == ["a.txt", "a (2).txt", "a (3).txt"]
    assert (others.name, others.size_bytes, others.reason, others.detail) == ("…", 6, Reason.NOT_LISTED, "2")
    assert is_sound(found.members)


def test_an_attachment_that_is_another_now_is_not_taken_for_the_one_that_was_listed() -> None:
    before, after = mail("A", "a", {"a.txt": b"one"}).as_bytes(), mail("A", "a", {"a.txt": b"two"}).as_bytes()
    (member,) = read(io.BytesIO(before), "a.eml").members
    for address in (member.address, "7", "x", "-1"):
        with pytest.raises(Refusal) as refused:
            TakingOut().member(io.BytesIO(after), Inside(("a.eml",), (address,), member.sha256))
        assert refused.value.reason is Reason.CHANGED_WHILE_READ


def test_a_mailbox_is_read_by_thread() -> None:
    first = mail("Trees", "Which?", Message_ID="<1@x>")
    other = mail("Lunch", "Soup?\n\n>From here.", Message_ID="<2@x>")
    answer = mail("Re: Trees", "Pears.", Message_ID="<3@x>", References="<1@x>")
    found = pages(mailbox(first, other, answer), "a.mbox")
    assert [page.text.split("\n")[0] for page in found] == ["Trees", "Re: Trees", "Lunch"]
    assert found[2].text.endswith("From here.")


def test_what_is_attached_to_the_mails_of_a_mailbox_is_found_again() -> None:
    quoted = b"\n>From here on.\nFrom there.\n"
    first = mail("Trees", "Which?", {"list.txt": b"Pears."}, Message_ID="<1@x>")
    other = mail("Lunch", "Soup?\n\n>From here.", {"menu.txt": quoted, "list.txt": b"Soup."}, Message_ID="<2@x>")
    answer = mail("Re: Trees", "Pears.", {"list.txt": b"Plums."}, Message_ID="<3@x>", References="<1@x>")
    box = mailbox(first, other, answer)
    names = [member.name for member in read(io.BytesIO(box), "a.mbox").members]
    assert names == ["list.txt", "list (2).txt", "menu.txt", "list (3).txt"]
    assert out_of(box, "a.mbox") == [b"Pears.", b"Plums.", quoted, b"Soup."]


def test_what_is_attached_at_the_very_end_of_a_mailbox_is_found_again() -> None:
    alone = b"Subject: Pears\nContent-Type: text/plain; name=list.txt\n"
    alone += b"Content-Disposition: attachment; filename=list.txt\n\nTwo pears."
    box = mailbox(mail("Trees", "Which?")) + b"\nFrom a Fri Jan  5\n" + alone
    for end in (b"", b"\n", b"\n\n", b"\n\nFrom here"):
        assert [out.strip() for out in out_of(box + end, "a.mbox")] == [b"Two pears."]


def test_a_saved_web_page_is_read() -> None:
    content = (
        b"Subject: Fruit\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n"
        b"--b\nContent-Type: text/html\n\n"
        b"<h2>Apples</h2><p>Red.\n--b\nContent-Type: image/png\nContent-Location: a.png\n\nxx\n--b--\n"
    )
    assert shown(content, "a.mhtml") == [(HEADING, "Fruit"), (HEADING, "Apples"), (PARAGRAPH, "Red.")]


def test_an_outlook_message_has_its_subject_headers_text_and_attachments() -> None:
    old: Tree = {"__substg1.0_3707001F": "old.txt".encode("utf-16-le"), "__substg1.0_37010102": b"An old note."}
    inner = msg_storage({0x0037: "Earlier", 0x1000: "I asked."}, [old])
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
        "Earlier\n\nDate: 2024-01-01 00:00 UTC\nAttachments: old.txt\n\nI asked.",
    ]
    assert [member.name for member in read(io.BytesIO(content), "a.msg").members] == ["note.txt", "old.txt"]
    assert out_of(content, "a.msg") == [b"A note.", b"An old note."]


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
