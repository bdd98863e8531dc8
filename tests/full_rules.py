"""Every rule of a plan as a plain function, under the name of its row in ``models/gap_fill.mod``.

So a family of rows can be left out by its rows' names.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from decimal import Decimal

from full_world import NEAR_NOTHING

# ------------------------------------------------------------------------- rules of one space


def _room(w, s, mine):
    def micro(square_metres):
        return round(Decimal(float(square_metres)) * 1_000_000)

    return sum(micro(w.options.area_m2[o]) for o in mine) <= micro(w.city.spaces.area_m2[s])


def _held(w, mine):
    return [w.pair[o][1] for o in mine]


def _basic(w, s, mine):
    share = w.city.spaces.basic_share
    if share is None or math.isnan(share[s]):
        return True
    area = [(w.types[w.pair[o][1]].type_class, float(w.options.area_m2[o])) for o in mine]
    basic = sum(a for word, a in area if word == "basic")
    return basic >= share[s] * sum(a for _, a in area) - NEAR_NOTHING


def _never(w, kind: str) -> set[str]:
    roof = w.question.standard.roof
    return {u for r in roof if r.type == kind for u in r.never_with} | {
        r.type for r in roof if kind in r.never_with
    }


def _apart(w, _, mine):
    held = {w.types[t].id for t in _held(w, mine)}
    return not any(_never(w, kind) & held for kind in held)


def _hosted(w, s, mine):
    host = set(w.host(s))
    return not any((_never(w, w.types[t].id) | {w.types[t].id}) & host for t in _held(w, mine))


def _company(w, s, mine):
    held = {w.types[t].id for t in _held(w, mine)}
    here = set(w.host(s)) or held
    return all(
        rule.type not in held or set(rule.only_with) & here
        for rule in w.question.standard.roof
        if rule.only_with is not None
    )


SPACE_RULES = {
    "C2_area": _room,
    "C2_most": lambda w, s, mine: len(mine) <= w.city.spaces.max_types[s],
    "C2_least": lambda w, s, mine: not mine or len(mine) >= w.city.spaces.min_types[s],
    "C2_once": lambda w, _, mine: len(set(_held(w, mine))) == len(mine),
    "C2_basic": _basic,
    "C2_never": _apart,
    "C2_hosted": _hosted,
    "C2_only": _company,
    "C5_open": lambda w, s, mine: all(
        Counter(_held(w, mine))[t] == 1 for there, t in w.locks[0] if there == s
    ),
    "C5_forbid": lambda w, _, mine: not {w.pair[o] for o in mine} & w.locks[1],
}


# --------------------------------------------------------------------------- rules of a whole plan


def _paid(plan, pays: str) -> bool:
    """Tell whether the purses can pay, by the smallest cut between funds and what they pay."""
    w = plan.w
    options, general = w.options, getattr(w.question.budget, pays)
    if math.isinf(general):
        return True
    funds = [f for f in w.question.funds if f.pays == pays]
    costs = options.capital_fen if pays == "capital" else options.subsidy_fen
    items = [(int(costs[o]), [f for f in funds if _may(w, f, *w.pair[o])]) for o in plan.chosen]
    if pays == "capital" and "C2_opens" not in w.without:
        for s in plan.spaces:
            paying = [f for f in funds if f.types is None and _may(w, f, s, None)]
            items.append((int(options.fixed_fen[s]), paying))
    twice = "C6_capital" if pays == "capital" else "C6_subsidy"
    least = math.inf
    for size in range(len(funds) + 1):
        for emptied in itertools.combinations(funds, size):
            if emptied and "C6_amount" in w.without:
                continue
            amount = sum((Decimal(repr(f.amount)) * 100 for f in emptied), Decimal(0))
            paid = Decimal(0)
            for cost, payers in items:
                shares = sum(
                    Decimal(1) if "C6_share" in w.without else Decimal(repr(f.share))
                    for f in payers
                    if f not in emptied
                )
                paid += cost * (shares if twice in w.without else min(Decimal(1), shares))
            least = min(least, amount + paid)
    return sum(cost for cost, _ in items) - least <= Decimal(repr(general)) * 100


def _may(w, fund, s: int, t: int | None) -> bool:
    return (
        (t is None or fund.types is None or w.types[t].id in fund.types)
        and (fund.kinds is None or w.city.spaces.kind[s] in fund.kinds)
        and (fund.communities is None or w.city.communities[w.stands(s)] in fund.communities)
    )


def _floors(plan) -> bool:
    w = plan.w
    at = {kind.id: t for t, kind in enumerate(w.types)}
    return all(
        share * w.lives[at[word], c] - w.served_today[at[word], c] - plan.gained[at[word], c]
        <= NEAR_NOTHING * w.lives[at[word], c]
        for word, share in w.question.floors.items()
        for c in w.circles
    )


def _targets(plan) -> bool:
    w = plan.w
    at = {kind.id: t for t, kind in enumerate(w.types)}
    for word, share in w.question.targets.items():
        t = at[word]
        everybody = sum(w.lives[t, c] for c in w.circles)
        have = sum(w.served_today[t, c] + plan.gained[t, c] for c in w.circles)
        if share * everybody - have > NEAR_NOTHING * everybody:
            return False
    return True


def _quotas(plan, unit: str) -> bool:
    w = plan.w
    at = {kind.id: t for t, kind in enumerate(w.types)}
    for quota in w.question.standard.quotas if w.enforces("quotas") else ():
        t = at[quota.type]
        for c in w.circles:
            people, there = w.lives[t, c] / 1000, w.outlets(t, c)
            if unit == "outlets" and quota.per_1000:
                lacking = math.ceil(quota.per_1000 * people - len(there) - NEAR_NOTHING)
                if len(plan.of(t, c)) < lacking:
                    return False
            if unit == "m2" and quota.area_m2_per_1000:
                stated = [float(w.city.outlets.area_m2[o]) for o in there]
                have = sum(w.types[t].area_typical_m2 if math.isnan(a) else a for a in stated)
                have += sum(float(w.options.area_m2[o]) for o in plan.of(t, c))
                if have < quota.area_m2_per_1000 * people - NEAR_NOTHING:
                    return False
    return True


def _spaced(plan, outlets: bool) -> bool:
    w = plan.w
    spaces, there = w.city.spaces, w.city.outlets
    if not w.enforces("spacing"):
        return True
    for word, metres in w.question.standard.spacing_m.items():
        at = [w.pair[o][0] for o in plan.chosen if w.types[w.pair[o][1]].id == word]
        here = [(s, float(spaces.x[s]), float(spaces.y[s])) for s in at]
        if outlets:
            others = [
                (-1, float(there.x[o]), float(there.y[o]))
                for o in range(len(there))
                if word in there.types[o]
            ]
        else:
            others = here
        for (s, x, y), (u, x2, y2) in itertools.product(here, others):
            if s != u and math.hypot(x - x2, y - y2) < metres:
                return False
    return True


def _most(plan) -> bool:
    w = plan.w
    return not w.enforces("most") or all(
        len(plan.of(t, c)) <= max(0, most - len(w.outlets(t, c)))
        for word, most in w.question.standard.most_per_community.items()
        for t, kind in enumerate(w.types)
        if kind.id == word
        for c in w.circles
    )


def _chains(plan) -> bool:
    share = plan.w.question.standard.chain_share
    if share is None or not plan.w.enforces("operators"):
        return True
    chains = sum(bool(plan.w.options.chain[o]) for o in plan.chosen)
    return chains >= share * len(plan.chosen) - NEAR_NOTHING


def _must(plan) -> bool:
    w = plan.w
    return (
        w.question.objective != "cost"
        or plan.target == 0
        or all(plan.level[c] >= plan.target for c in w.circles if w.everyone[c] > 0)
    )


PLAN_RULES = {
    "C3_capital": lambda plan: _paid(plan, "capital"),
    "C4_subsidy": lambda plan: _paid(plan, "subsidy_per_year"),
    "C7_floor": _floors,
    "C7_target": _targets,
    "C8_must": _must,
    "C9_number": lambda plan: _quotas(plan, "outlets"),
    "C9_area": lambda plan: _quotas(plan, "m2"),
    "C10_spacing": lambda plan: _spaced(plan, outlets=False),
    "C10_outlets": lambda plan: _spaced(plan, outlets=True),
    "C10_most": _most,
    "C11_chains": _chains,
}
