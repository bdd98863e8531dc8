"""Gathering of everything that is wrong or suspicious, so that it can be said at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from siting.errors import InputError, Notice

if TYPE_CHECKING:
    from siting.city.model import Bools
    from siting.city.tables import Column, Table

LISTED = 20
"""So many notices of one kind are listed for one file; a line counts the rest."""


@dataclass
class Findings:
    """Faults and remarks found so far.

    Notices of one kind about one file stand together, in the order in which the kinds were met;
    beyond `LISTED` they are counted, not listed.
    """

    _faults: dict[tuple[str, str | None], list[Notice]] = field(default_factory=dict)
    _remarks: dict[tuple[str, str | None], list[Notice]] = field(default_factory=dict)
    _unlisted: dict[tuple[str, str | None], int] = field(default_factory=dict)

    def fault(
        self,
        key: str,
        *,
        file: str | None = None,
        row: int | None = None,
        column: str | None = None,
        value: Any = None,
        **values: Any,
    ) -> None:
        """Add one fault; `values` fill the sentence."""
        self._add(self._faults, _notice(key, file, row, column, value, values))

    def fault_more(self, key: str, file: str, count: int) -> None:
        """Count `count` more faults of a kind that are not listed."""
        self._count((key, file), max(0, count))

    def remark(
        self,
        key: str,
        *,
        file: str | None = None,
        row: int | None = None,
        column: str | None = None,
        value: Any = None,
        **values: Any,
    ) -> None:
        """Add one remark; `values` fill the sentence."""
        self._add(self._remarks, _notice(key, file, row, column, value, values))

    def fault_rows(
        self, key: str, table: Table, column: Column | None, where: Bools, **values: Any
    ) -> None:
        """Add a fault for every row of `table` where `where` holds, listing the first ones.

        Cells of which it is known already that they are spoilt are passed over.
        A value that is a function is called with the index of the record.
        """
        self._add_rows(self._faults, key, table, column, where, values)

    def remark_rows(
        self, key: str, table: Table, column: Column | None, where: Bools, **values: Any
    ) -> None:
        """Add a remark for every row of `table` where `where` holds, like `fault_rows`."""
        self._add_rows(self._remarks, key, table, column, where, values)

    @property
    def faults(self) -> tuple[Notice, ...]:
        """Everything that is wrong, kinds together."""
        return self._listed(self._faults)

    @property
    def remarks(self) -> tuple[Notice, ...]:
        """Everything that is legal but worth saying, kinds together."""
        return self._listed(self._remarks)

    def raise_faults(self) -> None:
        """Raise everything that is wrong at once.

        Raises
        ------
        InputError
            There is at least one fault.
        """
        if self._faults:
            raise InputError(self.faults)

    def _add_rows(
        self,
        to: dict[tuple[str, str | None], list[Notice]],
        key: str,
        table: Table,
        column: Column | None,
        where: Bools,
        values: dict[str, Any],
    ) -> None:
        if column is not None and column.spoilt is not None:
            where = where & ~column.spoilt
        at = np.flatnonzero(where)
        for i in at[:LISTED].tolist():
            value = None if column is None or column.blank[i] else column.shown(i)
            here = {k: v(i) if callable(v) else v for k, v in values.items()}
            name = None if column is None else column.name
            self._add(to, _notice(key, table.file, int(table.rows[i]), name, value, here))
        self._count((key, table.file), max(0, len(at) - LISTED))

    def _add(self, to: dict[tuple[str, str | None], list[Notice]], notice: Notice) -> None:
        kind = (notice.key, notice.file)
        listed = to.setdefault(kind, [])
        if notice in listed:
            return
        if len(listed) < LISTED:
            listed.append(notice)
        else:
            self._count(kind, 1)

    def _count(self, kind: tuple[str, str | None], more: int) -> None:
        if more:
            self._unlisted[kind] = self._unlisted.get(kind, 0) + more

    def _listed(self, notices: dict[tuple[str, str | None], list[Notice]]) -> tuple[Notice, ...]:
        lines: list[Notice] = []
        for kind, listed in notices.items():
            lines += listed
            if kind in self._unlisted:
                more = {"count": self._unlisted[kind]}
                lines.append(Notice("city.more", file=kind[1], values=more))
        return tuple(lines)


def _notice(
    key: str,
    file: str | None,
    row: int | None,
    column: str | None,
    value: Any,
    values: dict[str, Any],
) -> Notice:
    shown = None if value is None else str(value)
    return Notice(key, file=file, row=row, column=column, value=shown, values=values)
