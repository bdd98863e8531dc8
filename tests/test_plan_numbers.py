"""What a plan states of its projects and people, counted again by plain loops."""

from __future__ import annotations

import pytest
from tiny import near, residents, scenario_of, tiny_city

import siting

# Of every way of walking, with funds, one-off costs and locks among them.
SEEDS = (3, 4, 5, 10, 21, 35)


@pytest.fixture(scope="module", params=SEEDS)
def case(request):
    city, question = tiny_city(request.param)
    return city, question, siting.solve(city, scenario_of(question), gap=0.0).document


def limit(city, kind, group):
    return round(kind.minutes * city.walking.speed(group) * 1000)


def served(city, kind, group, place, spaces=()):
    """Tell whether an outlet of the type, or a project in one of `spaces`, is in reach."""
    most = limit(city, kind, group)
    outlets = [o for o, held in enumerate(city.outlets.types) if kind.id in held]
    return any(near(city, False, o, place, group, most) for o in outlets) or any(
        near(city, True, s, place, group, most) for s in spaces
    )


def spaces_with(city, document, word):
    index = {name: s for s, name in enumerate(city.spaces.id)}
    return [index[p.space] for p in document.projects if p.type == word]


def asking(question):
    return [kind for kind in question.standard.types if kind.asks]


def test_the_cases_have_projects(case):
    assert case[2].projects


def test_the_objective_is_the_points_of_the_gaps_that_are_met(case):
    city, question, document = case
    points = sum(
        kind.weight * weight * residents(city, question.standard, group, i)
        for kind in asking(question)
        for group, weight in kind.groups.items()
        for i in range(len(city.places))
        if not served(city, kind, group, i)
        and served(city, kind, group, i, spaces_with(city, document, kind.id))
    )
    assert document.objective == pytest.approx(points, rel=1e-12)


def test_residents_gained_are_those_no_outlet_serves_and_shared_those_of_two_projects(case):
    city, question, document = case
    kinds = {kind.id: kind for kind in question.standard.types}
    index = {name: s for s, name in enumerate(city.spaces.id)}
    for project in document.projects:
        kind = kinds[project.type]
        group = kind.counting_group
        others = [s for s in spaces_with(city, document, kind.id) if s != index[project.space]]
        gained = shared = 0.0
        for i in range(len(city.places)):
            far = limit(city, kind, group)
            if served(city, kind, group, i):
                continue
            if not near(city, True, index[project.space], i, group, far):
                continue
            people = residents(city, question.standard, group, i)
            gained += people
            shared += people * any(near(city, True, s, i, group, far) for s in others)
        assert project.residents_gained == pytest.approx(gained, rel=1e-12)
        assert project.residents_shared == pytest.approx(shared, rel=1e-12)


def test_newly_served_counts_the_largest_counting_group_of_each_place(case):
    city, question, document = case
    newly = 0.0
    for i in range(len(city.places)):
        gains = [0.0]
        for kind in asking(question):
            group = kind.counting_group
            spaces = spaces_with(city, document, kind.id)
            if not served(city, kind, group, i) and served(city, kind, group, i, spaces):
                gains.append(residents(city, question.standard, group, i))
        newly += max(gains)
    assert document.residents.newly_served_any_type == pytest.approx(newly, rel=1e-12)
    assert document.residents.everyone == pytest.approx(city.places.residents["everyone"].sum())


def test_coverage_is_the_share_of_the_counting_group(case):
    city, question, document = case
    assert [row.type for row in document.coverage] == [kind.id for kind in asking(question)]
    for row, kind in zip(document.coverage, asking(question), strict=True):
        group, spaces = kind.counting_group, spaces_with(city, document, kind.id)
        people = [residents(city, question.standard, group, i) for i in range(len(city.places))]
        for stated, opened in ((row.before, ()), (row.after, spaces)):
            have = sum(n for i, n in enumerate(people) if served(city, kind, group, i, opened))
            assert stated == pytest.approx(have / sum(people) if sum(people) else 0.0, rel=1e-12)
        outlets = len(spaces) + sum(kind.id in held for held in city.outlets.types)
        each = sum(people) / outlets if outlets else None
        assert row.residents_per_outlet == (each if each is None else pytest.approx(each))


def test_all_that_is_spent_is_paid_by_the_budgets_and_funds(case):
    _, _, document = case

    def fen(amount):
        assert round(amount * 100) == pytest.approx(amount * 100, abs=1e-6)
        return round(amount * 100)

    one_off = sum(fen(item.capital) for item in document.one_off)
    for pays, due in (
        ("capital", sum(fen(p.capital) for p in document.projects) + one_off),
        ("subsidy_per_year", sum(fen(p.subsidy_per_year) for p in document.projects)),
    ):
        funds = [f for f in document.funds if f.pays == pays]
        assert fen(getattr(document.budget, pays).spent) + sum(fen(f.spent) for f in funds) == due
        assert all(f.spent <= f.limit for f in funds)
        money = getattr(document.budget, pays)
        assert money.limit is None or money.spent <= money.limit


def test_projects_stand_by_space_then_type(case):
    city, question, document = case
    spaces = {name: s for s, name in enumerate(city.spaces.id)}
    types = {kind.id: t for t, kind in enumerate(question.standard.types)}
    order = [(spaces[p.space], types[p.type]) for p in document.projects]
    assert order == sorted(set(order))
    once = [spaces[item.space] for item in document.one_off]
    assert once == [s for s in sorted({s for s, _ in order}) if city.spaces.capital_fixed[s] > 0]
