"""The rules of CONTRIBUTING.md that no linter knows."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(
    file for folder in ("app", "packaging", "tests") for file in (ROOT / folder).rglob("*.py") if file.stat().st_size
)
LONGEST_LINES = 350
UNNAMEABLE = ("util", "helper", "manager", "handler", "process_", "do_", "data_", "info_")


def defined_names(tree: ast.Module) -> list[str]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return [node.name for node in ast.walk(tree) if isinstance(node, kinds)]


@pytest.mark.parametrize("file", MODULES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_module_says_what_it_is_about_and_stays_short(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)), "the module has no docstring"
    if ROOT / "tests" not in file.parents:
        assert len(text.splitlines()) <= LONGEST_LINES, "more than one subject?"


def test_nothing_is_named_for_nothing_in_particular() -> None:
    names = [(file, name) for file in MODULES for name in (file.stem, *defined_names(ast.parse(file.read_bytes())))]
    vague = [
        f"{file.relative_to(ROOT)}: {name}"
        for file, name in names
        if name.lower().lstrip("_").startswith(UNNAMEABLE) or name.lower().endswith(("manager", "handler", "helper"))
    ]
    assert vague == []
