"""city.toml and scenario.toml as text: what is proposed, and beside it why."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from siting.new.figures import english_unit
from siting.words import Lang, text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from siting.new.model import Proposal, Section, Value

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_WIDTH = 100
_MOST_UNKNOWN = 200


def city_text(proposal: Proposal, blank: Iterable[Section], lang: Lang) -> str:
    """Return city.toml.

    Parameters
    ----------
    blank
        Sections of templates that are written because there was no such table.
    """
    lines = [*_comment(text("new.config_head", lang)), "", "[city]"]
    lines.append(f"name = {_value(proposal.name)}")
    if proposal.crs is None:
        lines += _comment(text("new.config_no_crs", lang))
        lines.append('# crs = "EPSG:4490"')
    else:
        lines.append(f"crs = {_value(proposal.crs)}")
        lines += _comment(text("new.config_crs", lang))
    for notice in proposal.remarks:
        lines += _comment(notice.line(lang))
    by_name = {section.name: section for section in (*proposal.sections, *blank)}
    for name in ("places", "outlets", "spaces", "communities", "streets", "walks"):
        if name in by_name:
            lines += ["", *_section(by_name[name], lang)]
    return "\n".join(lines) + "\n"


def scenario_text(lang: Lang) -> str:
    """Return scenario.toml, whose amounts are still to be filled in."""
    said = {
        name: _comment(text(f"new.scenario_{name}", lang)) for name in ("head", "budget", "fund")
    }
    lines = [
        *said["head"],
        'standard = "mofcom-2021"',
        'policy = "default"',
        'objective = "coverage"',
        "",
        "[budget]",
        *said["budget"],
        "# capital = 5_000_000",
        "# subsidy_per_year = 600_000",
        "",
        *said["fund"],
        "# [[funds]]",
        '# id = "market-fund"',
        '# pays = "capital"',
        "# amount = 1_200_000",
        '# types = ["wet_market", "fresh_store"]',
    ]
    return "\n".join(lines) + "\n"


def _section(section: Section, lang: Lang) -> list[str]:
    lines = [line for notice in section.remarks for line in _comment(notice.line(lang))]
    lines.append(f"[{section.name}]")
    lines += [f"{key} = {_value(value)}" for key, value in section.keys.items()]
    for name, table in section.tables.items():
        lines.append(f"[{section.name}.{name}]")
        for key, value in table.items():
            shown = _english(value) if name == "units" and lang == "en" else value
            lines.append(f"{_key(key)} = {_value(shown)}")
        if name == "types" and section.unknown:
            lines += _comment(text("new.config_unknown", lang))
            most = sorted(section.unknown.items(), key=lambda item: (-item[1], item[0]))
            lines += [f'# {_key(word)} = ""  # {count}' for word, count in most[:_MOST_UNKNOWN]]
    return lines


def _english(value: Value) -> Value:
    return english_unit(value) if isinstance(value, str) else value


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _value(key)


def _value(value: Value) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # What JSON escapes TOML does too, but for the delete sign, which only TOML forbids.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(value)


def _comment(sentence: str) -> list[str]:
    """Return a sentence as comment lines; no sign in it can end the comment."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in sentence).split())
    from siting.report.wrap import wrapped

    return [f"# {line}" for line in wrapped(plain, _WIDTH - 2)]
