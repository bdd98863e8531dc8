"""A plan read from a folder, with all that its reports need, walked again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.errors import InputError, Notice
from siting.gaps.needs import find_needs, limits
from siting.plan.detail import Detail
from siting.plan.gains import find_gains
from siting.plan.model import Plan
from siting.plan.tables import before_and_after
from siting.standard.options import find_options
from siting.standard.scenarios import question_from_dict
from siting.walk.walks import walk

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.city.model import City
    from siting.gaps.needs import Gaps
    from siting.plan.document import Document
    from siting.progress import Tell
    from siting.standard.model import Question
    from siting.standard.options import Options


def restore(
    document: Document, city: City, gaps: Gaps | None = None, tell: Tell | None = None
) -> Plan:
    """Return the plan of `document` as `siting.solve` returned it, but for its remarks.

    Parameters
    ----------
    gaps
        The needs of this city under the plan's standard, where they are known already.
    tell
        Told how many of the outlets, then of the spaces, people have walked to.

    Raises
    ------
    InputError
        The document names a project that this city does not allow.
    """
    question = asked(document)
    options = find_options(city, question)
    chosen = find_chosen(document, city, question, options)
    if gaps is None or gaps.standard != question.standard:
        gaps = find_needs(city, question.standard, tell)
    spaces = np.unique(options.space[chosen])
    reach = walk(city, "space", limits(gaps.demands, gaps.groups), spaces, tell)
    gains = find_gains(gaps, options, reach, chosen)
    return Plan(
        document=document,
        city=city,
        points_by_place=gains.points,
        gap_table=before_and_after(gaps, gains),
        detail=Detail(gaps, gains),
    )


def asked(document: Document) -> Question:
    """Return the question a plan answers, as the plan carries it."""
    inputs = document.inputs
    return question_from_dict(
        {"standard": inputs.standard, "policy": inputs.policy, "scenario": inputs.scenario}
    )


def find_chosen(
    document: Document, city: City, question: Question, options: Options
) -> NDArray[np.int64]:
    """Return the indices of the options that a plan has chosen, ascending.

    Raises
    ------
    InputError
        A project is no option of this city.
    """
    space = {str(name): s for s, name in enumerate(city.spaces.id)}
    index = {kind.id: t for t, kind in enumerate(question.standard.types)}
    chosen = []
    for project in document.projects:
        pair = (options.space == space.get(project.space, -1)) & (
            options.type == index.get(project.type, -1)
        )
        mine = np.flatnonzero(pair & (options.chain == project.chain))
        if not len(mine):
            values = {"space": project.space, "type": project.type}
            raise InputError(Notice("plan.explain_other_city", values=values))
        chosen.append(int(mine[np.abs(options.area_m2[mine] - project.area_m2).argmin()]))
    return np.array(sorted(chosen), dtype=np.int64)
