"""Residents of the groups that a standard counts or weighs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.errors import InputError
from siting.standard.catalogue import EVERYONE
from siting.standard.files import unknown
from siting.standard.standards import known_groups

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.city.model import City
    from siting.standard.model import Standard


def residents(
    city: City, standard: Standard
) -> tuple[tuple[str, ...], NDArray[np.float64], dict[str, float]]:
    """Return the residents of every group that a standard counts or weighs.

    Returns
    -------
    groups
        Ids, ``everyone`` first.
    counts
        Residents, shape (groups, places).
    estimated
        Groups that the city has no column for and their share of everyone, from which their
        residents are made.

    Raises
    ------
    InputError
        A group has neither a column nor a typical share.
    """
    groups = known_groups(standard)
    have = city.places.residents
    estimated = {
        g: standard.typical_shares[g]
        for g in groups
        if g not in have and g in standard.typical_shares
    }
    lost = [g for g in groups if g not in have and g not in estimated]
    if lost:
        known = [*have, *standard.typical_shares]
        raise InputError([unknown("standard.unknown_group", g, known) for g in lost])
    rows = [have[g] if g in have else estimated[g] * have[EVERYONE] for g in groups]
    return groups, np.stack(rows).astype(np.float64), estimated
