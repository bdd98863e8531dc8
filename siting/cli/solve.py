"""``siting solve``: which space becomes what, with a proven bound."""

import time
from pathlib import Path
from typing import Annotated

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
    TimeLimit,
    asked,
)
from siting.cli.options import CityFolder, Debug, Json, Lang, Numbers, Quiet, StandardName
from siting.cli.output import guarded, say_json, spoken

Text = str | None


@guarded
def solve(
    city: CityFolder,
    out: Annotated[
        str, typer.Option("-o", "--output", metavar="PLAN", help="help_out", show_default=False)
    ],
    standard: StandardName = None,
    capital: Annotated[Text, typer.Option(metavar="YUAN", help="help_capital")] = None,
    subsidy: Annotated[Text, typer.Option(metavar="YUAN", help="help_subsidy")] = None,
    scenario: ScenarioFile = None,
    policy: PolicyName = None,
    objective: ObjectiveName = None,
    opened: Opened = None,
    forbidden: Forbidden = None,
    enforce: Enforced = None,
    target: Targets = None,
    floor: Floors = None,
    grade: GradeId = None,
    other_weights: Annotated[
        bool, typer.Option("--other-weights", help="help_other_weights")
    ] = False,
    gap: Gap = "0.001",
    time_limit: TimeLimit = "60",
    threads: Threads = "2",
    seed: Seed = "0",
    solver: SolverName = None,
    progress: NewsFile = None,
    lang: Lang = None,
    quiet: Quiet = False,
    json: Json = False,
    debug: Debug = False,  # noqa: ARG001  `guarded` reads it
) -> None:
    """Solve a city and write the plan folder."""
    started = time.monotonic()
    language = spoken(lang)
    numbers = Numbers()
    numbers.folder("--output", out)
    limits = {
        "time_limit": numbers.positive("--time-limit", time_limit),
        "gap": numbers.share("--gap", gap),
    }
    counts = {
        "threads": numbers.whole("--threads", threads, least=1),
        "seed": numbers.whole("--seed", seed, least=0),
    }
    question = asked(
        numbers,
        standard=standard,
        policy=policy,
        objective=objective,
        capital=numbers.amount("--capital", capital, infinite=True),
        subsidy=numbers.amount("--subsidy", subsidy, infinite=True),
        opened=opened or [],
        forbidden=forbidden or [],
        enforce=enforce or [],
        target=target or [],
        floor=floor or [],
        grade=grade,
    )
    from siting.cli.solving import saved_in, show_summary, solve_and_save

    plan = solve_and_save(
        city,
        question,
        out,
        scenario_file=None if scenario is None else Path(scenario),
        time_limit=limits["time_limit"],
        gap=limits["gap"],
        threads=counts["threads"],
        seed=counts["seed"],
        solver=solver,
        started=started,
        lang=language,
        quiet=quiet,
        json=json,
        progress=progress,
        other_weights=other_weights,
    )
    with saved_in(out, language):
        if json:
            say_json(plan.document.model_dump(mode="json", by_alias=True))
        elif not quiet:
            show_summary(plan, language, out)
