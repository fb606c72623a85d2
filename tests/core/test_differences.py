"""What is different between two texts is told word by word."""

from app.core.differences import differences, likeness


def test_only_the_words_that_differ_are_told() -> None:
    was, now = "The rent is 900 euros a month.", "The rent is\n950 euros a calendar month."
    told = differences(was, now)
    assert [was[span.start : span.end] for span in told.gone] == ["900"]
    assert [now[span.start : span.end] for span in told.new] == ["950", "calendar"]


def test_white_space_alone_is_no_difference() -> None:
    told = differences("The rent  is\ndue.", "The rent is due.")
    assert (told.gone, told.new) == ((), ())


def test_the_changed_passage_is_more_like_the_old_one_than_another_is() -> None:
    was = "The rent is 900 euros a month."
    assert likeness(was, "The rent is 950 euros a month.") > 0.8 > likeness(was, "The boiler was serviced in May.")
    assert likeness(was, was) == 1.0
