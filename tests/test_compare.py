"""What differs between two plans: every project once, money to the fen, people place by place."""

from __future__ import annotations

import io
import json
import math
import os
import shutil
from dataclasses import replace

import numpy as np
import openpyxl
import pandas as pd
import pytest
from cli_fakes import say
from full_plans import document_of
from rich.cells import cell_len
from rich.console import Console
from small_town import asked, kind, town

import siting
from siting import Standard, api
from siting.errors import InputError, VerificationError
from siting.plan.restore import restore
from siting.report.compare.lines import compare_lines, residents_line
from siting.report.compare.listing import heading
from siting.report.compare.tables import listings
from siting.report.compare.terminal import comparison_text
from siting.standard.model import Fund, Grade, Locks, Policy
from siting.standard.options import find_options

SHOP = kind("shop", zh="便利店", en="Shop", groups={"everyone": 1.0})
CAFE = kind("cafe", zh="咖啡店", en="Cafe", **{"class": "quality"})
NAMES = ("plans/a", "plans/b")


def plan(*wanted, city=None, standard=None, **changed):
    """Return the plan that opens these (space, type) pairs, of a town without a network."""
    city = city or town()
    standard = standard or Standard(
        id="s",
        zh="标准",
        en="Standard",
        types=(SHOP, CAFE),
        grades=(Grade(id="g", zh="达标型", en="Reached", min_types={"basic": 1}),),
    )
    question = api.resolve(city, asked(standard=standard, **changed))
    options = find_options(city, question)
    at = {t.id: k for k, t in enumerate(standard.types)}
    spaces = {str(name): s for s, name in enumerate(city.spaces.id)}
    pairs = list(zip(options.space.tolist(), options.type.tolist(), strict=True))
    chosen = np.array(sorted(pairs.index((spaces[s], at[t])) for s, t in wanted), dtype=np.int64)
    return restore(document_of(city, question, chosen), city)


def ran(capsys, *arguments):
    """Return the exit code, stdout and stderr of a command."""
    said = say(capsys, *arguments)
    return said.code, said.out, said.err


def changes(found):
    """Return (change, space before, type before, space after, type after), sorted."""
    columns = ["change", "space_a", "type_a", "space_b", "type_b"]
    rows = found.projects[columns].astype(object)
    rows = rows.where(rows.notna(), None)
    return sorted(map(tuple, rows.to_numpy().tolist()), key=str)


def test_a_plan_compared_with_itself_differs_in_nothing():
    one = plan(("S1", "shop"), ("S3", "cafe"))
    found = siting.compare(one, one)
    assert found.nothing_differs
    assert set(found.projects["change"]) == {"stayed"}
    assert not found.asked.differences
    assert not found.asked.apart
    for lang in ("zh", "en"):
        (*_, (_, said)) = compare_lines(found, NAMES, lang)
        assert ("没有差异" if lang == "zh" else "nothing differs") in said


def test_projects_are_added_dropped_changed_moved_or_stay():
    a = plan(("S1", "shop"), ("S2", "shop"), ("S3", "shop"))
    b = plan(("S1", "shop"), ("S2", "cafe"), ("S4", "shop"))
    found = siting.compare(a, b)
    # S4 lies 6 km from S3: no one walks that far in ten minutes
    assert changes(found) == [
        ("added", None, None, "S4", "shop"),
        ("changed", "S2", "shop", "S2", "cafe"),
        ("dropped", "S3", "shop", None, None),
        ("stayed", "S1", "shop", "S1", "shop"),
    ]
    again = siting.compare(b, a)
    assert sorted(again.projects["change"].astype(str)) == [
        "added",
        "changed",
        "dropped",
        "stayed",
    ]


def test_moved_is_what_lies_within_the_types_own_walk_in_the_same_community():
    a, b = plan(("S1", "shop")), plan(("S2", "shop"))
    found = siting.compare(a, b)
    assert changes(found) == [("moved", "S1", "shop", "S2", "shop")]
    assert found.projects["metres"].tolist() == [400.0]
    # 399 metres are less than the way between the two
    near = SHOP.model_copy(update={"minutes": 399.0 / 60.0})
    standard = Standard(id="s", zh="s", en="s", types=(near,))
    far = siting.compare(
        plan(("S1", "shop"), standard=standard), plan(("S2", "shop"), standard=standard)
    )
    assert sorted(far.projects["change"].astype(str)) == ["added", "dropped"]
    apart = town(community=["West", "East", "East", "East"])
    other = siting.compare(plan(("S1", "shop"), city=apart), plan(("S2", "shop"), city=apart))
    assert sorted(other.projects["change"].astype(str)) == ["added", "dropped"]


def test_of_several_that_could_have_moved_the_nearest_pair_counts_and_each_project_once():
    spaces = {
        "x": [0.0, 100.0, 150.0, 500.0],
        "community": ["West"] * 4,
    }
    city = town(**spaces)
    a = plan(("S1", "shop"), ("S2", "shop"), city=city)
    b = plan(("S3", "shop"), ("S4", "shop"), city=city)
    found = siting.compare(a, b)
    assert changes(found) == [
        ("moved", "S1", "shop", "S4", "shop"),
        ("moved", "S2", "shop", "S3", "shop"),
    ]


def test_another_area_in_the_same_space_is_a_change():
    big = SHOP.model_copy(update={"area_typical_m2": 80.0})
    standards = [Standard(id="s", zh="s", en="s", types=(one,)) for one in (SHOP, big)]
    found = siting.compare(*(plan(("S2", "shop"), standard=one) for one in standards))
    assert changes(found) == [("changed", "S2", "shop", "S2", "shop")]
    (row,) = found.projects.to_dict("records")
    assert (row["area_m2_a"], row["area_m2_b"]) == (50.0, 80.0)


def test_money_adds_up_to_what_the_plans_spend_by_fund():
    fund = Fund(id="fund <u>", amount=30_000.0, types=("shop",))
    a = plan(("S1", "shop"), capital=400_000.0)
    b = plan(("S1", "shop"), ("S1", "cafe"), capital=500_000.0, funds=(fund,))
    found = siting.compare(a, b)
    rows = {(r["fund"], r["pays"]): r for r in found.money.to_dict("records")}
    assert rows["general", "capital"]["limit_a"] == 400_000.0
    assert rows["general", "capital"]["limit_b"] == 500_000.0
    assert rows["fund <u>", "capital"]["limit_a"] == 0.0
    assert math.isnan(rows["general", "subsidy_per_year"]["limit_a"])
    for side, one in zip("ab", (a, b), strict=True):
        spent = sum(p.capital for p in one.document.projects)
        spent += sum(o.capital for o in one.document.one_off)
        assert found.spent("capital")["ab".index(side)] == pytest.approx(spent, abs=1e-9)
    difference = sum(r["difference"] for k, r in rows.items() if k[1] == "capital")
    assert difference == found.spent("capital")[1] - found.spent("capital")[0]
    assert {n.key for n in found.asked.differences} == {
        "plan.differs_capital",
        "plan.differs_funds",
    }


def test_people_are_counted_place_by_place_not_by_sums():
    # the shop moves from the west (1000 people) to the east (500)
    found = siting.compare(plan(("S1", "shop")), plan(("S3", "shop")))
    (shop,) = found.coverage[found.coverage["type"] == "shop"].to_dict("records")
    assert (shop["more"], shop["fewer"], shop["difference"]) == (500.0, 1000.0, -500.0)
    assert (shop["newly_a"], shop["newly_b"]) == (1000.0, 500.0)
    (everyone,) = found.groups.to_dict("records")
    assert (everyone["more"], everyone["fewer"]) == (500.0, 1000.0)
    circles = found.circles.set_index("community")
    assert circles["verdict"].to_dict() == {"West": -1, "East": 1}
    assert circles.loc["West", "grade_a"] == "g"
    assert circles.loc["West", "grade_b"] is None
    assert circles["by_grade"].to_dict() == {"West": -1, "East": 1}


def test_a_group_that_gains_where_residents_as_a_whole_do_not_is_told_with_the_reason():
    # ten minutes take everyone to both shops from both homes, but the aged only to the nearer one
    both = SHOP.model_copy(update={"groups": {"everyone": 1.0, "aged_60_plus": 1.0}})
    shares = {"aged_60_plus": 0.2}
    standard = Standard(id="s", zh="s", en="s", types=(both,), typical_shares=shares)
    slower = replace(town().walking, groups=(("aged_60_plus", 50.0),))
    city = replace(town(), walking=slower)
    one, two = (plan((s, "shop"), city=city, standard=standard) for s in ("S1", "S2"))
    found = siting.compare(one, two)
    more = dict(zip(found.groups["group"], found.groups["more"], strict=True))
    assert more["everyone"] == 0.0 < more["aged_60_plus"]
    for lang, said in (("en", "its own walking speed"), ("zh", "按自身步速")):
        line = residents_line(found, lang)
        assert f"{more['aged_60_plus']:,.0f}" in line
        assert said in line
    alike = siting.compare(plan(("S1", "shop")), plan(("S3", "shop")))
    assert "walking speed" not in residents_line(alike, "en")


def test_every_number_of_people_is_that_of_plan_json():
    one, two = plan(("S1", "shop"), ("S3", "cafe")), plan(("S2", "cafe"), ("S3", "shop"))
    found = siting.compare(one, two)
    for side, each in zip("ab", (one, two), strict=True):
        for row in each.document.coverage:
            for group, share in row.by_group.items():
                (mine,) = found.coverage[
                    (found.coverage["type"] == row.type) & (found.coverage["group"] == group)
                ].to_dict("records")
                assert mine["today"] == pytest.approx(share.before)
                assert mine[f"share_{side}"] == pytest.approx(share.after)
                assert mine[f"served_{side}"] == pytest.approx(share.after * share.residents)
        for circle in each.document.circles:
            mine = found.circles.set_index("community").loc[circle.community]
            assert mine[f"grade_{side}"] == circle.grade_after
            assert mine[f"types_{side}"] == sum(circle.present_after.values())
        for name in ("objective", "bound", "gap"):
            stated = getattr(each.document, name)
            value = found.values.loc[name, side]
            assert value == stated if stated is not None else math.isnan(value)


def test_another_city_is_refused_and_other_data_of_the_same_city_too(tmp_path, capsys):
    with pytest.raises(InputError) as raised:
        siting.compare(plan(("S1", "shop")), plan(("S1", "shop"), city=town(x=[1.0, 2, 3, 4])))
    assert raised.value.notices[0].key == "plan.compare_other_data"
    for name, seed in (("one", 1), ("two", 2)):
        siting.generate(tmp_path / name, places=40, spaces=6, types=4, seed=seed)
        api.solve(siting.read_city(tmp_path / name), siting.Scenario(), time_limit=20).save(
            tmp_path / f"{name}.plan"
        )
    plans = [str(tmp_path / f"{name}.plan") for name in ("one", "two")]
    code, out, said = ran(capsys, "compare", *plans)
    assert (code, out) == (2, "")
    assert "different cities" in said
    # the same plan twice is no difference, and a city that has changed since is exit 5
    code, out, _ = ran(capsys, "compare", plans[0], plans[0], "--lang", "zh")
    assert code == 0
    assert "没有差异" in out
    with (tmp_path / "one" / "city.toml").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    with pytest.raises(VerificationError):
        siting.compare(plans[0], plans[0])
    code, out, said = ran(capsys, "compare", plans[0], plans[0])
    assert (code, out) == (5, "")


def test_under_another_standard_only_what_both_count_alike_is_compared():
    tea = kind("tea", zh="茶馆", en="Tea house")
    slow = CAFE.model_copy(update={"minutes": 12.0})
    other = Standard(id="other", zh="另一标准", en="Other", types=(SHOP, slow, tea))
    found = siting.compare(
        plan(("S1", "shop")), plan(("S1", "shop"), ("S3", "tea"), standard=other)
    )
    assert found.asked.types == ("shop",)
    assert set(found.coverage["type"]) == {"shop"}
    assert not found.asked.one_standard
    assert found.circles["grade_a"].isna().all()
    assert found.values["difference"].isna().all()
    keys = {n.key for n in found.asked.apart}
    assert keys == {
        "plan.apart_values",
        "plan.apart_grades",
        "plan.apart_only_b",
        "plan.apart_otherwise",
    }
    said = "\n".join(n.line("zh") for n in found.asked.apart)
    assert "茶馆" in said
    assert "咖啡店" in said


@pytest.mark.parametrize(
    ("changed", "key", "one_measure"),
    [
        ({"policy": Policy(id="q", zh="q", en="q", years=5.0)}, "differs_policy", True),
        ({"policy": Policy(id="p", zh="p", en="p", years=5.0)}, "differs_policy_inside", True),
        ({"objective": "basic-first"}, "differs_objective", False),
        ({"capital": 1e9}, "differs_capital", True),
        ({"subsidy_per_year": 1e9}, "differs_subsidy_per_year", True),
        ({"locks": Locks(open=(("S1", "shop"),))}, "differs_locks", True),
        ({"targets": {"shop": 0.1}}, "differs_targets", True),
        ({"floors": {"shop": 0.0}}, "differs_floors", True),
        ({"grade": "g"}, "differs_grade", True),
        ({"enforce": ("spacing",)}, "differs_enforce", True),
    ],
)
def test_every_difference_of_the_questions_is_said(changed, key, one_measure):
    found = siting.compare(plan(("S1", "shop")), plan(("S1", "shop"), **changed))
    assert [n.key for n in found.asked.differences] == [f"plan.{key}"]
    assert found.asked.one_measure == one_measure
    assert found.asked.apart
    assert not found.asked.one_question
    for lang in ("zh", "en"):
        line = found.asked.differences[0].line(lang)
        assert "{" not in line
        assert ("不限" if lang == "zh" else "unlimited") in line or "inf" not in line


@pytest.mark.parametrize(
    ("changed", "en", "zh"),
    [
        ({"objective": "grades"}, "residents of communities", "达标生活圈居民最多"),
        ({"targets": {"shop": 0.1}}, "B Shop 10%", "B 为 便利店 10%"),
        ({"enforce": ("spacing", "most")}, "most in a community, distance", "每圈上限、同类"),
    ],
)
def test_differences_of_the_questions_are_said_by_names(changed, en, zh):
    found = siting.compare(plan(("S1", "shop")), plan(("S1", "shop"), **changed))
    assert en in found.asked.differences[0].line("en")
    assert zh in found.asked.differences[0].line("zh")


def test_another_version_of_the_software_is_said():
    one = plan(("S1", "shop"))
    old = replace(
        one,
        document=one.document.model_copy(update={"software": {"siting": "0.0.1"}}),
    )
    found = siting.compare(old, one)
    assert [n.key for n in found.asked.differences] == ["plan.differs_software"]
    assert found.asked.one_question


def test_where_the_question_is_the_same_the_nearer_bound_holds_for_both():
    one, two = plan(("S1", "shop"), ("S3", "shop")), plan(("S1", "shop"))

    def bounded(each, bound):
        stage = each.document.stages[0].model_copy(update={"bound": bound})
        update = {"bound": bound, "stages": (stage,)}
        return replace(each, document=each.document.model_copy(update=update))

    best = one.document.objective
    found = siting.compare(bounded(one, 2.0 * best), bounded(two, 1.5 * best))
    said = dict(compare_lines(found, NAMES, "en"))["Value"]
    assert "A is at most 50.00% from it" in said
    share = two.document.objective / best
    assert f"B {math.ceil((1.5 / share - 1) * 10_000 - 1e-7) / 100:.2f}%" in said


@pytest.fixture(scope="module")
def pair():
    a = plan(("S1", "shop"), ("S2", "shop"), ("S3", "shop"), capital=400_000.0)
    fund = Fund(id="=1+1", amount=30_000.0, types=("shop",))
    b = plan(("S1", "shop"), ("S2", "cafe"), ("S4", "shop"), capital=400_000.0, funds=(fund,))
    return siting.compare(a, b)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_workbook_holds_the_numbers_of_the_comparison(pair, tmp_path, lang):
    files = api.write_comparison(pair, tmp_path / "out", names=("=a", "@b"), lang=lang)
    assert sorted(f.name for f in (tmp_path / "out").iterdir()) == [
        "compare.html",
        "compare.xlsx",
    ]
    assert all(f.is_file() for f in files)
    book = openpyxl.load_workbook(tmp_path / "out" / "compare.xlsx")
    unit = 10_000.0 if lang == "zh" else 1.0
    made = {listing.name: listing for listing in listings(pair)}
    for sheet, name in zip(book.worksheets[1:], ("projects", "circles", "coverage"), strict=True):
        assert sheet.freeze_panes is not None
        assert sheet.auto_filter.ref is not None
        rows = list(sheet.iter_rows(min_row=2, values_only=True))
        assert len(rows) == len(made[name])
        for column, field in enumerate(made[name].fields):
            for row, cell in zip(rows, field.cells, strict=True):
                value = row[column]
                if cell is None:
                    assert value is None
                elif field.kind == "text":
                    assert value == cell[lang == "en"]
                elif field.kind in ("money", "money_change"):
                    assert value == pytest.approx(cell / unit)
                else:
                    assert value == pytest.approx(cell)
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row]
    assert {"=a", "@b", "=1+1"} <= {cell.value for cell in cells}
    assert all(cell.data_type != "f" for cell in cells)


def test_writing_that_fails_leaves_the_old_files(pair, tmp_path, monkeypatch):
    folder = tmp_path / "out"
    api.write_comparison(pair, folder, lang="en")
    before = {f.name: f.read_bytes() for f in folder.iterdir()}
    monkeypatch.setattr("siting.report.compare.page.comparison_html", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        api.write_comparison(pair, folder, lang="zh")
    assert {f.name: f.read_bytes() for f in folder.iterdir()} == before
    assert [f.name for f in tmp_path.iterdir()] == ["out"]


def test_a_file_is_no_folder_for_a_comparison(pair, tmp_path):
    (tmp_path / "out").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError):
        api.write_comparison(pair, tmp_path / "out")


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    base = tmp_path_factory.mktemp("saved")
    siting.generate(base / "city", places=60, spaces=8, types=6, seed=3)
    city = siting.read_city(base / "city")
    for name, capital in (("a", 2e5), ("b", 6e5)):
        scenario = siting.Scenario(capital=capital)
        siting.solve(city, scenario, time_limit=20).save(base / name, lang="en")
    return base


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_command_fits_eighty_columns_and_writes_what_it_says(
    saved, tmp_path, capsys, monkeypatch, lang
):
    monkeypatch.setenv("COLUMNS", "80")
    out_folder = tmp_path / "out"
    arguments = (saved / "a", saved / "b", "-o", out_folder, "--lang", lang)
    code, out, err = ran(capsys, "compare", *map(str, arguments))
    assert (code, err) == (0, "")
    assert all(cell_len(line) <= 80 for line in out.splitlines())
    assert {f.name for f in out_folder.iterdir()} == {"compare.html", "compare.xlsx"}
    code, quiet, err = ran(capsys, "compare", *map(str, arguments), "--quiet")
    assert (code, quiet, err) == (0, "", "")


@pytest.mark.parametrize(
    ("lang", "heads"),
    [
        ("en", ("needs met, A", "needs met, B", "needs, B - A", "reach it, A", "reach it, B")),
        ("zh", ("满足需求 A", "满足需求 B", "需求数 B − A", "可达 A", "可达 B")),
    ],
)
def test_a_share_in_the_terminal_says_of_what(pair, lang, heads):
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(comparison_text(pair, ("a", "b"), lang, 200))
    page = console.export_text()
    assert all(head in page for head in heads)


def test_values_in_page_and_workbook_are_rounded_as_in_the_sentences(pair):
    values = pair.values.copy()
    values.loc["objective"] = [164_015.19, 180_040.28, 16_025.09]
    values.loc["bound", ["a", "b"]] = [164_682.01, 180_209.7]
    made = {listing.name: listing for listing in listings(replace(pair, values=values))}
    cells = {field.name: field.cells for field in made["values"].fields}
    assert cells["objective"] == [164_015.1, 180_040.2, 16_025.0]
    assert cells["bound"] == [164_682.1, 180_209.7, None]


def test_shares_of_needs_are_not_called_shares_of_residents(pair):
    made = {listing.name: listing for listing in listings(pair)}
    heads = [heading(field, "en") for field in made["circles"].fields]
    assert [head for head in heads if head.endswith((", A", ", B"))][-2:] == [
        "needs met, A",
        "needs met, B",
    ]


@pytest.mark.parametrize("field", ["capital", "residents_gained"])
def test_a_plan_whose_numbers_do_not_hold_is_not_compared(saved, tmp_path, capsys, field):
    shutil.copytree(saved / "b", tmp_path / "b")
    path = tmp_path / "b" / "plan.json"
    content = json.loads(path.read_text("utf-8"))
    content["inputs"]["city_path"] = os.path.relpath(saved / "city", path.parent)
    content["projects"][0][field] += 1.0
    path.write_text(json.dumps(content), "utf-8")
    code, out, err = ran(capsys, "compare", str(saved / "a"), str(tmp_path / "b"), "--lang", "en")
    assert (code, out) == (5, "")
    assert all(str(path) in line for line in err.splitlines())


def test_json_holds_the_tables(saved, capsys):
    plans = (str(saved / "a"), str(saved / "b"))
    code, out, err = ran(capsys, "compare", *plans, "--json", "--quiet")
    assert (code, err) == (0, "")
    said = json.loads(out)
    found = siting.compare(saved / "a", saved / "b")
    assert said["same"] is False
    assert len(said["projects"]) == len(found.projects)
    assert said["money"][0]["difference"] == found.money["difference"][0]
    assert [row["change"] for row in said["projects"]] == found.projects["change"].tolist()
    assert isinstance(found.projects, pd.DataFrame)
