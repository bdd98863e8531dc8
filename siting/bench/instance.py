"""The questions that peers are asked: generated cities, and their first type alone."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from siting.bench.model import Facts
from siting.bench.plain import plain_size
from siting.city.read import read_city
from siting.gaps.needs import find_needs, limits
from siting.generate.city import RUNGS, generate
from siting.programme.needs import merge_needs
from siting.programme.rules import find_rules
from siting.solve.problem import Problem
from siting.standard.model import Scenario
from siting.standard.options import find_options
from siting.standard.purses import find_purses
from siting.standard.scenarios import resolve
from siting.walk.walks import walk

if TYPE_CHECKING:
    from pathlib import Path

    from siting.bench.model import Question
    from siting.city.model import City
    from siting.gaps.needs import Gaps
    from siting.programme.rules import Rules
    from siting.standard.model import Question as Resolved
    from siting.standard.model import Standard
    from siting.standard.options import Options
    from siting.standard.purses import Purses
    from siting.walk.reach import Reach

ONE_IN = 10
"""Of so many possible sites one may open where only one type is asked for."""


@dataclass(frozen=True, eq=False)
class Instance:
    """One question in memory, with everything that a peer is given or that checks it."""

    folder: Path
    facts: Facts
    city: City
    question: Resolved
    options: Options
    gaps: Gaps
    reach: dict[str, Reach]
    purses: tuple[Purses, Purses]
    rules: Rules

    @cached_property
    def problem(self) -> Problem:
        """The problem as siting states it, with merged needs."""
        needs = merge_needs(self.gaps, self.options, self.reach, self.rules)
        return Problem(self.city, self.options, needs, self.purses, self.rules)


def generated(folder: Path, rung: str, seed: int) -> Instance:
    """Write the city of a rung and seed into `folder`, and return its question."""
    places, spaces, types = RUNGS[rung]
    generate(folder, places=places, spaces=spaces, types=types, seed=seed)
    return read_instance(folder, rung, seed)


def read_instance(
    folder: Path, rung: str, seed: int, question: Question = "whole", sites: int | None = None
) -> Instance:
    """Return the question that a city folder's own scenario states."""
    city = read_city(folder)
    resolved = resolve(Scenario(), city_folder=folder, scenario_file=None, city=city)
    options = find_options(city, resolved)
    gaps = find_needs(city, resolved.standard)
    reach = walk(city, "space", limits(gaps.demands, gaps.groups), np.unique(options.space))
    lacking, entries = plain_size(gaps, options, reach)
    rules = find_rules(city, resolved, gaps, options)
    merged = len(merge_needs(gaps, options, reach, rules))
    return Instance(
        folder=folder,
        facts=Facts(
            rung=rung,
            seed=seed,
            question=question,
            places=len(city.places),
            spaces=len(city.spaces),
            types=len(gaps.asking),
            options=len(options),
            gaps=lacking,
            entries=entries,
            merged=merged,
            sites=sites,
        ),
        city=city,
        question=resolved,
        options=options,
        gaps=gaps,
        reach=reach,
        purses=(
            find_purses(city, resolved, options, "capital"),
            find_purses(city, resolved, options, "subsidy_per_year"),
        ),
        rules=rules,
    )


def single_type(whole: Instance, folder: Path) -> Instance:
    """Write the city with its first type alone into `folder`, and return that question.

    It is the maximal covering problem: residents whom no outlet serves count once each, every
    site costs one yuan and the budget is a number of yuan, so that at most so many sites open.
    """
    shutil.copytree(whole.folder, folder)
    first = int(whole.options.type.min(initial=0))
    sites = max(1, len(np.unique(whole.options.space[whole.options.type == first])) // ONE_IN)
    _without_costs(folder)
    (folder / "standard.toml").write_text(_one_type(whole.question.standard, first), "utf-8")
    (folder / "scenario.toml").write_text(
        f"[budget]\ncapital = {sites}\nsubsidy_per_year = inf\n", "utf-8"
    )
    return read_instance(folder, whole.facts.rung, whole.facts.seed, "single", sites)


def _one_type(standard: Standard, first: int) -> str:
    kind = standard.types[first]
    return "\n".join(
        [
            'id = "single-type"',
            f'zh = "{kind.zh}"',
            f'en = "{kind.en}"',
            "[[types]]",
            f'id = "{kind.id}"',
            f"minutes = {kind.minutes}",
            'counting_group = "everyone"',
            "groups = { everyone = 1.0 }",
            "weight = 1.0",
            "capital_m2 = 0.0",
            "capital_fixed = 1.0",
            'chain = "never"',
            "",
        ]
    )


def _without_costs(folder: Path) -> None:
    """Take out of a generated table of spaces what their conversion is stated to cost."""
    import pandas as pd

    costs = ["capital_m2", "capital_fixed"]
    path = folder / "spaces.csv"
    if path.exists():
        rows = pd.read_csv(path, encoding="utf-8-sig", dtype=str, keep_default_na=False)
        rows.drop(columns=costs, errors="ignore").to_csv(path, index=False)
    else:  # a large city
        path = path.with_suffix(".parquet")
        pd.read_parquet(path).drop(columns=costs, errors="ignore").to_parquet(path)
