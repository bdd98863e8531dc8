"""What is said of a peer that gave no answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from siting.errors import Notice

if TYPE_CHECKING:
    from siting.bench.model import Asked, Status
    from siting.bench.watch import Ended

_NO_PLAN_IN_TIME = 4
"""siting's own exit code for it."""


def verdict(ended: Ended, asked: Asked) -> tuple[Status, tuple[Notice, ...]]:
    """Return the status of a process that ended without an answer, and why."""
    if ended.killed == "memory":
        return "memory", (over_memory(asked),)
    if ended.killed == "time":
        return "none", (Notice("bench.too_long"),)
    said = " ".join(ended.errors.split())[-200:] or f"exit code {ended.code}"
    status: Status = "none" if ended.code == _NO_PLAN_IN_TIME else "failed"
    return status, (Notice("bench.said", values={"said": said}),)


def over_memory(asked: Asked) -> Notice:
    """Return that a peer was ended because it took more memory than it may."""
    return Notice("bench.too_much", values={"limit": f"{asked.memory_mb / 1024:g}"})
