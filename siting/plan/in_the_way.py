"""What stands in the way of an option that a plan cannot take as it stands, with names and numbers.

The rules are those of `siting.plan.hindered`; here one option is looked at more closely.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from siting.errors import Notice
from siting.plan.hindered import most_payable_fen
from siting.plan.standing import by_community, outlets_of
from siting.standard.rules import never_together

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.city.model import City
    from siting.standard.model import Question
    from siting.standard.options import Options
    from siting.standard.purses import Purses

_JOIN = ", "
_FEN = 100.0


@dataclass(frozen=True)
class Obstacle:
    """What keeps an option out, as data: the `reason`, and figures by name."""

    data: dict[str, Any]

    def notice(self, space: str, kind: str) -> Notice:
        """Return the sentence that says so of a space and a type."""
        shown = {name: _shown(name, value) for name, value in self.data.items()}
        key = f"plan.way_{self.data['reason']}"
        if self.data["reason"] == "money":
            key += f"_{self.data['pays']}"
        return Notice(key, values={**shown, "space": space, "type": kind})


def find_obstacle(
    city: City,
    question: Question,
    options: Options,
    purses: tuple[Purses, Purses],
    chosen: NDArray[np.int64],
    o: int,
    reason: str,
) -> Obstacle:
    """Return what stands in the way of option `o` under the rule `reason`, one of `HINDRANCES`."""
    if reason == "money":
        return Obstacle({"reason": reason, **_money(options, purses, chosen, o)})
    return Obstacle({"reason": reason, **_rule(city, question, options, chosen, o, reason)})


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
        others = len(np.unique(options.type[join]))
        return {"least": int(spaces.min_types[s]), "others": others}
    if reason == "basic_share":
        return _basic(city, question, options, here, o)
    if reason == "roof":
        hostile = [name for name, u in zip(names, options.type[here], strict=True) if barred[u]]
        return {"others": hostile}
    if reason == "full":
        left = float(spaces.area_m2[s] - options.area_m2[here].sum())
        need = float(options.area_m2[o])
        return {"others": names, "left": left, "need": need, "most": int(spaces.max_types[s])}
    if reason == "apart":
        there = options.space[same]
        away = np.hypot(spaces.x[there] - spaces.x[s], spaces.y[there] - spaces.y[s])
        away[there == s] = np.inf
        k = int(away.argmin())
        other, metres = str(spaces.id[there[k]]), standard.spacing_m[kind]
        return {"other": other, "away": float(away[k]), "metres": metres}
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


def _basic(
    city: City, question: Question, options: Options, here: NDArray[np.int64], o: int
) -> dict[str, Any]:
    standard = question.standard
    s, t = int(options.space[o]), int(options.type[o])
    basic = np.array([one.type_class == "basic" for one in standard.types], dtype=bool)
    area = float(options.area_m2[o])
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
    return {"asked_share": asked, "could_share": have / (have + rest)}


def _money(
    options: Options, purses: tuple[Purses, Purses], chosen: NDArray[np.int64], o: int
) -> dict[str, Any]:
    for pays, purse in (("capital", purses[0]), ("subsidy", purses[1])):
        need, left = most_payable_fen(options, purse, chosen, o, once=pays == "capital")
        if left is not None and left < need:
            yuan = {"need": need / _FEN, "left": left / _FEN, "short": (need - left) / _FEN}
            return {"pays": pays, **yuan}
    raise ValueError("the purses can pay this option")


def _shown(name: str, value: Any) -> str:
    if isinstance(value, list):
        return _JOIN.join(value) or "-"
    if isinstance(value, float):
        if name.endswith("_share"):
            return f"{100.0 * value:.1f}%"
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    return str(value)
