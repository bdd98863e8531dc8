"""Sheets that would have more rows than anybody reads list the worst, and say so."""

from __future__ import annotations

import pytest

import siting
from siting.generate.city import generate
from siting.report import xlsx_notes, xlsx_tables
from siting.report.xlsx import sheets


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cut") / "city"
    generate(folder, places=80, spaces=12, types=6, seed=4)
    return siting.solve(siting.read_city(folder), siting.Scenario(), gap=0.0, time_limit=20.0)


@pytest.mark.parametrize(("lang", "needs", "still"), [("en", 2, 5), ("zh", 2, 5)])
def test_long_sheets_list_the_rows_where_most_residents_lack_a_type(
    plan, lang, needs, still, monkeypatch
):
    def of(found, sheet):
        columns = found[sheet].blocks[0].columns
        return [column for column in columns if column.kind == "people"][-1].cells

    whole = sheets(plan, lang)
    left, gone = of(whole, needs), of(whole, still)
    assert min(len(left), len(gone)) > 3
    for module in (xlsx_tables, xlsx_notes):
        monkeypatch.setattr(module, "MOST_ROWS", 3)
    cut = sheets(plan, lang)
    assert sorted(of(cut, needs)) == sorted(left)[-3:]
    assert list(of(cut, still)) == sorted(gone, reverse=True)[:3]
    said = [sentence for _, sentence in cut[0].blocks[0].rows]
    assert any("gaps.csv" in sentence for sentence in said)
    assert not any("gaps.csv" in sentence for _, sentence in whole[0].blocks[0].rows)
