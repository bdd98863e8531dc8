"""The content of ``plan.json``, as strict records: what a plan states and `verify` recomputes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from siting.standard.locked import Locked

Number = Annotated[float, Field(allow_inf_nan=False)]


class _Record(Locked):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Payment(_Record):
    """Who pays how much of one amount: ``general`` or a fund's id; yuan, whole fen."""

    fund: str
    amount: Number


class Project(_Record):
    """An option the plan has chosen."""

    space: str
    type: str
    community: str
    area_m2: Number
    capital: Number
    """Yuan, once, whole fen; the space's one-off cost stands in `OneOff`."""
    capital_paid_by: tuple[Payment, ...]
    relief: Number
    chain: bool
    subsidy_per_year: Number
    subsidy_paid_by: tuple[Payment, ...]
    residents_gained: Number
    """People of the type's counting group this project reaches whom no outlet serves with the
    type today."""
    residents_shared: Number
    """Of those, how many another project of the same type reaches too."""
    gained_by_group: dict[str, Number] = Field(default_factory=dict)
    """People of each group the type serves whom this project reaches and no outlet serves today,
    each at the group's own speed; the groups overlap."""
    places_by_group: dict[str, int] = Field(default_factory=dict)
    """At how many places those people live: the needs that the project answers."""
    gained_by_community: dict[str, Number] = Field(default_factory=dict)
    """`residents_gained` by the community where they live; only where there are any."""
    x: Number
    y: Number
    """Metres in the city's metric coordinate system."""


class OneOff(_Record):
    """The one-off cost of a space in which something opens (only where it is above 0)."""

    space: str
    capital: Number
    capital_paid_by: tuple[Payment, ...]


class Share(_Record):
    """How many people of a group there are, and which share has a type in reach."""

    residents: Number
    before: Number
    after: Number


class Coverage(_Record):
    """Share of a type's counting group with the type in reach, city-wide."""

    type: str
    type_class: str = Field(alias="class", serialization_alias="class")
    minutes: Number
    group: str
    residents: Number
    """Residents of the counting group."""
    before: Number
    after: Number
    residents_per_outlet: Number | None
    """Residents of the counting group for each outlet of the type, existing and opened; null
    without any outlet."""
    by_group: dict[str, Share] = Field(default_factory=dict)
    """The same for every group the type serves, the counting group among them."""


class Money(_Record):
    """One budget: what was there and what was spent of it; yuan."""

    limit: Number | None
    """null: unlimited."""
    spent: Number


class Budgets(_Record):
    """The two general budgets; what funds pay is not in them."""

    capital: Money
    subsidy_per_year: Money


class FundUse(_Record):
    """One earmarked fund and what was spent of it."""

    id: str
    pays: Literal["capital", "subsidy_per_year"]
    limit: Number
    spent: Number


class UpgradeProject(_Record):
    """An option that a way up opens, or (`locked`) that locks open beside it at no price here."""

    space: str
    type: str
    area_m2: Number
    chain: bool
    capital: Number
    """Yuan, once, whole fen; the space's one-off cost is in `Upgrade.capital`."""
    subsidy_per_year: Number
    locked: bool


class Upgrade(_Record):
    """The cheapest way known for a circle to a grade it does not hold today, taken by itself.

    From today's outlets and what locks open, by the rules for spaces, roofs, distances and numbers;
    budgets are not in force and other circles do not count. A project that stands in another circle
    and serves this one counts.
    """

    grade: str
    projects: tuple[UpgradeProject, ...]
    capital: Number | None
    """Yuan, once, one-off costs of spaces included; null: no way is known."""
    subsidy_per_year: Number | None
    price: Number | None
    """Capital and the subsidy of all the policy's years, as the objective ``cost`` counts."""
    bound: Number | None
    """No way costs less; null: there is no way."""
    missing: tuple[str, ...]
    """Types that the grade lacks even with every option open; then there is no way. Where there is
    none and nothing is missing, each type could be had, but the spaces do not hold all."""


class Circle(_Record):
    """What a community has of its grade, and of the types each class asks for."""

    community: str
    residents: Number
    present_before: dict[str, int]
    """Types present, by class. What is present of a type and of its substitutes of the same class
    counts once: a substitute counts for itself, not for the type too."""
    present_after: dict[str, int]
    grade_before: str | None
    grade_after: str | None
    reward: Number
    """Yuan the policy pays for what the circle newly reaches."""
    upgrades: tuple[Upgrade, ...] = ()
    """Grade by grade, from the first that the circle does not hold today to the one aimed at;
    only where the question aims at a grade."""


class QuotaRow(_Record):
    """What a community has of a quota; outlets, or square metres."""

    community: str
    type: str
    unit: Literal["outlets", "m2"]
    asked: Number
    existing: Number
    opened: Number


class Price(_Record):
    """What 10,000 yuan more in a budget would buy, in need points.

    `capital` and `subsidy_per_year` say about how much: how much higher the bound by multipliers
    is with so much more money, and never more than what residents still lack and options could
    bring them; null for both where there is no price, for one where none was found.
    """

    capital: Number | None
    subsidy_per_year: Number | None
    capital_at_most: Number | None = None
    """No plan with so much more capital is worth more than this above the plan, by the certificate
    of the first stage; what the search may have missed with the money there is counts too. null
    where the certificate says nothing of that stage."""
    subsidy_per_year_at_most: Number | None = None
    """The same of the subsidy."""
    stage: str | None
    """Whose need points these are: ``coverage``, or the first class of ``basic-first``; null where
    there is no price."""
    reason: Literal["cost", "grades", "worst-community", "unknown"] | None
    """Why there is no price: the objective, where it counts no need points first, or ``unknown``
    where none was found; null where there is one."""


class OpenGap(_Record):
    """A type that residents of a community still lack, and why; there may be several reasons."""

    community: str
    type: str
    residents: Number
    """Of the counting group, for whom the reason holds: without the type in reach after the plan,
    or (``capacity``) with it in reach, but without room in it."""
    reason: str
    """One of `siting.plan.reasons.REASONS`."""


class Sensitivity(_Record):
    """The same projects under another assumption."""

    name: str
    objective: Number
    residents_newly_served: Number


class Stage(_Record):
    """One solved objective, with its bound."""

    name: str
    sense: Literal["max", "min"]
    objective: Number
    bound: Number | None
    """null: no bound is known."""
    gap_abs: Number | None
    gap: Number | None
    bound_source: str
    certified_bound: Number | None = None
    """What the certificate proves; null where it says nothing of the stage."""
    certified_gap: Number | None = None


class Residents(_Record):
    """People, not need points."""

    everyone: Number
    newly_served_any_type: Number
    """Over the places: the largest counting group there that gains a type."""


class Inputs(_Record):
    """Everything the plan was made from, so that it stays checkable."""

    city_path: str | None
    """Relative to the plan folder, with forward slashes; null for a city from data frames."""
    city_path_absolute: str | None
    city_sha256: str | None
    metric_crs: str | None
    standard: dict[str, Any]
    policy: dict[str, Any]
    scenario: dict[str, Any]
    """objective, budget, funds and locks as resolved (``Question`` without the two above)."""
    question_sha256: str | None = None
    """Hash of the three above; null: they cannot be told from a question that was changed."""
    groups_estimated: dict[str, Number]
    """Groups the city has no column for: everyone times this share."""


class Sizes(_Record):
    """How large the question was."""

    places: int
    outlets: int
    spaces: int
    types: int
    options: int
    needs: int
    """Needs with residents: (place, group, type)."""
    gaps: int
    """Needs no outlet meets."""
    merged_needs: int
    """Gaps that some option can meet, merged by type and by the spaces that reach them."""


class Solution(_Record):
    """Projects that answer a question, what they are worth, and who pays."""

    status: Literal["optimal", "feasible"]
    stopped_by: Literal["gap", "time", "interrupt", "done"]
    sense: Literal["max", "min"]
    objective: Number
    bound: Number | None
    bound_source: str
    gap_abs: Number | None
    gap: Number | None
    stages: tuple[Stage, ...]
    budget: Budgets
    funds: tuple[FundUse, ...]
    projects: tuple[Project, ...]
    """Sorted by space, then type."""
    one_off: tuple[OneOff, ...]


class Weighting(_Record):
    """Other weights; see `siting.gaps.weightings`."""

    name: str
    weights: dict[str, dict[str, Number]]
    """Need points of one resident, by type that asks and group."""
    shared_projects: int
    """How many (space, type) of the plan's projects the answer has too."""


class OtherAnswer(Solution, Weighting):
    """What the same question is answered under other weights; all else is as in the plan."""


class Pair(_Record):
    """A space and a type."""

    space: str
    type: str


class Document(Solution):
    """The whole of ``plan.json``."""

    objective_kind: Literal["coverage", "basic-first", "grades", "cost", "worst-community"]
    certified_bound: Number | None
    certified_gap: Number | None
    residents: Residents
    seconds: dict[str, Number]
    peak_memory_mb: Number
    coverage: tuple[Coverage, ...]
    """In the order of the standard's types (those that ask)."""
    circles: tuple[Circle, ...]
    """In the order of the city's communities."""
    quotas: tuple[QuotaRow, ...]
    open_gaps: tuple[OpenGap, ...]
    price: Price
    sensitivity: tuple[Sensitivity, ...]
    other_weights: tuple[OtherAnswer, ...] | None = None
    """null: not asked."""
    shared: tuple[Pair, ...] | None = None
    """Projects of the plan that every answer in `other_weights` has too, in the plan's order."""
    sizes: Sizes
    inputs: Inputs
    software: dict[str, str]
    seed: int
    deterministic: bool
