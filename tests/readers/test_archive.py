"""ZIP archives: what is in them, bombs, locks, and names made to harm."""

import io
import struct
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from app.core.members import Inside, is_sound
from app.core.types import Reason
from app.readers import archive
from app.readers.reading import read
from app.readers.refusal import Refusal
from app.readers.taking_out import TakingOut
from tests.readers.mails import mail
from tests.readers.office_files import zipped
from tests.readers.shown import ITEM, shown


def packed(*parts: tuple[str, bytes]) -> bytes:
    """Return an archive whose names may be there more than once."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts:
            package.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def refusal(content: bytes) -> Refusal:
    with pytest.raises(Refusal) as refused:
        read(io.BytesIO(content), "a.zip")
    return refused.value


def test_an_archive_lists_what_is_in_it_and_gives_it_out(tmp_path: Path) -> None:
    inner = mail("Inner", "Hello.", {"note.txt": b"Deep."}).as_bytes()
    content = zipped({"papers/a.txt": "Apples.", "in.eml": inner, "tool.exe": b"\x7fELF", "empty/": ""})
    found = read(io.BytesIO(content), "a.zip")
    assert shown(content, "a.zip") == [(ITEM, "papers/a.txt"), (ITEM, "in.eml"), (ITEM, "tool.exe")]
    assert [(one.name, one.sha256, one.reason, one.detail) for one in found.members] == [
        ("papers/a.txt", sha256(b"Apples.").digest(), Reason.NONE, ""),
        ("in.eml", sha256(inner).digest(), Reason.NONE, ""),
        ("tool.exe", b"", Reason.UNSUPPORTED, "exe"),
    ]
    addresses = (found.members[1].address, "0")
    way = Inside(("a.zip", "in.eml"), addresses, sha256(b"Deep.").digest())
    (tmp_path / "a.zip").write_bytes(content)
    with (tmp_path / "a.zip").open("rb") as file:
        assert TakingOut().member(file, way).read() == b"Deep."


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_each_way_of_packing_is_undone(method: int) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as package:
        package.writestr("void.txt", b"")
        package.writestr("a.txt", b"Apples. " * 100)
    for member, content in zip(read(file, "a.zip").members, (b"", b"Apples. " * 100), strict=True):
        way = Inside(("a.zip",), (member.address,), member.sha256)
        assert TakingOut().member(file, way).read() == content


@pytest.mark.parametrize("address", ["", "0", "0/0", "1/9/9", "999999/9/9", "0/0/0", "-1/9/9", "0/9/9/8"])
def test_an_address_that_leads_nowhere_is_refused(address: str) -> None:
    content = packed(("a.txt", b"Apples."))
    with pytest.raises(Refusal) as refused:
        TakingOut().member(io.BytesIO(content), Inside(("a.zip",), (address,), bytes(32)))
    assert refused.value.reason is Reason.CHANGED_WHILE_READ


def test_names_made_to_harm_lead_nowhere() -> None:
    names = ("../../.bashrc.txt", "/etc/a.txt", "C:\\c.txt", "a.txt", "b.txt", "x/../y.txt", "d", "d/e.txt", "..")
    content = packed(*((name, b"x") for name in names)).replace(b"b.txt", b"a.txt")
    members = read(io.BytesIO(content), "a.zip").members
    assert is_sound(members)
    assert [member.name for member in members] == [
        ".bashrc.txt", "etc/a.txt", "C:/c.txt", "a.txt", "a (2).txt", "x/y.txt", "d (2)", "d/e.txt", "attachment",
    ]  # fmt: skip


def test_bombs_are_refused_before_they_inflate(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(packed(("zeros.txt", bytes(80 << 20)))).reason is Reason.TOO_LARGE
    monkeypatch.setattr(archive, "MEMBER_LIMIT_BYTES", 5)
    (large,) = read(io.BytesIO(packed(("a.txt", b"123456"))), "a.zip").members
    assert large.reason is Reason.TOO_LARGE


def test_an_archive_of_very_many_files_says_how_many_are_not_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MEMBERS_LIMIT", 3)
    members = read(io.BytesIO(packed(*((f"{n}.txt", b"xy") for n in range(5)))), "a.zip").members
    assert [member.name for member in members] == ["0.txt", "1.txt", "2.txt", "…"]
    assert (members[-1].size_bytes, members[-1].reason, members[-1].detail) == (4, Reason.NOT_LISTED, "2")
    assert is_sound(tuple(members))


def test_a_size_that_is_a_lie_inflates_to_no_more_than_it_says() -> None:
    content = bytearray(packed(("a.txt", b"A" * 10_000)))
    place = content.index(b"PK\x01\x02")
    content[place + 24 : place + 28] = struct.pack("<I", 10)  # the inflated size in the directory
    (member,) = read(io.BytesIO(bytes(content)), "a.zip").members
    assert (member.reason, member.size_bytes) == (Reason.DAMAGED, 10)


def test_a_locked_or_damaged_member_says_so_for_itself() -> None:
    content = bytearray(packed(("locked.txt", b"Secret."), ("damaged.txt", b"B" * 100), ("whole.txt", b"Whole.")))
    first = content.index(b"PK\x01\x02")
    content[first + 8] |= 1
    content[6] |= 1  # the local header's flags
    second = content.index(b"damaged.txt") + len(b"damaged.txt")
    content[second] ^= 0xFF
    found = read(io.BytesIO(bytes(content)), "a.zip").members
    assert [(one.reason, one.detail) for one in found if one.name != "damaged.txt"] == [
        (Reason.ENCRYPTED, ""),
        (Reason.NONE, ""),
    ]
    assert next(one for one in found if one.name == "damaged.txt").reason is Reason.DAMAGED
    with pytest.raises(Refusal) as refused:
        TakingOut().member(io.BytesIO(bytes(content)), Inside(("a.zip",), (found[0].address,), b""))
    assert refused.value.reason is Reason.ENCRYPTED


def test_a_member_packed_in_a_way_that_nobody_knows_here_says_so() -> None:
    content = packed(("a.txt", b"Apples.")).replace(b"\x08\x00", b"\x09\x00")  # Deflate64, as large files are packed
    (member,) = read(io.BytesIO(content), "a.zip").members
    assert (member.reason, member.detail) == (Reason.UNSUPPORTED, "packed by method 9")


def test_one_damaged_member_leaves_the_others_whole() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as package:
        package.writestr("a.txt", b"Apples. " * 100)
        package.writestr("b.txt", b"Pears.")
    content = bytearray(file.getvalue())
    content[35 + 4 : 35 + 9] = b"\xff" * 5  # what LZMA is told of itself
    assert [one.reason for one in read(io.BytesIO(content), "a.zip").members] == [Reason.DAMAGED, Reason.NONE]


def test_a_member_without_a_name_is_listed_beside_the_others() -> None:
    found = read(io.BytesIO(packed(("a.txt", b"Apples."), ("", b"Nameless."))), "a.zip").members
    assert [(one.name, one.reason) for one in found] == [
        ("a.txt", Reason.NONE),
        ("attachment", Reason.UNSUPPORTED),
    ]


def test_a_name_that_is_no_text_is_no_way_in() -> None:
    content = packed(("ü.txt", b"x")).replace("ü".encode(), b"\xff\xfe")
    assert refusal(content).reason is Reason.DAMAGED


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", Reason.EMPTY),
        (b"words", Reason.DAMAGED),
        (b"PK\x03\x04 and nothing else", Reason.DAMAGED),
        (zipped({}), Reason.EMPTY),
        (zipped({"folder/": ""}), Reason.EMPTY),
    ],
)
def test_bad_archives_are_refused_with_their_reasons(content: bytes, reason: Reason) -> None:
    assert refusal(content).reason is reason
