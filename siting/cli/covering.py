"""``siting covering``: the maximal covering problem of the literature."""

import time
from typing import Annotated

import typer

from siting.cli.options import Debug, Json, Lang, Numbers, Quiet
from siting.cli.output import guarded, say_json, show, spoken
from siting.errors import Notice

Text = str | None


@guarded
def covering(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="help_covering_file", show_default=False)
    ],
    radius: Annotated[
        str, typer.Option(metavar="R", help="help_covering_radius", show_default=False)
    ],
    sites: Annotated[Text, typer.Option(metavar="P", help="help_covering_sites")] = None,
    budget: Annotated[Text, typer.Option(metavar="B", help="help_covering_budget")] = None,
    inclusive: Annotated[bool, typer.Option("--inclusive", help="help_covering_inclusive")] = False,
    gap: Annotated[str, typer.Option(metavar="SHARE", help="help_gap")] = "0",
    time_limit: Annotated[str, typer.Option(metavar="SECONDS", help="help_time")] = "60",
    threads: Annotated[str, typer.Option(metavar="N", help="help_threads")] = "2",
    seed: Annotated[str, typer.Option(metavar="N", help="help_seed")] = "0",
    solver: Annotated[Text, typer.Option(metavar="NAME", help="help_solver")] = None,
    lang: Lang = None,
    quiet: Quiet = False,
    json: Json = False,
    debug: Debug = False,  # noqa: ARG001  `guarded` reads it
) -> None:
    """Choose the sites that cover most weight."""
    started = time.monotonic()
    language = spoken(lang)
    numbers = Numbers()
    reach = numbers.positive("--radius", radius)
    most = None if sites is None else numbers.whole("--sites", sites, least=0)
    money = numbers.amount("--budget", budget, infinite=True)
    if (sites is None) == (budget is None):
        numbers.faults.append(Notice("cli.covering_limit"))
    limits = {
        "gap": numbers.share("--gap", gap),
        "time_limit": numbers.positive("--time-limit", time_limit),
    }
    cores = numbers.whole("--threads", threads, least=1)
    start = numbers.whole("--seed", seed, least=0)
    numbers.refuse()
    from siting import api
    from siting.cli.interrupts import stop_on_signals
    from siting.cli.progress import progress_line
    from siting.report.covering import covering_lines
    from siting.report.summary import labelled

    with progress_line(language, started, quiet=quiet, json=json) as line:
        instance = api.read_covering(file, threads=cores)
        with stop_on_signals(line) as stop:
            plan = api.solve_covering(
                instance,
                radius=reach,
                sites=most,
                budget=money,
                inclusive=inclusive,
                gap=limits["gap"],
                time_limit=limits["time_limit"],
                threads=cores,
                seed=start,
                solver=solver,
                on_progress=line.update,
                stop=stop,
                started=started,
            )
    if json:
        say_json(plan.to_dict())
    elif not quiet:
        show(lambda width: labelled(covering_lines(plan, language), width))
