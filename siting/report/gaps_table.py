"""The 有没有 table: which community has which type, and what is lacking, worst first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from siting.report.figures import class_name, clean, group_name, people, percent, type_names
from siting.report.grid import grid
from siting.report.summary import estimated_line
from siting.report.wrap import wrapped
from siting.words import Lang, text

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import RenderableType
    from rich.table import Table

    from siting.gaps.needs import Gaps

_WORST_COMMUNITIES = 10
_WORST_GAPS = 15
_CELL = 9
"""Columns one community takes in the table of all, with its padding."""
_TYPE_COLUMN = 30
_OTHER_COLUMNS = 6


def gaps_table(gaps: Gaps, lang: Lang = "en", width: int = 80) -> RenderableType:
    """Return the table by community and type, then what is missing, to fit `width` columns.

    With few communities each is a column. With more than fit, every type states how many
    communities have it, and the communities that lack the most types are listed.
    """
    from rich.cells import cell_len
    from rich.console import Group
    from rich.text import Text

    table = _inhabited(gaps)
    names = type_names(gaps.standard, lang)
    communities = list(dict.fromkeys(table["community"]))
    parts: list[Any] = [_fitted(text("report.gaps_title", lang, **_totals(gaps)), width)]
    if gaps.estimated:
        said = estimated_line(gaps.estimated, lang)
        label = text("report.label_estimated", lang)
        parts.append(_fitted(text("report.labelled", lang, label=label, said=said), width))
    widest = max((cell_len(names.get(str(t), "")) for t in set(table["type"])), default=0)
    if len(communities) * _CELL <= width - min(widest, _TYPE_COLUMN) - _OTHER_COLUMNS:
        parts += [Text(""), _by_type_and_community(table, names, communities, lang)]
    else:
        parts += [Text(""), _by_type(table, names, lang), Text(""), _by_community(table, lang)]
        if len(communities) > _WORST_COMMUNITIES:
            more = len(communities) - _WORST_COMMUNITIES
            parts.append(Text(text("report.more_communities", lang, count=more)))
    parts.extend(_missing(gaps, names, lang))
    return Group(*parts)


def _inhabited(gaps: Gaps) -> pd.DataFrame:
    """Return the table without the pairs whose counting group lives elsewhere."""
    return gaps.table[gaps.table["residents"] > 0]


def _totals(gaps: Gaps) -> dict[str, Any]:
    table = _inhabited(gaps)
    return {
        "standard": clean(gaps.standard.id),
        "types": table["type"].nunique(),
        "communities": table["community"].nunique(),
        "present": int(table["present"].sum()),
        "pairs": len(table),
        "share": percent(gaps.standard.presence_share),
    }


def _by_type_and_community(
    table: pd.DataFrame, names: dict[str, str], communities: list[str], lang: Lang
) -> Table:
    listing = grid()
    listing.add_column(text("report.column_type", lang), max_width=_TYPE_COLUMN, overflow="fold")
    listing.add_column(text("report.column_minutes", lang), justify="right", no_wrap=True)
    for community in communities:
        listing.add_column(_plain(clean(community)), justify="right", overflow="fold")
    cells = {
        (str(c), str(t)): (float(share), bool(present))
        for c, t, share, present in zip(
            table["community"], table["type"], table["share"], table["present"], strict=True
        )
    }
    for row in _rows(table.drop_duplicates("type")):
        shown = [_cell(cells.get((str(c), str(row["type"]))), lang) for c in communities]
        name = names.get(str(row["type"]), clean(row["type"]))
        listing.add_row(_plain(name), _plain(f"{row['minutes']:g}"), *shown)
    return listing


def _by_type(table: pd.DataFrame, names: dict[str, str], lang: Lang) -> Table:
    listing = grid()
    listing.add_column(text("report.column_type", lang), max_width=_TYPE_COLUMN, overflow="fold")
    listing.add_column(text("report.column_class", lang), overflow="fold")
    for name in ("minutes", "city_share", "have_it"):
        listing.add_column(text(f"report.column_{name}", lang), justify="right")
    of_type = table.groupby("type", sort=False).agg(
        type_class=("class", "first"),
        minutes=("minutes", "first"),
        residents=("residents", "sum"),
        served=("served", "sum"),
        have=("present", "sum"),
        communities=("present", "size"),
    )
    for row in _rows(of_type.reset_index()):
        share = row["served"] / row["residents"]
        listing.add_row(
            _plain(names.get(str(row["type"]), clean(row["type"]))),
            _plain(class_name(str(row["type_class"]), lang)),
            _plain(f"{row['minutes']:g}"),
            _plain(percent(share)),
            _plain(text("report.of", lang, part=row["have"], whole=row["communities"])),
        )
    return listing


def _by_community(table: pd.DataFrame, lang: Lang) -> Table:
    listing = grid()
    listing.add_column(text("report.column_community", lang), overflow="fold")
    listing.add_column(text("report.column_residents", lang), justify="right")
    listing.add_column(text("report.column_types_present", lang), justify="right")
    of_community = table.groupby("community", sort=False).agg(
        residents=("residents", "max"), have=("present", "sum"), types=("present", "size")
    )
    worst = of_community.assign(lack=of_community["types"] - of_community["have"]).sort_values(
        ["lack", "residents"], ascending=[False, False], kind="stable"
    )
    for row in _rows(worst.head(_WORST_COMMUNITIES).reset_index()):
        listing.add_row(
            _plain(clean(row["community"])),
            _plain(people(row["residents"])),
            _plain(text("report.of", lang, part=row["have"], whole=row["types"])),
        )
    return listing


def _missing(gaps: Gaps, names: dict[str, str], lang: Lang) -> list[RenderableType]:
    from rich.text import Text

    missing = gaps.missing
    if missing.empty:
        return [Text(text("report.nothing_missing", lang))]
    listing = grid()
    listing.add_column(text("report.column_type", lang), max_width=_TYPE_COLUMN, overflow="fold")
    listing.add_column(text("report.column_community", lang), overflow="fold")
    listing.add_column(text("report.column_group", lang), overflow="fold")
    listing.add_column(text("report.column_without", lang), justify="right")
    listing.add_column(text("report.column_share", lang), justify="right")
    for row in _rows(missing.head(_WORST_GAPS)):
        listing.add_row(
            _plain(names.get(str(row["type"]), clean(row["type"]))),
            _plain(clean(row["community"])),
            _plain(group_name(str(row["group"]), lang)),
            _plain(people(row["short"])),
            _plain(percent(row["share"])),
        )
    parts: list[RenderableType] = [
        Text("\n" + text("report.missing_title", lang), style="bold"),
        listing,
    ]
    if len(missing) > _WORST_GAPS:
        parts.append(Text(text("report.more_gaps", lang, count=len(missing) - _WORST_GAPS)))
    return parts


def _rows(table: pd.DataFrame) -> list[dict[Any, Any]]:
    return table.to_dict("records")


def _cell(entry: tuple[float, bool] | None, lang: Lang) -> Any:
    from rich.text import Text

    if entry is None:
        return Text("-")
    share, present = entry
    word = text("report.present" if present else "report.absent", lang)
    return Text(f"{word} {percent(share)}", style="green" if present else "red", no_wrap=True)


def _fitted(line: str, width: int) -> Any:
    from rich.text import Text

    return Text("\n".join(wrapped(line, width)))


def _plain(word: str) -> Any:
    from rich.text import Text

    return Text(word)
