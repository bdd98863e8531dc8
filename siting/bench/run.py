"""Runs all peers on all questions, one after another."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from siting.bench.endings import over_memory
from siting.bench.instance import generated, single_type
from siting.bench.model import Run
from siting.bench.ours import run_ours, warm_up
from siting.bench.outside import run_outside
from siting.bench.peers import OURS, OUTSIDE, PLAIN, installed
from siting.bench.plain import plain_programme
from siting.bench.solvers import run_plain
from siting.errors import Notice, SitingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from siting.bench.instance import Instance
    from siting.bench.model import Asked, Facts, Status
    from siting.programme.model import Programme

    OnStart = Callable[[Facts, str], None]

_BYTES_AN_ENTRY = 60
"""Of the plain formulation, while it is put together and handed over; unverified."""


def bench(asked: Asked, on_start: OnStart) -> Iterator[Run]:
    """Yield what each peer did with each question, as it comes.

    What goes wrong with a peer is said in its run and stops nobody else.

    Parameters
    ----------
    asked
        What to run.
    on_start
        Told of a question and the peer that begins with it.
    """
    warm = OURS not in asked.peers
    for rung in asked.rungs:
        for seed in asked.seeds:
            with tempfile.TemporaryDirectory(prefix="siting-bench-") as name:
                folder = Path(name)
                whole = generated(folder / "city", rung, seed)
                if not warm:
                    warm_up(whole, folder / "warm", asked)
                    warm = True
                yield from _whole(whole, folder, asked, on_start)
                yield from _single(whole, folder, asked, on_start)


def expected(asked: Asked) -> int:
    """Return how many runs `bench` yields, where somebody is there for every question."""
    ours = OURS in asked.peers
    whole = ours + sum(peer in asked.peers for peer in PLAIN)
    outside = [peer for peer in OUTSIDE if peer in asked.peers]
    single = len(outside) + (ours and any(installed(peer) for peer in outside))
    return len(asked.rungs) * len(asked.seeds) * (whole + single)


def _whole(instance: Instance, folder: Path, asked: Asked, on_start: OnStart) -> Iterator[Run]:
    """Yield the runs on the city's own question."""
    if OURS in asked.peers:
        yield _ours(instance, folder / "whole", asked, on_start)
    plain = [peer for peer in PLAIN if peer in asked.peers]
    if not plain:
        return
    fits = _BYTES_AN_ENTRY * instance.facts.entries <= asked.memory_mb * 2**20
    programme: list[Programme] = []

    def solve(peer: str) -> Run:
        if not programme:
            programme.append(plain_programme(instance))
        return run_plain(instance, programme[0], peer, asked)

    for peer in plain:
        if fits:
            on_start(instance.facts, peer)
            yield _tried(instance.facts, peer, partial(solve, peer))
        else:
            entries = f"{instance.facts.entries:,}"
            notices = (over_memory(asked), Notice("bench.entries", values={"count": entries}))
            yield Run(instance.facts, peer, "", "memory", remarks=notices)


def _single(whole: Instance, folder: Path, asked: Asked, on_start: OnStart) -> Iterator[Run]:
    """Yield the runs on the question of one type; nothing is run if nobody is there for it."""
    outside = [peer for peer in OUTSIDE if peer in asked.peers]
    if not outside:
        return
    instance = single_type(whole, folder / "single-city")
    if OURS in asked.peers and any(installed(peer) for peer in outside):
        yield _ours(instance, folder / "single", asked, on_start)
    for peer in outside:
        if installed(peer):
            on_start(instance.facts, peer)
            yield _tried(
                instance.facts,
                peer,
                partial(run_outside, instance, folder, peer, asked),
            )
        else:
            yield Run(instance.facts, peer, "", "absent", remarks=(_absent(peer),))


def _ours(instance: Instance, folder: Path, asked: Asked, on_start: OnStart) -> Run:
    on_start(instance.facts, OURS)
    folder.mkdir()
    return _tried(instance.facts, OURS, partial(run_ours, instance, folder, asked))


def _tried(facts: Facts, peer: str, attempt: Callable[[], Run]) -> Run:
    """Return the run of a peer, also where it fails with whatever error."""
    try:
        return attempt()
    except SitingError as error:
        return Run(facts, peer, "", "failed", remarks=error.notices[:1])
    except Exception as error:
        status: Status = "memory" if isinstance(error, MemoryError) else "failed"
        said = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        return Run(facts, peer, "", status, remarks=(Notice("bench.said", values={"said": said}),))


def _absent(peer: str) -> Notice:
    if peer == "spopt":
        return Notice("bench.absent_extra")
    return Notice("bench.absent_index", values={"peer": peer})
