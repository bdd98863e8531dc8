"""What is wrong with the numbers of an instance, all of it at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from siting.city.findings import Findings
from siting.city.tables import Column, Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from siting.covering.model import CoveringInstance, Floats, Ints

MAX_COST = 1e12
"""In the unit of the costs: their sums in hundredths stay whole numbers of 64 bits."""


@dataclass(frozen=True, eq=False)
class Places:
    """Where the records stand that an instance was made of.

    Attributes
    ----------
    sites, points
        Names of the files, or of the arguments.
    site_rows, point_rows
        Row of each record there, or the first one's where they stand one below the other.
    weight
        What the file calls a point's weight.
    """

    sites: str = "sites"
    points: str = "points"
    site_rows: Ints | int = 1
    point_rows: Ints | int = 1
    weight: str = "weight"


def checked(instance: CoveringInstance, places: Places | None = None) -> CoveringInstance:
    """Return the instance as it is.

    Raises
    ------
    InputError
        Everything that is wrong with it.
    """
    findings = Findings()
    find_faults(instance, places or Places(), findings)
    findings.raise_faults()
    return instance


def find_faults(instance: CoveringInstance, places: Places, findings: Findings) -> None:
    """Add what is wrong with an instance to the findings."""
    sites = {
        "x": instance.site_x,
        "y": instance.site_y,
        "cost": instance.cost,
        "id": instance.site_id,
    }
    points = {"x": instance.x, "y": instance.y, places.weight: instance.weight}
    if _lengths(places.sites, sites, findings) and len(instance.site_x):
        _coordinates(places.sites, places.site_rows, sites, findings)
        _amounts(places.sites, places.site_rows, "cost", instance.cost, findings)
        _costs(places, instance, findings)
        _names(places, instance, findings)
    elif not len(instance.site_x) and not findings.faults:
        findings.fault("covering.no_sites", file=places.sites)
    if _lengths(places.points, points, findings):
        _coordinates(places.points, places.point_rows, points, findings)
        _amounts(places.points, places.point_rows, places.weight, instance.weight, findings)


def _lengths(file: str, columns: Mapping[str, NDArray[Any]], findings: Findings) -> bool:
    """Tell whether all columns are one-dimensional and of one length."""
    shapes = {name: values.shape for name, values in columns.items()}
    sound = all(len(shape) == 1 and shape == shapes["x"] for shape in shapes.values())
    if not sound:
        listed = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        findings.fault("covering.lengths", file=file, value=listed)
    return sound


def _coordinates(
    file: str, rows: Ints | int, columns: Mapping[str, NDArray[Any]], findings: Findings
) -> None:
    for name in ("x", "y"):
        values = columns[name].astype(np.float64, copy=False)
        _say("city.not_finite", file, rows, name, values, ~np.isfinite(values), findings)


def _amounts(file: str, rows: Ints | int, name: str, values: Floats, findings: Findings) -> None:
    _say("city.not_finite", file, rows, name, values, ~np.isfinite(values), findings)
    _say("city.negative", file, rows, name, values, values < 0, findings)


def _costs(places: Places, instance: CoveringInstance, findings: Findings) -> None:
    """Costs are whole hundredths, so that budgets are kept exactly."""
    cost = instance.cost
    sound = np.isfinite(cost) & (cost >= 0)
    large = sound & (cost > MAX_COST)
    _say("covering.cost_large", places.sites, places.site_rows, "cost", cost, large, findings)
    fine = sound & ~large & (np.rint(cost * 100.0) / 100.0 != cost)
    _say("covering.cost_fine", places.sites, places.site_rows, "cost", cost, fine, findings)


def _names(places: Places, instance: CoveringInstance, findings: Findings) -> None:
    rows = _rows(places.site_rows, instance.sites)
    first: dict[str, int] = {}
    for row, name in zip(rows.tolist(), instance.site_id.tolist(), strict=True):
        if first.setdefault(name, row) != row:
            findings.fault(
                "city.duplicate_id",
                file=places.sites,
                row=row,
                column="id",
                value=name,
                first=first[name],
            )


def _say(
    key: str,
    file: str,
    rows: Ints | int,
    name: str,
    values: Floats,
    where: NDArray[np.bool_],
    findings: Findings,
) -> None:
    if where.any():
        column = Column(name, values, np.zeros(len(values), dtype=np.bool_))
        table = Table(file, _rows(rows, len(values)), {name: column})
        findings.fault_rows(key, table, column, where)


def _rows(rows: Ints | int, count: int) -> Ints:
    return rows + np.arange(count, dtype=np.int64) if isinstance(rows, int) else rows
