"""``siting solve``: which space becomes what, with a proven bound."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from siting.cli.options import CityFolder, Debug, Json, Lang, Numbers, Quiet, StandardName
from siting.cli.output import guarded, say_json, spoken

if TYPE_CHECKING:
    from siting.standard.model import Scenario

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
    scenario: Annotated[Text, typer.Option(metavar="FILE", help="help_scenario")] = None,
    policy: Annotated[Text, typer.Option(metavar="P", help="help_policy")] = None,
    objective: Annotated[Text, typer.Option(metavar="O", help="help_objective")] = None,
    opened: Annotated[
        list[str] | None, typer.Option("--open", metavar="SPACE:TYPE", help="help_open")
    ] = None,
    forbidden: Annotated[
        list[str] | None, typer.Option("--forbid", metavar="SPACE:TYPE", help="help_forbid")
    ] = None,
    enforce: Annotated[
        list[str] | None, typer.Option("--enforce", metavar="RULE", help="help_enforce")
    ] = None,
    target: Annotated[
        list[str] | None, typer.Option("--target", metavar="NAME=SHARE", help="help_target")
    ] = None,
    floor: Annotated[
        list[str] | None, typer.Option("--floor", metavar="NAME=SHARE", help="help_floor")
    ] = None,
    grade: Annotated[Text, typer.Option(metavar="ID", help="help_grade")] = None,
    other_weights: Annotated[
        bool, typer.Option("--other-weights", help="help_other_weights")
    ] = False,
    gap: Annotated[str, typer.Option(metavar="SHARE", help="help_gap")] = "0.001",
    time_limit: Annotated[str, typer.Option(metavar="SECONDS", help="help_time")] = "60",
    threads: Annotated[str, typer.Option(metavar="N", help="help_threads")] = "2",
    seed: Annotated[str, typer.Option(metavar="N", help="help_seed")] = "0",
    solver: Annotated[Text, typer.Option(metavar="NAME", help="help_solver")] = None,
    progress: Annotated[Text, typer.Option(metavar="FILE", help="help_progress")] = None,
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
    question = _scenario(
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
    from siting.cli.solving import show_summary, solve_and_save

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
        progress=progress,
        other_weights=other_weights,
    )
    if json:
        say_json(plan.document.model_dump(mode="json", by_alias=True))
    elif not quiet:
        show_summary(plan, language, out)


def _scenario(
    numbers: Numbers,
    *,
    standard: str | None,
    policy: str | None,
    objective: str | None,
    capital: float | None,
    subsidy: float | None,
    opened: list[str],
    forbidden: list[str],
    enforce: list[str],
    target: list[str],
    floor: list[str],
    grade: str | None,
) -> "Scenario":
    """Return what the flags ask; what no flag says stays None for the files to say."""
    locks = None
    if opened or forbidden:
        locks = {
            "open": tuple(numbers.pair("--open", words) for words in opened),
            "forbid": tuple(numbers.pair("--forbid", words) for words in forbidden),
        }
    targets = numbers.shares("--target", target)
    floors = numbers.shares("--floor", floor)
    from siting.standard.model import Locks, Objective, Rule, Scenario

    numbers.known("--objective", objective, get_args(Objective))
    for rule in enforce:
        numbers.known("--enforce", rule, get_args(Rule))
    numbers.refuse()
    return Scenario.model_validate(
        {
            "standard": standard,
            "policy": policy,
            "objective": objective,
            "capital": capital,
            "subsidy_per_year": subsidy,
            "locks": None if locks is None else Locks(**locks),
            "targets": targets,
            "floors": floors,
            "grade": grade,
            "enforce": tuple(dict.fromkeys(enforce)) or None,
        }
    )
