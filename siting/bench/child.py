"""The process in which a library of others solves the single-type question.

``python -m siting.bench.child PEER FILE SECONDS THREADS`` reads the question from an npz file and
prints one JSON line with the sites chosen. Each library is imported here and nowhere else.
"""

from __future__ import annotations

import json
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

_WHOLE = 1000
"""Weights that are not whole are counted in thousandths where only whole ones will do."""


def main(arguments: list[str]) -> None:
    """Solve one question and print the answer."""
    begun = time.monotonic()
    peer, path, seconds, threads = arguments
    with np.load(Path(path)) as stored:
        shape = (len(stored["weight"]), int(stored["columns"]))
        ones = np.ones(len(stored["indices"]))
        cover = sparse.csr_array((ones, stored["indices"], stored["indptr"]), shape=shape)
        weight, sites = stored["weight"], int(stored["sites"])
    solve = {"spopt": _spopt, "abw-maxcover": _abw_maxcover}[peer]
    answer = solve(cover, weight, sites, begun + float(seconds), int(threads))
    sys.stdout.write(json.dumps(answer) + "\n")


def _spopt(
    cover: sparse.csr_array, weight: Any, sites: int, deadline: float, threads: int
) -> dict[str, Any]:
    """PySAL spopt: its matrix is dense, and PuLP's CBC solves its model."""
    import spopt
    from spopt.locate import MCLP

    from siting.solve.backends import pulp as door

    far = 1.0 - cover.toarray()
    model = MCLP.from_cost_matrix(far, weight, service_radius=0.5, p_facilities=sites)
    left = deadline - time.monotonic()
    if left <= 0:
        return {"solver": f"spopt {spopt.__version__}", "sites": None}
    model.solve(door.cbc(left, threads))
    opened = [j for j, one in enumerate(model.fac_vars) if (one.varValue or 0.0) > 0.5]
    value = model.problem.objective.value()
    return {
        "solver": f"spopt {spopt.__version__} (CBC, {door.version()})",
        "sites": opened,
        "value": value,
        "optimal": model.problem.sol_status == 1,
    }


def _abw_maxcover(
    cover: sparse.csr_array, weight: Any, sites: int, deadline: float, threads: int
) -> dict[str, Any]:
    """abw-maxcover: its default portfolio of heuristics, which proves nothing."""
    import abw_maxcover

    del deadline, threads  # it knows neither
    scale = 1 if (weight == np.rint(weight)).all() else _WHOLE
    by_site = cover.tocsc()
    instance = abw_maxcover.MaxCoverInstance(
        weights=np.rint(weight * scale).astype(np.int64),
        ij_indptr=cover.indptr,
        ij_indices=cover.indices,
        ji_indptr=by_site.indptr,
        ji_indices=by_site.indices,
    )
    curve = abw_maxcover.approximate_pareto_curve(instance, [sites])
    best = max(curve.results, key=lambda result: result.objective)
    try:
        number = version("abw-maxcover")
    except PackageNotFoundError:
        number = "?"
    return {
        "solver": f"abw-maxcover {number}",
        "sites": sorted(int(j) for j in best.solution),
        "value": best.objective / scale,
        "optimal": False,
    }


if __name__ == "__main__":
    main(sys.argv[1:])
