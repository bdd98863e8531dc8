"""Everything that people read of a plan, written into a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from siting.plan.model import Plan
    from siting.words import Lang


def write_reports(
    plan: Plan, folder: Path, lang: Lang, after: Callable[[], None] = lambda: None
) -> None:
    """Write the reports of a plan that has its city; see `siting.plan.folder.REPORTS`.

    `after` is called after each of them.
    """
    from siting.report.html.page import write_html
    from siting.report.qgis import style_map
    from siting.report.xlsx import write_xlsx

    write_html(plan, folder / "report.html", lang)
    after()
    write_xlsx(plan, folder / "report.xlsx", lang)
    after()
    style_map(plan, folder / "plan.gpkg", lang)
    after()
