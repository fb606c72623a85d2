"""Files taken out of mails and archives, one after the other: what is around them is opened once."""

import email
import io
from collections.abc import Iterator
from email.policy import Compat32
from hashlib import sha256
from pathlib import Path

import pytest

from app.core.members import Inside
from app.core.types import Reason
from app.readers.reading import read
from app.readers.refusal import Refusal
from app.readers.taking_out import TakingOut
from tests.readers.mails import mail, mailbox
from tests.readers.office_files import zipped

NOTES = {f"{n}.txt": f"Note {n}. ".encode() * 500 for n in range(40)}


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Return the lengths of the mails that are parsed."""
    lengths: list[int] = []
    parse = email.message_from_bytes

    def watched(content: bytes, *, policy: Compat32) -> object:
        lengths.append(len(content))
        return parse(content, policy=policy)

    with monkeypatch.context() as patch:
        patch.setattr(email, "message_from_bytes", watched)
        yield lengths


def ways(content: bytes, name: str, *around: tuple[str, str]) -> list[Inside]:
    """Return the ways to all that is in a container, which stands in others by name and address."""
    names, addresses = (*(one for one, _ in around), name), tuple(address for _, address in around)
    members = read(io.BytesIO(content), name).members
    return [Inside(names, (*addresses, member.address), member.sha256) for member in members]


@pytest.mark.parametrize("name", ["a.eml", "a.mbox"])
def test_a_mail_is_parsed_once_for_all_that_is_attached_to_it(tmp_path: Path, name: str, parsed: list[int]) -> None:
    one, other = mail("One", "Text.", NOTES), mail("Other", "Text.", {"b.txt": b"B."})
    content = one.as_bytes() if name == "a.eml" else mailbox(one, other)
    (tmp_path / name).write_bytes(content)
    to_members = ways(content, name)
    parsed.clear()
    taking_out = TakingOut()
    for way in to_members:
        with (tmp_path / name).open("rb") as file:
            assert sha256(taking_out.member(file, way).read()).digest() == way.sha256
    assert len(parsed) == (1 if name == "a.eml" else 2)


def test_a_mail_in_an_archive_is_taken_out_once_for_all_that_is_attached_to_it(
    tmp_path: Path, parsed: list[int]
) -> None:
    inner = mail("Inner", "Text.", NOTES).as_bytes()
    content = zipped({"in.eml": inner, "b.txt": "B."})
    (tmp_path / "a.zip").write_bytes(content)
    to_mail, to_text = ways(content, "a.zip")
    to_notes = ways(inner, "in.eml", ("a.zip", to_mail.addresses[0]))
    parsed.clear()
    taking_out = TakingOut()
    for number, way in enumerate(to_notes):
        with (tmp_path / "a.zip").open("rb") as file:
            assert taking_out.member(file, way).read() in NOTES.values()
            assert (file.tell() == 0) is (number > 0), "the archive is read for the first alone"
    assert len(parsed) == 1
    with (tmp_path / "a.zip").open("rb") as file:
        assert taking_out.member(file, to_text).read() == b"B."


def test_what_was_opened_of_a_file_is_nothing_once_the_file_is_another(tmp_path: Path) -> None:
    before, after = (zipped({"in.eml": mail("A", "A.", {"a.txt": text}).as_bytes()}) for text in (b"Old.", b"New!"))
    taking_out, path = TakingOut(), tmp_path / "a.zip"
    path.write_bytes(before)
    (to_mail,) = ways(before, "a.zip")
    with path.open("rb") as file:
        (old,) = ways(taking_out.member(file, to_mail).read(), "in.eml", ("a.zip", to_mail.addresses[0]))
        assert taking_out.member(file, old).read() == b"Old."
    path.write_bytes(after)
    with path.open("rb") as file:
        with pytest.raises(Refusal) as refused:
            taking_out.member(file, old)
        assert refused.value.reason is Reason.CHANGED_WHILE_READ
        new = Inside(old.containers, (ways(after, "a.zip")[0].addresses[0], "0"), sha256(b"New!").digest())
        assert taking_out.member(file, new).read() == b"New!"
