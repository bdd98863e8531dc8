"""A plan that the caller knows: its projects as options, if the question at hand allows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from siting.solve.limits import kept

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from siting.solve.problem import Problem


class Opened(Protocol):
    """What opens where, as `siting.plan.document.Project` says it.

    Attributes
    ----------
    space, type
        Ids.
    area_m2, chain
        Floor area in square metres, and whether a chain runs it: they tell the forms of one pair
        apart.
    """

    @property
    def space(self) -> str: ...  # noqa: D102

    @property
    def type(self) -> str: ...  # noqa: D102

    @property
    def area_m2(self) -> float: ...  # noqa: D102

    @property
    def chain(self) -> bool: ...  # noqa: D102


def known_choice(
    problem: Problem, types: Sequence[str], start: Iterable[Opened]
) -> NDArray[np.int64] | None:
    """Return the options that `start` names, ascending; None where they are no plan here.

    Nothing is believed: each has to be an option of this question, and all together have to keep
    every rule and budget of it.

    Parameters
    ----------
    problem
        The question, at its first stage.
    types
        Ids of the standard's types, in its order.
    """
    options = problem.options
    space_at = {str(name): s for s, name in enumerate(problem.city.spaces.id)}
    type_at = {name: t for t, name in enumerate(types)}
    found = []
    for one in start:
        s, t = space_at.get(one.space), type_at.get(one.type)
        if s is None or t is None:
            return None
        # options are sorted by space
        first, end = np.searchsorted(options.space, [s, s + 1]).tolist()
        part = slice(first, end)
        same = (options.type[part] == t) & (options.chain[part] == one.chain)
        same &= options.area_m2[part] == one.area_m2
        if not same.any():
            return None
        found.append(first + int(np.argmax(same)))
    chosen = np.unique(np.array(found, dtype=np.int64))
    return chosen if kept(problem, chosen) else None
