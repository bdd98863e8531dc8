"""``siting bench``: the ladder against the peers, on the same instances in one run."""

import time
from pathlib import Path
from typing import Annotated, Any

import typer

from siting.cli.options import Debug, Json, Lang, Numbers, Quiet
from siting.cli.output import complain, guarded, say, say_json, show, spoken
from siting.errors import Notice
from siting.words import text


@guarded
def bench(
    rungs: Annotated[
        list[str] | None, typer.Argument(metavar="[RUNG]...", help="help_rungs", show_default=False)
    ] = None,
    seeds: Annotated[str, typer.Option(metavar="S,S", help="help_seeds")] = "101",
    time_limit: Annotated[str, typer.Option(metavar="SECONDS", help="help_bench_time")] = "60",
    peers: Annotated[str | None, typer.Option(metavar="P,P", help="help_peers")] = None,
    threads: Annotated[str, typer.Option(metavar="N", help="help_threads")] = "2",
    memory: Annotated[str, typer.Option(metavar="GB", help="help_memory")] = "12",
    out: Annotated[
        str | None, typer.Option("-o", "--output", metavar="DIR", help="help_bench_out")
    ] = None,
    lang: Lang = None,
    quiet: Quiet = False,
    json: Json = False,
    debug: Debug = False,  # noqa: ARG001  `guarded` reads it
) -> None:
    """Run the ladder against the peers."""
    language = spoken(lang)
    numbers = Numbers()
    if out is not None:
        numbers.folder("--output", out)
    from siting.bench.folder import check_folder, document, write
    from siting.bench.machine import commit, machine, versions
    from siting.bench.model import Asked
    from siting.bench.peers import PEERS
    from siting.bench.run import bench as run
    from siting.bench.run import expected
    from siting.cli.progress import progress_line
    from siting.generate.city import RUNGS
    from siting.progress import Progress

    chosen = tuple(dict.fromkeys(rungs or ("village", "town")))
    for rung in chosen:
        if rung not in RUNGS:
            values = {"known": ", ".join(RUNGS)}
            numbers.faults.append(Notice("cli.bad_bench_rung", value=rung, values=values))
    named = PEERS if peers is None else tuple(_words(peers))
    if not named:
        numbers.known("--peers", "", PEERS)
    for peer in named:
        numbers.known("--peers", peer, PEERS)
    asked = Asked(
        rungs=chosen,
        seeds=tuple(numbers.whole("--seeds", s, least=0) for s in _words(seeds) or [""]),
        peers=tuple(peer for peer in PEERS if peer in named),
        seconds=numbers.positive("--time-limit", time_limit),
        threads=numbers.whole("--threads", threads, least=1),
        memory_mb=1024.0 * numbers.positive("--memory", memory),
        lang=language,
    )
    numbers.refuse()
    if out is not None:
        check_folder(Path(out))
    made = {"machine": machine(), "versions": versions(), "commit": commit()}
    runs: list[Any] = []

    total = expected(asked)
    started = time.monotonic()
    try:
        with progress_line(language, started, quiet=quiet, json=json) as line:

            def begins(facts: Any, peer: str) -> None:
                values = {"rung": facts.rung, "seed": facts.seed, "peer": peer}
                key = "cli.bench_whole" if facts.question == "whole" else "cli.bench_single"
                line.task = text(key, language, **values)
                if line.screen is None and line.lines is None and not quiet:
                    complain(line.task, json=json)
                line.update(
                    Progress("bench", time.monotonic() - started, done=len(runs), total=total)
                )

            for one in run(asked, begins):
                runs.append(one)
                if out is not None:
                    write(Path(out), asked, runs, made, language)
    except KeyboardInterrupt:
        if not runs:
            raise
        complain(text("cli.bench_interrupted", language), json=json)
    if json:
        say_json(document(asked, runs, made))
    else:
        _show(asked, runs, made, language)
    if out is not None and not quiet and not json:
        say(text("cli.bench_done", language, folder=out))


def _words(listed: str) -> list[str]:
    return list(dict.fromkeys(word.strip() for word in listed.split(",") if word.strip()))


def _show(asked: Any, runs: list[Any], made: dict[str, Any], lang: Any) -> None:
    from siting.bench.figures import compare, measure
    from siting.bench.table import compared, made_lines, measured, remark_lines, screens

    rows = measure(runs, asked.seconds)
    ratios = compare(rows)
    for line in made_lines(asked, made, lang):
        say(line)
    for table in screens(measured(rows, lang)) + screens(compared(ratios, lang)):
        show(lambda _width, table=table: table)  # type: ignore[misc]
    if ratios:
        say(text("bench.about_ratios", lang))
    for line in remark_lines(rows, lang):
        say(line)
