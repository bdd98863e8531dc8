"""No library that siting needs at run time is under the GPL or AGPL; the LGPL is allowed."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("packaging")
from packaging.requirements import Requirement

if TYPE_CHECKING:
    from email.message import Message

ROOT = Path(__file__).resolve().parents[1]
REFUSED = re.compile(r"(?<![A-Z])A?GPL|(?<!Lesser )(Affero )?General Public Licen[sc]e", re.I)
LESSER = re.compile(r"LGPL|(Library or )?Lesser General Public Licen[sc]e", re.I)


def needed(root: str) -> dict[str, Message]:
    """The metadata of everything installed that a plain install of `root` brings along."""
    found: dict[str, Message] = {}
    waiting = [(root, "")]
    seen = set()
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        try:
            own = distribution(name)
        except PackageNotFoundError:
            continue
        found[own.metadata["Name"].lower()] = own.metadata
        for line in own.requires or []:
            requirement = Requirement(line)
            marker = requirement.marker
            if marker is None or marker.evaluate({"extra": extra}):
                waiting += [(requirement.name, e) for e in ("", *requirement.extras)]
    return found


def licence(metadata: Message) -> str:
    """What a distribution says in few words; the full text only names what it is no licence of."""
    said = [metadata.get("License-Expression") or ""]
    said += [c for c in metadata.get_all("Classifier") or [] if c.startswith("License ::")]
    if not any(said):
        said.append((metadata.get("License") or "").strip()[:60])
    return "; ".join(filter(None, said))


def refused(words: str) -> bool:
    # A licence with the exception of compilers binds nobody who only links the library.
    parts = re.split(r"\bAND\b|;", words)
    return any(REFUSED.search(LESSER.sub("", p)) for p in parts if "exception" not in p.lower())


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        ("GPL-3.0-or-later", True),
        ("MIT AND AGPL-3.0-only", True),
        ("License :: OSI Approved :: GNU General Public License v2 (GPLv2)", True),
        ("License :: OSI Approved :: GNU Affero General Public License v3", True),
        ("License :: OSI Approved :: GNU Lesser General Public License v3 (LGPLv3)", False),
        ("LGPL-2.1-only", False),
        ("MIT", False),
        ("BSD-3-Clause AND GPL-3.0-or-later WITH GCC-exception-3.1", False),
    ],
)
def test_the_gpl_and_agpl_are_told_from_all_else(words, wrong):
    assert refused(words) is wrong


def test_no_library_needed_at_run_time_is_under_the_gpl_or_agpl():
    found = {name: licence(metadata) for name, metadata in needed("siting").items()}
    assert {"numpy", "pyscipopt", "ortools", "pulp", "highspy", "rich"} <= set(found)
    assert {name: words for name, words in found.items() if refused(words)} == {}


def test_every_library_needed_at_run_time_is_listed_with_its_licence():
    listed = (ROOT / "docs" / "licences.md").read_text("utf-8").lower()
    words = {word.replace("_", "-") for word in re.findall(r"[\w@/.-]+", listed)}
    others = {name.replace("_", "-") for name in needed("siting")} - {"siting"}
    assert sorted(others - words) == []


def test_everything_of_others_that_ships_is_listed_with_its_version_and_licence():
    listed = (ROOT / "docs" / "licences.md").read_text("utf-8")
    vendor = ROOT / "siting" / "report" / "html" / "vendor"
    libraries = tomllib.loads((vendor / "libraries.toml").read_text("utf-8"))["library"]
    assert len(libraries) == 3
    for one in libraries:
        (line,) = (row for row in listed.splitlines() if row.startswith(f"| {one['name']}"))
        assert f"| {one['version']} | {one['licence']} |" in line
        assert (vendor / one["text"]).is_file()


def test_every_library_needed_at_run_time_states_a_licence():
    assert [n for n, metadata in needed("siting").items() if not licence(metadata)] == []
