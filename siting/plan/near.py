"""Which spaces residents could walk to, and what keeps those from becoming a type, in numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from siting.errors import Notice
from siting.plan.shown import shown
from siting.standard.money import MILLION
from siting.standard.options import REASONS
from siting.standard.policies import for_type
from siting.standard.refusals import every_refusal, step_for
from siting.standard.relief import blank_communities, largest_share

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from siting.city.model import City
    from siting.gaps.needs import Gaps
    from siting.standard.model import Question
    from siting.standard.options import Options
    from siting.walk.reach import Reach

_FEN = 100.0


@dataclass(frozen=True)
class Refusal:
    """A rule that keeps spaces from becoming a type, and the space that is nearest to allowed.

    Attributes
    ----------
    reason
        One of `siting.standard.options.REASONS`.
    spaces
        How many spaces it refuses.
    space
        Id of the one that misses by least.
    people
        Residents without the type whom that one reaches.
    figures
        What it has and what is asked, by name; square metres, yuan, shares and words.
    also
        Further reasons that refuse this one space.
    """

    reason: str
    spaces: int
    space: str
    people: float
    figures: dict[str, Any] = field(default_factory=dict)
    also: tuple[str, ...] = ()

    @property
    def notice(self) -> Notice:
        """The refusal as a sentence."""
        values = {"count": self.spaces, "space": self.space, **shown(self.figures)}
        return Notice(f"plan.refused_{_key(self.reason, self.figures)}", values=values)

    def more(self, kind: str) -> list[Notice]:
        """Return the sentence that the one space is refused a type by other rules too, if it is."""
        values = {"space": self.space, "type": kind}
        return [Notice("plan.refused_also", values=values)] if self.also else []


def why(kind: str, reason: str, figures: dict[str, Any]) -> Notice:
    """Return why one space cannot become a type."""
    values = {"type": kind, **shown(figures)}
    return Notice(f"plan.why_{_key(reason, figures)}", values=values)


def _key(reason: str, figures: dict[str, Any]) -> str:
    return f"{reason}_steps" if "largest_share" in figures else reason


def reached_people(
    gaps: Gaps, reach: Mapping[str, Reach], t: int, lacking: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return how many residents without a type each space reaches, shape (spaces,).

    Parameters
    ----------
    reach
        Walks from all spaces, by group.
    t
        Type index.
    lacking
        The places that count, shape (places,).
    """
    demand = gaps.demands[gaps.counting(t)]
    walks = reach[gaps.groups[demand.group]]
    people = np.where(lacking, gaps.residents[demand.group], 0.0)
    held = np.where(walks.mm <= demand.limit_mm, people[walks.place], 0.0)
    row = np.repeat(np.arange(walks.targets), np.diff(walks.indptr))
    return np.bincount(row, weights=held, minlength=walks.targets).astype(np.float64)


def lacking_places(gaps: Gaps, served: NDArray[np.bool_], t: int, c: int | None) -> Any:
    """Return the places of a community (None: all) whose residents lack a type, as truth."""
    d = gaps.counting(t)
    lacking = ~served[d] & (gaps.residents[gaps.demands[d].group] > 0)
    return lacking if c is None else lacking & (gaps.city.places.community == c)


def find_refusals(
    city: City, question: Question, options: Options, t: int, people: NDArray[np.float64]
) -> tuple[Refusal, ...]:
    """Return what refuses a type in the spaces that reach people, the most frequent rule first."""
    near = np.flatnonzero(people > 0)
    codes = options.refused[near, t]
    found = []
    for code in np.unique(codes[codes > 0]).tolist():
        mine = near[codes == code]
        reason = REASONS[code - 1]
        best = int(mine[np.lexsort((-people[mine], _short_of(city, question, t, reason, mine)))[0]])
        found.append(
            Refusal(
                reason=reason,
                spaces=len(mine),
                space=str(city.spaces.id[best]),
                people=float(people[best]),
                figures=figures(city, question, t, reason, best),
                also=tuple(
                    other
                    for other in every_refusal(city, question, options.refused, best, t)
                    if other != reason
                ),
            )
        )
    return tuple(sorted(found, key=lambda r: (-r.spaces, REASONS.index(r.reason))))


def _short_of(
    city: City, question: Question, t: int, reason: str, mine: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return how far spaces are from being allowed by a rule (less is nearer)."""
    spaces, kind = city.spaces, question.standard.types[t]
    if reason == "area":
        return -spaces.area_m2[mine]
    if reason == "feature":
        lacking = [len(set(kind.needs) - spaces.features[s]) for s in mine.tolist()]
        return np.array(lacking, dtype=np.float64)
    if reason in ("rent", "cap"):
        return spaces.rent_m2_month[mine]
    if reason == "floor":
        return np.abs(spaces.floor[mine] - 1).astype(np.float64)
    return np.zeros(len(mine))


def figures(city: City, question: Question, t: int, reason: str, s: int) -> dict[str, Any]:
    """Return what a space has and what the rule `reason` asks of it for a type."""
    spaces, kind = city.spaces, question.standard.types[t]
    if reason == "area":
        have = float(spaces.area_m2[s])
        return {"have": have, "need": kind.area_min_m2, "short": kind.area_min_m2 - have}
    if reason == "feature":
        return {"missing": sorted(set(kind.needs) - spaces.features[s])}
    if reason == "floor":
        return {"have": int(spaces.floor[s]), "need": list(kind.floors or ())}
    if reason == "kind":
        return {"have": str(spaces.kind[s])}
    if reason in ("rent", "cap"):
        return _rent(city, question, t, s)
    if reason == "host":
        return {"host": [] if spaces.host is None else list(spaces.host[s])}
    if reason == "spacing":
        return {"metres": question.standard.spacing_m.get(kind.id, 0.0)}
    return {}


def _rent(city: City, question: Question, t: int, s: int) -> dict[str, Any]:
    spaces, kind, policy = city.spaces, question.standard.types[t], question.policy
    rent = float(spaces.rent_m2_month[s])
    # where the space is too small, as if it had the least that is asked
    area = min(max(float(spaces.area_m2[s]), kind.area_min_m2), kind.area_typical_m2)
    can = rent * area
    if kind.affordable_rent_m2 is not None:
        can = min(can, kind.affordable_rent_m2 * area)
    if kind.affordable_rent_outlet is not None:
        can = min(can, kind.affordable_rent_outlet)
    need = 1.0 - can / (rent * area) if rent > 0 else 0.0
    steps = [step for step in policy.relief_steps if step >= need - 1e-12]
    paid = min(steps) if steps else step_for(need) if policy.relief_steps else need
    blank = blank_communities(city, kind)[spaces.community[[s]]]
    most = float(largest_share(policy, kind, blank)[0]) / MILLION
    if policy.ceiling_rent_m2_month is not None and rent > 0:
        most *= min(1.0, policy.ceiling_rent_m2_month / rent)
    found = {"rent": rent, "need_share": paid, "allowed_share": most}
    if policy.relief_steps and not steps:
        found["largest_share"] = max(policy.relief_steps)
    cap = for_type(policy.relief_cap_per_outlet_year, kind)
    # the least whole fen that would do as a cap
    year = math.ceil(round(paid * rent * area * 12.0 * _FEN, 6)) / _FEN
    return {**found, "year": year, "cap": 0.0 if cap is None else cap}
