"""In which order to build as the budget grows: what comes to stay, and what is swapped later."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from siting.plan.document import Project


class Turn(NamedTuple):
    """A run of neighbouring budgets whose plans all have one project.

    Attributes
    ----------
    space, type, community
        The project; in which form (area, chain) it opens may differ from plan to plan.
    enters
        Index of the first plan of the run.
    leaves
        Index of the first plan after it, which does without the project; None: it stays to the end.
    """

    space: str
    type: str
    community: str
    enters: int
    leaves: int | None


def find_rollout(plans: Sequence[Sequence[Project]]) -> tuple[Turn, ...]:
    """Return the runs of every project: those that stay, by entry; then those that are swapped.

    Parameters
    ----------
    plans
        The projects of each plan, by growing budget.
    """
    turns: list[Turn] = []
    open_turns: dict[tuple[str, str], Turn] = {}
    for k, projects in enumerate(plans):
        here = {(p.space, p.type): p.community for p in projects}
        for pair in [pair for pair in open_turns if pair not in here]:
            turns.append(open_turns.pop(pair)._replace(leaves=k))
        for pair, community in here.items():
            if pair not in open_turns:
                open_turns[pair] = Turn(*pair, community, k, None)
    staying = sorted(open_turns.values(), key=lambda t: (t.enters, t.space, t.type))
    swapped = sorted(turns, key=lambda t: (t.enters, t.leaves or 0, t.space, t.type))
    return (*staying, *swapped)
