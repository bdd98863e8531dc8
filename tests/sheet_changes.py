"""Changes to a city's files of which it is known what must become of the best plan.

Each takes a `Solved` question and returns what it becomes, or None where it does not apply.
"""

from __future__ import annotations

from dataclasses import replace
from inspect import isfunction
from typing import TYPE_CHECKING

import sheet_ground
import sheet_money
import sheet_people
import sheet_words
from sheet_rule import Changed

if TYPE_CHECKING:
    from random import Random

    from sheet_rule import Solved

_FILES = (sheet_words, sheet_ground, sheet_people, sheet_money)

CHANGES = tuple(
    one
    for file in _FILES
    for name, one in vars(file).items()
    if isfunction(one) and one.__module__ == file.__name__ and not name.startswith("_")
)
"""Every rule there is."""

TOGETHER = (
    sheet_words.rows_in_another_order,
    sheet_words.columns_in_another_order,
    sheet_ground.moved_by_metres,
    sheet_people.a_place_split_in_two,
    sheet_people.a_place_with_nobody,
    sheet_people.an_outlet_out_of_reach,
    sheet_people.a_space_too_small_for_anything,
    sheet_people.a_type_that_fits_no_space,
    sheet_money.the_question_in_another_order,
    sheet_words.ids_in_another_order,
    sheet_words.columns_called_otherwise,
    sheet_words.columns_nobody_asked_for,
)
"""What can be done one after the other, in this order; each leaves the optimum as it is."""


def several_at_once(draw: Random, base: Solved) -> Changed:
    spaces: dict[str, str] = {}
    for change in TOGETHER:
        if draw.random() < 0.6:
            done = change(draw, base)
            base = replace(base, sheets=done.sheets, question=done.sheets.question)
            spaces = done.spaces or spaces
    return Changed(base.sheets, spaces=spaces)
