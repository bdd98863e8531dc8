"""Classes of types as people see them: names, and colours that every eye tells apart."""

from __future__ import annotations

from siting.words import Lang, text

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


def class_word(word: str, lang: Lang) -> str:
    """Return the name of a class; a class we do not know keeps its word."""
    return text(f"plan.class_{word}", lang) if word in CLASS_COLOURS else word
