"""``siting compare``: what differs between two plans for one city."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from siting.cli.options import Debug, Json, Lang, Numbers, Quiet
from siting.cli.output import guarded, records, say, say_json, show, spoken
from siting.words import text

if TYPE_CHECKING:
    from siting.plan.compare import Comparison
    from siting.words import Lang as Language


@guarded
def compare(
    plan_a: Annotated[
        str, typer.Argument(metavar="PLAN_A", help="help_plan_a", show_default=False)
    ],
    plan_b: Annotated[
        str, typer.Argument(metavar="PLAN_B", help="help_plan_b", show_default=False)
    ],
    out: Annotated[
        str | None, typer.Option("-o", "--output", metavar="DIR", help="help_compare_out")
    ] = None,
    city: Annotated[
        str | None, typer.Option("--city", metavar="CITY", help="help_verify_city")
    ] = None,
    lang: Lang = None,
    quiet: Quiet = False,
    json: Json = False,
    debug: Debug = False,  # noqa: ARG001  `guarded` reads it
) -> None:
    """Compare two plans."""
    started = time.monotonic()
    language = spoken(lang)
    named = Numbers()
    if out is not None:
        named.folder("--output", out)
    named.refuse()
    from siting import api
    from siting.cli.progress import progress_line
    from siting.report.figures import clean

    names = (plan_a, plan_b)
    where = None if city is None else Path(city)
    written: list[Path] = []
    with progress_line(language, started, quiet=quiet, json=json) as line:
        found = api.compare(Path(plan_a), Path(plan_b), city=where, on_progress=line.update)
        if out is not None:
            written = api.write_comparison(
                found, out, names=names, lang=language, on_progress=line.update
            )
    if json:
        say_json(_as_json(found, names, language))
        return
    from siting.report.compare.terminal import comparison_text

    if not quiet:
        show(lambda width: comparison_text(found, names, language, width))
        if written:
            files = ", ".join(clean(file) for file in written)
            say(text("cli.reported", language, files=files))


def _as_json(found: "Comparison", names: tuple[str, str], lang: "Language") -> dict[str, Any]:
    from siting.report.compare.lines import compare_lines

    return {
        "a": names[0],
        "b": names[1],
        "same": found.nothing_differs,
        "lines": [" ".join(pair) for pair in compare_lines(found, names, lang)],
        "differences": [notice.line(lang) for notice in found.asked.differences],
        "apart": [notice.line(lang) for notice in found.asked.apart],
        "types": list(found.asked.types),
        "values": records(found.values.reset_index()),
        **{
            name: records(getattr(found, name))
            for name in ("projects", "money", "coverage", "groups", "circles")
        },
    }
