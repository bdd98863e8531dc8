"""What the best bundle of types in a space is worth, for the certificate (V[s])."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from siting.city.model import City
    from siting.standard.model import Standard
    from siting.standard.options import Options
    from siting.verify.spread import Floats

# In one space; far more than whoever makes certificates takes before he calls a space loose.
_MOST_STEPS = 1_000_000

Forms = list[tuple[float, int]]
"""Worth and floor area of the forms of one type, the best first, each smaller than the last."""


def best_bundles(
    city: City,
    standard: Standard,
    options: Options,
    worth: Floats,
    toll: Floats,
    loose: frozenset[int],
) -> Floats:
    """Return for each space what its best bundle is worth, never less, and at least 0.

    A bundle holds each type at most once, no more types than the space may have, no more floor
    area than it has, and no two types that may not share a roof.

    Parameters
    ----------
    worth
        Of each option.
    toll
        What opening a space costs.
    loose
        Spaces for which only the number of types counts.
    """
    never = _never(standard)
    most = city.spaces.max_types
    area = [round(m2 * 1e6) for m2 in options.area_m2.tolist()]
    room = [round(m2 * 1e6) for m2 in city.spaces.area_m2.tolist()]
    best = np.zeros(len(city.spaces))
    alone = most[options.space] < 2
    np.maximum.at(best, options.space[alone], worth[alone])
    several: dict[int, dict[int, Forms]] = {}
    for o in np.flatnonzero(~alone & (worth > 0.0)).tolist():
        types = several.setdefault(int(options.space[o]), {})
        types.setdefault(int(options.type[o]), []).append((float(worth[o]), area[o]))
    for s, types in several.items():
        forms = {t: _worth_a_look(found) for t, found in types.items()}
        order = sorted(forms, key=lambda t: -forms[t][0][0])
        exact = None
        if s not in loose:
            foes = [sum(1 << k for k, u in enumerate(order) if (t, u) in never) for t in order]
            exact = _best([forms[t] for t in order], foes, room[s], int(most[s]))
        best[s] = sum(forms[t][0][0] for t in order[: most[s]]) if exact is None else exact
    found: Floats = np.maximum(best - toll, 0.0)
    return found


def _never(standard: Standard) -> set[tuple[int, int]]:
    """Return the pairs of types that may not share a roof, both ways round."""
    index = {kind.id: t for t, kind in enumerate(standard.types)}
    pairs = {
        (index[rule.type], index[word])
        for rule in standard.roof
        for word in rule.never_with
        if rule.type in index and word in index and word != rule.type
    }
    return pairs | {(u, t) for t, u in pairs}


def _worth_a_look(forms: Forms) -> Forms:
    """Return the forms that are worth more than every form that takes no more room."""
    found: Forms = []
    for worth, area in sorted(forms, key=lambda form: (-form[0], form[1])):
        if not found or area < found[-1][1]:
            found.append((worth, area))
    return found


def _best(types: list[Forms], foes: list[int], room: int, most: int) -> float | None:
    """Return the worth of the best bundle; None where there are too many to look at.

    Parameters
    ----------
    types
        The types' forms, the type with the best form first.
    foes
        For each type the types it excludes, as bits.
    """
    hope = np.concatenate([[0.0], np.cumsum([forms[0][0] for forms in types])]).tolist()
    best, steps = 0.0, 0
    # next type, types that may still follow, room left, worth so far, types that are out
    states = [(0, most, room, 0.0, 0)]
    while states:
        k, left, free, total, out = states.pop()
        best = max(best, total)
        last = min(k + left, len(types))
        if not left or k == len(types) or total + (hope[last] - hope[k]) <= best:
            continue
        steps += 1
        if steps > _MOST_STEPS:
            return None
        states.append((k + 1, left, free, total, out))
        if not out >> k & 1:
            states += [
                (k + 1, left - 1, free - area, total + worth, out | foes[k])
                for worth, area in reversed(types[k])
                if area <= free
            ]
    return best
