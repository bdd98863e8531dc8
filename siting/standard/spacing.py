"""How far apart outlets of one type stand: straight lines, in whole millimetres."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.city.model import City
    from siting.standard.model import Standard


def closer(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    other_x: NDArray[np.float64],
    other_y: NDArray[np.float64],
    metres: float,
) -> NDArray[np.bool_]:
    """Return which pairs of points are less than `metres` apart, in whole millimetres, shape (n,).

    Exactly `metres` apart is far enough.
    """
    dx, dy = x - other_x, y - other_y
    away = np.rint(np.sqrt(dx * dx + dy * dy) * 1000.0)
    near: NDArray[np.bool_] = away < round(metres * 1000.0)
    return near


def near_any(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    other_x: NDArray[np.float64],
    other_y: NDArray[np.float64],
    metres: float,
) -> NDArray[np.bool_]:
    """Return which points (x, y) are less than `metres` from any of the others, shape (n,)."""
    from scipy.spatial import cKDTree

    if not len(x) or not len(other_x):
        return np.zeros(len(x), dtype=np.bool_)
    # the nearest one decides, and the tree finds one of the nearest
    nearest = cKDTree(np.column_stack((other_x, other_y))).query(np.column_stack((x, y)))[1]
    return closer(x, y, other_x[nearest], other_y[nearest], metres)


def near_outlets(city: City, standard: Standard) -> NDArray[np.bool_]:
    """Return which pairs an existing outlet of the type stands too near to.

    Returns
    -------
    matrix (spaces, types)
        True where an outlet of the type is closer to the space than ``standard.spacing_m``.
    """
    matrix = np.zeros((len(city.spaces), len(standard.types)), dtype=np.bool_)
    for t, kind in enumerate(standard.types):
        matrix[:, t] = near_outlets_of(city, standard, kind.id, city.spaces.x, city.spaces.y)
    return matrix


def near_outlets_of(
    city: City, standard: Standard, kind: str, x: NDArray[np.float64], y: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Return which points an existing outlet of one type stands too near to, shape (n,)."""
    outlets, metres = city.outlets, standard.spacing_m.get(kind)
    if metres is None:
        return np.zeros(len(x), dtype=np.bool_)
    same = np.fromiter((kind in w for w in outlets.types), np.bool_, len(outlets))
    return near_any(x, y, outlets.x[same], outlets.y[same], metres)
