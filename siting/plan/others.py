"""What a question is answered under other weights, and the projects that every answer shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from siting.plan.document import OtherAnswer, Pair

if TYPE_CHECKING:
    from collections.abc import Iterable

    from siting.gaps.weightings import Weights
    from siting.plan.document import Document, Solution


def with_other_weights(
    document: Document, answers: Iterable[tuple[str, Weights, Solution]]
) -> Document:
    """Return a plan that states what else its question was answered.

    Parameters
    ----------
    answers
        Name and weights of each weighting, and what was found under it.
    """
    own = _pairs(document)
    shared = set(own)
    others = []
    for name, weights, solution in answers:
        there = set(_pairs(solution))
        shared &= there
        others.append(
            OtherAnswer(
                **dict(solution),
                name=name,
                weights=weights,
                shared_projects=len(there.intersection(own)),
            )
        )
    return document.model_copy(
        update={
            "other_weights": tuple(others),
            "shared": tuple(Pair(space=s, type=t) for s, t in own if (s, t) in shared),
        }
    )


def _pairs(solution: Solution) -> list[tuple[str, str]]:
    return [(p.space, p.type) for p in solution.projects]
