"""Whether the stated people, shares, need points and sizes are those counted again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from siting.verify.compare import close, differs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from siting.city.model import City
    from siting.errors import Notice
    from siting.plan.document import Coverage, Document
    from siting.standard.model import Question
    from siting.standard.options import Options
    from siting.verify.recount import Recount, TypeCount


def check_counts(document: Document, right: Recount) -> Iterator[Notice]:
    """Yield what is wrong with residents and coverage.

    Parameters
    ----------
    right
        Counted for the projects of `document`, in their order.
    """
    people = document.residents
    if not close(people.everyone, right.everyone):
        yield differs("everyone", people.everyone, right.everyone)
    if not close(people.newly_served_any_type, right.newly_served):
        yield differs("newly_served", people.newly_served_any_type, right.newly_served)
    yield from check_projects_counted(document, right)
    stated = [row.type for row in document.coverage]
    asked = [count.kind.id for count in right.types]
    if stated != asked:
        yield differs("coverage_types", ", ".join(stated), ", ".join(asked))
        return
    for row, count in zip(document.coverage, right.types, strict=True):
        yield from _coverage(row, count)


def check_projects_counted(document: Document, right: Recount) -> Iterator[Notice]:
    """Yield what is wrong with the residents whom each project reaches."""
    for project, gained, shared, groups, places, circles in zip(
        document.projects,
        right.project_gained,
        right.project_shared,
        right.project_groups,
        right.project_places,
        right.project_circles,
        strict=True,
    ):
        name = {"space": project.space, "type": project.type}
        if not close(project.residents_gained, gained):
            yield differs("project_gained", project.residents_gained, gained, **name)
        if not close(project.residents_shared, shared):
            yield differs("project_shared", project.residents_shared, shared, **name)
        for field, stated, counted in (
            ("gained_by_group", project.gained_by_group, groups),
            ("places_by_group", project.places_by_group, places),
            ("gained_by_community", project.gained_by_community, circles),
        ):
            for part in sorted(counted.keys() | stated.keys()):
                one, other = stated.get(part), counted.get(part)
                if one is None or other is None or not close(one, other):
                    yield differs("project_part", one, other, field=field, part=part, **name)


def _coverage(row: Coverage, count: TypeCount) -> Iterator[Notice]:
    kind, people = count.kind, float(count.people.sum())
    for name, stated, right in (
        ("class", row.type_class, kind.type_class),
        ("minutes", row.minutes, kind.minutes),
        ("group", row.group, kind.counting_group),
    ):
        if stated != right:
            yield differs("coverage_asked", stated, right, type=row.type, name=name)
    numbers = (
        ("residents", row.residents, people),
        ("before", row.before, float(count.before.sum()) / people if people else 0.0),
        ("after", row.after, float(count.after.sum()) / people if people else 0.0),
    )
    for name, number, wanted in numbers:
        if not close(number, wanted):
            yield differs(f"coverage_{name}", number, wanted, type=row.type)
    each = people / count.outlets if count.outlets else None
    stated_each = row.residents_per_outlet
    if (stated_each is None) != (each is None) or (
        stated_each is not None and each is not None and not close(stated_each, each)
    ):
        yield differs("coverage_per_outlet", stated_each, each, type=row.type)
    yield from _groups(row, count)


def _groups(row: Coverage, count: TypeCount) -> Iterator[Notice]:
    for group in sorted(row.by_group.keys() | count.groups.keys()):
        share, right = row.by_group.get(group), count.groups.get(group)
        names = {"type": row.type, "group": group}
        if share is None or right is None:
            yield differs(
                "coverage_groups", ", ".join(row.by_group), ", ".join(count.groups), **names
            )
            continue
        total, before, after = right
        for name, number, wanted in (
            ("residents", share.residents, total),
            ("before", share.before, before / total if total else 0.0),
            ("after", share.after, after / total if total else 0.0),
        ):
            if not close(number, wanted):
                yield differs("coverage_group", number, wanted, name=name, **names)


def check_sizes(
    document: Document,
    city: City,
    question: Question,
    options: Options,
    right: Recount,
    merged: tuple[int, int],
) -> Iterator[Notice]:
    """Yield what is wrong with the sizes.

    Rules on shares, grades and room in outlets count needs that bring no points, too, for some
    types; without such rules there are none.

    Parameters
    ----------
    merged
        How many merged needs bring points, and how many there are in all.
    """
    sizes = document.sizes
    least, most = merged
    plain = question.objective in ("coverage", "basic-first")
    if plain and not (question.targets or question.floors or question.enforce):
        most = least
    for name, number in (
        ("places", len(city.places)),
        ("outlets", len(city.outlets)),
        ("spaces", len(city.spaces)),
        ("types", len(right.types)),
        ("options", len(options)),
        ("needs", right.needs),
        ("gaps", right.gaps),
        ("merged_needs", min(max(sizes.merged_needs, least), most)),
    ):
        if getattr(sizes, name) != number:
            yield differs("size", getattr(sizes, name), number, name=name)
