"""The live line of a running command: stage, incumbent, bound, gap, seconds."""

from __future__ import annotations

import json
import sys
import time
from contextlib import contextmanager
from dataclasses import asdict
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from siting.cli.output import complain, console, fitted
from siting.report.brief import brief
from siting.report.check_lines import remark_line
from siting.report.figures import clean, percent_up, points, seconds
from siting.words import Lang, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from siting.errors import Notice
    from siting.solve.progress import OnProgress, Progress

_STAGES = {
    "read": "cli.stage_read",
    "walk": "cli.stage_walk",
    "gaps": "cli.stage_gaps",
    "build": "cli.stage_build",
    "solve": "cli.stage_solve",
    "other_weights": "cli.stage_other_weights",
    "verify": "cli.stage_verify",
    "write": "cli.stage_write",
    "frontier": "cli.stage_frontier",
}
_REMARKS = 6
_BAR = 20


class Line:
    """What the live line says now; `update` is given to the library as ``on_progress``."""

    def __init__(self, lang: Lang, started: float) -> None:
        self.lang = lang
        self.started = started
        self.news: Progress | None = None
        self.note = ""
        self.screen: Console | None = None

    def update(self, news: Progress) -> None:
        """Take the latest news."""
        self.news = news

    def stopping(self) -> None:
        """Say that the search is being stopped."""
        early = self.news is None or self.news.incumbent is None
        self.note = text("cli.stopping_early" if early else "cli.stopping", self.lang)
        if self.screen is None:
            complain(self.note)

    def remarks(self, notices: Sequence[Notice], city: str) -> None:
        """Print remarks on stderr, above the line; the first few stand for very many."""
        shown, more = brief(notices, _REMARKS)
        lines = [remark_line(n, self.lang) for n in shown]
        if more:
            lines.append(text("cli.more_remarks", self.lang, count=more, city=clean(city)))
        for line in lines:
            self.tell(line)

    def tell(self, line: str) -> None:
        """Print a sentence on stderr, above the line."""
        if self.screen is None:
            complain(line)
        else:
            self.screen.print("\n".join(fitted(line, sys.stderr)), soft_wrap=True)

    def words(self) -> str:
        """Return the line as it stands."""
        parts = [self.note] if self.note else []
        if self.news is None:
            parts.append(text("cli.stage_read", self.lang))
        else:
            stage = self.news.stage
            parts.append(text(_STAGES[stage], self.lang) if stage in _STAGES else stage)
            if self.news.total:
                parts.append(_bar(self.news.done or 0, self.news.total))
            if self.news.incumbent is not None:
                shown = points(self.news.incumbent)
                parts.append(text("cli.incumbent", self.lang, points=shown))
            if self.news.bound is not None:
                parts.append(text("cli.bound", self.lang, points=points(self.news.bound, up=True)))
            if self.news.gap is not None:
                parts.append(text("cli.gap", self.lang, gap=percent_up(self.news.gap)))
        elapsed = seconds(time.monotonic() - self.started)
        parts.append(text("cli.seconds", self.lang, seconds=elapsed))
        return text("cli.line_join", self.lang).join(parts)

    def __rich__(self) -> Any:
        from rich.text import Text

        return Text(self.words(), no_wrap=True, overflow="ellipsis")


def _bar(done: int, total: int) -> str:
    filled = _BAR * done // total
    return f"{'█' * filled}{'░' * (_BAR - filled)} {done}/{total}"


@contextmanager
def news_file(path: str | None, tell: OnProgress) -> Iterator[OnProgress]:
    """Yield what passes news on to `tell` and writes them to a file, a JSON object a line.

    Numbers that are not known are null, and so is a bound that is infinite.
    """
    if path is None:
        yield tell
        return
    with Path(path).open("w", encoding="utf-8") as file:

        def both(news: Progress) -> None:
            said = {
                name: None if isinstance(value, float) and not isfinite(value) else value
                for name, value in asdict(news).items()
            }
            file.write(json.dumps(said) + "\n")
            file.flush()
            tell(news)

        yield both


@contextmanager
def progress_line(lang: Lang, started: float, *, quiet: bool) -> Iterator[Line]:
    """Yield a line that is alive on stderr if that is a terminal, and silent otherwise."""
    line = Line(lang, started)
    if quiet or not sys.stderr.isatty():
        yield line
        return
    from rich.live import Live

    screen = console(sys.stderr)
    with Live(
        line,
        console=screen,
        transient=True,
        refresh_per_second=4,
        redirect_stdout=False,
        redirect_stderr=False,
    ):
        line.screen = screen
        try:
            yield line
        finally:
            line.screen = None
