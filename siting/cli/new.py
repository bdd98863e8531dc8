"""``siting new``: a city folder to begin with, empty or from tables that are there."""

from pathlib import Path
from typing import Annotated

import typer

from siting.cli.options import Debug, Json, Lang, Numbers, Quiet
from siting.cli.output import guarded, say, say_json, spoken
from siting.errors import Notice
from siting.words import text


@guarded
def new(
    folder: Annotated[str, typer.Argument(metavar="DIR", help="help_dir", show_default=False)],
    more: Annotated[
        list[str] | None, typer.Argument(metavar="[TABLES]...", help="help_more_tables")
    ] = None,
    tables: Annotated[
        list[str] | None, typer.Option("--from", metavar="TABLES", help="help_from")
    ] = None,
    lang: Lang = None,
    quiet: Quiet = False,
    json: Json = False,
    debug: Debug = False,  # noqa: ARG001  `guarded` reads it
) -> None:
    """Write a new city folder."""
    language = spoken(lang)
    named = Numbers()
    named.folder("DIR", folder)
    if more and not tables:
        named.faults.append(Notice("cli.new_from", value=more[0]))
    named.refuse()
    from siting import api
    from siting.report.check_lines import remark_line
    from siting.report.figures import clean

    made = api.new(folder, [*(tables or []), *(more or [])], lang=language)
    if json:
        record = {"folder": str(made.folder), "files": made.files, "blank": made.blank}
        say_json({**record, "remarks": [notice.line(language) for notice in made.remarks]})
        return
    for notice in made.remarks:
        say(remark_line(notice, language))
    if quiet:
        return
    shown = clean(Path(folder))
    files = ", ".join(clean(name) for name in made.files)
    say(text("cli.new_written", language, folder=shown, files=files))
    if made.blank:
        blank = ", ".join(clean(name) for name in made.blank)
        say(text("cli.new_fill", language, files=blank))
    say(text("cli.new_next", language, folder=shown))
