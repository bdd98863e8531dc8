"""What a circle must have and the money rules, fully resolved and frozen.

Files are read in `siting.standard.catalogue`, `standards`, `policies` and `scenarios`; what they
yield are these records, which also stand as they are in every ``plan.json``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0.0, le=1.0)]
Positive = Annotated[float, Field(gt=0.0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0.0, allow_inf_nan=False)]


class Record(BaseModel):
    """Base of all records: frozen, and strict about unknown keys."""

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
    area_min_m2: Positive
    area_typical_m2: Positive
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
    typical_shares: dict[str, Share] = Field(default_factory=dict)
    """Share of everyone that a group typically makes up, for cities without a column for it."""
    base: str | None = None
    source: str = ""
    notes: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()


class Policy(Record):
    """The money rules."""

    id: str
    zh: str
    en: str
    relief_steps: tuple[Share, ...] = ()
    """Shares of the rent that relief may take, ascending; none: exactly what is needed."""
    relief_share: dict[str, Share] = Field(default_factory=lambda: {"default": 0.5})
    """Largest share of the (ceiling) rent that may be relieved, by type id, class or default."""
    ceiling_rent_m2_month: NotNegative | None = None
    """Rent above which nothing counts, yuan per square metre and month; None: no ceiling."""
    relief_cap_per_outlet_year: dict[str, NotNegative] = Field(default_factory=dict)
    """Largest yearly relief of one outlet in yuan, by type id, class or default."""
    years: Positive = 3.0
    """Years for which relief is paid."""
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


class Budget(BaseModel):
    """The two general budgets in yuan; infinite means unlimited."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=True)

    capital: Annotated[float, Field(ge=0.0)]
    subsidy_per_year: Annotated[float, Field(ge=0.0)]


class Locks(Record):
    """What the analyst has decided already: (space, type) pairs, ``"*"`` for all."""

    open: tuple[tuple[str, str], ...] = ()
    forbid: tuple[tuple[str, str], ...] = ()


class Question(Record):
    """A scenario resolved: everything but the city that a plan depends on.

    `Scenario` is what users write; `siting.standard.scenarios.resolve` turns it into this.
    """

    standard: Standard
    policy: Policy
    budget: Budget
    objective: Literal["coverage"] = "coverage"
    funds: tuple[Fund, ...] = ()
    locks: Locks = Locks()


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
    objective: Literal["coverage"] | None = None
    capital: Annotated[float, Field(ge=0.0, allow_inf_nan=True)] | None = None
    subsidy_per_year: Annotated[float, Field(ge=0.0, allow_inf_nan=True)] | None = None
    funds: tuple[Fund, ...] | None = None
    locks: Locks | None = None

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=True)
