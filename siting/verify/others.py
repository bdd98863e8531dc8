"""Whether the answers under other weights hold, and whether every answer shares what is stated.

Each answer is checked as if it were a plan of its own, under weights that are worked out here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from siting.plan.document import Price, Solution
from siting.verify.bound import check_bound, check_stages
from siting.verify.certificate import check_certificate
from siting.verify.choice import check_choice
from siting.verify.circles import grade
from siting.verify.compare import close, differs, wrong
from siting.verify.counts import check_projects_counted
from siting.verify.held import limited_types
from siting.verify.money import check_money
from siting.verify.recount import recount
from siting.verify.rules import check_demands, check_rules
from siting.verify.values import Facts, value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from siting.city.model import City, Floats
    from siting.errors import Notice
    from siting.plan.document import Document, OtherAnswer
    from siting.standard.model import Question, Type
    from siting.standard.options import Options
    from siting.verify.nearest import Nearest
    from siting.verify.recount import Ceiling, Recount, Walked

Weights = dict[str, dict[str, float]]
_SAME = 1e-9
_NO_PRICE = Price(capital=None, subsidy_per_year=None, stage=None, reason="unknown")


@dataclass(frozen=True, eq=False)
class Given:
    """What the plan was counted from.

    Attributes
    ----------
    people
        Residents by group and place.
    outlets
        Walks to the outlets of every asking type.
    spaces
        Walks of every project of the plan and of the other answers.
    ceiling
        What could be gained with every option open, where the objective asks.
    """

    document: Document
    city: City
    question: Question
    options: Options
    people: dict[str, Floats]
    outlets: Nearest
    spaces: Walked
    ceiling: Ceiling | None


def answers_of(document: Document) -> tuple[Solution, ...]:
    """Return the plan and its answers under other weights."""
    return (document, *(document.other_weights or ()))


def check_other_weights(given: Given, right: Recount) -> Iterator[Notice]:
    """Yield what is wrong with the other answers; nothing where none were asked for.

    Parameters
    ----------
    right
        Counted for the plan under its own weights.
    """
    document = given.document
    if document.other_weights is None or document.shared is None:
        if (document.other_weights is None) != (document.shared is None):
            yield wrong("others_half")
        return
    wanted = weightings(given.question, right)
    stated = [answer.name for answer in document.other_weights]
    if stated != list(wanted):
        yield differs("others_list", ", ".join(stated) or "-", ", ".join(wanted) or "-")
        return
    for answer in document.other_weights:
        for notice in _answer(given, answer, wanted[answer.name]):
            yield replace(notice, file=f"plan.json/other_weights/{answer.name}")
    yield from _shared(document, document.other_weights)


def weightings(question: Question, right: Recount) -> dict[str, Weights]:
    """Return what one resident is worth under each other weighting that asks something else."""
    kinds = [count.kind for count in right.types]
    own = {kind.id: _scaled(kind, kind.weight) for kind in kinds}
    with_gap = [count.asked for count in right.types if count.asked > 0]
    mean = sum(with_gap) / len(with_gap) if with_gap else 0.0
    even = {
        count.kind.id: count.kind.weight * (mean / count.asked if count.asked > 0 else 1.0)
        for count in right.types
    }
    family = {
        "equal-classes": {kind.id: _scaled(kind, 1.0) for kind in kinds},
        "basic-thrice": {
            kind.id: _scaled(kind, 3.0 if kind.type_class == "basic" else 1.0) for kind in kinds
        },
        "counting-groups": {kind.id: {kind.counting_group: kind.weight} for kind in kinds},
        "equal-gaps": {kind.id: _scaled(kind, even[kind.id]) for kind in kinds},
    }
    alone = question.objective == "basic-first"
    seen, found = [own], {}
    for name, weights in family.items():
        if any(_proportional(weights, other, kinds, by_class=alone) for other in seen):
            continue
        seen.append(weights)
        found[name] = weights
    return found


def _scaled(kind: Type, weight: float) -> dict[str, float]:
    return {group: weight * part for group, part in kind.groups.items()}


def _proportional(one: Weights, other: Weights, kinds: list[Type], *, by_class: bool) -> bool:
    """Tell whether one factor, or one for each class, makes the weights the same."""
    factor: dict[str, float] = {}
    for kind in kinds:
        mine, theirs = one[kind.id], other[kind.id]
        if set(mine) != set(theirs):
            return False
        for group in mine:
            ratio = theirs[group] / mine[group]
            first = factor.setdefault(kind.type_class if by_class else "", ratio)
            if abs(ratio - first) > _SAME * max(ratio, first):
                return False
    return True


def _answer(given: Given, answer: OtherAnswer, weights: Weights) -> Iterator[Notice]:
    yield from _weights(answer, weights)
    city, options = given.city, given.options
    question = _weighed(given.question, weights)
    fields = {name: getattr(answer, name) for name in Solution.model_fields}
    # what only the plan states is told of the plan
    alone = {"price": _NO_PRICE, "certified_bound": None, "certified_gap": None}
    document = given.document.model_copy(update=fields | alone)
    yield from check_bound(document)
    yield from check_certificate(document, {}, {})
    yield from check_choice(document, city, question, options)
    yield from check_money(document, city, question)
    yield from check_rules(document, city, question)
    index = {word: s for s, word in enumerate(city.spaces.id)}
    if any(p.space not in index for p in answer.projects):
        return
    projects = [(index[p.space], p.type) for p in answer.projects]
    right = recount(
        city,
        question.standard,
        given.people,
        given.outlets,
        given.spaces,
        projects,
        given.ceiling,
    )
    yield from check_projects_counted(document, right)
    everyone = given.people["everyone"]
    grades = grade(city, question, right, projects)
    facts = Facts(document, city, question, right, grades, everyone, projects)
    yield from check_stages(
        document,
        question.standard,
        lambda name: value(facts, name),
        held=bool(limited_types(question)),
    )
    yield from check_demands(city, question, right, everyone, grades)


def _weights(answer: OtherAnswer, weights: Weights) -> Iterator[Notice]:
    if answer.weights.keys() != weights.keys():
        yield differs("others_types", ", ".join(answer.weights), ", ".join(weights))
        return
    for word, right in weights.items():
        stated = answer.weights[word]
        for group in sorted(stated.keys() | right.keys()):
            said, ought = stated.get(group), right.get(group)
            if said is None or ought is None or not close(said, ought):
                yield differs("others_weight", said, ought, type=word, group=group)


def _weighed(question: Question, weights: Weights) -> Question:
    types = [
        kind.model_copy(update={"weight": 1.0, "groups": weights[kind.id]})
        if kind.id in weights
        else kind
        for kind in question.standard.types
    ]
    standard = question.standard.model_copy(update={"types": tuple(types)})
    return question.model_copy(update={"standard": standard})


def _shared(document: Document, answers: tuple[OtherAnswer, ...]) -> Iterator[Notice]:
    own = [(p.space, p.type) for p in document.projects]
    theirs = [{(p.space, p.type) for p in answer.projects} for answer in answers]
    for answer, there in zip(answers, theirs, strict=True):
        both = sum(pair in there for pair in own)
        if answer.shared_projects != both:
            yield differs("others_shared", answer.shared_projects, both, weighting=answer.name)
    right = [pair for pair in own if all(pair in there for there in theirs)]
    stated = [(pair.space, pair.type) for pair in document.shared or ()]
    if stated != right:
        extra = ", ".join(f"{s}:{t}" for s, t in stated if (s, t) not in right)
        lost = ", ".join(f"{s}:{t}" for s, t in right if (s, t) not in stated)
        yield differs("shared", extra or "-", lost or "-")
