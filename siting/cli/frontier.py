"""``siting frontier``: what the budget buys, budget by budget."""

import time
from pathlib import Path
from typing import Annotated, Any

import typer

from siting.cli.asked import (
    Enforced,
    Floors,
    Forbidden,
    Gap,
    GradeId,
    NewsFile,
    ObjectiveName,
    Opened,
    PolicyName,
    ScenarioFile,
    Seed,
    SolverName,
    Targets,
    Threads,
    asked,
)
from siting.cli.options import CityFolder, Debug, Json, Lang, Numbers, Quiet, StandardName
from siting.cli.output import complain, complain_notices, guarded, say, say_json, show, spoken
from siting.errors import InfeasibleError, NoPlanError, Notice
from siting.words import text

Text = str | None


@guarded
def frontier(
    city: CityFolder,
    out: Annotated[
        str,
        typer.Option("-o", "--output", metavar="DIR", help="help_frontier_out", show_default=False),
    ],
    standard: StandardName = None,
    capital: Annotated[Text, typer.Option(metavar="A:B:STEP", help="help_amounts_capital")] = None,
    subsidy: Annotated[Text, typer.Option(metavar="A:B:STEP", help="help_amounts_subsidy")] = None,
    scenario: ScenarioFile = None,
    policy: PolicyName = None,
    objective: ObjectiveName = None,
    opened: Opened = None,
    forbidden: Forbidden = None,
    enforce: Enforced = None,
    target: Targets = None,
    floor: Floors = None,
    grade: GradeId = None,
    gap: Gap = "0.001",
    time_limit: Annotated[
        str, typer.Option("--time-limit", metavar="SECONDS", help="help_time_each")
    ] = "60",
    threads: Threads = "2",
    processes: Annotated[Text, typer.Option(metavar="N", help="help_processes")] = None,
    seed: Seed = "0",
    solver: SolverName = None,
    progress: NewsFile = None,
    lang: Lang = None,
    quiet: Quiet = False,
    json: Json = False,
    debug: Debug = False,  # noqa: ARG001  `guarded` reads it
) -> None:
    """Solve a city under many budgets and write the curve."""
    started = time.monotonic()
    language = spoken(lang)
    numbers = Numbers()
    numbers.folder("--output", out)
    manner: dict[str, Any] = {
        "time_limit": numbers.positive("--time-limit", time_limit),
        "gap": numbers.share("--gap", gap),
        "threads": numbers.whole("--threads", threads, least=1),
        "seed": numbers.whole("--seed", seed, least=0),
        "solver": solver,
    }
    if processes is not None:
        manner["processes"] = numbers.whole("--processes", processes, least=1)
    question = asked(
        numbers,
        standard=standard,
        policy=policy,
        objective=objective,
        capital=None,
        subsidy=None,
        opened=opened or [],
        forbidden=forbidden or [],
        enforce=enforce or [],
        target=target or [],
        floor=floor or [],
        grade=grade,
    )
    from siting import api
    from siting.cli.interrupts import stop_on_signals
    from siting.cli.progress import news_file, progress_line

    with progress_line(language, started, quiet=quiet, json=json, news=progress is None) as line:

        def work(ahead: Any) -> None:
            if not quiet:
                line.tell(_ahead(ahead, language))

        read = api.read_city(city)
        if not quiet:
            line.remarks(read.remarks, city)
        with stop_on_signals(line) as stop, news_file(progress, line) as tell:
            found = api.frontier(
                read,
                question,
                capital=capital,
                subsidy_per_year=subsidy,
                folder=out,
                scenario_file=None if scenario is None else Path(scenario),
                lang=language,
                on_work=work,
                on_progress=tell,
                stop=stop,
                **manner,
            )
    _print(found, language, out, json=json, quiet=quiet)


def _ahead(work: Any, lang: Any) -> str:
    from siting.report.figures import seconds

    if not work.todo:
        return text("cli.frontier_done_already", lang, budgets=work.budgets)
    values = {"todo": work.todo, "budgets": work.budgets, "processes": work.processes}
    line = text("cli.frontier_work", lang, seconds=seconds(work.seconds), **values)
    if work.again:
        line += text("cli.frontier_again", lang, again=work.again)
    return line


def _print(found: Any, lang: Any, out: str, *, json: bool, quiet: bool) -> None:
    from siting.report.figures import clean

    if json:
        from siting.frontier.tables import as_json

        say_json(as_json(found))
    elif not quiet:
        from siting.report.frontier.table import frontier_table

        show(lambda width: frontier_table(found, lang, width))
    if not quiet:
        complain_notices(found.remarks, lang, kind="remark", json=json)
        if found.ended_early:
            longer = text("cli.frontier_longer", lang, count=found.ended_early)
            complain(longer, json=json)
        if not json:
            say(text("cli.frontier_files", lang, folder=clean(out)))
    if found.stage is None:
        proved = all(row.status == "infeasible" for row in found.rows)
        kind = InfeasibleError if proved else NoPlanError
        raise kind(Notice("cli.frontier_no_plan" if proved else "cli.frontier_none_found"))
