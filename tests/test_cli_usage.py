"""The help and the complaints of bad usage: all of it in the language asked for."""

from __future__ import annotations

import re

import pytest
from cli_fakes import say
from rich.cells import cell_len

from siting.cli.main import command
from siting.cli.usage import complaint

COMMANDS = sorted(command("en").commands)
CHINESE = re.compile(r"[\u3400-\u9fff]")
OWN = re.compile(r"Usage|Options|Arguments|Commands?\b|required|default|Show this|exit|<str|list\[")


@pytest.fixture(autouse=True)
def eighty(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LC_MESSAGES", raising=False)


@pytest.mark.parametrize("one", ["", *COMMANDS])
def test_the_help_has_no_word_of_another_language(one, capsys):
    words = [one, "--help"] if one else ["--help"]
    zh = say(capsys, *words)
    assert (zh.code, zh.err) == (0, "")
    assert not OWN.search(zh.out)
    assert zh.out.startswith("用法：siting")
    assert "选项：" in zh.out
    assert all(cell_len(line) <= 80 for line in zh.out.splitlines())


@pytest.mark.parametrize("one", COMMANDS)
def test_the_english_help_has_no_chinese(one, capsys):
    en = say(capsys, one, "--lang", "en", "--help")
    assert en.code == 0
    assert not CHINESE.search(en.out)
    assert en.out.startswith(f"Usage: siting {one} [OPTIONS]")
    assert "<str>" not in en.out


BAD = [
    ("gaps",),
    ("nosuch",),
    ("gaps", "a", "b"),
    ("gaps", "a", "--nosuch"),
    ("gaps", "a", "--standar", "x"),
    ("solve", "a", "--capital"),
    ("gaps", "a", "--quiet=3"),
    ("gaps", "a", "--lang=fr"),
    ("solve", "a"),
    ("--nosuch",),
]


@pytest.mark.parametrize("words", BAD, ids=" ".join)
@pytest.mark.parametrize("lang", ["zh_CN.UTF-8", "en_US.UTF-8"])
def test_bad_usage_is_told_in_the_language_of_the_locale(words, lang, capsys, monkeypatch):
    monkeypatch.setenv("LANG", lang)
    said = say(capsys, *words)
    assert (said.code, said.out) == (2, "")
    last = said.err.splitlines()[-1]
    assert last.startswith("错误：" if lang.startswith("zh") else "Error: ")
    if lang.startswith("zh"):
        named = "".join(words) + "sitinghelpstandardenzhlangCITYcapitalquietoutput"
        assert all(word in named for word in re.findall(r"[A-Za-z]{2,}", said.err))
    else:
        assert not CHINESE.search(said.err)


def test_under_json_bad_usage_is_one_object_in_the_same_words(capsys):
    said = say(capsys, "gaps", "--json", "--nosuch")
    assert said.code == 2
    assert said.err.splitlines() == ['{"kind": "fault", "line": "没有选项 --nosuch"}']


def test_what_is_not_known_stays_as_the_library_says_it():
    assert complaint("Something quite new.", "zh") == "Something quite new."
    assert complaint("No such option: --a (Possible options: --ab, --ac)", "en") == (
        "there is no option --a; there is: --ab, --ac"
    )
