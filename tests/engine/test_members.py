"""Documents inside mails and archives through the whole engine: read in the jail, drawn, unlocked, forgotten."""

import os
from pathlib import Path

import pytest

from app.config.paths import DataPaths
from app.core.errors import UsageWrong
from app.core.messages import OpenPage, PageOpened, Rescan, Search, Searched
from app.core.page_messages import LayOutPage, PageLaidOut
from app.core.pages import Span
from app.core.password_messages import GivePassword, PasswordKept
from app.core.receipt_messages import Forget, Forgot
from app.core.rule_messages import ChangeRules, PreviewRules, RulesPreviewed
from app.core.types import DocumentRow, DocumentState, Filters, FolderRules, Reason
from app.engine.session import Session
from tests.engine.test_unlocking import PASSWORD, final, row_of, state, with_library
from tests.keyrings import MemoryKeyring
from tests.readers.mails import mail
from tests.readers.office_files import zipped
from tests.readers.small_files import LEFT_X, TOP_Y, Paper

TEXT = "The boiler was serviced by Nordvik."
READY = (DocumentState.READY, Reason.NONE)


def paper(password: str = "", text: str = TEXT) -> bytes:
    return Paper().page().write(LEFT_X, TOP_Y, text).saved(password).getvalue()


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    """Return a folder with a mail to which a PDF, a locked PDF and an archive with a mail are attached."""
    folder = tmp_path / "papers"
    folder.mkdir()
    inner = mail("Inner", "Hello.", {"note.txt": b"The kiln is hot."}).as_bytes()
    attached = {
        "invoice.pdf": paper(),
        "locked.pdf": paper(PASSWORD, "Rent: 900."),
        "more.zip": zipped({"in.eml": inner}),
    }
    (folder / "mail.eml").write_bytes(mail("Offer", "See below.", attached).as_bytes())
    return folder


async def opened(session: Session, row: DocumentRow, span: Span | None = None) -> PageOpened:
    return await final(session, OpenPage(row.id, 1, span), PageOpened)


def test_an_attached_page_is_found_drawn_and_marked(tmp_path: Path, papers: Path) -> None:
    async def use(session: Session) -> tuple[PageOpened, PageLaidOut]:
        hit, *_ = (await final(session, Search("Nordvik boiler"), Searched)).result.hits
        assert hit.path == os.fsencode(papers / "mail.eml" / "invoice.pdf")
        for path in (hit.path, os.fsencode(papers / "mail.eml"), os.fsencode(papers)):
            within = Search("Nordvik", filters=Filters(paths=(path,), types=("pdf",)))
            assert [one.path for one in (await final(session, within, Searched)).result.hits] == [hit.path]
        row = await row_of(session, "invoice.pdf")
        letters = await final(session, LayOutPage(row.id, 1, is_typeset=False), PageLaidOut)
        return await opened(session, row, Span(hit.start, hit.end)), letters

    drawn, letters = with_library(DataPaths(tmp_path / "data"), papers, use)
    assert drawn.image is not None
    assert not drawn.changed
    (rect,) = drawn.rects
    assert rect.x0 == pytest.approx(LEFT_X, abs=2)
    assert letters.letters.text == TEXT
    assert letters.is_as_indexed


def test_a_locked_attachment_is_read_once_its_password_is_given(
    tmp_path: Path, papers: Path, keyring: MemoryKeyring
) -> None:
    async def use(session: Session) -> PageOpened:
        row = await row_of(session, "locked.pdf")
        assert state(row) == (DocumentState.FAILED, Reason.ENCRYPTED)
        await final(session, GivePassword(row.id, PASSWORD), PasswordKept)
        row = await row_of(session, "locked.pdf")
        assert state(row) == READY
        return await opened(session, row)

    assert with_library(DataPaths(tmp_path / "data"), papers, use).image is not None
    assert keyring.kept


def test_a_page_of_a_mail_that_changed_is_shown_as_it_was_read(tmp_path: Path, papers: Path) -> None:
    async def use(session: Session) -> None:
        row = await row_of(session, "invoice.pdf")
        (papers / "mail.eml").write_bytes(mail("Offer", "Else.", {"invoice.pdf": paper(text="Other.")}).as_bytes())
        stale = await opened(session, row, Span(0, 3))
        assert stale.changed
        assert stale.text is not None
        assert stale.text.text == TEXT
        (papers / "mail.eml").unlink()
        gone = await opened(session, row)
        assert gone.is_missing
        await final(session, Rescan(), object)
        assert (await final(session, Search("Nordvik"), Searched)).result.hits == ()

    with_library(DataPaths(tmp_path / "data"), papers, use)


def test_what_is_packed_is_read_where_the_rules_ask_for_it(tmp_path: Path, papers: Path) -> None:
    async def use(session: Session) -> None:
        archive = await row_of(session, "more.zip")
        assert state(archive) == (DocumentState.IGNORED, Reason.UNSUPPORTED)
        await final(session, ChangeRules(os.fsencode(papers), FolderRules(archives=True)), object)
        assert state(await row_of(session, "more.zip")) == READY
        row = await row_of(session, "note.txt")
        assert row.path == os.fsencode(papers / "mail.eml" / "more.zip" / "in.eml" / "note.txt")
        hit, *_ = (await final(session, Search("kiln"), Searched)).result.hits
        page = await opened(session, row, Span(hit.start, hit.end))
        assert page.text is not None
        assert page.text.text == "The kiln is hot."
        preview = await final(session, PreviewRules(os.fsencode(papers), FolderRules()), RulesPreviewed)
        assert (preview.out, preview.back) == (3, 0)  # the archive, the mail in it, and what is attached to that
        await final(session, ChangeRules(os.fsencode(papers), FolderRules()), object)
        assert row.path not in [one.path for one in (await final(session, Search("kiln"), Searched)).result.hits]

    with_library(DataPaths(tmp_path / "data"), papers, use)


def test_what_is_in_a_followed_file_is_not_forgotten_by_itself(tmp_path: Path, papers: Path) -> None:
    async def use(session: Session) -> None:
        with pytest.raises(UsageWrong):
            await final(session, Forget(os.fsencode(papers / "mail.eml" / "invoice.pdf")), Forgot)

    with_library(DataPaths(tmp_path / "data"), papers, use)


def test_no_byte_of_an_attachment_is_left_when_its_folder_is_forgotten(tmp_path: Path, papers: Path) -> None:
    async def use(session: Session) -> Forgot:
        return await final(session, Forget(os.fsencode(papers)), Forgot)

    forgot = with_library(DataPaths(tmp_path / "data"), papers, use)
    assert (forgot.documents, forgot.left) == (4, 0)
    catalogs = [path for path in (tmp_path / "data").rglob("*") if path.is_file()]
    assert not [path.name for path in catalogs if b"Nordvik" in path.read_bytes() or b"invoice" in path.read_bytes()]
