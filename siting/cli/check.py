"""``siting check``: what is wrong with a city folder, and what is odd."""

import time

from siting.cli.options import CityFolder, Debug, Json, Lang, Quiet, StandardName
from siting.cli.output import guarded, notice_record, say, say_json, spoken


@guarded
def check(
    city: CityFolder,
    standard: StandardName = None,
    lang: Lang = None,
    quiet: Quiet = False,
    json: Json = False,
    debug: Debug = False,  # noqa: ARG001  `guarded` reads it
) -> int:
    """Check a city; 2 if anything has to be mended."""
    from siting import api
    from siting.cli.progress import progress_line
    from siting.report.check_lines import check_lines, counts, fault_line

    started = time.monotonic()
    language = spoken(lang)
    with progress_line(language, started, quiet=quiet, json=json):
        read, faults, remarks = api.check_city(city, standard)
    if json:
        say_json(
            {
                "faults": [notice_record(n, language) for n in faults],
                "remarks": [notice_record(n, language) for n in remarks],
                "counts": None if read is None else counts(read),
            }
        )
    elif quiet:
        for notice in faults:
            say(fault_line(notice, language))
    else:
        for line in check_lines(read, faults, remarks, language):
            say(line)
    return 2 if faults else 0
