"""Which columns each table has, under their canonical names."""

from __future__ import annotations

from siting.city.spaces import FEATURES
from siting.city.tables import Layout

PLACES = Layout(
    words=("id", "community"),
    numbers=("everyone",),
    required=("id", "everyone"),
    located=True,
    groups=True,
)
OUTLETS = Layout(
    words=("id", "type", "community", "chain"),
    numbers=("area_m2", "spare_m2", "rent_m2_month"),
    required=("id", "type"),
    located=True,
    may_be_empty=True,
)
SPACES = Layout(
    words=(
        "id",
        "community",
        "kind",
        "floor",
        "features",
        "host",
        "basic_share",
        "open",
        "forbid",
        "address",
        *FEATURES,
    ),
    numbers=(
        "area_m2",
        "rent_m2_month",
        "max_types",
        "min_types",
        "capital_m2",
        "capital_fixed",
    ),
    required=("id", "area_m2", "rent_m2_month"),
    located=True,
    may_be_empty=True,
)
COMMUNITIES = Layout(words=("id",), required=("id",))
LINES = Layout()
NODES = Layout(words=("node",), required=("node",), located=True)
EDGES = Layout(words=("from", "to"), numbers=("length_m",), required=("from", "to"))
WALKS = Layout(
    words=("from", "to", "kind", "group"),
    numbers=("minutes", "metres"),
    required=("from", "to", "kind"),
    may_be_empty=True,
)
