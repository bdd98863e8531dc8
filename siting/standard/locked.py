"""The base of pydantic records whose mappings cannot be written to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from pydantic import BaseModel

from siting.frozen import lock_mappings

if TYPE_CHECKING:
    from collections.abc import Mapping


class Locked(BaseModel):
    """A record that makes its mappings read-only, however it was made."""

    def model_post_init(self, _: Any) -> None:
        """Make the mappings read-only."""
        lock_mappings(self)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy of which some fields are others, read-only too."""
        copied = super().model_copy(update=update, deep=deep)
        lock_mappings(copied)
        return copied
