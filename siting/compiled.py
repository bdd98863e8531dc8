"""How loops are compiled; importing this module imports numba."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from numba import njit

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """Compile `function` at its first call, without the GIL, and keep the code for later runs.

    The code is kept beside the source file, or in the user's cache folder where that cannot be
    written; where neither can, it is compiled again in every run. Floating point is exact as in
    numpy: nothing is reordered or fused.
    """
    try:
        return cast("F", njit(cache=True, nogil=True, error_model="numpy")(function))
    except RuntimeError:  # numba found no folder that it may write to
        return cast("F", njit(nogil=True, error_model="numpy")(function))
