"""What reports show of a plan place by place; never part of ``plan.json``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from siting.gaps.needs import Gaps
    from siting.plan.gains import Gains


@dataclass(frozen=True, eq=False)
class Detail:
    """The needs of a city, and which of them a plan answers.

    Attributes
    ----------
    gaps
        The needs, and those that outlets meet.
    gains
        The same with the projects.
    """

    gaps: Gaps
    gains: Gains
