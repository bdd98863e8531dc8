"""Which vacant building should become what: plans for 15-minute neighbourhoods, with a proof.

>>> import siting
>>> city = siting.read_city("mycity")                                       # doctest: +SKIP
>>> scenario = siting.Scenario(standard="mofcom-2021", capital=5e6, subsidy_per_year=6e5)
>>> plan = siting.solve(city, scenario, time_limit=60)                      # doctest: +SKIP
>>> plan.save("plan")                                                       # doctest: +SKIP
"""

from typing import TYPE_CHECKING, Any

# These folders share their names with functions below. They are imported first, because the
# first import of a sub-package sets the attribute; from then on the functions keep the names.
import siting.frontier
import siting.generate
import siting.solve
import siting.verify  # noqa: F401
from siting.api import (
    check_city,
    compare,
    explain,
    find_gaps,
    frontier,
    generate,
    list_standards,
    load_policy,
    load_standard,
    read_city,
    read_covering,
    read_plan,
    solve,
    solve_covering,
    verify,
)
from siting.errors import (
    InfeasibleError,
    InputError,
    Interrupted,
    NoPlanError,
    Notice,
    SitingError,
    VerificationError,
)

if TYPE_CHECKING:
    from siting.city.model import City, Walking
    from siting.covering.model import CoveringInstance
    from siting.covering.plan import CoveringPlan
    from siting.frontier.model import Frontier
    from siting.plan.compare import Comparison
    from siting.plan.model import Plan
    from siting.progress import Progress
    from siting.standard.model import Fund, Locks, Policy, Scenario, Standard, Type

_LATE = {
    "City": "siting.city.model",
    "Walking": "siting.city.model",
    "Comparison": "siting.plan.compare",
    "CoveringInstance": "siting.covering.model",
    "CoveringPlan": "siting.covering.plan",
    "Frontier": "siting.frontier.model",
    "Plan": "siting.plan.model",
    "Progress": "siting.progress",
    "Fund": "siting.standard.model",
    "Locks": "siting.standard.model",
    "Policy": "siting.standard.model",
    "Scenario": "siting.standard.model",
    "Standard": "siting.standard.model",
    "Type": "siting.standard.model",
}


def __getattr__(name: str) -> Any:
    """Import the records when they are first asked for (PEP 562)."""
    from importlib import import_module

    if name == "__version__":
        from importlib.metadata import version

        return version("siting")
    if name in _LATE:
        return getattr(import_module(_LATE[name]), name)
    raise AttributeError(f"module 'siting' has no attribute {name!r}")


__all__ = [
    "City",
    "Comparison",
    "CoveringInstance",
    "CoveringPlan",
    "Frontier",
    "Fund",
    "InfeasibleError",
    "InputError",
    "Interrupted",
    "Locks",
    "NoPlanError",
    "Notice",
    "Plan",
    "Policy",
    "Progress",
    "Scenario",
    "SitingError",
    "Standard",
    "Type",
    "VerificationError",
    "Walking",
    "check_city",
    "compare",
    "explain",
    "find_gaps",
    "frontier",
    "generate",
    "list_standards",
    "load_policy",
    "load_standard",
    "read_city",
    "read_covering",
    "read_plan",
    "solve",
    "solve_covering",
    "verify",
]
