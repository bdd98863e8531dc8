"""A small sound city folder, whose files a test replaces to put one fault in."""

from __future__ import annotations

from pathlib import Path

from siting.city.read import check_city

PLACES = "id,x,y,community,everyone\np1,0,0,North,100\np2,300,0,North,50\np3,0,900,South,10.5\n"
SPACES = "id,x,y,area_m2,rent_m2_month,kind\ns1,100,0,80,30,shop\ns2,0,800,120,20,shed\n"
OUTLETS = "id,x,y,type\no1,50,50,pharmacy\no2,0,850,bakery;pharmacy\n"
CONFIG = """
[city]
name = "Small"
[places]
file = "places.csv"
[spaces]
file = "spaces.csv"
[outlets]
file = "outlets.csv"
"""


def write_city(folder: Path, **files: str | bytes) -> Path:
    """Write the city with some files replaced; ``city`` is city.toml, other names are CSV."""
    folder.mkdir(parents=True, exist_ok=True)
    contents: dict[str, str | bytes] = {
        "city": CONFIG,
        "places": PLACES,
        "spaces": SPACES,
        "outlets": OUTLETS,
        **files,
    }
    for name, content in contents.items():
        path = folder / ("city.toml" if name == "city" else f"{name}.csv")
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def faults(folder: Path) -> list[str]:
    """Return the faults as lines."""
    return [notice.line("en") for notice in check_city(folder)[1]]


def remarks(folder: Path) -> list[str]:
    """Return the remarks as lines; there must be no fault."""
    _, wrong, said = check_city(folder)
    assert wrong == ()
    return [notice.line("en") for notice in said]


def remark_keys(folder: Path) -> set[str]:
    """Return the keys of the remarks; there must be no fault."""
    _, wrong, said = check_city(folder)
    assert wrong == ()
    return {notice.key for notice in said}
