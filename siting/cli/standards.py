"""``siting standards``: what the library holds, and where its figures come from."""

from functools import partial
from typing import Annotated

import typer

from siting.cli.options import Debug, Json, Lang, Quiet
from siting.cli.output import guarded, say, say_json, show, spoken
from siting.words import text


@partial(guarded, light=True)
def standards(
    id: Annotated[
        str | None, typer.Argument(metavar="ID", help="help_standard_id", show_default=False)
    ] = None,
    lang: Lang = None,
    quiet: Quiet = False,
    json: Json = False,
    debug: Debug = False,  # noqa: ARG001  `guarded` reads it
) -> None:
    """List the standards, or show one."""
    from siting import api
    from siting.report.standards_table import standard_page, standards_table

    language = spoken(lang)
    if id is not None:
        standard = api.load_standard(id)
        if json:
            say_json(standard.model_dump(mode="json", by_alias=True))
        else:
            show(lambda _width: standard_page(standard, language))
        return
    known = api.list_standards()
    if json:
        say_json(
            [
                {
                    "id": s.id,
                    "zh": s.zh,
                    "en": s.en,
                    "types": len(s.types),
                    "slots": len(s.slots),
                    "source": s.source,
                }
                for s in known
            ]
        )
        return
    show(lambda width: standards_table(known, language, width))
    if not quiet:
        say(text("cli.standards_hint", language))
