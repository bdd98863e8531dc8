"""The question of a tiny city as the solvers get it, and plans with one thing changed."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from siting.gaps.needs import find_needs, limits
from siting.plan.document import Document
from siting.programme.needs import merge_needs
from siting.solve.problem import Problem
from siting.standard.options import find_options
from siting.standard.purses import find_purses
from siting.walk.walks import walk

# What nobody can recompute (design, 5.4), or what says nothing of the answer.
FREE = {
    "seconds",
    "peak_memory_mb",
    "software",
    "seed",
    "deterministic",
    "inputs.city_path",
    "inputs.city_path_absolute",
    # What was asked: a plan may well be right for another question too.
    "inputs.standard",
    "inputs.policy",
    "inputs.scenario.locks",
    "inputs.scenario.objective",
    "inputs.scenario.targets",
    "inputs.scenario.floors",
    "inputs.scenario.grade",
    "inputs.scenario.enforce",
    # The multipliers' word; nothing that is counted says otherwise.
    "price.capital",
    "price.subsidy_per_year",
}
FREE_FUND = ("types", "kinds", "communities")
OTHER = {
    "status": {"optimal": "feasible", "feasible": "optimal"},
    "sense": {"max": "min", "min": "max"},
    "stopped_by": {"gap": "time", "done": "interrupt"},
    "unit": {"outlets": "m2", "m2": "outlets"},
    "pays": {"capital": "subsidy_per_year", "subsidy_per_year": "capital"},
}
MONEY = ("capital", "subsidy_per_year", "amount", "limit", "spent")


def problem_of(city, question) -> Problem:
    """Return the question as the search gets it."""
    options = find_options(city, question)
    purses = (
        find_purses(city, question, options, "capital"),
        find_purses(city, question, options, "subsidy_per_year"),
    )
    gaps = find_needs(city, question.standard)
    reach = walk(city, "space", limits(gaps.demands, gaps.groups), np.unique(options.space))
    return Problem(city, options, merge_needs(gaps, options, reach), purses)


def changes(document: Document, city) -> list[tuple[str, Document]]:
    """Return the plan with one thing changed, in every way that makes it wrong, each with a name.

    Every number that can be recomputed is raised by a fen, by one, or by a millionth of itself.
    """
    content = document.model_dump()
    found = [(f"{p} changed", c) for p, c in _leaves(content)]
    found += [(name, c) for name, c in _lists(content)]
    found += [(name, c) for name, c in _swaps(content, document, city)]
    found += [(name, c) for name, c in _bounds(content)]
    return [(name, Document.model_validate(c)) for name, c in found]


def _leaves(content):
    for path, value in _walk(content, ()):
        dotted = ".".join(map(str, path))
        if any(dotted == free or dotted.startswith(free + ".") for free in FREE):
            continue
        if dotted.startswith("inputs.scenario.funds") and any(w in path for w in FREE_FUND):
            continue
        if "upgrades" in path and path[-1] == "bound":
            continue  # the solver's word
        new = _other(str(path[-1]), value)
        if path == ("price", "reason"):
            new = "unknown" if value == "cost" else "cost"
        if new is not None:
            yield dotted, _with(content, path, new)


def _walk(value: Any, path):
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _walk(item, (*path, key))
    elif isinstance(value, (list, tuple)):
        for k, item in enumerate(value):
            yield from _walk(item, (*path, k))
    else:
        yield path, value


def _other(name: str, value: Any) -> Any:
    if name in OTHER:
        return OTHER[name][value]
    if name == "objective_kind":
        return None  # there is only one
    if isinstance(value, str):
        return value + "x"
    if isinstance(value, bool):
        return not value
    if name in ("other_weights", "shared"):
        return ()
    if value is None:
        words = ("city_sha256", "metric_crs", "grade_before", "grade_after", "stage")
        return "x" if name in words else 1.0
    if isinstance(value, int):
        return value + 1
    if name in MONEY:
        return round(value + 0.01, 2)
    return value + 1e-6 * max(1.0, abs(value))


def _lists(content):
    """Leave out and repeat each member of each list."""
    for name in (
        "projects",
        "one_off",
        "coverage",
        "funds",
        "stages",
        "circles",
        "quotas",
        "open_gaps",
        "sensitivity",
    ):
        for k, item in enumerate(content[name]):
            rest = [*content[name][:k], *content[name][k + 1 :]]
            yield f"{name}.{k} left out", {**content, name: rest}
            yield f"{name}.{k} twice", {**content, name: [*content[name], item]}
    for name, payments in (
        ("projects", "capital_paid_by"),
        ("projects", "subsidy_paid_by"),
        ("one_off", "capital_paid_by"),
    ):
        for k, item in enumerate(content[name]):
            if item[payments]:
                yield f"{name}.{k}.{payments} empty", _with(content, (name, k, payments), ())
    if len(content["projects"]) > 1:
        yield "projects in another order", {**content, "projects": content["projects"][::-1]}


def _swaps(content, document, city):
    """Say another space or type of the city."""
    for k, project in enumerate(document.projects):
        for s, name in enumerate(city.spaces.id):
            elsewhere = (city.spaces.x[s], city.spaces.y[s]) != (project.x, project.y)
            if name != project.space and elsewhere:
                yield f"projects.{k} in {name}", _with(content, ("projects", k, "space"), str(name))
        for kind in content["inputs"]["standard"]["types"]:
            if kind["id"] != project.type:
                swapped = _with(content, ("projects", k, "type"), kind["id"])
                yield f"projects.{k} as {kind['id']}", swapped


def _bounds(content):
    """Say a bound that agrees with every gap, but not with the plan or its status."""
    objective = content["objective"]
    step = 1e-3 * max(1.0, objective) * (1 if content["sense"] == "max" else -1)
    for name, bound in (
        ("bound on the wrong side of the objective", objective - step),
        ("optimal with a gap", objective + step),
    ):
        apart = abs(bound - objective)
        said = {
            "bound": bound,
            "gap_abs": apart,
            "gap": apart / objective if objective else None,
        }
        stage = {**content["stages"][0], **said}
        yield name, {**content, **said, "stages": [stage, *content["stages"][1:]]}


def _with(content, path, value):
    changed = copy.deepcopy(content)
    at = changed
    for step in path[:-1]:
        if isinstance(at[step], tuple):
            at[step] = list(at[step])
        at = at[step]
    at[path[-1]] = value
    return changed
