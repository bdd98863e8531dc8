"""Compiled loops of the multiplier bound; see `siting.solve.multipliers` for what they compute."""

from __future__ import annotations

import numpy as np
from numba import njit

# Bundles tried in one space before its worth is replaced by something not smaller.
_MOST_NODES = 20_000

# How the subgradient method steps; measured, see benchmarks/README.md.
_KEEP = 0.95
_PATIENCE = 10
_SHORTEN = 0.85


@njit(cache=True)
def _best_bundle(worth, area, kind, count, room, most, chosen):  # type: ignore[no-untyped-def]
    """Return the worth of the best bundle, its size, and whether it is exact.

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
                if kind[stack[d]] == kind[at]:
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


@njit(cache=True)
def _sorted_worths(first, last, worth, area, kind, skip, skip_kind, out):  # type: ignore[no-untyped-def]
    """Put the positive options of a space into `out`, best first, and return their number."""
    values, areas, kinds, which = out
    count = 0
    for o in range(first, last):
        if worth[o] <= 0.0 or o == skip or kind[o] == skip_kind:
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


@njit(cache=True)
def _buffers(starts):  # type: ignore[no-untyped-def]
    longest = 1
    for s in range(len(starts) - 1):
        longest = max(longest, starts[s + 1] - starts[s])
    return (
        np.empty(longest),
        np.empty(longest, np.int64),
        np.empty(longest, np.int64),
        np.empty(longest, np.int64),
    )


@njit(cache=True)
def _worths(indptr, need, u, cost, price, worth):  # type: ignore[no-untyped-def]
    for o in range(len(worth)):
        value = 0.0
        for k in range(indptr[o], indptr[o + 1]):
            value += u[need[k]]
        for k in range(len(price)):
            value -= price[k] * cost[k, o]
        worth[o] = value


@njit(cache=True)
def subgradient(  # type: ignore[no-untyped-def]
    passes, state, weight, indptr, need, starts, kind, area, room, most, cost, fixed, limit, known
):
    """Lower the bound by some passes; what is known stands in `state` and is carried on.

    A deflected subgradient (each direction keeps most of the one before) with Polyak's step
    towards `known`, shortened after some passes without progress. Returns whether more passes
    could help. See `siting.solve.multipliers._start_state` for the parts of the state.
    """
    u, price, best_u, best_price, direction, money_direction, scalars = state
    options, needs, rows = len(kind), len(weight), len(limit)
    best, step, idle = scalars[0], scalars[1], scalars[2]
    worth = np.empty(options)
    chosen = np.zeros(options, np.bool_)
    covers = np.empty(needs, np.int64)
    spent = np.empty(rows)
    out = _buffers(starts)
    bundle = np.empty(max(1, most.max() if len(most) else 1), np.int64)
    more = True
    for _ in range(passes):
        value = 0.0
        for m in range(needs):
            covers[m] = 0
            value += max(0.0, weight[m] - u[m])
        for k in range(rows):
            spent[k] = 0.0
            value += price[k] * limit[k]
        _worths(indptr, need, u, cost, price, worth)
        for o in range(options):
            chosen[o] = False
        for s in range(len(room)):
            toll = 0.0
            for k in range(rows):
                toll += price[k] * fixed[k, s]
            count = _sorted_worths(starts[s], starts[s + 1], worth, area, kind, -1, -1, out)
            if count == 0:
                continue
            if most[s] == 1:
                total, size = out[0][0], 1
                bundle[0] = 0
            else:
                total, size = _best_bundle(out[0], out[1], out[2], count, room[s], most[s], bundle)
            if total <= toll:
                continue
            value += total - toll
            for k in range(rows):
                spent[k] += fixed[k, s]
            for d in range(size):
                o = out[3][bundle[d]]
                chosen[o] = True
                for k in range(rows):
                    spent[k] += cost[k, o]
        for o in range(options):
            if chosen[o]:
                for k in range(indptr[o], indptr[o + 1]):
                    covers[need[k]] += 1
        if value < best - 1e-7 * abs(best):
            idle = 0.0
        else:
            idle += 1.0
        if value < best:
            best = value
            best_u[:] = u
            best_price[:] = price
        if idle >= _PATIENCE:
            step *= _SHORTEN
            idle = 0.0
        length = 0.0
        for m in range(needs):
            met = 1.0 if weight[m] > u[m] else min(1.0, float(covers[m]))
            slope = covers[m] - met
            if u[m] <= 0.0 and slope > 0.0:
                slope = 0.0
            direction[m] = _KEEP * direction[m] + (1.0 - _KEEP) * slope
            length += direction[m] * direction[m]
        for k in range(rows):
            slope = limit[k] - spent[k]
            if price[k] <= 0.0 and slope > 0.0:
                slope = 0.0
            money_direction[k] = _KEEP * money_direction[k] + (1.0 - _KEEP) * slope
            length += money_direction[k] * money_direction[k]
        if length == 0.0 or value <= known:
            more = False
            break
        stride = step * (value - known) / length
        for m in range(needs):
            u[m] = min(weight[m], max(0.0, u[m] - stride * direction[m]))
        for k in range(rows):
            price[k] = max(0.0, price[k] - stride * money_direction[k])
    scalars[0], scalars[1], scalars[2] = best, step, idle
    return more


@njit(cache=True)
def losses(  # type: ignore[no-untyped-def]
    weight, indptr, need, starts, kind, area, room, most, cost, fixed, limit, u, price
):
    """Return the bound at given multipliers, and for each option what using it takes off."""
    options, rows = len(kind), len(limit)
    value = 0.0
    for m in range(len(weight)):
        value += max(0.0, weight[m] - u[m])
    for k in range(rows):
        value += price[k] * limit[k]
    worth = np.empty(options)
    _worths(indptr, need, u, cost, price, worth)
    loss = np.zeros(options)
    out = _buffers(starts)
    bundle = np.empty(max(1, most.max() if len(most) else 1), np.int64)
    for s in range(len(room)):
        toll = 0.0
        for k in range(rows):
            toll += price[k] * fixed[k, s]
        first, last = starts[s], starts[s + 1]
        count = _sorted_worths(first, last, worth, area, kind, -1, -1, out)
        total, _ = _best_bundle(out[0], out[1], out[2], count, room[s], most[s], bundle)
        here = max(0.0, total - toll)
        value += here
        for o in range(first, last):
            count = _sorted_worths(first, last, worth, area, kind, o, kind[o], out)
            rest, _ = _best_bundle(
                out[0], out[1], out[2], count, room[s] - area[o], most[s] - 1, bundle
            )
            loss[o] = here - (worth[o] + rest - toll)
    return value, loss
