"""Changes to a city's files and what must become of the best plan: the metamorphic rules.

Each takes a `Solved` question and returns what it becomes, or None where it does not apply.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
from sheets import POINTS, Form, Sheets, array, numbers, shown
from tiny_full import Asked, pairs

from siting.standard.model import Fund, Locks

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from siting.city.model import City
    from siting.plan.document import Document
    from siting.standard.model import Question, Type

AWAY = Decimal(60_000)
"""Metres to what is out of everybody's reach."""


@dataclass(frozen=True)
class Solved:
    """Files, the question that they state, and the best plan; None: there is no plan."""

    sheets: Sheets
    city: City
    question: Question
    document: Document | None


@dataclass(frozen=True)
class Changed:
    """What a question became, and how its optimum lies to that before.

    Attributes
    ----------
    sheets
        The files.
    optimum
        What it must be, compared with that before.
    people, points
        What residents, and the need points of one resident, were multiplied by.
    spaces
        New ids of spaces, where they have others; the plan before must be worth the same there.
    """

    sheets: Sheets
    optimum: Literal["same", "at least", "at most"] = "same"
    people: float = 1.0
    points: float = 1.0
    spaces: dict[str, str] = field(default_factory=dict)

    def times(self, stage: str) -> float:
        """Return what a stage's value is multiplied by."""
        if stage in ("cost", "share"):
            return 1.0
        return self.people if stage == "grades" else self.people * self.points


# ------------------------------------------------------------------------------------- the text


def rows_in_another_order(draw: Random, base: Solved) -> Changed:
    sheets = base.sheets
    for name in sheets.tables:
        sheets = sheets.table(name, lambda t: t.iloc[draw.sample(range(len(t)), len(t))])
    return Changed(sheets)


def columns_in_another_order(draw: Random, base: Solved) -> Changed:
    sheets = base.sheets
    for name in sheets.tables:
        sheets = sheets.table(name, lambda t: t[draw.sample([*t], len([*t]))])
    return Changed(sheets)


def columns_nobody_asked_for(draw: Random, base: Solved) -> Changed:
    sheets = base.sheets
    for name in sheets.tables:

        def with_more(table: pd.DataFrame) -> pd.DataFrame:
            for word in draw.sample(["备注", "remark, if any", "Unnamed: 7", "2024"], 2):
                cells = [draw.choice(["", "-3", "n/a", "x;y", 'he said "no"']) for _ in table.index]
                table.insert(draw.randrange(len([*table]) + 1), word, cells)
            return table

        sheets = sheets.table(name, with_more)
    return Changed(sheets)


def columns_called_otherwise(draw: Random, base: Solved) -> Changed:
    names: dict[str, dict[str, str]] = {}
    for table, frame in base.sheets.tables.items():
        words = [f"列{k} ({table})" for k in range(len([*frame]))]
        draw.shuffle(words)
        names[table] = dict(zip([*frame], words, strict=True))
    if "nodes" in names:  # one mapping for both tables
        names["edges"] = {c: f"{w} 2" for c, w in names["edges"].items()}
    return Changed(replace(base.sheets, names=names))


_ENCODED = (
    Form(encoding="utf-8-sig"),
    Form(encoding="utf-8-sig", stated=True),
    Form(encoding="gb18030"),
    Form(encoding="gb18030", stated=True),
    Form(encoding="utf-16"),
)


def another_encoding_and_other_line_ends(draw: Random, base: Solved) -> Changed:
    form = replace(
        draw.choice(_ENCODED),
        newline=draw.choice(["\n", "\r\n"]),
        separator=draw.choice([",", ",", ";", "\t"]),
        last=draw.choice(["", "\n", "\r\n", "\r\n\r\n"]),
        padded=draw.random() < 0.3,
    )
    named = rows_called(base.sheets, "community", lambda word: f"社区 {word}")
    return Changed(replace(named, form=form))


def another_file_format(draw: Random, base: Solved) -> Changed:
    return Changed(replace(base.sheets, form=Form(suffix=draw.choice(["xlsx", "parquet"]))))


# --------------------------------------------------------------------------------- what is called


def rows_called(sheets: Sheets, column: str, rename: Callable[[str], str]) -> Sheets:
    """Return the same with words of a column renamed; communities wherever they are named."""
    for name in ("places", "outlets", "spaces"):
        sheets = sheets.table(name, lambda t: t.assign(**{column: t[column].map(rename)}))
    if column != "community":
        return sheets
    funds = tuple(
        fund
        if fund.communities is None
        else fund.model_copy(update={"communities": tuple(map(rename, fund.communities))})
        for fund in sheets.question.funds
    )
    return sheets.asks(funds=funds)


def _with_ids(base: Solved, called: dict[str, dict[str, str]]) -> Changed:
    """Return the same with other ids, by table."""
    sheets = base.sheets
    for name, new in called.items():
        column = "node" if name == "nodes" else "id"
        sheets = sheets.table(name, lambda t, c=column, n=new: t.assign(**{c: t[c].map(n)}))

    def ends(table: pd.DataFrame) -> pd.DataFrame:
        to = [
            called["spaces" if kind == "space" else "outlets"][word]
            for word, kind in zip(table["to"], table["kind"], strict=True)
        ]
        return table.assign(**{"from": table["from"].map(called["places"]), "to": to})

    sheets = sheets.table("walks", ends)
    if "nodes" in called:
        node = called["nodes"]
        sheets = sheets.table(
            "edges", lambda t: t.assign(**{"from": t["from"].map(node), "to": t["to"].map(node)})
        )
    new = called["spaces"]
    locks = Locks(
        **{
            word: tuple((new.get(s, s), t) for s, t in getattr(base.question.locks, word))
            for word in ("open", "forbid")
        }
    )
    return Changed(sheets.asks(locks=locks), spaces=new)


def _ids(sheets: Sheets) -> dict[str, list[str]]:
    return {
        name: [*sheets.tables[name]["node" if name == "nodes" else "id"]]
        for name in POINTS
        if name in sheets.tables
    }


def ids_with_their_order_kept(draw: Random, base: Solved) -> Changed:
    called = {}
    for name, old in _ids(base.sheets).items():
        new = sorted(f"{draw.choice('abc')}{k:04d}" for k in range(len(old)))
        called[name] = dict(zip(sorted(old), new, strict=True))
    return _with_ids(base, called)


_AWKWARD = ("{0}", "0{0}", "00{0}", "号 {0}", "a,{0}", 'b"{0}', "É{0}", "-{0}", "{0}.0")


def ids_in_another_order(draw: Random, base: Solved) -> Changed:
    called = {}
    for name, old in _ids(base.sheets).items():
        form = draw.choice([_AWKWARD[:3], _AWKWARD, _AWKWARD[:1]])
        every = [word.format(k) for word in form for k in range(1, len(old) + 1)]
        called[name] = dict(zip(old, draw.sample(every, len(old)), strict=True))
    return _with_ids(base, called)


def communities_called_otherwise(draw: Random, base: Solved) -> Changed:
    there = dict.fromkeys(w for f in _points(base.sheets).values() for w in f["community"])
    new = draw.sample(["z", "1", "01", "东 街", "a;b", "Ä", "=1+1", "none"], len(there))
    called = dict(zip(there, new, strict=True))
    return Changed(rows_called(base.sheets, "community", called.__getitem__))


def local_words(draw: Random, base: Solved) -> Changed:
    """Types, kinds and features by the city's own words, some of which stand for two."""
    types = [t.id for t in base.question.standard.types]
    words = {t: f"{draw.choice(['店', '点'])}{k}" for k, t in enumerate(types)}
    double = {"两用 甲/乙": types[:2]}

    def listed(cell: str) -> str:
        found = cell.split(";")
        if found[:2] == types[:2] or found[:2] == types[1::-1]:
            found = ["两用 甲/乙", *found[2:]]
        return draw.choice([";", "；"]).join(words.get(word, word) for word in found)

    kinds = {"门面房": "shop", "仓库": "shed", "兼营": "add_on"}
    features = {"烟道": "flue", "上下水": "water"}
    backwards = {v: k for k, v in (kinds | features).items()}
    sheets = base.sheets.table("outlets", lambda t: t.assign(type=t["type"].map(listed)))

    def in_words(table: pd.DataFrame) -> pd.DataFrame:
        lists = [c for c in ("kind", "features") if c in table]
        for column in lists:
            table[column] = table[column].map(
                lambda cell: ";".join(backwards.get(word, word) for word in cell.split(";"))
            )
        for column in ("open", "forbid", "host"):
            if column in table:
                table[column] = table[column].map(
                    lambda cell: ";".join(words.get(word, word) for word in cell.split(";"))
                )
        return table

    sheets = sheets.table("spaces", in_words)
    sheets = sheets.section("spaces", kinds=kinds, features=features)
    return Changed(sheets.section("outlets", types={v: k for k, v in words.items()} | double))


# ------------------------------------------------------------------------------------- the ground


def _points(sheets: Sheets) -> dict[str, pd.DataFrame]:
    return {name: sheets.tables[name] for name in POINTS[:3]}


def _at(sheets: Sheets, change: Callable[[pd.DataFrame], dict]) -> Sheets:
    """Return the same with other coordinates."""
    for name in POINTS:
        sheets = sheets.table(name, lambda t: t.assign(**change(t)))
    return sheets


def _moved(sheets: Sheets, x: Decimal, y: Decimal) -> Sheets:
    return _at(
        sheets,
        lambda t: {"x": numbers(t["x"], lambda v: v + x), "y": numbers(t["y"], lambda v: v + y)},
    )


def moved_by_metres(draw: Random, base: Solved) -> Changed:
    # eighths of a metre, so that differences stay the same to the last bit
    east, north = (Decimal(draw.randint(-2_000_000, 2_000_000)) / 8 for _ in range(2))
    return Changed(_moved(base.sheets, east, north))


def turned_over(draw: Random, base: Solved) -> Changed | None:
    """East becomes north, or west."""
    if "edges" in base.sheets.tables:
        return None  # which of two streets equally near a point joins depends on where they lie
    if draw.random() < 0.5:
        return Changed(_at(base.sheets, lambda t: {"x": t["y"], "y": t["x"]}))
    return Changed(_at(base.sheets, lambda t: {"x": numbers(t["x"], lambda v: 1_000_000 - v)}))


_ZONES = {114: "EPSG:4547", 117: "EPSG:4548", 120: "EPSG:4549", 123: "EPSG:4550"}


def in_degrees_of_any_zone(draw: Random, base: Solved) -> Changed:
    """The same plane city as degrees around one meridian or another, which moves it by 3 degrees.

    The way to degrees and back loses less than a thousandth of a millimetre.
    """
    from pyproj import Transformer

    from siting.city.coordinates import wgs84_to_bd09, wgs84_to_gcj02

    meridian = draw.choice([*_ZONES])
    crs = draw.choice(["EPSG:4490", "EPSG:4490", "GCJ-02", "BD-09", "EPSG:4326"])
    stated = crs == "EPSG:4326" or draw.random() < 0.5  # else the zone is chosen
    metric = {"metric_crs": _ZONES[meridian]} if stated else {}
    here = (
        array(base.sheets.tables["places"]["x"]).min(),
        array(base.sheets.tables["places"]["y"]).min(),
    )
    sheets = _moved(
        base.sheets,
        *(
            Decimal(to - round(v / 100) * 100)
            for to, v in zip((500_000, 4_000_000), here, strict=True)
        ),
    )
    back = Transformer.from_crs(_ZONES[meridian], "EPSG:4490", always_xy=True)

    def degrees(table: pd.DataFrame) -> dict:
        lon, lat = back.transform(array(table["x"]), array(table["y"]))
        if crs == "GCJ-02":
            lon, lat = wgs84_to_gcj02(lon, lat)
        elif crs == "BD-09":
            lon, lat = wgs84_to_bd09(lon, lat)
        return {"x": [f"{v:.16g}" for v in lon], "y": [f"{v:.16g}" for v in lat]}

    return Changed(_at(sheets, degrees).section("city", crs=crs, **metric))


def walks_of_another_tool_that_say_the_same(draw: Random, base: Solved) -> Changed | None:
    """Straight lines times detour, as a table."""
    sheets, city = base.sheets, base.city
    if city.streets is not None or city.walks is not None:
        return None
    rows = []
    for kind, targets in (("space", city.spaces), ("outlet", city.outlets)):
        for p, t in itertools.product(range(len(city.places)), range(len(targets))):
            dx, dy = city.places.x[p] - targets.x[t], city.places.y[p] - targets.y[t]
            mm = np.rint(np.sqrt(dx * dx + dy * dy) * city.walking.detour * 1000)
            metres = shown(Decimal(int(mm)) / 1000)
            rows.append((city.places.id[p], targets.id[t], kind, "", metres))
    draw.shuffle(rows)
    names = ("from", "to", "kind", "group", "metres")
    walks = pd.DataFrame(rows, columns=names, dtype=object)
    return Changed(replace(sheets, tables=sheets.tables | {"walks": walks}))


def streets_walked_from_the_other_end(draw: Random, base: Solved) -> Changed | None:
    if "edges" not in base.sheets.tables:
        return None

    def turned(table: pd.DataFrame) -> pd.DataFrame:
        turn = np.array([draw.random() < 0.5 for _ in table.index])
        start, end = (
            table["from"].where(~turn, table["to"]),
            table["to"].where(~turn, table["from"]),
        )
        return table.assign(**{"from": start, "to": end})

    return Changed(base.sheets.table("edges", turned))


def a_street_that_leads_nowhere(draw: Random, base: Solved) -> Changed | None:
    if "edges" not in base.sheets.tables:
        return None
    x, y = _far_away(base.sheets)
    nodes = [{"node": f"away {k}", "x": shown(x + 100 * k), "y": shown(y)} for k in range(2)]
    edge = {"from": "away 0", "to": "away 1", "length_m": draw.choice(["", "100", "0.5"])}
    return Changed(base.sheets.more("nodes", *nodes).more("edges", edge))


def longer_minutes_of_slower_people(_: Random, base: Solved) -> Changed:
    """Half the speed and twice the minutes: the same ways."""
    sheets = base.sheets
    walking = sheets.config["walking"]
    types = tuple(
        t.model_copy(update={"minutes": t.minutes * 2}) for t in base.question.standard.types
    )
    slower = {
        "metres_per_minute": walking["metres_per_minute"] / 2,
        "groups": {g: v / 2 for g, v in walking["groups"].items()},
    }
    sheets = sheets.section("walking", **slower).standard(types=types)
    if "walks" in sheets.tables and "minutes" in sheets.tables["walks"]:
        sheets = sheets.table(
            "walks", lambda t: t.assign(minutes=numbers(t["minutes"], lambda v: v * 2))
        )
    return Changed(sheets)


# ------------------------------------------------------------------------- who and what is there


def _far_away(sheets: Sheets) -> tuple[Decimal, Decimal]:
    x = max(Decimal(v) for f in _points(sheets).values() for v in f["x"])
    y = max(Decimal(v) for f in _points(sheets).values() for v in f["y"])
    return x + AWAY, y + AWAY


def circles_of_the_nearest_place_left_unsaid(_: Random, base: Solved) -> Changed:
    """A space or outlet whose nearest place is in its own circle need not say so."""
    places = base.sheets.tables["places"]
    x, y = array(places["x"]), array(places["y"])

    def unsaid(table: pd.DataFrame) -> pd.DataFrame:
        away = np.hypot(
            array(table["x"])[:, None] - x[None, :], array(table["y"])[:, None] - y[None, :]
        )
        near = away <= away.min(axis=1, initial=np.inf, keepdims=True) + 1.0
        other = places["community"].to_numpy()[None, :] != table["community"].to_numpy()[:, None]
        return table.assign(community=table["community"].mask(~(near & other).any(axis=1), ""))

    sheets = base.sheets.table("spaces", unsaid).table("outlets", unsaid)
    return Changed(sheets)


def an_outlet_of_several_types_as_several_outlets(_: Random, base: Solved) -> Changed | None:
    outlets = base.sheets.tables["outlets"]
    several = outlets[outlets["type"].str.contains(";")]
    if not len(several) or base.city.walks is not None:
        return None
    one, *others = several.iloc[0]["type"].split(";")
    at = outlets["id"] == several.iloc[0]["id"]
    sheets = base.sheets.table("outlets", lambda t: t.assign(type=t["type"].mask(at, one)))
    rows = [{**several.iloc[0], "id": f"{k}. door", "type": o} for k, o in enumerate(others)]
    return Changed(sheets.more("outlets", *rows))


def a_place_split_in_two(draw: Random, base: Solved) -> Changed:
    """Neighbours at one point share the residents of one."""
    sheets = base.sheets
    row = sheets.tables["places"].iloc[draw.randrange(len(sheets.tables["places"]))]
    share = Decimal(draw.choice(["0.5", "0.25", "0.125"]))
    some = {g: shown(Decimal(row[g]) * share) for g in sheets.groups}
    rest = {g: shown(Decimal(row[g]) * (1 - share)) for g in sheets.groups}
    at = sheets.tables["places"]["id"] == row["id"]
    sheets = sheets.table("places", lambda t: t.assign(**{g: t[g].mask(at, rest[g]) for g in rest}))
    sheets = sheets.more("places", {**row, **some, "id": "the other half"})

    def twice(walks: pd.DataFrame) -> pd.DataFrame:
        mine = walks[walks["from"] == row["id"]]
        return pd.concat([walks, mine.assign(**{"from": "the other half"})])

    return Changed(sheets.table("walks", twice))


def a_place_with_nobody(draw: Random, base: Solved) -> Changed:
    like = base.sheets.tables["places"].iloc[draw.randrange(len(base.sheets.tables["places"]))]
    new = {**like, "id": "nobody", **dict.fromkeys(base.sheets.groups, "0")}
    new["x"] = shown(Decimal(like["x"]) + draw.randint(-300, 300))
    return Changed(base.sheets.more("places", new))


def a_place_out_of_reach(draw: Random, base: Solved) -> Changed | None:
    """People whom no space helps; demands on every circle, or on shares of all, are another."""
    asked = base.question
    if asked.floors or asked.targets or asked.grade or asked.objective in ("grades", "cost"):
        return None
    if "quotas" in asked.enforce:
        return None
    x, y = _far_away(base.sheets)
    people = {g: str(draw.randint(1, 999)) for g in base.sheets.groups}
    people["everyone"] = "1000"
    place = {"id": "hermits", "x": shown(x), "y": shown(y), "community": "away", **people}
    return Changed(base.sheets.more("places", place))


def an_outlet_out_of_reach(draw: Random, base: Solved) -> Changed:
    x, y = _far_away(base.sheets)
    kind = draw.choice(base.question.standard.types).id
    word = {"id": "far off", "x": shown(x), "y": shown(y), "type": kind, "community": "away"}
    return Changed(base.sheets.more("outlets", word))


def an_outlet_of_a_type_nobody_asks_for(draw: Random, base: Solved) -> Changed:
    like = base.sheets.tables["places"].iloc[draw.randrange(len(base.sheets.tables["places"]))]
    outlet = {c: like[c] for c in ("x", "y", "community")} | {"id": "casino", "type": "casino"}
    return Changed(base.sheets.more("outlets", outlet))


def _like_a_space(draw: Random, base: Solved, **fields) -> Sheets:
    like = base.sheets.tables["spaces"].iloc[draw.randrange(len(base.sheets.tables["spaces"]))]
    new = {**like, "id": "useless", "open": "", **fields}
    if "open" not in like:
        del new["open"]
    sheets = base.sheets.more("spaces", new)

    def also(walks: pd.DataFrame) -> pd.DataFrame:
        mine = walks[(walks["to"] == like["id"]) & (walks["kind"] == "space")]
        return pd.concat([walks, mine.assign(to="useless")])

    return sheets.table("walks", also)


def a_space_too_small_for_anything(draw: Random, base: Solved) -> Changed:
    return Changed(_like_a_space(draw, base, area_m2="0.5"))


def a_space_where_everything_is_forbidden(draw: Random, base: Solved) -> Changed:
    if "forbid" in base.sheets.tables["spaces"]:
        return Changed(_like_a_space(draw, base, forbid="*"))
    sheets = _like_a_space(draw, base)
    locks = base.question.locks
    forbid = (*locks.forbid, ("useless", "*"))
    return Changed(sheets.asks(locks=Locks(open=locks.open, forbid=forbid)))


def a_space_that_nobody_reaches(draw: Random, base: Solved) -> Changed:
    x, y = _far_away(base.sheets)
    sheets = _like_a_space(draw, base, x=shown(x), y=shown(y), community="away")
    sheets = sheets.table("walks", lambda walks: walks[walks["to"] != "useless"])
    # a chain nobody needs may make up the share of chains
    return Changed(sheets, "at least" if "operators" in base.question.enforce else "same")


def _with_type(draw: Random, base: Solved, **fields) -> Sheets:
    types = [*base.question.standard.types]
    new = draw.choice(types).model_copy(
        update={"id": "useless", "zh": "无", "en": "none", **fields}
    )
    types.insert(draw.randrange(len(types) + 1), new)
    sheets = base.sheets.standard(types=tuple(types))
    if "types" in sheets.config.get("outlets", {}):
        sheets = sheets.section("outlets", types={t.id: t.id for t in types})
    return sheets


def a_type_that_fits_no_space(draw: Random, base: Solved) -> Changed:
    return Changed(_with_type(draw, base, needs=("gas", "outdoor")))


def a_type_that_nobody_walks_to(draw: Random, base: Solved) -> Changed:
    return Changed(_with_type(draw, base, asks=False))


def a_type_that_nobody_needs(draw: Random, base: Solved) -> Changed | None:
    """It can be opened, and counts a group of nobody: no weight at all."""
    spaces, standard = base.sheets.tables["spaces"], base.question.standard
    sheets = _with_type(draw, base, counting_group="nobody", groups={"nobody": 1.0})
    sheets = sheets.table("places", lambda t: t.assign(nobody="0"))
    sheets = replace(sheets, groups=(*sheets.groups, "nobody"))
    helps = (
        "operators" in base.question.enforce
        or standard.presence == "located"
        or (array(spaces["min_types"]) > 1).any()
        or "basic_share" in spaces
    )
    return Changed(sheets, "at least" if helps else "same")


def twice_the_points_for_everything(_: Random, base: Solved) -> Changed:
    types = tuple(
        t.model_copy(update={"weight": 2 * t.weight}) for t in base.question.standard.types
    )
    return Changed(base.sheets.standard(types=types), points=2.0)


def demands_of_nothing(draw: Random, base: Solved) -> Changed:
    """A target and a floor of 0, and a fund without money."""
    asking = [t.id for t in base.question.standard.types if t.asks]
    asked = base.question
    fund = Fund(id="empty", pays=draw.choice(["capital", "subsidy_per_year"]), amount=0.0)
    return Changed(
        base.sheets.asks(
            targets={draw.choice(asking): 0.0, **asked.targets},
            floors={draw.choice(asking): 0.0, **asked.floors},
            funds=(*asked.funds, fund),
        )
    )


def twice_as_many_residents(_: Random, base: Solved) -> Changed:
    """And half of each quota, and outlets with room for twice as many."""
    sheets, standard = base.sheets, base.question.standard
    groups = sheets.groups
    sheets = sheets.table(
        "places", lambda t: t.assign(**{g: numbers(t[g], lambda v: 2 * v) for g in groups})
    )
    quotas = tuple(
        q.model_copy(
            update={
                name: None if getattr(q, name) is None else getattr(q, name) / 2
                for name in ("per_1000", "area_m2_per_1000")
            }
        )
        for q in standard.quotas
    )

    def roomier(kind: Type) -> Type:
        room = kind.residents_per_outlet
        return kind.model_copy(update={"residents_per_outlet": None if room is None else 2 * room})

    types = tuple(map(roomier, standard.types))
    return Changed(sheets.standard(types=types, quotas=quotas), people=2.0)


# -------------------------------------------------------------------------------------- the money


_UNITS = {
    "rent_m2_month": [("万元/平方米·月", Decimal("1e-4")), ("yuan/m2/year", Decimal(12))],
    "capital_m2": [("10k yuan/m2", Decimal("1e-4")), ("千元/㎡", Decimal("1e-3"))],
    "capital_fixed": [("万元", Decimal("1e-4")), ("100m yuan", Decimal("1e-8"))],
    "area_m2": [("公顷", Decimal("1e-4")), ("ha", Decimal("1e-4"))],
}


def other_units(draw: Random, base: Solved) -> Changed:
    """Yuan as 万元 or by the year, square metres as hectares, persons as 万人."""
    sheets = base.sheets
    for name, columns in (("spaces", [*_UNITS]), ("outlets", ["area_m2"])):
        units = {}
        for column in columns:
            word, times = draw.choice(_UNITS[column])
            sheets = sheets.table(
                name,
                lambda t, c=column, k=times: t.assign(**{c: numbers(t[c], lambda v: v * k)}),
            )
            units[column] = word
        sheets = sheets.section(name, units=units)
    groups = sheets.groups
    small = Decimal("1e-4")
    sheets = sheets.table(
        "places", lambda t: t.assign(**{g: numbers(t[g], lambda v: v * small) for g in groups})
    )
    return Changed(sheets.section("places", units=dict.fromkeys(groups, "万人")))


def only_the_money_that_was_spent(_: Random, base: Solved) -> Changed | None:
    """Budgets and funds of exactly what the best plan spends, to the fen."""
    if base.document is None:
        return None
    spent = base.document.budget
    budget = base.question.budget.model_copy(
        update={"capital": spent.capital.spent, "subsidy_per_year": spent.subsidy_per_year.spent}
    )
    used = {fund.id: fund.spent for fund in base.document.funds}
    funds = tuple(f.model_copy(update={"amount": used[f.id]}) for f in base.question.funds)
    return Changed(base.sheets.asks(budget=budget, funds=funds))


def _other_budget(draw: Random, base: Solved, *factors: str) -> Sheets:
    change = {}
    for name in ("capital", "subsidy_per_year"):
        amount = getattr(base.question.budget, name)
        if np.isfinite(amount):
            change[name] = float(round(Decimal(repr(amount)) * Decimal(draw.choice(factors)), 2))
    return base.sheets.asks(budget=base.question.budget.model_copy(update=change))


def more_money(draw: Random, base: Solved) -> Changed:
    return Changed(_other_budget(draw, base, "1", "1.1", "1.7"), "at least")


def less_money(draw: Random, base: Solved) -> Changed:
    return Changed(_other_budget(draw, base, "1", "0.9", "0.6"), "at most")


def one_more_fund(draw: Random, base: Solved) -> Changed:
    fund = Fund(
        id="one more",
        pays=draw.choice(["capital", "subsidy_per_year"]),
        amount=float(draw.choice([0.01, 5_000, 40_000])),
        types=draw.choice([None, (draw.choice(base.question.standard.types).id,)]),
        share=draw.choice([1.0, 0.5]),
    )
    return Changed(base.sheets.asks(funds=(*base.question.funds, fund)), "at least")


def _halves(draw: Random, amount: float) -> tuple[float, float]:
    """Return two amounts of whole fen that make up the one."""
    fen = round(Decimal(repr(amount)) * 100)
    some = draw.randint(0, fen)
    return some / 100, (fen - some) / 100


def a_part_of_the_budget_as_a_fund_for_anything(draw: Random, base: Solved) -> Changed | None:
    pays = draw.choice(["capital", "subsidy_per_year"])
    amount = getattr(base.question.budget, pays)
    if not np.isfinite(amount):
        return None
    some, rest = _halves(draw, amount)
    budget = base.question.budget.model_copy(update={pays: rest})
    funds = (*base.question.funds, Fund(id="anything", pays=pays, amount=some))
    return Changed(base.sheets.asks(budget=budget, funds=funds))


def a_fund_split_in_two(draw: Random, base: Solved) -> Changed | None:
    if not base.question.funds:
        return None
    fund = draw.choice(base.question.funds)
    some, rest = _halves(draw, fund.amount)
    parts = (
        fund.model_copy(update={"amount": some}),
        fund.model_copy(update={"amount": rest, "id": "the rest"}),
    )
    funds = tuple(f for f in base.question.funds if f.id != fund.id)
    # each of the two may pay its share of one item
    how = "same" if fund.share == 1.0 else "at least"
    return Changed(base.sheets.asks(funds=(*funds, *parts)), how)


# --------------------------------------------------------------------------------------- the locks


def _opened(base: Solved) -> list[tuple[str, str]]:
    return [] if base.document is None else [(p.space, p.type) for p in base.document.projects]


def what_was_opened_is_locked_open(draw: Random, base: Solved) -> Changed | None:
    opened, locks = _opened(base), base.question.locks
    if not opened:
        return None
    some = draw.sample(opened, draw.randint(1, len(opened)))
    mine = (*locks.open, *(pair for pair in some if pair not in locks.open))
    return Changed(base.sheets.asks(locks=Locks(open=mine, forbid=locks.forbid)))


def what_was_not_opened_is_forbidden(draw: Random, base: Solved) -> Changed | None:
    """Not where a circle is measured by what it could have: that is less then."""
    if base.document is None or base.question.objective == "worst-community":
        return None
    rest = [p for p in pairs(Asked(base.city, base.question)) if p not in _opened(base)]
    if not rest:
        return None
    some = draw.sample(rest, draw.randint(1, len(rest)))
    locks = base.question.locks
    forbid = (*locks.forbid, *(pair for pair in some if pair not in locks.forbid))
    return Changed(base.sheets.asks(locks=Locks(open=locks.open, forbid=forbid)))


def locks_in_the_table_of_spaces(_: Random, base: Solved) -> Changed | None:
    """What the scenario opens and forbids in one space stands in that space's row instead."""
    locks = base.question.locks
    if any("*" in space for space, _ in locks.forbid) or not (locks.open or locks.forbid):
        return None
    sheets = base.sheets
    for name in ("open", "forbid"):
        moved: dict[str, list[str]] = {}
        for space, kind in getattr(locks, name):
            moved.setdefault(space, []).append(kind)

        def with_locks(table: pd.DataFrame, name=name, moved=moved) -> pd.DataFrame:
            before = table[name] if name in table else [""] * len(table)
            cells = [
                ";".join([*filter(None, [old]), *moved.get(space, [])])
                for old, space in zip(before, table["id"], strict=True)
            ]
            return table.assign(**{name: cells})

        sheets = sheets.table("spaces", with_locks)
    return Changed(sheets.asks(locks=Locks()))


def the_question_in_another_order(draw: Random, base: Solved) -> Changed:
    """Types, funds, locks and rules as another hand would have listed them."""

    def mixed(some: tuple) -> tuple:
        return tuple(draw.sample(some, len(some)))

    asked = base.question
    locks = Locks(open=mixed(asked.locks.open), forbid=mixed(asked.locks.forbid))
    sheets = base.sheets.asks(funds=mixed(asked.funds), locks=locks, enforce=mixed(asked.enforce))
    return Changed(sheets.standard(types=mixed(asked.standard.types)))


# ----------------------------------------------------------------------------------- all of them

CHANGES = (
    rows_in_another_order,
    columns_in_another_order,
    columns_nobody_asked_for,
    columns_called_otherwise,
    another_encoding_and_other_line_ends,
    another_file_format,
    ids_with_their_order_kept,
    ids_in_another_order,
    communities_called_otherwise,
    local_words,
    moved_by_metres,
    turned_over,
    in_degrees_of_any_zone,
    walks_of_another_tool_that_say_the_same,
    streets_walked_from_the_other_end,
    a_street_that_leads_nowhere,
    longer_minutes_of_slower_people,
    circles_of_the_nearest_place_left_unsaid,
    an_outlet_of_several_types_as_several_outlets,
    a_place_split_in_two,
    a_place_with_nobody,
    a_place_out_of_reach,
    an_outlet_out_of_reach,
    an_outlet_of_a_type_nobody_asks_for,
    a_space_too_small_for_anything,
    a_space_where_everything_is_forbidden,
    a_space_that_nobody_reaches,
    a_type_that_fits_no_space,
    a_type_that_nobody_walks_to,
    a_type_that_nobody_needs,
    twice_the_points_for_everything,
    demands_of_nothing,
    twice_as_many_residents,
    other_units,
    only_the_money_that_was_spent,
    more_money,
    less_money,
    one_more_fund,
    a_part_of_the_budget_as_a_fund_for_anything,
    a_fund_split_in_two,
    what_was_opened_is_locked_open,
    what_was_not_opened_is_forbidden,
    locks_in_the_table_of_spaces,
    the_question_in_another_order,
)

TOGETHER = (
    rows_in_another_order,
    columns_in_another_order,
    moved_by_metres,
    a_place_split_in_two,
    a_place_with_nobody,
    an_outlet_out_of_reach,
    a_space_too_small_for_anything,
    a_type_that_fits_no_space,
    the_question_in_another_order,
    ids_in_another_order,
    columns_called_otherwise,
    columns_nobody_asked_for,
)
"""What can be done one after the other, in this order; each leaves the optimum as it is."""


def several_at_once(draw: Random, base: Solved) -> Changed:
    spaces: dict[str, str] = {}
    for change in TOGETHER:
        if draw.random() < 0.6:
            done = change(draw, base)
            base = replace(base, sheets=done.sheets, question=done.sheets.question)
            spaces = done.spaces or spaces
    return Changed(base.sheets, spaces=spaces)
