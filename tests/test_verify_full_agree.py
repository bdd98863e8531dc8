"""plan/ and verify/ count everything with code of their own: they must agree, and find changes."""

import full_plans
import pytest
import tiny_plan

from siting.plan.document import Document
from siting.verify.check import verify


def keys(document, city, **options):
    return {n.key.removeprefix("verify.") for n in verify(document, city, **options)}


@pytest.mark.parametrize("seed", range(40))
def test_a_plan_under_the_full_model_is_verified_but_for_the_demands_it_breaks(seed):
    city, question = full_plans.full_city(seed)
    document = full_plans.document_of(city, question, seed=seed)
    assert keys(document, city, full=seed % 2 == 0) <= full_plans.DEMANDS
    again = Document.model_validate_json(document.model_dump_json(by_alias=True))
    assert again == document


# What may be otherwise in a right plan too: how a search without a proof ended, a fund's share that
# does not bind, a chain instead of a local outlet at the same cost, and how many needs were merged,
# of which `verify` knows only the least under these rules.
FREE = (
    "stopped_by changed",
    "share changed",
    "chain changed",
    "sizes.merged_needs changed",
)
FREE_NAMES = ("optimal with a gap",)


@pytest.mark.parametrize("seed", range(6))
def test_any_changed_number_word_or_list_is_found(seed):
    city, question = full_plans.full_city(seed)
    document = full_plans.document_of(city, question, seed=seed)
    before = {n.line() for n in verify(document, city)}
    changes = [
        (name, changed)
        for name, changed in tiny_plan.changes(document, city)
        if not name.endswith(FREE) and name not in FREE_NAMES
    ]
    assert len(changes) > 100
    for name, changed in changes[seed :: len(changes) // 25]:
        assert {n.line() for n in verify(changed, city)} != before, name
