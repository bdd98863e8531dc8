"""Which random cities of a family show what: numbers for `full_families.asked_of`.

Run this file to find them anew, after a change that makes other cities of the same numbers.
"""

from __future__ import annotations

from typing import NamedTuple


class Seeds(NamedTuple):
    """Numbers of cities in which a family changes the optimum, does not, leaves no plan."""

    binding: tuple[int, ...]
    loose: tuple[int, ...]
    infeasible: tuple[int, ...]


CASES = {
    "C1 cover": Seeds((5, 7, 9), (1,), (0, 2)),
    "C2 area": Seeds((10, 14, 15), (0,), (20, 25)),
    "C2 most types": Seeds((2, 4, 9), (0,), (5, 12)),
    "C2 least types": Seeds((1, 2, 3), (0,), (15, 19)),
    "C2 one form": Seeds((13,), (2,), (148, 175)),
    "C2 one-off cost": Seeds((2, 9, 12), (1,), (10, 32)),
    "C2 basic share": Seeds((42, 44, 48), (0,), (18, 55)),
    "C2 never under one roof": Seeds((4, 7, 10), (1,), (5, 6)),
    "C2 host": Seeds((7, 9, 16), (0,), (11, 40)),
    "C2 only in company": Seeds((8, 9, 20), (0,), (16, 22)),
    "C3 capital": Seeds((1, 2, 5), (0,), (3, 4)),
    "C4 subsidy": Seeds((1, 10, 19), (7,), (2, 3)),
    "C5 open": Seeds((6, 8, 9), (0,), (4, 5)),
    "C5 forbid": Seeds((0, 10, 20), (1,), (41, 68)),
    "C5 columns": Seeds((0, 9, 10), (2,), (1, 6)),
    "C6 funds": Seeds((10, 14, 15), (3,), ()),
    "C6 amounts": Seeds((13, 18, 30), (1,), (0, 6)),
    "C6 earmarks": Seeds((20, 26, 29), (1,), (3, 4)),
    "C6 co-payment": Seeds((4, 14, 31, 54), (6,), (1, 11)),
    "C6 no yuan twice": Seeds((38, 45, 52, 78), (10,), (21, 30)),
    "C6 no yuan twice, yearly": Seeds((0, 1, 3), (4,), (2, 6)),
    "C7 floors": Seeds((7, 25, 51), (0,), (1, 2)),
    "C7 targets": Seeds((0, 9, 13), (3,), (1, 2)),
    "C8 presence": Seeds((0, 1, 2), (10,), (7, 9)),
    "C8 nobody": Seeds((0, 4, 5), (1,), (6, 18)),
    "C8 located": Seeds((1, 4, 6), (2,), (3, 7)),
    "C8 substitutes": Seeds((6, 11, 18, 105), (0,), ()),
    "C8 counts once": Seeds((16, 17, 22), (0,), (2, 44)),
    "C8 classes": Seeds((3, 5, 6), (1,), (0, 2)),
    "C8 mandatory": Seeds((6, 13, 31), (0,), (52, 77)),
    "C8 ladder": Seeds((4, 6, 7), (2,), (0, 1)),
    "C8 must": Seeds((8, 9, 17), (15,), (0, 1)),
    "C9 number": Seeds((5, 16, 18), (0,), (1, 2)),
    "C9 area": Seeds((6, 9, 14), (4,), (0, 1)),
    "C10 spacing": Seeds((19, 62, 72), (0,), (3, 8)),
    "C10 outlets": Seeds((0, 8, 11), (2,), (15, 18)),
    "C10 most": Seeds((0, 3, 8), (1,), (7, 9)),
    "C11 operators": Seeds((0, 1, 10), (2,), (3, 5)),
    "C12 capacity": Seeds((0, 1, 4), (2,), ()),
    "coverage": Seeds((2, 115, 155), (0,), (8, 9)),
    "basic-first": Seeds((24, 94, 120), (0,), (1, 3)),
    "grades": Seeds((0, 1, 2), (), (5, 11)),
    "cost": Seeds((2, 6, 7), (), (0, 1)),
    "worst-community": Seeds((3, 23, 27), (0,), (7, 10)),
    "worst-community, C12": Seeds((16, 28, 31), (0,), ()),
}


WANTED = Seeds(binding=3, loose=1, infeasible=2)
TRIES = 600


def find(name: str) -> Seeds:
    """Look for cities of each state, and for one in which each of the family's rows matters."""
    from algebra import same, solve_stages, without_row
    from full_families import FAMILIES, IMPLIED, asked_of, state_of

    from siting.errors import InputError

    family = FAMILIES[name]
    found = {state: [] for state in Seeds._fields}
    dumb = {row for row in family.rows if row not in IMPLIED}
    for seed in range(TRIES):
        asked = asked_of(name, seed)
        try:
            state = asked and state_of(name, asked)
        except InputError:
            continue
        if not state:
            continue
        on = solve_stages(asked.city, asked.question) if dumb and state != "loose" else None
        spoke = {
            row
            for row in (dumb if state != "loose" else ())
            if not same(on, solve_stages(asked.city, asked.question, without_row(row)))
        }
        dumb -= spoke
        if len(found[state]) < getattr(WANTED, state) or spoke:
            found[state].append(seed)
        missing = [s for s in found if len(found[s]) < getattr(WANTED, s)]
        if not dumb and not set(missing) - (set() if family.can_fail else {"infeasible"}):
            break
    return Seeds(**{state: tuple(seeds) for state, seeds in found.items()})


if __name__ == "__main__":
    for name in CASES:
        binding, loose, infeasible = find(name)
        print(f'    "{name}": Seeds({binding}, {loose}, {infeasible}),', flush=True)
