"""Whether report.xlsx says what plan.json says: every number of its projects and of its money."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from siting.errors import Notice
from siting.verify.compare import close, fen, shown, yuan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from siting.plan.document import Document, Payment

_LANGS = ("en", "zh")
_YUAN = (1, 10_000)  # that one in the sheets means, by language
_PROJECTS, _MONEY = ("Projects", "项目清单"), ("Money", "资金")
_GENERAL = "general"
_YES_NO = ("no", "yes")
_NAMES = {
    "no": ("no", "否"),
    "yes": ("yes", "是"),
    "general": ("the general budget", "一般预算"),
    "capital": ("capital, once", "一次投入"),
    "subsidy_per_year": ("rent subsidy, a year", "每年租金补贴"),
    "unlimited": ("no limit", "不设限额"),
    "by_fund": ("Budgets and funds", "预算与专项资金"),
    "by_type": ("By type", "按业态"),
    "total": ("total", "合计"),
}
_HEADERS = {
    "number": ("no.", "序号"),
    "space": ("space", "空间编号"),
    "type": ("type", "业态"),
    "class": ("class", "类别"),
    "community": ("community", "生活圈"),
    "address": ("address", "地址"),
    "area": ("area (m²)", "面积（m²）"),
    "capital": ("capital (yuan)", "投资（万元）"),
    "one_off": ("one-off cost of the space (yuan)", "空间一次性费用（万元）"),
    "pays_capital": ("of that, paid by {fund} (yuan)", "其中{fund}出资（万元）"),
    "relief": ("rent relief (share)", "租金减免（%）"),
    "subsidy": ("subsidy (yuan a year)", "租金补贴（万元/年）"),
    "pays_subsidy": ("of that, paid by {fund} (yuan a year)", "其中{fund}补贴（万元/年）"),
    "gained": ("residents gained (people)", "新增覆盖居民（人）"),
    "shared": (
        "of them reached by another project too (people)",
        "其中与同业态项目重叠（人）",
    ),
    "chain": ("chain", "连锁"),
    "everywhere": ("chosen under other weights too", "其他权重下也入选"),
    "fund": ("fund", "资金"),
    "purpose": ("pays for", "用途"),
    "limit": ("limit (yuan)", "限额（万元）"),
    "spent": ("spent (yuan)", "支出（万元）"),
    "left": ("left (yuan)", "结余（万元）"),
    "used": ("spent (share)", "使用率（%）"),
    "count": ("projects (number)", "项目（个）"),
}


@dataclass(frozen=True)
class _Fen:
    """An amount of money in whole fen, None for an empty cell."""

    amount: int | None


class _Free:
    """A cell that any text may stand in, but no number."""


_FREE = _Free()
Wanted = str | float | _Fen | _Free | None
Cell = object


def check_workbook(
    path: Path, document: Document, addresses: dict[str, str] | None
) -> list[Notice]:
    """Return what is wrong with the projects and the money in a plan's workbook.

    Parameters
    ----------
    addresses
        Of each space, or None where the city states none.
    """
    try:
        sheets = _read(path)
    except Exception as fault:  # whatever a broken archive makes of its reader
        return [Notice("verify.file_unreadable", file=path.name, values={"fault": str(fault)})]
    found: list[Notice] = []
    grids: tuple[tuple[tuple[str, str], Callable[[int], list[list[Wanted]]]], ...] = (
        (_PROJECTS, lambda lang: _projects(document, addresses, lang)),
        (_MONEY, lambda lang: _money(document, lang)),
    )
    for names, wanted in grids:
        lang = next((k for k, name in enumerate(names) if name in sheets), None)
        if lang is None:
            values = {"sheet": " / ".join(names)}
            found.append(Notice("verify.sheet_missing", file=path.name, values=values))
        else:
            name = names[lang]
            found += _compare(f"{path.name}/{name}", sheets[name], wanted(lang), _YUAN[lang])
    return found


def _read(path: Path) -> dict[str, list[list[Cell]]]:
    """Return the rows of the sheets that are checked, without empty rows and ends of rows."""
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True, data_only=False)
    try:
        return {
            name: [
                _stripped(row) for row in book[name].iter_rows(values_only=True) if _stripped(row)
            ]
            for name in (*_PROJECTS, *_MONEY)
            if name in book.sheetnames
        }
    finally:
        book.close()


def _stripped(row: Sequence[Cell]) -> list[Cell]:
    cells = list(row)
    while cells and cells[-1] is None:
        cells.pop()
    return cells


def _projects(
    document: Document, addresses: dict[str, str] | None, lang: int
) -> list[list[Wanted]]:
    funds = {
        pays: [f.id for f in document.funds if f.pays == pays]
        for pays in ("capital", "subsidy_per_year")
    }
    one_off = {item.space: item for item in document.one_off}
    shared = {(pair.space, pair.type) for pair in document.shared or ()}
    columns: dict[str, list[Wanted]] = {}

    def put(header: str, cell: Wanted) -> None:
        columns.setdefault(header, []).append(cell)

    for number, p in enumerate(document.projects, start=1):
        item = one_off.pop(p.space, None)
        once = (*p.capital_paid_by, *(item.capital_paid_by if item else ()))
        put(_header("number", lang), float(number))
        put(_header("space", lang), p.space)
        put(_header("type", lang), _FREE)
        put(_header("class", lang), _FREE)
        put(_header("community", lang), p.community)
        if addresses is not None:
            put(_header("address", lang), addresses.get(p.space, ""))
        put(_header("area", lang), p.area_m2)
        put(_header("capital", lang), _Fen(fen(p.capital)))
        if document.one_off:
            put(_header("one_off", lang), _Fen(fen(item.capital) if item else None))
        for fund, paid in _by_purse(funds["capital"], once):
            put(_header("pays_capital", lang, fund), _Fen(paid or None))
        put(_header("relief", lang), p.relief)
        put(_header("subsidy", lang), _Fen(fen(p.subsidy_per_year)))
        for fund, paid in _by_purse(funds["subsidy_per_year"], p.subsidy_paid_by):
            put(_header("pays_subsidy", lang, fund), _Fen(paid or None))
        put(_header("gained", lang), p.residents_gained)
        put(_header("shared", lang), p.residents_shared)
        put(_header("chain", lang), _NAMES[_YES_NO[p.chain]][lang])
        if document.shared is not None:
            both = (p.space, p.type) in shared
            put(_header("everywhere", lang), _NAMES[_YES_NO[both]][lang])
    rows = [list(row) for row in zip(*columns.values(), strict=True)]
    summed = {_header("number", lang): _NAMES["total"][lang]} | {
        header: _total(cells)
        for header, cells in columns.items()
        if header == _header("area", lang) or isinstance(cells[0], _Fen)
    }
    return [[*columns], *rows, [summed.get(header) for header in columns]] if rows else []


def _by_purse(funds: list[str], payments: tuple[Payment, ...]) -> Iterator[tuple[str, int]]:
    if not funds:
        return
    paid = dict.fromkeys((_GENERAL, *funds), 0)
    for payment in payments:
        paid[payment.fund] = paid.get(payment.fund, 0) + (fen(payment.amount) or 0)
    yield from paid.items()


def _header(name: str, lang: int, fund: str | None = None) -> str:
    if fund is None:
        return _HEADERS[name][lang]
    return _HEADERS[name][lang].format(fund=_NAMES["general"][lang] if fund == _GENERAL else fund)


def _total(cells: Iterable[Wanted]) -> Wanted:
    known = list(cells)
    if isinstance(known[0], _Fen):
        return _Fen(sum(c.amount or 0 for c in known if isinstance(c, _Fen)))
    return sum(c for c in known if isinstance(c, float))


def _money(document: Document, lang: int) -> list[list[Wanted]]:
    budget = document.budget
    purses = []
    for pays, general in (
        ("capital", budget.capital),
        ("subsidy_per_year", budget.subsidy_per_year),
    ):
        purses.append((_NAMES["general"][lang], pays, general.limit, general.spent))
        purses += [(f.id, pays, f.limit, f.spent) for f in document.funds if f.pays == pays]
    rows: list[list[Wanted]] = [[_NAMES["by_fund"][lang]]]
    rows.append([_header(h, lang) for h in ("fund", "purpose", "limit", "spent", "left", "used")])
    for name, pays, limit, spent in purses:
        row: list[Wanted] = [name, _NAMES[pays][lang]]
        if limit is None:
            row += [_NAMES["unlimited"][lang], _Fen(fen(spent)), None, None]
        else:
            left = _Fen((fen(limit) or 0) - (fen(spent) or 0))
            row += [_Fen(fen(limit)), _Fen(fen(spent)), left, spent / limit if limit else None]
        rows.append(row)
    rows.append([_NAMES["by_type"][lang]])
    rows.append([_header(h, lang) for h in ("type", "class", "count", "capital", "subsidy")])
    listed = [t["id"] for t in document.inputs.standard.get("types", ())]
    sums: list[list[int]] = []
    for word in listed:
        mine = [p for p in document.projects if p.type == word]
        if mine:
            capital = sum(fen(p.capital) or 0 for p in mine)
            subsidy = sum(fen(p.subsidy_per_year) or 0 for p in mine)
            sums.append([len(mine), capital, subsidy])
            rows.append([_FREE, _FREE, float(len(mine)), _Fen(capital), _Fen(subsidy)])
    if document.one_off:
        fixed = sum(fen(item.capital) or 0 for item in document.one_off)
        sums.append([0, fixed, 0])
        rows.append([_FREE, None, None, _Fen(fixed)])
    count, capital, subsidy = (sum(row[k] for row in sums) for k in range(3))
    total = _NAMES["total"][lang]
    rows.append([total, None, float(count), _Fen(capital), _Fen(subsidy)])
    return rows


def _compare(
    name: str, stated: list[list[Cell]], right: list[list[Wanted]], unit: int
) -> Iterator[Notice]:
    # without a project there is nothing but a header and a row of totals
    if len(stated) != len(right) if right else len(stated) > 2:
        values = {"stated": len(stated), "right": len(right) or 2}
        yield Notice("verify.file_rows", file=name, values=values)
        return
    for number, (cells, wanted) in enumerate(zip(stated, right, strict=False), start=1):
        width = max(len(cells), len(wanted))
        for k in range(width):
            cell = cells[k] if k < len(cells) else None
            ought = wanted[k] if k < len(wanted) else None
            if not _agrees(cell, ought, unit):
                yield Notice(
                    "verify.file_cell",
                    file=name,
                    row=number,
                    column=str(k + 1),
                    value=shown(cell),
                    values={"right": _text(ought)},
                )


def _agrees(cell: Cell, ought: Wanted, unit: int) -> bool:
    if isinstance(ought, _Free):
        return isinstance(cell, str)
    if isinstance(ought, str):
        return _plain(cell) == _plain(ought)
    amount = ought.amount if isinstance(ought, _Fen) else ought
    if amount is None or cell is None:
        return cell is None and amount is None
    if isinstance(cell, bool) or not isinstance(cell, (int, float)):
        return False
    if isinstance(ought, _Fen):
        return close(float(cell) * unit * 100, float(amount))
    return close(float(cell), amount)


def _plain(cell: Cell) -> str:
    """Return text without what a workbook cannot hold or keep: breaks and control characters."""
    words = "" if cell is None else str(cell)
    words = re.sub(r"_x([0-9A-Fa-f]{4})_", lambda m: chr(int(m[1], 16)), words)
    return "".join(c for c in words if c.isprintable() and not c.isspace() and c != "\ufffd")


def _text(ought: Wanted) -> str:
    if isinstance(ought, _Fen):
        return yuan(ought.amount)
    return "-" if ought is None or isinstance(ought, _Free) else shown(ought)
