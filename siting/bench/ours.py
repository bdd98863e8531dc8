"""siting itself, as its users run it: the whole command in a process of its own."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from siting.bench.check import check_plan
from siting.bench.endings import verdict
from siting.bench.model import Run
from siting.bench.peers import OURS
from siting.bench.watch import watch

if TYPE_CHECKING:
    from pathlib import Path

    from siting.bench.instance import Instance
    from siting.bench.model import Asked

_GRACE = 30.0
"""Seconds on top of a twentieth of the limit; verifying and writing come after it."""


def warm_up(instance: Instance, folder: Path, asked: Asked) -> None:
    """Run the command once for the compiler's cache; nothing of it is recorded."""
    folder.mkdir()
    short = replace(asked, seconds=min(10.0, asked.seconds))
    command = _command(instance, folder / "plan", folder / "news.jsonl", short)
    watch(command, seconds=60.0 + short.seconds, memory_mb=asked.memory_mb)


def run_ours(instance: Instance, folder: Path, asked: Asked) -> Run:
    """Run ``siting solve`` on the instance's folder.

    Its seconds run from the start of the process: Python, reading, walking and building count,
    and the end comes after verifying and writing.

    Parameters
    ----------
    folder
        Where its plan and its news may be written.
    """
    plan, news = folder / "plan", folder / "news.jsonl"
    follow = _Follower(news)
    ended = watch(
        _command(instance, plan, news, asked),
        seconds=1.05 * asked.seconds + _GRACE,
        memory_mb=asked.memory_mb,
        on_tick=follow.read,
    )
    incumbents, bound = tuple(follow.incumbents), follow.bound
    if ended.killed or ended.code != 0:
        status, remarks = verdict(ended, asked)
        return Run(
            facts=instance.facts,
            peer=OURS,
            solver="",
            status=status,
            incumbents=incumbents,
            bound=bound,
            seconds=ended.seconds,
            memory_mb=ended.memory_mb or None,
            remarks=remarks,
        )
    document = json.loads((plan / "plan.json").read_text("utf-8"))
    value = float(document["objective"])
    if not incumbents or value > incumbents[-1][1]:
        incumbents = (*incumbents, (ended.seconds, value))
    remarks = check_plan(plan, instance.folder)
    return Run(
        facts=instance.facts,
        peer=OURS,
        solver=f"siting {document['software']['siting']}",
        status="optimal" if document["status"] == "optimal" else "feasible",
        incumbents=incumbents,
        bound=document["bound"],
        seconds=ended.seconds,
        memory_mb=ended.memory_mb or None,
        value=None if remarks else value,
        remarks=remarks,
    )


def _command(instance: Instance, plan: Path, news: Path, asked: Asked) -> list[str]:
    return [
        *(sys.executable, "-m", "siting.cli.main", "solve", str(instance.folder)),
        *("-o", str(plan), "--progress", str(news), "--quiet", "--lang", asked.lang),
        *("--time-limit", str(asked.seconds), "--gap", "0", "--threads", str(asked.threads)),
    ]


class _Follower:
    """Reads what a command adds to its file of news."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.at = 0
        self.incumbents: list[tuple[float, float]] = []
        self.bound: float | None = None

    def read(self, seconds: float) -> None:
        """Take the lines that are whole by now."""
        try:
            with self.path.open("rb") as file:
                file.seek(self.at)
                content = file.read()
        except OSError:
            return
        whole = content[: content.rfind(b"\n") + 1]
        self.at += len(whole)
        for line in whole.splitlines():
            self._take(json.loads(line), seconds)

    def _take(self, news: dict[str, Any], seconds: float) -> None:
        value, bound = news["incumbent"], news["bound"]
        if value is not None and (not self.incumbents or value > self.incumbents[-1][1]):
            self.incumbents.append((seconds, value))
        if bound is not None:
            self.bound = bound if self.bound is None else min(bound, self.bound)
