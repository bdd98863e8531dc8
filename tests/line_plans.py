"""The city of `verify_plan` under questions of the full model, with plans that are chosen by hand.

Its options are S0 shop, S1 shop, S1 clinic, S2 shop (30 m2), S2 shop (20 m2); the plan of
`verify_plan` takes the first three.
"""

from __future__ import annotations

import copy

import full_plans
import numpy as np
import verify_plan as given

from siting.standard.scenarios import question_from_dict

S0, S1, CLINIC = 0, 1, 2
ALL = (S0, S1, CLINIC)
GRADES = [
    {"id": "g1", "zh": "g1", "en": "g1", "min_types": {"basic": 1}},
    {"id": "g2", "zh": "g2", "en": "g2", "min_types": {"basic": 1, "quality": 1}},
    {"id": "g3", "zh": "g3", "en": "g3", "mandatory": ["care"]},
]


def ask(standard=None, policy=None, types=None, **scenario):
    """Return the question of `verify_plan` with fields changed; `types` by id."""
    content = copy.deepcopy(
        {"standard": given.STANDARD, "policy": given.POLICY, "scenario": given.SCENARIO}
    )
    content["standard"] |= standard or {}
    for kind in content["standard"]["types"]:
        kind |= (types or {}).get(kind["id"], {})
    content["policy"] |= policy or {}
    content["scenario"]["budget"] = {"capital": None, "subsidy_per_year": None}
    content["scenario"] |= scenario
    return question_from_dict(content)


def solved(question=None, chosen=ALL, city=None, **fields):
    """Return the document of a plan."""
    return full_plans.document_of(
        city or given.line_city(),
        question or ask(),
        np.array(chosen, dtype=np.int64),
        **fields,
    )


def answer(question, chosen=ALL, city=None):
    """Return what the values of a plan are worked out from."""
    from siting.plan.values import Answer

    gaps, options, chosen, gains, reach = full_plans.facts(
        city or given.line_city(), question, np.array(chosen, dtype=np.int64)
    )
    return Answer(question, gaps, options, reach, chosen, gains)
