"""No word that people see stands in code: all come from ``words.toml``, in both languages."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import siting

ROOT = Path(siting.__file__).parent
SHOWN = {
    *("say", "complain", "print", "print_line", "Text", "add_column", "add_row", "append_text"),
    *("set_title", "set_xlabel", "set_ylabel", "annotate", "legend", "write_comment", "echo"),
}
LETTERS = re.compile(r"[A-Za-z]{2,}|[\u3400-\u9fff]")
ASSETS = sorted((ROOT / "report").rglob("assets/*"))
# The switch names each language in itself.
SWITCH = ["中文", "English"]


def literals(call):
    """Return the texts among a call's arguments that stand there as they are."""
    for argument in (*call.args, *(k.value for k in call.keywords if k.arg in (None, "label"))):
        parts = argument.values if isinstance(argument, ast.JoinedStr) else [argument]
        yield from (p.value for p in parts if isinstance(p, ast.Constant))


def printed(source):
    """Return the texts that code shows without looking them up."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", None) or getattr(node.func, "id", "")
            if name in SHOWN:
                found += [t for t in literals(node) if isinstance(t, str) and LETTERS.search(t)]
    return found


def test_texts_that_stand_in_code_are_found():
    code = 'say("hello there"); Text(f"{n} 处"); add_column(text("a.b", lang)); say(f"{a}, {b}")'
    assert sorted(printed(code)) == [" 处", "hello there"]
    assert printed('axes.set_title("Budget")') == ["Budget"]
    assert printed('say(f"total {n}")') == ["total "]
    assert written('make("p", "Nothing here")') == ["Nothing here"]
    assert written('a.textContent = `Total ${n}`; b.title = ""') == ["Total ${n}"]
    assert written('make("p", word("nothing")); make("br")') == []


@pytest.mark.parametrize("folder", ["cli", "report", "frontier", "new", "gaps", "plan"])
def test_code_prints_and_draws_only_what_it_looks_up(folder):
    for path in sorted((ROOT / folder).rglob("*.py")):
        said = printed(path.read_text("utf-8"))
        # the name of the programme is the same in every language
        assert [one for one in said if one.strip() != "siting"] == [], path


def written(script):
    """Return the texts that a script puts into the page without looking them up."""
    put = (
        r'make\("\w+", (?:"([^"]*)"|`([^`]*)`)',
        r'\.(?:textContent|title|placeholder|innerText) = (?:"([^"]*)"|`([^`]*)`)',
        r'setAttribute\("(?:aria-label|title|placeholder|alt)", (?:"([^"]*)"|`([^`]*)`)',
        r'fillText\((?:"([^"]*)"|`([^`]*)`)',
    )
    found = ("".join(match.groups("")) for one in put for match in re.finditer(one, script))
    return [text for text in found if LETTERS.search(re.sub(r"\$\{[^}]*\}", "", text))]


@pytest.mark.parametrize("path", ASSETS, ids=lambda path: f"{path.parts[-3]}-{path.name}")
def test_pages_hold_no_words_of_their_own(path):
    source = path.read_text("utf-8")
    if path.suffix == ".js":
        assert written(source) == []
        code = re.sub(r"//.*|/\*.*?\*/", "", source, flags=re.DOTALL)
        assert not re.search(r'"[^"\n]*[\u3400-\u9fff]', code)
    elif path.suffix == ".html":
        bare = re.sub(r"<!--.*?-->|<style.*?</style>", "", source, flags=re.DOTALL)
        texts = [t.strip() for t in re.findall(r">([^<]+)<", bare) if LETTERS.search(t)]
        assert [t for t in texts if t not in SWITCH] == []
        assert not re.search(r'\b(?:title|alt|placeholder|aria-label)="[^"]*\w', bare)
    else:
        contents = re.findall(r'content:\s*"([^"]*)"', source)
        assert not any(LETTERS.search(text) for text in contents)
