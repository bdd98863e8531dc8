"""What the check may import, and that each of its sentences is used in both languages."""

import ast
import string
import tomllib
from pathlib import Path

import pytest

from siting.verify import check as check_module

ALLOWED = {
    "siting.city",
    "siting.standard",
    "siting.walk",
    "siting.plan.certificate",
    "siting.plan.classes",  # the words for classes
    "siting.plan.disk",
    "siting.plan.document",
    "siting.plan.folder",
    "siting.plan.identity",
    "siting.plan.model",
    "siting.errors",
    "siting.files",
    "siting.progress",
    "siting.words",
    "siting.verify",
}


def imported(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


MODULES = sorted(Path(check_module.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.name)
def test_the_check_imports_neither_gaps_nor_programme_nor_solve(path):
    names = [n for n in imported(path) if n.split(".")[0] in ("siting", "")]
    for name in names:
        assert any(name == a or name.startswith(a + ".") for a in ALLOWED), name
    # walk's own reach builders are what is checked; only the comparison may call them
    builders = {n for n in names if n.startswith("siting.walk.")} - {
        "siting.walk.reach",
        "siting.walk.reach.Reach",
        "siting.walk.reach.millimetres",
    }
    assert not builders or path.name == "walked.py"


def test_every_sentence_of_the_check_is_used_and_has_both_languages():
    folder = Path(check_module.__file__).parent
    words = tomllib.loads((folder / "words.toml").read_text("utf-8"))
    code = "".join(p.read_text("utf-8") for p in MODULES)
    for key, forms in words.items():
        assert set(forms) == {"en", "zh"}, key
        assert f'"{key}"' in code or f"verify.{key}" in code or key in BUILT, key
        fields = [{f for _, f, _, _ in string.Formatter().parse(t) if f} for t in forms.values()]
        assert fields[0] == fields[1], key


# Keys that the code puts together.
BUILT = {
    "walk_space",
    "walk_outlet",
    "coverage_residents",
    "coverage_before",
    "coverage_after",
}
