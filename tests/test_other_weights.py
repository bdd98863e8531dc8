"""The same question answered under other weights, and the projects that every answer shares."""

from __future__ import annotations

import csv
import json
import time
from random import Random

import pytest
from every_plan import best_stages
from full_families import asked_of
from rich.cells import cell_len
from small_town import asked, kind, town
from tiny_full import scenario_of
from tiny_plan import changes
from typer.testing import CliRunner

import siting
from siting.cli.main import app
from siting.errors import VerificationError
from siting.plan.document import Document
from siting.report.summary import summary_lines
from siting.solve import solve as solve_module
from siting.verify.check import verify
from siting.verify.tables import check_projects

CITIES = 1
CHANGES = 60
OBJECTIVES = ("coverage", "basic-first", "grades", "cost", "worst-community")
FAMILY = ["equal-classes", "basic-thrice", "counting-groups", "equal-gaps"]


def answered(city, scenario, **options):
    plan = siting.solve(city, scenario, gap=0.0, other_weights=True, **options)  # verifies it
    return plan, {a.name: a for a in plan.document.other_weights}


def pairs(solution):
    return [(p.space, p.type) for p in solution.projects]


# ------------------------------------------------------------------------------ worked out by hand
# West holds P1 (600) and P2 (400), which reach S1 and S2, East P3 (500), which reaches S3 alone.
# Every space holds one outlet, and the money pays for as many as are said.

CAFE = {"class": "quality", "minutes": 10.0, "weight": 1.0, "needs": ("gas",)}


def choice(cafe_weight=4.0, capital=50_000.0):
    """One outlet: a shop for 1000 residents in West, at 1 point each, or a cafe for 500 in East."""
    city = town(features=["", "", "gas", ""], max_types=[1] * 4)
    cafe = kind("cafe", **{**CAFE, "weight": cafe_weight})
    return city, asked(kind("shop"), cafe, capital=capital)


def test_each_weighting_has_the_weights_that_its_name_says():
    # lacking: shop 1500 x (2 + 0.5), cafe 1500 x 3; the mean is 4125
    shop = kind("shop", weight=2.0, groups={"everyone": 1.0, "aged_60_plus": 0.25})
    cafe = kind("cafe", **{**CAFE, "weight": 3.0})
    scenario = asked(shop, cafe, capital=50_000.0)
    standard = scenario.standard.model_copy(update={"typical_shares": {"aged_60_plus": 0.4}})
    scenario = scenario.model_copy(update={"standard": standard})
    _, answers = answered(town(features=["gas"] * 4), scenario)
    lacking = 1500 * 2.0 + 600 * 0.5
    mean = (lacking + 4500.0) / 2
    assert {name: answer.weights for name, answer in answers.items()} == {
        "equal-classes": {
            "shop": {"everyone": 1.0, "aged_60_plus": 0.25},
            "cafe": {"everyone": 1.0},
        },
        "basic-thrice": {
            "shop": {"everyone": 3.0, "aged_60_plus": 0.75},
            "cafe": {"everyone": 1.0},
        },
        "counting-groups": {"shop": {"everyone": 2.0}, "cafe": {"everyone": 3.0}},
        "equal-gaps": {
            "shop": pytest.approx(
                {"everyone": 2.0 * mean / lacking, "aged_60_plus": 0.5 * mean / lacking}
            ),
            "cafe": pytest.approx({"everyone": mean / 1500}),
        },
    }
    assert list(answers) == FAMILY


def test_answers_differ_where_weights_decide_and_share_nothing_then():
    plan, answers = answered(*choice())
    assert pairs(plan.document) == [("S3", "cafe")]
    assert plan.document.objective == 2000.0
    found = {name: (pairs(a)[0][1], a.objective, a.shared_projects) for name, a in answers.items()}
    # as many residents lack either type: equal gaps ask what equal classes ask
    assert found == {
        "equal-classes": ("shop", 1000.0, 0),
        "basic-thrice": ("shop", 3000.0, 0),
    }
    assert plan.document.shared == ()
    assert all(a.status == "optimal" for a in answers.values())


def test_what_all_answers_have_is_shared_and_marked(tmp_path):
    # money for two: the shop for 1000 residents is in every answer, a cafe or a shop in East is not
    plan, answers = answered(*choice(capital=100_000.0))
    assert pairs(plan.document)[1] == ("S3", "cafe")
    assert pairs(answers["basic-thrice"])[1] == ("S3", "shop")
    everywhere = plan.document.shared
    assert [(p.space, p.type) for p in everywhere] == pairs(plan.document)[:1]
    assert answers["basic-thrice"].shared_projects == 1
    folder = plan.save(tmp_path / "plan")
    with (folder / "projects.csv").open(encoding="utf-8-sig", newline="") as table:
        marks = [row["in_every_answer"] for row in csv.DictReader(table)]
    assert marks == ["1", "0"]
    assert plan.projects["in_every_answer"].tolist() == [1, 0]


def test_weightings_that_ask_nothing_else_are_left_out():
    # one type, one group: whatever it weighs, the same shop is best
    plan, answers = answered(town(), asked(kind("shop", weight=2.0), capital=50_000.0))
    assert answers == {}
    assert [(p.space, p.type) for p in plan.document.shared] == pairs(plan.document)
    # two types of unlike weight in two classes: class by class both are alone
    types = kind("shop", weight=2.0), kind("cafe", **CAFE)
    city = town(features=["gas"] * 4)
    _, answers = answered(city, asked(*types, capital=50_000.0, objective="basic-first"))
    assert answers == {}
    # as many residents lack either, so that equal gaps ask what equal classes ask
    _, answers = answered(city, asked(*types, capital=50_000.0))
    assert list(answers) == ["equal-classes", "basic-thrice"]


def test_nothing_is_said_of_other_weights_where_none_were_asked_for():
    plan = siting.solve(town(), asked(kind("shop"), capital=50_000.0))
    assert plan.document.other_weights is None
    assert plan.document.shared is None
    assert "in_every_answer" not in plan.projects
    assert "Other weights" not in dict(summary_lines(plan, "en"))


def test_a_question_without_any_option_has_no_projects_under_any_weights():
    shop, cafe = kind("shop", needs=("gas",), weight=2.0), kind("cafe", **CAFE)
    plan, answers = answered(town(), asked(shop, cafe, capital=50_000.0))
    assert plan.document.sizes.options == 0
    assert [a.projects for a in answers.values()] == [()] * len(answers)
    assert len(answers) == 2


# ---------------------------------------------------------------------- against the search over all


@pytest.mark.parametrize(
    "family",
    [*OBJECTIVES, "C12 capacity", "C6 co-payment"],
)
def test_every_answer_is_the_best_under_its_weights_and_the_shared_are_in_all(family):
    seen = 0
    for seed in range(12):
        question = asked_of(family, seed)
        if question is None or best_stages(question.city, question.question) is None:
            continue
        seen += 1
        plan, answers = answered(question.city, scenario_of(question.question), time_limit=60.0)
        document = plan.document
        for answer in answers.values():
            assert_best(question, answer)
        own = pairs(document)
        common = [p for p in own if all(p in pairs(a) for a in answers.values())]
        assert [(p.space, p.type) for p in document.shared] == common
        for answer in answers.values():
            assert answer.shared_projects == len(set(own) & set(pairs(answer)))
        if seen == CITIES:
            return
    raise AssertionError(f"only {seen} cities of {family} have a plan")


def assert_best(question, answer):
    """Compare with the best of all plans under the weights that the answer states."""
    types = tuple(
        t.model_copy(update={"weight": 1.0, "groups": answer.weights[t.id]})
        for t in question.question.standard.types
    )
    weighed = question.standard(types=types)
    best = best_stages(weighed.city, weighed.question)
    assert (answer.objective, answer.bound) == pytest.approx((best[0][1],) * 2, rel=1e-5)
    found = {s.name: s.objective for s in answer.stages}
    # circles that share a level are raised in one stage, which the search over all counts singly
    assert found == pytest.approx({name: dict(best).get(name, found[name]) for name in found})


# ----------------------------------------------------------------------------------------- the time


@pytest.mark.parametrize("asked_too", [False, True])
def test_the_plan_has_at_least_half_of_the_time(monkeypatch, asked_too):
    given = []
    real = solve_module.solve_stages

    def watched(*arguments, **options):
        given.append(options["deadline"] - time.monotonic())
        return real(*arguments, **options)

    monkeypatch.setattr(solve_module, "solve_stages", watched)
    city, scenario = choice()
    siting.solve(city, scenario, time_limit=1000.0, other_weights=asked_too)
    assert len(given) == 1
    assert given[0] == pytest.approx(500.0 if asked_too else 1000.0, rel=0.1)


def test_without_time_every_answer_is_verified_and_its_bound_says_how_little_is_proved(tmp_path):
    siting.api.generate(tmp_path / "city", places=300, spaces=40, types=14, seed=3)
    city = siting.read_city(tmp_path / "city")
    plan = siting.solve(city, siting.Scenario(), time_limit=0.5, other_weights=True)
    answers = plan.document.other_weights
    assert [a.name for a in answers] == FAMILY
    for answer in answers:
        assert answer.bound is None or answer.bound >= answer.objective
        assert answer.status == "optimal" or answer.gap is None or answer.gap > 0


def test_the_same_question_twice_has_the_same_answers():
    city, scenario = choice()
    said = []
    first, second = (
        answered(city, scenario, on_progress=said.append)[0].document for _ in range(2)
    )
    stages = list(dict.fromkeys(news.stage for news in said))
    assert stages == ["walk", "build", "solve", "other_weights", "verify"]
    assert first.deterministic
    assert first.other_weights == second.other_weights
    assert first.shared == second.shared


# ------------------------------------------------------------------------------------- the check


@pytest.fixture(scope="module")
def weighed():
    """Return a plan whose answers have funds, one-off costs, subsidies; its city, its proof."""
    question = asked_of("C6 funds", 16)
    plan, answers = answered(question.city, scenario_of(question.question))
    assert plan.document.funds
    assert any(a.shared_projects < len(plan.document.projects) for a in answers.values())
    return plan.document, question.city, plan.certificate


def test_any_changed_number_of_an_answer_is_rejected(weighed):
    document, city, proof = weighed
    assert not verify(document, city, proof)
    wrong = [
        (name, changed)
        for name, changed in changes(document, city)
        if name.startswith(("other_weights", "shared"))
    ]
    assert len(wrong) > CHANGES
    for name, changed in Random(0).sample(wrong, CHANGES):
        assert verify(changed, city, proof), f"verify accepts the plan with {name}"


def edited(document, change):
    content = json.loads(document.model_dump_json(by_alias=True))
    change(content)
    return Document.model_validate(content)


def drop_project(content):
    answer = content["other_weights"][0]
    answer["projects"] = answer["projects"][1:]


def shrink_project(content):
    content["other_weights"][0]["projects"][0]["area_m2"] -= 1.0


def raise_objective(content):
    answer = content["other_weights"][0]
    for one in (answer, answer["stages"][0]):
        one["objective"] += 1.0
        one["bound"] += 1.0


def lower_bound(content):
    answer = content["other_weights"][0]
    for one in (answer, answer["stages"][0]):
        one["bound"] = one["objective"] - 1.0
        one["gap_abs"] = 1.0
        one["gap"] = 1.0 / one["objective"]


def certify(content):
    stage = content["other_weights"][0]["stages"][0]
    stage["certified_bound"] = 2.0 * stage["objective"]
    stage["certified_gap"] = 1.0


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (lambda c: c["other_weights"].pop(), "others_list"),
        (lambda c: c["other_weights"].reverse(), "others_list"),
        (lambda c: c["other_weights"][0].update(name="mine"), "others_list"),
        (lambda c: c["other_weights"][0]["weights"].popitem(), "others_types"),
        (lambda c: c.update(other_weights=None), "others_half"),
        (lambda c: c.update(shared=None), "others_half"),
        (lambda c: c["shared"].append({"space": "S1", "type": "nothing"}), "shared"),
        (lambda c: c["other_weights"][0].update(shared_projects=99), "others_shared"),
        (drop_project, "others_shared"),
        (drop_project, "shared"),
        (drop_project, "budget_spent"),
        (shrink_project, "project_area"),
        (raise_objective, "objective"),
        (lower_bound, "bound_below"),
        (certify, "certificate_missing"),
    ],
)
def test_a_section_that_was_tampered_with_is_rejected(weighed, change, key):
    document, city, proof = weighed
    keys = {n.key for n in verify(edited(document, change), city, proof)}
    assert f"verify.{key}" in keys


def test_projects_of_an_answer_must_keep_money_and_rules(weighed):
    document, city, proof = weighed

    def overspend(content):
        answer = next(a for a in content["other_weights"] if a["projects"])
        answer["budget"]["capital"]["spent"] += 1.0

    notices = verify(edited(document, overspend), city, proof)
    assert {n.key for n in notices} == {"verify.budget_spent"}
    assert notices[0].file.startswith("plan.json/other_weights/")


def test_a_wrong_mark_in_the_tables_is_rejected(tmp_path):
    siting.api.generate(tmp_path / "city", places=40, spaces=8, types=4, seed=1)
    city = siting.read_city(tmp_path / "city")
    plan, _ = answered(city, siting.Scenario())
    folder = plan.save(tmp_path / "plan")
    siting.verify(folder)
    table = folder / "projects.csv"
    text = table.read_text("utf-8-sig")
    first, row, *rest = text.splitlines()
    row = row[:-1] + ("0" if row.endswith("1") else "1")
    table.write_text("\r\n".join([first, row, *rest]) + "\r\n", "utf-8-sig")
    notices = check_projects(table, plan.document, None)
    assert [(n.key, n.column) for n in notices] == [("verify.file_cell", "in_every_answer")]
    with pytest.raises(VerificationError):
        siting.verify(folder)


# -------------------------------------------------------------------------------- what people read


@pytest.mark.parametrize(
    ("lang", "label", "said"),
    [
        (
            "en",
            "Other weights",
            "0 of 1 projects stand in all 3 answers (in_every_answer in projects.csv); kept one "
            "by one: all types alike 0, basic types thrice the others 0",
        ),
        (
            "zh",
            "换用权重",
            "1 个项目中有 0 个在全部 3 个答案中都出现（见 projects.csv 的 in_every_answer 列）；"
            "逐一换用时保留：各业态权重相同 0 个、基本类为其余三倍 0 个",
        ),
    ],
)
def test_the_summary_says_what_the_answers_share(lang, label, said):
    plan, _ = answered(*choice())
    assert dict(summary_lines(plan, lang))[label] == said


def test_the_summary_says_when_no_weights_ask_anything_else_and_how_far_answers_are():
    plan, _ = answered(town(), asked(kind("shop"), capital=50_000.0))
    assert "none would ask anything else" in dict(summary_lines(plan, "en"))["Other weights"]

    plan, _ = answered(*choice())

    def loosen(content):
        answer = content["other_weights"][0]
        answer["status"] = "feasible"
        answer["stages"][0]["gap"] = 0.0123

    loose = edited(plan.document, loosen)
    told = dict(summary_lines(siting.Plan(document=loose), "en"))["Other weights"]
    assert told.endswith("; the other answers are at most 1.23% from their best")

    def cut_short(content):
        for answer in content["other_weights"]:
            answer["status"], answer["stopped_by"] = "feasible", "time"
            answer["stages"][0]["gap"] = None

    cut = edited(plan.document, cut_short)
    told = dict(summary_lines(siting.Plan(document=cut), "en"))["Other weights"]
    assert "from their best" not in told
    assert "time ended 2 of these searches" in told
    assert "2 个因时间用尽" in dict(summary_lines(siting.Plan(document=cut), "zh"))["换用权重"]


def test_the_command_line_asks_for_other_weights(tmp_path):
    siting.api.generate(tmp_path / "city", places=40, spaces=8, types=4, seed=1)
    command = ["solve", str(tmp_path / "city"), "--other-weights", "--lang", "en"]
    result = CliRunner().invoke(app, [*command, "-o", str(tmp_path / "plan")])
    assert result.exit_code == 0, result.output
    assert "Other weights" in result.stdout
    assert all(cell_len(line) <= 80 for line in result.stdout.splitlines())
    content = json.loads((tmp_path / "plan" / "plan.json").read_text("utf-8"))
    assert content["other_weights"]
    assert "other_weights" in content["seconds"]
