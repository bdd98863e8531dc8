"""A city and its question as the text of files: to be changed, written, read and solved.

Numbers are written with twelve figures, so that a changed unit or a sum of two numbers is exact
in decimals. Standard and policy stay records: no file states every rule of the tiny ones.
"""

from __future__ import annotations

import json
import math
import tempfile
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from engine_cities import scenario_of

import siting
from siting.errors import InfeasibleError
from siting.standard.model import Scenario

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from siting.city.model import City
    from siting.plan.model import Plan
    from siting.standard.model import Question

POINTS = ("places", "outlets", "spaces", "nodes")
SECONDS = 600.0  # a proof is wanted, however busy the machine


@dataclass(frozen=True)
class Form:
    """How tables are written."""

    suffix: str = "csv"
    encoding: str = "utf-8"
    stated: bool = False
    """Whether city.toml states the encoding."""
    newline: str = "\n"
    separator: str = ","
    last: str = "\n"
    """What ends the last row."""
    padded: bool = False
    """Whether cells have blanks around them."""


@dataclass(frozen=True)
class Sheets:
    """The files of a city.

    Attributes
    ----------
    tables
        Text cells under canonical names: places, outlets, spaces; nodes and edges; walks.
    config
        Sections of city.toml, without the files of tables.
    question
        What is asked.
    groups
        Columns of residents.
    names
        By table the name of a column in its file, where it has another there.
    form
        How tables are written.
    """

    tables: dict[str, pd.DataFrame]
    config: dict[str, dict[str, Any]]
    question: Question
    groups: tuple[str, ...]
    names: dict[str, dict[str, str]] = field(default_factory=dict)
    form: Form = Form()

    def table(self, name: str, change: Callable[[pd.DataFrame], pd.DataFrame]) -> Sheets:
        """Return the same with a table changed, if there is such a table."""
        if name not in self.tables:
            return self
        changed = change(self.tables[name].copy()).reset_index(drop=True)
        return replace(self, tables=self.tables | {name: changed})

    def more(self, name: str, *rows: dict[str, str]) -> Sheets:
        """Return the same with further rows in a table; what they do not state is empty."""
        return self.table(
            name, lambda t: pd.concat([t, pd.DataFrame(list(rows), dtype=object)]).fillna("")
        )

    def section(self, name: str, **values) -> Sheets:
        """Return the same with keys of a section of city.toml changed."""
        return replace(self, config=self.config | {name: self.config.get(name, {}) | values})

    def asks(self, **changed) -> Sheets:
        """Return the same with fields of the question changed."""
        return replace(self, question=self.question.model_copy(update=changed))

    def standard(self, **changed) -> Sheets:
        """Return the same with fields of the standard changed."""
        return self.asks(standard=self.question.standard.model_copy(update=changed))


# --------------------------------------------------------------------------------- from a city


def decimal(value: float) -> Decimal:
    """Return a number with twelve figures."""
    return Decimal(f"{value:.12g}")


def shown(value: Decimal | float) -> str:
    """Return a number as a cell shows it; nothing for NaN."""
    if not isinstance(value, Decimal):
        if math.isnan(value):
            return ""
        value = decimal(value)
    return format(value.normalize() + 0, "f")


def sheets_of(city: City, question: Question) -> Sheets | None:
    """Return a city as files, None where files cannot say it: a fund for a circle without anybody.

    Circles are told by the tables' own columns, so that one with no place, outlet or space is lost.
    """
    tables = {
        "places": _points(city, city.places, {**city.places.residents}),
        "outlets": _outlets(city),
        "spaces": _spaces(city),
    }
    there = {name for frame in tables.values() for name in frame["community"]}
    if any(set(fund.communities or ()) - there for fund in question.funds):
        return None
    if city.streets is not None:
        tables |= _streets(city.streets)
    if city.walks is not None:
        tables["walks"] = _walks(city)
    walking = city.walking
    config = {
        "city": {"name": city.name},
        "walking": {
            "metres_per_minute": walking.metres_per_minute,
            "detour": walking.detour,
            "groups": dict(walking.groups),
        },
    }
    sheets = Sheets(tables, config, question, tuple(city.places.residents))
    if city.spaces.host is not None:  # what types a host has must be types of somebody
        sheets = sheets.section("outlets", types={t.id: t.id for t in question.standard.types})
    return sheets


def _frame(**columns) -> pd.DataFrame:
    texts = {
        name: [v if isinstance(v, str) else shown(float(v)) for v in values]
        for name, values in columns.items()
    }
    return pd.DataFrame(texts, dtype=object)


def _points(city: City, points, more) -> pd.DataFrame:
    community = [city.communities[c] for c in points.community]
    return _frame(id=points.id, x=points.x, y=points.y, community=community, **more)


def _outlets(city: City) -> pd.DataFrame:
    outlets = city.outlets
    more = {
        "type": [";".join(words) for words in outlets.types],
        "area_m2": outlets.area_m2,
        "chain": outlets.chain,
    }
    return _points(city, outlets, more)


def _spaces(city: City) -> pd.DataFrame:
    spaces = city.spaces
    numbers = ("area_m2", "rent_m2_month", "floor", "max_types", "min_types", "capital_m2")
    more: dict[str, Any] = {name: getattr(spaces, name) for name in (*numbers, "capital_fixed")}
    more["kind"] = spaces.kind
    more["features"] = [";".join(sorted(words)) for words in spaces.features]
    if spaces.basic_share is not None:
        more["basic_share"] = spaces.basic_share
    lists = {"host": spaces.host, "open": spaces.open_types, "forbid": spaces.forbid_types}
    for name, column in lists.items():
        if column is not None:
            more[name] = [";".join(words) for words in column]
    return _points(city, spaces, more)


def _streets(streets) -> dict[str, pd.DataFrame]:
    node = [f"N{k}" for k in range(len(streets.node_x))]
    ends = {"from": [node[k] for k in streets.tail], "to": [node[k] for k in streets.head]}
    return {
        "nodes": _frame(node=node, x=streets.node_x, y=streets.node_y),
        "edges": _frame(**ends, length_m=streets.length_m),
    }


def _walks(city: City) -> pd.DataFrame:
    walks = city.walks
    target = [
        (city.spaces if is_space else city.outlets).id[k]
        for k, is_space in zip(walks.target, walks.is_space, strict=True)
    ]
    columns = {
        "from": city.places.id[walks.place],
        "to": target,
        "kind": ["space" if is_space else "outlet" for is_space in walks.is_space],
        "group": walks.group,
        walks.unit: walks.amount,
    }
    return _frame(**columns)


# --------------------------------------------------------------------------------- to a folder


def write(sheets: Sheets, folder: Path) -> None:
    """Write city.toml, scenario.toml and the tables."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in sheets.tables.items():
        named = table.rename(columns=sheets.names.get(name, {}))
        _write_table(named, folder / _file(sheets, name), sheets.form)
    (folder / "city.toml").write_text(_toml(_sections(sheets)), "utf-8")
    (folder / "scenario.toml").write_text(_toml(_scenario(sheets.question)), "utf-8")


def _file(sheets: Sheets, name: str) -> str:
    return f"{name}.{sheets.form.suffix}"


def _write_table(table: pd.DataFrame, path: Path, form: Form) -> None:
    if form.suffix == "xlsx":
        _typed(table).to_excel(path, index=False)
        return
    if form.suffix == "parquet":
        _typed(table).to_parquet(path, index=False)
        return
    if form.padded:
        table = table.map(lambda cell: f" {cell} ")
    text = table.to_csv(
        index=False, sep=form.separator, lineterminator=form.newline, quoting=0
    ).removesuffix(form.newline)
    path.write_bytes((text + form.last).encode(form.encoding))


_WORDS = {"id", "community", "type", "kind", "features", "node", "from", "to", "group", "host"}
_WORDS |= {"open", "forbid"}


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with numbers where a workbook would hold numbers."""
    typed = {
        name: column.where(column != "", None)
        if name in _WORDS
        else pd.to_numeric(column.where(column != "", None)).astype(float)
        for name, column in table.items()
    }
    return pd.DataFrame(typed)


def _sections(sheets: Sheets) -> dict[str, Any]:
    found: dict[str, Any] = {n: sheets.config[n] for n in ("city", "walking")}
    for name in ("places", "outlets", "spaces", "walks"):
        if name in sheets.tables:
            mapped = {g: g for g in sheets.groups if g != "everyone"} if name == "places" else {}
            columns = mapped | sheets.names.get(name, {})
            found[name] = {"file": _file(sheets, name), "columns": columns}
            found[name] |= sheets.config.get(name, {})
    if "edges" in sheets.tables:
        found["streets"] = {name: _file(sheets, name) for name in ("nodes", "edges")}
        columns = sheets.names.get("nodes", {}) | sheets.names.get("edges", {})
        found["streets"] |= {"columns": columns} | sheets.config.get("streets", {})
    if sheets.form.stated:
        for name in found:
            if name not in ("city", "walking"):
                found[name] = found[name] | {"encoding": sheets.form.encoding}
    return found


def _scenario(question: Question) -> dict[str, Any]:
    found: dict[str, Any] = {"objective": question.objective, "enforce": [*question.enforce]}
    if question.grade is not None:
        found["grade"] = question.grade
    found["budget"] = question.budget.model_dump()
    found["targets"] = {"coverage": question.targets}
    found["floors"] = question.floors
    found["locks"] = question.locks.model_dump()
    found["funds"] = [fund.model_dump(exclude_none=True) for fund in question.funds]
    return found


def _toml(content: dict[str, Any]) -> str:
    """Return TOML: values first, then a section for each table or list of tables."""
    plain = [f"{k} = {_value(v)}" for k, v in content.items() if not _is_section(v)]
    lines = [*plain]
    for name, section in content.items():
        if _is_section(section):
            head = f"[{name}]" if isinstance(section, dict) else f"[[{name}]]"
            for table in [section] if isinstance(section, dict) else section:
                lines += [head, *(f"{json.dumps(k)} = {_value(v)}" for k, v in table.items())]
    return "\n".join([*lines, ""])


def _is_section(value: Any) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list) and bool(value) and isinstance(value[0], dict)
    )


def _value(value: Any) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict):
        pairs = (f"{json.dumps(k, ensure_ascii=False)} = {_value(v)}" for k, v in value.items())
        return f"{{ {', '.join(pairs)} }}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value)


# ------------------------------------------------------------------------------- read and solved


def read(sheets: Sheets) -> tuple[City, Question]:
    """Return the city and the question that the files state."""
    with tempfile.TemporaryDirectory() as folder:
        return read_in(sheets, Path(folder) / "city")


def read_in(sheets: Sheets, folder: Path) -> tuple[City, Question]:
    """Write the files and return the city and the question that they state."""
    write(sheets, folder)
    city = siting.read_city(folder)
    stated = Scenario(standard=sheets.question.standard, policy=sheets.question.policy)
    return city, siting.api.resolve(city, stated)


def solve(city: City, question: Question, **how) -> Plan | None:
    """Return the proved best plan, verified; None where there is none."""
    manner = {"gap": 0.0, "time_limit": SECONDS} | how
    try:
        return siting.solve(city, scenario_of(question), **manner)
    except InfeasibleError:
        return None


def numbers(column: pd.Series, change: Callable[[Decimal], Decimal]) -> pd.Series:
    """Return a column with its numbers changed, empty cells as they are."""
    return column.map(lambda cell: shown(change(Decimal(cell))) if cell else cell)


def array(column: pd.Series) -> np.ndarray:
    """Return a column as numbers."""
    return column.astype(float).to_numpy()
