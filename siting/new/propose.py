"""From tables that somebody has to a proposal for a city folder, with a remark on every guess."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from siting.city.coordinates import BD09, GCJ02, WGS84
from siting.city.findings import Findings
from siting.city.tables import as_word
from siting.errors import InputError, Notice
from siting.new.columns import (
    coordinates,
    has_position,
    remarks_on_use,
    role_word,
    where_in,
    without_false_pairs,
)
from siting.new.figures import System, named_system, system_of
from siting.new.look import Given, files_in, look
from siting.new.model import Proposal, Section, Value
from siting.new.points import point_section
from siting.new.roles import Role, roles_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

POINTS = ("places", "outlets", "spaces")
_TRUE = ("osm_id", "osmid", "highway", "fclass", "@id")
"""Columns of OpenStreetMap, whose degrees are WGS-84."""


def propose(paths: Sequence[Path], name: str) -> Proposal:
    """Return the city folder that fits some tables.

    Parameters
    ----------
    paths
        Files, or folders whose files are looked at.
    name
        What the city is called.

    Raises
    ------
    InputError
        A path does not exist, or no table was recognised.
    """
    findings = Findings()
    found = files_in(paths, findings)
    findings.raise_faults()
    tables: list[Given] = []
    unread: list[Notice] = []
    for path in found:
        seen, faults = look(path)
        tables += seen
        unread += faults
    roles, left = roles_of(tables)
    if not roles:
        # what is said of the old format is all there is to mend
        old = bool(unread) and not left and all(n.key == "city.old_excel" for n in unread)
        raise InputError([*unread, *_left(left), *([] if old else [Notice("new.nothing")])])
    roles = {name: without_false_pairs(role) for name, role in roles.items()}
    names = _names(role.given.path for role in roles.values())
    remarks = [*unread, *_left(left)]
    roles = _same_communities(roles, remarks)
    blank = tuple(role for role in POINTS if role not in roles)
    systems = {name: _system(role) for name, role in roles.items() if name in (*POINTS, "nodes")}
    systems = _like_others(systems)
    crs = next((s.crs for s in systems.values() if s is not None and s.crs is not None), None)
    sections = [
        point_section(roles[role], names, systems[role], crs) for role in POINTS if role in roles
    ]
    sections += _others(roles, names, systems, crs)
    remarks += [Notice("new.blank", values={"role": role_word(role)}) for role in blank]
    places = roles.get("places")
    if "communities" not in roles and places is not None and "community" not in places.columns:
        remarks.append(Notice("new.one_community"))
    copies = {names[role.given.path]: role.given.path for role in roles.values()}
    order = {role: k for k, role in enumerate((*POINTS, "communities", "streets", "walks"))}
    sections.sort(key=lambda section: order[section.name])
    return Proposal(name, crs, tuple(sections), copies, blank, tuple(remarks))


def _same_communities(roles: dict[str, Role], remarks: list[Notice]) -> dict[str, Role]:
    """Return the roles without columns of communities in which places and others disagree.

    Without them the nearest place decides, which is better than a community of nobody.
    """
    if "places" not in roles or "communities" in roles:
        return roles
    known = _words_of(roles["places"], "community")
    kept = dict(roles)
    for name in ("outlets", "spaces"):
        role = roles.get(name)
        strange = set() if role is None else _words_of(role, "community") - known
        if role is not None and strange:
            local = role.columns["community"].local
            values = {"count": len(strange), "first": min(strange)}
            remarks.append(
                Notice("new.community", file=role.given.name, column=local, values=values)
            )
            columns = {c: m for c, m in role.columns.items() if c != "community"}
            kept[name] = replace(role, columns=columns)
    return kept


def _words_of(role: Role, canonical: str) -> set[str]:
    match = role.columns.get(canonical)
    if match is None:
        return set()
    column = role.given.columns[match.local]
    return {as_word(v) for v in column.values[~column.blank]}


def _left(left: Sequence[tuple[Given, str | None]]) -> list[Notice]:
    """Say which tables are not used, and why."""
    said = []
    for given, role in left:
        if role is None:
            here = ", ".join(filter(None, given.source.names[:12]))
            said.append(Notice("new.unknown_table", file=given.name, values={"here": here or "-"}))
        else:
            values = {"role": role_word(role)}
            said.append(Notice("new.second", file=given.name, values=values))
    return said


def _names(paths: Iterable[Path]) -> dict[Path, str]:
    """Return the name of each file in the city folder: its own, numbered where two are equal."""
    names: dict[Path, str] = {}
    used: set[str] = set()
    for path in paths:
        if path in names:
            continue
        name, number = path.name, 1
        while name.casefold() in used:
            number += 1
            name = f"{path.stem}-{number}{path.suffix}"
        used.add(name.casefold())
        names[path] = name
    return names


def _system(role: Role) -> System | None:
    """Return the guessed system of a table's x and y; None where its geometry says where it is."""
    given = role.given
    if given.shape is not None or not has_position(role):
        return None
    x, y = coordinates(role)
    headings = [role.columns[name].local for name in ("xy", "x", "y") if name in role.columns]
    return system_of(x, y, " ".join((*headings, given.title)).casefold())


def _like_others(systems: dict[str, System | None]) -> dict[str, System | None]:
    """Return the systems; degrees of which nothing is known are as those of which it is said."""
    named = (s.crs for s in systems.values() if s is not None and s.key == "new.crs_named")
    crs = next((c for c in named if c in (GCJ02, BD09, WGS84, "EPSG:4490")), None)
    if crs is None:
        return systems
    return {
        name: replace(s, crs=crs, key="new.crs_like_others")
        if s is not None and s.key == "new.crs_degrees_china"
        else s
        for name, s in systems.items()
    }


def _others(
    roles: dict[str, Role],
    names: dict[Path, str],
    systems: dict[str, System | None],
    crs: str | None,
) -> list[Section]:
    """Return the sections of communities, streets and walks."""
    sections = []
    for name in ("communities", "streets", "walks"):
        role = roles.get(name)
        if role is None:
            continue
        given = role.given
        columns = {c: m.local for c, m in role.columns.items() if c != m.local}
        keys: dict[str, Value] = {"file": names[given.path], **where_in(given)}
        remarks = list(remarks_on_use(role))
        if name == "communities":
            unique = _unique(role)
            columns = {"id": unique} if unique != "id" else {}
        if name != "walks" and crs in (GCJ02, BD09):
            true = any(h.casefold() in _TRUE for h in given.source.names)
            named = named_system(given.title)
            if true or named is not None:
                keys["crs"] = named or "EPSG:4326"
            key = "new.own_true" if "crs" in keys else "new.own_shifted"
            values = {"crs": keys.get("crs", crs)}
            remarks.append(Notice(key, file=given.name, values=values))
        sections.append(Section(name, keys, _tables(columns), {}, tuple(remarks)))
    if "nodes" in roles and "streets" not in roles:
        sections.append(_streets_of_tables(roles, names, systems["nodes"], crs))
    return sections


def _streets_of_tables(
    roles: dict[str, Role], names: dict[Path, str], system: System | None, crs: str | None
) -> Section:
    nodes, edges = roles["nodes"], roles["edges"]
    keys: dict[str, Value] = {
        "nodes": names[nodes.given.path],
        "edges": names[edges.given.path],
    }
    if system is not None and system.crs not in (None, crs):
        keys["crs"] = str(system.crs)
    both = {**nodes.columns, **edges.columns}
    columns = {c: m.local for c, m in both.items() if c != m.local}
    said = (*remarks_on_use(nodes), *remarks_on_use(edges))
    return Section("streets", keys, _tables(columns), {}, said)


def _tables(columns: dict[str, str]) -> dict[str, dict[str, Value]]:
    return {"columns": dict(columns)} if columns else {}


def _unique(role: Role) -> str:
    """Return the column by which the records of a table differ: the first that does it."""
    match = role.columns["id"]
    for local in (match.local, *match.also):
        column = role.given.columns[local]
        texts = [str(v) for v in column.values[~column.blank]]
        if len(texts) == len(role.given.rows) == len(set(texts)):
            return local
    return match.local
