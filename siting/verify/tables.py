"""Whether projects.csv and gaps.csv say what plan.json and the recount say."""

from __future__ import annotations

import csv
import io
import math
import re
from typing import TYPE_CHECKING

from siting.errors import Notice
from siting.files import file_content
from siting.plan.disk import LARGEST
from siting.standard.tolerances import SLACK
from siting.verify.cells import Fen
from siting.verify.compare import close, fen, shown, yuan

if TYPE_CHECKING:
    from pathlib import Path

    from siting.city.model import City
    from siting.plan.document import Document, Payment
    from siting.standard.model import Question
    from siting.verify.recount import Recount

PROJECTS = (
    "space",
    "type",
    "type_zh",
    "type_en",
    "class",
    "community",
    "area_m2",
    "capital",
    "one_off",
    "relief",
    "chain",
    "subsidy_per_year",
    "paid_by_capital",
    "paid_by_subsidy",
    "residents_gained",
    "residents_shared",
    "x",
    "y",
)
EVERYWHERE = "in_every_answer"
GAPS = (
    "community",
    "type",
    "class",
    "group",
    "minutes",
    "residents",
    "served_before",
    "served_after",
    "share_before",
    "share_after",
    "present_before",
    "present_after",
)
_SIGNS = "=+-@\t\r＝＋－＠"
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
Cell = str | float | int | Fen | dict[str, int]  # whole fen by purse
Row = dict[str, Cell]


def check_projects(path: Path, document: Document, question: Question | None) -> list[Notice]:
    """Return what is wrong in projects.csv: one row a project, in the order of plan.json."""
    return _check(path, project_columns(document), project_rows(document, question))


def project_columns(document: Document) -> tuple[str, ...]:
    """Return the columns of the projects; one more where other weights were asked for."""
    return PROJECTS if document.shared is None else (*PROJECTS, EVERYWHERE)


def project_rows(document: Document, question: Question | None) -> list[Row]:
    """Return the cells of each project by column; names of unknown types are left out."""
    types = {t.id: t for t in question.standard.types} if question else {}
    one_off = {item.space: item for item in document.one_off}
    shared = {(pair.space, pair.type) for pair in document.shared or ()}
    rows: list[Row] = []
    for p in document.projects:
        fixed = one_off.pop(p.space, None)  # stands with the first project of its space
        row: Row = {
            "space": p.space,
            "type": p.type,
            "community": p.community,
            "area_m2": p.area_m2,
            "capital": Fen(fen(p.capital)),
            "one_off": Fen(fen(fixed.capital) if fixed else 0),
            "relief": p.relief,
            "chain": int(p.chain),
            "subsidy_per_year": Fen(fen(p.subsidy_per_year)),
            "paid_by_capital": _by_purse(
                (*p.capital_paid_by, *(fixed.capital_paid_by if fixed else ()))
            ),
            "paid_by_subsidy": _by_purse(p.subsidy_paid_by),
            "residents_gained": p.residents_gained,
            "residents_shared": p.residents_shared,
            "x": p.x,
            "y": p.y,
        }
        if p.type in types:
            kind = types[p.type]
            row |= {"type_zh": kind.zh, "type_en": kind.en, "class": kind.type_class}
        if document.shared is not None:
            row[EVERYWHERE] = int((p.space, p.type) in shared)
        rows.append(row)
    return rows


def check_gaps(path: Path, city: City, question: Question, right: Recount) -> list[Notice]:
    """Return what is wrong in gaps.csv: one row a community and type, in that order."""
    share = question.standard.presence_share
    rows: list[Row] = []
    for c, community in enumerate(city.communities):
        for count in right.types:
            people = float(count.people[c])
            row: Row = {
                "community": community,
                "type": count.kind.id,
                "class": count.kind.type_class,
                "group": count.kind.counting_group,
                "minutes": count.kind.minutes,
                "residents": people,
            }
            for when, served in (("before", count.before[c]), ("after", count.after[c])):
                row[f"served_{when}"] = float(served)
                row[f"share_{when}"] = float(served / people) if people else 0.0
                enough = share * people - served <= SLACK * people
                row[f"present_{when}"] = int(people > 0 and enough)
            rows.append(row)
    return _check(path, GAPS, rows)


def _check(path: Path, columns: tuple[str, ...], rows: list[Row]) -> list[Notice]:
    try:
        text = file_content(path, LARGEST).decode("utf-8-sig")
        table = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as fault:
        return [Notice("verify.file_unreadable", file=path.name, values={"fault": str(fault)})]
    header = tuple(table[0]) if table else ()
    if header != columns:
        return [
            Notice(
                "verify.file_columns",
                file=path.name,
                values={"stated": ", ".join(header), "right": ", ".join(columns)},
            )
        ]
    if len(table) - 1 != len(rows):
        return [
            Notice(
                "verify.file_rows",
                file=path.name,
                values={"stated": len(table) - 1, "right": len(rows)},
            )
        ]
    found: list[Notice] = []
    for number, (cells, row) in enumerate(zip(table[1:], rows, strict=True), start=2):
        if len(cells) != len(columns):
            values = {"stated": len(cells), "right": len(columns)}
            found.append(Notice("verify.file_width", file=path.name, row=number, values=values))
            continue
        written = dict(zip(columns, cells, strict=True))
        for column, wanted in row.items():
            if not agrees(written[column], _as_text(wanted)):
                found.append(
                    Notice(
                        "verify.file_cell",
                        file=path.name,
                        row=number,
                        column=column,
                        value=written[column],
                        values={"right": text_of(wanted)},
                    )
                )
    return found


def _as_text(wanted: Cell) -> Cell:
    """Return a word as it ought to stand in a CSV file: never as the formula it may look like."""
    said = _paid(wanted) if isinstance(wanted, dict) else wanted
    if not isinstance(said, str) or len(said) < 2 or said[0] not in _SIGNS:
        return said
    return said if _NUMBER.fullmatch(said) else f"'{said}"


def agrees(written: str, wanted: Cell) -> bool:
    """Return whether a cell as text says what it ought to."""
    if isinstance(wanted, str):
        return written == wanted
    if isinstance(wanted, dict):
        return written == _paid(wanted)
    if _NUMBER.fullmatch(written) is None:
        return False
    stated = float(written)
    if isinstance(wanted, Fen):
        return math.isfinite(stated) and fen(stated) == wanted.amount
    return close(stated, wanted)


def says(cell: object, wanted: Cell) -> bool:
    """Return whether a cell with a type of its own says what it ought to."""
    if isinstance(wanted, str | dict):
        return isinstance(cell, str) and agrees(cell, wanted)
    number = isinstance(cell, int | float) and not isinstance(cell, bool)
    return number and agrees(repr(cell), wanted)


def _by_purse(payments: tuple[Payment, ...]) -> dict[str, int]:
    paid: dict[str, int] = {}
    for payment in payments:
        paid[payment.fund] = paid.get(payment.fund, 0) + (fen(payment.amount) or 0)
    return paid


def _paid(by_purse: dict[str, int]) -> str:
    """Return ``general:100.00;fund:20.50``."""
    return ";".join(f"{fund}:{yuan(paid)}" for fund, paid in by_purse.items())


def text_of(wanted: Cell) -> str:
    """Return what a cell ought to be, as text."""
    if isinstance(wanted, dict):
        return _paid(wanted) or "-"
    if isinstance(wanted, Fen):
        return yuan(wanted.amount)
    return shown(wanted)
