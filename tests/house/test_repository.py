"""What holds for the repository as a whole: no registry is named, locks are complete, dependencies are argued."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "packaging").glob("requirements*.txt"))

# Written in pieces, so that this file does not name them either.
REGISTRY_HOSTS = [
    name + "." + end
    for name, end in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("yarnpkg", "com"),
        ("deb.debian", "org"),
        ("crates", "io"),
        ("docker", "io"),
        ("ghcr", "io"),
    )
]
IMPORT_NAMES = {
    "charset-normalizer": "charset_normalizer",
    "llama-cpp-python": "llama_cpp",
    "markdown-it-py": "markdown_it",
    "msoffcrypto-tool": "msoffcrypto",
    "python-docx": "docx",
    "pyside6-essentials": "PySide6",
}


def repository_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    names = [name for name in listed.stdout.decode().split("\0") if name]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def dependencies() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return [re.split(r"[<>=!~ ]", requirement)[0] for requirement in project["dependencies"]]


def imports_of(file: Path) -> set[str]:
    """Return the first parts of the names that a module imports absolutely."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def test_no_file_names_a_package_registry() -> None:
    naming = [
        f"{file.relative_to(ROOT)}: {host}"
        for file in repository_files()
        for host in REGISTRY_HOSTS
        if host.encode() in file.read_bytes()
    ]
    assert naming == []


def test_every_line_of_a_lock_is_a_pin_or_a_hash() -> None:
    assert len(LOCKS) == 4
    line = re.compile(r"[a-z0-9_.\[\]-]+==\S+( ; .+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?", re.IGNORECASE)
    odd = [
        f"{lock.name}: {text}" for lock in LOCKS for text in lock.read_text().splitlines() if not line.fullmatch(text)
    ]
    assert odd == []


def test_every_dependency_is_locked() -> None:
    locked = {text.split("==")[0] for lock in LOCKS for text in lock.read_text().splitlines() if "==" in text}
    assert [name for name in dependencies() if name not in locked] == []


def test_every_dependency_is_imported_and_its_reason_is_written_down() -> None:
    imported = set[str]().union(*map(imports_of, (ROOT / "app").rglob("*.py")))
    reasons = (ROOT / "CONTRIBUTING.md").read_text()
    assert [name for name in dependencies() if IMPORT_NAMES.get(name, name) not in imported] == []
    assert [name for name in dependencies() if f"| {name} |" not in reasons] == []


def test_nothing_is_imported_that_is_not_installed_with_the_product() -> None:
    imported = set[str]().union(*map(imports_of, (ROOT / "app").rglob("*.py")))
    known = {IMPORT_NAMES.get(name, name) for name in dependencies()} | sys.stdlib_module_names | {"app", "pip"}
    assert imported - known == set()


def test_dependencies_are_in_order() -> None:
    assert dependencies() == sorted(dependencies())


def test_core_imports_the_standard_library_alone() -> None:
    allowed = sys.stdlib_module_names | {"app"}
    foreign = {file.name: imports_of(file) - allowed for file in (ROOT / "app" / "core").glob("*.py")}
    assert {name: modules for name, modules in foreign.items() if modules} == {}


def test_the_licence_is_the_agpl_in_full() -> None:
    licence = (ROOT / "LICENSE").read_text()
    assert "GNU AFFERO GENERAL PUBLIC LICENSE" in licence
    assert licence.rstrip().endswith("<https://www.gnu.org/licenses/>.")
