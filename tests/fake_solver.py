"""A solver that misbehaves in the way its argument names; run as a child by the tests."""

from __future__ import annotations

import os
import signal
import sys
import threading

import numpy as np

from siting.solve.wire import read_frame, unpack, write_frame


def main(mode: str) -> None:
    out = os.fdopen(1, "wb", buffering=0)
    inp = os.fdopen(0, "rb", buffering=0)
    if mode == "deaf":
        hang()
    frame = read_frame(inp)
    assert frame is not None
    task = unpack(frame)
    good = np.zeros(len(task.value)) if task.start is None else task.start.copy()
    ones = np.ones(len(task.value))
    if mode == "hangs":
        write_frame(out, {"kind": "bound", "bound": 100.0, "memory": 7.0}, {})
        write_frame(out, {"kind": "plan"}, {"vector": good})
        hang()
    if mode == "crashes":
        write_frame(out, {"kind": "bound", "bound": 100.0}, {})
        write_frame(out, {"kind": "plan"}, {"vector": good})
        os.kill(os.getpid(), signal.SIGSEGV)
    if mode == "killed":  # as the system does that has no memory left
        os.kill(os.getpid(), signal.SIGKILL)
    if mode == "raises":
        write_frame(out, {"kind": "crash", "message": "Traceback\nMemoryError: too large"}, {})
    if mode == "dies":
        sys.stderr.write("licence expired\n")
        sys.stderr.flush()
        os._exit(3)
    if mode == "nonsense":
        out.write(b"Set parameter Username\nAcademic licence\n" * 20)
        hang()
    if mode == "huge":
        out.write(b"SITF" + (50).to_bytes(4, "little") + (2**60).to_bytes(8, "little") + b" " * 50)
        hang()
    answer = {"kind": "answer", "status": "optimal", "stopped_by": "done", "message": ""}
    if mode == "wrong-vector":
        write_frame(out, {**answer, "bound": 26.0}, {"vector": ones})
    if mode == "short-vector":
        write_frame(out, {**answer, "bound": 15.0}, {"vector": ones[:1]})
    if mode == "nan-vector":
        write_frame(out, {**answer, "bound": 15.0}, {"vector": ones * np.nan})
    if mode == "low-bound":
        write_frame(out, {**answer, "bound": 3.0}, {"vector": good})
    if mode == "far-bound":
        write_frame(out, {**answer, "bound": 90.0}, {"vector": good})
    if mode.startswith("bound-"):
        said = mode.removeprefix("bound-")
        bound = said if said == "text" else float(said)
        write_frame(out, {**answer, "bound": bound}, {"vector": good})
    if mode == "infeasible":
        write_frame(out, {**answer, "status": "infeasible", "bound": -np.inf}, {})
    if mode == "late":
        read_frame(inp)
        late = {**answer, "status": "feasible", "stopped_by": "interrupt", "bound": 20.0}
        write_frame(out, late, {"vector": good})


def hang() -> None:
    threading.Event().wait()


if __name__ == "__main__":
    main(sys.argv[1])
