"""What a circle must have and the money rules, fully resolved and frozen.

Files are read in `siting.standard.catalogue`, `standards`, `policies` and `scenarios`; what they
yield are these records, which also stand as they are in every ``plan.json``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from siting.standard.locked import Locked

Share = Annotated[float, Field(ge=0.0, le=1.0)]
Positive = Annotated[float, Field(gt=0.0, allow_inf_nan=False)]
Area = Annotated[float, Field(gt=0.0, le=1e9)]
"""Square metres; whole millionths of them are whole numbers of 64 bits."""
NotNegative = Annotated[float, Field(ge=0.0, allow_inf_nan=False)]


class Record(Locked):
    """Base of all records: frozen with their mappings, and strict about unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Type(Record):
    """A kind of outlet, as one standard asks for it."""

    id: str
    zh: str
    en: str
    type_class: str = Field(alias="class", serialization_alias="class")
    """basic, quality, public, supplement or hub."""
    minutes: Positive
    """Walking minutes within which residents should have it; exactly this counts as reached."""
    counting_group: str = "everyone"
    """Whose residents count for shares, presence and residents gained."""
    groups: dict[str, Positive] = Field(default_factory=lambda: {"everyone": 1.0})
    """Weight of each group served, relative to `weight`; each group walks at its own speed."""
    weight: Positive = 1.0
    """Need points of one resident (times the group's weight)."""
    area_min_m2: Area
    area_typical_m2: Area
    capital_m2: NotNegative = 0.0
    """Conversion cost in yuan per square metre."""
    capital_fixed: NotNegative = 0.0
    """Equipment and the like in yuan per outlet."""
    affordable_rent_m2: NotNegative | None = None
    """Rent in yuan per square metre and month the type can pay; None: any rent."""
    affordable_rent_outlet: NotNegative | None = None
    """Rent in yuan per outlet and month the type can pay; None: no cap per outlet."""
    residents_per_outlet: Positive | None = None
    needs: tuple[str, ...] = ()
    """Features a space must have."""
    floors: tuple[int, ...] | None = None
    """Storeys allowed; None: any."""
    kinds: tuple[str, ...] | None = None
    """Kinds of space allowed; None: any."""
    kinds_not: tuple[str, ...] = ()
    chain: Literal["never", "may", "always"] = "may"
    """Whether a chain runs the type; `may` gives an option of each kind where a standard asks for
    a share of chains."""
    chain_capital_factor: Positive = 1.0
    """Capital of a chain outlet, relative to a local one."""
    asks: bool = True
    """False for a type that serves by delivery or feeds others: never a need, never an option."""
    source: str = ""
    unverified: tuple[str, ...] = ()
    """Names of the fields whose figures are engineering defaults without a source."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, populate_by_name=True
    )


class Slot(Record):
    """A type of a published list whose name was never published: counted, never a need."""

    slot: int
    type_class: str = Field(alias="class", serialization_alias="class")
    note: str = ""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Grade(Record):
    """A grade of circles: how many types of each class must be present."""

    id: str
    zh: str
    en: str
    min_types: dict[str, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)
    """Least number of types present, by class."""
    mandatory: tuple[str, ...] = ()
    """Types that must be present."""
    source: str = ""
    unverified: tuple[str, ...] = ()


class Substitute(Record):
    """A type whose presence counts as that of another."""

    type: str
    by: str
    source: str = ""


class Quota(Record):
    """What a community must have of a type for its residents (existing outlets count)."""

    type: str
    per_1000: Positive | None = None
    """Outlets per 1000 residents of the counting group."""
    area_m2_per_1000: Positive | None = None
    """Floor area in square metres per 1000 residents of the counting group."""
    source: str = ""
    unverified: tuple[str, ...] = ()


class RoofRule(Record):
    """Which types may share a roof."""

    type: str
    never_with: tuple[str, ...] = ()
    """Types that may not be in the same space, nor in the outlet whose spare floor it is."""
    only_with: tuple[str, ...] | None = None
    """The type opens only in a space (or outlet) that has one of these too; None: anywhere."""
    source: str = ""


class Standard(Record):
    """What a circle must have, resolved against the catalogue."""

    id: str
    zh: str
    en: str
    types: tuple[Type, ...]
    """In the order of the standard's list; ids are unique."""
    slots: tuple[Slot, ...] = ()
    presence_share: Share = 0.8
    """A circle has a type when at least this share of its counting group has it in reach."""
    presence: Literal["share", "located"] = "share"
    """`share`: by `presence_share`; `located`: an outlet or project stands in the circle."""
    grades: tuple[Grade, ...] = ()
    """From the lowest to the highest; each holds only where the one before holds."""
    substitutes: tuple[Substitute, ...] = ()
    priority_groups: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Named sets of types that go first, e.g. 一店一早."""
    quotas: tuple[Quota, ...] = ()
    spacing_m: dict[str, Positive] = Field(default_factory=dict)
    """Least straight-line distance in metres between outlets of a type."""
    most_per_community: dict[str, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)
    chain_share: Share | None = None
    """Least share of chains among the projects."""
    roof: tuple[RoofRule, ...] = ()
    unmodelled: tuple[str, ...] = ()
    """What the document asks for and the programme does not carry, in words."""
    typical_shares: dict[str, Share] = Field(default_factory=dict)
    """Share of everyone that a group typically makes up, for cities without a column for it."""
    base: str | None = None
    source: str = ""
    notes: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()


class Reward(Record):
    """Money paid for a circle that reaches a grade."""

    grade: str | None = None
    """Id of the grade; None: any."""
    amount: NotNegative
    """Yuan per circle."""
    source: str = ""


class Policy(Record):
    """The money rules."""

    id: str
    zh: str
    en: str
    relief_steps: tuple[Share, ...] = ()
    """Shares of the rent that relief may take, ascending; none: exactly what is needed."""
    relief_share: dict[str, Share] = Field(default_factory=lambda: {"default": 0.5})
    """Largest share of the (ceiling) rent that may be relieved, by type id, class or default."""
    relief_share_blank: dict[str, Share] = Field(default_factory=dict)
    """The same where the space's community has no outlet of the type yet; falls back to
    `relief_share`."""
    ceiling_rent_m2_month: NotNegative | None = None
    """Rent above which nothing counts, yuan per square metre and month; None: no ceiling."""
    relief_cap_per_outlet_year: dict[str, NotNegative] = Field(default_factory=dict)
    """Largest yearly relief of one outlet in yuan, by type id, class or default."""
    years: Positive = 3.0
    """Years for which relief is paid."""
    rewards: tuple[Reward, ...] = ()
    unmodelled: tuple[str, ...] = ()
    """What the document rules and the programme does not carry, in words."""
    source: str = ""
    unverified: tuple[str, ...] = ()


class Fund(Record):
    """Money on top of the general budget that pays only for its types, kinds and communities."""

    id: str
    pays: Literal["capital", "subsidy_per_year"] = "capital"
    amount: NotNegative
    types: tuple[str, ...] | None = None
    kinds: tuple[str, ...] | None = None
    communities: tuple[str, ...] | None = None
    share: Share = 1.0
    """Largest share of one item's cost that the fund pays (co-payment)."""


class Budget(Locked):
    """The two general budgets in yuan; infinite means unlimited."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=True)

    capital: Annotated[float, Field(ge=0.0)]
    subsidy_per_year: Annotated[float, Field(ge=0.0)]


class Locks(Record):
    """What the analyst has decided already: (space, type) pairs, ``"*"`` for all."""

    open: tuple[tuple[str, str], ...] = ()
    forbid: tuple[tuple[str, str], ...] = ()


Objective = Literal["coverage", "basic-first", "grades", "cost", "worst-community"]
Rule = Literal["quotas", "spacing", "most", "operators", "capacity"]


class Question(Record):
    """A scenario resolved: everything but the city that a plan depends on.

    `Scenario` is what users write; `siting.standard.scenarios.resolve` turns it into this.
    """

    standard: Standard
    policy: Policy
    budget: Budget
    objective: Objective = "coverage"
    funds: tuple[Fund, ...] = ()
    locks: Locks = Locks()
    targets: dict[str, Share] = Field(default_factory=dict)
    """Share of a type's counting group that must have it in reach, city-wide, by type id."""
    floors: dict[str, Share] = Field(default_factory=dict)
    """The same in every community."""
    grade: str | None = None
    """Grade that circles should reach (`grades`), or must reach (`cost`); None: for `grades` the
    highest of the standard, for `cost` none."""
    enforce: tuple[Rule, ...] = ()
    """Rules of the standard that every plan must keep; the others are only reported."""


class Scenario(Record):
    """One question as a user states it; what is None is looked up further on.

    Parameters
    ----------
    standard, policy
        An id of the library, a path to a TOML file, or a resolved record.
    capital, subsidy_per_year
        Budgets in yuan; ``inf`` is unlimited.
    """

    standard: Standard | str | Path | None = None
    policy: Policy | str | Path | None = None
    objective: Objective | None = None
    capital: Annotated[float, Field(ge=0.0, allow_inf_nan=True)] | None = None
    subsidy_per_year: Annotated[float, Field(ge=0.0, allow_inf_nan=True)] | None = None
    funds: tuple[Fund, ...] | None = None
    locks: Locks | None = None
    targets: dict[str, Share] | None = None
    """By type id or class; a class stands for each of its types that ask."""
    floors: dict[str, Share] | None = None
    grade: str | None = None
    enforce: tuple[Rule, ...] | None = None

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=True)
