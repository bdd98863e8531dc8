"""The live line of a running command: stage, bar, incumbent, bound, gap, seconds.

A person gets it on stderr where that is a terminal; it is erased at the end. A programme gets the
same news as JSON, a line each, on stderr under ``--json`` where that is no terminal, or in a file.
"""

from __future__ import annotations

import json
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from math import isfinite
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from siting.cli.output import (
    complain,
    console,
    fitted,
    notice_line,
    print_line,
    sentence_record,
)
from siting.report.brief import brief
from siting.report.figures import clean, percent_up, points, seconds
from siting.words import Lang, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from siting.errors import Notice
    from siting.progress import OnProgress, Progress

_STAGES = {
    "read": "cli.stage_read",
    "walk": "cli.stage_walk",
    "gaps": "cli.stage_gaps",
    "build": "cli.stage_build",
    "solve": "cli.stage_solve",
    "other_weights": "cli.stage_other_weights",
    "verify": "cli.stage_verify",
    "files": "cli.stage_files",
    "write": "cli.stage_write",
    "frontier": "cli.stage_frontier",
    "explain": "cli.stage_explain",
    "compare": "cli.stage_compare",
    "generate": "cli.stage_generate",
}
_BAR = 20  # columns
_REMARKS = 6
_COUNTED = 50  # up to this total people read how many, beyond it per cent


class Line:
    """What the live line says now; `update` is given to the library as ``on_progress``.

    Sentences that it tells are JSON objects under `json`.
    """

    def __init__(self, lang: Lang, started: float, *, json: bool = False) -> None:
        self.json = json
        self.lang = lang
        self.started = started
        self.news: Progress | None = None
        self.task = ""
        self.note = ""
        self.screen: Console | None = None
        self.lines: IO[str] | None = None

    def update(self, news: Progress) -> None:
        """Take the latest news."""
        self.news = news
        if self.lines is not None:
            try:
                write_news(self.lines, news, time.monotonic() - self.started)
            except OSError:  # whoever listened has gone away; the work goes on
                self.lines = None

    def stopping(self) -> None:
        """Say that the search is being stopped."""
        early = self.news is None or self.news.incumbent is None
        self.note = text("cli.stopping_early" if early else "cli.stopping", self.lang)
        if self.screen is None:
            complain(self.note, json=self.json)

    def remarks(self, notices: Sequence[Notice], city: str) -> None:
        """Print remarks on stderr, above the line; the first few stand for very many."""
        shown, more = brief(notices, _REMARKS)
        for notice in shown:
            self._print(notice_line(notice, self.lang, "remark", json=self.json))
        if more:
            self.tell(text("cli.more_remarks", self.lang, count=more, city=clean(city)))

    def tell(self, line: str) -> None:
        """Print a sentence on stderr, above the line."""
        self._print(sentence_record(line) if self.json else line)

    def _print(self, line: str) -> None:
        if self.screen is not None:
            shown = [line] if self.json else fitted(line, sys.stderr)
            self.screen.print("\n".join(shown), soft_wrap=True)
        else:
            print_line(line, whole=self.json)

    def words(self) -> str:
        """Return the line as it stands."""
        parts = [self.note] if self.note else []
        if self.news is None:
            parts.append(self.task or text("cli.stage_read", self.lang))
        else:
            stage = self.news.stage
            named = text(_STAGES[stage], self.lang) if stage in _STAGES else stage
            parts.append(self.task or named)
            if self.news.total and self.news.done is not None:
                parts.append(bar(self.news.done, self.news.total))
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


def bar(done: int, total: int) -> str:
    """Return how much of a known total is done, in letters that every terminal draws alike."""
    share = min(max(done / total, 0.0), 1.0)
    full = int(_BAR * share)
    said = f"{done}/{total}" if total <= _COUNTED else f"{int(100 * share)}%"
    return f"[{'#' * full}{'.' * (_BAR - full)}] {said}"


def write_news(file: IO[str], news: Progress, seconds: float) -> None:
    """Write news as a JSON object on a line of its own.

    Numbers that are not known are null, and so is a bound that is infinite.
    """
    said = {
        name: None if isinstance(value, float) and not isfinite(value) else value
        for name, value in asdict(replace(news, seconds=seconds)).items()
    }
    file.write(json.dumps(said) + "\n")
    file.flush()


@contextmanager
def news_file(path: str | None, line: Line) -> Iterator[OnProgress]:
    """Yield what passes news on to the line and writes them to a file; see `write_news`.

    A file that can no longer be written ends the news, never the work.
    """
    if path is None:
        yield line.update
        return
    file = Path(path).open("w", encoding="utf-8")  # noqa: SIM115  closing it may fail too

    def both(news: Progress) -> None:
        try:
            if not file.closed:
                write_news(file, news, news.seconds)
        except OSError as error:
            line.tell(text("cli.news_lost", line.lang, file=clean(path), said=error.strerror))
            _close(file)
        line.update(news)

    try:
        yield both
    finally:
        _close(file)


def _close(file: IO[str]) -> None:
    with suppress(OSError):  # it writes what is left
        file.close()


@contextmanager
def progress_line(
    lang: Lang, started: float, *, quiet: bool, json: bool = False, news: bool = True
) -> Iterator[Line]:
    """Yield a line that is alive on stderr if that is a terminal.

    Otherwise it writes its news there as JSON, a line each, for the programme that asked for
    `json`, unless `news` says that they go elsewhere; nobody else gets any. `quiet` silences both.
    """
    line = Line(lang, started, json=json)
    if quiet or not sys.stderr.isatty():
        line.lines = sys.stderr if json and news and not quiet else None
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
