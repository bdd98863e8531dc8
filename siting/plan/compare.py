"""What differs between two plans for one city: projects, money, people, circles, questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from siting.errors import InputError, Notice
from siting.plan.compare_people import compare_circles, compare_coverage, compare_groups
from siting.plan.compare_projects import compare_projects
from siting.plan.compare_question import Asked, compare_questions

if TYPE_CHECKING:
    import pandas as pd

    from siting.plan.document import Document
    from siting.plan.model import Plan

GENERAL = "general"
_MEASURES = ("objective", "bound", "gap_abs", "gap", "certified_bound", "certified_gap")
_PAYS = ("capital", "subsidy_per_year")


@dataclass(frozen=True, eq=False)
class Comparison:
    """What differs from plan A to plan B; everywhere a difference is B less A.

    Attributes
    ----------
    a, b
        The plans, with their city.
    asked
        How their questions differ, and what therefore cannot be compared.
    projects
        One row a project of either, ``change`` first; see
        `siting.plan.compare_projects.compare_projects`.
    money
        One row a purse and what it pays (yuan): ``fund``, ``pays``, ``limit_a``, ``limit_b`` (NaN:
        unlimited; 0: the plan has no such fund), ``spent_a``, ``spent_b``, ``difference``.
    coverage
        One row a type and group that both plans count alike.
    groups
        One row a group: residents who have more types in reach, and fewer.
    circles
        One row a community: grades, types present, needs met, and whether it is better off.
    values
        One row a measure of the plan as a whole: ``a``, ``b``, ``difference``; NaN where a plan
        states none, and for differences of what is not one measure.
    """

    a: Plan
    b: Plan
    asked: Asked
    projects: pd.DataFrame
    money: pd.DataFrame
    coverage: pd.DataFrame
    groups: pd.DataFrame
    circles: pd.DataFrame
    values: pd.DataFrame

    @property
    def nothing_differs(self) -> bool:
        """Whether both plans open the same, spend the same, and ask and reach the same."""
        values = self.values
        equal = (values["a"] == values["b"]) | (values["a"].isna() & values["b"].isna())
        return bool(
            not self.asked.differences
            and (self.projects["change"] == "stayed").all()
            and (self.money["difference"] == 0).all()
            and (self.money["limit_a"].fillna(-1.0) == self.money["limit_b"].fillna(-1.0)).all()
            and equal.all()
        )

    def changes(self, change: str) -> pd.DataFrame:
        """Return the projects with one kind of change."""
        return self.projects[self.projects["change"] == change]

    def spent(self, pays: str) -> tuple[float, float]:
        """Return what each plan spends in all of ``capital`` or ``subsidy_per_year``, in yuan."""
        rows = self.money[self.money["pays"] == pays]
        return _yuan(rows["spent_a"]), _yuan(rows["spent_b"])


def compare_plans(a: Plan, b: Plan) -> Comparison:
    """Return what differs between two plans that have their city.

    Raises
    ------
    InputError
        The plans are for different cities.
    ValueError
        A plan was read from a folder and has no city; restore it first.
    """
    if a.city is None or b.city is None or a.detail is None or b.detail is None:
        raise ValueError("a plan read from a folder has no city; restore it to compare it")
    if not _same_city(a, b):
        raise InputError(other_city(a.document, b.document))
    asked = compare_questions(a, b)
    return Comparison(
        a=a,
        b=b,
        asked=asked,
        projects=compare_projects(a, b),
        money=_money(a.document, b.document),
        coverage=compare_coverage(a, b, asked.types),
        groups=compare_groups(a, b, asked.types),
        circles=compare_circles(a, b, asked.types, graded=asked.one_standard),
        values=_values(a.document, b.document, asked),
    )


def other_city(a: Document, b: Document) -> Notice:
    """Return the fault of two plans whose cities differ, or of one city at two times."""
    where = [d.inputs.city_path_absolute or "-" for d in (a, b)]
    key = "plan.compare_other_city" if where[0] != where[1] else "plan.compare_other_data"
    return Notice(key, values={"a": where[0], "b": where[1]})


def _same_city(a: Plan, b: Plan) -> bool:
    first, second = a.city, b.city
    assert first is not None
    assert second is not None
    if first is second:
        return True
    if first.sha256 is not None or second.sha256 is not None:
        return first.sha256 == second.sha256
    pairs: list[tuple[Any, Any]] = [
        (first.places.id, second.places.id),
        (first.places.x, second.places.x),
        (first.places.y, second.places.y),
        (first.places.residents["everyone"], second.places.residents["everyone"]),
        (first.spaces.id, second.spaces.id),
        (first.spaces.x, second.spaces.x),
        (first.spaces.y, second.spaces.y),
        (first.outlets.x, second.outlets.x),
        (first.outlets.y, second.outlets.y),
        (first.communities, second.communities),
    ]
    return all(np.array_equal(one, other) for one, other in pairs)


def _money(a: Document, b: Document) -> pd.DataFrame:
    import pandas as pd

    purses = (_purses(a), _purses(b))
    order = sorted(
        dict.fromkeys((*purses[0], *purses[1])),
        key=lambda purse: (_PAYS.index(purse[1]), purse[0] != GENERAL),
    )
    rows = []
    for purse in order:
        (limit_a, spent_a), (limit_b, spent_b) = (side.get(purse, (0.0, 0)) for side in purses)
        rows.append(
            (*purse, limit_a, limit_b, spent_a / 100, spent_b / 100, (spent_b - spent_a) / 100)
        )
    columns = ["fund", "pays", "limit_a", "limit_b", "spent_a", "spent_b", "difference"]
    table = pd.DataFrame(rows, columns=columns)
    return table.astype({"limit_a": float, "limit_b": float})


def _purses(document: Document) -> dict[tuple[str, str], tuple[float | None, int]]:
    """Return the limit in yuan (None: unlimited) and what is spent in fen, by purse."""
    budget = document.budget
    found: dict[tuple[str, str], tuple[float | None, int]] = {
        (GENERAL, "capital"): (budget.capital.limit, _fen(budget.capital.spent)),
        (GENERAL, "subsidy_per_year"): (
            budget.subsidy_per_year.limit,
            _fen(budget.subsidy_per_year.spent),
        ),
    }
    for fund in document.funds:
        found[fund.id, fund.pays] = (fund.limit, _fen(fund.spent))
    return found


def _fen(yuan: float) -> int:
    return round(yuan * 100)


def _yuan(amounts: pd.Series[float]) -> float:
    return float(sum(_fen(yuan) for yuan in amounts) / 100)


def _values(a: Document, b: Document, asked: Asked) -> pd.DataFrame:
    import pandas as pd

    rows: list[tuple[str, float | None, float | None, bool]] = [
        (name, getattr(a, name), getattr(b, name), asked.one_measure and name == "objective")
        for name in _MEASURES
    ]
    served = (a.residents.newly_served_any_type, b.residents.newly_served_any_type)
    rows.append(("newly_served_any_type", *served, asked.one_standard))
    table = pd.DataFrame(rows, columns=["measure", "a", "b", "comparable"])
    table = table.astype({"a": float, "b": float})
    table["difference"] = (table["b"] - table["a"]).where(table["comparable"])
    return table.drop(columns="comparable").set_index("measure")
