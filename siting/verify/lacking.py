"""Whether the open gaps and the reasons for them are those of city, options and plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.standard.options import REASONS
from siting.standard.tolerances import PROVED
from siting.verify.bound import HELD
from siting.verify.compare import close, differs
from siting.verify.held import beyond_room, limited_types
from siting.verify.recount import limit_of
from siting.verify.spread import Visits, visits_of
from siting.verify.stands import FREE, RULES, find_obstacles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from siting.city.model import City, Floats, Ints
    from siting.errors import Notice
    from siting.plan.document import Document
    from siting.standard.model import Question
    from siting.standard.options import Options
    from siting.verify.recount import Recount, Walked

_WORDS = ("no space in reach", *REASONS, *RULES, "not chosen", "capacity")
_FULL = len(_WORDS) - 1
_LEAST = 1e-6  # residents beyond room: fewer are rounding


def check_open_gaps(
    document: Document,
    city: City,
    question: Question,
    right: Recount,
    people: dict[str, Floats],
    options: Options,
    walked: Walked,
) -> Iterator[Notice]:
    """Yield what is wrong with the open gaps.

    Parameters
    ----------
    right
        Counted for the projects of `document`.
    people
        Residents by group and place.
    walked
        Walks from every space.
    """
    types = {kind.id: t for t, kind in enumerate(question.standard.types)}
    index = {word: s for s, word in enumerate(city.spaces.id)}
    projects = [(index[p.space], p.type) for p in document.projects]
    limited = limited_types(question)
    word = options.refused.astype(np.int64)
    for (s, t), rule in find_obstacles(document, city, question, options).items():
        word[s, t] = len(REASONS) + 1 + rule
    wanted: dict[tuple[int, int, int], float] = {}
    free = len(REASONS) + 1 + FREE
    first = document.stages[0].name if document.stages else ""
    company = {rule.type for rule in question.standard.roof if rule.only_with is not None}
    alone = _take_one(city, projects)
    missed = 0.0
    visits: dict[int, Visits] = {}
    for k, count in enumerate(right.types):
        group = count.kind.counting_group
        if count.lacking.any():
            walks = walked.reach[group]
            if id(walks) not in visits:
                visits[id(walks)] = visits_of(walks, walked.row)
            limit = limit_of(city, count.kind, group)
            near = visits[id(walks)].where(count.lacking, limit)
            words = word[:, types[count.kind.id]]
            why = _why(count.lacking, *near, words)
            both = city.places.community[count.lacking].astype(np.int64) * len(_WORDS) + why
            residents = np.bincount(both, people[group][count.lacking])
            for at in np.flatnonzero(np.bincount(both)).tolist():
                wanted[at // len(_WORDS), k, at % len(_WORDS)] = float(residents[at])
            if first in ("coverage", count.kind.type_class) and count.kind.id not in company:
                place, space = (side[(words == free)[near[1]] & alone[near[1]]] for side in near)
                more = np.bincount(space, people[group][place], minlength=1)
                missed = max(missed, count.each * float(more.max()))
        if count.kind.id in limited:
            beyond = beyond_room(city, count, projects)
            for c in np.flatnonzero(beyond > _LEAST).tolist():
                wanted[c, k, _FULL] = float(beyond[c])
    yield from _compare(document, city, [c.kind.id for c in right.types], wanted)
    if not limited:
        yield from _not_below(document, missed)


def _take_one(city: City, projects: list[tuple[int, str]]) -> NDArray[np.bool_]:
    """Return True for spaces that a single project may join, whatever it is."""
    alone = city.spaces.min_types <= 1
    if city.spaces.basic_share is not None:
        alone &= ~(city.spaces.basic_share > 0.0)
    alone[[s for s, _ in projects]] = True
    return alone


def _not_below(document: Document, missed: float) -> Iterator[Notice]:
    """Yield that a bound is wrong where one more project would pass it.

    Parameters
    ----------
    missed
        Need points that the best project brings which could be opened beside the plan.
    """
    bound, reached = document.bound, document.objective + missed
    if bound is None or bound < document.objective:  # which is told already
        return
    if reached - bound > PROVED * max(1.0, abs(reached)):
        yield differs("bound_passed", bound, reached)


def _compare(
    document: Document, city: City, kinds: list[str], wanted: dict[tuple[int, int, int], float]
) -> Iterator[Notice]:
    rows = [
        ((city.communities[c], kinds[k], _WORDS[reason]), wanted[c, k, reason])
        for c, k, reason in sorted(wanted)
    ]
    stated = [(gap.community, gap.type, gap.reason) for gap in document.open_gaps]
    right = [row for row, _ in rows]
    if stated != right:
        there, ought = set(stated), set(right)
        missing = ["/".join(row) for row in right if row not in there]
        extra = ["/".join(row) for row in stated if row not in ought]
        yield differs("open_gap_list", ", ".join(extra) or "-", ", ".join(missing) or "-")
        return
    for gap, (_, residents) in zip(document.open_gaps, rows, strict=True):
        held = gap.reason == _WORDS[_FULL]
        if not close(gap.residents, residents) and not (
            held and abs(gap.residents - residents) <= HELD * max(1.0, residents)
        ):
            name = {"community": gap.community, "type": gap.type, "reason": gap.reason}
            yield differs("open_gap_residents", gap.residents, residents, **name)


def _why(lacking: NDArray[np.bool_], place: Ints, space: Ints, word: Ints) -> Ints:
    """Return the position in `_WORDS` for each place that lacks a type, in their order.

    Parameters
    ----------
    place, space
        Which of these places is reached from where.
    word
        Position of each space in `_WORDS`.
    """
    number = np.cumsum(lacking) - 1
    count, kinds = int(lacking.sum()), len(_WORDS)
    tally = np.bincount(number[place] * kinds + word[space], minlength=count * kinds)
    tally = tally.reshape(count, kinds)
    free = len(REASONS) + 1 + FREE
    tier = np.zeros(len(_WORDS), dtype=np.int64)
    tier[1 : len(REASONS) + 1], tier[len(REASONS) + 1 : free], tier[free] = 1, 2, 3
    # one of a higher tier goes before any number of a lower one; then the first of the most
    best: Ints = np.argmax(np.where(tally > 0, tier * (len(word) + 1) + tally, 0), axis=1)
    return best
