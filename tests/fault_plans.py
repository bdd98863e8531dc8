"""A small city with two plans to tell apart, and disks that refuse."""

from __future__ import annotations

import errno
import gc
import os
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

import siting
import siting.api

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from siting.plan.model import Plan

OLD, NEW = 0, 7


def small_city(folder: Path) -> Path:
    siting.api.generate(folder, places=60, spaces=12, types=8, seed=2)
    return folder


def small_plan(folder: Path) -> Plan:
    return siting.solve(siting.read_city(small_city(folder)), siting.Scenario())


def other(plan: Plan) -> Plan:
    """The same plan of another seed, without reports, which take longest to write."""
    document = plan.document.model_copy(update={"seed": NEW})
    return replace(plan, document=document, write_reports=None)


def seed_in(folder: Path) -> int:
    return siting.read_plan(folder).document.seed


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@contextmanager
def no_file_over(size: int) -> Iterator[None]:
    """Let the system refuse every write, of whatever library, beyond so many bytes of a file."""
    resource = pytest.importorskip("resource", reason="no limits on files here")
    gc.collect()  # files that earlier tests left open are written to when they are collected
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def full_from(call, nth: int):
    """Return `call`, but from the n-th time on the disk is full."""
    count = 0

    def refusing(*args, **kwargs):
        nonlocal count
        count += 1
        if count >= nth:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return call(*args, **kwargs)

    return refusing
