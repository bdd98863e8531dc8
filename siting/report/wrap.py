"""Long lines broken to a width, with a hanging indent; nothing is ever cut."""

from __future__ import annotations

import re

_INDENT = "  "
# A run of narrow characters is a word; a wide character may stand at the end of a line, unless
# what follows it closes or it opens itself.
_PIECES = re.compile(
    r"\s+|[（《「『“]*(?:[^\s\u2e80-\uffef]+|[\u2e80-\uffef])[，。、；：！？）》」』”…,.;:!?)]*"
)


def wrapped(line: str, width: int, indent: str = _INDENT) -> list[str]:
    """Return `line` in lines of at most `width` columns, each further one indented.

    A word wider than a line is broken; no line begins with a closing mark where that can be helped.
    """
    from rich.cells import cell_len

    if cell_len(line) <= width or width <= len(indent) + 8:
        return [line]
    lines: list[str] = []
    now, used = "", 0
    for piece in _PIECES.findall(line):
        for part in _parts(piece, width - len(indent)):
            wide = cell_len(part)
            if used + wide > width and now.strip() and not part.isspace():
                lines.append(now.rstrip())
                now, used = indent, len(indent)
            if part.isspace() and lines and not now.strip():
                continue
            now, used = now + part, used + wide
    return [*lines, now.rstrip()] if now.strip() else lines


def _parts(piece: str, width: int) -> list[str]:
    """Return a piece in parts that fit a line."""
    from rich.cells import cell_len, chop_cells

    return [piece] if cell_len(piece) <= width else chop_cells(piece, width)
