"""Exit codes, languages and streams of every command, with a library that is made of cardboard."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest
from cli_fakes import document, gaps, say, standard
from rich.cells import cell_len

from siting import api, errors
from siting.cli import output
from siting.cli.main import run
from siting.errors import Notice
from siting.plan.model import Plan

COMMANDS = (
    "demo", "generate", "check", "gaps", "solve", "verify", "standards", "covering", "explain",
    "compare", "report", "bench",
)  # fmt: skip
REMARK = Notice("cli.sizes_missing", file="odd.csv")


@pytest.fixture(autouse=True)
def _own_signals(monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    monkeypatch.delenv("SITING_DEBUG", raising=False)
    before = {s: signal.getsignal(s) for s in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def cardboard(monkeypatch):
    """Let every command find a library that answers at once."""
    monkeypatch.setattr(api, "check_output", lambda *_: None)
    monkeypatch.setattr(api, "read_city", lambda _: SimpleNamespace(remarks=(REMARK,)))
    monkeypatch.setattr(api, "solve", lambda *_, **__: Plan(document=document()))
    monkeypatch.setattr(api, "find_gaps", lambda *_, **__: gaps(2))
    monkeypatch.setattr(api, "verify", lambda *_, **__: ())
    monkeypatch.setattr(api, "list_standards", lambda: [standard()])
    monkeypatch.setattr(api, "load_standard", lambda _: standard())
    monkeypatch.setattr(Plan, "save", lambda _self, folder, **_: folder)
    return monkeypatch


def fail_with(error):
    def fail(*_, **__):
        raise error

    return fail


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (errors.InputError, 2),
        (errors.InfeasibleError, 3),
        (errors.NoPlanError, 4),
        (errors.VerificationError, 5),
        (errors.Interrupted, 130),
    ],
)
def test_every_class_of_failure_has_its_exit_code_and_one_line_a_notice(
    capsys, cardboard, kind, code
):
    notices = (Notice("cli.sizes_missing", file="a.csv"), Notice("cli.interrupted"))
    cardboard.setattr(api, "solve", fail_with(kind(notices)))
    said = say(capsys, "solve", "c", "-o", "p", "--quiet")
    assert said.code == code
    assert said.out == ""
    assert len(said.err.splitlines()) == 2
    assert said.err.startswith("error: a.csv: state --places")


@pytest.mark.usefixtures("cardboard")
@pytest.mark.parametrize("command", ["solve c -o p", "gaps c", "check c", "standards", "verify p"])
def test_json_stands_alone_on_stdout(capsys, monkeypatch, command):
    monkeypatch.setattr(api, "check_city", lambda *_: (None, (), (REMARK,)))
    said = say(capsys, *command.split(), "--json")
    assert said.code == 0
    assert json.loads(said.out)


@pytest.mark.usefixtures("cardboard")
def test_the_json_of_solve_is_the_plan_document(capsys):
    said = say(capsys, "solve", "c", "-o", "p", "--json")
    assert json.loads(said.out) == document().model_dump(mode="json", by_alias=True)


@pytest.mark.usefixtures("cardboard")
@pytest.mark.parametrize(
    "command",
    [
        "solve c -o p",
        "gaps c",
        "verify p",
        "solve c -o p --gap x --threads y",
        "explain p",
        "solve c --wat",
        "standards nowhere",
        "verify p --debug",
    ],
)
def test_under_json_every_line_on_stderr_is_a_json_object(capsys, monkeypatch, command):
    monkeypatch.setattr(api, "read_city", lambda _: SimpleNamespace(remarks=(REMARK,)))
    if "--debug" in command:
        monkeypatch.setattr(api, "verify", fail_with(ZeroDivisionError("twice\nover")))
    said = say(capsys, *command.split(), "--json", "--lang", "en")
    lines = [json.loads(line) for line in said.err.splitlines()]
    assert all(isinstance(line, dict) for line in lines)
    words = {line["kind"] for line in lines if "stage" not in line}
    plain = say(capsys, *command.split(), "--lang", "en").err
    if command in ("solve c -o p", "gaps c"):
        assert "remark" in words
    elif said.code:
        assert "fault" in words
    # the same sentences as without
    for line in lines:
        if line.get("kind") in ("fault", "remark"):
            assert line["line"] in plain


def test_the_json_of_gaps_has_no_nan(capsys, cardboard):
    holed = gaps(2)
    holed.table.loc[0, "share"] = float("nan")
    cardboard.setattr(api, "find_gaps", lambda *_, **__: holed)
    said = json.loads(say(capsys, "gaps", "c", "--json").out)
    assert said["table"][0]["share"] is None
    assert said["table"][1] == {
        "community": "C0", "type": "elderly_station", "class": "quality", "group": "aged_60_plus",
        "minutes": 8.0, "residents": 1000.0, "served": 1000.0, "share": 1.0, "present": True,
    }  # fmt: skip
    assert said["missing"][0]["short"] == 1001.0


@pytest.mark.usefixtures("cardboard")
def test_remarks_go_to_stderr_and_quiet_silences_them(capsys):
    said = say(capsys, "solve", "c", "-o", "p")
    assert said.err.startswith("note: odd.csv: ")
    assert "need points" in said.out.replace("\n", " ")
    quiet = say(capsys, "solve", "c", "-o", "p", "--quiet")
    assert (quiet.out, quiet.err) == ("", "")


@pytest.mark.usefixtures("cardboard")
def test_a_command_speaks_the_language_it_is_told(capsys):
    assert "租金补贴" in say(capsys, "solve", "c", "-o", "p", "--lang", "zh").out
    assert "Subsidy" in say(capsys, "solve", "c", "-o", "p", "--lang", "en").out


def test_without_lang_the_locale_decides(capsys, cardboard):
    cardboard.setenv("LC_ALL", "zh_CN.UTF-8")
    assert "租金补贴" in say(capsys, "solve", "c", "-o", "p").out


def test_check_lists_everything_and_returns_2_for_faults_only(capsys, monkeypatch):
    fault = Notice("cli.sizes_missing", file="bad.csv", row=7, column="rent", value="x")
    monkeypatch.setattr(api, "check_city", lambda *_: (None, (fault,), (REMARK,)))
    said = say(capsys, "check", "c")
    assert said.code == 2
    assert [line.split(":")[0] for line in said.out.splitlines()][:2] == ["error", "note"]
    parsed = json.loads(say(capsys, "check", "c", "--json").out)
    assert parsed["faults"][0] | {"line": ""} == {
        "line": "", "key": "cli.sizes_missing", "file": "bad.csv", "row": 7, "column": "rent",
        "value": "x",
    }  # fmt: skip
    assert say(capsys, "check", "c", "--quiet").out.count("\n") == 1
    monkeypatch.setattr(api, "check_city", lambda *_: (None, (), (REMARK,)))
    assert say(capsys, "check", "c").code == 0


def test_a_plan_that_fails_verification_ends_with_5_and_says_why(capsys, cardboard):
    wrong = errors.VerificationError((Notice("cli.sizes_missing"), Notice("cli.interrupted")))
    cardboard.setattr(api, "verify", fail_with(wrong))
    said = say(capsys, "verify", "p", "--json")
    assert said.code == 5
    assert json.loads(said.out)["verified"] is False
    assert len(json.loads(said.out)["faults"]) == 2
    assert len(said.err.splitlines()) == 2


def test_verify_hands_over_plan_and_city(capsys, cardboard):
    given = []

    def verify(*paths, **_):
        given.append([str(path) for path in paths])
        return ()

    cardboard.setattr(api, "verify", verify)
    assert say(capsys, "verify", "my-plan", "--city", "there").code == 0
    assert given == [["my-plan", "there"]]


def test_gaps_asks_for_the_standard_it_is_told(capsys, cardboard):
    given = []

    def find_gaps(_city, scenario, **_):
        given.append(scenario.standard)
        return gaps(2)

    cardboard.setattr(api, "find_gaps", find_gaps)
    assert "Breakfast shop" in say(capsys, "gaps", "c", "--standard", "hebi").out
    assert given == ["hebi"]


def test_generate_takes_sizes_or_a_rung_and_sizes_win(capsys, monkeypatch):
    made = []

    def generate(folder, *, on_progress, **sizes):  # noqa: ARG001  the line's own
        made.append((folder, sizes))

    monkeypatch.setattr(api, "generate", generate)
    assert say(capsys, "generate", "d", "--rung", "village", "--types", "12").code == 0
    assert made == [("d", {"places": 500, "spaces": 60, "types": 12, "seed": 0, "lang": "en"})]
    assert say(capsys, "generate", "d").code == 2
    assert say(capsys, "generate", "d", "--rung", "hamlet").code == 2
    assert say(capsys, "generate", "d", "--rung", "town", "--seed", "-1").code == 2
    assert len(made) == 1


def test_the_demo_generates_solves_verifies_and_says_where_to_look(capsys, cardboard, tmp_path):
    done = []
    cardboard.setattr(api, "generate", lambda folder, **_: done.append(("generate", str(folder))))
    cardboard.setattr(api, "verify", lambda folder, **_: done.append(("verify", str(folder))))
    base = tmp_path / "demo"
    said = say(capsys, "demo", str(base))
    assert said.code == 0, said.err
    assert done == [("generate", str(base / "city")), ("verify", str(base / "plan"))]
    assert str(base / "plan") in said.out
    assert "How good" in said.out


def test_the_demo_refuses_a_folder_that_is_not_its_own(capsys, cardboard, tmp_path):
    cardboard.setattr(api, "generate", fail_with(AssertionError("touched")))
    (tmp_path / "thesis.docx").write_text("mine")
    said = say(capsys, "demo", str(tmp_path))
    assert said.code == 2
    assert str(tmp_path) in said.err
    assert say(capsys, "demo", str(tmp_path / "thesis.docx")).code == 2
    assert (tmp_path / "thesis.docx").read_text() == "mine"


@pytest.mark.parametrize(
    "arguments", [["fly"], ["solve"], ["solve", "c"], ["solve", "c", "-o", "p", "--wat"], []]
)
def test_bad_usage_ends_with_2(capsys, arguments):
    assert say(capsys, *arguments).code == 2


def test_a_fault_of_ours_is_one_line_and_a_hint_and_debug_shows_the_traceback(capsys, cardboard):
    cardboard.setattr(api, "solve", fail_with(ZeroDivisionError("twice\nover")))
    said = say(capsys, "solve", "c", "-o", "p", "-q")
    assert said.code == 1
    assert len(said.err.splitlines()) == 2
    assert "ZeroDivisionError: twice over" in said.err
    assert "--debug" in said.err
    assert "Traceback" in say(capsys, "solve", "c", "-o", "p", "-q", "--debug").err
    cardboard.setenv("SITING_DEBUG", "1")
    assert "Traceback" in say(capsys, "solve", "c", "-o", "p", "-q").err


def test_a_file_that_may_not_be_written_is_named(capsys, cardboard):
    cardboard.setattr(Plan, "save", fail_with(PermissionError(13, "Permission denied", "/x/p")))
    said = say(capsys, "solve", "c", "-o", "p", "-q")
    assert said.code == 2
    assert said.err == "error: /x/p: Permission denied\n"


def test_an_interrupt_before_there_is_a_plan_ends_with_130(capsys, cardboard):
    cardboard.setattr(api, "read_city", fail_with(KeyboardInterrupt()))
    assert say(capsys, "solve", "c", "-o", "p").code == 130
    assert say(capsys, "gaps", "c").code == 130


def test_an_interrupt_that_compiled_code_wraps_ends_with_130_too(capsys, cardboard):
    def read(_):
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt as interrupt:
            raise SystemError("returned a result with an exception set") from interrupt

    cardboard.setattr(api, "read_city", read)
    said = say(capsys, "gaps", "c")
    assert said.code == 130
    assert said.err == "interrupted; what was not finished is not kept\n"


def test_the_first_signal_asks_for_the_best_plan_and_the_plan_is_saved(capsys, cardboard):
    saved = []

    def solve(*_, stop, **__):
        os.kill(os.getpid(), signal.SIGINT)
        assert stop.wait(10)
        return Plan(document=document(stopped_by="interrupt"))

    cardboard.setattr(api, "solve", solve)
    cardboard.setattr(Plan, "save", lambda _self, folder, **_: saved.append(folder))
    said = say(capsys, "solve", "c", "-o", "p")
    assert said.code == 0
    assert saved == ["p"]
    assert "interrupted" in said.out


@pytest.mark.parametrize("second", [signal.SIGINT, signal.SIGTERM])
def test_the_second_signal_leaves_at_once(capsys, cardboard, second):
    def solve(*_, stop, **__):
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop.wait(10)
        os.kill(os.getpid(), second)
        time.sleep(10)  # ended by the signal
        return Plan(document=document())

    from siting.cli import interrupts

    timers = []
    soon = interrupts.soon

    def note(seconds, call):
        return timers.append(call) if seconds else soon(seconds, call)

    cardboard.setattr(interrupts, "soon", note)
    cardboard.setattr(api, "solve", solve)
    began = time.monotonic()
    said = say(capsys, "solve", "c", "-o", "p")
    assert said.code == 130
    assert time.monotonic() - began < 5
    assert len(timers) == 1


@pytest.mark.usefixtures("cardboard")
def test_handlers_are_given_back_after_solving(capsys):
    def own(*_):
        raise AssertionError("nobody interrupts")

    before = signal.signal(signal.SIGINT, own)
    try:
        say(capsys, "solve", "c", "-o", "p")
        assert signal.getsignal(signal.SIGINT) is own
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_terminal_gets_a_live_line_and_a_pipe_gets_none(monkeypatch):
    from siting.cli.progress import Line, progress_line
    from siting.progress import Progress

    line = Line("en", time.monotonic())
    assert line.words().startswith("reading | ")
    line.update(Progress("solve", 3.0, 10.0, 12.0, 0.2))
    assert line.words().startswith("solving | plan 10.0 | bound 12.0 | gap 20.00% | ")
    with progress_line("en", 0.0, quiet=False) as silent:
        assert silent.screen is None

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr(sys, "stderr", Terminal())
    with progress_line("en", 0.0, quiet=False) as alive:
        assert alive.screen is not None
    with progress_line("en", 0.0, quiet=True) as quiet:
        assert quiet.screen is None


def test_very_many_remarks_are_cut_short(capsys, cardboard):
    kinds = ("sizes_missing", "interrupted", "memory")
    many = tuple(Notice(f"cli.{key}", row=row) for key in kinds for row in range(20))
    cardboard.setattr(api, "read_city", lambda _: SimpleNamespace(remarks=many))
    said = say(capsys, "solve", "my-city", "-o", "p").err.splitlines()
    assert len(said) == 7
    assert said[-1] == "54 more notes; siting check my-city lists all"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_speaks_the_locales_language_and_fits_80_columns(capsys, monkeypatch, lang, command):
    monkeypatch.setenv("LC_ALL", {"zh": "zh_CN.UTF-8", "en": "C"}[lang])
    said = say(capsys, *[w for w in (command, "--help") if w])
    assert said.code == 0
    assert max(cell_len(line) for line in said.out.splitlines()) <= 80
    assert "help_" not in said.out
    assert "about_" not in said.out
    assert any("一" <= c <= "鿿" for c in said.out) == (lang == "zh")


def test_a_stream_that_cannot_print_chinese_becomes_one_that_can(monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="latin-1"))
    output.prepare_streams()
    output.say("方案")
    assert raw.getvalue().decode("utf-8") == "方案\n"


def test_a_chinese_code_page_is_kept_and_prints_a_question_mark_for_the_rest(monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="gbk"))
    output.prepare_streams()
    output.say("方案 é🙂")
    assert raw.getvalue().decode("gbk") == "方案 é?\n"


def test_a_reader_that_goes_away_changes_no_exit_code():
    code = "from siting.cli.main import run; run(['standards', '--json'])"
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-c", code], stdout=writer, stderr=subprocess.PIPE, check=False
    )
    os.close(writer)
    assert done.stderr == b""
    assert done.returncode == 0


def test_help_and_version_import_nothing_heavy():
    code = (
        "import sys\n"
        "from siting.cli.main import run\n"
        "try:\n    run(['--version'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'numpy', 'pandas', 'rich', 'pydantic', 'scipy', 'geopandas', 'numba'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    version, heavy = done.stdout.splitlines()
    assert version.startswith("siting ")
    assert heavy == "[]"


def test_run_takes_its_arguments_from_the_command_line(capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["siting", "--version"])
    with pytest.raises(SystemExit) as left:
        run()
    assert left.value.code == 0
    assert capsys.readouterr().out.startswith("siting ")
