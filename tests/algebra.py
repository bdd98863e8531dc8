"""``models/gap_fill.mod`` solved by GLPK, stage by stage."""

from __future__ import annotations

import re
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path

from full_world import CLASSES
from gmpl_data import Data, data_of

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # of SWIG, at import
    import swiglpk as glpk

MODEL = Path(__file__).resolve().parents[1] / "models" / "gap_fill.mod"


class GlpkError(Exception):
    """GLPK did not come to an end."""


@dataclass(frozen=True)
class Answer:
    """An optimum of the model.

    Attributes
    ----------
    value
        Of the objective.
    columns
        Values by name, such as ``x[S1,t2,1]``.
    rows
        Names.
    """

    value: float
    columns: dict[str, float]
    rows: list[str]


def solve_text(model: str, data: str) -> Answer | None:
    """Return the optimum of a GMPL model's text with a data section, None if it is infeasible.

    Raises
    ------
    GlpkError
        The text is no GMPL, or GLPK gives up.
    """
    glpk.glp_term_out(glpk.GLP_OFF)
    work = glpk.glp_mpl_alloc_wksp()
    problem = glpk.glp_create_prob()
    try:
        with tempfile.TemporaryDirectory() as folder:
            texts = {"model": Path(folder, "a.mod"), "data": Path(folder, "a.dat")}
            texts["model"].write_text(model, encoding="utf-8")
            texts["data"].write_text(data, encoding="utf-8")
            # a call after one that failed would end the whole process
            if (
                glpk.glp_mpl_read_model(work, str(texts["model"]), 1)
                or glpk.glp_mpl_read_data(work, str(texts["data"]))
                or glpk.glp_mpl_generate(work, None)
            ):
                raise GlpkError("the text is no GMPL: run glpsol to see why")
        glpk.glp_mpl_build_prob(work, problem)
        control = glpk.glp_iocp()
        glpk.glp_init_iocp(control)
        control.presolve = glpk.GLP_ON
        control.tol_int = 1e-9
        control.msg_lev = glpk.GLP_MSG_OFF
        ended = glpk.glp_intopt(problem, control)
        status = glpk.glp_mip_status(problem)
        if ended == glpk.GLP_ENOPFS or (ended == 0 and status == glpk.GLP_NOFEAS):
            return None
        if ended or status != glpk.GLP_OPT:
            raise GlpkError(f"glp_intopt returned {ended}, status {status}")
        columns = range(1, glpk.glp_get_num_cols(problem) + 1)
        rows = range(1, glpk.glp_get_num_rows(problem) + 1)
        return Answer(
            glpk.glp_mip_obj_val(problem),
            {glpk.glp_get_col_name(problem, j): glpk.glp_mip_col_val(problem, j) for j in columns},
            [glpk.glp_get_row_name(problem, i) for i in rows],
        )
    finally:
        glpk.glp_mpl_free_wksp(work)
        glpk.glp_delete_prob(problem)


def same(some, other) -> bool:
    """Tell whether two answers agree to 1e-6, relative to the larger of 1 and the value."""
    if some is None or other is None:
        return some is other
    return len(some) == len(other) and all(
        abs(a - b) <= 1e-6 * max(1.0, abs(a)) for (_, a), (_, b) in zip(some, other, strict=True)
    )


def without_row(row: str) -> str:
    """Return the text of the model without one family of rows."""
    text = MODEL.read_text(encoding="utf-8")
    left, count = re.subn(rf"^s\.t\. {row}\b.*?;[^\n]*$", "", text, flags=re.DOTALL | re.MULTILINE)
    if count != 1:
        raise ValueError(f"the model has no row {row}")
    return left


def solve_stages(city, question, model: str | None = None) -> list[tuple[str, float]] | None:
    """Return the value of each stage of a question, None where there is no plan.

    Each stage keeps what the stages before it reached. The model is ours unless a text is given.
    """
    data = data_of(city, question)
    model = MODEL.read_text(encoding="utf-8") if model is None else model
    found: list[tuple[str, float]] = []

    def stage(name: str, **params) -> Answer | None:
        here = Data([*data.lines])
        for key, value in params.items():
            here.param(key, value)
        answer = solve_text(model, here.text())
        if answer is None and found:
            raise GlpkError(f"stage {name} loses the plan of the stage before")
        if answer is not None:
            found.append((name, -answer.value if name == "cost" else answer.value))
        return answer

    kept: dict = {}
    if question.objective == "basic-first":
        asked = {t.type_class for t in question.standard.types if t.asks}
        for word in (q for q in CLASSES if q in asked):
            kept = {"kept_class": dict(found)}
            if stage(word, stage="class", stage_class=word, **kept) is None:
                return None
        return found
    if question.objective == "grades":
        kept = {} if stage("grades", stage="grades") is None else {"kept_grades": found[0][1]}
    elif question.objective == "cost":
        kept = {} if stage("cost", stage="cost") is None else {"kept_cost": found[0][1]}
    elif question.objective == "worst-community":
        kept = {"kept_worst": _worst(stage, found)}
    if stage("coverage", **kept) is None:
        return None
    return found


def _worst(stage, found: list[tuple[str, float]]) -> dict[int, float]:
    """Solve the stages of ``worst-community``, one for each circle that some option helps."""
    answer = stage("worst 1", stage="worst", rank=1)
    if answer is None:
        return {}
    circles = sum(row.startswith("worst_share[") for row in answer.rows)
    for rank in range(2, circles + 1):
        kept = {m: value for m, (_, value) in enumerate(found, start=1)}
        stage(f"worst {rank}", stage="worst", rank=rank, kept_worst=kept)
    return {m: value for m, (_, value) in enumerate(found, start=1)}
