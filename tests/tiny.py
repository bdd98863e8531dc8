"""Tiny random cities, and the best plan for each by trying every choice.

Nothing here is shared with the package but its records and `find_options`: walks, limits, money
and points are worked out again by plain loops over whole numbers.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from functools import cache
from random import Random

import numpy as np

from siting.city.model import City, GivenWalks, Outlets, Places, Spaces, Streets, Walking
from siting.standard.model import (
    Budget,
    Fund,
    Locks,
    Policy,
    Question,
    Scenario,
    Standard,
    Type,
)
from siting.standard.options import find_options

FEWEST_CHOICES, MOST_CHOICES = 400, 20_000
WALKS = ("straight", "streets", "given")
# What `exhaustive` can leave out, to see whether it binds.
FAMILIES = (
    "area",
    "max_types",
    "min_types",
    "capital",
    "subsidy",
    "capital_fixed",
    "funds",
    "open",
    "forbid",
)
STEP = 100  # metres between grid lines: many walks are exactly as long as the limit
SIDE = 12


@dataclass(frozen=True)
class Best:
    """The best value, None where no choice is allowed, and the same for plans with an option."""

    value: float | None
    with_option: tuple[float | None, ...]
    choices: int


def words(values):
    listed = list(values)
    array = np.empty(len(listed), dtype=object)
    array[:] = listed
    return array


def tiny_city(seed: int) -> tuple[City, Question]:
    """Return a city of 4 to 8 places and 3 to 5 spaces, with a question of 2 to 4 types."""
    for attempt in itertools.count():
        draw = Random(f"{seed}/{attempt}")
        city = _city(draw, WALKS[seed % 3])
        standard, policy = _standard(draw), _policy(draw)
        open_ended = Question(
            standard=standard,
            policy=policy,
            budget=Budget(capital=math.inf, subsidy_per_year=math.inf),
        )
        options = find_options(city, open_ended)
        if not FEWEST_CHOICES <= choices(city, options) <= MOST_CHOICES:
            continue
        if sum(met > 0 for met in _needs(city, standard, options)[1]) < 5:
            continue
        return city, _asked(draw, city, open_ended, options)
    raise AssertionError


def scenario_of(question: Question) -> Scenario:
    """Return the scenario that resolves to `question`."""
    return Scenario(
        standard=question.standard,
        policy=question.policy,
        objective=question.objective,
        capital=question.budget.capital,
        subsidy_per_year=question.budget.subsidy_per_year,
        funds=question.funds,
        locks=question.locks,
    )


def _points(draw, prefix, n):
    return {
        "id": words(f"{prefix}{k}" for k in range(n)),
        "x": np.array([500_000.0 + STEP * draw.randint(0, SIDE) for _ in range(n)]),
        "y": np.array([4_400_000.0 + STEP * draw.randint(0, SIDE) for _ in range(n)]),
    }


def _city(draw: Random, walked: str) -> City:
    communities = tuple("ABC"[: draw.randint(1, 3)])
    size = {
        "places": draw.randint(4, 8),
        "spaces": draw.randint(3, 5),
        "outlets": draw.randint(0, 3),
    }

    def circles(n):
        return np.array([draw.randrange(len(communities)) for _ in range(n)], dtype=np.int64)

    n = size["places"]
    everyone = [
        draw.choice([0.0, 1 / 3, 57.25, 120.0, *[draw.uniform(1, 400)] * 3]) for _ in range(n)
    ]
    residents = {"everyone": np.array(everyone)}
    if draw.random() < 0.8:
        residents["aged_60_plus"] = np.array([v * draw.uniform(0, 0.5) for v in everyone])
    places = Places(**_points(draw, "P", n), community=circles(n), residents=residents)

    n = size["outlets"]
    outlets = Outlets(
        **_points(draw, "O", n),
        community=circles(n),
        types=words(
            tuple(draw.sample(["t0", "t1", "t2", "t3", "cinema", "temple"], draw.randint(1, 2)))
            for _ in range(n)
        ),
        area_m2=np.full(n, np.nan),
        chain=np.full(n, np.nan),
        spare_m2=np.zeros(n),
    )

    n = size["spaces"]
    most = [draw.choice([1, 2, 2, 3]) for _ in range(n)]
    spaces = Spaces(
        **_points(draw, "S", n),
        community=circles(n),
        area_m2=np.array([draw.choice([24.5, 45.0, 66.666667, 80.0, 130.0]) for _ in range(n)]),
        rent_m2_month=np.array([round(draw.uniform(4, 30), 2) for _ in range(n)]),
        kind=words(draw.choice(["shop", "shed"]) for _ in range(n)),
        floor=np.array([draw.choice([1, 1, 2]) for _ in range(n)], dtype=np.int64),
        features=words(
            frozenset(f for f in ("flue", "water") if draw.random() < 0.85) for _ in range(n)
        ),
        max_types=np.array(most, dtype=np.int64),
        min_types=np.array([2 if m > 1 and draw.random() < 0.25 else 1 for m in most]),
        capital_m2=np.array([draw.choice([np.nan, np.nan, 812.345]) for _ in range(n)]),
        capital_fixed=np.array([draw.choice([0.0, 0.0, 20_000.01, 55_555.555]) for _ in range(n)]),
    )
    walking = Walking(
        metres_per_minute=60.0,
        detour=draw.choice([1.0, 1.25, 1.33]),
        groups=(("aged_60_plus", draw.choice([40.0, 50.0])),) if draw.random() < 0.8 else (),
    )
    city = City(
        name=f"tiny {walked}",
        places=places,
        outlets=outlets,
        spaces=spaces,
        communities=communities,
        walking=walking,
        streets=_streets(draw) if walked == "streets" else None,
    )
    if walked == "given":
        given = _given(draw, city)
        city = City(**{**vars(city), "walks": given})
    return city


def _streets(draw: Random) -> Streets:
    """Return a grid of streets with missing links, some of them longer than straight."""
    lines = [0, 400, 800, 1200]
    node = {(a, b): k for k, (a, b) in enumerate(itertools.product(lines, lines))}
    links = []
    for (a, b), k in node.items():
        links += [(k, node[c]) for c in ((a + 400, b), (a, b + 400)) if c in node]
    links = [link for link in links if draw.random() < 0.85]
    return Streets(
        node_x=np.array([500_000.0 + a for a, _ in node]),
        node_y=np.array([4_400_000.0 + b for _, b in node]),
        tail=np.array([a for a, _ in links], dtype=np.int64),
        head=np.array([b for _, b in links], dtype=np.int64),
        length_m=np.array([draw.choice([400.0, 400.0, 412.3456]) for _ in links]),
    )


def _given(draw: Random, city: City) -> GivenWalks:
    unit = draw.choice(["minutes", "metres"])
    rows = []
    for is_space, targets in ((True, city.spaces), (False, city.outlets)):
        for place, target in itertools.product(range(len(city.places)), range(len(targets))):
            for group in ("", "", "aged_60_plus"):
                if draw.random() < (0.6 if group == "" else 0.15):
                    far = draw.choice([5.0, 10.0, 15.0, draw.uniform(0, 20)])
                    amount = far if unit == "minutes" else far * 60.0
                    rows.append((place, target, is_space, group, amount))
    place, target, is_space, group, amount = zip(*rows, strict=True)
    return GivenWalks(
        place=np.array(place, dtype=np.int64),
        target=np.array(target, dtype=np.int64),
        is_space=np.array(is_space, dtype=bool),
        group=words(group),
        amount=np.array(amount),
        unit=unit,
    )


def _standard(draw: Random) -> Standard:
    types = []
    for k in range(draw.randint(2, 4)):
        least = draw.choice([15.0, 20.0, 33.333333])
        counting = draw.choice(["everyone", "everyone", "aged_60_plus", "aged_0_3"])
        types.append(
            Type(
                id=f"t{k}",
                zh=f"t{k}",
                en=f"t{k}",
                type_class=draw.choice(["basic", "quality"]),
                minutes=draw.choice([5.0, 10.0, 15.0, 15.0]),
                counting_group=counting,
                groups=draw.choice(
                    [
                        {"everyone": 1.0},
                        {"everyone": 1.0, "aged_60_plus": 0.35},
                        {"aged_60_plus": 1.5},
                        {"aged_0_3": 2.0, "everyone": 0.1},
                    ]
                ),
                weight=draw.choice([1.0, 2.0, 0.7]),
                area_min_m2=least,
                area_typical_m2=least * draw.choice([1.0, 2.0, 3.0]),
                capital_m2=draw.choice([0.0, 333.335, 1_000.0, 2_500.5]),
                capital_fixed=draw.choice([0.0, 10_000.0, 30_000.005]),
                affordable_rent_m2=draw.choice([None, 8.0, 15.5]),
                affordable_rent_outlet=draw.choice([None, None, 600.0]),
                needs=draw.choice([(), (), ("flue",)]),
                floors=draw.choice([None, None, (1,)]),
                kinds_not=draw.choice([(), (), ("shed",)]),
                asks=draw.random() < 0.95,
            )
        )
    return Standard(
        id="tiny",
        zh="tiny",
        en="tiny",
        types=tuple(types),
        typical_shares={"aged_0_3": 0.031, "aged_60_plus": 0.2},
    )


def _policy(draw: Random) -> Policy:
    return Policy(
        id="tiny",
        zh="tiny",
        en="tiny",
        relief_steps=draw.choice([(), (0.1, 0.3, 0.5)]),
        relief_share={"default": draw.choice([0.5, 0.8])},
    )


def _asked(draw: Random, city: City, question: Question, options) -> Question:
    """Return the question with budgets, funds and locks, most of which bind."""
    funds = tuple(
        Fund(
            id=f"fund{k}",
            pays=draw.choice(["capital", "capital", "subsidy_per_year"]),
            amount=round(draw.choice([0.0, 4_000.0, 25_000.5, 90_000.0]), 2),
            types=draw.choice([None, ("t0",), ("t0", "t1")]),
            kinds=draw.choice([None, None, ("shop",)]),
            communities=draw.choice([None, None, city.communities[:1]]),
        )
        for k in range(draw.choice([0, 1, 1, 2]))
    )
    capital = options.capital_fen.sum() + options.fixed_fen.sum()
    pairs = sorted({*zip(options.space.tolist(), options.type.tolist(), strict=True)})
    draw.shuffle(pairs)
    names = [(str(city.spaces.id[s]), question.standard.types[t].id) for s, t in pairs]
    opened = names[: draw.choice([0, 0, 0, 0, 1, 1, 2])]
    rest = names[len(opened) :]
    forbidden = rest[: draw.choice([0, 0, 1, 2])]
    if draw.random() < 0.1:
        other = [t.id for t in question.standard.types if t.id not in {k for _, k in opened}]
        forbidden = [("*", t) for t in other[:1]]
    return question.model_copy(
        update={
            "budget": Budget(
                capital=_amount(draw, int(capital)),
                subsidy_per_year=_amount(draw, int(options.subsidy_fen.sum())),
            ),
            "funds": funds,
            "locks": Locks(open=tuple(opened), forbid=tuple(forbidden)),
        }
    )


def _amount(draw: Random, everything: int) -> float:
    """Return a budget in yuan: mostly a part of what everything costs."""
    share = draw.choice([0.0, math.inf, *[draw.uniform(0.1, 0.7)] * 8])
    return math.inf if math.isinf(share) else int(share * everything) / 100


def choices(city: City, options, without: tuple[str, ...] = ()) -> int:
    """Return how many choices there are, locks and money aside."""
    found = 1
    for s in range(len(city.spaces)):
        found *= len(_bundles(city, options, s, without))
    return found


# ---------------------------------------------------------------------------------- the search


def exhaustive(city: City, question: Question, without: tuple[str, ...] = ()) -> Best:
    """Return the best value over all choices of options that keep every rule.

    Parameters
    ----------
    city, question
        The question.
    without
        Rules to leave out, from `FAMILIES`.
    """
    if "forbid" in without:
        question = question.model_copy(update={"locks": Locks(open=question.locks.open, forbid=())})
    options = find_options(city, question)
    worth, met_by = _needs(city, question.standard, options)
    purses = {
        pays: _purses(city, question, options, pays, without)
        for pays in ("capital", "subsidy_per_year")
    }
    fixed = [0 if "capital_fixed" in without else int(v) for v in options.fixed_fen]
    bundles = [
        [
            b
            for b in _bundles(city, options, s, without)
            if _locks_kept(city, question, options, s, b, without)
        ]
        for s in range(len(city.spaces))
    ]

    @cache
    def points(met: int) -> float:
        return math.fsum(w for k, w in enumerate(worth) if met >> k & 1)

    best: list[float | None] = [None]
    with_option: list[float | None] = [None] * len(options)
    tried = 0

    def go(s: int, chosen: tuple[int, ...], met: int, owed: dict[str, dict[int, int]]) -> None:
        nonlocal tried
        if not all(purses[pays].suffice(owed[pays]) for pays in purses):
            return
        if s == len(bundles):
            tried += 1
            value = points(met)
            best[0] = value if best[0] is None else max(best[0], value)
            for o in chosen:
                had = with_option[o]
                with_option[o] = value if had is None else max(had, value)
            return
        for bundle in bundles[s]:
            covered = met
            capital, subsidy = dict(owed["capital"]), dict(owed["subsidy_per_year"])
            for o in bundle:
                covered |= met_by[o]
                _add(capital, purses["capital"].option[o], int(options.capital_fen[o]))
                _add(subsidy, purses["subsidy_per_year"].option[o], int(options.subsidy_fen[o]))
            if bundle:
                _add(capital, purses["capital"].space[s], fixed[s])
            go(s + 1, chosen + bundle, covered, {"capital": capital, "subsidy_per_year": subsidy})

    go(0, (), 0, {"capital": {}, "subsidy_per_year": {}})
    return Best(best[0], tuple(with_option), tried)


def allowed(city: City, question: Question, chosen: set[int]) -> bool:
    """Tell whether a choice of options keeps every rule."""
    options = find_options(city, question)
    purses = [_purses(city, question, options, p, ()) for p in ("capital", "subsidy_per_year")]
    capital: dict[int, int] = {}
    subsidy: dict[int, int] = {}
    for s in range(len(city.spaces)):
        bundle = tuple(o for o in sorted(chosen) if options.space[o] == s)
        if bundle not in _bundles(city, options, s, ()):
            return False
        if not _locks_kept(city, question, options, s, bundle, ()):
            return False
        for o in bundle:
            _add(capital, purses[0].option[o], int(options.capital_fen[o]))
            _add(subsidy, purses[1].option[o], int(options.subsidy_fen[o]))
        if bundle:
            _add(capital, purses[0].space[s], int(options.fixed_fen[s]))
    return purses[0].suffice(capital) and purses[1].suffice(subsidy)


def points_of(city: City, question: Question, chosen: set[int]) -> float:
    """Return the need points of a choice, counted need by need."""
    worth, met_by = _needs(city, question.standard, find_options(city, question))
    return math.fsum(w for k, w in enumerate(worth) if any(met_by[o] >> k & 1 for o in chosen))


def _add(owed: dict[int, int], who: int, fen: int) -> None:
    owed[who] = owed.get(who, 0) + fen


def _bundles(city: City, options, s: int, without: tuple[str, ...]) -> list[tuple[int, ...]]:
    """Return the sets of options that space s may hold, locks and money aside."""
    mine = [o for o in range(len(options)) if options.space[o] == s]
    room = _micro(city.spaces.area_m2[s])
    found = []
    for size in range(len(mine) + 1):
        for bundle in itertools.combinations(mine, size):
            types = [int(options.type[o]) for o in bundle]
            if len(set(types)) < size:
                continue
            if "max_types" not in without and size > city.spaces.max_types[s]:
                continue
            if "min_types" not in without and 0 < size < city.spaces.min_types[s]:
                continue
            if "area" not in without and sum(_micro(options.area_m2[o]) for o in bundle) > room:
                continue
            found.append(bundle)
    return found


def _micro(square_metres: float) -> int:
    return round(Decimal(float(square_metres)) * 1_000_000)


def _locks_kept(city, question, options, s, bundle, without) -> bool:
    held = {question.standard.types[int(options.type[o])].id for o in bundle}
    name = str(city.spaces.id[s])
    asked = {t for space, t in question.locks.open if space == name}
    if "open" not in without and not asked <= held:
        return False
    for space, kind in question.locks.forbid:
        if space in ("*", name) and (held if kind == "*" else kind in held):
            return False
    return True


@dataclass(frozen=True)
class OwnPurses:
    """The general budget and at most two funds; bits say which funds may pay."""

    general: int | None
    fund: tuple[int, int]
    option: tuple[int, ...]
    space: tuple[int, ...]

    def suffice(self, owed: dict[int, int]) -> bool:
        """Tell whether all can be paid.

        Each fund first pays what the other cannot, since only that may go to waste; what is left
        of both pays what either may, and the general budget the rest.
        """
        if self.general is None:
            return True
        first = min(self.fund[0], owed.get(1, 0))
        second = min(self.fund[1], owed.get(2, 0))
        both = min(self.fund[0] - first + self.fund[1] - second, owed.get(3, 0))
        return sum(owed.values()) - first - second - both <= self.general


def _purses(city: City, question: Question, options, pays: str, without) -> OwnPurses:
    funds = [f for f in question.funds if f.pays == pays and "funds" not in without]
    assert len(funds) <= 2

    def bits(s: int, kind: str | None) -> int:
        found = 0
        for k, fund in enumerate(funds):
            if fund.types is not None and kind not in fund.types:
                continue
            if fund.kinds is not None and city.spaces.kind[s] not in fund.kinds:
                continue
            circle = city.communities[city.spaces.community[s]]
            if fund.communities is not None and circle not in fund.communities:
                continue
            found |= 1 << k
        return found

    amounts = [_fen(f.amount) or 0 for f in funds]
    unlimited = "capital" if pays == "capital" else "subsidy"
    return OwnPurses(
        general=None if unlimited in without else _fen(getattr(question.budget, pays)),
        fund=(*amounts, 0, 0)[:2],
        option=tuple(
            bits(int(s), question.standard.types[int(t)].id)
            for s, t in zip(options.space, options.type, strict=True)
        ),
        space=tuple(bits(s, None) for s in range(len(city.spaces))),
    )


def _fen(yuan: float) -> int | None:
    if math.isinf(yuan):
        return None
    return int((Decimal(repr(float(yuan))) * 100).to_integral_value(ROUND_FLOOR))


def _needs(city: City, standard: Standard, options) -> tuple[list[float], list[int]]:
    """Return the points of each gap, and for each option the gaps it would meet, as bits."""
    worth: list[float] = []
    met_by = [0] * len(options)
    for t, kind in enumerate(standard.types):
        if not kind.asks:
            continue
        outlets = [o for o, held in enumerate(city.outlets.types) if kind.id in held]
        for group, weight in kind.groups.items():
            limit = round(kind.minutes * city.walking.speed(group) * 1000)
            for place in range(len(city.places)):
                people = residents(city, standard, group, place)
                if people <= 0 or any(near(city, False, o, place, group, limit) for o in outlets):
                    continue
                for o in range(len(options)):
                    s = int(options.space[o])
                    if options.type[o] == t and near(city, True, s, place, group, limit):
                        met_by[o] |= 1 << len(worth)
                worth.append(kind.weight * weight * people)
    return worth, met_by


def residents(city: City, standard: Standard, group: str, place: int) -> float:
    """Return the residents of a group at a place, by its typical share where nobody counted."""
    if group in city.places.residents:
        return float(city.places.residents[group][place])
    return standard.typical_shares[group] * float(city.places.residents["everyone"][place])


def near(city: City, is_space: bool, target: int, place: int, group: str, limit: int) -> bool:
    """Tell whether a walk takes at most `limit` millimetres."""
    far = _walk(city, is_space, target, place, group)
    return far is not None and far <= limit


def _walk(city: City, is_space: bool, target: int, place: int, group: str) -> int | None:
    if city.walks is not None:
        return _walk_given(city, is_space, target, place, group)
    points = city.spaces if is_space else city.outlets
    ends = [
        (float(city.places.x[place]), float(city.places.y[place])),
        (float(points.x[target]), float(points.y[target])),
    ]
    if city.streets is not None:
        return _walk_streets(city.streets, *ends)
    (ax, ay), (bx, by) = ends
    return round(math.sqrt((ax - bx) ** 2 + (ay - by) ** 2) * city.walking.detour * 1000)


def _walk_given(city, is_space, target, place, group) -> int | None:
    walks = city.walks
    own, common = [], []
    for k in range(len(walks)):
        if (walks.place[k], walks.target[k], walks.is_space[k]) != (place, target, is_space):
            continue
        if walks.group[k] not in ("", group):
            continue
        whose = walks.group[k] or "everyone"
        metres = walks.amount[k] * (city.walking.speed(whose) if walks.unit == "minutes" else 1.0)
        (own if walks.group[k] else common).append(round(float(metres * 1000)))
    return min(own or common, default=None)


_TABLES: dict[int, tuple[Streets, list[list[float]]]] = {}


def _between(streets: Streets) -> list[list[float]]:
    """Return millimetres between all junctions (Floyd and Warshall), once for each network."""
    if id(streets) in _TABLES and _TABLES[id(streets)][0] is streets:
        return _TABLES[id(streets)][1]
    n = len(streets.node_x)
    far = [[0.0 if a == b else math.inf for b in range(n)] for a in range(n)]
    for k in range(len(streets)):
        a, b = int(streets.tail[k]), int(streets.head[k])
        far[a][b] = far[b][a] = min(far[a][b], round(float(streets.length_m[k]) * 1000))
    for m, a, b in itertools.product(range(n), repeat=3):
        far[a][b] = min(far[a][b], far[a][m] + far[m][b])
    _TABLES.clear()
    _TABLES[id(streets)] = (streets, far)
    return far


def _walk_streets(streets: Streets, start, end) -> int | None:
    far = _between(streets)
    off, k, at = _join(streets, *start)
    other_off, other, other_at = _join(streets, *end)
    length = [round(float(v) * 1000) for v in streets.length_m]
    here = [(int(streets.tail[k]), at), (int(streets.head[k]), length[k] - at)]
    there = [
        (int(streets.tail[other]), other_at),
        (int(streets.head[other]), length[other] - other_at),
    ]
    ways = [d + far[a][b] + e for a, d in here for b, e in there]
    if k == other:
        ways.append(abs(at - other_at))
    shortest = min(ways)
    return None if math.isinf(shortest) else int(shortest) + off + other_off


def _join(streets: Streets, x: float, y: float) -> tuple[int, int, int]:
    """Return the connector in millimetres, the segment, and how far along it, by looking at all."""
    found = []
    for k in range(len(streets)):
        a, b = int(streets.tail[k]), int(streets.head[k])
        ax, ay = float(streets.node_x[a]), float(streets.node_y[a])
        dx, dy = float(streets.node_x[b]) - ax, float(streets.node_y[b]) - ay
        along = min(1.0, max(0.0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)))
        off = round(math.hypot(x - ax - along * dx, y - ay - along * dy) * 1000)
        found.append((off, k, round(along * round(float(streets.length_m[k]) * 1000))))
    return min(found)
