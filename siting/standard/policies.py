"""Policies: files that hold the money rules."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from siting.errors import InputError, Notice
from siting.standard.catalogue import CLASSES, load_catalogue
from siting.standard.files import library, read_toml, unknown, validated
from siting.standard.model import Policy, Type
from siting.standard.standards import find_file

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def list_policies() -> list[Policy]:
    """Return the policies that ship with siting, by id."""
    return [load_policy(name) for name in library("policies")]


def load_policy(
    ref: str | Path | Policy, also: Iterable[str] = (), grades: Iterable[str] | None = None
) -> Policy:
    """Return a policy.

    Parameters
    ----------
    ref
        An id of the library, a path to a TOML file, or a policy (returned as it is).
    also
        Type ids that the policy may name beside those of the catalogue: a standard's own.
    grades
        Ids of the standard's grades, the only ones that rewards may name; None: any.

    Raises
    ------
    InputError
        There is no such policy, or its file is not as it should be; all faults at once.
    """
    if isinstance(ref, Policy):
        return ref
    source, shown = find_file(ref, "policies", "standard.unknown_policy")
    policy = validated(Policy, read_toml(source, shown), file=shown)
    known = ["default", *CLASSES, *(t.id for t in load_catalogue().types), *also]
    tables = {
        "relief_share": policy.relief_share,
        "relief_share_blank": policy.relief_share_blank,
        "relief_cap_per_outlet_year": policy.relief_cap_per_outlet_year,
    }
    faults = [
        unknown("standard.unknown_key", word, known, file=shown, name=f"{key}.{word}")
        for key, table in tables.items()
        for word in table
        if word not in known
    ]
    if "default" not in policy.relief_share:
        values = {"name": "relief_share.default"}
        faults.append(Notice("standard.missing_key", file=shown, values=values))
    if grades is not None:
        ids = list(grades) or ["-"]
        faults += [
            unknown("standard.no_grade", reward.grade, ids, file=shown)
            for reward in policy.rewards
            if reward.grade is not None and reward.grade not in ids
        ]
    fields = tuple(Policy.model_fields)
    faults += [
        unknown("standard.unknown_word", word, fields, file=shown, name="unverified")
        for word in policy.unverified
        if word not in fields
    ]
    steps = policy.relief_steps
    if any(a >= b for a, b in pairwise(steps)):
        faults.append(Notice("standard.steps_order", file=shown))
    if faults:
        raise InputError(faults)
    return policy


def for_type(table: dict[str, float], kind: Type) -> float | None:
    """Return a policy table's figure for a type: by its id, else its class, else ``default``."""
    for key in (kind.id, kind.type_class, "default"):
        if key in table:
            return table[key]
    return None
