"""The library's tree as a Qt model."""

from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import QModelIndex, Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from app.core.types import DocumentRow, DocumentState, FolderRow, Reason
from app.ui.documents_model import ROWS_A_STEP, ROWS_BUILT_A_STEP, DocumentsModel, Role
from app.ui.library_tree import LibraryFilter

ROOT = b"/papers"


def row(number: int, path: bytes, state: DocumentState = DocumentState.READY, folder: bytes = ROOT) -> DocumentRow:
    return DocumentRow(number, path, folder, state, Reason.NONE, "", 1, 0, 1, 10, 1)


def folder(path: bytes = ROOT, documents: int = 5, *, present: bool = True) -> FolderRow:
    return FolderRow(path, present, documents, documents, 0, 0)


def names(model: DocumentsModel, parent: QModelIndex | None = None) -> list[object]:
    """Return the tree as nested lists of names."""
    above = parent or QModelIndex()
    found: list[object] = []
    for i in range(model.rowCount(above)):
        index = model.index(i, 0, above)
        found.append(index.data())
        if model.hasChildren(index):
            found.append(names(model, index))
    return found


@pytest.fixture
def model(qtmodeltester: ModelTester) -> DocumentsModel:
    made = DocumentsModel()
    made.set_folders((folder(),))
    made.set_documents(
        (
            row(1, b"/papers/b.pdf"),
            row(2, b"/papers/A.txt"),
            row(3, b"/papers/2025/lease.pdf"),
            row(4, b"/papers/2025/deep/note.md", DocumentState.FAILED),
        )
    )
    qtmodeltester.check(made)
    return made


def test_folders_come_first_and_names_are_in_order(model: DocumentsModel) -> None:
    assert names(model) == ["papers", ["2025", ["deep", ["note.md"], "lease.pdf"], "A.txt", "b.pdf"]]


def test_folders_count_the_documents_below(model: DocumentsModel) -> None:
    assert model.index_of_path(ROOT).data(Role.STATE) == "4"
    assert model.index_of_path(b"/papers/2025").data(Role.STATE) == "2"


def test_a_changed_row_changes_in_place(qtbot: QtBot, model: DocumentsModel) -> None:
    with qtbot.waitSignal(model.dataChanged) as changed, qtbot.assertNotEmitted(model.modelReset):
        model.apply((row(1, b"/papers/b.pdf", DocumentState.QUEUED),), ())

    assert changed.args is not None
    assert changed.args[0].data(Role.STATE) == "waiting"


def test_new_rows_bring_their_subfolders_and_removed_ones_take_them(
    qtbot: QtBot, model: DocumentsModel, qtmodeltester: ModelTester
) -> None:
    with qtbot.waitSignal(model.rowsInserted), qtbot.assertNotEmitted(model.modelReset):
        model.apply((row(9, b"/papers/2026/x/new.pdf"),), ())
    assert names(model) == [
        "papers",
        ["2025", ["deep", ["note.md"], "lease.pdf"], "2026", ["x", ["new.pdf"]], "A.txt", "b.pdf"],
    ]

    model.apply((), (9, 4))

    qtbot.waitUntil(lambda: names(model) == ["papers", ["2025", ["lease.pdf"], "A.txt", "b.pdf"]])
    assert model.index_of_path(ROOT).data(Role.STATE) == "3"
    qtmodeltester.check(model)


def test_a_moved_document_moves(qtbot: QtBot, model: DocumentsModel) -> None:
    with qtbot.waitSignal(model.rowsInserted):
        model.apply((row(1, b"/papers/2025/b.pdf"),), ())

    assert names(model) == ["papers", ["2025", ["deep", ["note.md"], "b.pdf", "lease.pdf"], "A.txt"]]


def test_a_filter_finds_by_any_part_of_the_path(model: DocumentsModel) -> None:
    model.set_filter(LibraryFilter("2025 LEA"))
    assert names(model) == ["papers", ["2025", ["lease.pdf"]]]

    model.set_filter(LibraryFilter())
    assert len(names(model)) == 2


def test_a_hidden_folder_is_out_of_sight_and_comes_back_whole(model: DocumentsModel) -> None:
    before = names(model)

    model.hide_folder(ROOT, hidden=True)
    assert names(model) == []
    assert model.folder_rows == ()

    model.hide_folder(ROOT, hidden=False)
    assert names(model) == before


def test_a_file_that_was_added_by_itself_is_one_row(qtbot: QtBot, model: DocumentsModel) -> None:
    model.set_folders((folder(), folder(b"/home/one.pdf", 1)))
    assert names(model)[0] == "one.pdf"

    with qtbot.waitSignal(model.rowsInserted):
        model.apply((row(30, b"/home/one.pdf", folder=b"/home/one.pdf"),), ())

    assert names(model)[-1] == "one.pdf"
    assert model.rowCount() == 2
    assert model.node(model.index_of_document(30)).is_file


def test_an_absent_folder_says_so(model: DocumentsModel) -> None:
    model.set_folders((folder(present=False),))

    assert model.index_of_path(ROOT).data(Role.STATE) == "not there"


def test_names_that_are_no_text_are_shown(qtbot: QtBot, model: DocumentsModel) -> None:
    with qtbot.waitSignal(model.rowsInserted):
        model.apply((row(8, b"/papers/caf\xe9.txt"),), ())

    assert "caf\N{REPLACEMENT CHARACTER}.txt" in names(model)[1]  # pyright: ignore


def test_rows_say_their_state_to_screen_readers(model: DocumentsModel) -> None:
    index = model.index_of_document(4)

    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "note.md, not readable"


def test_ten_thousand_new_rows_come_in_steps_that_are_not_felt(qtbot: QtBot) -> None:
    model = DocumentsModel()
    model.set_folders((folder(documents=10_000),))
    rows = tuple(row(i, b"/papers/%02d/%05d.pdf" % (i % 40, i)) for i in range(10_000))
    model.apply(rows, ())
    model._step.stop()
    waiting = [len(model._waiting)]
    while model._waiting:
        model._on_step()
        waiting.append(len(model._waiting))

    assert model.rowCount(model.index(0, 0)) == 40
    assert all(before - after <= ROWS_A_STEP for before, after in pairwise(waiting))


def test_ten_thousand_rows_at_once_are_shown_whole_when_they_are_built(qtbot: QtBot) -> None:
    model = DocumentsModel()
    model.set_folders((folder(documents=10_000),))
    rows = tuple(row(i, b"/papers/%02d/%05d.pdf" % (i % 40, i)) for i in range(10_000))
    model.set_documents(rows[:20])
    resets: list[int] = []
    model.modelReset.connect(lambda: resets.append(len(model._tree.by_id)))

    model.set_documents(rows)
    model.apply((row(10_000, b"/papers/new.pdf"),), (0,))
    steps = 1
    while model._building is not None:
        assert model.index_of_document(5).isValid()  # what was shown is shown until then
        assert not model.index_of_document(9_999).isValid()
        model._on_step()
        steps += 1

    assert steps > 10_000 // ROWS_BUILT_A_STEP
    assert len(resets) == 1
    assert model.index_of_document(9_999).isValid()
    assert model.index_of_document(10_000).isValid()
    assert not model.index_of_document(0).isValid()
    assert model.rowCount(model.index(0, 0)) == 41


def member(number: int, path: bytes, file: bytes, state: DocumentState = DocumentState.READY) -> DocumentRow:
    return replace(row(number, path, state), file=file)


def test_what_is_in_a_mail_stands_below_it_whichever_comes_first(qtbot: QtBot, model: DocumentsModel) -> None:
    mail = row(7, b"/papers/mail.eml")
    attached = member(8, b"/papers/mail.eml/a.pdf", mail.path)
    model.apply((attached, mail), ())
    shown = ["papers", ["2025", ["deep", ["note.md"], "lease.pdf"], "A.txt", "b.pdf", "mail.eml", ["a.pdf"]]]
    qtbot.waitUntil(lambda: names(model) == shown)
    assert model.index_of_path(ROOT).data(Role.STATE) == "6"
    assert model.node(model.index_of_path(mail.path)).document == mail
    model.apply((), (8,))
    qtbot.waitUntil(lambda: not model.hasChildren(model.index_of_path(mail.path)))
    model.apply((attached,), ())
    qtbot.waitUntil(lambda: names(model) == shown)
    moved = (row(7, b"/papers/z.eml"), member(8, b"/papers/z.eml/a.pdf", b"/papers/z.eml"))
    model.apply(moved, ())
    qtbot.waitUntil(lambda: names(model)[1][-2:] == ["z.eml", ["a.pdf"]])  # pyright: ignore
    model.apply((), (7, 8))
    qtbot.waitUntil(lambda: model.index_of_path(ROOT).data(Role.STATE) == "4")


def test_a_mail_that_was_added_by_itself_has_what_is_in_it_below(qtbot: QtBot) -> None:
    path = b"/papers/mail.eml"
    made = DocumentsModel()
    made.set_folders((folder(path),))
    made.set_documents((row(1, path, folder=path), replace(member(2, path + b"/a.pdf", path), folder=path)))
    assert names(made) == ["mail.eml", ["a.pdf"]]
