"""``siting explain``: why a type is not there for a community, and what a space could become."""

import time
from pathlib import Path
from typing import Annotated, Any

import typer

from siting.cli.options import Debug, Json, Lang, Quiet
from siting.cli.output import guarded, say_json, show, spoken
from siting.errors import InputError, Notice


@guarded
def explain(
    plan: Annotated[str, typer.Argument(metavar="PLAN", help="help_plan", show_default=False)],
    community: Annotated[
        str | None, typer.Option("--community", metavar="C", help="help_community")
    ] = None,
    space: Annotated[str | None, typer.Option("--space", metavar="ID", help="help_space")] = None,
    type_: Annotated[str | None, typer.Option("--type", metavar="T", help="help_type")] = None,
    city: Annotated[
        str | None, typer.Option("--city", metavar="CITY", help="help_verify_city")
    ] = None,
    lang: Lang = None,
    quiet: Quiet = False,
    json: Json = False,
    debug: Debug = False,  # noqa: ARG001  `guarded` reads it
) -> None:
    """Explain a plan."""
    from siting import api
    from siting.cli.progress import progress_line

    started = time.monotonic()
    language = spoken(lang)
    if (community is None) == (space is None) or (space is None and type_ is None):
        raise InputError(Notice("cli.explain_what"))
    with progress_line(language, started, quiet=quiet, json=json) as line:
        found = api.explain(
            Path(plan),
            community=community,
            space=space,
            type_=type_,
            city=None if city is None else Path(city),
            on_progress=line.update,
        )
    lines = [notice.line(language) for notice in found.notices]
    if json:
        say_json({**found.data, "lines": lines})
        return

    def page(width: int) -> Any:
        from rich.text import Text

        from siting.report.wrap import wrapped

        return Text("\n".join(part for line in lines for part in wrapped(line, width)))

    show(page)
