"""Which language a text is in, and which one a question should be asked in."""

import pytest

from app.core.languages import LANGUAGES, other_language
from app.library.language import language_of

TEXTS = {
    "Who paid for the herring that was landed at Yarmouth?": "en",
    "Wer hat den Hering bezahlt, der in Yarmouth an Land kam?": "de",
    "¿Quién pagó los arenques que llegaron a Yarmouth?": "es",
    "Qui a payé les harengs débarqués à Yarmouth ?": "fr",
    "Кто заплатил за сельдь, которую привезли на корабле?": "ru",
    "谁为运到雅茅斯的鲱鱼付了钱？": "zh",
    "ヤーマスに陸揚げされたニシンの代金は誰が払いましたか。": "ja",
    "ใครจ่ายค่าปลาเฮอริ่งที่ยาร์มัธ": "th",
    "من دفع ثمن الرنجة التي وصلت إلى يارموث؟": "ar",
}


@pytest.mark.parametrize("text", TEXTS)
def test_a_questions_language_is_told(text: str) -> None:
    assert language_of(text) == TEXTS[text]


@pytest.mark.parametrize("text", ["", "4711-B", "Faust", "NTSB DFW08CA051", "Balance sheet Q3 2023", "\ud800 \x00"])
def test_what_is_of_no_certain_language_is_not_told(text: str) -> None:
    assert language_of(text) == ""


def test_every_language_that_is_told_has_a_name() -> None:
    assert set(TEXTS.values()) <= set(LANGUAGES)


def test_a_question_is_put_into_the_language_of_most_passages() -> None:
    assert other_language("de", ["en", "en", "", "fr"]) == ""
    assert other_language("de", ["en", "en", "en", "fr"]) == "en"


@pytest.mark.parametrize(("question", "passages"), [("", ["en"]), ("en", ["en", "de", "de"]), ("de", []), ("de", [""])])
def test_otherwise_it_is_left_as_it_is(question: str, passages: list[str]) -> None:
    assert other_language(question, passages) == ""
