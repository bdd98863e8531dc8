"""Every block of the READMEs and the guide runs, and every command they name exists."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path

import pytest
from cli_fakes import say
from docs_blocks import Block, blocks_of, commands_in

from siting.city.config import Config
from siting.cli.main import app, command

ROOT = Path(__file__).parents[1]
PAGES = ("README.md", "README.zh-CN.md", "docs/guide.en.md", "docs/guide.zh.md")
NOT_RUN = {"README.md": 2, "README.zh-CN.md": 2, "docs/guide.en.md": 0, "docs/guide.zh.md": 0}
"""Blocks of each page that install packages; any other that is not run has to be counted here."""
_INLINE = re.compile(r"`(siting [^`]+)`")
_LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)]*))?\)")


def lang_of(page: str) -> str:
    return "zh" if "zh" in page else "en"


@pytest.fixture
def here(tmp_path, monkeypatch):
    """The folder in which a page's blocks run: a reader's tables lie in it."""
    import matplotlib as mpl

    mpl.use("agg")
    shutil.copytree(ROOT / "docs" / "example", tmp_path / "tables")
    (tmp_path / "tables" / "make.py").unlink()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", PAGES)
def test_every_block_of_a_page_runs(page, here, monkeypatch, capsys):
    monkeypatch.setenv("LC_ALL", {"zh": "zh_CN.UTF-8", "en": "en_GB.UTF-8"}[lang_of(page)])
    blocks = blocks_of(ROOT / page)
    if page.startswith("README"):  # which speak of a city that is there already
        assert say(capsys, "new", "mycity", "--from", "tables", "--quiet").code == 0
    for block in blocks:
        if "not run" not in block.marks:
            run(block, here, capsys)
    assert sum("not run" in block.marks for block in blocks) == NOT_RUN[page]
    assert len(blocks) > 3


def run(block: Block, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Run one block; a shell block holds commands of ours and nothing else."""
    where = f"{block.page}, line {block.line}"
    if "file" in block.marks:
        (here / block.marks["file"]).write_text(block.code, "utf-8")
    if block.lang == "toml":
        said = tomllib.loads(block.code)
        if "places" in said:
            Config.model_validate(_frozen(said))
    elif block.lang == "python":
        exec(compile(block.code, where, "exec"), {"__name__": "__main__"})
    else:
        assert block.lang == "sh", where
        wanted = int(block.marks.get("exit code", 0))
        for words in commands_in(block.code):
            assert words[0] == "siting", where
            done = say(capsys, *words[1:])
            assert done.code == wanted, (where, words, done.out, done.err)


def _frozen(value):
    if isinstance(value, dict):
        return {key: _frozen(one) for key, one in value.items()}
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def test_blocks_and_their_marks_are_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "# A\n<!-- other -->\n<!-- not run: why -->\n```sh\nsiting a \\\n  b # c\n```\ntext\n"
        "<!-- exit code 3 -->\n```sh\nsiting c\n```\n<!-- file: a.toml -->\n```toml\nx = 1\n```\n"
    )
    first, second, third = blocks_of(page)
    assert (first.lang, first.line, first.marks) == ("sh", 4, {"not run": "why"})
    assert commands_in(first.code) == [["siting", "a", "b"]]
    assert second.marks == {"exit code": "3"}
    assert (third.marks, third.code) == ({"file": "a.toml"}, "x = 1\n")


def test_a_block_that_fails_is_noticed(here, capsys):
    with pytest.raises(AssertionError):
        run(Block("p", 1, "sh", "siting check nowhere\n", {}), here, capsys)
    with pytest.raises(NameError):
        run(Block("p", 1, "python", "nothing_of_this_name\n", {}), here, capsys)


@pytest.mark.parametrize("page", PAGES)
def test_every_command_that_is_named_exists_with_its_options(page):
    text = (ROOT / page).read_text("utf-8")
    known = command("en").commands
    named = [commands_in(inline)[0] for inline in _INLINE.findall(text)]
    named += [w for b in blocks_of(ROOT / page) if b.lang == "sh" for w in commands_in(b.code)]
    seen = set()
    for words in named:
        if words[0] != "siting" or words[1].startswith("-"):
            continue
        one = known[words[1]]
        options = {flag for p in one.params for flag in (*p.opts, *p.secondary_opts)}
        assert {w.split("=")[0] for w in words[2:] if w.startswith("-")} <= options, words
        seen.add(words[1])
    assert len(seen) > 5


@pytest.mark.parametrize("page", PAGES[:2])
def test_the_readme_names_every_command(page):
    text = (ROOT / page).read_text("utf-8")
    for one in app.registered_commands:
        assert f"`siting {one.name}" in text, one.name


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page):
    source = ROOT / page
    links = _LINK.findall(source.read_text("utf-8"))
    assert links
    for target, anchor in links:
        path = (source.parent / target) if target else source
        assert path.exists(), target
        if anchor:
            heads = re.findall(r"^#+ (.*)$", path.read_text("utf-8"), re.MULTILINE)
            assert anchor in {_anchor(head) for head in heads}, anchor


def _anchor(head: str) -> str:
    """Return the anchor that GitHub makes of a heading."""
    return re.sub(r"[^\w\- ]", "", head.strip().lower()).replace(" ", "-")


def test_both_guides_and_both_readmes_show_the_same_blocks():
    for one, other in (PAGES[:2], PAGES[2:]):
        first, second = blocks_of(ROOT / one), blocks_of(ROOT / other)
        assert [(b.lang, b.marks.keys()) for b in first] == [
            (b.lang, b.marks.keys()) for b in second
        ]


def test_pictures_are_small():
    pictures = list((ROOT / "docs" / "pictures").glob("*.png"))
    assert pictures
    for picture in pictures:
        assert picture.stat().st_size < 200_000, picture.name


TRUST = ("SECURITY.md", "docs/reliability.md", "docs/licences.md", "benchmarks/README.md")
"""Pages whose claims lean on tests and programmes."""


@pytest.mark.parametrize("page", TRUST)
def test_every_test_and_programme_that_a_page_leans_on_is_there(page):
    text = (ROOT / page).read_text("utf-8")
    named = set(re.findall(r"\b(?:tests|benchmarks|siting)/[\w/]+\.\w+", text))
    named |= {f"benchmarks/{name}" for name in re.findall(r"`(\w+\.py)`", text)}
    assert named
    assert sorted(name for name in named if not (ROOT / name).is_file()) == []


def test_every_option_with_which_a_figure_is_to_be_had_exists():
    text = (ROOT / "docs" / "reliability.md").read_text("utf-8")
    lines = re.findall(r"^ {4}python (benchmarks/\w+\.py)(.*)$", text, re.MULTILINE)
    assert len(lines) > 5
    for name, options in lines:
        programme = (ROOT / name).read_text("utf-8")
        for option in re.findall(r"--[a-z-]+", options):
            assert f'"{option}"' in programme, f"{name} {option}"
