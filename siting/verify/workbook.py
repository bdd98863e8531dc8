"""Whether report.xlsx says what plan.json and the recount say: every number of its tables."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from typing import TYPE_CHECKING

from siting.city.findings import Findings
from siting.city.table_excel import is_harmless
from siting.errors import Notice
from siting.verify.book import read_book
from siting.verify.book_sheet import read_sheet
from siting.verify.cells import (
    FREE,
    Cell,
    Fen,
    Shown,
    Wanted,
    compare_formats,
    compare_rows,
    shown_as,
)
from siting.verify.compare import fen, shown
from siting.verify.sheets import (
    class_called,
    figures,
    needs,
    numbers,
    otherwise,
    shares,
    still_open,
    who_has_what,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from siting.plan.document import Document, Payment
    from siting.verify.book_sheet import Sheet
    from siting.verify.sheets import Told

_LANGS = ("en", "zh")
_CALLED = ("en", "zh", "class")
_YUAN = (1, 10_000)  # that one in the sheets means, by language
_SHEETS = {
    "summary": ("Summary", "摘要"),
    "projects": ("Projects", "项目清单"),
    "needs": ("Needs", "需求清单"),
    "coverage": ("Who has what", "有没有"),
    "money": ("Money", "资金"),
    "open": ("Still open", "未解决"),
    "assumptions": ("Assumptions and sources", "假设与来源"),
}
LARGE = "verify.sheet_large"
"""Key of the notice that a sheet was not compared."""
_MOST_TOLD = 5  # of one sheet
_MOST_CELLS = 30_000  # of one sheet: reading more takes longer than counting the city again
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
    "fixed": ("one-off costs of spaces", "空间一次性费用"),
    "total": ("total", "合计"),
    "figures": ("Figures of the types", "各业态参数"),
    "otherwise": (
        "The same projects under other assumptions",
        "同样的项目在其他假设下",
    ),
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


def check_workbook(
    path: Path,
    document: Document,
    addresses: dict[str, str] | None,
    told: Callable[[int], Told] | None = None,
) -> list[Notice]:
    """Return what is wrong in the tables of a plan's workbook, and which are too `LARGE`.

    Parameters
    ----------
    addresses
        Of each space, or None where the city states none.
    told
        What the further sheets are counted from, by language; None where that is not known.
    """
    try:
        sheets, foreign = _read(path)
    except Exception as fault:  # whatever a broken archive makes of its reader
        fault_of = {"fault": f"{type(fault).__name__}: {fault}"}
        return [Notice("verify.file_unreadable", file=path.name, values=fault_of)]
    found = [
        Notice("verify.foreign", file=path.name, values={"where": where, "what": what})
        for where, what in foreign
    ]
    for sheet, names in _SHEETS.items():
        lang = next((k for k, name in enumerate(names) if name in sheets), None)
        if lang is None:
            values = {"sheet": " / ".join(names)}
            found.append(Notice("verify.sheet_missing", file=path.name, values=values))
            continue
        name = names[lang]
        if sheets[name].large:
            found.append(Notice(LARGE, file=path.name, values={"sheet": name}))
        elif told is not None or sheet in ("projects", "money"):
            parts = list(_parts(sheet, sheets[name].rows, document, addresses, told, lang))
            found += _compared(f"{path.name}/{name}", sheets[name], parts, _YUAN[lang])
    return found


def _compared(name: str, sheet: Sheet, parts: list[Part], unit: int) -> Iterator[Notice]:
    """Yield what is wrong in the parts of a sheet, and numbers that stand beside them."""
    told: set[tuple[int, int]] = set()
    for part, at, width, right in parts:
        stated = [row[:width] for row in sheet.rows[at]]
        formats = [row[:width] for row in sheet.formats[at]]
        wrong = list(compare_rows(f"{name}{part}", stated, right, unit, at.start + 1))
        if not wrong:
            wrong = list(compare_formats(f"{name}{part}", stated, formats, right, at.start + 1))
        yield from wrong
        told |= {(at.start + r, c) for r, row in enumerate(stated) for c in range(len(row))}
    for r, row in enumerate(sheet.rows):
        for c, cell in enumerate(row):
            if not isinstance(cell, str) and cell is not None and (r, c) not in told:
                yield Notice(
                    "verify.number_beside",
                    file=name,
                    row=r + 1,
                    column=str(c + 1),
                    value=shown(cell),
                )


Part = tuple[str, slice, int | None, Sequence[Sequence[Wanted]]]
"""What a part of a sheet is called, its rows, how many of its columns count (None: all), and the
right rows."""


def _parts(
    sheet: str,
    rows: Sequence[Sequence[Cell]],
    document: Document,
    addresses: dict[str, str] | None,
    told: Callable[[int], Told] | None,
    lang: int,
) -> Iterator[Part]:
    """Yield what to compare of a sheet."""
    whole, body = slice(0, len(rows)), slice(1, len(rows))
    if sheet == "projects":
        right = _projects(document, addresses, lang)
        # without a project there is nothing but a header and a row of totals
        if right or len(rows) > 2:
            yield "", whole, None, right
        else:
            total = _NAMES["total"][lang]
            nothing = [[*(None if c is None else Shown(0, "any") for c in r)] for r in rows[1:]]
            yield "", body, None, [[total, *cells[1:]] for cells in nothing]
    elif sheet == "money":
        yield "", whole, None, _money(document, lang)
    elif told is not None and sheet == "summary":
        at = len(rows) - len(document.coverage)
        yield "", slice(max(0, at), len(rows)), None, shares(told(lang))
        # above them a header and a title
        yield "", slice(max(0, at - 3), max(0, at - 2)), None, numbers(told(lang))
    elif told is not None and sheet == "assumptions":
        for name, right in (("figures", figures(told(lang))), ("otherwise", otherwise(told(lang)))):
            title = [_NAMES[name][lang]]
            at = next((k for k, row in enumerate(rows) if row == title), len(rows)) + 2
            width = len(right[0]) if right else 0
            yield f"/{title[0]}", slice(at, at + len(right)), width, right
    elif told is not None:
        of = {"needs": needs, "coverage": who_has_what, "open": still_open}[sheet]
        yield "", body, None, of(told(lang))


def _read(path: Path) -> tuple[dict[str, Sheet], list[tuple[str, str]]]:
    """Return the sheets, and what siting does not write: where, and what.

    Empty rows and ends of rows are left out.
    """
    findings = Findings()
    if not is_harmless(path, path.name, findings):
        raise ValueError(findings.faults[0].line())
    sheets: dict[str, Sheet] = {}
    seen: dict[str, str] = {}
    with zipfile.ZipFile(path) as archive:
        book = read_book(archive)
        foreign = list(book.foreign)
        for name, part in book.sheets.items():
            whose = next((key for key, names in _SHEETS.items() if name in names), None)
            if whose is None:
                foreign.append((name, "sheet"))
                continue
            if whose in seen:
                raise ValueError(f"{seen[whose]}, {name}")
            seen[whose] = name
            most = float("inf") if whose in ("projects", "money") else _MOST_CELLS
            with archive.open(part) as stream:
                sheets[name] = read_sheet(stream, book, most)
            foreign += [(name, what) for what in sheets[name].foreign[:_MOST_TOLD]]
    return sheets, foreign


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
    names = _types(document)

    def put(header: str, cell: Wanted) -> None:
        columns.setdefault(header, []).append(cell)

    for number, p in enumerate(document.projects, start=1):
        item = one_off.pop(p.space, None)
        once = (*p.capital_paid_by, *(item.capital_paid_by if item else ()))
        put(_header("number", lang), Shown(number, "whole"))
        put(_header("space", lang), p.space)
        put(_header("type", lang), names[p.type][lang] if p.type in names else FREE)
        put(
            _header("class", lang),
            class_called(names[p.type][2], lang) if p.type in names else FREE,
        )
        put(_header("community", lang), p.community)
        if addresses is not None:
            put(_header("address", lang), addresses.get(p.space, ""))
        put(_header("area", lang), Shown(p.area_m2, "area"))
        put(_header("capital", lang), Fen(fen(p.capital)))
        if document.one_off:
            put(_header("one_off", lang), Fen(fen(item.capital) if item else None))
        for fund, paid in _by_purse(funds["capital"], once):
            put(_header("pays_capital", lang, fund), Fen(paid or None))
        put(_header("relief", lang), shown_as("share", p.relief))
        put(_header("subsidy", lang), Fen(fen(p.subsidy_per_year)))
        for fund, paid in _by_purse(funds["subsidy_per_year"], p.subsidy_paid_by):
            put(_header("pays_subsidy", lang, fund), Fen(paid or None))
        put(_header("gained", lang), Shown(p.residents_gained, "people"))
        put(_header("shared", lang), shown_as("people", p.residents_shared))
        put(_header("chain", lang), _NAMES[_YES_NO[p.chain]][lang])
        if document.shared is not None:
            both = (p.space, p.type) in shared
            put(_header("everywhere", lang), _NAMES[_YES_NO[both]][lang])
    rows = [list(row) for row in zip(*columns.values(), strict=True)]
    summed = {_header("number", lang): _NAMES["total"][lang]} | {
        header: _total(cells)
        for header, cells in columns.items()
        if header == _header("area", lang) or isinstance(cells[0], Fen)
    }
    return [[*columns], *rows, [summed.get(header) for header in columns]] if rows else []


def _types(document: Document) -> dict[str, tuple[str, str, str]]:
    """Return what each type is called, in English and Chinese, and its class.

    Types of a standard that cannot be read, which is told elsewhere, are left out.
    """
    types = document.inputs.standard.get("types")
    found = {}
    for kind in types if isinstance(types, (list, tuple)) else ():
        said = [kind.get(k) if isinstance(kind, dict) else None for k in ("id", *_CALLED)]
        words = [word for word in said if isinstance(word, str)]
        if len(words) == len(said):
            word, en, zh, group = words
            found[word] = (en, zh, group)
    return found


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
    if isinstance(known[0], Fen):
        return Fen(sum(c.amount or 0 for c in known if isinstance(c, Fen)))
    return Shown(sum(c for c in known if isinstance(c, float)), "area")


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
            row += [_NAMES["unlimited"][lang], Fen(fen(spent)), None, None]
        else:
            left = Fen((fen(limit) or 0) - (fen(spent) or 0))
            used = shown_as("share", spent / limit if limit else None)
            row += [Fen(fen(limit)), Fen(fen(spent)), left, used]
        rows.append(row)
    rows.append([_NAMES["by_type"][lang]])
    rows.append([_header(h, lang) for h in ("type", "class", "count", "capital", "subsidy")])
    names = _types(document)
    sums: list[list[int]] = []
    for word in names:
        mine = [p for p in document.projects if p.type == word]
        if mine:
            capital = sum(fen(p.capital) or 0 for p in mine)
            subsidy = sum(fen(p.subsidy_per_year) or 0 for p in mine)
            sums.append([len(mine), capital, subsidy])
            kind = names[word]
            called: list[Wanted] = [kind[lang], class_called(kind[2], lang)]
            opened = Shown(len(mine), "whole")
            rows.append([*called, opened, Fen(capital), Fen(subsidy)])
    if document.one_off:
        fixed = sum(fen(item.capital) or 0 for item in document.one_off)
        sums.append([0, fixed, 0])
        rows.append([_NAMES["fixed"][lang], None, None, Fen(fixed)])
    count, capital, subsidy = (sum(row[k] for row in sums) for k in range(3))
    total = _NAMES["total"][lang]
    rows.append([total, None, Shown(count, "whole"), Fen(capital), Fen(subsidy)])
    return rows
