"""``siting generate``: a generated city of any size."""

import time
from typing import Annotated

import typer

from siting.cli.options import Debug, Lang, Numbers, Quiet
from siting.cli.output import guarded, say, spoken
from siting.errors import Notice
from siting.words import text


@guarded
def generate(
    folder: Annotated[str, typer.Argument(metavar="DIR", help="help_dir", show_default=False)],
    places: Annotated[str | None, typer.Option(metavar="N", help="help_places")] = None,
    spaces: Annotated[str | None, typer.Option(metavar="M", help="help_spaces")] = None,
    types: Annotated[str | None, typer.Option(metavar="T", help="help_types")] = None,
    seed: Annotated[str, typer.Option(metavar="S", help="help_seed")] = "0",
    rung: Annotated[str | None, typer.Option(metavar="RUNG", help="help_rung")] = None,
    lang: Lang = None,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001  `guarded` reads it
) -> None:
    """Write a generated city."""
    from siting.generate.city import RUNGS

    numbers = Numbers()
    numbers.folder("DIR", folder)
    if rung is not None and rung not in RUNGS:
        values = {"known": ", ".join(RUNGS)}
        numbers.faults.append(Notice("cli.bad_rung", value=rung, values=values))
    of_rung = [str(n) for n in RUNGS[rung]] if rung in RUNGS else [None] * 3
    asked = [
        given or default for given, default in zip((places, spaces, types), of_rung, strict=True)
    ]
    if None in asked and not numbers.faults:
        numbers.faults.append(Notice("cli.sizes_missing"))
    numbers.refuse()
    sizes = {
        "places": numbers.whole("--places", asked[0], least=1),
        "spaces": numbers.whole("--spaces", asked[1], least=1),
        "types": numbers.whole("--types", asked[2], least=1),
        "seed": numbers.whole("--seed", seed, least=0),
    }
    numbers.refuse()
    from siting import api
    from siting.cli.progress import progress_line
    from siting.report.figures import clean

    started = time.monotonic()
    with progress_line(spoken(lang), started, quiet=quiet) as line:
        api.generate(folder, lang=spoken(lang), on_progress=line.update, **sizes)
    if not quiet:
        say(text("cli.generated", spoken(lang), folder=clean(folder), **sizes))
