"""What SECURITY.md promises of the package as a whole: no network, no code out of data, no files
but those it was told to write. What single readers refuse is tried in test_fuzz_defects.py."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted((ROOT / "siting").rglob("*.py"))
NETWORK = {
    "aiohttp",
    "asyncio",
    "ftplib",
    "http",
    "httpx",
    "imaplib",
    "poplib",
    "requests",
    "smtplib",
    "socket",
    "socketserver",
    "ssl",
    "telnetlib",
    "urllib",
    "urllib3",
    "webbrowser",
    "xmlrpc",
}
RUNS_CODE = {"code", "codeop", "cloudpickle", "dill", "imp", "joblib", "marshal", "shelve", "yaml"}
CALLS = {"eval", "exec", "compile", "__import__", "system", "popen", "execv", "execve", "startfile"}


def names_of(module: Path) -> tuple[set[str], set[str], set[str]]:
    """Return the packages a module imports, what it calls, and the keywords it states as true."""
    imported, called, true = set(), set(), set()
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            imported.add(str(node.module).split(".")[0])
        elif isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                called.add(node.func.id)
            elif isinstance(node.func, ast.Attribute) and node.func.attr not in ("compile", "exec"):
                called.add(node.func.attr)  # re.compile is none of Python's own
            true |= {
                str(keyword.arg)
                for keyword in node.keywords
                if not (isinstance(keyword.value, ast.Constant) and not keyword.value.value)
            }
    return imported, called, true


@pytest.fixture(scope="module")
def names():
    found = {path.relative_to(ROOT).as_posix(): names_of(path) for path in MODULES}
    assert len(found) > 200
    return found


def test_no_module_can_open_a_connection(names):
    assert {name: found[0] & NETWORK for name, found in names.items() if found[0] & NETWORK} == {}


def test_no_module_runs_code_that_it_reads(names):
    said = {name: found[0] & RUNS_CODE | found[1] & CALLS for name, found in names.items()}
    assert {name: words for name, words in said.items() if words} == {}
    asked = {name: found[2] & {"allow_pickle", "shell"} for name, found in names.items()}
    assert {name: words for name, words in asked.items() if words} == {}


def test_only_the_processes_of_a_frontier_exchange_pickles(names):
    assert [name for name, found in names.items() if "pickle" in found[0]] == [
        "siting/frontier/child.py",
        "siting/frontier/size.py",  # counts the bytes of one
    ]


def test_a_network_import_would_be_found(tmp_path):
    module = tmp_path / "module.py"
    module.write_text("def f():\n    from urllib.request import urlopen\n    eval('1')\n", "utf-8")
    imported, called, _ = names_of(module)
    assert imported & NETWORK == {"urllib"}
    assert called & CALLS == {"eval"}


WATCH = """
import json, os, sys
seen = {"network": [], "commands": [], "written": []}
def watch(event, arguments):
    if event.startswith(("socket.connect", "socket.getaddrinfo", "socket.sendto", "urllib.")):
        seen["network"].append(event)
    elif event in ("os.system", "os.exec", "os.posix_spawn"):
        seen["commands"].append(event)
    elif event == "subprocess.Popen":
        seen["commands"].append(str(arguments[0]))
    elif event == "open" and isinstance(arguments[0], (str, bytes)):
        if arguments[2] is not None and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            seen["written"].append(os.path.abspath(os.fsdecode(arguments[0])))
sys.addaudithook(watch)
from siting.cli.start import run
for line in json.loads(sys.argv[1]):
    sys.argv = ["siting", *line]
    try:
        run()
    except SystemExit as end:
        assert not end.code, (line, end.code)
print("SEEN" + json.dumps(seen))
"""


def test_a_run_asks_no_network_and_writes_only_where_it_was_told(tmp_path):
    city, plan = tmp_path / "in" / "city", tmp_path / "out" / "plan"
    scratch = tmp_path / "scratch"
    for folder in (city.parent, plan.parent, scratch):
        folder.mkdir()
    shutil.copytree(ROOT / "instances" / "add-on", city)
    before = {path.name: path.read_bytes() for path in city.iterdir()}
    lines = [
        ["check", str(city)],
        ["solve", str(city), "-o", str(plan), "--time-limit", "20", "--quiet"],
        ["verify", str(plan)],
        ["report", str(plan), "--lang", "zh"],
    ]
    ended = subprocess.run(
        [sys.executable, "-B", "-c", WATCH, json.dumps(lines)],
        cwd=tmp_path / "in",
        env={**os.environ, "TMPDIR": str(scratch)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    seen = json.loads(ended.stdout.rpartition("SEEN")[2])
    assert seen["network"] == []
    # `lscpu` is how a library of the oldest versions counts the cores
    assert {Path(command).name for command in seen["commands"]} <= {
        Path(sys.executable).name,
        "lscpu",
    }
    told = (str(plan.parent), str(scratch), os.devnull)
    others = [Path(path) for path in seen["written"] if not path.startswith(told)]
    # what numba keeps of compiled loops
    assert [path for path in others if "__pycache__" not in path.parts] == []
    assert any(path.startswith(str(plan.parent)) for path in seen["written"])
    assert list(scratch.iterdir()) == []
    assert {path.name: path.read_bytes() for path in city.iterdir()} == before
