"""What tells one question from another, as ``city_sha256`` tells cities apart."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def question_sha256(
    standard: Mapping[str, Any], policy: Mapping[str, Any], scenario: Mapping[str, Any]
) -> str:
    """Return the hash of a question as plan.json states it, whatever the order of its keys.

    What a solver proved holds for the question it was asked. A plan may well keep the rules of
    another question too, so that counting again does not tell whether one was changed since.
    """
    stated = {"standard": standard, "policy": policy, "scenario": scenario}
    text = json.dumps(stated, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()
