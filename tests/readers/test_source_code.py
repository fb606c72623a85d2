"""Source code."""

import pytest

from tests.readers.shown import HEADING, PARAGRAPH, shown


def test_classes_and_functions_are_headings_and_lines_stay_as_they_are() -> None:
    body = "\tasync def grow(self) -> None:\n\t\tself.x = 1\n\t\tif self:\n\t\t\tpass\n"
    code = f'"""Trees."""\n\nclass Tree:\n\t"""One."""\n\n{body}'
    assert shown(code.encode(), "a.py") == [
        (PARAGRAPH, '"""Trees."""'),
        (HEADING, "class Tree:"),
        (PARAGRAPH, '    """One."""'),
        (HEADING, "async def grow(self) -> None:"),
        (PARAGRAPH, "        self.x = 1\n        if self:\n            pass"),
    ]


@pytest.mark.parametrize(
    ("name", "line", "is_heading"),
    [
        ("a.rs", "pub(crate) fn grow(&self) -> u8 {", True),
        ("a.go", "func (t *Tree) Grow() {", True),
        ("a.java", "public final class Tree extends Plant {", True),
        ("a.c", "static int grow(struct tree *t)", True),
        ("a.c", "    grow(t);", False),
        ("a.c", "if (t)", False),
        ("a.js", "export default function grow() {", True),
        ("a.sql", "CREATE TABLE trees (", True),
        ("a.toml", "[tool.trees]", True),
        ("a.py", "x = classes(function)", False),
    ],
)
def test_a_definition_begins_with_its_word(name: str, line: str, is_heading: bool) -> None:
    assert shown(f"{line}\n".encode(), name) == [
        (HEADING if is_heading else PARAGRAPH, line if not is_heading else line.strip())
    ]
