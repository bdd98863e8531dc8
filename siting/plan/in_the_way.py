"""What stands in the way of an option that a plan cannot take as it stands, with names and numbers.

The rules are those of `siting.plan.hindered`, which tells the first that holds; here one option is
looked at more closely, and everything is told that would have to go.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from siting.errors import Notice
from siting.plan.hindered import HINDRANCES, most_payable_fen
from siting.plan.shown import shown
from siting.plan.standing import by_community, outlets_of
from siting.standard.rules import never_together
from siting.standard.spacing import closer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from siting.city.model import City
    from siting.standard.model import Question
    from siting.standard.options import Options
    from siting.standard.purses import Purses

MONEY = "money"
_FEN = 100.0
_BASIC = "basic"


@dataclass(frozen=True)
class Obstacle:
    """What keeps an option out, as data: the `reason`, and figures by name.

    The reason is one of `siting.plan.hindered.HINDRANCES`, or ``company_types``,
    ``company_basic`` or ``company_roof``: it cannot open in the space by itself.
    """

    data: dict[str, Any]

    def notice(self, space: str, kind: str) -> Notice:
        """Return the sentence that says so of a space and a type."""
        key = f"plan.way_{self.data['reason']}"
        for figure in ("pays", "form"):
            if figure in self.data:
                key += f"_{self.data[figure]}"
        return Notice(key, values={**shown(self.data), "space": space, "type": kind})


def find_obstacles(
    city: City,
    question: Question,
    options: Options,
    purses: tuple[Purses, Purses],
    chosen: NDArray[np.int64],
    o: int,
    rules: Iterable[NDArray[np.bool_]],
) -> tuple[Obstacle, ...]:
    """Return all that stands in the way of option `o`: none of it is left out for another.

    Parameters
    ----------
    purses
        Those of capital and of subsidy.
    chosen
        The options of the plan.
    rules
        As `siting.plan.hindered.rule_hindrances` has them.

    Returns
    -------
    tuple of Obstacle
        In the order of `HINDRANCES`, the two kinds of money apart, as are projects that are too
        near; then the company that the option needs.
    """
    told = [reason for reason, holds in zip(HINDRANCES, rules, strict=False) if holds[o]]
    found = [
        {"reason": reason, **figures}
        for reason in told
        for figures in (
            _apart(city, question, options, chosen, o)
            if reason == "apart"
            else [_rule(city, question, options, chosen, o, reason)]
        )
    ]
    found += _money(options, purses, chosen, o)
    found += _company(city, question, options, chosen, o, told)
    return tuple(Obstacle(data) for data in found)


def _rule(
    city: City,
    question: Question,
    options: Options,
    chosen: NDArray[np.int64],
    o: int,
    reason: str,
) -> dict[str, Any]:
    standard, spaces = question.standard, city.spaces
    s, t = int(options.space[o]), int(options.type[o])
    kind = standard.types[t].id
    here = chosen[options.space[chosen] == s]
    same = chosen[options.type[chosen] == t]
    names = [standard.types[u].id for u in options.type[here].tolist()]
    barred = never_together(standard.types, standard.roof)[t]
    if reason == "min_types":
        join = (options.space == s) & ~barred[options.type] & (options.type != t)
        others = np.unique(options.type[join]).tolist()
        least = int(spaces.min_types[s])
        if len(others) < least - 1:
            return {"form": "others", "least": least, "others": len(others)}
        smallest = sorted(float(options.area_m2[join & (options.type == u)].min()) for u in others)
        need = float(options.area_m2[o]) + sum(smallest[: least - 1])
        return {"form": "room", "least": least, "have": float(spaces.area_m2[s]), "need": need}
    if reason == "basic_share":
        return _basic(city, question, options, here, o)
    if reason == "roof":
        hostile = [name for name, u in zip(names, options.type[here], strict=True) if barred[u]]
        return {"others": hostile}
    if reason == "full":
        left = float(spaces.area_m2[s] - options.area_m2[here].sum())
        need = float(options.area_m2[o])
        return {"others": names, "left": left, "need": need, "most": int(spaces.max_types[s])}
    if reason == "most":
        c = int(spaces.community[s])
        mine = options.space[same][spaces.community[options.space[same]] == c]
        return {
            "community": city.communities[c],
            "most": standard.most_per_community[kind],
            "standing": int(by_community(city, standard, *outlets_of(city, standard))[t, c]),
            "opened": len(mine),
            "others": [str(name) for name in spaces.id[mine]],
        }
    return {
        "asked_share": standard.chain_share,
        "chains": int(options.chain[chosen].sum()),
        "projects": len(chosen),
    }


def _apart(
    city: City, question: Question, options: Options, chosen: NDArray[np.int64], o: int
) -> list[dict[str, Any]]:
    """Return the projects of the type that are too near, the nearest first."""
    s, t = int(options.space[o]), int(options.type[o])
    x, y = city.spaces.x, city.spaces.y
    metres = question.standard.spacing_m[question.standard.types[t].id]
    there = options.space[chosen[options.type[chosen] == t]]
    there = there[there != s]
    there = there[closer(x[there], y[there], x[s], y[s], metres)]
    away = np.hypot(x[there] - x[s], y[there] - y[s])
    return [
        {
            "other": str(city.spaces.id[there[k]]),
            "away": round(float(away[k]), 3),
            "metres": metres,
        }
        for k in np.argsort(away, kind="stable").tolist()
    ]


def _company(
    city: City,
    question: Question,
    options: Options,
    chosen: NDArray[np.int64],
    o: int,
    told: list[str],
) -> list[dict[str, Any]]:
    """Return what makes others open with an option, where they could: at a cost of their own."""
    standard, spaces = question.standard, city.spaces
    s, t = int(options.space[o]), int(options.type[o])
    kind = standard.types[t]
    here = {standard.types[u].id for u in options.type[chosen[options.space[chosen] == s]].tolist()}
    found: list[dict[str, Any]] = []
    least = int(spaces.min_types[s])
    if not here and least > 1 and "min_types" not in told:
        found.append({"reason": "company_types", "least": least})
    share = 0.0 if spaces.basic_share is None else float(np.nan_to_num(spaces.basic_share[s]))
    if not here and share > 0 and kind.type_class != _BASIC and "basic_share" not in told:
        found.append({"reason": "company_basic", "asked_share": share})
    if spaces.host is None or not spaces.host[s]:
        found += [
            {"reason": "company_roof", "others": list(rule.only_with)}
            for rule in standard.roof
            if rule.type == kind.id and rule.only_with is not None and not here & {*rule.only_with}
        ]
    return found


def _basic(
    city: City, question: Question, options: Options, here: NDArray[np.int64], o: int
) -> dict[str, Any]:
    standard = question.standard
    s, t = int(options.space[o]), int(options.type[o])
    basic = np.array([one.type_class == _BASIC for one in standard.types], dtype=bool)
    area = float(options.area_m2[o])
    form = "open" if len(here) else "new"
    if len(here):
        have = float(options.area_m2[here][basic[options.type[here]]].sum())
        rest = float(options.area_m2[here].sum()) - have + area
    else:
        barred = never_together(standard.types, standard.roof)[t]
        mine = (options.space == s) & basic[options.type] & ~barred[options.type]
        largest = {
            u: float(options.area_m2[mine & (options.type == u)].max())
            for u in np.unique(options.type[mine]).tolist()
        }
        have, rest = min(sum(largest.values()), float(city.spaces.area_m2[s]) - area), area
    share = city.spaces.basic_share
    asked = 0.0 if share is None else float(share[s])
    return {"form": form, "asked_share": asked, "could_share": have / (have + rest)}


def _money(
    options: Options, purses: tuple[Purses, Purses], chosen: NDArray[np.int64], o: int
) -> list[dict[str, Any]]:
    """Return each kind of money that purses have too little of."""
    found = []
    for pays, purse in (("capital", purses[0]), ("subsidy", purses[1])):
        need, left = most_payable_fen(options, purse, chosen, o, once=pays == "capital")
        if left is not None and left < need:
            yuan = {"need": need / _FEN, "left": left / _FEN, "short": (need - left) / _FEN}
            found.append({"reason": MONEY, "pays": pays, **yuan})
    return found
