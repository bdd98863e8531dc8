"""Fields of records that hand out copies, so that the record stays as it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast, overload

if TYPE_CHECKING:
    import pandas as pd

Held = TypeVar("Held", bound="pd.DataFrame | None")


class Copied(Generic[Held]):
    """A data frame, or None, as a field of a frozen dataclass: the one inside is never handed out.

    On the class itself it is the field's default, None.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = f"_{name}"

    @overload
    def __get__(self, record: None, owner: type) -> Held: ...
    @overload
    def __get__(self, record: object, owner: type) -> Held: ...
    def __get__(self, record: object | None, owner: type) -> Held:
        held: Any = None if record is None else vars(record)[self._name]
        return cast("Held", held if held is None else held.copy())

    def __set__(self, record: object, value: Held) -> None:
        vars(record)[self._name] = value if value is None else value.copy()
