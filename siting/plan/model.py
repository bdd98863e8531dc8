"""The answer: a document, the city it was made for, and what can be asked of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from siting.arguments import folder_of, language
from siting.city.model import frozen
from siting.frozen import ReadOnly
from siting.plan.copied import Copied
from siting.standard.model import Standard
from siting.words import Lang, default_lang

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from siting.city.model import City
    from siting.errors import Notice
    from siting.plan.certificate import Certificate
    from siting.plan.detail import Detail
    from siting.plan.document import Document
    from siting.progress import OnProgress

    WriteReports = Callable[["Plan", Path, Lang, Callable[[], None]], None]


@dataclass(frozen=True, eq=False)
class Plan:
    """A plan. Tables that it hands out are copies, its arrays and mappings are read-only.

    Attributes
    ----------
    document
        Everything that stands in ``plan.json``.
    city
        The city it was made for, or None for a plan read from a folder alone.
    points_by_place
        Need points gained at each place, shape (places,); None without a city.
    gap_table
        The 有没有 table before and after, as in ``gaps.csv``; None without a city.
    detail
        Needs place by place, and who answers them; None without a city.
    remarks
        What is legal but suspicious in the question, the weightiest first; not in ``plan.json``.
    certificate
        The multipliers behind ``certified_bound``, by stage; empty where nothing is certified.
    write_reports
        Writes into a folder what people read, and calls something after each of
        `siting.plan.folder.REPORTS`; set by `siting.api`, as a plan knows no report.
    """

    document: Document
    city: City | None = None
    points_by_place: NDArray[np.float64] | None = None
    gap_table: Copied[pd.DataFrame | None] = Copied()  # noqa: RUF009  see `Copied`
    detail: Detail | None = None
    remarks: tuple[Notice, ...] = ()
    certificate: Certificate = field(default_factory=dict)
    write_reports: WriteReports | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "points_by_place", frozen(self.points_by_place))
        object.__setattr__(self, "certificate", ReadOnly(self.certificate))

    @cached_property
    def standard(self) -> Standard:
        """The standard, as it was resolved when the plan was made."""
        return Standard.model_validate(self.document.inputs.standard)

    @property
    def projects(self) -> gpd.GeoDataFrame:
        """One row a project, with points in the city's metric coordinate system. A copy."""
        return self._projects.copy()

    @property
    def coverage(self) -> pd.DataFrame:
        """One row an asking type: share of the counting group before and after. A copy."""
        return self._coverage.copy()

    @cached_property
    def _projects(self) -> gpd.GeoDataFrame:
        from siting.plan.tables import projects_frame

        return projects_frame(self)

    @cached_property
    def _coverage(self) -> pd.DataFrame:
        from siting.plan.tables import coverage_frame

        return coverage_frame(self)

    def to_geojson(self) -> str:
        """Return the projects as GeoJSON (RFC 7946: longitude and latitude in WGS 84).

        Raises
        ------
        InputError
            The city's coordinates are plain metres of no known system.
        """
        from siting.plan.tables import projects_geojson

        return projects_geojson(self)

    def plot(self, ax: Any = None, *, lang: Lang | None = None) -> Any:
        """Draw the map of the plan; see `siting.plan.maps.plot_plan`."""
        from siting.plan.maps import plot_plan

        return plot_plan(self, ax, language(lang))

    def explore(self, *, lang: Lang | None = None, **options: Any) -> Any:
        """Return the projects on a map to pan and zoom; see `siting.plan.maps.explore_plan`."""
        from siting.plan.maps import explore_plan

        return explore_plan(self, language(lang), **options)

    def _repr_html_(self) -> str:
        from siting.plan.notebook import as_html

        return as_html(self, default_lang())

    def timed(self, stage: str, seconds: float) -> Plan:
        """Return the same plan with the seconds of one more stage stated."""
        stated = {**self.document.seconds, stage: seconds}
        return replace(self, document=self.document.model_copy(update={"seconds": stated}))

    def save(
        self,
        folder: str | Path,
        *,
        lang: Lang | None = None,
        on_progress: OnProgress | None = None,
        started: float | None = None,
    ) -> Path:
        """Write the plan folder in one step, and return it; see `siting.plan.folder.save`.

        `on_progress` is called with `siting.Progress`; `started` is the ``time.monotonic()`` from
        which its seconds count, None: from this call. `lang` is the language in which reports
        open, None: that of the locale.

        Raises
        ------
        InputError
            There is no such language; the folder is not new, empty or ours, or the disk refuses;
            the plan was read by `read_plan` and has no city to write maps and tables from.
        TypeError
            `folder` is no path.
        """
        from siting.plan.folder import save
        from siting.progress import Stages

        tell = Stages(on_progress, started).begin("write")
        return save(self, folder_of("folder", folder), lang=language(lang), tell=tell)


def read_plan(folder: str | Path) -> Plan:
    """Read a plan folder's ``plan.json`` and its certificate, if it has one.

    Raises
    ------
    InputError
        There is no plan, one of the files is not what siting writes, or the plan was exchanged
        for another while it was read.
    TypeError
        `folder` is no path.
    """
    from siting.plan.certificate import CERTIFICATE, read_certificate
    from siting.plan.folder import find_folder, read_document, unexchanged

    found = find_folder(folder_of("folder", folder))
    with unexchanged(found):
        document = read_document(found)
        certificate = read_certificate(found / CERTIFICATE)
    return Plan(document=document, certificate=certificate or {})
