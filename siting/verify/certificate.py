"""The bound that a certificate proves, worked out from the city's files with plain numpy.

With multipliers u >= 0 of the needs and prices >= 0 of the money rows, no plan is worth more than

    L = sum max(0, W - u)  +  sum price limit  +  sum over spaces of the best bundle of options,

where an option is worth the u of the needs it meets, less what it costs at the prices, and
opening a space costs its one-off cost (docs/certificate.md). That holds whatever the multipliers
are. What no need or row of the question bears the name of counts 0.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.errors import Notice
from siting.plan.certificate import space_keys
from siting.standard.catalogue import CLASSES
from siting.verify.bundles import best_bundles
from siting.verify.compare import close, differs, same_gap, wrong
from siting.verify.purse_rows import kept_row, purse_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from siting.city.model import City
    from siting.plan.certificate import Certificate, StageMultipliers
    from siting.plan.document import Document, Stage
    from siting.standard.model import Question
    from siting.standard.options import Options
    from siting.verify.merged import Merged
    from siting.verify.spread import Floats

_COVERAGE = "coverage"
_UNIT = 2.0**-53


@dataclass(frozen=True, eq=False)
class Paid:
    """What the needs of one type come to at some multipliers.

    Attributes
    ----------
    type
        Index of the type.
    rest
        Points that the multipliers leave: the sum of max(0, W - u).
    worth
        The sum of u over the needs that each space meets, shape (spaces,).
    size
        Sum of the absolute values of all that was added up.
    terms
        How many those are.
    known
        Multipliers of the certificate that belong to one of the needs.
    """

    type: int
    rest: float
    worth: Floats
    size: float
    terms: int
    known: int


@dataclass(frozen=True, eq=False)
class Evaluated:
    """The bound of one stage.

    Attributes
    ----------
    least, most
        What its maker may have rounded it to.
    rises
        How much higher the bound is with 10,000 yuan more, by what they are for.
    clipped, unknown
        How many multipliers were below 0, and how many have a name that the question has not.
    """

    least: float
    most: float
    rises: dict[str, float]
    clipped: int
    unknown: int


def counts_in(stage: str, type_class: str) -> bool:
    """Return whether the points of a class of types count in a stage."""
    return stage in (_COVERAGE, type_class)


def pay(merged: Merged, stage: StageMultipliers, spaces: int) -> Paid:
    """Return what the merged needs of a type come to at a stage's multipliers."""
    counts = merged.points > 0.0
    at = np.searchsorted(stage.need, merged.key)
    at[at == len(stage.need)] = 0
    named = np.zeros(len(merged), dtype=bool)
    if len(stage.need):
        named = counts & (stage.need[at] == merged.key)
    u = np.zeros(len(merged))
    u[named] = np.maximum(stage.u[at[named]].astype(np.float64), 0.0)
    size = np.diff(merged.start)
    weight = np.where(counts, merged.points, 0.0)
    worth = np.bincount(merged.space, np.repeat(u, size), minlength=spaces)
    return Paid(
        type=merged.type,
        rest=math.fsum(np.maximum(weight - u, 0.0)),
        worth=worth.astype(np.float64),
        size=float(weight.sum() + ((1 + size) * u).sum()),
        terms=int(counts.sum() + size[counts].sum()),
        known=len(np.unique(merged.key[named])),
    )


def evaluate(
    stage: StageMultipliers,
    paid: Iterable[Paid],
    city: City,
    question: Question,
    options: Options,
    reached: dict[str, float],
) -> Evaluated:
    """Return the bound of a stage.

    Parameters
    ----------
    paid
        What the needs of each type that counts in the stage come to.
    reached
        What the plan is worth in the stages before, by their names.
    """
    standard, spaces = question.standard, len(city.spaces)
    worth, toll = np.zeros(len(options)), np.zeros(spaces)
    parts: list[float] = []
    size, known = 0.0, 0
    rises = dict.fromkeys(("capital", "subsidy_per_year"), 0.0)
    groups = max((len(kind.groups) for kind in standard.types), default=0)
    terms = len(city.places) * groups
    for part in paid:
        mine = np.flatnonzero(options.type == part.type)
        worth[mine] = part.worth[options.space[mine]]
        parts.append(part.rest)
        size, terms, known = size + part.size, terms + part.terms, known + part.known
    unknown = max(0, len(stage.need) - known)
    for key, price in zip(stage.row, np.maximum(stage.price, 0.0).tolist(), strict=True):
        row = kept_row(key, question, options, reached)
        row = row or purse_row(key, city, question, options)
        if row is None:
            unknown += 1
        elif price > 0.0:
            worth -= price * row.option
            toll += price * row.space
            parts.append(price * row.limit)
            if row.rise:
                rises[json.loads(key)[0]] += price * row.rise
            size += price * (row.limit + sum(row.option.tolist()) + sum(row.space.tolist()))
            terms += 1 + len(options) + spaces
    named = np.isin(space_keys(city.spaces.id), stage.loose)
    loose = frozenset(np.flatnonzero(named).tolist())
    parts += best_bundles(city, standard, options, worth, toll, loose).tolist()
    # Half of what is added to a stated bound covers all rounding here, and half all of its maker.
    value, slack = math.fsum(parts), (terms + 8) * _UNIT * size
    return Evaluated(
        least=value + slack,
        most=math.nextafter((value + 3.0 * slack) * (1.0 + 4.0 * _UNIT), math.inf),
        rises=rises,
        clipped=int((stage.u < 0.0).sum() + (stage.price < 0.0).sum()),
        unknown=unknown,
    )


def reached_before(document: Document, name: str) -> dict[str, float]:
    """Return what the plan is worth in the stages before one, by their names."""
    names = [stage.name for stage in document.stages]
    before = document.stages[: names.index(name)] if name in names else ()
    return {stage.name: stage.objective for stage in before}


def check_certificate(
    document: Document, certificate: Certificate, found: dict[str, Evaluated]
) -> Iterator[Notice]:
    """Yield what is wrong with certified bounds and gaps.

    Parameters
    ----------
    certificate, found
        By the names of the stages.
    """
    names = [stage.name for stage in document.stages]
    for name in certificate:
        if name not in names or name not in (_COVERAGE, *CLASSES):
            yield wrong("certificate_stage", stage=name)
    for stage in document.stages:
        right = found.get(stage.name)
        if right is None:
            if stage.certified_bound is not None:
                yield wrong("certificate_missing", stage=stage.name)
        else:
            yield from _bound(stage, right)
        gap = _gap(stage)
        if not same_gap(stage.certified_gap, gap):
            yield differs("certified_gap", stage.certified_gap, gap, stage=stage.name)


def _bound(stage: Stage, right: Evaluated) -> Iterator[Notice]:
    stated = stage.certified_bound
    if stated is None or not right.least <= stated <= right.most:
        yield differs("certified", stated, right.least, stage=stage.name)
    if stated is not None and stated < stage.objective and not close(stated, stage.objective):
        yield differs("bound_below", stated, stage.objective)


def _gap(stage: Stage) -> float | None:
    if stage.certified_bound is None:
        return None
    apart = abs(stage.certified_bound - stage.objective)
    if apart == 0.0:
        return 0.0
    return None if stage.objective == 0.0 else apart / abs(stage.objective)


def remarks(found: dict[str, Evaluated]) -> Iterator[Notice]:
    """Yield what is odd in a certificate, although its bound holds."""
    for name, right in found.items():
        if right.clipped:
            yield Notice("verify.certificate_clipped", values=_named(name, right.clipped))
        if right.unknown:
            yield Notice("verify.certificate_unknown", values=_named(name, right.unknown))


def _named(stage: str, count: int) -> dict[str, object]:
    return {"stage": stage, "count": count}
