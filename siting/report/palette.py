"""Colours that people with any colour vision tell apart."""

from __future__ import annotations

# Okabe and Ito's set, one a class
CLASS_COLOURS = {
    "basic": "#0072B2",
    "quality": "#E69F00",
    "smart": "#CC79A7",
    "public": "#009E73",
    "supplement": "#56B4E9",
    "hub": "#D55E00",
}
OTHER_COLOUR = "#000000"
# From little to all: dark to light, so that shades of grey keep the order
SHARE_COLOURS = ("#440154", "#31688E", "#35B779", "#FDE725")
