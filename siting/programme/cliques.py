"""Conflicts as cliques: sets of which at most one may be chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.standard.spacing import closer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from siting.city.model import City


def cover_by_cliques(near: Mapping[int, set[int]]) -> list[tuple[int, ...]]:
    """Return cliques that together hold every edge of a graph, and no pair that is none.

    Each clique grows greedily from an edge that no clique holds yet, by neighbours that bring in
    most such edges, so that one row stands for many pairs.

    Parameters
    ----------
    near
        For each node its neighbours; symmetric, no node is its own neighbour.
    """
    left = {a: {b for b in others if b > a} for a, others in near.items()}
    found = []
    for a in sorted(left):
        while left[a]:
            clique = [a]
            candidates = set(near[a])
            while candidates:
                fresh = candidates & left[a]
                b = min(fresh or candidates)
                clique.append(b)
                candidates &= near[b]
            clique.sort()
            for k, node in enumerate(clique):
                left[node].difference_update(clique[k + 1 :])
            found.append(tuple(clique))
    return found


def spacing_cliques(
    city: City, spaces: NDArray[np.int64], metres: float
) -> list[NDArray[np.int64]]:
    """Return sets of spaces that stand closer than `metres` to each other, each pair in one."""
    from scipy.spatial import cKDTree

    x, y = city.spaces.x[spaces], city.spaces.y[spaces]
    tree = cKDTree(np.column_stack((x, y)))
    pairs = tree.query_pairs(metres + 0.01, output_type="ndarray")
    a, b = pairs[:, 0], pairs[:, 1]
    pairs = pairs[closer(x[a], y[a], x[b], y[b], metres)]
    near: dict[int, set[int]] = {}
    for one, other in pairs.tolist():
        near.setdefault(one, set()).add(other)
        near.setdefault(other, set()).add(one)
    return [spaces[list(clique)] for clique in cover_by_cliques(near)]
