"""An instance from a file of the literature's generator, or from a folder of two tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from siting.city.cells import ids, numbers
from siting.city.config import TableSection
from siting.city.findings import Findings
from siting.city.tables import Layout, read_table
from siting.covering.check import Places, find_faults
from siting.covering.model import CoveringInstance

if TYPE_CHECKING:
    from siting.city.tables import Table
    from siting.covering.model import Words

SITES, POINTS = "sites.csv", "points.csv"
_SITES = Layout(words=("id",), numbers=("cost",), located=True)
_POINTS = Layout(numbers=("weight",), located=True, may_be_empty=True)


def read_covering(path: str | Path, *, threads: int = 2) -> CoveringInstance:
    """Read an instance.

    Parameters
    ----------
    path
        A text file as `siting.covering.text` describes it, or a folder with ``sites.csv`` (x, y
        and optional id and cost) and ``points.csv`` (x, y and optional weight).
    threads
        Cores that may read a text file.

    Raises
    ------
    InputError
        Everything that is wrong with the files, at once: file, row, column, value.
    """
    findings = Findings()
    whole = Path(path)
    found = None
    if whole.is_dir():
        found = _from_folder(whole, findings)
    elif whole.is_file():
        from siting.covering.text import read_text

        found = read_text(whole, threads, findings)
    else:
        findings.fault("covering.no_file", file=str(path))
    if found is not None:
        find_faults(*found, findings)
    findings.raise_faults()
    assert found is not None
    return found[0]


def _from_folder(folder: Path, findings: Findings) -> tuple[CoveringInstance, Places] | None:
    used = (SITES, POINTS)
    sites = read_table(folder, TableSection(file=SITES), _SITES, findings, used)
    points = read_table(folder, TableSection(file=POINTS), _POINTS, findings, used)
    if sites is None or points is None:
        return None
    instance = CoveringInstance(
        site_id=_names(sites, findings),
        site_x=numbers(sites, "x", findings),
        site_y=numbers(sites, "y", findings),
        cost=numbers(sites, "cost", findings, default=1.0, least=0),
        x=numbers(points, "x", findings),
        y=numbers(points, "y", findings),
        weight=numbers(points, "weight", findings, default=1.0, least=0),
    )
    if findings.faults:
        return None
    return instance, Places(SITES, POINTS, sites.rows, points.rows)


def _names(sites: Table, findings: Findings) -> Words:
    """Return the sites' names; without any, their positions from 0."""
    if "id" in sites.columns:
        return ids(sites, findings)
    return np.array([str(s) for s in range(len(sites))], dtype=object)
