"""What is indexed, embedded and matched, against a real FTS5 table."""

import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.terms import (
    FTS_TOKENIZE,
    MAX_QUERY_TERMS,
    code_share,
    codes,
    embedded_text,
    index_terms,
    match_query,
    quoted_phrases,
    rarest,
)

TEXTS = {
    1: "The invoice 4711-B of 2024-05-31 was paid late.",
    2: "これは東京の大学の猫です。",
    3: "नमस्ते दुनिया, हिन्दी में पाठ",
    4: "ภาษาไทยไม่มีช่องว่าง",
    5: "Die Straße nach Łódź und zum Café",
    6: "السَّلامُ عليكم في المدرسة",
    7: "The ﬁnal ofﬁ\u00adce re\u00adport",
    8: "北京的秋天很美",
    9: "invoices numbered 4711 to 4799, section B",
}


def table(texts: dict[int, str]) -> sqlite3.Connection:
    database = sqlite3.connect(":memory:")
    database.execute(f'CREATE VIRTUAL TABLE terms USING fts5(text, content="", tokenize="{FTS_TOKENIZE}")')
    database.executemany(
        "INSERT INTO terms(rowid, text) VALUES (?, ?)", [(n, index_terms(text)) for n, text in texts.items()]
    )
    return database


def found(database: sqlite3.Connection, question: str) -> list[int]:
    match = match_query(question)
    if not match:
        return []
    rows = database.execute("SELECT rowid FROM terms WHERE terms MATCH ? ORDER BY bm25(terms), rowid", (match,))
    return [row[0] for row in rows]


@pytest.fixture(scope="module")
def database() -> Iterator[sqlite3.Connection]:
    connection = table(TEXTS)
    yield connection
    connection.close()


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("When was invoice 4711-B paid?", 1),
        ("東京", 2),
        ("東京大学の猫はどこ", 2),
        ("猫", 2),
        ("です", 2),
        ("दुनिया", 3),
        ("हिन्दी", 3),
        ("ภาษาไทย", 4),
        ("ช่องว่าง", 4),
        ("STRASSE", 5),
        ("lodz", 5),
        ("CAFE", 5),
        ("السلام", 6),
        ("المدرسه", 6),
        ("final office report", 7),
        ("秋天", 8),
    ],
)
def test_a_question_finds_the_text_that_holds_its_words(
    database: sqlite3.Connection, question: str, expected: int
) -> None:
    assert found(database, question)[0] == expected


def test_a_devanagari_word_does_not_find_a_word_that_shares_only_its_consonants() -> None:
    database = table({1: "हिन्दी", 2: "हनद"})
    assert found(database, "हिन्दी") == [1]
    database.close()


def test_a_code_counts_as_a_whole_before_its_parts(database: sqlite3.Connection) -> None:
    assert found(database, "4711-B") == [1, 9]


def test_a_quoted_phrase_is_matched_as_a_phrase() -> None:
    database = table({1: "terms long and terms payment, payment due", 2: "the payment terms", 3: "payment"})
    assert found(database, "“payment terms”")[0] == 2
    assert '"payment terms"' in match_query('which "payment terms" apply')
    database.close()


@pytest.mark.parametrize("phrase", ["東京の大", "京の", "これは東京の大学の猫です", "猫です"])
def test_a_quoted_phrase_is_found_inside_writing_without_spaces(database: sqlite3.Connection, phrase: str) -> None:
    words = match_query(f"「{phrase}」").split(" OR ")
    assert found(database, f"「{phrase}」")[0] == 2
    assert len(phrase) < 3 or " " in words[0]
    rows = database.execute("SELECT rowid FROM terms WHERE terms MATCH ?", (words[0],)).fetchall()
    assert rows == [(2,)]


def test_stop_words_are_dropped_unless_there_is_nothing_else() -> None:
    assert match_query("What is the lease?") == '"lease"'
    assert match_query("to be or not to be") == '"to" OR "be" OR "or" OR "not"'


def test_an_apostrophe_ending_is_no_term() -> None:
    assert match_query("the tenant's deposit, isn’t it") == '"tenant" OR "deposit"'


@pytest.mark.parametrize("question", ["", "   ", '"', "''", "* ^ - + ( ) : {", "\0", "…", "🙂", "\ud800"])
def test_a_question_without_words_matches_nothing(question: str) -> None:
    assert match_query(question) == ""


def test_a_very_long_question_is_searched_by_a_bounded_number_of_terms(database: sqlite3.Connection) -> None:
    question = " ".join(f"word{n}" for n in range(3000)) + ' "unclosed AND (NEAR'
    assert len(question) > 20_000
    assert match_query(question).count(" OR ") == MAX_QUERY_TERMS - 1
    assert found(database, question) == []


@given(
    st.one_of(
        st.text(max_size=200),
        st.lists(
            st.sampled_from(
                [
                    "AND",
                    "OR",
                    "NOT",
                    "NEAR(a b, 2)",
                    '"',
                    "'",
                    "*",
                    "^",
                    "text:",
                    "{text}",
                    "-",
                    "+",
                    "(",
                    ")",
                    "a",
                    "猫",
                    "\0",
                ]
            )
        ).map(" ".join),
    )
)
def test_no_question_makes_a_syntax_error(database: sqlite3.Connection, question: str) -> None:
    found(database, question)


LETTERS = st.sampled_from("aZé ßłñ0189 -.,'’\n" + "東京猫ひカー、한국 " + "ไทยกินข้าว" + "हिन्दी पाठ" + "مدرسة" + "Жёлтый")


@given(st.text(LETTERS, min_size=1, max_size=60), st.data())
def test_any_part_of_a_text_between_spaces_finds_it(text: str, data: st.DataObject) -> None:
    part = data.draw(st.sampled_from(text.split() or [""]))
    database = table({1: text})
    try:
        assert found(database, part) == ([1] if match_query(part) else [])
    finally:
        database.close()


@given(st.text(alphabet=st.characters(codec="ascii"), max_size=200))
def test_plain_ascii_is_indexed_as_it_is(text: str) -> None:
    assert index_terms(text) is text


def test_context_is_said_once_and_the_text_comes_last() -> None:
    assert embedded_text("Lease", ("Lease", "3  Rent"), "The rent is due.") == "Lease\n3 Rent\nThe rent is due."
    assert embedded_text("Lease", ("Rent",), "Rent\nThe rent is due.") == "Lease\nRent\nThe rent is due."
    assert embedded_text("", (), "The rent is due.") == "The rent is due."


def test_quoted_phrases_are_those_of_two_words_or_more() -> None:
    assert quoted_phrases('what does "notice  period" mean for "rent" or «due date»') == ("notice period", "due date")
    assert quoted_phrases("it's the tenant's") == ()


@pytest.mark.parametrize(
    ("question", "share"),
    [
        ("", 0.0),
        ("When must notice be given?", 0.0),
        ("4711-B", 1.0),
        ("Strategy 2.3.4 Best Practices", 0.25),
        ("2015年第五十届超级碗在哪里举行", 2 / 13),
    ],
)
def test_the_share_of_codes_among_a_questions_words(question: str, share: float) -> None:
    assert code_share(question) == pytest.approx(share)


@pytest.mark.parametrize(
    ("wanted", "most", "taken"),
    [
        (2, 2, ["rare"]),
        (3, 3, ["rare", "some"]),
        (2, 12, ["rare", "some"]),
        (2, 112, ["rare", "some", "common"]),
        (1000, 1000, ["rare", "some", "common"]),
        (0, 0, []),
    ],
)
def test_rarer_terms_are_taken_until_they_hold_enough(wanted: int, most: int, taken: list[str]) -> None:
    assert rarest({"common": 100, "rare": 2, "some": 10}, wanted, most) == taken


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("What caused accident SEA08CA049, and INV-2041?", ["sea08ca049", "inv-2041"]),
        ("the loan 7104482 of 2023", ["7104482"]),
        ("on 12/12/2007, in Q3 2022, by 1,500 or 3.5 %, as in the 10-Q of 1999-05-31", []),
    ],
)
def test_codes_name_one_thing_and_dates_and_amounts_are_none(text: str, found: list[str]) -> None:
    assert codes(text) == found
