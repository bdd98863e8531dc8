"""Which part of the package may import which (docs/architecture.md)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1] / "siting"
# In the order in which data flows: a folder imports from itself and from those before it.
ORDER = (
    "city",
    "standard",
    "walk",
    "gaps",
    "plan",
    "programme",
    "solve",
    "verify",
    "generate",
    # It hands its own question to the whole engine, and is reported and measured like the rest.
    "covering",
    # It solves one question under many budgets with the whole engine, and is reported too.
    "frontier",
    "report",
    # It begins a city, before there is any to hand on.
    "new",
    # It measures the whole package from outside, so that only the command line comes after it.
    "bench",
    "cli",
)
FREE = {"arguments", "compiled", "errors", "files", "frozen", "memory", "progress", "words"}
MAY_IMPORT_ALL = {"api", "__init__"}
FILES = sorted(ROOT.rglob("*.py"))


def imported(source: str, package: str = "siting") -> set[str]:
    """Return the dotted names that a module imports, wherever in it the import stands."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, *([base] if base else [])])
            found |= {f"{base}.{alias.name}" for alias in node.names}
    return found


def imports_of(path: Path) -> set[str]:
    package = ".".join(("siting", *path.relative_to(ROOT).parts[:-1]))
    return imported(path.read_text("utf-8"), package)


def part_of(path: Path) -> str:
    """Return the folder a file belongs to, or the name of a module at the top."""
    parts = path.relative_to(ROOT).parts
    return parts[0] if len(parts) > 1 else path.stem


def parts_imported(path: Path) -> set[str]:
    """Return the parts of siting that a file imports."""
    return {
        name.split(".")[1]
        for name in imports_of(path)
        if name.startswith("siting.") and name.count(".") >= 1
    }


def files_importing(library: str) -> list[str]:
    return [
        path.relative_to(ROOT).as_posix()
        for path in FILES
        if any(name.split(".")[0] == library for name in imports_of(path))
    ]


def test_imports_are_found_in_all_their_forms():
    source = "import a.b\nfrom c import d\ndef f():\n    from ..e import g\n    from . import h\n"
    assert imported(source, "siting.cli") == {"a.b", "c.d", "siting.e.g", "siting.cli.h"}


def test_every_folder_has_its_place_in_the_order():
    folders = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert folders == set(ORDER)


def test_the_top_holds_only_what_everybody_may_use_and_what_may_use_everything():
    assert {path.stem for path in ROOT.glob("*.py")} == FREE | MAY_IMPORT_ALL


@pytest.mark.parametrize("folder", ORDER)
def test_a_folder_imports_only_from_those_before_it(folder):
    before = {*ORDER[: ORDER.index(folder) + 1], *FREE}
    if folder == "cli":
        before.add("api")
    for path in FILES:
        if part_of(path) == folder:
            assert parts_imported(path) <= before, path


def test_errors_and_words_import_no_folder():
    for name in FREE:
        assert parts_imported(ROOT / f"{name}.py") <= FREE


def test_nobody_imports_the_command_line():
    for path in FILES:
        if part_of(path) != "cli":
            assert "cli" not in parts_imported(path), path


def test_only_the_command_line_imports_the_api():
    users = {part_of(path) for path in FILES if "api" in parts_imported(path)}
    assert users <= {"cli", "__init__"}


def test_verify_shares_nothing_with_gaps_programme_and_solver():
    allowed = {"verify", "city", "standard", "walk", "plan", *FREE}
    for path in FILES:
        if part_of(path) == "verify":
            assert parts_imported(path) <= allowed, path


def test_plan_knows_no_solver():
    for path in FILES:
        if part_of(path) in ("plan", "programme"):
            assert "solve" not in parts_imported(path), path


@pytest.mark.parametrize("library", ["pulp", "ortools", "highspy", "pyscipopt"])
def test_each_solver_library_is_imported_by_one_file(library):
    found = files_importing(library)
    assert len(found) == 1
    assert found[0].startswith("solve/backends/")


def test_geopandas_is_imported_where_maps_are_read_and_written_only():
    folders = {file.split("/")[0] for file in files_importing("geopandas")}
    assert folders <= {"city", "plan", "report"}
    assert folders


def test_no_module_prints_but_the_command_line():
    for path in FILES:
        if part_of(path) == "cli":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id != "print", path
