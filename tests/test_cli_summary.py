"""The summary of a plan: about ten lines, 80 columns, both languages, nothing flattered."""

from __future__ import annotations

import io

import pytest
from cli_fakes import document, plan
from rich.cells import cell_len
from rich.console import Console

from siting.plan.document import Stage
from siting.report.figures import clean, money, percent, percent_up, points
from siting.report.proof import measured_bound
from siting.report.summary import summarise, summary_lines


def rendered(renderable, width=80) -> str:
    page = io.StringIO()
    Console(file=page, width=width, markup=False, highlight=False).print(renderable)
    return page.getvalue()


def said(lang="en", **changes) -> str:
    return " ".join(sentence for _, sentence in summary_lines(plan(**changes), lang, folder="out"))


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [80, 60])
def test_the_summary_fits_its_width_and_stays_short(lang, width):
    lines = rendered(summarise(plan(), lang, width, folder="out"), width).splitlines()
    assert all(cell_len(line.rstrip()) <= width for line in lines)
    assert 10 <= len(lines) <= 20


def test_the_summary_states_projects_money_people_and_bound():
    words = said()
    assert "2 projects in 2 of 5 spaces: Breakfast shop 2" in words
    assert "240,000.50 yuan of 300,000 yuan (80%)" in words
    assert "14,400 yuan, no limit" in words
    assert "900 of 2,000 residents" in words
    assert "Breakfast shop 35% -> 80%" in words
    assert "can score more than 1,801.6 need points; this one scores 1,800.0" in words
    assert "none is over 0.09% better" in words
    assert "EPSG:4549" in words
    assert "plan.gpkg" in words


def test_chinese_money_is_in_wan_yuan():
    words = said("zh")
    assert "24.00 万元" not in words
    assert "24 万元，限额 30 万元" in words
    assert "每年 1.44 万元，不设限额" in words
    assert "早餐店 35% → 80%" in words


@pytest.mark.parametrize(
    ("stage", "bound", "shown"),
    [
        ("coverage", 1801.51, "1,801.6"),
        ("grades", 1801.2, "1,802"),
        ("worst-community", 0.511, "52%"),
        ("cost", 1801.519, "1,801.51"),
    ],
)
def test_a_rounded_bound_is_still_one(stage, bound, shown):
    assert shown in measured_bound(stage, bound, "en")


def test_a_proved_plan_is_called_the_best_and_only_then():
    assert "proved to be the best" not in said()
    best = said(status="optimal", bound=1800.04, gap=0.0, gap_abs=0.0)
    assert "proved to be the best possible" in best
    assert "below" not in best


def test_a_plan_without_a_bound_says_that_nothing_is_known():
    assert "unknown" in said(bound=None, gap=None, gap_abs=None)


def test_what_is_certified_is_said_of_each_stage_that_has_it():
    stage = {"sense": "max", "bound": None, "gap_abs": None, "gap": None, "bound_source": "none"}
    stages = (
        Stage(name="basic", objective=900.0, certified_bound=1000.04, **stage),
        Stage(name="quality", objective=10.0, certified_bound=20.0, **stage),
        Stage(name="grades", objective=5.0, **stage),
    )
    words = said(stages=stages)
    assert "1,000.1 need points of basic types, 20.0 need points of quality types" in words
    assert "without a solver" in words
    assert "without a solver" not in said(stages=stages[2:])
    assert "求解器" in said("zh", stages=stages)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("stopped_by", ["gap", "time", "interrupt", "done"])
def test_every_way_to_stop_has_a_sentence_of_its_own(lang, stopped_by):
    others = {"gap", "time", "interrupt", "done"} - {stopped_by}
    own = summary_lines(plan(stopped_by=stopped_by), lang)[0]
    assert own not in [summary_lines(plan(stopped_by=o), lang)[0] for o in others]


def test_a_plan_without_projects_is_a_right_answer():
    words = said(
        projects=(),
        coverage=(),
        objective=0.0,
        bound=0.0,
        gap=0.0,
        status="optimal",
        residents={"everyone": 0.0, "newly_served_any_type": 0.0},
    )
    assert "no gap that these spaces and budgets can fill" in words
    assert "no type gains" in words


def test_funds_and_estimated_groups_are_said():
    inputs = document().inputs.model_copy(update={"groups_estimated": {"aged_60_plus": 0.211}})
    fund = {"id": "market", "pays": "capital", "amount": 0}
    del fund["amount"]
    words = said(inputs=inputs, funds=({**fund, "limit": 1e6, "spent": 5e5},))
    assert "fund market: 500,000 yuan of 1,000,000 yuan" in words
    assert "aged 60+ as 21.1% of everyone" in words


def test_names_with_markup_or_control_characters_are_shown_as_they_are():
    assert clean("a\x1b[31mb\nc") == "a�[31mb c"
    changed = document().inputs.model_copy(update={"metric_crs": "[bold]x[/bold]"})
    assert "[bold]x[/bold]" in rendered(summarise(plan(inputs=changed), "en", 80))


def test_figures_are_rounded_against_the_plan():
    assert percent(0.7999) == "79%"
    assert percent(0.29) == "29%"
    assert percent(1.0) == "100%"
    assert percent_up(0.00001) == "0.01%"
    assert percent_up(0.0) == "0.00%"
    assert points(10.04) == "10.0"
    assert points(10.04, up=True) == "10.1"
    assert points(0.3, up=True) == "0.3"
    assert points(76_136_920.8) == "76,136,920.8"
    assert money(9_999.0, "zh") == "9,999 元"
    assert money(1e6, "en") == "1,000,000 yuan"


def test_money_is_rounded_as_people_do_it_by_hand():
    assert money(887_050.0, "zh") == "88.71 万元"
    assert money(4_998_950.0, "zh") == "499.90 万元"
    assert money(1.005, "en") == "1.01 yuan"
