"""The frontier's folder: what is solved is kept there at once, and never solved again.

``question.json`` says what the folder answers, ``points/`` holds a file for each budget. Every
file is written beside its place and exchanged, so that none is ever seen half-written. A folder
answers one question: all its budgets prove something of each other only because everything but the
two budgets is the same for all of them. How long a solve may take is no part of the question.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import contextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from siting.errors import InputError, Name, Notice
from siting.files import file_content
from siting.frontier.point import Point, limits_of
from siting.plan.disk import LARGEST, locked, refusals_of, write_in_one_step
from siting.standard.scenarios import question_to_dict
from siting.words import Lang, text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from siting.city.model import City
    from siting.frontier.model import Manner
    from siting.standard.model import Budget, Question

LANGS: tuple[Lang, Lang] = ("zh", "en")
QUESTION, POINTS = "question.json", "points"
_MAKER = "siting frontier"
_TABLES = ("standard", "policy")
_PARTS = (
    "siting",
    "city",
    "standard",
    "policy",
    "objective",
    "funds",
    "locks",
    "targets",
    "floors",
    "grade",
    "enforce",
    "gap",
    "seed",
    "solver",
)
_FRESH = ".*.new"
"""What a run that was killed leaves of a file."""


def describe(city: City, question: Question, manner: Manner) -> dict[str, Any]:
    """Return what makes two questions the same, as JSON values: all but the two budgets.

    Raises
    ------
    InputError
        The city has no files by which it could be known again.
    """
    if city.sha256 is None:
        raise InputError(Notice("frontier.no_files"))
    asked = question_to_dict(question)
    scenario = {name: value for name, value in asked["scenario"].items() if name != "budget"}
    return {
        "made_by": _MAKER,
        "siting": version("siting"),
        "city": city.sha256,
        **{name: asked[name] for name in _TABLES},
        **scenario,
        "gap": float(manner.gap),
        "seed": manner.seed,
        "solver": manner.solver,
    }


@contextmanager
def open_folder(
    folder: Path, city_folder: Path | None, described: dict[str, Any]
) -> Iterator[tuple[Point, ...]]:
    """Make the folder and keep other runs out of it; yield what it holds, by subsidy, then capital.

    Raises
    ------
    InputError
        It is the city folder or above it, holds something else, answers another question, another
        run writes there, a point in it is not what siting writes, or the disk refuses.
    """
    if city_folder is not None:
        city, target = city_folder.resolve(), folder.resolve()
        if target == city or target in city.parents:
            raise InputError(Notice("plan.output_is_city", values={"folder": str(folder)}))
    if folder.exists() and not folder.is_dir():
        raise InputError(Notice("plan.output_not_folder", values={"folder": str(folder)}))
    if folder.is_dir() and any(folder.iterdir()):
        _refuse_others(folder, described)
    with refusals_of(folder):
        (folder / POINTS).mkdir(parents=True, exist_ok=True)
    with locked(folder, 0.0) as free:
        if not free:
            raise InputError(Notice("frontier.busy", values={"folder": str(folder)}))
        with refusals_of(folder):
            for left in (*folder.glob(_FRESH), *(folder / POINTS).glob(_FRESH)):
                left.unlink(missing_ok=True)
        if not (folder / QUESTION).exists():
            write_in_one_step(folder / QUESTION, _json(described))
        yield _read_points(folder, _digest(described))


def save_point(folder: Path, described: dict[str, Any], point: Point) -> None:
    """Write one point into its folder."""
    content = {"question": _digest(described), **point.model_dump(mode="json", by_alias=True)}
    write_in_one_step(folder / POINTS / name_of(point.budget), _json(content))


def name_of(budget: Budget) -> str:
    """Return the name of a budget's file."""
    capital, subsidy = (
        "unlimited" if yuan is None else f"{yuan:.2f}".removesuffix(".00")
        for yuan in limits_of(budget)
    )
    return f"capital-{capital}-subsidy-{subsidy}.json"


def _refuse_others(folder: Path, described: dict[str, Any]) -> None:
    """Raise InputError where a folder is not ours, or answers another question."""
    path = folder / QUESTION
    values: dict[str, Any] = {"folder": str(folder)}
    try:
        content = json.loads(file_content(path, LARGEST).decode("utf-8"))
    except FileNotFoundError:
        # of a first call that was killed before it had written a question
        if all(one.name == POINTS or one.match(_FRESH) for one in folder.iterdir()):
            return
        raise InputError(Notice("frontier.not_ours", values=values)) from None
    except (OSError, ValueError):
        raise InputError(Notice("frontier.not_ours", values=values)) from None
    if not isinstance(content, dict) or content.get("made_by") != _MAKER:
        raise InputError(Notice("frontier.not_ours", values=values))
    names = dict.fromkeys((*described, *content))
    other = [name for name in names if described.get(name) != content.get(name)]
    if other:
        zh, en = (_listed(other, content, described, lang) for lang in LANGS)
        values["differences"] = Name(en, zh)
        raise InputError(Notice("frontier.other_question", values=values))


def _listed(names: list[str], there: dict[str, Any], here: dict[str, Any], lang: Lang) -> str:
    """Return what differs, with both values where they are short."""
    return ", ".join(
        text(f"frontier.part_{name}", lang) + _shown(name, there.get(name), here.get(name))
        for name in names
        if name in _PARTS
    )


def _shown(name: str, there: Any, here: Any) -> str:
    if name in _TABLES:
        there, here = (one.get("id") if isinstance(one, dict) else one for one in (there, here))
    if name == "city" or there == here or any(isinstance(o, (dict, list)) for o in (there, here)):
        return ""
    return f" {there} -> {here}"


def _read_points(folder: Path, digest: str) -> tuple[Point, ...]:
    points = []
    for path in sorted((folder / POINTS).glob("*.json")):
        try:
            content = json.loads(file_content(path, LARGEST).decode("utf-8"))
            of = content.pop("question")
            point = Point.model_validate(content)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, ValidationError):
            raise InputError(Notice("frontier.broken_point", file=str(path))) from None
        if of != digest or path.name != name_of(point.budget):
            raise InputError(Notice("frontier.broken_point", file=str(path)))
        points.append(point)
    return tuple(sorted(points, key=lambda p: (p.budget.subsidy_per_year, p.budget.capital)))


def _digest(described: dict[str, Any]) -> str:
    text = json.dumps(described, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _json(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"
