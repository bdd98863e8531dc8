"""Every rule that keeps one space from becoming a type, where `find_options` tells the first."""

from __future__ import annotations

import math
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from siting.standard.locks import find_locks
from siting.standard.money import MILLION, Whole, millionths
from siting.standard.options import REASONS
from siting.standard.relief import blank_communities, largest_share, relief_of
from siting.standard.rules import CODE, lonely, physical, physical_all
from siting.standard.sharing import crowded, least_companion
from siting.standard.spacing import near_outlets_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.city.model import City, Spaces
    from siting.standard.model import Policy, Question, Type


def every_refusal(
    city: City, question: Question, refused: NDArray[np.int8], s: int, t: int
) -> tuple[str, ...]:
    """Return every reason why a space is no option of a type; none where it is one.

    Of a space that is too small rent is looked at as if it had the least that is asked, and of a
    relief that is too high the cap as if the relief were allowed.

    Parameters
    ----------
    refused
        As `siting.standard.options.Options` has it.
    s, t
        Indices of the space and the type.

    Returns
    -------
    tuple
        Of `REASONS`, in their order.
    """
    if not refused[s, t]:
        return ()
    standard = question.standard
    kind, spaces = standard.types[t], city.spaces
    one = _only(spaces, s)
    found = physical_all(one, standard.types, standard.roof, t)
    if "delivery" in found:
        return ("delivery",)
    near = near_outlets_of(city, standard, kind.id, one.x, one.y)
    if "spacing" in question.enforce and near[0]:
        found.add("spacing")
    found |= _rent(city, question, one, t)
    if find_locks(city, question).forbidden[s, t]:
        found.add("lock")
    otherwise = refused[[s]].copy()
    otherwise[0, t] = 0
    if lonely(one, standard.types, standard.roof, otherwise)[0, t]:
        found.add("host")
    return tuple(reason for reason in REASONS if reason in found)


def _only(spaces: Spaces, s: int) -> Spaces:
    columns = {f.name: getattr(spaces, f.name) for f in fields(spaces)}
    row: dict[str, Any] = {n: v[s : s + 1] for n, v in columns.items() if v is not None}
    return replace(spaces, **row)


def _rent(city: City, question: Question, one: Spaces, t: int) -> set[str]:
    """Return whether relief is too high, and whether it passes its cap, in every form."""
    kind, policy = question.standard.types[t], question.policy
    typical, least = millionths(kind.area_typical_m2), millionths(kind.area_min_m2)
    area = np.maximum(millionths(one.area_m2), least)
    forms = [np.minimum(area, typical)]
    companion = least_companion(
        physical(one, question.standard.types, question.standard.roof), question.standard.types
    )
    if one.max_types[0] >= 2 and crowded(area, typical, least, companion[:, t])[0]:
        forms.append(np.minimum(area, least))
    most = largest_share(policy, kind, blank_communities(city, kind)[one.community])
    rent = millionths(one.rent_m2_month)
    # as for options, the usual form's reasons are told where no form will do
    reasons = [_of_form(rent, form, most, kind, policy) for form in forms]
    return reasons[0] if all(reasons) else set()


def _of_form(rent: Whole, area: Whole, most: Whole, kind: Type, policy: Policy) -> set[str]:
    code = int(relief_of(rent, area, most, kind, policy)[2][0])
    if code != CODE["rent"]:
        return {REASONS[code - 1]} if code else set()
    exact = policy.model_copy(update={"relief_steps": (), "ceiling_rent_m2_month": None})
    everything = np.full(1, MILLION, dtype=object)
    steps = policy.relief_steps
    if steps:
        share = float(relief_of(rent, area, everything, kind, exact)[1][0])
        steps = (*steps, step_for(share)) if share > max(steps) else steps
    granted = exact.model_copy(update={"relief_steps": steps})
    over = relief_of(rent, area, everything, kind, granted)[2][0] == CODE["cap"]
    return {"rent", "cap"} if over else {"rent"}


def step_for(share: float) -> float:
    """Return the least step of relief, in tenths of a percent, that covers a share of the rent."""
    return math.ceil(round(1000.0 * share, 6)) / 1000.0
