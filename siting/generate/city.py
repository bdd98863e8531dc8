"""Generated cities of any size, in the format that `siting.read_city` reads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, get_args

import numpy as np

from siting.arguments import is_whole
from siting.city.model import EVERYONE
from siting.errors import InputError, Notice
from siting.generate.folder import check_folder, write_folder
from siting.progress import counted
from siting.words import Lang

if TYPE_CHECKING:
    from collections.abc import Callable

    from siting.generate.tables import Made
    from siting.progress import Tell
    from siting.standard.model import Standard

RUNGS: dict[str, tuple[int, int, int]] = {
    "village": (500, 60, 23),
    "town": (2_000, 200, 23),
    "district": (20_000, 1_000, 30),
    "city": (100_000, 5_000, 50),
    "metropolis": (1_000_000, 20_000, 50),
}
"""Places, spaces and types of each rung of the ladder."""

_STEPS = 6  # streets, people, spaces, outlets, amounts, files
LIMITS = {
    "places": (20, 5_000_000),
    "spaces": (1, 200_000),
    "types": (1, 500),
    "seed": (0, 2**63 - 1),
}


def generate(
    folder: Path,
    *,
    places: int,
    spaces: int,
    types: int,
    seed: int,
    lang: Lang = "zh",
    tell: Tell | None = None,
) -> None:
    """Write a generated city: its tables, its own standard and its own scenario.

    The shape is the same at every size: 250 places a square kilometre, residents in estates of
    several sizes and ages, a bent street grid with missing links and barriers, existing outlets
    that leave between 15% and 85% of each type's counting group without it (from about 200
    places on; a smaller city can be too small for that), a quarter of the spaces shared by two to
    four types, a fifth with a one-off cost, and budgets that buy between a tenth and a fifth of
    what the spaces could become (`siting.generate.question.full_cost`).

    Parameters
    ----------
    folder
        A new or an empty folder, or one that holds a generated city as it was written, which is
        then replaced. It appears whole or not at all.
    places, spaces, types
        How many of each; see `LIMITS`.
    seed
        The same seed, sizes and language give the same bytes.
    lang
        Language of the names of communities, places and streets; no number depends on it.
    tell
        Told how many of the steps are done.

    Raises
    ------
    InputError
        A number out of its range, a folder that holds something else, or a disk that refuses.
    """
    from siting.generate.question import resolved, scenario_text, standard_text
    from siting.generate.tables import write_tables

    _check(lang, places=places, spaces=spaces, types=types, seed=seed)
    target = check_folder(Path(folder))
    rng = np.random.default_rng(seed)
    standard = standard_text(rng, types)
    more = counted(tell, _STEPS)
    made = _make(rng, resolved(standard), places, spaces, more)
    files = {"standard.toml": standard, "scenario.toml": scenario_text(made.amounts)}

    def write(fresh: Path) -> None:
        write_tables(fresh, made, np.random.default_rng([seed, 1]), lang)
        for name, content in files.items():
            (fresh / name).write_text(content, "utf-8", newline="\n")
        more()

    write_folder(target, write)


def _check(lang: str, **numbers: int) -> None:
    faults = [
        Notice("generate.range", values={"name": n, "value": v, "least": low, "most": high})
        for n, v in numbers.items()
        for low, high in [LIMITS[n]]
        if not is_whole(v, low) or v > high
    ]
    if lang not in get_args(Lang):
        faults.append(Notice("generate.language", values={"value": lang}))
    if faults:
        raise InputError(faults)


def _make(
    rng: np.random.Generator,
    standard: Standard,
    places: int,
    spaces: int,
    more: Callable[[], None],
) -> Made:
    """Return the generated city and its budgets."""
    from siting.generate.outlets import Asked, make_outlets
    from siting.generate.question import choose_amounts
    from siting.generate.residents import make_people
    from siting.generate.spaces import make_spaces
    from siting.generate.streets import make_grid
    from siting.generate.tables import WALKING, Made, as_city
    from siting.standard.model import Budget, Question
    from siting.standard.options import find_options
    from siting.standard.policies import load_policy

    grid = make_grid(rng, places)
    more()
    people = make_people(rng, grid, places)
    more()
    vacant = make_spaces(rng, grid, people, spaces)
    more()
    asked = []
    for one in standard.types:
        metres = one.minutes * WALKING.speed(one.counting_group)
        group = one.counting_group if one.counting_group in people.residents else EVERYONE
        asked.append(Asked(one.id, metres, group))
    existing = make_outlets(rng, grid, people, tuple(asked))
    more()
    unlimited = Budget(capital=np.inf, subsidy_per_year=np.inf)
    question = Question(standard=standard, policy=load_policy("default"), budget=unlimited)
    options = find_options(as_city(people, vacant, existing), question)
    amounts = choose_amounts(rng, standard, options, vacant.area_m2, vacant.max_types)
    more()
    return Made(grid, people, vacant, existing, amounts)
