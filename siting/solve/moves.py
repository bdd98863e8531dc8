"""Compiled loops that change a plan option by option; see `siting.solve.anneal` for the search.

A plan is the tuple ``state = (chosen, times, used, number, spent)``: which options are chosen, how
many of them meet each need, the floor area (millionths of a square metre) and the number of types
in use of each space, and what each money row has spent. ``facts`` are the arrays of
`siting.solve.plain.Facts`, in its order.
"""

from __future__ import annotations

import heapq
from typing import Any, cast

import numpy as np

from siting.compiled import compiled

loop = cast("Any", compiled)  # its arguments are tuples of arrays, which no type describes

_MOST_OUT = 64  # options of one space that may have to give way to another
_CONTENT = 0.3  # of those that had to leave a space, that stay out though they might come back
_LEAST_CHANCE = 1e-300


@loop
def gained(o, facts, times):  # type: ignore[no-untyped-def]
    """Return the points that an option adds to a plan without it."""
    starts, needs, weight = facts[0], facts[1], facts[2]
    points = 0.0
    for k in range(starts[o], starts[o + 1]):
        if times[needs[k]] == 0:
            points += weight[needs[k]]
    return points


@loop
def _lost(o, facts, times):  # type: ignore[no-untyped-def]
    """Return the points that a plan loses without one of its options."""
    starts, needs, weight = facts[0], facts[1], facts[2]
    points = 0.0
    for k in range(starts[o], starts[o + 1]):
        if times[needs[k]] == 1:
            points += weight[needs[k]]
    return points


@loop
def _count(o, by, facts, times):  # type: ignore[no-untyped-def]
    starts, needs = facts[0], facts[1]
    for k in range(starts[o], starts[o + 1]):
        times[needs[k]] += by


@loop
def _take(o, facts, state):  # type: ignore[no-untyped-def]
    """Choose an option, its needs aside."""
    chosen, _, used, number, spent = state
    s = facts[5][o]
    for k in range(len(spent)):
        spent[k] += facts[12][k, o] + (facts[13][k, s] if number[s] == 0 else 0.0)
    chosen[o] = True
    used[s] += facts[7][o]
    number[s] += 1


@loop
def _leave(o, facts, state):  # type: ignore[no-untyped-def]
    """Drop an option, its needs aside."""
    chosen, _, used, number, spent = state
    s = facts[5][o]
    chosen[o] = False
    used[s] -= facts[7][o]
    number[s] -= 1
    for k in range(len(spent)):
        spent[k] -= facts[12][k, o] + (facts[13][k, s] if number[s] == 0 else 0.0)


@loop
def _clash(o, q, facts):  # type: ignore[no-untyped-def]
    """Tell whether two options of one space exclude each other, floor area aside."""
    kind = facts[6]
    return kind[o] == kind[q] or facts[11][kind[o], kind[q]]


@loop
def _fits(o, facts, state):  # type: ignore[no-untyped-def]
    """Tell whether an option can be added to a plan without breaking a limit."""
    chosen, _, used, number, spent = state
    s = facts[5][o]
    if number[s] >= facts[10][s] or used[s] + facts[7][o] > facts[9][s]:
        return False
    for k in range(len(spent)):
        cost = facts[12][k, o] + (facts[13][k, s] if number[s] == 0 else 0.0)
        if cost > 0.0 and spent[k] + cost > facts[14][k]:
            return False
    if number[s] > 0:
        for q in range(facts[8][s], facts[8][s + 1]):
            if chosen[q] and _clash(o, q, facts):
                return False
    return True


@loop
def _ratio(o, facts, state, price, toll):  # type: ignore[no-untyped-def]
    s = facts[5][o]
    cost = price[o] + (toll[s] if state[3][s] == 0 else 0.0)
    return gained(o, facts, state[1]) / max(cost, 1e-12)


@loop
def fill(facts, state, price, toll):  # type: ignore[no-untyped-def]
    """Open what brings most points for its priced cost, again and again, while anything fits.

    Lazy: a gain only falls as others open, except where a space's one-off cost is paid; then its
    options are looked at again.
    """
    heap = [(0.0, 0)]
    heap.pop()
    for o in range(len(price)):
        if not state[0][o]:
            worth = _ratio(o, facts, state, price, toll)
            if worth > 0.0:
                heap.append((-worth, o))
    heapq.heapify(heap)
    while len(heap) > 0:
        o = heapq.heappop(heap)[1]
        if state[0][o] or not _fits(o, facts, state):
            continue
        worth = _ratio(o, facts, state, price, toll)
        if worth <= 0.0:
            continue
        if len(heap) > 0 and worth < -heap[0][0]:
            heapq.heappush(heap, (-worth, o))
            continue
        s = facts[5][o]
        fresh = state[3][s] == 0 and toll[s] > 0.0
        _take(o, facts, state)
        _count(o, 1, facts, state[1])
        if fresh:
            for q in range(facts[8][s], facts[8][s + 1]):
                if not state[0][q]:
                    heapq.heappush(heap, (-_ratio(q, facts, state, price, toll), q))


@loop
def mend(facts, state, price, toll):  # type: ignore[no-untyped-def]
    """Drop options until no money row is passed: what loses least for the money it frees."""
    chosen, times, _, number, spent = state
    while True:
        worst, k = 0.0, -1
        for row in range(len(spent)):
            over = spent[row] - facts[14][row]
            if over > worst * max(facts[14][row], 1.0):
                worst, k = over / max(facts[14][row], 1.0), row
        if k < 0:
            return
        over = spent[k] - facts[14][k]
        best, pick = np.inf, -1
        for o in range(len(price)):
            if not chosen[o] or facts[15][o]:
                continue
            s = facts[5][o]
            frees = facts[12][k, o] + (facts[13][k, s] if number[s] == 1 else 0.0)
            if frees <= 0.0:
                continue
            loss = _lost(o, facts, times) - price[o] - (toll[s] if number[s] == 1 else 0.0)
            worth = max(loss, 0.0) / min(frees, over)
            if worth < best:
                best, pick = worth, o
        if pick < 0:
            return
        _leave(pick, facts, state)
        _count(pick, -1, facts, times)


@loop
def _put(o, facts, state, price, toll):  # type: ignore[no-untyped-def]
    """Choose an option; return what that is worth."""
    s = facts[5][o]
    worth = gained(o, facts, state[1]) - price[o] - (toll[s] if state[3][s] == 0 else 0.0)
    _take(o, facts, state)
    _count(o, 1, facts, state[1])
    return worth


@loop
def _drop(o, facts, state, price, toll):  # type: ignore[no-untyped-def]
    """Drop an option; return what that is worth."""
    s = facts[5][o]
    worth = price[o] - _lost(o, facts, state[1]) + (toll[s] if state[3][s] == 1 else 0.0)
    _leave(o, facts, state)
    _count(o, -1, facts, state[1])
    return worth


@loop
def _in_the_way(o, facts, state, random, out):  # type: ignore[no-untyped-def]
    """List in `out` what must leave its space for an option; return the number, -1: it cannot be.

    What may not stand beside it, and as much of the rest, at random, as floor area asks for.
    """
    chosen, _, used, number, _ = state
    s = facts[5][o]
    area, first = facts[7], facts[8]
    room, most = facts[9][s], facts[10][s]
    size, left, types = 0, used[s] + area[o], number[s] + 1
    if number[s] > 0:
        for q in range(first[s], first[s + 1]):
            if chosen[q] and _clash(o, q, facts):
                if size == len(out):
                    return -1
                out[size] = q
                size += 1
                left -= area[q]
                types -= 1
        while (left > room or types > most) and types > 1 and size < len(out):
            pick = random.integers(0, types - 1)
            for q in range(first[s], first[s + 1]):
                if not chosen[q]:
                    continue
                seen = False
                for j in range(size):
                    seen = seen or out[j] == q
                if seen:
                    continue
                if pick == 0:
                    out[size] = q
                    size += 1
                    left -= area[q]
                    types -= 1
                    break
                pick -= 1
    return -1 if left > room or types > most else size


@loop
def _like(o, facts, random):  # type: ignore[no-untyped-def]
    """Return an option, at random, that meets a need of `o` (it may be `o`); -1: it has none."""
    starts, needs, rows, members = facts[0], facts[1], facts[3], facts[4]
    length = starts[o + 1] - starts[o]
    if length == 0:
        return -1
    m = needs[starts[o] + random.integers(0, length)]
    return members[rows[m] + random.integers(0, rows[m + 1] - rows[m])]


@loop
def _met_by(o, facts, state, random):  # type: ignore[no-untyped-def]
    """Return a chosen option, at random, that meets a need of `o`; -1: none was found."""
    starts, needs, rows, members = facts[0], facts[1], facts[3], facts[4]
    length = starts[o + 1] - starts[o]
    if length == 0:
        return -1
    m = needs[starts[o] + random.integers(0, length)]
    if state[1][m] == 0:
        return -1
    have = rows[m + 1] - rows[m]
    turned = random.integers(0, have)
    for j in range(have):
        q = members[rows[m] + (turned + j) % have]
        if state[0][q]:
            return q
    return -1


@loop
def _replace(  # type: ignore[no-untyped-def]
    o, least, random, may, facts, state, price, toll, swaps, chain, buffers
):
    """Add an option in place of others, and those elsewhere in turn; return (worth, changes).

    The changes are listed in the log: an option that was added, or -1 less one that was dropped.
    An option that can simply be added is only where that is worth `least`.
    """
    out, log = buffers
    chosen, times, _, number, _ = state
    space, stay = facts[5], facts[15]
    worth, size = 0.0, 0
    for link in range(chain + 1):
        here = _in_the_way(o, facts, state, random, out)
        stuck = here < 0
        for j in range(here):
            stuck = stuck or stay[out[j]] or not may[out[j]]
        if stuck:
            break
        for j in range(here):
            worth += _drop(out[j], facts, state, price, toll)
            log[size] = -1 - out[j]
            size += 1
        if link == 0 and random.random() < swaps:
            other = _met_by(o, facts, state, random)
            if other >= 0 and space[other] != space[o] and may[other] and not stay[other]:
                worth += _drop(other, facts, state, price, toll)
                log[size] = -1 - other
                size += 1
        if size == 0:  # nothing gave way: mostly not worth it, which is soon seen
            alone = gained(o, facts, times) - price[o]
            if number[space[o]] == 0:
                alone -= toll[space[o]]
            if alone < least:
                break
        worth += _put(o, facts, state, price, toll)
        log[size] = o
        size += 1
        if here == 0 or link == chain or random.random() < _CONTENT:
            break
        last = space[o]
        o = _like(out[random.integers(0, here)], facts, random)
        if o < 0 or not may[o] or chosen[o] or space[o] == last:
            break
    return worth, size


@loop
def _undo(log, size, facts, state):  # type: ignore[no-untyped-def]
    """Take back what the log lists, the last first."""
    for j in range(size - 1, -1, -1):
        if log[j] >= 0:
            _leave(log[j], facts, state)
            _count(log[j], -1, facts, state[1])
        else:
            _take(-1 - log[j], facts, state)
            _count(-1 - log[j], 1, facts, state[1])


@loop
def anneal(  # type: ignore[no-untyped-def]
    moves, heat, random, free, may, spare, facts, state, price, toll, swaps, chain
):
    """Change a plan at random, and keep what is better, and sometimes what is worse.

    A move drops an option; or adds one, in place of what is in its way in its space and, for a
    share `swaps` of the moves, also in place of one that meets a need of it. What had to leave a
    space may come back in another that meets a need of it, where something may have to leave in
    turn, up to `chain` times. The worth of a move is points less priced cost.

    Parameters
    ----------
    moves
        How many to try.
    heat
        First and last temperature; a move that loses as much is kept once in e times.
    random
        A numpy Generator of this call's own.
    free
        The options to move.
    may
        Mask of them.
    spare
        What each money row may spend more than now; inf where only prices hold it back.
    """
    chosen, times, _, number, spent = state
    space, stay = facts[5], facts[15]
    temperature = heat[0]
    cool = (heat[1] / heat[0]) ** (1.0 / max(1, moves // 1000))
    buffers = np.empty(_MOST_OUT, np.int64), np.empty((_MOST_OUT + 2) * (chain + 1), np.int64)
    ceiling, before = spent + spare, spent.copy()
    for turn in range(moves):
        if turn % 1000 == 999:
            temperature *= cool
        o = free[random.integers(0, len(free))]
        least = temperature * np.log(max(random.random(), _LEAST_CHANCE))
        if chosen[o]:
            worth = price[o] - _lost(o, facts, times)
            if number[space[o]] == 1:
                worth += toll[space[o]]
            if worth >= least and not stay[o]:
                _leave(o, facts, state)
                _count(o, -1, facts, times)
            continue
        before[:] = spent
        worth, size = _replace(
            o, least, random, may, facts, state, price, toll, swaps, chain, buffers
        )
        keep = worth >= least
        for k in range(len(spent)):
            keep = keep and (spent[k] <= before[k] or spent[k] <= ceiling[k])
        if not keep:
            _undo(buffers[1], size, facts, state)
