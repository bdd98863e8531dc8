"""The names of the solvers, and whether they can be used here. Imports none of them."""

from __future__ import annotations

from importlib import metadata, util

from siting.errors import InputError, Notice

SOLVERS = ("highs", "scip", "cp-sat", "ortools-scip", "cbc")
"""Solvers that come with the package; ``pulp:NAME`` asks PuLP for any other."""

ALIASES = {
    "gurobi": ("GUROBI", "GUROBI_CMD"),
    "cplex": ("CPLEX_PY", "CPLEX_CMD"),
    "copt": ("COPT", "COPT_CMD"),
    "xpress": ("XPRESS_PY", "XPRESS"),
    "mosek": ("MOSEK",),
    "glpk": ("GLPK_CMD",),
}
"""Solvers the user may have, with PuLP's names of them, the better door first."""

_LIBRARY = {"highs": "highspy", "scip": "pyscipopt", "cp-sat": "ortools", "ortools-scip": "ortools"}
_BANNED_HIGHS = "1.14.0"


def resolve(name: str) -> str:
    """Return the solver's name as `SOLVERS`, `ALIASES` or ``pulp:NAME`` have it.

    Raises
    ------
    InputError
        There is no such solver, its library is not installed, or the installed version gives
        wrong answers.
    """
    plain = name.strip().lower()
    if plain.startswith("pulp:") and len(plain) > len("pulp:"):
        solver = "pulp:" + name.strip()[len("pulp:") :]
    elif plain in SOLVERS or plain in ALIASES:
        solver = plain
    else:
        known = ", ".join((*SOLVERS, *ALIASES, "pulp:NAME"))
        raise InputError(Notice("solve.unknown_solver", values={"name": name, "known": known}))
    library = _LIBRARY.get(solver, "pulp")
    if util.find_spec(library) is None:
        values = {"solver": solver, "library": library}
        raise InputError(Notice("solve.not_installed", values=values))
    if solver == "highs" and metadata.version(library) == _BANNED_HIGHS:
        raise InputError(Notice("solve.highs_banned", values={"version": _BANNED_HIGHS}))
    return solver


def pulp_names(solver: str) -> tuple[str, ...]:
    """Return the names under which PuLP is to look for `solver`."""
    if solver == "cbc":
        return ("PULP_CBC_CMD",)
    if solver in ALIASES:
        return ALIASES[solver]
    return (solver.removeprefix("pulp:"),)
