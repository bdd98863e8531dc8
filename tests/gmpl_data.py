"""Any city and question as the data section of ``models/gap_fill.mod``."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from full_world import CLASSES, all_options, locks
from tiny import near, residents

PURSES = {"subsidy_per_year": "subsidy", "capital": "capital"}


@dataclass
class Data:
    """A data section under construction."""

    lines: list[str] = field(default_factory=list)

    def set(self, name: str, members) -> None:
        listed = [m if isinstance(m, tuple) else (m,) for m in members]
        self.lines.append(f"set {name} := {' '.join(map(_tuple, listed))};")

    def param(self, name: str, value) -> None:
        """Write a number, a word, or numbers and words by their index."""
        if isinstance(value, dict):
            pairs = [
                f"{_index(at if isinstance(at, tuple) else (at,))} {_value(one)}"
                for at, one in value.items()
            ]
            self.lines.append(f"param {name} := {', '.join(pairs)};" if pairs else "")
        else:
            self.lines.append(f"param {name} := {_value(value)};")

    def text(self) -> str:
        return "\n".join(["data;", *self.lines, "end;", ""])


def _tuple(members: tuple) -> str:
    return f"({','.join(map(_value, members))})" if len(members) > 1 else _value(members[0])


def _index(members: tuple) -> str:
    return f"[{','.join(map(_value, members))}]"


def _value(value) -> str:
    if isinstance(value, str):
        assert "'" not in value
        return f"'{value}'"
    return repr(int(value)) if isinstance(value, (bool, int)) else repr(float(value))


# ------------------------------------------------------------------------------------ the data


def data_of(city, question) -> Data:
    """Return the data section of a city and a question, without the stage."""
    data = Data()
    _city(data, city, question)
    _standard(data, city, question)
    _options(data, city, question)
    _money(data, city, question)
    _rules(data, city, question)
    return data


def _names(city, question):
    spaces = [str(s) for s in city.spaces.id]
    places = [str(p) for p in city.places.id]
    return spaces, places, [t.id for t in question.standard.types]


def _groups(question) -> list[str]:
    found = ["everyone"]
    for kind in question.standard.types:
        found += [kind.counting_group, *kind.groups]
    return list(dict.fromkeys(found))


def _city(data: Data, city, question) -> None:
    spaces, places, _ = _names(city, question)
    home = city.communities
    data.set("COMMUNITIES", home)
    data.set("PLACES", places)
    data.set("GROUPS", _groups(question))
    data.set("SPACES", spaces)
    data.param("lies_in", {p: home[c] for p, c in zip(places, city.places.community, strict=True)})
    data.param(
        "stands_in", {s: home[c] for s, c in zip(spaces, city.spaces.community, strict=True)}
    )
    data.param(
        "n",
        {
            (p, g): residents(city, question.standard, g, i)
            for i, p in enumerate(places)
            for g in _groups(question)
        },
    )
    for name, column in (
        ("east", city.spaces.x),
        ("north", city.spaces.y),
        ("A", city.spaces.area_m2),
        ("max_types", city.spaces.max_types.astype(float)),
        ("min_types", city.spaces.min_types.astype(float)),
        ("add_on", (city.spaces.kind == "add_on").astype(float)),
    ):
        data.param(name, dict(zip(spaces, column.tolist(), strict=True)))
    if city.spaces.basic_share is not None:
        stated = zip(spaces, city.spaces.basic_share.tolist(), strict=True)
        data.param("basic_share", {s: v for s, v in stated if not math.isnan(v)})
    if city.spaces.host is not None:
        types = {t.id for t in question.standard.types}
        hosted = zip(spaces, city.spaces.host, strict=True)
        data.set("HOSTED", [(s, w) for s, host in hosted for w in host if w in types])


def _standard(data: Data, city, question) -> None:
    spaces, places, ids = _names(city, question)
    types = question.standard.types
    used = {"basic", *(t.type_class for t in types)}
    used |= {word for grade in question.standard.grades for word in grade.min_types}
    data.set("CLASSES", [word for word in CLASSES if word in used])
    data.set("TYPES", ids)
    data.param("class", {t.id: t.type_class for t in types})
    data.param("counting", {t.id: t.counting_group for t in types})
    data.param(
        "residents_per_outlet",
        {t.id: t.residents_per_outlet for t in types if t.residents_per_outlet},
    )
    asks = [
        (t, g, t.weight * t.groups.get(g, 0.0))
        for t in types
        if t.asks
        for g in dict.fromkeys((t.counting_group, *t.groups))
    ]
    data.set("ASKS", [(t.id, g) for t, g, _ in asks])
    data.param("w", {(t.id, g): points for t, g, points in asks})

    def walked(is_space: bool, target: int, i: int, kind, group: str) -> bool:
        limit = round(kind.minutes * city.walking.speed(group) * 1000)
        return near(city, is_space, target, i, group, limit)

    data.set(
        "REACH",
        [
            (s, p, g, t.id)
            for t, g, _ in asks
            for k, s in enumerate(spaces)
            for i, p in enumerate(places)
            if walked(True, k, i, t, g)
        ],
    )
    outlets = list(enumerate(city.outlets.types))
    data.set(
        "SERVED",
        [
            (p, g, t.id)
            for t, g, _ in asks
            for i, p in enumerate(places)
            if any(t.id in held and walked(False, o, i, t, g) for o, held in outlets)
        ],
    )
    number, area = {}, {}
    for o, held in outlets:
        for kind in types:
            if kind.id in held:
                at = (city.communities[city.outlets.community[o]], kind.id)
                stated = float(city.outlets.area_m2[o])
                number[at] = number.get(at, 0) + 1
                more = kind.area_typical_m2 if math.isnan(stated) else stated
                area[at] = area.get(at, 0.0) + more
    data.param("outlets", number)
    data.param("outlet_area", area)
    data.param(
        "nearest",
        {
            (s, kind.id): min(away)
            for k, s in enumerate(spaces)
            for kind in types
            if (
                away := [
                    math.hypot(
                        float(city.spaces.x[k] - city.outlets.x[o]),
                        float(city.spaces.y[k] - city.outlets.y[o]),
                    )
                    for o, held in outlets
                    if kind.id in held
                ]
            )
        },
    )


def _options(data: Data, city, question) -> None:
    spaces, _, ids = _names(city, question)
    options = all_options(city, question)
    keys: list[tuple[str, str, int]] = []
    for s, t in zip(options.space.tolist(), options.type.tolist(), strict=True):
        pair = (spaces[s], ids[t])
        keys.append((*pair, 1 + sum(key[:2] == pair for key in keys)))
    data.set("OPTIONS", keys)
    for name, column in (
        ("a", options.area_m2),
        ("k", options.capital_fen / 100),
        ("r", options.subsidy_fen / 100),
        ("chain", options.chain.astype(float)),
    ):
        data.param(name, dict(zip(keys, column.tolist(), strict=True)))
    data.param("f", dict(zip(spaces, (options.fixed_fen / 100).tolist(), strict=True)))
    for name, pairs in zip(("OPENED", "FORBIDDEN"), locks(city, question), strict=True):
        data.set(name, [(spaces[s], ids[t]) for s, t in sorted(pairs)])


def _money(data: Data, city, question) -> None:
    for pays in PURSES:
        if not math.isinf(getattr(question.budget, pays)):
            data.param(pays, getattr(question.budget, pays))
    data.param("years", question.policy.years)
    if not question.funds:
        return
    spaces, _, _ = _names(city, question)
    data.set("FUNDS", [fund.id for fund in question.funds])
    data.param("pays", {fund.id: PURSES[fund.pays] for fund in question.funds})
    data.param("amount", {fund.id: fund.amount for fund in question.funds})
    data.param("share", {fund.id: fund.share for fund in question.funds})
    data.param("any_type", {fund.id: float(fund.types is None) for fund in question.funds})
    for fund in question.funds:
        if fund.types is not None:
            data.set(f"FUND_TYPES['{fund.id}']", fund.types)
        here = zip(spaces, city.spaces.kind, city.spaces.community, strict=True)
        data.set(
            f"FUND_SPACES['{fund.id}']",
            [
                s
                for s, kind, c in here
                if (fund.kinds is None or kind in fund.kinds)
                and (fund.communities is None or city.communities[c] in fund.communities)
            ],
        )


def _rules(data: Data, city, question) -> None:  # noqa: ARG001
    standard = question.standard
    data.param("floor_share", question.floors)
    data.param("target_share", question.targets)
    data.param("presence", standard.presence)
    data.param("presence_share", standard.presence_share)
    data.set("SUBSTITUTES", [(rule.type, rule.by) for rule in standard.substitutes])
    data.param("grades", len(standard.grades))
    numbered = list(enumerate(standard.grades, start=1))
    data.param("class_least", {(m, q): v for m, g in numbered for q, v in g.min_types.items()})
    for m, grade in numbered:
        if grade.mandatory:
            data.set(f"MANDATORY[{m}]", grade.mandatory)
    ids = {grade.id: m for m, grade in numbered}
    cost = question.objective == "cost"
    data.param("target_grade", ids[question.grade] if question.grade else 0 if cost else len(ids))
    data.param("must_reach", float(cost))
    data.set("NEVER_WITH", [(rule.type, u) for rule in standard.roof for u in rule.never_with])
    data.set(
        "ONLY_WITH",
        [
            (m, rule.type, u)
            for m, rule in enumerate(standard.roof, start=1)
            for u in rule.only_with or ()
        ],
    )
    data.set("ENFORCED", question.enforce)
    data.param("per_1000", {q.type: q.per_1000 for q in standard.quotas if q.per_1000})
    data.param(
        "area_per_1000", {q.type: q.area_m2_per_1000 for q in standard.quotas if q.area_m2_per_1000}
    )
    data.param("spacing", standard.spacing_m)
    data.param("most", standard.most_per_community)
    if standard.chain_share is not None:
        data.param("chain_share", standard.chain_share)
