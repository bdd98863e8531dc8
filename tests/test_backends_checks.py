"""Frames, whole numbers, cover rows and the checks of vectors, without any solver."""

from __future__ import annotations

import io
from types import SimpleNamespace

import numpy as np
import pytest
from backends import covering, knapsack, overspent_by_a_fen, programme
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from siting.errors import InputError
from siting.programme.model import Block, Programme
from siting.solve import names
from siting.solve.exact import cover_rows
from siting.solve.names import resolve
from siting.solve.runner import run
from siting.solve.task import Task, tidy
from siting.solve.trust import contradicts, proves, scale_of, weigh
from siting.solve.whole import NotWhole, in_whole_numbers
from siting.solve.wire import FrameError, pack, read_frame, unpack, write_frame


def task_of(built: Programme) -> Task:
    return Task(
        value=built.value,
        lower=built.lower,
        upper=built.upper,
        integer=built.integer,
        indptr=built.matrix.indptr,
        indices=built.matrix.indices,
        data=built.matrix.data,
        row_lower=built.row_lower,
        row_upper=built.row_upper,
        implied=scale_of(built).implied,
        flow=np.zeros(len(built.value), dtype=bool),
    )


@settings(max_examples=30, deadline=None)
@given(
    vector=arrays_of.arrays(np.float64, st.integers(0, 40)),
    grid=arrays_of.arrays(np.int32, st.tuples(st.integers(0, 4), st.integers(0, 4))),
)
def test_a_frame_comes_out_as_it_went_in(vector: np.ndarray, grid: np.ndarray) -> None:
    stream = io.BytesIO()
    write_frame(stream, {"kind": "plan", "bound": np.inf}, {"vector": vector, "grid": grid})
    stream.seek(0)
    frame = read_frame(stream)
    assert frame is not None
    header, found = frame
    assert header == {"kind": "plan", "bound": np.inf}
    assert found["vector"].tobytes() == vector.tobytes()
    assert found["grid"].tolist() == grid.tolist()
    assert found["grid"].shape == grid.shape
    assert read_frame(stream) is None


def test_big_endian_arrays_are_turned() -> None:
    stream = io.BytesIO()
    write_frame(stream, {}, {"a": np.array([1.0, 2.5], dtype=">f8")})
    stream.seek(0)
    frame = read_frame(stream)
    assert frame is not None
    assert frame[1]["a"].tolist() == [1.0, 2.5]


@pytest.mark.parametrize("cut", [1, 10, 30, 60])
def test_a_frame_that_breaks_off_is_an_error(cut: int) -> None:
    stream = io.BytesIO()
    write_frame(stream, {"kind": "plan"}, {"vector": np.ones(4)})
    short = io.BytesIO(stream.getvalue()[:-cut])
    with pytest.raises(FrameError, match="breaks off"):
        read_frame(short)


def test_a_frame_larger_than_allowed_is_an_error() -> None:
    stream = io.BytesIO()
    write_frame(stream, {"kind": "plan"}, {"vector": np.ones(4)})
    stream.seek(0)
    with pytest.raises(FrameError, match="not a frame"):
        read_frame(stream, lambda: 31)


@pytest.mark.parametrize(
    "text",
    [b'{"arrays": [["a", "|O8", [1]]]}', b'{"arrays": [["a", "<f8", [9]]]}', b"[]", b"{]", b"{}"],
)
def test_a_header_that_lies_is_an_error(text: bytes) -> None:
    prefix = b"SITF" + len(text).to_bytes(4, "little") + (8).to_bytes(8, "little")
    with pytest.raises(FrameError):
        read_frame(io.BytesIO(prefix + text + bytes(8)))


def test_a_task_comes_out_as_it_went_in() -> None:
    task = task_of(covering(1))
    stream = io.BytesIO()
    write_frame(stream, *pack(task))
    stream.seek(0)
    frame = read_frame(stream)
    assert frame is not None
    found = unpack(frame)
    assert found.deadline == np.inf
    for name in ("value", "integer", "implied", "indptr", "indices", "data", "row_upper"):
        assert getattr(found, name).tolist() == getattr(task, name).tolist()
    assert found.integer.dtype == bool


def test_rows_that_say_nothing_are_left_out() -> None:
    built = programme([1.0], [[1.0], [0.0], [2.0]], [-np.inf, -1.0, 0.0], [np.inf, 1.0, 2.0])
    found = tidy(task_of(built))
    assert found is not None
    assert found.row_upper.tolist() == [2.0]
    assert found.data.tolist() == [2.0]


@pytest.mark.parametrize("sides", [(1.0, 2.0), (-2.0, -1.0)])
def test_a_row_without_entries_can_be_impossible(sides: tuple[float, float]) -> None:
    assert tidy(task_of(programme([1.0], [[0.0]], [sides[0]], [sides[1]]))) is None


def test_fractional_bounds_of_whole_columns_are_rounded_inwards() -> None:
    found = tidy(task_of(programme([1.0], [[1.0]], [0.0], [9.0], upper=[2.5])))
    assert found is not None
    assert found.upper.tolist() == [2.0]


def test_a_cover_row_cuts_off_the_plan_and_nothing_that_is_allowed() -> None:
    task = task_of(overspent_by_a_fen())
    assert cover_rows(task, np.array([1.0, 0.0])) == []
    ((columns, data, bound),) = cover_rows(task, np.array([1.0, 1.0 - 1e-7]))
    assert (columns.tolist(), data.tolist(), bound) == ([0, 1], [1.0, 1.0], 1.0)


def test_a_cover_row_counts_what_is_shut_where_a_coefficient_is_negative() -> None:
    # 3 a + 2 b - 4 y <= 0 with a = b = 1 and y = 0; opening y is a way out.
    task = task_of(programme([1.0, 1.0, 0.0], [[3.0, 2.0, -4.0]], [-np.inf], [0.0]))
    ((columns, data, bound),) = cover_rows(task, np.array([1.0, 1.0, 0.0]))
    assert (columns.tolist(), data.tolist(), bound) == ([0, 1, 2], [1.0, 1.0, -1.0], 1.0)


def test_weigh_completes_continuous_columns_and_recomputes_the_objective() -> None:
    built = covering(3)
    vector = np.zeros(len(built.value))
    assert weigh(scale_of(built), vector) == (pytest.approx(vector), 0.0)
    vector[0] = vector[built.column_range("y").start] = 1.0 - 1e-7
    weighed = weigh(scale_of(built), vector)
    assert weighed is not None
    point, objective = weighed
    met = -built.matrix[built.row_range("C1")].toarray()[:, 0]
    assert point[built.column_range("z")] == pytest.approx(met)
    assert objective == pytest.approx(met @ built.value[built.column_range("z")])


@pytest.mark.parametrize(
    "vector",
    [[1.0, 1.0, 0.0, 0.0], [0.5, 0.0, 0.0, 0.0], [2.0, 0.0, 0.0, 0.0], [0.0], [np.nan] * 4],
)
def test_weigh_drops_what_breaks_a_rule(vector: list[float]) -> None:
    assert weigh(scale_of(knapsack()), np.array(vector)) is None


def test_weigh_compares_rows_of_whole_columns_exactly() -> None:
    scale = scale_of(overspent_by_a_fen())
    assert weigh(scale, np.array([1.0, 1.0])) is None
    assert weigh(scale, np.array([1.0, 0.0])) is not None
    # 0.1 + 0.2 is more than 0.3 by rounding error alone.
    decimal = programme([1.0, 1.0], [[0.1, 0.2]], [-np.inf], [0.3])
    assert weigh(scale_of(decimal), np.ones(2)) is not None


def test_bounds_and_objectives_agree_to_a_millionth() -> None:
    assert not contradicts(100.0 - 5e-5, 100.0)
    assert contradicts(99.9, 100.0)
    assert proves(100.00009, 100.0, 0.0)
    assert not proves(100.1, 100.0, 0.0)
    assert proves(100.1, 100.0, 0.001)
    assert not proves(1.0, 0.0, 0.5)


def test_whole_rows_are_scaled_without_loss() -> None:
    built = programme(
        [0.5, 0.25], [[12.34, 5.0], [0.125, 0.5]], [-np.inf, 0.3], [15.339999, np.inf]
    )
    whole = in_whole_numbers(task_of(built))
    assert whole.data.tolist() == [1234, 500, 125, 500]
    assert whole.row_upper[0] == 1533
    assert whole.row_lower[1] == 300
    assert (whole.value.tolist(), whole.scale, whole.slack) == ([50, 25], 100.0, 0.0)


@pytest.mark.parametrize("seed", range(5))
def test_the_bound_of_a_rounded_objective_stays_valid(seed: int) -> None:
    built = covering(seed)
    whole = in_whole_numbers(task_of(built))
    draw = np.random.default_rng(seed)
    points = draw.integers(0, 2, (200, len(built.value))).astype(float)
    rounded = (points @ whole.value) / whole.scale
    assert (points @ built.value <= rounded + whole.slack + 1e-9).all()
    assert whole.slack < 1e-6


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (programme([1.0, 1.0], [[np.pi, 1.0]], [0.0], [4.0]), "coefficients"),
        (programme([1.0, 1.0], [[1e15, 1e16]], [0.0], [4.0]), "size"),
        (programme([1.0] * 2, [[1.0, 1.0]], [0.0], [1.0], integer=[False] * 2), "continuous"),
        (
            programme([1.0] * 2, [[1.0, 1.0]], [0.0], [1.0], integer=[False, True], upper=[0.5, 1]),
            "bounds",
        ),
        (
            programme([1.0] * 2, [[2.0, 1.0]], [0.0], [1.0], integer=[False, True]),
            "coefficients",
        ),
        (programme([1.0], [[1.0]], [0.0], [0.5], integer=[False]), "coefficients"),
    ],
)
def test_what_is_not_whole_is_refused(fault: Programme, why: str) -> None:
    with pytest.raises(NotWhole) as caught:
        in_whole_numbers(task_of(fault))
    assert caught.value.why == why


def test_cp_sat_names_the_block_that_it_cannot_carry() -> None:
    built = programme(
        [1.0, 1.0],
        [[1.0, 1.0], [1 / 3, 1.0]],
        [-np.inf] * 2,
        [1.0, 1.0],
        blocks=(Block("C1", 0, 1), Block("C2", 1, 2)),
    )
    with pytest.raises(InputError, match="cp-sat cannot carry row block C2: coefficients are not"):
        run(built, "cp-sat")


def test_solver_names_are_known_in_any_case() -> None:
    assert resolve(" HiGHS ") == "highs"
    assert resolve("Gurobi") == "gurobi"
    assert resolve("pulp:GUROBI_CMD") == "pulp:GUROBI_CMD"
    with pytest.raises(InputError, match="choose one of highs, scip"):
        resolve("pulp:")


def test_the_version_of_highs_that_errs_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "metadata", SimpleNamespace(version=lambda _: "1.14.0"))
    with pytest.raises(InputError, match=r"HiGHS 1\.14\.0 gives wrong answers"):
        resolve("highs")


def test_a_library_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "util", SimpleNamespace(find_spec=lambda _: None))
    with pytest.raises(InputError, match="pip install pyscipopt"):
        resolve("scip")
