"""A sentence is supported by the words, numbers and names it shares with a text."""

import pytest

from app.core.names import missing_names
from app.core.support import missing_parts, support_score
from app.core.types import SUPPORTED
from app.core.words import content_words

TEXT = "The tenant pays a deposit of 1,800 euros. Invoice 4711-B was settled in March."


def test_a_paraphrase_with_other_endings_is_supported() -> None:
    assert support_score("The tenants paid deposits of 1800 euros.", TEXT) >= 0.6


def test_a_number_that_does_not_stand_there_caps_the_score() -> None:
    assert support_score("The tenant pays a deposit of 2,800 euros.", TEXT) <= 0.3


def test_an_unrelated_sentence_is_not_supported() -> None:
    assert support_score("Reykjavik lies in Iceland.", TEXT) == 0.0


def test_a_sentence_without_words_supports_nothing() -> None:
    assert support_score("…", TEXT) == 0.0


def test_words_that_carry_no_meaning_do_not_count() -> None:
    assert content_words("What is the rent of it?") == {"rent"}


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("Pets are allowed.", "Pets are not allowed in the flat."),
        ("Pets are not allowed.", "Pets are allowed in the flat."),
        ("The tenant never paid the rent.", "The tenant paid the rent on time."),
        ("The landlord must repair the roof.", "The landlord need not repair the roof, but must insure it."),
        ("Subletting isn't permitted.", "Subletting is permitted."),
    ],
)
def test_what_the_text_denies_is_not_supported(sentence: str, text: str) -> None:
    assert support_score(sentence, text) < SUPPORTED


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        (
            "The best-case time T(n) is defined to be the maximum time over all inputs.",
            "The worst-case time T(n) is defined to be the maximum time over all inputs of size n.",
        ),
        ("The tenant repairs the roof and the walls.", "The landlord repairs the roof and the walls."),
        ("The northern gate was closed at noon.", "The southern gate was closed at noon."),
    ],
)
def test_what_the_text_says_of_the_opposite_is_not_supported(sentence: str, text: str) -> None:
    assert support_score(sentence, text) < SUPPORTED


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("The tenant pays the rent.", "The tenant pays the landlord the rent."),
        ("The last payment is due in May.", "The first payment is due in April, and the last payment is due in May."),
    ],
)
def test_an_opposite_beside_the_word_does_no_harm(sentence: str, text: str) -> None:
    assert support_score(sentence, text) >= SUPPORTED


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("Pets are allowed.", "Pets are allowed, but no deposit is asked for them."),
        ("Pets are not allowed.", "Pets are not allowed in the flat."),
        ("Smoking is not allowed in the flat.", "The flat has a balcony. Smoking in the flat is never allowed."),
    ],
)
def test_a_denial_of_something_else_does_no_harm(sentence: str, text: str) -> None:
    assert support_score(sentence, text) >= SUPPORTED


@pytest.mark.parametrize(
    ("sentence", "missing"),
    [
        ("The lease was signed by Helen Hartley.", ()),
        ("The lease was signed by Helen Hartwell.", ("Helen Hartwell",)),
        ("Margaret Thatcher signed it.", ("Margaret Thatcher",)),
        ("Goethe signed with the Normans.", ("Goethe",)),
        ("Additionally, the lease was signed.", ()),
        ("Ms Hartley's lease is with the Normans of Ropewalk.", ()),
        ("The rent is due in March.", ()),
        ("Bode's lease is signed.", ("Bode's",)),
        ("It went to NATO.", ("NATO",)),
        ("The lease was signed by Helen Hartl", ("Helen Hartl",)),
        ("Ms Hart signed it.", ("Ms Hart",)),
        ("The gene NFIL3 is named.", ()),
    ],
)
def test_names_that_do_not_stand_in_the_text_are_told(sentence: str, missing: tuple[str, ...]) -> None:
    text = "Ms Helen Hartley signed with Norman & Sons, Ropewalk, in March."
    assert missing_names(sentence, text) == missing


@pytest.mark.parametrize(
    ("name", "other", "is_known"),
    [
        ("European", "Europe", True),
        ("Italian", "Italy", True),
        ("Normans", "Norman", True),
        ("Москвы", "Москва", True),
        ("Brand", "Brandt", False),
        ("Brandt", "Brand", False),
        ("Hansen", "Hans", False),
        ("Normandy", "Norman", False),
    ],
)
def test_a_name_is_known_in_its_forms_only(name: str, other: str, is_known: bool) -> None:
    assert (missing_names(f"It is {name}.", f"It was {other} then.") == ()) is is_known


@pytest.mark.parametrize("name", ["Contrecœur", "Ørsted", "Łódź", "Strauß", "Þórr", "Brontë"])
def test_a_name_is_known_in_its_own_text_whatever_its_letters(name: str) -> None:
    sentence = f"It was led by {name} then."
    assert missing_names(sentence, sentence) == ()
    assert missing_names(sentence, "It was led by Marin then.") == (name,)


def test_half_a_name_at_the_end_of_what_was_cut_off_is_told() -> None:
    text = "Odile Brandt met the Normans."
    assert missing_names("It was signed by the Norman", text, is_cut=True) == ("Norman",)
    assert missing_names("It was signed by the Normans", text, is_cut=True) == ()
    assert missing_names("The Norman signed it", text, is_cut=True) == ()


def test_figures_and_names_that_are_missing_are_told_together() -> None:
    assert missing_parts("In May 2024 the tenant paid Goethe 1800 euros.", TEXT) == ("May 2024", "Goethe")


def test_the_month_of_a_date_is_no_name() -> None:
    text = "Date & Time: 12/26/2007, 1130 PST"
    assert missing_parts("It happened on December 26, 2007, at 1130 PST.", text) == ()
    assert missing_parts("It happened on December 27, 2007.", text) == ("December 27, 2007",)
    assert missing_parts("It happened in Advent, not long before Christmas.", text) == ("Advent", "Christmas")


@pytest.mark.parametrize(
    ("name", "is_known"),
    [("NTSB", True), ("AFR", True), ("EU", True), ("CJEU", True), ("NTB", False), ("TS", False), ("NATO", False)],
)
def test_initials_stand_where_the_name_does_that_they_are_taken_from(name: str, is_known: bool) -> None:
    text = """National Transportation Safety Board Aviation Final Report
    The Court of Justice of the European Union
    heard the Treaty on European Union. The nation and the ocean."""
    assert (missing_names(f"It is the case of the {name}.", text) == ()) is is_known


def test_writing_without_spaces_is_compared_too() -> None:
    assert support_score("会議は東京で開かれます。", "次の会議は東京で開かれます。") > SUPPORTED
    assert support_score("会議は大阪です。", "猫が庭で寝ています。") < SUPPORTED
