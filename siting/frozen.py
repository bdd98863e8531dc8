"""What records hand out and nobody can write to: read-only mappings and arrays."""

from __future__ import annotations

from typing import Any, NoReturn


class ReadOnly(dict[Any, Any]):
    """A dict that cannot be written to; copies of it can."""

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("this mapping is read-only; write to a copy, dict(it)")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[Any, ...]:
        return (ReadOnly, (dict(self),))

    def __deepcopy__(self, memo: dict[int, Any]) -> ReadOnly:
        return self


def read_only(value: Any) -> Any:
    """Return a dict, or dicts in dicts and tuples, as such that cannot be written to."""
    if type(value) is dict:
        return ReadOnly({key: read_only(item) for key, item in value.items()})
    if type(value) is tuple and any(type(item) is dict for item in value):
        return tuple(read_only(item) for item in value)
    return value


def lock_mappings(record: object) -> None:
    """Exchange the mappings of a frozen record that has just been made for read-only ones."""
    fields = vars(record)
    for name, value in fields.items():
        fields[name] = read_only(value)


def lock_arrays(record: object) -> None:
    """Make the arrays of a record that has just been made read-only: they are nobody else's."""
    import numpy as np

    for value in vars(record).values():
        if isinstance(value, np.ndarray):
            value.setflags(write=False)
