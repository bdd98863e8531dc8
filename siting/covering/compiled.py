"""The loops over points, compiled; importing this module imports numba.

The plane is cut into square cells. For each cell a site reaches all of it, some of it, or nothing
of it; only sites of the second kind (its rim) have to be compared with the cell's points. Two
points of one cell that the same rim sites reach are reached by the same sites altogether.
"""

from __future__ import annotations

import math

import numpy as np
from numba import uint64
from numpy.typing import NDArray

from siting.compiled import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@compiled
def rate_cells(
    sx: Floats,
    sy: Floats,
    x0: float,
    y0: float,
    cell: float,
    columns: int,
    rows: int,
    radius: float,
    slack: float,
    at: Ints,
    site: Ints,
    rim: bool,
) -> None:
    """Count, or list, the sites that reach all of each cell, or (with `rim`) some of it.

    Parameters
    ----------
    at
        Counts to add to if `site` is empty; else where each cell's next site goes.
    site
        Takes the sites, ascending in each cell.
    """
    reach = radius + slack
    for s in range(len(sx)):
        low = max(0, math.floor((sy[s] - reach - y0) / cell))
        high = min(rows - 1, math.floor((sy[s] + reach - y0) / cell))
        left = max(0, math.floor((sx[s] - reach - x0) / cell))
        right = min(columns - 1, math.floor((sx[s] + reach - x0) / cell))
        for r in range(low, high + 1):
            bottom = y0 + r * cell - sy[s]
            top = bottom + cell
            near_y = max(bottom, -top, 0.0)
            far_y = max(-bottom, top)
            for c in range(left, right + 1):
                west = x0 + c * cell - sx[s]
                east = west + cell
                near_x = max(west, -east, 0.0)
                if math.sqrt(near_x * near_x + near_y * near_y) > reach:
                    continue
                far_x = max(-west, east)
                all_of_it = math.sqrt(far_x * far_x + far_y * far_y) < radius - slack
                if all_of_it == rim:
                    continue
                k = r * columns + c
                if len(site):
                    site[at[k]] = s
                at[k] += 1


@compiled
def add_points(
    first: int,
    last: int,
    x: Floats,
    y: Floats,
    weight: Floats,
    sx: Floats,
    sy: Floats,
    x0: float,
    y0: float,
    cell: float,
    columns: int,
    rows: int,
    square: float,
    rim_at: Ints,
    rim_site: Ints,
    slots: NDArray[np.int32],
    cell_of: NDArray[np.int32],
    pattern: NDArray[np.uint64],
    worth: Floats,
) -> tuple[int, int]:
    """Add the weights of points `first` to ``last - 1`` to their local classes.

    A local class is a cell and the rim sites, one bit each, that reach its points. A point is
    reached if its squared distance is less than `square`.

    Parameters
    ----------
    slots
        Open hash table of indices into the local classes, all -1; its length is a power of two.
    cell_of, pattern, worth
        Cell, bits and weight of each; `pattern` has as many words as the largest rim needs.

    Returns
    -------
    next, used
        The point to go on with (`last` at the end, earlier where there is no more room), and how
        many local classes there are.
    """
    used = 0
    words = pattern.shape[1]
    mask = len(slots) - 1
    bits = np.zeros(words, np.uint64)
    right, top = x0 + columns * cell, y0 + rows * cell
    for i in range(first, last):
        px, py = x[i], y[i]
        if not (x0 <= px < right and y0 <= py < top):
            continue
        c = min(int((px - x0) / cell), columns - 1)
        r = min(int((py - y0) / cell), rows - 1)
        k = r * columns + c
        start, stop = rim_at[k], rim_at[k + 1]
        mine = (stop - start + 63) >> 6
        h = uint64(k) * uint64(0x9E3779B97F4A7C15)
        for w in range(mine):
            here = uint64(0)
            for j in range(start + 64 * w, min(start + 64 * (w + 1), stop)):
                dx = px - sx[rim_site[j]]
                dy = py - sy[rim_site[j]]
                if dx * dx + dy * dy < square:
                    here |= uint64(1) << uint64(j - start - 64 * w)
            bits[w] = here
            h = (h ^ here ^ (h >> uint64(29))) * uint64(0xBF58476D1CE4E5B9)
        h ^= h >> uint64(32)
        slot = np.int64(h & uint64(mask))
        while True:
            known = slots[slot]
            if known < 0:
                if used == len(cell_of):
                    return i, used
                slots[slot] = used
                cell_of[used] = k
                for w in range(mine):
                    pattern[used, w] = bits[w]
                worth[used] = weight[i]
                used += 1
                break
            if cell_of[known] == k:
                same = True
                for w in range(mine):
                    if pattern[known, w] != bits[w]:
                        same = False
                        break
                if same:
                    worth[known] += weight[i]
                    break
            slot = (slot + 1) & mask
    return last, used


@compiled
def list_sites(
    cell_of: NDArray[np.int32],
    pattern: NDArray[np.uint64],
    all_at: Ints,
    all_site: Ints,
    rim_at: Ints,
    rim_site: Ints,
    starts: Ints,
    member: Ints,
) -> None:
    """Count (into ``starts[1:]``), or list, the sites that reach each local class, ascending."""
    for m in range(len(cell_of)):
        k = cell_of[m]
        a, a_end = all_at[k], all_at[k + 1]
        start, stop = rim_at[k], rim_at[k + 1]
        if not len(member):
            count = a_end - a
            for j in range(stop - start):
                count += np.int64((pattern[m, j >> 6] >> uint64(j & 63)) & uint64(1))
            starts[m + 1] = count
            continue
        to = starts[m]
        for j in range(stop - start):
            if (pattern[m, j >> 6] >> uint64(j & 63)) & uint64(1):
                s = rim_site[start + j]
                while a < a_end and all_site[a] < s:
                    member[to] = all_site[a]
                    to += 1
                    a += 1
                member[to] = s
                to += 1
        while a < a_end:
            member[to] = all_site[a]
            to += 1
            a += 1


@compiled
def covered_weight(
    first: int,
    last: int,
    x: Floats,
    y: Floats,
    weight: Floats,
    cx: Floats,
    cy: Floats,
    radius: float,
    inclusive: bool,
) -> float:
    """Return the weight of points `first` to ``last - 1`` that one of the centres reaches."""
    total = 0.0
    for i in range(first, last):
        for s in range(len(cx)):
            dx = x[i] - cx[s]
            dy = y[i] - cy[s]
            far = math.sqrt(dx * dx + dy * dy)
            if far < radius or (inclusive and far == radius):
                total += weight[i]
                break
    return total


@compiled
def draw(seed: int, count: int) -> NDArray[np.int32]:
    """Return the first numbers that the C library of GNU systems draws after ``srand(seed)``.

    Its ``rand`` adds the numbers drawn 3 and 31 draws ago, of 32 bits, and leaves out the lowest
    bit; the first 31 come from a multiplicative generator, and 310 draws are thrown away.
    """
    past = np.zeros(31, np.uint32)
    word = seed if seed != 0 else 1
    for i in range(31):
        past[i] = np.uint32(word)
        word = (16807 * word) % 2147483647
    found = np.empty(count, np.int32)
    now = 3
    for i in range(-310, count):
        before = now - 3 if now >= 3 else now + 28
        past[now] = np.uint32(past[now] + past[before])
        if i >= 0:
            found[i] = np.int32(past[now] >> np.uint32(1))
        now = now + 1 if now < 30 else 0
    return found
