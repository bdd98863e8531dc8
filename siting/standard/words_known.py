"""Words of a city that only the catalogue can judge: types of outlets and kinds of spaces."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from siting.city.nearest import counted_words
from siting.errors import Notice
from siting.standard.catalogue import KINDS, load_catalogue
from siting.standard.files import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from siting.city.model import City
    from siting.standard.model import Standard

_TOP = 5


def mapped_faults(
    pairs: Iterable[tuple[str, str]], standard: Standard | None, *, file: str | None
) -> list[Notice]:
    """Return a fault for each category that is mapped to a type nobody knows.

    Parameters
    ----------
    pairs
        (local category, type word), as `siting.city.model.City` has them.
    standard
        Its own types are known beside the catalogue's; None: there is none.
    file
        Where the mapping stands, or None for arguments.
    """
    known = _known_types(standard)
    faults = []
    for category, word in dict.fromkeys(pairs):
        if word in known:
            continue
        near = nearest(word, known)
        key = "standard.mapped_type" if near is None else "standard.mapped_type_near"
        values = {"category": category, "word": word, "near": near}
        faults.append(Notice(key, file=file, column="outlets.types", values=values))
    return faults


def outlet_type_remarks(city: City, standard: Standard | None) -> list[Notice]:
    """Return one remark that counts the outlets of unknown types and names the commonest.

    Then follows one for each further such type.

    Types that come from a mapping are left to `mapped_faults`.
    """
    known = {*_known_types(standard), *(word for _, word in city.mapped_types)}
    lost = Counter(word for types in city.outlets.types for word in types if word not in known)
    if not lost:
        return []
    top = counted_words(lost.most_common(_TOP), known, more=len(lost) > _TOP)
    counted = {
        "count": sum(1 for types in city.outlets.types if not known.issuperset(types)),
        "outlets": len(city.outlets),
        "words": len(lost),
        "top": top,
    }
    found = [Notice("standard.outlet_types", values=counted)]
    for word, count in lost.most_common()[_TOP:]:
        near = nearest(word, known)
        key = "standard.outlet_type" if near is None else "standard.outlet_type_near"
        found.append(Notice(key, values={"word": word, "count": count, "near": near}))
    return found


def kind_remarks(city: City, standard: Standard | None) -> list[Notice]:
    """Return a remark for each kind of space that no rule of any type speaks of."""
    types = () if standard is None else standard.types
    spoken = [kind for t in types for kind in (*(t.kinds or ()), *t.kinds_not)]
    known = dict.fromkeys((*KINDS, *spoken))
    found = []
    for word, count in Counter(city.spaces.kind.tolist()).most_common():
        if not word or word in known:
            continue
        near = nearest(word, known)
        key = "standard.space_kind" if near is None else "standard.space_kind_near"
        values = {"word": word, "count": count, "near": near, "known": ", ".join(known)}
        found.append(Notice(key, values=values))
    return found


def _known_types(standard: Standard | None) -> list[str]:
    own = () if standard is None else standard.types
    return list(dict.fromkeys(t.id for t in (*own, *load_catalogue().types)))
