"""Run the tests with the lowest versions that pyproject.toml allows, or with the newest.

    python benchmarks/lowest.py [--newest] [--python 3.13] [--short] [-- TESTS ...]

Makes an environment of its own with `uv`, which must be on the path: each dependency that
pyproject.toml names at its lowest version and what these need at the newest that fits, from wheels
alone. Prints the versions, then what pytest says, and ends as it does. Without TESTS all are run,
with `--short` those of the files that lean on libraries most.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHORT = (
    "api",
    "backends_answers",
    "certificate_file",
    "city_formats",
    "city_read",
    "city_values",
    "cli_commands",
    "faults_windows",
    "instances",
    "licences",
    "new_from",
    "numerical_honesty",
    "options",
    "packaging",
    "plan_folder",
    "purses",
    "report_maps",
    "report_write",
    "report_xlsx",
    "security",
    "standard_files",
    "verify_folder",
    "walk_straight",
    "walk_streets",
)
"""Tests of reading, writing, walking, options, solvers and commands."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--newest", action="store_true")
    parser.add_argument("--python", default="3.11")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("tests", nargs="*")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        listed, made = base / "versions.txt", base / "env"
        wanted = "highest" if asked.newest else "lowest-direct"
        compiled = ("uv", "pip", "compile", "--quiet", "--no-header", "--extra", "test")
        how = ("--resolution", wanted, "--python-version", asked.python)
        project = str(ROOT / "pyproject.toml")
        subprocess.run([*compiled, *how, project, "-o", str(listed)], check=True)
        subprocess.run(["uv", "venv", "--quiet", "--python", asked.python, str(made)], check=True)
        python = made / ("Scripts" if os.name == "nt" else "bin") / "python"
        install = ("uv", "pip", "install", "--quiet", "--python", str(python))
        subprocess.run([*install, "--only-binary", ":all:", "-r", str(listed)], check=True)
        subprocess.run([*install, "--no-deps", "-e", str(ROOT)], check=True)
        lines = listed.read_text("utf-8").splitlines()
        print("\n".join(line for line in lines if "==" in line), flush=True)
        short = [f"tests/test_{name}.py" for name in SHORT] if asked.short else []
        command = [str(python), "-m", "pytest", "-q", "-n", "0", *short, *asked.tests]
        raise SystemExit(subprocess.run(command, cwd=ROOT, check=False).returncode)


if __name__ == "__main__":
    main()
