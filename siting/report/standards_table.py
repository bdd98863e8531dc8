"""Standards as people read them: the list, and one with its sources and what has none."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from siting.report.figures import class_name, clean, group_name, in_language, percent
from siting.report.grid import grid
from siting.report.standard_clauses import addresses, clauses
from siting.report.wrap import wrapped
from siting.words import Lang, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType
    from rich.table import Table

    from siting.standard.model import Slot, Standard, Type

_ID_WIDTH = 18


def standards_table(
    standards: Sequence[Standard], lang: Lang = "en", width: int = 80
) -> RenderableType:
    """Return the list of standards to fit `width`: id, name, how many types of a class, slots."""
    from rich.cells import cell_len
    from rich.text import Text

    table = grid()
    ids = max((cell_len(standard.id) for standard in standards), default=0)
    slots = cell_len(text("report.column_slots", lang))
    names = (width - ids - slots - 6) // 2  # two blanks part each column from the next
    for name in ("id", "name", "types", "slots"):
        right = name == "slots"
        table.add_column(
            text(f"report.column_{name}", lang),
            justify="right" if right else "left",
            no_wrap=name == "id",
            overflow="fold",
        )
    for standard in standards:
        name = standard.zh if lang == "zh" else standard.en
        table.add_row(
            Text(clean(standard.id)),
            Text("\n".join(wrapped(clean(name), names, ""))),
            Text(_counts_in_lines([t.type_class for t in standard.types], lang, names)),
            Text(str(len(standard.slots))),
        )
    return table


def standard_page(standard: Standard, lang: Lang = "en") -> RenderableType:
    """Return one standard: types, grades, quotas, where each comes from, what has no source.

    A star marks a figure without a source. Of a note in both languages, split by `` | ``, the one
    of `lang` is shown.
    """
    from rich.console import Group
    from rich.text import Text

    name = clean(standard.zh if lang == "zh" else standard.en)
    parts: list[Any] = [Text(f"{clean(standard.id)}: {name}", style="bold")]
    if standard.base is not None:
        parts.append(Text(text("report.standard_base", lang, base=clean(standard.base))))
    if standard.source:
        parts.append(
            Text(text("report.standard_source", lang, source=in_language(standard.source, lang)))
        )
    parts.append(
        Text(
            text(
                "report.standard_presence_located"
                if standard.presence == "located"
                else "report.standard_presence_share",
                lang,
                share=percent(standard.presence_share),
                star="*" if "presence_share" in standard.unverified else "",
            )
        )
    )
    parts += [Text(_counts(standard, lang))]
    parts += [Text(in_language(note, lang)) for note in standard.notes]
    parts += [Text(""), _types(standard.types, lang), Text("")]
    parts += [Text(line) for line in _slots(standard.slots, lang)]
    unmodelled = [in_language(line, lang) for line in standard.unmodelled]
    for title, lines in (
        *clauses(standard, lang),
        (text("report.groups_title", lang), _groups(standard.types, lang)),
        (text("report.unmodelled_title", lang), unmodelled),
        (text("report.sources_title", lang), _sources(standard.types)),
        (text("report.addresses_title", lang), [f"{key}: {at}" for key, at in addresses(standard)]),
        (text("report.unverified_title", lang), _unverified(standard, lang)),
    ):
        if lines:
            parts.append(Text("\n" + title, style="bold"))
            parts += [_indented(line) for line in lines]
    return Group(*parts)


def _types(types: Sequence[Type], lang: Lang) -> Table:
    from rich.text import Text

    table = grid()
    table.add_column(text("report.column_id", lang), overflow="fold", min_width=_ID_WIDTH)
    table.add_column(text("report.column_name", lang), overflow="fold")
    table.add_column(text("report.column_class", lang), overflow="fold")
    table.add_column(text("report.column_minutes", lang), justify="right")
    table.add_column(text("report.column_weight", lang), justify="right")
    table.add_column(text("report.column_area", lang), justify="right", overflow="fold")
    for t in types:
        area_star = _star(t, "area_min_m2", "area_typical_m2")
        minutes = f"{t.minutes:g}{_star(t, 'minutes')}" if t.asks else text("report.no_need", lang)
        table.add_row(
            Text(clean(t.id)),
            Text(clean(t.zh if lang == "zh" else t.en)),
            Text(class_name(t.type_class, lang)),
            Text(minutes),
            Text(f"{t.weight:g}{_star(t, 'weight')}"),
            Text(f"{t.area_min_m2:g}-{t.area_typical_m2:g}{area_star}"),
        )
    return table


def _groups(types: Sequence[Type], lang: Lang) -> list[str]:
    """Return a line for each set of weights that some types give groups, most used first."""
    of_weights: dict[str, list[str]] = {}
    for t in types:
        shown = text("report.comma", lang).join(
            f"{group_name(group, lang)} {weight:g}" for group, weight in t.groups.items()
        )
        of_weights.setdefault(shown, []).append(t.id)
    by_use = sorted(of_weights.items(), key=lambda item: -len(item[1]))
    return [f"{weights}: {_who(ids, types, lang)}" for weights, ids in by_use]


def _star(t: Type, *fields: str) -> str:
    return "*" if any(f in t.unverified for f in fields) else ""


def _counts(standard: Standard, lang: Lang) -> str:
    """Return how many types of each class have a name, and how many the list has in all."""
    named = [t.type_class for t in standard.types]
    said = text("report.standard_counts", lang, classes=_class_counts(named, lang))
    if not standard.slots:
        return said
    all_ = _class_counts(named + [s.type_class for s in standard.slots], lang)
    return said + text("report.standard_counts_all", lang, classes=all_)


def _slots(slots: Sequence[Slot], lang: Lang) -> list[str]:
    if not slots:
        return []
    counted = _class_counts([s.type_class for s in slots], lang)
    lines = [text("report.slots", lang, count=len(slots), classes=counted)]
    notes = dict.fromkeys(in_language(s.note, lang) for s in slots if s.note)
    return [*lines, *notes]


def _sources(types: Sequence[Type]) -> list[str]:
    return [f"{clean(t.id)}: {clean(t.source) or '-'}" for t in types]


def _unverified(standard: Standard, lang: Lang) -> list[str]:
    of_field: dict[str, list[str]] = {}
    for t in standard.types:
        for name in t.unverified:
            of_field.setdefault(name, []).append(t.id)
    lines = [in_language(name, lang) for name in standard.unverified]
    lines += [f"{clean(n)}: {_who(ids, standard.types, lang)}" for n, ids in of_field.items()]
    return lines


def _who(ids: Sequence[str], types: Sequence[Type], lang: Lang) -> str:
    """Return the listed types, or which are not listed where that is shorter."""
    others = [t.id for t in types if t.id not in ids]
    if not others:
        return text("report.all_types", lang)
    # A Chinese reader knows the names, an English one finds the ids in the table above.
    names = {t.id: clean(t.zh if lang == "zh" else t.id) for t in types}
    comma = text("report.comma", lang)
    if len(others) <= len(types) // 3:
        return text("report.all_types_but", lang, types=comma.join(names[i] for i in others))
    return comma.join(names[i] for i in ids)


def _indented(line: str) -> RenderableType:
    from rich.padding import Padding
    from rich.text import Text

    return Padding(Text(line), (0, 0, 0, 2))


def _counts_in_lines(classes: Sequence[str], lang: Lang, width: int) -> str:
    """Return how many types are of each class, each number in a line with its class."""
    from rich.cells import cell_len

    comma = text("report.comma", lang)
    lines = [""]
    for one in _class_counts(classes, lang).split(comma):
        more = lines[-1] + comma + one if lines[-1] else one
        if cell_len(more + comma.rstrip()) <= width or not lines[-1]:
            lines[-1] = more
        else:
            lines[-1] += comma.rstrip()
            lines.append(one)
    return "\n".join(lines)


def _class_counts(classes: Sequence[str], lang: Lang) -> str:
    counted = (f"{n} {class_name(c, lang)}" for c, n in Counter(classes).items())
    return text("report.comma", lang).join(counted)
