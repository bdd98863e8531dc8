"""The same gaps under other weights: what a plan is asked when its weights are in doubt.

Weights are judgements, and no document publishes them. The family is small and fixed, so that
two plans can be compared; each member takes back one judgement (all are `unverified`):

``equal-classes``
    Every type weighs 1: what if quality types matter as much as basic ones?
``basic-thrice``
    Basic types weigh 3, all others 1: what if they matter more than the usual twice as much?
``counting-groups``
    Each type counts only the residents of its counting group: what if no group adds weight?
``equal-gaps``
    The gap of each type, city-wide, is worth the same number of points (their mean, so that all
    gaps together are worth what they were): what if a rare lack matters as much as a common one?

A weighting that asks the same as the standard or as one before it is left out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from siting.gaps.needs import Gaps
    from siting.standard.model import Objective

Weights = dict[str, dict[str, float]]
"""Need points of one resident, by type that asks and group; all above 0."""

_BASIC = "basic"
_THRICE = 3.0
_SAME = 1e-9


@dataclass(frozen=True, eq=False)
class Weighting:
    """The gaps of a city under other weights.

    Attributes
    ----------
    name
        One of the names above.
    weights
        What one resident is worth.
    gaps
        The same gaps, with these weights in their demands and in their standard.
    """

    name: str
    weights: Weights
    gaps: Gaps


def other_weightings(gaps: Gaps, objective: Objective) -> tuple[Weighting, ...]:
    """Return the family, without those that ask nothing else.

    Parameters
    ----------
    gaps
        Under the standard's own weights.
    objective
        Under ``basic-first`` only weights within a class matter, otherwise all of them.
    """
    own = {
        kind.id: {group: kind.weight * share for group, share in kind.groups.items()}
        for _, kind in gaps.asking
    }
    by_class = objective == "basic-first"
    blocks = {kind.id: kind.type_class if by_class else "" for _, kind in gaps.asking}
    told = [own]
    found = []
    for name, weights in _family(gaps, own).items():
        if not any(_asks_the_same(weights, other, blocks) for other in told):
            told.append(weights)
            found.append(Weighting(name, weights, _weighed(gaps, weights)))
    return tuple(found)


def _family(gaps: Gaps, own: Weights) -> dict[str, Weights]:
    kinds = [kind for _, kind in gaps.asking]
    thrice = {k.id: _THRICE if k.type_class == _BASIC else 1.0 for k in kinds}
    worth = _points_lacking(gaps)
    lacking = [points for points in worth.values() if points > 0]
    mean = sum(lacking) / max(1, len(lacking))
    factor = {word: mean / points if points > 0 else 1.0 for word, points in worth.items()}
    return {
        "equal-classes": {k.id: dict(k.groups) for k in kinds},
        "basic-thrice": {k.id: _times(k.groups, thrice[k.id]) for k in kinds},
        "counting-groups": {k.id: {k.counting_group: k.weight} for k in kinds},
        "equal-gaps": {word: _times(groups, factor[word]) for word, groups in own.items()},
    }


def _times(groups: Mapping[str, float], factor: float) -> dict[str, float]:
    return {group: factor * weight for group, weight in groups.items()}


def _points_lacking(gaps: Gaps) -> dict[str, float]:
    """Return the need points of all gaps of each type."""
    worth = {kind.id: 0.0 for _, kind in gaps.asking}
    for d, demand in enumerate(gaps.demands):
        people = float(gaps.residents[demand.group][~gaps.served[d]].sum())
        worth[gaps.standard.types[demand.type].id] += demand.points * people
    return worth


def _asks_the_same(one: Weights, other: Weights, blocks: dict[str, str]) -> bool:
    """Tell whether two weightings differ by one factor in each block of types."""
    factors: dict[str, list[float]] = {}
    for word, groups in one.items():
        if groups.keys() != other[word].keys():
            return False
        factors.setdefault(blocks[word], []).extend(other[word][g] / w for g, w in groups.items())
    return all(max(f) - min(f) <= _SAME * max(f) for f in factors.values())


def _weighed(gaps: Gaps, weights: Weights) -> Gaps:
    types = tuple(
        kind.model_copy(update={"weight": 1.0, "groups": weights[kind.id]})
        if kind.id in weights
        else kind
        for kind in gaps.standard.types
    )
    demands = tuple(
        replace(
            demand,
            points=weights[types[demand.type].id].get(gaps.groups[demand.group], 0.0),
        )
        for demand in gaps.demands
    )
    standard = gaps.standard.model_copy(update={"types": types})
    return replace(gaps, standard=standard, demands=demands)
