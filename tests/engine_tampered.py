"""A plan as it was written, and the same with its certificate or its certified numbers changed.

A change is `false` if the plan then states what its file does not prove: it must be refused. What a
changed file proves is worked out by the engine's own code (`siting.solve.proof`), and to the last
digit in fractions where that is in doubt, so that the check of `siting.verify` is not asked about
itself. Multipliers that prove no less than stated do no harm;
they are told apart.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from rules_tiny import problem_of

import siting
from siting.errors import InputError
from siting.plan.certificate import (
    CERTIFICATE,
    Certificate,
    StageMultipliers,
    need_keys,
    read_certificate,
    row_key,
    space_keys,
    type_keys,
    write_certificate,
)
from siting.programme.stage import Kept, Stage
from siting.solve.proof import Multipliers, prove
from siting.verify.check import verify

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from random import Random

    from engine_cities import Case

    from siting.plan.document import Document
    from siting.plan.model import Plan
    from siting.solve.problem import Problem

ROUNDING = 1e-9
_COVERAGE = "coverage"


@dataclass(frozen=True)
class Tampered:
    """One change: what was done, whether it makes the plan's statement false, and the outcome."""

    what: str
    false: bool
    refused: bool
    detail: str = ""


def written(plan: Plan, folder: Path) -> tuple[Document, Certificate]:
    """Return a plan and its certificate as they come back from the disk."""
    folder.mkdir(parents=True, exist_ok=True)
    content = plan.document.model_dump(mode="json", by_alias=True)
    (folder / "plan.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    write_certificate(plan.certificate or {}, folder / CERTIFICATE)
    again = siting.read_plan(folder)
    return again.document, again.certificate or {}


def tampered(
    case: Case, document: Document, certificate: Certificate, draw: Random, folder: Path
) -> Iterator[Tampered]:
    """Yield changes of every kind and what became of them."""
    for what, changed in _numbers(document):
        refused = bool(verify(changed, case.city, certificate))
        # lowered by less than is added for rounding, it may still be what the file proves
        within = not refused and what.startswith("certified bound lowered")
        false = not (within and _holds(case, changed, certificate))
        yield Tampered(what, false, refused)
    for name, kept in certificate.items():
        for what, others in _files(certificate, name, kept):
            yield Tampered(what, True, bool(verify(document, case.city, others)))
        for what, content in _shapes(name, kept):
            yield Tampered(what, True, _unreadable(folder / "broken.npz", content))
        (stage,) = (s for s in document.stages if s.name == name)
        stated = stage.certified_bound
        problem = _problem(case, name, kept)
        for what, changed in _multipliers(kept, draw):
            proved = _proved(problem, case, changed)
            false = proved > stated + ROUNDING * max(1.0, abs(stated))
            refused = bool(verify(document, case.city, {**certificate, name: changed}))
            if false and not refused:  # it may be that only what is added for rounding is more
                false = exact_bound(case, name, changed) > stated
            detail = f"{name}: proves {proved!r}, stated {stated!r}"
            yield Tampered(what, false, refused, detail)


# ----------------------------------------------------------------------------- what plan.json says


def _numbers(document: Document) -> Iterator[tuple[str, Document]]:
    """Yield the plan with other certified numbers than its certificate proves."""
    for k, stage in enumerate(document.stages):
        bound = stage.certified_bound
        if bound is None:
            yield "a bound where nothing is proved", _stating(document, k, stage.objective)
            continue
        step = 1e-6 * max(1.0, abs(bound))
        yield "certified bound lowered", _stating(document, k, bound - step)
        yield "certified bound raised", _stating(document, k, bound + 1e3 * step)
        if stage.objective < bound - step:
            yield "certified bound lowered to the plan", _stating(document, k, stage.objective)
        yield "certified bound left out", _stating(document, k, None)
        gap = stage.certified_gap
        other = 0.5 if gap is None else gap + 1e-6
        yield "certified gap changed", _with(document, k, certified_gap=other)
        if gap is not None:
            yield "certified gap left out", _with(document, k, certified_gap=None)
        if k == 0:
            own = document.model_copy(update={"certified_bound": bound - step})
            yield "certified bound changed in one of two places", own


def _holds(case: Case, document: Document, certificate: Certificate) -> bool:
    """Tell whether the certificate proves every certified bound that the plan states."""
    return all(
        exact_bound(case, s.name, certificate[s.name]) <= s.certified_bound
        for s in document.stages
        if s.certified_bound is not None and s.name in certificate
    )


def _stating(document: Document, k: int, bound: float | None) -> Document:
    objective = document.stages[k].objective
    gap = None if bound is None else 0.0
    if bound is not None and bound != objective:
        gap = abs(bound - objective) / abs(objective) if objective else None
    return _with(document, k, certified_bound=bound, certified_gap=gap)


def _with(document: Document, k: int, **said) -> Document:
    stages = list(document.stages)
    stages[k] = stages[k].model_copy(update=said)
    return document.model_copy(update={"stages": tuple(stages), **(said if k == 0 else {})})


# ------------------------------------------------------------------------------- the whole file


def _files(
    certificate: Certificate, name: str, kept: StageMultipliers
) -> Iterator[tuple[str, Certificate]]:
    rest = {n: s for n, s in certificate.items() if n != name}
    yield "stage left out of the file", rest
    yield "stage under another name", {**rest, "grades": kept}


def _shapes(name: str, kept: StageMultipliers) -> Iterator[tuple[str, bytes]]:
    """Yield files whose arrays are not what they should be."""
    need, u = np.append(kept.need, np.uint64(2**64 - 1)), np.append(kept.u, np.float32(1.0))
    changed = {
        "fewer multipliers than keys": {"need": need},
        "more prices than rows": {"price": np.append(kept.price, 1.0)},
        "a table of multipliers": {"need": need, "u": u.reshape(-1, 1)},
        "multipliers of another type": {"need": need, "u": u.astype(np.float64)},
        "a multiplier that is no number": {"need": need, "u": np.where(u == u[-1], np.nan, u)},
        "a key twice": {"need": np.append(need, need[-1]), "u": np.append(u, u[-1])},
        "an infinite price": {
            "row": np.append(np.array(kept.row, dtype=np.str_), "more"),
            "price": np.append(kept.price, np.inf),
        },
        "an array left out": {"loose": None},
        "an array too many": {"more": u},
    }
    fields = ("need", "u", "row", "price", "loose")
    whole = {f: np.asarray(getattr(kept, f), dtype=np.str_ if f == "row" else None) for f in fields}
    for what, arrays in changed.items():
        page = io.BytesIO()
        found = {k: v for k, v in (whole | arrays).items() if v is not None}
        np.savez(page, **{f"{name}/{k}": v for k, v in found.items()})
        yield what, page.getvalue()
    yield "a file cut short", page.getvalue()[: len(page.getvalue()) // 2]


def _unreadable(path: Path, content: bytes) -> bool:
    path.write_bytes(content)
    try:
        read_certificate(path)
    except InputError:
        return True
    return False


# -------------------------------------------------------------------------------- multipliers


def _multipliers(kept: StageMultipliers, draw: Random) -> Iterator[tuple[str, StageMultipliers]]:
    """Yield the multipliers of a stage with something changed."""
    some = [draw.randrange(len(kept.u)) for _ in range(4)] if len(kept.u) else []
    for k in some:
        u = kept.u.copy()
        u[k] = u[k] * np.float32(draw.choice([0.0, 0.5, 0.9, 1.1, 2.0, -1.0, 1e4]))
        yield "a multiplier of a need", replace(kept, u=u)
    for k in some[:2]:
        need = kept.need.copy()
        need[k] ^= np.uint64(1 << draw.randrange(64))
        order = np.argsort(need, kind="stable")
        if len(np.unique(need)) == len(need):
            yield "the key of a need", replace(kept, need=need[order], u=kept.u[order])
        less = replace(kept, need=np.delete(kept.need, k), u=np.delete(kept.u, k))
        yield "a need left out", less
    if len(kept.u) > 1:
        yield "multipliers in another order", replace(kept, u=kept.u[::-1].copy())
    for k in range(len(kept.price)):
        price = kept.price.copy()
        price[k] *= draw.choice([0.0, 0.5, 0.9, 1.1, 2.0, -1.0, 1e4])
        yield "a price", replace(kept, price=price)
        row = (*kept.row[:k], kept.row[k].replace("]", ', "nobody"]'), *kept.row[k + 1 :])
        yield "the key of a money row", replace(kept, row=row)
    for factor in (0.99, 1.01):
        u = (kept.u * np.float32(factor)).astype(np.float32)
        yield "all multipliers at once", replace(kept, u=u, price=kept.price * factor)


def _problem(case: Case, name: str, kept: StageMultipliers) -> Problem:
    """Return the problem of a stage; a cost is kept as the certificate says."""
    costs = [float(key[2]) for key in map(json.loads, kept.row) if key[0] == "keep"]
    keep = tuple(Kept(Stage(kind="cost"), -yuan) for yuan in costs)
    kind = _COVERAGE if name == _COVERAGE else "class"
    stage = Stage(kind=kind, class_name=None if name == _COVERAGE else name, keep=keep)
    return problem_of(case.city, case.question).staged(stage)


@dataclass(frozen=True, eq=False)
class _Given:
    """The multipliers of a certificate, as those of the problem's needs and money rows."""

    u: list[float]
    price: list[float]


def _given(problem: Problem, case: Case, kept: StageMultipliers) -> _Given:
    standard, needs = case.question.standard, problem.needs
    kinds, spaces = type_keys(t.id for t in standard.types), space_keys(case.city.spaces.id)
    keys = need_keys(kinds[needs.type], spaces[needs.spaces.member], needs.spaces.indptr)
    u = dict(zip(kept.need.tolist(), kept.u.tolist(), strict=True))
    price = dict(zip(kept.row, kept.price.tolist(), strict=True))
    words = {"C3": "capital", "C4": "subsidy_per_year"}
    named = [
        row_key(words[row.name], row.purses)
        if row.name in words
        else next((key for key in kept.row if key.startswith('["keep"')), "")
        for row in problem.money
    ]
    return _Given(
        [max(0.0, u.get(key, 0.0)) for key in keys.tolist()],
        [max(0.0, price.get(key, 0.0)) for key in named],
    )


def _proved(problem: Problem, case: Case, kept: StageMultipliers) -> float:
    """Return the bound that a stage's multipliers prove, by the engine's own code."""
    given = _given(problem, case, kept)
    multipliers = Multipliers(np.array(given.u), np.array(given.price))
    return prove(problem, case.question.standard, multipliers).bound


def exact_bound(case: Case, name: str, kept: StageMultipliers) -> Fraction:
    """Return what a stage's multipliers prove without any rounding, by trying every bundle."""
    problem = _problem(case, name, kept)
    given, options, spaces = _given(problem, case, kept), problem.options, case.city.spaces
    total, worth = Fraction(0), [Fraction(0)] * len(options)
    cover = problem.cover.tocsr()
    for m, (points, u) in enumerate(zip(problem.weight.tolist(), given.u, strict=True)):
        if points > 0.0:
            total += max(Fraction(0), Fraction(points) - Fraction(u))
            for o in cover.indices[cover.indptr[m] : cover.indptr[m + 1]].tolist():
                worth[o] += Fraction(u)
    toll = [Fraction(0)] * len(spaces)
    for row, price in zip(problem.money, map(Fraction, given.price), strict=True):
        total += price * row.limit
        worth = [w - price * c for w, c in zip(worth, row.option.tolist(), strict=True)]
        toll = [t + price * c for t, c in zip(toll, row.space.tolist(), strict=True)]
    for s in range(len(spaces)):
        mine = [o for o in np.flatnonzero(options.space == s).tolist() if worth[o] > 0]
        bundles = (b for n in range(int(spaces.max_types[s]) + 1) for b in combinations(mine, n))
        best = max(sum((worth[o] for o in b), Fraction(0)) for b in bundles if _fits(problem, s, b))
        total += max(Fraction(0), best - toll[s])
    return total


def _fits(problem: Problem, s: int, bundle: tuple[int, ...]) -> bool:
    """Tell whether options of one space may stand there together."""
    kinds = problem.options.type[list(bundle)].tolist()
    area = sum(round(float(problem.options.area_m2[o]) * 1e6) for o in bundle)
    roof = problem.rules.roof
    apart = roof is None or not any(roof.never[a, b] for a, b in combinations(kinds, 2))
    room = round(float(problem.city.spaces.area_m2[s]) * 1e6)
    return len(set(kinds)) == len(kinds) and area <= room and apart
