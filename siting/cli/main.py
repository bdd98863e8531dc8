"""The ``siting`` command: which commands there are, and in which language they explain themselves.

Nothing heavy is imported here, so that ``siting --help`` answers at once.
"""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from siting.cli import (
    bench,
    check,
    compare,
    covering,
    demo,
    explain,
    frontier,
    gaps,
    generate,
    new,
    report,
    solve,
    standards,
    verify,
)
from siting.cli.leaving import leaving_on_signals
from siting.cli.output import complain, flush, prepare_streams, say, spoken
from siting.cli.usage import speak
from siting.words import Lang, text

_HELP = {"help_option_names": ["--help", "-h"]}

app = typer.Typer(
    name="siting",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings=_HELP,
)

for _name, _command in (
    ("demo", demo.demo),
    ("generate", generate.generate),
    ("new", new.new),
    ("check", check.check),
    ("gaps", gaps.gaps),
    ("solve", solve.solve),
    ("verify", verify.verify),
    ("explain", explain.explain),
    ("frontier", frontier.frontier),
    ("compare", compare.compare),
    ("report", report.report),
    ("standards", standards.standards),
    ("covering", covering.covering),
    ("bench", bench.bench),
):
    app.command(_name, help=f"about_{_name}", context_settings=_HELP)(_command)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        say(f"siting {version('siting')}")
        raise typer.Exit


@app.callback(help="about_siting")
def _siting(
    version: Annotated[
        bool, typer.Option("--version", help="help_version", callback=_version, is_eager=True)
    ] = False,
) -> None: ...


def command(lang: Lang) -> Any:
    """Return the command line with its help in `lang`."""
    group: Any = typer.main.get_command(app)
    _translate(group, lang)
    for one in group.commands.values():
        _translate(one, lang)
    speak(group, lang)
    return group


def _translate(one: Any, lang: Lang) -> None:
    one.help = text(f"cli.{one.help}", lang)
    for parameter in one.params:
        if parameter.help:
            parameter.help = text(f"cli.{parameter.help}", lang)


def run(arguments: list[str] | None = None) -> None:
    """Run the command line and leave with its exit code.

    Raises
    ------
    SystemExit
        Always; the codes are those of `siting.errors`, and 0.
    """
    prepare_streams()
    given = sys.argv[1:] if arguments is None else arguments
    try:
        with leaving_on_signals():
            _run(given)
    finally:
        flush()


def _run(given: list[str]) -> None:
    group = command(_asked_lang(given))
    if "--json" not in given:
        group(args=given, prog_name="siting")
        return
    try:
        code = group(args=given, prog_name="siting", standalone_mode=False)
    except Exception as error:
        # bad usage, of a class that typer has kept in other modules in each of its versions
        said = getattr(error, "format_message", None)
        if said is None:
            raise
        complain(said(), kind="fault", json=True)
        raise SystemExit(getattr(error, "exit_code", 2)) from None
    raise SystemExit(code)


def _asked_lang(given: list[str]) -> Lang:
    """Return the language of help texts, which are made before the arguments are parsed."""
    for position, word in enumerate(given):
        if word.startswith("--lang="):
            return spoken(word.removeprefix("--lang="))
        if word == "--lang" and position + 1 < len(given):
            return spoken(given[position + 1])
    return spoken(None)


if __name__ == "__main__":
    run()
