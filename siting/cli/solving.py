"""Solve, save, say: what `siting solve` and `siting demo` have in common."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from siting.cli.interrupts import stop_on_signals
from siting.cli.output import complain, show
from siting.cli.progress import news_file, progress_line
from siting.report.figures import clean
from siting.words import text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from siting.plan.model import Plan
    from siting.standard.model import Scenario
    from siting.words import Lang


def solve_and_save(
    city: str | Path,
    scenario: Scenario,
    folder: str | Path,
    *,
    scenario_file: Path | None = None,
    time_limit: float,
    gap: float,
    threads: int,
    seed: int,
    solver: str | None,
    started: float,
    lang: Lang,
    quiet: bool,
    json: bool,
    progress: str | None = None,
    other_weights: bool = False,
) -> Plan:
    """Return a verified plan that stands in `folder`; Ctrl-C stops the search, not the saving."""
    from siting import api

    api.check_output(folder, city)
    # news go to one place: a file where one is named
    news = progress is None
    with progress_line(lang, started, quiet=quiet, json=json, news=news) as line:
        read = api.read_city(city)
        if not quiet:
            line.remarks(read.remarks, str(city))
        with stop_on_signals(line) as stop, news_file(progress, line) as tell:
            plan = api.solve(
                read,
                scenario,
                time_limit=time_limit,
                gap=gap,
                threads=threads,
                seed=seed,
                solver=solver,
                on_progress=tell,
                scenario_file=scenario_file,
                started=started,
                stop=stop,
                other_weights=other_weights,
            )
            plan.save(folder, lang=lang, on_progress=tell, started=started)
        with saved_in(folder, lang):
            if not quiet:
                line.remarks(plan.remarks, str(city))
    return plan


@contextmanager
def saved_in(folder: str | Path, lang: Lang) -> Iterator[None]:
    """Let an interrupt end what is only said of a plan that stands: that is no failure."""
    try:
        yield
    except KeyboardInterrupt:
        complain(text("cli.interrupted_after", lang, folder=clean(folder)))


def show_summary(plan: Plan, lang: Lang, folder: str | Path) -> None:
    """Print the summary of a plan on stdout."""
    from siting.report.summary import summarise

    show(lambda width: summarise(plan, lang, width, folder=folder))
