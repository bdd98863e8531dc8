"""Why a type is not there for a community, and what a space could become, given a plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from siting.city.nearest import nearest
from siting.errors import InputError, Name, Notice
from siting.gaps.needs import find_needs, limits
from siting.plan.classes import class_word
from siting.plan.fits import fits_at_fen
from siting.plan.gains import find_gains
from siting.plan.hindered import cost_fen, first_hindrance, rule_hindrances
from siting.plan.in_the_way import MONEY, Obstacle, find_obstacles
from siting.plan.near import Refusal, figures, find_refusals, lacking_places, reached_people, why
from siting.plan.reasons import CAPACITY
from siting.plan.restore import asked, find_chosen
from siting.plan.shown import number
from siting.plan.values import COST, COVERAGE, Answer, gain_of
from siting.plan.worth import Worth, worth_elsewhere
from siting.standard.names import type_fault, types_meant, with_names
from siting.standard.options import find_options
from siting.standard.purses import find_purses
from siting.standard.refusals import every_refusal
from siting.walk.walks import walk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from siting.city.model import City
    from siting.gaps.needs import Gaps
    from siting.plan.certificate import Certificate, StageMultipliers
    from siting.plan.document import Document
    from siting.progress import Tell
    from siting.standard.model import Question
    from siting.standard.options import Options
    from siting.standard.purses import Purses

_FEN = 100.0
_SCARCE = ("full", MONEY)  # a better plan could have found room or money
_NO_PRICE = {
    "cost": "plan.explain_no_price_cost",
    "grades": "plan.explain_no_price_grades",
    "worst-community": "plan.explain_no_price_worst",
    "class": "plan.explain_no_price_class",
    "unknown": "plan.explain_no_price",
}
_OF_PLAN = frozenset(_NO_PRICE.values()) - {_NO_PRICE["class"]}


@dataclass(frozen=True)
class Explained:
    """An explanation as sentences, and the same as data."""

    notices: tuple[Notice, ...]
    data: dict[str, Any]


@dataclass(frozen=True, eq=False)
class _Known:
    """A plan with all that it was made from; walks are from every space."""

    document: Document
    city: City
    answer: Answer
    purses: tuple[Purses, Purses]
    rules: tuple[NDArray[np.bool_], ...]
    hindered: NDArray[np.int64]
    multipliers: StageMultipliers | None

    @property
    def question(self) -> Question:
        return self.answer.question

    @property
    def gaps(self) -> Gaps:
        return self.answer.gaps

    @property
    def options(self) -> Options:
        return self.answer.options

    @property
    def chosen(self) -> NDArray[np.int64]:
        return self.answer.chosen


def explain_community(
    document: Document,
    city: City,
    community: str,
    kind: str,
    tell: Tell | None = None,
    certificate: Certificate | None = None,
) -> Explained:
    """Return why residents of a community still lack a type.

    Parameters
    ----------
    tell
        Told how many of the outlets, then of the spaces, people have walked to.
    certificate
        The plan's; without it money of a fund that is spent is priced as any other.

    Raises
    ------
    InputError
        The city has no such community, or the standard no such type that asks.
    """
    known = _know(document, city, tell, certificate)
    faults = _unknown("community", community, city.communities)
    kind = _meant(known, kind, faults)
    if kind not in [one.id for _, one in known.gaps.asking] and not faults:
        faults.append(Notice("plan.explain_silent", values={"type": kind}))
    if faults:
        raise InputError(with_names(faults, known.question.standard))
    c = city.communities.index(community)
    t = _type_index(known, kind)
    d = known.gaps.counting(t)
    residents = known.gaps.residents[known.gaps.demands[d].group]
    lacking = lacking_places(known.gaps, known.answer.gains.served, t, c)
    without = float(residents[lacking].sum())
    total = float(residents[city.places.community == c].sum())
    minutes = known.question.standard.types[t].minutes
    values = {"community": community, "type": kind, "minutes": f"{minutes:g}"}
    data: dict[str, Any] = {
        "community": community,
        "type": kind,
        "residents": total,
        "without": without,
        "spaces_in_reach": 0,
        "refused": [],
        "cheapest": None,
    }
    if total <= 0:
        return _explained(known, (Notice("plan.explain_nobody", values=values),), data)
    beyond = sum(
        gap.residents
        for gap in document.open_gaps
        if (gap.community, gap.type, gap.reason) == (community, kind, CAPACITY)
    )
    data["without_room"] = beyond
    held = {**values, "beyond": f"{beyond:,.0f}"}
    full = [Notice("plan.explain_beyond", values=held)] if beyond else []
    if without <= 0:
        return _explained(known, (Notice("plan.explain_served", values=values), *full), data)
    shown = {"without": f"{without:,.0f}", "residents": f"{total:,.0f}"}
    notices = [Notice("plan.explain_without", values={**values, **shown}), *full]
    people = reached_people(known.gaps, known.answer.reach, t, lacking)
    near = np.flatnonzero(people > 0)
    data["spaces_in_reach"] = len(near)
    if not len(near):
        none_near = Notice("plan.explain_none_near", values=values)
        return _explained(known, (*notices, none_near), data)
    refusals = find_refusals(city, known.question, known.options, t, people)
    may = near[known.options.refused[near, t] == 0]
    count = {"count": len(near), "may": len(may)}
    notices.append(Notice("plan.explain_near", values={**values, **count}))
    notices += [notice for r in refusals for notice in (r.notice, *r.more(kind))]
    data["refused"] = [_refusal(known, r, t) for r in refusals]
    offers = [o for s in may.tolist() if (o := _offer(known, s, t)) is not None]
    if offers:
        # one that nothing stands in the way of says more than a cheaper one that cannot be
        best = min(
            offers,
            key=lambda o: (o["in_the_way"] is not None, o["yuan_per_resident"], o["space"]),
        )
        data["cheapest"] = best
        notices += _offered(best)
    return _explained(known, notices, data)


def explain_space(
    document: Document,
    city: City,
    space: str,
    kind: str | None,
    tell: Tell | None = None,
    certificate: Certificate | None = None,
) -> Explained:
    """Return for each type (or one) whether a space becomes it, could, or why it cannot.

    Parameters
    ----------
    tell, certificate
        As `explain_community` takes them.

    Raises
    ------
    InputError
        The city has no such space, or the standard no such type.
    """
    known = _know(document, city, tell, certificate)
    types = known.question.standard.types
    names = [str(name) for name in city.spaces.id]
    faults = _unknown("space", space, names)
    if kind is not None:
        kind = _meant(known, kind, faults)
    if faults:
        raise InputError(faults)
    s = names.index(space)
    spaces = city.spaces
    notices = [
        Notice(
            "plan.explain_space",
            values={
                "space": space,
                "community": city.communities[int(spaces.community[s])],
                "area": f"{spaces.area_m2[s]:g}",
                "rent": f"{spaces.rent_m2_month[s]:,.2f}".removesuffix(".00"),
            },
        )
    ]
    rows: list[dict[str, Any]] = []
    for t, one in enumerate(types):
        if kind is not None and one.id != kind:
            continue
        row, said = _pair(known, s, t)
        rows.append(row)
        notices += said
    return _explained(known, _once_at_the_end(notices), {"space": space, "types": rows})


def _once_at_the_end(notices: list[Notice]) -> list[Notice]:
    """Return notices with what holds of the whole plan, not of a type, only once, as the last."""
    of_plan = {n.key: n for n in notices if n.key in _OF_PLAN}
    return [*(n for n in notices if n.key not in of_plan), *of_plan.values()]


def _explained(known: _Known, notices: Iterable[Notice], data: dict[str, Any]) -> Explained:
    return Explained(with_names(notices, known.question.standard), data)


def _pair(known: _Known, s: int, t: int) -> tuple[dict[str, Any], list[Notice]]:
    kind = known.question.standard.types[t].id
    refused = known.options.refused
    mine = known.chosen[known.options.space[known.chosen] == s]
    if (known.options.type[mine] == t).any():
        return {"type": kind, "status": "chosen"}, [_chosen(known, s, kind)]
    reasons = _reasons(known, s, t, every_refusal(known.city, known.question, refused, s, t))
    if reasons:
        row = {"type": kind, "status": "refused", **reasons[0], "reasons": reasons}
        return row, [why(kind, one["reason"], one["figures"]) for one in reasons]
    offer = _offer(known, s, t)
    if offer is None:
        return {"type": kind, "status": "allowed", "points": 0.0, "residents": 0.0}, [
            Notice("plan.explain_no_gain", values={"type": kind})
        ]
    return {"status": "allowed", **offer}, _offered(offer)


def _chosen(known: _Known, s: int, kind: str) -> Notice:
    """Return what the plan states of one of its projects."""
    space = str(known.city.spaces.id[s])
    project = next(p for p in known.document.projects if (p.space, p.type) == (space, kind))
    values = {
        "type": kind,
        "area": f"{project.area_m2:g}",
        "capital": f"{project.capital:,.0f}",
        "subsidy": f"{project.subsidy_per_year:,.0f}",
        "residents": f"{project.residents_gained:,.0f}",
    }
    return Notice("plan.explain_chosen", values=values)


def _offer(known: _Known, s: int, t: int) -> dict[str, Any] | None:
    """Return the cheapest option of a pair with what it would bring now; None: it brings nothing.

    Its worth is what the plan's prices say the same money buys elsewhere (`worth_elsewhere`), where
    they count the points that the option brings; else `price_reason` says why not.
    """
    options, document = known.options, known.document
    mine = np.flatnonzero((options.space == s) & (options.type == t))
    if not len(mine) or np.isin(mine, known.chosen).any():
        return None
    points, residents = gain_of(known.answer, int(mine[0]))
    if points <= 0 and residents <= 0:
        return None
    here = known.chosen[options.space[known.chosen] == s]
    once = 0 if len(here) else int(options.fixed_fen[s])
    years = known.question.policy.years
    yuan = (options.capital_fen[mine] + once + years * options.subsidy_fen[mine]) / _FEN
    code = known.hindered[mine]
    free = np.flatnonzero(code == 0)
    least = int(free[yuan[free].argmin()]) if len(free) else int(np.lexsort((yuan, -code))[0])
    o = int(mine[least])
    ways = find_obstacles(
        known.city, known.question, options, known.purses, known.chosen, o, known.rules
    )
    capital = float(options.capital_fen[o] + once) / _FEN
    subsidy = float(options.subsidy_fen[o]) / _FEN
    price = document.price
    worth: Worth | None = None
    reason: str | None = price.reason
    if price.stage not in (None, COVERAGE, known.question.standard.types[t].type_class):
        reason = "class"
    if reason is None:
        prices = (price.capital or 0.0, price.subsidy_per_year or 0.0)
        worth = worth_elsewhere(options, known.purses, known.chosen, o, prices, known.multipliers)
    return {
        "space": str(known.city.spaces.id[s]),
        "type": known.question.standard.types[t].id,
        "area_m2": float(options.area_m2[o]),
        "capital": capital,
        "subsidy_per_year": subsidy,
        "residents": residents,
        "points": points,
        "yuan_per_resident": float(yuan[least]) / residents if residents else 1e300,
        "worth_of_money": None if worth is None else worth.points,
        "capital_left_in_funds": None if worth is None else worth.free[0],
        "subsidy_left_in_funds": None if worth is None else worth.free[1],
        "price_reason": reason,
        "priced_class": price.stage if reason == "class" else None,
        "points_short": None if worth is None else max(0.0, worth.points - points),
        "in_the_way": ways[0].data if ways else None,
        "all_in_the_way": [way.data for way in ways],
        "fits_at": _fits(known, o, ways),
    }


def _fits(known: _Known, o: int, ways: tuple[Obstacle, ...]) -> dict[str, float] | None:
    """Return what an option that only money keeps out would have to cost to be added, in yuan."""
    if not ways or {way.data["reason"] for way in ways} != {MONEY}:
        return None
    options, chosen = known.options, known.chosen
    fen = fits_at_fen(options, known.purses, chosen, o)
    if fen is None:
        return None
    fixed = cost_fen(options, chosen, o, once=True)[1]
    return {
        "capital": fen[0] / _FEN,
        "of_it_to_open_the_space": fixed / _FEN,
        "subsidy_per_year": fen[1] / _FEN,
    }


def _offered(offer: dict[str, Any]) -> list[Notice]:
    values = {
        "space": offer["space"],
        "type": offer["type"],
        "area": f"{offer['area_m2']:g}",
        "capital": f"{offer['capital']:,.0f}",
        "subsidy": f"{offer['subsidy_per_year']:,.0f}",
        "residents": f"{offer['residents']:,.0f}",
        "points": f"{offer['points']:,.1f}",
    }
    notices = [Notice("plan.explain_offer", values=values)]
    if offer["residents"] > 0:
        each = {"each": f"{offer['yuan_per_resident']:,.0f}"}
        notices.append(Notice("plan.explain_each", values=each))
    ways = offer["all_in_the_way"]
    notices += [Obstacle(way).notice(offer["space"], offer["type"]) for way in ways]
    if not {way["reason"] for way in ways} <= {*_SCARCE}:
        return notices
    if not ways and offer["price_reason"] != COST:
        notices.append(Notice("plan.explain_free"))
    notices += _compared(offer, values["points"], free=not ways)
    fits = offer["fits_at"]
    if fits is not None and offer["price_reason"] != COST:
        key = "plan.explain_fits_open" if fits["of_it_to_open_the_space"] else "plan.explain_fits"
        shown = {
            "capital": number(fits["capital"]),
            "fixed": number(fits["of_it_to_open_the_space"]),
            "subsidy": number(fits["subsidy_per_year"]),
        }
        notices.append(Notice(key, values=shown))
    return notices


def _compared(offer: dict[str, Any], points: str, *, free: bool) -> list[Notice]:
    """Return what the money of an option is worth elsewhere, or why nobody knows."""
    worth = offer["worth_of_money"]
    if worth is None:
        first = offer["priced_class"]
        shown: dict[str, str] = {"type_class": _class_name(first)} if first else {}
        return [Notice(_NO_PRICE[offer["price_reason"]], values=shown)]
    notices = []
    left = offer["capital_left_in_funds"], offer["subsidy_left_in_funds"]
    if any(left):
        shown = {"capital": f"{left[0]:,.0f}", "subsidy": f"{left[1]:,.0f}"}
        notices.append(Notice("plan.explain_funded", values=shown))
    if free:
        return notices
    shown = {"points": points, "worth": f"{worth:,.1f}"}
    if offer["points_short"] > 0:
        shown["short"] = f"{offer['points_short']:,.1f}"
        notices.append(Notice("plan.explain_dear", values=shown))
    elif worth > 0:
        notices.append(Notice("plan.explain_worth", values=shown))
    return notices


def _class_name(word: str) -> Name:
    return Name(word, class_word(word, "zh"), class_word(word, "en"))


def _know(
    document: Document, city: City, tell: Tell | None, certificate: Certificate | None
) -> _Known:
    question = asked(document)
    options = find_options(city, question)
    gaps = find_needs(city, question.standard, tell)
    reach = walk(city, "space", limits(gaps.demands, gaps.groups), None, tell)
    chosen = find_chosen(document, city, question, options)
    gains = find_gains(gaps, options, reach, chosen)
    purses = (
        find_purses(city, question, options, "capital"),
        find_purses(city, question, options, "subsidy_per_year"),
    )
    rules = rule_hindrances(city, question, options, chosen)
    return _Known(
        document=document,
        city=city,
        answer=Answer(question, gaps, options, reach, chosen, gains),
        purses=purses,
        rules=rules,
        hindered=first_hindrance(options, purses, chosen, rules),
        multipliers=(certificate or {}).get(document.price.stage or ""),
    )


def _type_index(known: _Known, kind: str) -> int:
    return [one.id for one in known.question.standard.types].index(kind)


def _meant(known: _Known, word: str, faults: list[Notice]) -> str:
    """Return the id of the type that a word means; what is wrong with it joins the faults."""
    fault = type_fault(word, known.question.standard, known.city)
    if fault is not None:
        faults.append(fault)
        return word
    return types_meant(word, known.question.standard, known.city)[0]


def _unknown(what: str, word: str, known: Iterable[str]) -> list[Notice]:
    names = list(known)
    if word in names:
        return []
    close = nearest(word, names)
    if close is None:
        return [Notice(f"plan.unknown_{what}", value=word)]
    return [Notice(f"plan.unknown_{what}_near", value=word, values={"nearest": close})]


def _refusal(known: _Known, refusal: Refusal, t: int) -> dict[str, Any]:
    s = [str(name) for name in known.city.spaces.id].index(refusal.space)
    return {
        "reason": refusal.reason,
        "spaces": refusal.spaces,
        "nearest": refusal.space,
        "figures": refusal.figures,
        "also": _reasons(known, s, t, refusal.also),
    }


def _reasons(known: _Known, s: int, t: int, reasons: Iterable[str]) -> list[dict[str, Any]]:
    return [
        {"reason": one, "figures": figures(known.city, known.question, t, one, s)}
        for one in reasons
    ]
