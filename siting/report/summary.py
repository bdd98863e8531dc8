"""A plan in about ten lines: what opens, what it costs, who gains, how far from the best."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from siting.report.figures import (
    clean,
    group_name,
    money,
    people,
    percent,
    seconds,
    type_names,
)
from siting.report.proof import certified_line, proof_line, search_line, stages_line
from siting.report.standing import (
    grades_line,
    other_weights_line,
    price_line,
    quotas_line,
    reasons_line,
    sensitivity_line,
)
from siting.report.upgrades_table import upgrades_table
from siting.report.wrap import wrapped
from siting.words import Lang, text

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import RenderableType
    from rich.table import Table

    from siting.plan.document import Coverage, Document, Money
    from siting.plan.model import Plan

_SHOWN = 4
_BETWEEN = 2


def summarise(
    plan: Plan, lang: Lang = "en", width: int = 80, *, folder: Path | str | None = None
) -> RenderableType:
    """Return the summary of `plan` as a table of labelled lines that fits `width` columns.

    Where the plan knows ways up for circles below their grade, a table of these follows.

    Parameters
    ----------
    plan
        A verified plan.
    lang
        Language of every word in it.
    width
        Columns of the terminal.
    folder
        Where the plan has been saved, or None.
    """
    from rich.console import Group

    lines = labelled(summary_lines(plan, lang, folder=folder), width)
    return Group(lines, *upgrades_table(plan, lang, lines.width or width))


def labelled(lines: list[tuple[str, str]], width: int) -> Table:
    """Return (label, sentence) pairs as a table of lines that fits `width` columns."""
    from rich.cells import cell_len
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, _BETWEEN), expand=False)
    table.width = max(width, 30)
    table.add_column(no_wrap=True, style="bold")
    table.add_column(ratio=1, overflow="fold")
    rest = table.width - max(cell_len(label) for label, _ in lines) - _BETWEEN
    for label, said in lines:
        table.add_row(Text(label), Text("\n".join(wrapped(said, rest, indent=""))))
    return table


def summary_lines(
    plan: Plan, lang: Lang = "en", *, folder: Path | str | None = None
) -> list[tuple[str, str]]:
    """Return the lines of the summary as (label, sentence) pairs; see `summarise`."""
    document = plan.document
    names = type_names(plan.standard, lang)
    lines = [
        ("plan", _status(document, lang)),
        ("opens", opens_line(document, names, lang)),
        ("capital", spent_line("capital", document.budget.capital, document, lang)),
        (
            "subsidy",
            spent_line("subsidy_per_year", document.budget.subsidy_per_year, document, lang),
        ),
        ("serves", serves_line(document, lang)),
        ("types", enough_line(document, plan.standard.presence_share, lang)),
        ("gains", _gains(document, names, lang)),
        ("open", open_line(document, names, lang)),
    ]
    told = [
        ("why", reasons_line(document, lang)),
        ("grades", grades_line(plan, lang)),
        ("quotas", quotas_line(document, lang)),
        ("proof", proof_line(document, lang)),
        ("stages", stages_line(document, lang)),
        ("certified", certified_line(document, lang)),
        ("search", search_line(document, lang)),
        ("price", price_line(document, lang)),
        ("sensitivity", sensitivity_line(document, lang)),
        ("other_weights", other_weights_line(document, lang)),
    ]
    lines += [(label, said) for label, said in told if said is not None]
    if document.inputs.groups_estimated:
        lines.append(("estimated", estimated_line(document.inputs.groups_estimated, lang)))
    lines.append(("took", _took(document, lang)))
    if folder is not None:
        lines.append(("files", text("report.files", lang, folder=clean(folder))))
    return [(text(f"report.label_{key}", lang), said) for key, said in lines]


def estimated_line(shares: dict[str, float], lang: Lang) -> str:
    """Return the sentence that says which groups the city has no figures for."""
    listed = text("report.comma", lang).join(
        text("report.estimated_group", lang, group=group_name(g, lang), share=f"{share:.1%}")
        for g, share in sorted(shares.items())
    )
    return text("report.estimated", lang, groups=listed)


def _status(document: Document, lang: Lang) -> str:
    if document.status == "optimal":
        return text("report.status_optimal", lang)
    return text(f"report.stopped_{document.stopped_by}", lang)


def opens_line(document: Document, names: dict[str, str], lang: Lang) -> str:
    """Return what is opened, and in how many spaces."""
    if not document.projects:
        return text("report.opens_nothing", lang)
    opened = Counter(p.type for p in document.projects).most_common()
    listed = text("report.comma", lang).join(
        text("report.type_count", lang, type=names.get(t, t), count=n)
        for t, n in opened[: _SHOWN + 1]
    )
    more = len(opened) - _SHOWN - 1
    if more > 0:
        listed += text("report.more_types", lang, count=more)
    return text(
        "report.opens",
        lang,
        projects=f"{len(document.projects):,}",
        used=f"{len({p.space for p in document.projects}):,}",
        spaces=f"{document.sizes.spaces:,}",
        listed=listed,
    )


def spent_line(pays: str, budget: Money, document: Document, lang: Lang) -> str:
    """Return what is spent of the money that `pays` names: the budget, then the funds."""
    spent = money(budget.spent, lang)
    if budget.limit is None:
        said = text("report.spent_unlimited", lang, spent=spent)
    else:
        said = text("report.spent", lang, spent=spent, limit=money(budget.limit, lang))
        if budget.limit > 0:
            said += text("report.spent_share", lang, share=percent(budget.spent / budget.limit))
    for fund in document.funds:
        if fund.pays == pays:
            said += text(
                "report.fund",
                lang,
                fund=clean(fund.id),
                spent=money(fund.spent, lang),
                limit=money(fund.limit, lang),
            )
    return said if pays == "capital" else text("report.per_year", lang, said=said)


def serves_line(document: Document, lang: Lang) -> str:
    """Return how many residents gain a type."""
    gained = document.residents.newly_served_any_type
    everyone = document.residents.everyone
    said = text("report.serves", lang, gained=people(gained), everyone=people(everyone))
    if everyone > 0:
        said += text("report.spent_share", lang, share=percent(gained / everyone))
    return said


def enough_line(document: Document, presence: float, lang: Lang) -> str:
    """Return how many types enough residents reach, before and after."""
    return text(
        "report.enough",
        lang,
        share=percent(presence),
        before=sum(c.before >= presence for c in document.coverage),
        after=sum(c.after >= presence for c in document.coverage),
        types=len(document.coverage),
    )


def _gains(document: Document, names: dict[str, str], lang: Lang) -> str:
    gained = [c for c in document.coverage if c.after > c.before]
    if not gained:
        return text("report.gains_nothing", lang)
    gained.sort(key=lambda c: (c.before - c.after) * c.residents)
    return text("report.comma", lang).join(
        text(
            "report.gain",
            lang,
            type=names.get(c.type, c.type),
            before=percent(c.before),
            after=percent(c.after),
        )
        for c in gained[:_SHOWN]
    )


def open_line(document: Document, names: dict[str, str], lang: Lang) -> str:
    """Return which types the fewest residents reach after the plan."""
    lacking: list[Coverage] = sorted(
        (c for c in document.coverage if c.after < 1.0 and c.residents > 0), key=lambda c: c.after
    )
    beyond: Counter[str] = Counter()
    for gap in document.open_gaps:
        if gap.reason == "capacity":
            beyond[gap.type] += gap.residents  # type: ignore[assignment]
    said = []
    if lacking:
        said.append(_lacking(lacking, names, lang))
    if beyond:
        listed = text("report.comma", lang).join(
            text("report.beyond", lang, type=names.get(t, t), people=people(n))
            for t, n in beyond.most_common(_SHOWN)
        )
        said.append(text("report.open_beyond", lang, listed=listed))
    return text("report.semicolon", lang).join(said) or text("report.open_nothing", lang)


def _lacking(lacking: list[Coverage], names: dict[str, str], lang: Lang) -> str:
    listed = text("report.comma", lang).join(
        text("report.has", lang, type=names.get(c.type, c.type), share=percent(c.after))
        for c in lacking[:_SHOWN]
    )
    return text("report.open", lang, listed=listed)


def _took(document: Document, lang: Lang) -> str:
    total = sum(document.seconds.values())
    said = text("report.took", lang, seconds=seconds(total))
    solving = document.seconds.get("solve")
    if solving is not None:
        said += text("report.took_solving", lang, seconds=seconds(solving))
    if document.inputs.metric_crs is not None:
        said += text("report.crs", lang, crs=clean(document.inputs.metric_crs)[:60])
    return said
