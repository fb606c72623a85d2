"""Search by words alone does not fall below what plain BM25 reached on the open sets."""

import json
import sqlite3
from pathlib import Path

import pytest

from app.core.terms import FTS_TOKENIZE, index_terms, match_query

Record = dict[str, str]


def records(path: Path) -> list[Record]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def share_found_first(folder: Path) -> float:
    database = sqlite3.connect(":memory:")
    database.execute(f'CREATE VIRTUAL TABLE terms USING fts5(text, content="", tokenize="{FTS_TOKENIZE}")')
    corpus = records(folder / "corpus.jsonl")
    database.executemany(
        "INSERT INTO terms(rowid, text) VALUES (?, ?)",
        [(number, index_terms(entry["text"])) for number, entry in enumerate(corpus)],
    )
    lines = (folder / "qrels" / "test.tsv").read_text().splitlines()[1:]
    relevant = {(question, entry) for question, entry, _ in (line.split("\t") for line in lines)}
    judged = {question for question, _ in relevant}
    questions = [question for question in records(folder / "queries.jsonl") if question["_id"] in judged]
    first = 0
    for question in questions:
        sql = "SELECT rowid FROM terms WHERE terms MATCH ? ORDER BY bm25(terms), rowid LIMIT 1"
        row = database.execute(sql, (match_query(question["text"]),)).fetchone()
        first += row is not None and (question["_id"], corpus[row[0]]["_id"]) in relevant
    database.close()
    return first / len(questions)


@pytest.mark.parametrize(
    ("name", "plain_bm25"),
    [
        ("multi/xquad/en", 0.947),
        ("multi/xquad/es", 0.924),
        ("multi/xquad/de", 0.890),
        ("multi/xquad/ru", 0.833),
        ("multi/xquad/zh", 0.901),
        ("multi/xquad/ar", 0.845),
        ("qa/squad2", 0.809),
    ],
)
def test_the_right_paragraph_comes_first_at_least_as_often_as_with_plain_bm25(
    evaluation_dir: Path, name: str, plain_bm25: float
) -> None:
    assert share_found_first(evaluation_dir / name) >= plain_bm25
