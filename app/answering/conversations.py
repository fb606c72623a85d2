"""Conversations on disk: which questions were asked in which, and the receipt of each answer. Engine's process.

What was answered is not written a second time: it is in the receipt, and gone from here when it is erased there.
"""

import time
from dataclasses import replace

import msgspec

from app.answering.history import History
from app.answering.retold import Place, retold
from app.core.conversation_messages import ConversationRow, KeptTurn
from app.core.errors import ConversationUnknown, ReceiptErased, ReceiptUnknown
from app.core.folding import folded
from app.core.types import Filters
from app.library.scanner import covers

NAME_CHARACTERS = 80

_SCHEMA = """
PRAGMA secure_delete = ON;
CREATE TABLE IF NOT EXISTS conversations (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    created_ns INTEGER NOT NULL,
    used_ns INTEGER NOT NULL,
    filters TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS turns (
    conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    question TEXT NOT NULL,
    asked_ns INTEGER NOT NULL,
    receipt TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (conversation, number)
);
"""

_ROWS = """
SELECT c.id, c.name, c.created_ns, c.used_ns, count(t.number), c.filters
FROM conversations c LEFT JOIN turns t ON t.conversation = c.id
"""


class Conversations:
    """The conversations of one library, beside its receipts and in the same file."""

    def __init__(self, history: History, place: Place) -> None:
        """Take where the receipts are, and what knows where a passage of one stands now.

        Raises: DataDirectoryUnwritable, DiskFull.
        """
        self._history = history
        self._database = history.database
        self._place = place
        self._database.script(_SCHEMA)

    def begin_turn(self, conversation: str, question: str, filters: Filters) -> int:
        """Note that something was asked, on the disk when this returns, and return the turn's number from 1.

        The first question names the conversation.

        Raises: DataDirectoryUnwritable, DiskFull.
        """
        now = time.time_ns()
        with self._database.transaction(durable=True):
            self._database.run(
                "INSERT INTO conversations VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET used_ns = excluded.used_ns, filters = excluded.filters",
                (conversation, _name(question), now, now, _stored(filters)),
            )
            last = self._database.value("SELECT max(number) FROM turns WHERE conversation = ?", (conversation,))
            number = (last or 0) + 1
            self._database.run(
                "INSERT INTO turns (conversation, number, question, asked_ns) VALUES (?, ?, ?, ?)",
                (conversation, number, question, now),
            )
        return number

    def finish_turn(self, conversation: str, number: int, receipt: str) -> None:
        """Note the receipt of a turn's answer; of a conversation that was deleted meanwhile its texts are erased.

        Raises: DataDirectoryUnwritable, DiskFull.
        """
        with self._database.transaction(durable=True):
            is_kept = self._database.run(
                "UPDATE turns SET receipt = ? WHERE conversation = ? AND number = ?", (receipt, conversation, number)
            )
        if not is_kept:
            self._history.erase_whole((receipt,))

    def rows(self, words: str = "") -> tuple[ConversationRow, ...]:
        """Return the conversations whose name, questions or answers hold every one of the words, last used first."""
        found = [_row(*row) for row in self._database.read(f"{_ROWS} GROUP BY c.id ORDER BY c.used_ns DESC")]
        wanted = folded(words).split()
        if not wanted:
            return tuple(found)
        said = {row.id: [row.name] for row in found}
        texts = self._database.read(
            "SELECT t.conversation, t.question, coalesce(json_extract(p.text, '$.text'), '') FROM turns t"
            " LEFT JOIN parts p ON p.receipt = t.receipt AND p.name = 'answer'"
        )
        for identity, question, answer in texts:
            said[identity] += [question, answer]
        whole = {identity: folded("\n".join(parts)) for identity, parts in said.items()}
        return tuple(row for row in found if all(word in whole[row.id] for word in wanted))

    def row(self, conversation: str) -> ConversationRow:
        """Return one of them.

        Raises: ConversationUnknown.
        """
        rows = self._database.read(f"{_ROWS} WHERE c.id = ? GROUP BY c.id", (conversation,))
        if not rows:
            raise ConversationUnknown(conversation=conversation)
        return _row(*rows[0])

    def turns(self, conversation: str) -> tuple[KeptTurn, ...]:
        """Return what was asked and answered, oldest first."""
        rows = self._database.read(
            "SELECT question, asked_ns, receipt FROM turns WHERE conversation = ? ORDER BY number", (conversation,)
        )
        return tuple(self._kept(*row) for row in rows)

    def rename(self, conversation: str, name: str) -> None:
        """Give a conversation another name; one of white space only leaves it as it is.

        Raises: ConversationUnknown, DataDirectoryUnwritable, DiskFull.
        """
        self.row(conversation)
        if name.strip():
            with self._database.transaction(durable=True):
                self._database.run("UPDATE conversations SET name = ? WHERE id = ?", (_name(name), conversation))

    def delete(self, conversation: str) -> None:
        """Remove a conversation, and the texts of its receipts from the record.

        Raises: ConversationUnknown, DataDirectoryUnwritable, DiskFull.
        """
        self.row(conversation)
        receipts = self._database.read(
            "SELECT receipt FROM turns WHERE conversation = ? AND receipt <> ''", (conversation,)
        )
        self._history.erase_whole(identity for (identity,) in receipts)
        with self._database.transaction(durable=True):
            self._database.run("DELETE FROM turns WHERE conversation = ?", (conversation,))
            self._database.run("DELETE FROM conversations WHERE id = ?", (conversation,))

    def forget_path(self, path: bytes) -> int:
        """Let no conversation name a folder or file, or what is in it, as what it is kept to; return how many still do.

        One that was kept to nothing else is kept to what was forgotten: to nothing.

        Nothing of it is left in the file, nor in its write-ahead log.

        Raises: DataDirectoryUnwritable, DiskFull.
        """
        with self._database.transaction(durable=True):
            for row in self.rows():
                paths = tuple(one for one in row.filters.paths if not covers(path, one))
                if paths != row.filters.paths:
                    left = replace(row.filters, paths=paths, only_forgotten=not paths)
                    self._database.run("UPDATE conversations SET filters = ? WHERE id = ?", (_stored(left), row.id))
        self._database.empty_log()
        return sum(any(covers(path, one) for one in row.filters.paths) for row in self.rows())

    def _kept(self, question: str, asked_ns: int, receipt: str) -> KeptTurn:
        if not receipt:
            return KeptTurn(question, asked_ns, None)
        try:
            return KeptTurn(question, asked_ns, retold(self._history.entry(receipt), self._place))
        except (ReceiptErased, ReceiptUnknown):
            return KeptTurn(question, asked_ns, None, is_erased=True)


def _row(identity: str, name: str, created_ns: int, used_ns: int, turns: int, filters: str) -> ConversationRow:
    return ConversationRow(identity, name, created_ns, used_ns, turns, msgspec.json.decode(filters, type=Filters))


def _stored(filters: Filters) -> str:
    return msgspec.json.encode(filters).decode()


def _name(text: str) -> str:
    """Return a text as a name: one line, shortened at a word."""
    line = " ".join(text.split())
    if len(line) <= NAME_CHARACTERS:
        return line
    return line[:NAME_CHARACTERS].rsplit(" ", 1)[0] + "…"
