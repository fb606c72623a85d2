"""Archives whose members a password locks: listed without it, opened with it, and their bombs and damages bounded."""

import io
import random
import struct
import zipfile
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from app.core.members import Inside, MemberFile
from app.core.types import Reason
from app.readers import archive
from app.readers.reading import is_locked, read
from app.readers.refusal import UNOPENABLE, Refusal
from app.readers.taking_out import TakingOut
from tests.readers import locked_archives as made
from tests.readers.locked_archives import APPLES, LETTERS, OWN_PASSWORD, PASSWORD

LOCKED = {
    "AES-128, stored": (made.AES_128_STORED, PASSWORD, APPLES),
    "AES-192, deflated": (made.AES_192_DEFLATED, PASSWORD, APPLES * 9),
    "AES-256, bzip2": (made.AES_256_BZIP2, PASSWORD, APPLES),
    "AES-256, LZMA, letters": (made.AES_256_LZMA, LETTERS, APPLES),
    "AES-256, letters of Windows": (made.AES_OLD_SPELLING, LETTERS, APPLES),
    "ZipCrypto": (made.ZIPCRYPTO, PASSWORD, APPLES),
    "ZipCrypto, streamed": (made.ZIPCRYPTO_STREAMED, PASSWORD, APPLES),
}


def members(content: bytes, password: str = "") -> list[MemberFile]:
    return list(read(io.BytesIO(content), "a.zip", password).members)


def reasons(content: bytes, password: str = "") -> list[tuple[str, Reason, str]]:
    return [(one.name, one.reason, one.detail) for one in members(content, password)]


@pytest.mark.parametrize(("content", "password", "text"), LOCKED.values(), ids=LOCKED)
def test_a_locked_member_is_taken_out_with_its_password_alone(content: bytes, password: str, text: bytes) -> None:
    for wrong in ("", "wrong", password + " "):
        assert reasons(content, wrong) == [("a.txt", Reason.ENCRYPTED, "")]
    (member,) = members(content, password)
    assert (member.reason, member.sha256) == (Reason.NONE, sha256(text).digest())
    way = Inside(("a.zip",), (member.address,), member.sha256, (password,))
    assert TakingOut().member(io.BytesIO(content), way).read() == text
    for wrong in ((), ("wrong",)):
        with pytest.raises(Refusal) as refused:
            TakingOut().member(io.BytesIO(content), Inside(("a.zip",), (member.address,), member.sha256, wrong))
        assert (refused.value.reason, refused.value.detail) == (Reason.ENCRYPTED, "")


@pytest.mark.parametrize(("content", "password", "text"), LOCKED.values(), ids=LOCKED)
def test_a_password_is_tried_on_what_is_in_the_archive(content: bytes, password: str, text: bytes) -> None:
    assert is_locked(io.BytesIO(content), "a.zip", password)
    for n in range(300):  # of which one or two pass for right in ZipCrypto until the content is looked at
        with pytest.raises(Refusal) as refused:
            archive.is_locked(io.BytesIO(content), f"wrong {n}" if text != APPLES * 9 else "wrong")
        assert (refused.value.reason, refused.value.detail) == (Reason.ENCRYPTED, "")
        if content not in (made.ZIPCRYPTO, made.ZIPCRYPTO_STREAMED):
            break


def test_what_is_not_locked_is_read_beside_what_is() -> None:
    locked = [("secret/a.txt", Reason.ENCRYPTED, ""), ("lease.pdf", Reason.ENCRYPTED, "")]
    assert reasons(made.MIXED) == [*locked, ("plain.txt", Reason.NONE, "")]
    assert {reason for _, reason, _ in reasons(made.MIXED, PASSWORD)} == {Reason.NONE}
    (lease,) = (one for one in members(made.MIXED, PASSWORD) if one.name == "lease.pdf")
    file = TakingOut().member(io.BytesIO(made.MIXED), Inside(("a.zip",), (lease.address,), lease.sha256, (PASSWORD,)))
    with pytest.raises(Refusal):
        read(file, "lease.pdf", PASSWORD)
    assert read(file, "lease.pdf", OWN_PASSWORD).pages[0].text == "The rent is 900 euros."


def test_each_archive_on_the_way_has_its_own_password(tmp_path: Path) -> None:
    (inner,) = members(made.NESTED, PASSWORD)
    file = TakingOut().member(io.BytesIO(made.NESTED), Inside(("a.zip",), (inner.address,), inner.sha256, (PASSWORD,)))
    (deep,) = read(file, "inner.zip", OWN_PASSWORD).members
    way = Inside(("a.zip", "inner.zip"), (inner.address, deep.address), deep.sha256, (PASSWORD, OWN_PASSWORD))
    (tmp_path / "a.zip").write_bytes(made.NESTED)
    taking_out = TakingOut()
    with (tmp_path / "a.zip").open("rb") as outer:
        assert taking_out.member(outer, way).read() == b"Pears are on the roof."
        for passwords in ((PASSWORD, PASSWORD), (OWN_PASSWORD, OWN_PASSWORD), (PASSWORD,)):
            with pytest.raises(Refusal):
                taking_out.member(outer, replace(way, passwords=passwords))


def test_an_archive_without_a_lock_needs_no_password() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("a.txt", APPLES)
    assert not is_locked(file, "a.zip", PASSWORD)


@pytest.mark.parametrize(("content", "at"), [(made.AES_128_STORED, 70), (made.ZIPCRYPTO, 80)])
def test_a_locked_member_that_is_damaged_says_so(content: bytes, at: int) -> None:
    damaged = bytearray(content)
    damaged[at] ^= 1
    assert [reason for _, reason, _ in reasons(bytes(damaged), PASSWORD)] == [Reason.DAMAGED]


@pytest.mark.parametrize("place", ["both", "directory"])
def test_a_lock_of_another_kind_is_opened_by_no_password(place: str) -> None:
    content = bytearray(made.ZIPCRYPTO)
    directory = content.index(b"PK\x01\x02")
    content[directory + 8] |= 1 << 6  # encrypted as PKWARE does it
    if place == "both":
        content[6] |= 1 << 6
        assert reasons(bytes(content), PASSWORD) == [("a.txt", Reason.ENCRYPTED, UNOPENABLE)]
    else:
        assert reasons(bytes(content), PASSWORD) == [("a.txt", Reason.NONE, "")]


def test_a_lock_that_inflates_to_more_than_it_says_is_cut_there() -> None:
    content = bytearray(made.AES_192_DEFLATED)
    directory = content.index(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = struct.pack("<I", 10)
    (member,) = members(bytes(content), PASSWORD)
    assert (member.reason, member.size_bytes) == (Reason.DAMAGED, 10)


def test_a_bomb_is_one_with_a_lock_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "_FREE_BYTES", 10)
    monkeypatch.setattr(archive, "RATIO_LIMIT", 1)
    for use in (read, is_locked):
        with pytest.raises(Refusal) as refused:
            use(io.BytesIO(made.AES_192_DEFLATED), "a.zip", PASSWORD)
        assert refused.value.reason is Reason.TOO_LARGE


@pytest.mark.parametrize("content", [made.MIXED, made.ZIPCRYPTO, made.AES_256_LZMA, made.NESTED])
def test_an_edited_archive_ends_in_members_or_a_refusal(content: bytes) -> None:
    chance = random.Random(7)
    for _ in range(60):
        edited = bytearray(content)
        for _ in range(chance.randint(1, 4)):
            edited[chance.randrange(len(edited))] = chance.randrange(256)
        for use in (read, is_locked):
            try:
                use(io.BytesIO(edited), "a.zip", chance.choice((PASSWORD, LETTERS)))
            except Refusal:
                continue
