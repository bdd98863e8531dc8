"""What goes into a wheel."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SETUP = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]


def packages_on_disk() -> set[str]:
    found = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for path in (ROOT / "siting").rglob("__init__.py")
    }
    found |= {
        f"siting.{name}"
        for name in ("models", "instances")
        if (ROOT / name / "__init__.py").is_file()
    }
    return found


def test_no_package_is_left_out_or_made_up():
    assert sorted(SETUP["packages"]) == sorted(packages_on_disk())


def test_only_siting_is_a_name_of_ours():
    assert {name.split(".")[0] for name in SETUP["packages"]} == {"siting"}
    for name, folder in SETUP["package-dir"].items():
        assert name.split(".")[0] == "siting"
        assert (ROOT / folder / "__init__.py").is_file()


def test_folders_of_text_hold_one_docstring_and_no_code():
    for name in set(SETUP["package-dir"].values()) - {"siting"}:
        body = ast.parse((ROOT / name / "__init__.py").read_text("utf-8")).body
        assert [type(node) for node in body] == [ast.Expr]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> set[str]:
    """The names of the files in a wheel built from a copy of what git would take."""
    if find_spec("setuptools") is None or find_spec("pip") is None:
        pytest.skip("building a wheel needs pip and setuptools here")
    from importlib.metadata import version

    if int(version("setuptools").split(".")[0]) < 77:
        pytest.skip("building a wheel needs setuptools 77 here")
    import shutil

    source = tmp_path_factory.mktemp("source")
    for name in ("siting", *SETUP["package-dir"].values()):
        kept = shutil.ignore_patterns("__pycache__", "*.egg-info")
        shutil.copytree(ROOT / name, source / name, ignore=kept, dirs_exist_ok=True)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        if (ROOT / name).is_file():
            shutil.copy(ROOT / name, source / name)
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation"]
    built = subprocess.run(
        [*command, "--quiet", "--no-index", "--wheel-dir", str(out), str(source)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    (file,) = out.glob("*.whl")
    return set(zipfile.ZipFile(file).namelist())


def test_the_wheel_brings_no_other_top_level_name(wheel):
    top = {name.split("/")[0] for name in wheel if ".dist-info/" not in name}
    assert top == {"siting"}


def test_the_wheel_holds_every_module_and_every_text(wheel):
    for path in (ROOT / "siting").rglob("*"):
        if path.suffix in (".py", ".toml", ".typed", ".html", ".css", ".js", ".LICENSE"):
            assert path.relative_to(ROOT).as_posix() in wheel
    texts = [*(ROOT / "models").rglob("*.toml"), *(ROOT / "models").rglob("*.md")]
    assert texts
    for path in texts:
        assert f"siting/models/{path.relative_to(ROOT / 'models').as_posix()}" in wheel
