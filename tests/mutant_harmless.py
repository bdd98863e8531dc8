"""Changes that may stand, each with the reason why nobody is misled by it."""

from __future__ import annotations

import re

# (path, change, reason); the first that fits counts
HARMLESS = tuple(
    (re.compile(path), re.compile(change), reason)
    for path, change, reason in (
        (
            r"plan\.json/(seconds|peak_memory_mb|software)(\..*)?",
            ".*",
            "how long it took, how much memory and which versions: nobody can count them again",
        ),
        (
            r"plan\.json/(seed|deterministic)",
            ".*",
            "with which seed it was searched: the plan is judged as it stands",
        ),
        (
            r"plan\.json/inputs\.city_path(_absolute)?",
            ".*",
            "where the city lay: the city that is found is known by its hash",
        ),
        (
            r"plan\.json/price\.(capital|subsidy_per_year)",
            ".*",
            "what more money would buy is the multipliers' word: checked is that it is not below "
            "0 and no more than residents still lack",
        ),
        (
            r"plan\.json/(other_weights\.\*\.)?(stages\.\*\.)?bound_source",
            "a letter less|the word of another",
            "whose bound it is, and in which version: one solver's name for another's",
        ),
        (
            r"plan\.json/circles\.\*\.upgrades\.\*\.bound",
            ".*",
            "the solver's own bound: checked is that it is between 0 and the price of the way",
        ),
        (
            r"plan\.json/(other_weights\.\*\.)?stopped_by",
            "the word of another",
            "why the search ended: checked is that it can go with the status",
        ),
        (
            r"plan\.json/sizes\.merged_needs",
            ".*",
            "under rules on shares, grades and room, how many needs were merged is known within "
            "limits only",
        ),
        (
            r"plan\.json/inputs(\.question_sha256)?",
            "null|without its last key",
            "a plan without the hash of its question is told so in a remark",
        ),
        (
            r"certificate\.npz/.*",
            ".*",
            "other multipliers that prove the stated bound, to its rounding",
        ),
        (
            r"report\.html/tables\.(money|proof|sensitivity)\.rows\.\*\.column \d+\.\*",
            "unknown|a letter less|another case",
            "the label of a row, written otherwise in one of its two languages",
        ),
        (
            r"report\.html/tables\.projects\.rows\.\*\.column 2",
            "null",
            "no address, said in another way",
        ),
        (
            r"report\.html/tables\.sensitivity\.rows",
            "the (first|last) two swapped|turned round",
            "two assumptions that come to the same numbers, in another order",
        ),
        (
            r"report\.html/(answer|tiles).*",
            ".*",
            "words for people: sentences in the language that the page does not open in, and units",
        ),
        (
            r"report\.html/tables\.\w+\.codes.*",
            ".*",
            "a word of the page that no row shows, or that is written otherwise in one language",
        ),
        (
            r"report\.html/(map|tables)\..*",
            "a blank more",
            "a blank in a name",
        ),
        (
            r"report\.html/map(\.\w+)?",
            "a key more",
            "what the page does not look for",
        ),
        (
            r"report\.xlsx/(Summary|Assumptions and sources)/.*, words",
            ".*",
            "sentences for people: what was asked and what came out, in words",
        ),
        (
            r"report\.xlsx/(Needs/4|Still open/[46]), words",
            "unknown|a letter less",
            "a group or a reason that stands in one row only, written otherwise",
        ),
        (
            r"report\.xlsx/.*, words",
            "a blank more|another case",
            "a word in a cell for people, written otherwise",
        ),
    )
)


def reason(kind: tuple[str, str]) -> str | None:
    """Return why a kind of change is harmless, None where it is not."""
    for path, change, why in HARMLESS:
        if path.fullmatch(kind[0]) and change.fullmatch(kind[1]):
            return why
    return None
