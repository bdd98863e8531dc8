"""The independent check of a plan: everything it states, counted again from the city."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.errors import InputError, Notice
from siting.plan.identity import question_sha256
from siting.progress import counted
from siting.standard.groups import residents
from siting.standard.options import find_options
from siting.standard.scenarios import question_from_dict, question_to_dict
from siting.verify.assumed import LONGEST, check_assumptions, stretched
from siting.verify.bound import check_bound, check_sources, check_stages, unproved
from siting.verify.certificate import (
    check_certificate,
    counts_in,
    evaluate,
    pay,
    reached_before,
    remarks,
)
from siting.verify.choice import check_choice
from siting.verify.circles import check_circles, grade
from siting.verify.compare import close, differs
from siting.verify.counts import check_counts, check_sizes
from siting.verify.held import limited_types
from siting.verify.lacking import check_open_gaps
from siting.verify.merged import merged_needs
from siting.verify.money import check_money
from siting.verify.others import Given, answers_of, check_other_weights
from siting.verify.prices import check_price, check_price_at_most, check_price_reached
from siting.verify.quotas import check_quotas
from siting.verify.reach import Kind, own_reach, pave
from siting.verify.recount import (
    Ceiling,
    Recount,
    Walked,
    limits_of,
    nearest_outlets,
    outlets_by_type,
    recount,
)
from siting.verify.rules import check_demands, check_rules
from siting.verify.upgrades import Ground, check_upgrades
from siting.verify.values import Facts, value
from siting.verify.walked import all_spaces, check_walks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from siting.city.model import City, Floats, Ints
    from siting.plan.certificate import Certificate
    from siting.plan.document import Document
    from siting.progress import Tell
    from siting.standard.model import Question
    from siting.standard.options import Options
    from siting.verify.certificate import Evaluated, Paid
    from siting.verify.merged import Merged
    from siting.verify.nearest import Nearest
    from siting.verify.streets import Network

# besides one a type that asks and has options
_STEPS, _OF_SURVEY = 9, 3
_SAMPLE = 200  # spaces walked besides those of the projects


@dataclass(frozen=True, eq=False)
class Checked:
    """What an inspection found.

    Attributes
    ----------
    notices
        What does not hold.
    question
        What was asked, or None where the plan's own record of it cannot be read.
    recount
        The numbers as they ought to be, or None where the projects cannot be counted.
    remarks
        What is odd, although everything holds.
    """

    notices: tuple[Notice, ...]
    question: Question | None = None
    recount: Recount | None = None
    remarks: tuple[Notice, ...] = ()


@dataclass(frozen=True, eq=False)
class Survey:
    """What the check works out before it looks at the plan; `survey` makes it.

    Attributes
    ----------
    city, question
        What it was made for.
    full
        Whether every outlet was walked.
    network
        The streets, or None.
    outlets
        How far the nearest outlet of each type is.
    everywhere
        Walks to all spaces: this folder's own where it walks to all, else those of `siting.walk`.
    merged
        The needs, merged type by type.
    notices
        Where the two walks differ.
    """

    city: City
    question: Question
    full: bool
    network: Network | None
    outlets: Nearest
    everywhere: Walked
    merged: tuple[Merged, ...]
    notices: tuple[Notice, ...]


def survey(
    city: City,
    question: Question,
    *,
    full: bool = False,
    step: Callable[[], None] = lambda: None,
) -> Survey:
    """Return all that a check of any plan of this question needs; takes most of its time.

    So it can be done while the plan is still sought. `step` is called after each part: the streets,
    the outlets, the spaces, and each type that asks and has options.
    """
    options = find_options(city, question)
    groups, table, _ = residents(city, question.standard)
    people: dict[str, Floats] = dict(zip(groups, table, strict=True))
    limits = limits_of(city, stretched(question.standard, LONGEST))
    network = pave(city)
    step()
    outlets, notices = _near_outlets(city, question, limits, network, full=full)
    step()
    if _walks_all(city, full=full):
        every = np.arange(len(city.spaces), dtype=np.int64)
        everywhere, more = _walk(city, "space", limits, every, len(every), network)
        notices += more
    else:
        everywhere = all_spaces(city, limits)
    step()
    needs = []
    for merged in merged_needs(city, question.standard, people, outlets, everywhere, options):
        needs.append(merged)
        step()
    return Survey(city, question, full, network, outlets, everywhere, tuple(needs), tuple(notices))


def verify(
    document: Document,
    city: City,
    certificate: Certificate | None = None,
    *,
    full: bool = False,
) -> tuple[Notice, ...]:
    """Return what does not hold in a plan; nothing means that it is verified.

    Everything is recomputed from the city and from the standard, policy and scenario that the plan
    carries, but for seconds, memory, software, seed and the solver's own bound, which only must
    not contradict the plan.

    Parameters
    ----------
    document
        The plan.
    city
        The city it was made for.
    certificate
        The multipliers behind the plan's certified bounds; None: it has none.
    full
        Whether to walk every outlet and space again, not only every outlet of a type that is
        asked for, every project, and 200 spaces drawn by the plan's seed.
    """
    return inspect(document, city, certificate, full=full).notices


def inspect(
    document: Document,
    city: City,
    certificate: Certificate | None = None,
    *,
    full: bool = False,
    surveyed: Survey | None = None,
    tell: Tell | None = None,
) -> Checked:
    """Return what `verify` returns, with the recounted numbers that it was found by.

    Parameters
    ----------
    surveyed
        Made before; it counts only if it is of this city and of the question the plan states.
    tell
        Told how many of the steps are done.
    """
    found = [*_inputs(document, city), *check_bound(document), *check_price(document)]
    inputs = document.inputs
    try:
        question = question_from_dict(
            {"standard": inputs.standard, "policy": inputs.policy, "scenario": inputs.scenario}
        )
        options = find_options(city, question)
        groups, table, estimated = residents(city, question.standard)
    except InputError as fault:
        return Checked((*found, Notice("verify.question"), *fault.notices))
    if document.objective_kind != question.objective:
        found.append(differs("objective_kind", document.objective_kind, question.objective))
    found += _estimated(document, estimated)
    found += check_sources(document, len(options))
    kinds = sum(
        kind.asks and bool((options.type == t).any())
        for t, kind in enumerate(question.standard.types)
    )
    known = surveyed is not None and _fits(surveyed, city, question, full)
    step = counted(tell, _STEPS + kinds + (0 if known else _OF_SURVEY + kinds))
    found += check_choice(document, city, question, options)
    found += check_money(document, city, question)

    found += check_rules(document, city, question)
    step()

    spaces = {word: s for s, word in enumerate(city.spaces.id)}
    limits = limits_of(city, stretched(question.standard, LONGEST))
    if surveyed is None or not _fits(surveyed, city, question, full):
        surveyed = survey(city, question, full=full, step=step)
    network, outlets = surveyed.network, surveyed.outlets
    found += surveyed.notices
    step()
    named = {p.space for answer in answers_of(document) for p in answer.projects}
    named |= {p.space for c in document.circles for up in c.upgrades for p in up.projects}
    chosen = sorted(spaces[word] for word in named if word in spaces)
    walked = surveyed.everywhere
    if not _walks_all(city, full=full):
        walked, notices = _walk_spaces(city, limits, chosen, document.seed, network)
        found += notices
    step()
    if any(p.space not in spaces for p in document.projects):
        return Checked(tuple(found), question)
    people: dict[str, Floats] = dict(zip(groups, table, strict=True))
    projects = [(spaces[p.space], p.type) for p in document.projects]
    everywhere = surveyed.everywhere
    ceiling = None
    if "worst-community" in (question.objective, document.objective_kind):
        ceiling = Ceiling(everywhere, _offered(question, options), limited_types(question))
    right = recount(city, question.standard, people, outlets, walked, projects, ceiling)
    found += check_counts(document, right)
    step()
    sizes, proved = _merge(
        surveyed.merged,
        document,
        certificate or {},
        city,
        question,
        options,
        step,
    )
    found += check_sizes(document, city, question, options, right, sizes)
    found += check_certificate(document, certificate or {}, proved)
    found += check_price_at_most(document, proved)
    found += check_price_reached(
        document, city, question.standard, options, people, outlets, everywhere
    )
    step()
    everyone = people["everyone"]
    grades = grade(city, question, right, projects)
    facts = Facts(document, city, question, right, grades, everyone, projects)
    found += check_stages(
        document,
        question.standard,
        lambda name: value(facts, name),
        held=bool(limited_types(question)),
    )
    found += check_circles(document, city, question, everyone, grades)
    ground = Ground(city, question, options, right, people, outlets, everywhere)
    found += check_upgrades(document, ground, grades)
    step()
    found += check_quotas(document, city, question)
    found += check_demands(city, question, right, everyone, grades)
    found += check_open_gaps(document, city, question, right, people, options, everywhere)
    step()
    found += check_assumptions(document, city, question, right, people, outlets, walked, projects)
    given = Given(document, city, question, options, people, outlets, walked, ceiling)
    step()
    found += check_other_weights(given, right)
    step()
    odd = [Notice("verify.question_unknown")] if inputs.question_sha256 is None else []
    odd += unproved(document)
    return Checked(tuple(found), question, right, (*odd, *remarks(proved)))


def _fits(surveyed: Survey, city: City, question: Question, full: bool) -> bool:
    return (
        surveyed.city is city
        and surveyed.full == full
        and question_to_dict(surveyed.question) == question_to_dict(question)
    )


def _merge(
    needs: Iterable[Merged],
    document: Document,
    certificate: Certificate,
    city: City,
    question: Question,
    options: Options,
    step: Callable[[], None],
) -> tuple[tuple[int, int], dict[str, Evaluated]]:
    """Return how many merged needs bring points and are in all, and what is proved by stage."""
    with_points = count = 0
    paid: dict[str, list[Paid]] = {name: [] for name in certificate}
    for merged in needs:
        with_points += int(np.count_nonzero(merged.points))
        count += len(merged)
        for name, stage in certificate.items():
            if counts_in(name, question.standard.types[merged.type].type_class):
                paid[name].append(pay(merged, stage, len(city.spaces)))
        step()
    return (with_points, count), {
        name: evaluate(stage, paid[name], city, question, options, reached_before(document, name))
        for name, stage in certificate.items()
    }


def _inputs(document: Document, city: City) -> list[Notice]:
    found = []
    if document.inputs.city_sha256 != city.sha256:
        found.append(differs("city_changed", document.inputs.city_sha256, city.sha256))
    inputs = document.inputs
    if inputs.metric_crs != city.metric_crs:
        found.append(differs("metric_crs", inputs.metric_crs, city.metric_crs))
    if inputs.question_sha256 is not None:
        right = question_sha256(inputs.standard, inputs.policy, inputs.scenario)
        if inputs.question_sha256 != right:
            found.append(differs("question_changed", inputs.question_sha256, right))
    return found


def _estimated(document: Document, right: dict[str, float]) -> list[Notice]:
    stated = document.inputs.groups_estimated
    return [
        differs("estimated", stated.get(group), right.get(group), group=group)
        for group in sorted(stated.keys() | right.keys())
        if group not in stated or group not in right or not close(stated[group], right[group])
    ]


def _near_outlets(
    city: City,
    question: Question,
    limits: dict[str, int],
    network: Network | None,
    *,
    full: bool,
) -> tuple[Nearest, list[Notice]]:
    if full:
        targets = np.arange(len(city.outlets), dtype=np.int64)
    else:
        none = np.empty(0, dtype=np.int64)
        asked = outlets_by_type(city, question.standard).values()
        targets = np.unique(np.concatenate([none, *asked]))
    walked, notices = _walk(city, "outlet", limits, targets, len(city.outlets), network)
    return nearest_outlets(city, question.standard, walked), notices


def _walks_all(city: City, *, full: bool) -> bool:
    """Tell whether every space is walked by this folder's own code, not only some."""
    return full or len(city.spaces) <= _SAMPLE


def _walk_spaces(
    city: City,
    limits: dict[str, int],
    chosen: list[int],
    seed: int,
    network: Network | None,
) -> tuple[Walked, list[Notice]]:
    total = len(city.spaces)
    sample = np.random.default_rng(abs(seed)).choice(total, _SAMPLE, replace=False)
    targets = np.unique(np.concatenate([np.array(chosen, dtype=np.int64), sample]))
    return _walk(city, "space", limits, targets, total, network)


def _offered(question: Question, options: Options) -> dict[str, Ints]:
    return {
        kind.id: np.unique(options.space[options.type == t])
        for t, kind in enumerate(question.standard.types)
    }


def _walk(
    city: City,
    kind: Kind,
    limits: dict[str, int],
    targets: Ints,
    total: int,
    network: Network | None,
) -> tuple[Walked, list[Notice]]:
    reach = own_reach(city, kind, limits, targets, network)
    row = np.full(total, -1, dtype=np.int64)
    row[targets] = np.arange(len(targets))
    return Walked(row, reach), check_walks(city, kind, limits, targets, reach)
