"""Changes to who and what is there, and what becomes of the best plan."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sheet_rule import Changed, Solved, far_away
from sheets import Sheets, array, numbers, shown

from siting.standard.model import Fund, Locks

if TYPE_CHECKING:
    from random import Random

    from siting.standard.model import Type


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
    x, y = far_away(base.sheets)
    people = {g: str(draw.randint(1, 999)) for g in base.sheets.groups}
    people["everyone"] = "1000"
    place = {"id": "hermits", "x": shown(x), "y": shown(y), "community": "away", **people}
    return Changed(base.sheets.more("places", place))


def an_outlet_out_of_reach(draw: Random, base: Solved) -> Changed:
    x, y = far_away(base.sheets)
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
    x, y = far_away(base.sheets)
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
    return Changed(_with_type(draw, base, kinds=("tent",)))


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
