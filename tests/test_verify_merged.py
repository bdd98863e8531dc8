"""The merged needs that a plan states, counted by plain loops too."""

import pytest
import verify_plan as given
from tiny import near, residents, scenario_of, tiny_city

import siting
from siting.standard.options import find_options
from siting.verify import check
from siting.verify.check import verify

SEEDS = (3, 4, 5, 10, 21, 35)


def merged_by_loops(city, question, options):
    found = set()
    pairs = set(zip(options.space.tolist(), options.type.tolist(), strict=True))
    for t, kind in enumerate(question.standard.types):
        for group in kind.groups if kind.asks else ():
            most = round(kind.minutes * city.walking.speed(group) * 1000)
            outlets = [o for o, held in enumerate(city.outlets.types) if kind.id in held]
            for i in range(len(city.places)):
                if residents(city, question.standard, group, i) <= 0:
                    continue
                if any(near(city, False, o, i, group, most) for o in outlets):
                    continue
                reach = {s for s, u in pairs if u == t and near(city, True, s, i, group, most)}
                found.add((t, frozenset(reach)))
    return sum(bool(spaces) for _, spaces in found)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_plan_states_the_sizes_that_loops_count_and_no_others_are_verified(seed):
    city, question = tiny_city(seed)
    plan = siting.solve(city, scenario_of(question), gap=0.0)
    document, proof = plan.document, plan.certificate
    options = find_options(city, question)
    merged = merged_by_loops(city, question, options)
    assert document.sizes.merged_needs == merged > 0
    assert verify(document, city, proof) == ()
    for more in (-1, 1):
        sizes = document.sizes.model_copy(update={"merged_needs": merged + more})
        changed = document.model_copy(update={"sizes": sizes})
        (notice,) = verify(changed, city, proof)
        assert (notice.key, notice.values["name"]) == ("verify.size", "merged_needs")


def test_merged_needs_are_counted_though_not_every_space_is_walked_again(monkeypatch):
    monkeypatch.setattr(check, "_SAMPLE", 0)
    walked = []
    theirs = check.all_spaces
    monkeypatch.setattr(
        check, "all_spaces", lambda *stated: walked.append(stated[1]) or theirs(*stated)
    )
    assert verify(given.document(), given.line_city()) == ()
    assert len(walked) == 1
    content = given.plan()
    content["sizes"] |= {"merged_needs": 5}
    assert [n.values["name"] for n in verify(given.document(content), given.line_city())] == [
        "merged_needs",
    ]
