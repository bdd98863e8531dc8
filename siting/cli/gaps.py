"""``siting gaps``: which community has which type, and what is lacking."""

import time

from siting.cli.options import CityFolder, Debug, Json, Lang, Quiet, StandardName
from siting.cli.output import guarded, records, say_json, show, spoken


@guarded
def gaps(
    city: CityFolder,
    standard: StandardName = None,
    lang: Lang = None,
    quiet: Quiet = False,
    json: Json = False,
    debug: Debug = False,  # noqa: ARG001  `guarded` reads it
) -> None:
    """Show what a city lacks under a standard."""
    from siting import api
    from siting.cli.progress import progress_line
    from siting.standard.model import Scenario

    started = time.monotonic()
    language = spoken(lang)
    with progress_line(language, started, quiet=quiet, json=json) as line:
        read = api.read_city(city)
        if not quiet:
            line.remarks(read.remarks, city)
        found = api.find_gaps(read, Scenario(standard=standard), on_progress=line.update)
        if not quiet:
            line.remarks(found.remarks, city)
    if json:
        say_json(
            {
                "standard": found.standard.id,
                "presence_share": found.standard.presence_share,
                "estimated": found.estimated,
                "table": records(found.table),
                "missing": records(found.missing),
            }
        )
    else:
        from siting.report.gaps_table import gaps_table

        show(lambda width: gaps_table(found, language, width))
