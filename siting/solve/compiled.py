"""Compiled loops of the multiplier bound; see `siting.solve.multipliers` for what they compute."""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from siting.compiled import compiled

loop = cast("Any", compiled)  # its arguments are tuples of arrays, which no type describes

# Bundles tried in one space before its worth is replaced by something not smaller.
_MOST_NODES = 20_000


@loop
def _best_bundle(worth, area, kind, count, room, most, never, chosen):  # type: ignore[no-untyped-def]
    """Return the worth of the best bundle, or something not smaller, and the bundle's size.

    `worth` is positive and descending. `chosen` receives the members' positions.
    """
    best = 0.0
    size = 0
    stack = np.empty(max(most, 1), np.int64)
    depth = 0
    at = 0
    total = 0.0
    used = 0
    nodes = 0
    while True:
        deeper = False
        if depth < most and at < count:
            hope = total
            for k in range(at, min(count, at + most - depth)):
                hope += worth[k]
            deeper = hope > best
        if deeper:
            nodes += 1
            if nodes > _MOST_NODES:
                hope = 0.0
                for k in range(min(count, most)):
                    hope += worth[k]
                return hope, size
            fits = used + area[at] <= room
            for d in range(depth):
                if kind[stack[d]] == kind[at] or never[kind[stack[d]], kind[at]]:
                    fits = False
            if fits:
                stack[depth] = at
                depth += 1
                total += worth[at]
                used += area[at]
                if total > best:
                    best = total
                    size = depth
                    for d in range(depth):
                        chosen[d] = stack[d]
            at += 1
        else:
            if depth == 0:
                return best, size
            depth -= 1
            last = stack[depth]
            total -= worth[last]
            used -= area[last]
            at = last + 1


@loop
def _sorted_worths(first, last, worth, area, kind, with_kind, never, out):  # type: ignore[no-untyped-def]
    """Put the positive options of a space into `out`, best first, and return their number.

    Only those that may stand beside an option of the type `with_kind`; -1: all.
    """
    values, areas, kinds, which = out
    count = 0
    for o in range(first, last):
        if worth[o] <= 0.0:
            continue
        if with_kind >= 0 and (kind[o] == with_kind or never[kind[o], with_kind]):
            continue
        k = count
        while k > 0 and values[k - 1] < worth[o]:
            values[k] = values[k - 1]
            which[k] = which[k - 1]
            k -= 1
        values[k] = worth[o]
        which[k] = o
        count += 1
    for k in range(count):
        areas[k] = area[which[k]]
        kinds[k] = kind[which[k]]
    return count


@loop
def _buffers(longest):  # type: ignore[no-untyped-def]
    return (
        np.empty(longest),
        np.empty(longest, np.int64),
        np.empty(longest, np.int64),
        np.empty(longest, np.int64),
    )


@loop
def _toll(s, fixed, price):  # type: ignore[no-untyped-def]
    toll = 0.0
    for k in range(len(price)):
        toll += price[k] * fixed[k, s]
    return toll


@loop
def choose(  # type: ignore[no-untyped-def]
    low, high, first, listed, cover, u, price, blocks, money, worth, inside, covers, spent
):
    """Choose the best bundle of each space in [low, high); return what they are worth together.

    Parameters
    ----------
    first, listed
        The options to look at, by space: ``listed[first[s] : first[s + 1]]``.
    worth, inside
        Filled in: what each option looked at is worth, and what each space's bundle is.
    covers, spent
        How many chosen options meet each need, and what they cost by money row: added to.
    """
    indptr, need = cover
    kind, area, room, most, never = blocks
    cost, fixed = money
    rows = len(price)
    longest = 1
    for s in range(low, high):
        longest = max(longest, first[s + 1] - first[s])
    values, areas, kinds, which = _buffers(longest)
    bundle = np.empty(longest, np.int64)
    value = 0.0
    for s in range(low, high):
        inside[s] = 0.0
        toll = _toll(s, fixed, price)
        count = 0
        for at in range(first[s], first[s + 1]):
            o = listed[at]
            points = 0.0
            for k in range(indptr[o], indptr[o + 1]):
                points += u[need[k]]
            for k in range(rows):
                points -= price[k] * cost[k, o]
            worth[o] = points
            if points <= 0.0:
                continue
            k = count
            while k > 0 and values[k - 1] < points:
                values[k] = values[k - 1]
                which[k] = which[k - 1]
                k -= 1
            values[k] = points
            which[k] = o
            count += 1
        if count == 0:
            continue
        if most[s] == 1:
            total, size = values[0], 1
            bundle[0] = 0
        else:
            for k in range(count):
                areas[k] = area[which[k]]
                kinds[k] = kind[which[k]]
            total, size = _best_bundle(values, areas, kinds, count, room[s], most[s], never, bundle)
        if total <= toll:
            continue
        inside[s] = total - toll
        value += total - toll
        for k in range(rows):
            spent[k] += fixed[k, s]
        for d in range(size):
            o = which[bundle[d]]
            for k in range(indptr[o], indptr[o + 1]):
                covers[need[k]] += 1
            for k in range(rows):
                spent[k] += cost[k, o]
    return value


@loop
def near(low, high, first, worth, inside, most, margin, out):  # type: ignore[no-untyped-def]
    """List the options of spaces in [low, high) that could soon be chosen; return their number.

    `out` receives (options, numbers by space): options whose worth is within `margin` of what
    would be chosen now.
    """
    options, numbers = out
    count = 0
    for s in range(low, high):
        begun = count
        bar = -margin
        if most[s] == 1:
            bar += inside[s]
        for o in range(first[s], first[s + 1]):
            if worth[o] > bar:
                options[count] = o
                count += 1
        numbers[s] = count - begun
    return count


@loop
def turn(low, high, keep, u, weight, covers, direction):  # type: ignore[no-untyped-def]
    """Turn the direction of needs in [low, high); return (points not priced, squared length).

    `covers` has one row a thread; what is left in it is 0 again.
    """
    value, length = 0.0, 0.0
    for m in range(low, high):
        times = 0
        for j in range(len(covers)):
            times += covers[j, m]
            covers[j, m] = 0
        slope = float(times)
        if weight[m] > u[m]:
            value += weight[m] - u[m]
            slope -= 1.0
        else:
            slope -= min(1.0, slope)
        if u[m] <= 0.0 and slope > 0.0:
            slope = 0.0
        direction[m] = keep * direction[m] + (1.0 - keep) * slope
        length += direction[m] * direction[m]
    return value, length


@loop
def step(low, high, stride, u, weight, direction):  # type: ignore[no-untyped-def]
    """Move the multipliers of needs in [low, high) by a stride, within 0 and their weights."""
    for m in range(low, high):
        u[m] = min(weight[m], max(0.0, u[m] - stride * direction[m]))


@loop
def losses(low, high, first, worth, price, blocks, money, loss):  # type: ignore[no-untyped-def]
    """Fill in, for the options of spaces in [low, high), what using one takes off the bound.

    Returns what the best bundles of these spaces are worth together.
    """
    kind, area, room, most, never = blocks
    fixed = money[1]
    longest = 1
    for s in range(low, high):
        longest = max(longest, first[s + 1] - first[s])
    out = _buffers(longest)
    bundle = np.empty(longest, np.int64)
    value = 0.0
    for s in range(low, high):
        toll = _toll(s, fixed, price)
        count = _sorted_worths(first[s], first[s + 1], worth, area, kind, -1, never, out)
        total, _ = _best_bundle(out[0], out[1], out[2], count, room[s], most[s], never, bundle)
        here = max(0.0, total - toll)
        value += here
        for o in range(first[s], first[s + 1]):
            count = _sorted_worths(first[s], first[s + 1], worth, area, kind, kind[o], never, out)
            rest, _ = _best_bundle(
                out[0], out[1], out[2], count, room[s] - area[o], most[s] - 1, never, bundle
            )
            loss[o] = here - (worth[o] + rest - toll)
    return value
