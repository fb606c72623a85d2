"""A follow-up that leans on the conversation is searched together with what it leans on."""

import pytest

from app.core.followup import standalone
from app.core.types import Turn
from app.library.language import language_of

TURNS = (Turn("What is the notice period of the lease?", "Three months [1]."),)
LEANING = """
And for the landlord?
Why?
When does it have to be given in writing?
Und was muss der Vermieter dabei beachten?
Wann wurde er geboren und wo lebte er?
Wer hat sie im letzten Jahr unterschrieben?
Et combien cela coûte par mois dans le contrat ?
Quand est-il né et où vivait-il ?
Qui l’a signé pour la commune de Lyon ?
¿Cuándo nació y dónde vivía él?
¿Quién lo firmó en el ayuntamiento de Sevilla?
E quanto costa questo al mese?
Quando è nata lei e dove abitava?
Quanto é que isso custa por mês?
Hoeveel kost deze verzekering elke maand?
Vad kostar den här försäkringen och vem har tecknat dess villkor?
Który z nich jest tańszy od pozostałych?
Когда он родился и где он жил?
Bunu kim ve ne zaman imzaladı acaba?
ومتى يجب تقديم هذا الإشعار كتابيا إلى المالك؟
他是什么时候在北京出生的？
それは毎月いくらかかりますか？
그것은 매달 비용이 얼마나 듭니까?
"""
ALONE = """
Which hotel is booked in Lisbon for October?
Is the one-way ticket to Lisbon refundable?
Wie können Sie Ihre Wohnung in Leipzig kündigen?
Gibt es einen Parkplatz hinter dem Hotel in Leipzig?
Y a-t-il un parking derrière l’hôtel de Lyon ?
Qu’est-ce que le contrat de location prévoit pour le chauffage ?
¿Cuándo vence el contrato de alquiler de la oficina de Sevilla?
Quanto costa l’assicurazione della casa di Milano?
Quanto custa o seguro da casa de Lisboa?
Hoeveel kost de verzekering van het huis in Utrecht?
Vad kostar försäkringen av huset i Uppsala?
Ile kosztuje ubezpieczenie domu w Krakowie?
Сколько стоит страхование дома в Казани?
İzmir'deki evin sigortası ne kadar tutuyor?
كم تبلغ تكلفة تأمين المنزل في القاهرة؟
北京的其他住房保险费用是多少？
横浜の家の保険料はいくらですか？
부산에 있는 집의 보험료는 얼마입니까?
"""


def _standalone(question: str, *turns: Turn) -> str:
    return standalone(question, turns, language_of(question))


@pytest.mark.parametrize("question", LEANING.strip().splitlines())
def test_a_leaning_question_takes_the_last_question_along(question: str) -> None:
    assert _standalone(question, *TURNS) == f"{TURNS[0].question} {question}"


@pytest.mark.parametrize("question", ALONE.strip().splitlines())
def test_a_new_topic_stands_alone(question: str) -> None:
    assert _standalone(question, *TURNS) == question


def test_a_question_in_no_certain_language_leans_by_the_words_of_english() -> None:
    question = "Does it hold for the landlord of the house?"
    assert standalone(question, TURNS, "") == f"{TURNS[0].question} {question}"


def test_the_first_question_stands_alone() -> None:
    assert _standalone("Why?") == "Why?"


def test_what_a_very_short_question_leaned_on_comes_along_three_at_most() -> None:
    turns = (*TURNS, Turn("And the tenant's?", "Six months [1]."))
    assert _standalone("Why?", *turns) == f"{TURNS[0].question} And the tenant's? Why?"
    assert _standalone("Why?", *turns, *turns[1:] * 2) == "And the tenant's? And the tenant's? And the tenant's? Why?"


def test_a_very_short_question_that_names_its_topic_comes_along_alone() -> None:
    turns = (*TURNS, Turn("Rent deposit", "Two months [1]."))
    assert _standalone("How high is it?", *turns) == "Rent deposit How high is it?"


def test_what_names_its_topic_comes_along_without_what_was_asked_before() -> None:
    turns = (*TURNS, Turn("Which hotel is booked in Lisbon for October?", "The Avenida [1]."))
    assert _standalone("What does it cost?", *turns) == f"{turns[1].question} What does it cost?"
