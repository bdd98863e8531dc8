"""What the commands print: products on stdout, everything else on stderr, never a traceback.

Under ``--json`` every line on stderr is a JSON object: news with a ``stage``
(`siting.cli.progress`), all else with ``line`` and its ``kind`` (``fault``, ``remark``, ``note``).
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import sys
import traceback
from dataclasses import asdict
from functools import wraps
from typing import IO, TYPE_CHECKING, Any, Literal, ParamSpec

from siting.errors import SitingError
from siting.memory import no_more_than_free, require_memory
from siting.words import Lang, default_lang, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import pandas as pd
    from rich.console import Console, RenderableType

    from siting.errors import Notice

P = ParamSpec("P")
Kind = Literal["fault", "remark", "note"]

# What the user can mend: a name, a place or a right, not the machine.
_USAGE = (FileNotFoundError, PermissionError, NotADirectoryError, IsADirectoryError)


def prepare_streams() -> None:
    """Make stdout and stderr able to print every name: what a terminal cannot show becomes ``?``.

    An encoding without Chinese (ASCII, Latin-1, a Western code page) is replaced by UTF-8.
    """
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is None:
            continue
        try:
            "方案".encode(stream.encoding or "ascii")
        except (UnicodeEncodeError, LookupError):
            reconfigure(encoding="utf-8", errors="replace")
        else:
            reconfigure(errors="replace")


def fitted(line: str, stream: IO[str]) -> list[str]:
    """Return a line as lines that fit the terminal, or the width that COLUMNS states.

    Into a file or a pipe a line goes whole.
    """
    stated = os.environ.get("COLUMNS", "")
    width = int(stated) if stated.isdecimal() else 0
    if not width and stream.isatty():
        width = shutil.get_terminal_size().columns
    # Short lines, however wide their characters, need no look at the widths.
    if not width or "\n" in line or 2 * len(line) <= width:
        return [line]
    from siting.report.wrap import wrapped

    return wrapped(line, width)


def say(line: str) -> None:
    """Print one line on stdout, broken where it is wider than the terminal."""
    _write(sys.stdout, "\n".join(fitted(line, sys.stdout)) + "\n")


def say_json(value: Any) -> None:
    """Print `value` as JSON on stdout."""
    _write(sys.stdout, json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n")


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table for JSON, which has no NaN."""
    return [
        {str(name): None if value != value else value for name, value in row.items()}
        for row in table.astype(object).to_dict("records")
    ]


def show(make: Callable[[int], RenderableType]) -> None:
    """Print on stdout what `make` makes for the width it is given."""
    screen = console(sys.stdout)
    if screen.is_terminal:
        with _whole(sys.stdout):
            screen.print(make(screen.width))
        return
    with screen.capture() as page:
        screen.print(make(screen.width))
    # Cells are padded to their columns, which a file need not keep.
    _write(sys.stdout, "\n".join(line.rstrip() for line in page.get().splitlines()) + "\n")


def complain(line: str, *, kind: Kind = "note", json: bool = False) -> None:
    """Print one line on stderr, broken where it is wider than the terminal, or as JSON."""
    print_line(sentence_record(line, kind) if json else line, whole=json)


def complain_notices(
    notices: Iterable[Notice], lang: Lang, *, kind: Kind = "fault", json: bool = False
) -> None:
    """Print faults or remarks on stderr, each a line; see `notice_line`."""
    for notice in notices:
        print_line(notice_line(notice, lang, kind, json=json), whole=json)


def print_line(line: str, *, whole: bool) -> None:
    """Print one line on stderr, broken where it is wider than the terminal unless it is `whole`."""
    _write(sys.stderr, "\n".join([line] if whole else fitted(line, sys.stderr)) + "\n")


def sentence_record(line: str, kind: Kind = "note") -> str:
    """Return a sentence as a JSON object on one line."""
    return _record({"kind": kind, "line": line})


def notice_line(notice: Notice, lang: Lang, kind: Kind, *, json: bool) -> str:
    """Return a notice as one line that begins with the word for it, or as a JSON object."""
    from siting.report.check_lines import fault_line, remark_line

    if json:
        return _record({"kind": kind, **notice_record(notice, lang)})
    return (fault_line if kind == "fault" else remark_line)(notice, lang)


def notice_record(notice: Notice, lang: Lang) -> dict[str, Any]:
    """Return a notice for JSON: its ``line``, and its whereabouts."""
    whereabouts = asdict(notice)
    del whereabouts["values"]
    return {"line": notice.line(lang), **whereabouts}


def _record(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def console(stream: IO[str]) -> Console:
    """Return a rich console on `stream` that takes every text as it is, without markup."""
    from rich.console import Console

    return Console(file=stream, markup=False, emoji=False, highlight=False)


def spoken(lang: str | None) -> Lang:
    """Return the language asked for; that of the locale if none is, or one that there is not."""
    if lang == "zh":
        return "zh"
    return "en" if lang == "en" else default_lang()


def guarded(command: Callable[P, int | None], *, light: bool = False) -> Callable[P, None]:
    """Return `command` with every failure turned into lines on stderr and an exit code.

    The command takes ``lang``, ``debug`` and ``json``; it returns its exit code, None for 0. Unless
    it is `light`, it is refused where there is no memory for the libraries.
    """

    @wraps(command)
    def inner(*args: P.args, **kwargs: P.kwargs) -> None:
        raw = kwargs.get("lang")
        lang = spoken(None if raw is None else str(raw))
        as_json = bool(kwargs.get("json"))
        debug = bool(kwargs.get("debug")) or os.environ.get("SITING_DEBUG", "") not in ("", "0")
        try:
            if not light:
                require_memory(0.0)  # what the libraries take
            with no_more_than_free():
                code = command(*args, **kwargs) or 0
        except SitingError as error:
            complain_notices(error.notices, lang, json=as_json)
            if debug:
                complain(traceback.format_exc(), json=as_json)
            code = error.exit_code
        except (KeyboardInterrupt, Exception) as error:
            if _was_interrupted(error):
                complain(text("cli.interrupted", lang), json=as_json)
                code = 130
            else:
                code = _unexpected(error, lang, debug=debug, json=as_json)
        raise SystemExit(code)

    return inner


def _behind(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and those that lie behind it: libraries wrap what they meet in their own."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _was_interrupted(error: BaseException) -> bool:
    return any(isinstance(one, KeyboardInterrupt) for one in _behind(error))


_NO_ROOM = ("failed to map segment", "cannot allocate memory", "can't allocate memory")
"""What the system's loader and libraries say where they find no memory."""


def _found_no_memory(error: BaseException) -> bool:
    return any(
        isinstance(one, MemoryError) or any(said in str(one).lower() for said in _NO_ROOM)
        for one in _behind(error)
    )


def _unexpected(error: BaseException, lang: Lang, *, debug: bool, json: bool) -> int:
    from siting.report.figures import clean

    if isinstance(error, OSError) and error.errno is not None:
        said = clean(error.strerror or error)
        if error.filename is None:  # a write, which knows no names: to the terminal, to a pipe
            shown = text("cli.os_refused", lang, said=said)
        else:
            shown = text("cli.os_error", lang, file=clean(error.filename), said=said)
        code = 2 if isinstance(error, _USAGE) else 1
    elif _found_no_memory(error):
        shown = text("cli.memory", lang)
        code = 1
    else:
        said = clean(error)[:200]
        shown = text("cli.unexpected", lang, kind=type(error).__name__, said=said)
        code = 1
    complain(shown, kind="fault", json=json)
    if debug:
        complain(traceback.format_exc(), json=json)
    elif code == 1:
        complain(text("cli.debug_hint", lang), json=json)
    return code


def flush() -> None:
    """Write out what is still held back; a reader that has gone away is no failure."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # the shell closed it: ``siting check city >&-``
            with _whole(stream):
                stream.flush()


def _write(stream: IO[str], words: str) -> None:
    with _whole(stream):
        stream.write(words)
        stream.flush()


@contextlib.contextmanager
def _whole(stream: IO[str]) -> Iterator[None]:
    """Let the reader of a pipe go away (``siting gaps | head``): what follows goes nowhere."""
    try:
        yield
    except OSError as error:
        if not isinstance(error, BrokenPipeError) and error.errno not in (
            errno.EPIPE,
            errno.EINVAL,
        ):
            raise
        with contextlib.suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)
