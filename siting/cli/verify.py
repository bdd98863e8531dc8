"""``siting verify``: recompute a plan from the city's files."""

import time
from pathlib import Path
from typing import Annotated

import typer

from siting.cli.options import Debug, Json, Lang, Quiet
from siting.cli.output import complain_notices, guarded, say, say_json, spoken
from siting.errors import VerificationError
from siting.words import text


@guarded
def verify(
    plan: Annotated[str, typer.Argument(metavar="PLAN", help="help_plan", show_default=False)],
    city: Annotated[
        str | None, typer.Option("--city", metavar="CITY", help="help_verify_city")
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="help_full")] = False,
    lang: Lang = None,
    quiet: Quiet = False,
    json: Json = False,
    debug: Debug = False,  # noqa: ARG001  `guarded` reads it
) -> None:
    """Verify a plan folder."""
    from siting import api
    from siting.cli.progress import progress_line
    from siting.report.figures import clean

    started = time.monotonic()
    language = spoken(lang)
    where = None if city is None else Path(city)
    try:
        with progress_line(language, started, quiet=quiet, json=json) as line:
            odd = api.verify(Path(plan), where, full=full, on_progress=line.update)
    except VerificationError as error:
        if json:
            faults = [n.line(language) for n in error.notices]
            say_json({"verified": False, "faults": faults})
        raise
    if json:
        say_json({"verified": True, "faults": []})
    elif not quiet:
        complain_notices(odd, language, kind="remark")
        say(text("cli.verified", language, plan=clean(plan)))
