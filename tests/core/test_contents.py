"""A table of contents is told from a table of figures and from prose."""

import pytest

from app.core.contents import is_contents

CONTENTS = "Contents\n1 Scope . . . . . . 3\n1.1 Terms ........ 4\n2 Deposit\t12\nAnnex … iv"


def test_lines_that_lead_to_pages_are_contents() -> None:
    assert is_contents(CONTENTS)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1 Scope . . . . . . 3",
        "The lease ends in 2027.\nThe rent is 1,400.\nNothing else is to be paid.",
        "Item\tAmount\nRent\t1,400 pounds\nDeposit\t2,800 pounds",
        "Wait ...\nand then?\nNothing happened until 1999",
    ],
)
def test_prose_and_figures_are_not(text: str) -> None:
    assert not is_contents(text)
