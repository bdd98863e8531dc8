"""``siting demo``: the whole job on a small generated city."""

import time
from pathlib import Path
from typing import Annotated

import typer

from siting.cli.options import Debug, Json, Lang, Numbers, Quiet
from siting.cli.output import guarded, say, say_json, spoken
from siting.errors import InputError, Notice
from siting.words import text

SIZES = {"places": 300, "spaces": 40, "types": 23, "seed": 1}


@guarded
def demo(
    folder: Annotated[str, typer.Argument(metavar="[DIR]", help="help_demo_dir")] = "siting-demo",
    lang: Lang = None,
    quiet: Quiet = False,
    json: Json = False,
    debug: Debug = False,  # noqa: ARG001  `guarded` reads it
) -> None:
    """Generate a small city, solve it, verify the plan, and say where to look."""
    started = time.monotonic()
    language = spoken(lang)
    named = Numbers()
    named.folder("DIR", folder)
    named.refuse()
    base = Path(folder)
    _refuse_foreign(base)
    from siting import api
    from siting.cli.progress import progress_line
    from siting.cli.solving import saved_in, show_summary, solve_and_save
    from siting.report.figures import clean
    from siting.standard.model import Scenario

    city, plan_folder = base / "city", base / "plan"
    with progress_line(language, started, quiet=quiet, json=json) as line:
        api.generate(city, lang=language, on_progress=line.update, **SIZES)
    plan = solve_and_save(
        city,
        Scenario(),
        plan_folder,
        time_limit=30.0,
        gap=1e-3,
        threads=2,
        seed=0,
        solver=None,
        started=started,
        lang=language,
        quiet=quiet,
        json=json,
    )
    with saved_in(plan_folder, language):
        with progress_line(language, started, quiet=quiet, json=json) as line:
            api.verify(plan_folder, on_progress=line.update)
        if json:
            say_json(plan.document.model_dump(mode="json", by_alias=True))
        elif not quiet:
            show_summary(plan, language, plan_folder)
            say(text("cli.demo_done", language, city=clean(city), plan=clean(plan_folder)))


def _refuse_foreign(base: Path) -> None:
    """Refuse a folder that holds something, but no city where a demo would have put one.

    Whether that city and that plan may be replaced, those who write them decide.
    """
    empty = not base.exists() or (base.is_dir() and not any(base.iterdir()))
    if not empty and not (base / "city" / "city.toml").is_file():
        raise InputError(Notice("cli.demo_foreign", file=str(base)))
