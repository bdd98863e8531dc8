"""``siting report``: write a plan's reports again."""

import time
from pathlib import Path
from typing import Annotated

import typer

from siting.cli.options import Debug, Json, Lang, Quiet
from siting.cli.output import guarded, say, say_json, spoken
from siting.words import text


@guarded
def report(
    plan: Annotated[str, typer.Argument(metavar="PLAN", help="help_plan", show_default=False)],
    city: Annotated[
        str | None, typer.Option("--city", metavar="CITY", help="help_verify_city")
    ] = None,
    lang: Lang = None,
    quiet: Quiet = False,
    json: Json = False,
    debug: Debug = False,  # noqa: ARG001  `guarded` reads it
) -> None:
    """Write the reports of a plan folder again."""
    from siting import api
    from siting.cli.progress import progress_line
    from siting.plan.folder import REPORTS
    from siting.report.figures import clean

    started = time.monotonic()
    language = spoken(lang)
    folder = Path(plan)
    where = None if city is None else Path(city)
    with progress_line(language, started, quiet=quiet, json=json) as line:
        api.write_reports(folder, city=where, lang=language, on_progress=line.update)
    files = [str(folder / name) for name in REPORTS]
    if json:
        say_json({"files": files})
    elif not quiet:
        say(text("cli.reported", language, files=", ".join(map(clean, files))))
