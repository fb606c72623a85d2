"""Parts of mails in forms of their own: reports, invitations, signed wholes, Outlook's enclosures, files in texts."""

import base64
import binascii
import datetime
import io
import struct
from collections.abc import Iterable, Mapping
from hashlib import sha256

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import (
    PKCS7EnvelopeBuilder,
    PKCS7Options,
    PKCS7SignatureBuilder,
)

from app.core.members import Inside
from app.readers.reading import read
from app.readers.taking_out import TakingOut
from tests.readers.shown import HEADING, PARAGRAPH, shown

INNER = (
    b"Content-Type: multipart/mixed; boundary=in\r\n\r\n"
    b"--in\r\nContent-Type: text/plain\r\n\r\nThe pears are signed.\r\n"
    b"--in\r\nContent-Disposition: attachment; filename=list.txt\r\n\r\nTwo pears.\r\n--in--\r\n"
)
INVITATION = (
    "BEGIN:VCALENDAR\r\nBEGIN:VTIMEZONE\r\nTZID:Rome\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\n"
    "DTSTART;TZID=Rome:20240105T100000\r\n"
    "DTEND:20240105T110000Z\r\nSUMMARY:Harvest of the pea\r\n rs\r\nLOCATION:Room 7\\, upstairs\r\n"
    'ORGANIZER;CN="Ann O: x":mailto:ann@example.org\r\nBEGIN:VALARM\r\nDESCRIPTION:Ring\r\nEND:VALARM\r\n'
    "END:VEVENT\r\nEND:VCALENDAR\r\n"
)
INVITED = [
    (HEADING, "Harvest of the pears"),
    (
        PARAGRAPH,
        "Start: 2024-01-05 10:00 Rome\nEnd: 2024-01-05 11:00 UTC\nLocation: Room 7, upstairs\n"
        "Organizer: Ann O: x <ann@example.org>",
    ),
]


def parts(kind: str, *bodies: tuple[str, str]) -> bytes:
    """Return a mail of these parts: their headers and what they hold."""
    inner = "".join(f"--z\nContent-Type: {told}\n\n{body}\n" for told, body in bodies)
    return f"Subject: Pears\nMIME-Version: 1.0\nContent-Type: {kind}; boundary=z\n\n{inner}--z--\n".encode()


def whole(kind: str, content: bytes) -> bytes:
    """Return a mail that is a file alone."""
    head = f"Subject: Pears\nMIME-Version: 1.0\nContent-Type: {kind}\nContent-Transfer-Encoding: base64\n\n"
    return head.encode() + base64.encodebytes(content)


def out_of(content: bytes, name: str = "a.eml") -> dict[str, bytes]:
    """Return what is attached by its name, each taken out by its address."""
    members = read(io.BytesIO(content), name).members
    ways = {one.name: Inside((name,), (one.address,), one.sha256) for one in members}
    return {shown_as: TakingOut().member(io.BytesIO(content), way).read() for shown_as, way in ways.items()}


def attribute(kind: int, value: bytes, level: int = 2) -> bytes:
    """Return an attribute of Outlook's enclosure."""
    return struct.pack("<BII", level, kind, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)


def properties(told: Iterable[tuple[int, int, bytes]]) -> bytes:
    """Return properties: number, type, value."""
    rows: list[bytes] = []
    for number, kind, value in told:
        name = bytes(16) + struct.pack("<II", 1, 4) + "ab".encode("utf-16-le") if number >= 0x8000 else b""
        sized = value if kind == 3 else struct.pack("<II", 1, len(value)) + value.ljust(-(-len(value) // 4) * 4, b"\0")
        rows.append(struct.pack("<HH", kind, number) + name + sized)
    return struct.pack("<I", len(rows)) + b"".join(rows)


def enclosure(told: Mapping[int, tuple[int, bytes]], *files: bytes) -> bytes:
    """Return Outlook's enclosure: its properties and files."""
    rows = [(0x8001, 0x1F, "odd".encode("utf-16-le")), *((number, *one) for number, one in told.items())]
    return struct.pack("<IH", 0x223E9F78, 1) + attribute(0x00069003, properties(rows), 1) + b"".join(files)


def enclosed(name: str, content: bytes) -> bytes:
    """Return a file in an enclosure: its short name, its content, its long name."""
    long_name = properties([(0x3707, 0x1F, f"{name}\0".encode("utf-16-le"))])
    return (
        attribute(0x00069002, bytes(14))
        + attribute(0x00018010, b"SHORT~1.TXT\0")
        + attribute(0x0006800F, content)
        + attribute(0x00069005, long_name)
    )


def test_what_a_report_says_of_a_delivery_is_read_with_the_mail_that_came_back() -> None:
    report = parts(
        "multipart/report; report-type=delivery-status",
        ("text/plain", "It came back."),
        ("message/delivery-status", "Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; bo@x\nStatus: 5.1.1"),
        ("text/rfc822-headers", "Subject: Two trees"),
    )
    assert shown(report, "a.eml")[1:] == [
        (PARAGRAPH, "It came back."),
        (PARAGRAPH, "Reporting-MTA: dns; mx"),
        (PARAGRAPH, "Final-Recipient: rfc822; bo@x\nStatus: 5.1.1"),
        (PARAGRAPH, "Subject: Two trees"),
    ]


def test_texts_that_follow_each_other_are_all_read_and_forms_of_one_text_once() -> None:
    html, plain = ("text/html", "<p>Two trees."), ("text/plain", "Sent by a list.")
    assert shown(parts("multipart/mixed", html, plain), "a.eml")[1:] == [
        (PARAGRAPH, "Two trees."),
        (PARAGRAPH, "Sent by a list."),
    ]
    same = parts("multipart/mixed", ("text/plain", "Two\ntrees."), html, ("text/css", "p {}"))
    assert shown(same, "a.eml")[1:] == [(PARAGRAPH, "Two\ntrees.")]
    rich = parts("multipart/alternative", ("text/enriched", "<bold>2</bold> << 3"))
    assert shown(rich, "a.eml")[1:] == [(PARAGRAPH, "2 < 3")]


def test_an_invitation_says_what_when_and_where() -> None:
    calendar = ("text/calendar; method=REQUEST", INVITATION)
    alone = shown(parts("multipart/alternative", ("text/plain", "Please come."), calendar), "a.eml")
    assert alone[1:] == [(PARAGRAPH, "Please come."), *INVITED]
    assert shown(INVITATION.encode(), "a.ics") == INVITED


def test_an_address_card_is_read() -> None:
    card = (
        "BEGIN:VCARD\nVERSION:2.1\nFN;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:J=C3=BCrgen=20=\nGro=C3=9F\n"
        "ORG:Pears;Stems\nitem1.TEL;WORK:+49 1\nADR:;;Hill 3;Rome;;1;Italy\nEND:VCARD\n"
    )
    assert shown(card.encode(), "a.vcf") == [
        (HEADING, "Jürgen Groß"),
        (PARAGRAPH, "Organization: Pears, Stems\nTelephone: +49 1\nAddress: Hill 3, Rome, 1, Italy"),
    ]


@pytest.mark.parametrize(
    ("told", "sent", "read_as"),
    [
        ("format=flowed", "A \nline.\n\n> and \n> more\n> so\n-- \nAnn", "A line.|> and more\n> so\n--\nAnn"),
        ("format=flowed", " From here \non.\n>> deep \n> less", "From here on.\n>> deep\n> less"),
        ("format=flowed; delsp=yes", "果樹 \n園の話", "果樹園の話"),
        ("charset=utf-8", "The first \nline.", "The first\nline."),
    ],
)  # fmt: skip
def test_a_paragraph_that_was_sent_in_lines_is_one_again(told: str, sent: str, read_as: str) -> None:
    content = f"Subject: Pears\nContent-Type: text/plain; charset=utf-8; {told}\n\n{sent}\n".encode()
    assert [text.rstrip() for _kind, text in shown(content, "a.eml")[1:]] == read_as.split("|")


def test_a_file_that_is_written_into_the_text_is_an_attachment() -> None:
    lines = b"".join(map(binascii.b2a_uu, (b"Two pears" * 5, b" and one.")))
    text = b"See below.\n\nbegin 644 list of pears.txt\n" + lines + b"`\nend\n\nYours"
    content = b"Subject: Pears\n\n" + text
    assert shown(content, "a.eml")[-2:] == [(PARAGRAPH, "See below."), (PARAGRAPH, "Yours")]
    assert out_of(content) == {"list of pears.txt": b"Two pears" * 5 + b" and one."}
    assert shown(b"Subject: Pears\n\nbegin 644 a\nagain\n", "a.eml")[-1] == (PARAGRAPH, "begin 644 a\nagain")


def test_a_mail_that_is_signed_as_a_whole_is_read_and_one_that_is_locked_is_named() -> None:
    key, name = generate_private_key(65537, 2048), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a")])
    begin, end = datetime.datetime(2024, 1, 1), datetime.datetime(2044, 1, 1)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, begin, end).sign(key, SHA256())
    builder = PKCS7SignatureBuilder().set_data(INNER).add_signer(made, key, SHA256())
    signed = builder.sign(Encoding.DER, [PKCS7Options.Binary])
    in_pieces = _with_open_lengths(INNER)
    for container in (signed, in_pieces):
        content = whole("application/pkcs7-mime; smime-type=signed-data; name=smime.p7m", container)
        assert shown(content, "a.eml")[-1] == (PARAGRAPH, "The pears are signed.")
        assert out_of(content) == {"list.txt": b"Two pears."}
    locked = PKCS7EnvelopeBuilder().set_data(INNER).add_recipient(made).encrypt(Encoding.DER, [])
    for container in (locked, signed[:60], in_pieces[:40], b"\x30\x80" * 500):
        content = whole("application/pkcs7-mime; name=smime.p7m", container)
        assert list(out_of(content)) == ["smime.p7m"]


def _with_open_lengths(content: bytes) -> bytes:
    """Return what a program writes that signs as it goes: lengths that are left open, the content in pieces."""
    pieces = b"".join(
        b"\x04" + b"\x81" + bytes((len(piece),)) + piece
        for piece in (content[n : n + 200] for n in range(0, len(content), 200))
    )
    kind, inner_kind = bytes.fromhex("06092a864886f70d010702"), bytes.fromhex("06092a864886f70d010701")
    end = b"\0\0"
    enclosed_part = b"\x30\x80" + inner_kind + b"\xa0\x80\x24\x80" + pieces + end * 3
    return b"\x30\x80" + kind + b"\xa0\x80\x30\x80\x02\x01\x01\x31\x00" + enclosed_part + b"\x31\x00" + end * 3


def test_a_signature_beside_the_text_is_no_attachment() -> None:
    signed = parts("multipart/signed", ("text/plain", "Two trees."), ("application/pgp-signature", "xx"))
    assert shown(signed, "a.eml")[1:] == [(PARAGRAPH, "Two trees.")]
    assert out_of(signed) == {}


def test_what_outlook_encloses_is_attached_and_its_text_read_where_the_mail_has_none() -> None:
    inner = enclosure({0x0037: (0x1F, "Earlier".encode("utf-16-le")), 0x1000: (0x1E, b"I asked.")})
    within = properties([(0x3701, 0x0D, bytes(16) + inner)])
    mail_file = attribute(0x00069002, bytes(14)) + attribute(0x00069005, within)
    body = {0x3FDE: (3, struct.pack("<I", 65001)), 0x1013: (0x102, "<p>Äpfel".encode())}
    content = enclosure(body, enclosed("Größe und mehr.txt", b"Two pears."), mail_file)
    alone = whole("application/ms-tnef; name=winmail.dat", content)
    assert [text for _kind, text in shown(alone, "a.eml")] == [
        "Pears", "Attachments: Größe und mehr.txt, Earlier", "Äpfel", "Earlier", "I asked.",
    ]  # fmt: skip
    assert out_of(alone) == {"Größe und mehr.txt": b"Two pears."}
    head = "--z\nContent-Type: application/octet-stream; name=winmail.dat\nContent-Transfer-Encoding: base64\n\n"
    told = f"{head}{base64.b64encode(content).decode()}\n--z--"
    beside = parts("multipart/mixed", ("text/plain", "Two trees.")).replace(b"--z--", told.encode())
    assert "Äpfel" not in str(shown(beside, "a.eml"))
    assert out_of(beside) == {"Größe und mehr.txt": b"Two pears."}


def test_an_enclosure_of_old_is_read_and_a_damaged_one_stays_a_file() -> None:
    stored = struct.pack("<II4sI", 0, 40, b"MELA", 0) + b"{\\rtf1 Two trees.\\par And one.\\par}"
    rich = whole("application/ms-tnef", enclosure({0x1009: (0x102, stored)}))
    assert [text for _kind, text in shown(rich, "a.eml")[1:]] == ["Two trees.", "And one."]
    plain = struct.pack("<IH", 0x223E9F78, 1) + attribute(0x0002800C, b"Two trees.\0", 1)
    assert shown(whole("application/ms-tnef", plain), "a.eml")[-1] == (PARAGRAPH, "Two trees.")
    assert list(out_of(whole("application/ms-tnef; name=winmail.dat", b"no enclosure"))) == ["winmail.dat"]


@pytest.mark.parametrize("cut", range(0, 400, 7))
def test_an_enclosure_that_is_cut_off_gives_what_is_there(cut: int) -> None:
    content = enclosure({0x1013: (0x102, b"<p>Apples")}, enclosed("list.txt", b"Two pears."))
    found = out_of(whole("application/ms-tnef; name=winmail.dat", content[:cut]))
    assert sha256(found.get("list.txt", b"Two pears.")).digest() in (
        sha256(b"Two pears."[:n]).digest() for n in range(11)
    )
