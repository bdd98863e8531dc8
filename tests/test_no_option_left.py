"""A question whose locks leave nothing to open: the plan is empty, or the demands say why not."""

from __future__ import annotations

import pytest
from small_town import asked, kind, town

import siting
from siting import Standard
from siting.errors import InfeasibleError
from siting.standard.model import Locks, Quota

NOTHING = Locks(forbid=(("*", "*"),))
RULES = ("most", "spacing", "operators", "capacity")


def standard() -> Standard:
    return Standard(
        id="s",
        zh="s",
        en="s",
        types=(kind("shop", residents_per_outlet=300.0),),
        most_per_community={"shop": 1},
        spacing_m={"shop": 500.0},
        chain_share=0.5,
        quotas=(Quota(type="shop", per_1000=1.0),),
    )


@pytest.mark.parametrize("objective", ["coverage", "worst-community"])
def test_counting_rules_over_no_option_leave_the_empty_plan(objective):
    scenario = asked(standard=standard(), locks=NOTHING, objective=objective, enforce=RULES)
    plan = siting.solve(town(), scenario, time_limit=10.0)
    assert plan.document.status == "optimal"
    assert plan.document.projects == ()


def test_a_quota_over_no_option_says_what_is_lacking():
    with pytest.raises(InfeasibleError) as raised:
        siting.solve(town(), asked(standard=standard(), locks=NOTHING, enforce=("quotas", "most")))
    assert "solve.quota_beyond" in [n.key for n in raised.value.notices]
