"""The options that ask a question and say how to solve it, and the scenario they make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, get_args

import typer

if TYPE_CHECKING:
    from siting.cli.options import Numbers
    from siting.standard.model import Scenario

_Text = str | None
_Texts = list[str] | None

ScenarioFile = Annotated[_Text, typer.Option("--scenario", metavar="FILE", help="help_scenario")]
PolicyName = Annotated[_Text, typer.Option("--policy", metavar="P", help="help_policy")]
ObjectiveName = Annotated[_Text, typer.Option("--objective", metavar="O", help="help_objective")]
Opened = Annotated[_Texts, typer.Option("--open", metavar="SPACE:TYPE", help="help_open")]
Forbidden = Annotated[_Texts, typer.Option("--forbid", metavar="SPACE:TYPE", help="help_forbid")]
Enforced = Annotated[_Texts, typer.Option("--enforce", metavar="RULE", help="help_enforce")]
Targets = Annotated[_Texts, typer.Option("--target", metavar="NAME=SHARE", help="help_target")]
Floors = Annotated[_Texts, typer.Option("--floor", metavar="NAME=SHARE", help="help_floor")]
GradeId = Annotated[_Text, typer.Option("--grade", metavar="ID", help="help_grade")]
Gap = Annotated[str, typer.Option("--gap", metavar="SHARE", help="help_gap")]
TimeLimit = Annotated[str, typer.Option("--time-limit", metavar="SECONDS", help="help_time")]
Threads = Annotated[str, typer.Option("--threads", metavar="N", help="help_threads")]
Seed = Annotated[str, typer.Option("--seed", metavar="N", help="help_seed")]
SolverName = Annotated[_Text, typer.Option("--solver", metavar="NAME", help="help_solver")]
NewsFile = Annotated[_Text, typer.Option("--progress", metavar="FILE", help="help_progress")]


def asked(
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
) -> Scenario:
    """Return what the flags ask; what no flag says stays None for the files to say.

    Raises
    ------
    InputError
        Any flag is not as it should be; all faults at once.
    """
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
