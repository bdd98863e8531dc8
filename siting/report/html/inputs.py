"""What a plan was made from: data, question, figures without a source, versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from siting.report.figures import clean, group_name, people, percent
from siting.report.html.both import Pair, both, group_pair, type_pairs, word
from siting.report.html.sheet import Sheet, column
from siting.report.standard_clauses import in_language
from siting.report.summary import estimated_line
from siting.words import Lang, text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from siting.city.model import City
    from siting.plan.model import Plan
    from siting.standard.model import Standard, Type

# What a standard leaves unverified is felt only where a rule is enforced that uses it.
_NEEDS_RULE = {
    "spacing_m": "spacing",
    "most_per_community": "most",
    "chain_share": "operators",
    "chain": "operators",
    "chain_capital_factor": "operators",
    "residents_per_outlet": "capacity",
}
# These tell what a project may be or costs; a type that nobody lacks has none.
_OF_PROJECTS = (
    "area_min_m2",
    "area_typical_m2",
    "capital_m2",
    "capital_fixed",
    "affordable_rent_m2",
    "affordable_rent_outlet",
    "needs",
    "floors",
    "kinds",
    "kinds_not",
    "weight",
)
_FIELDS = frozenset(
    (
        *_OF_PROJECTS,
        *_NEEDS_RULE,
        "minutes",
        "weights",
        "types",
        "groups",
        "counting_group",
        "presence_share",
        "substitutes",
        "quotas",
        "grades",
        "roof",
        "sizes",
        "areas",
        "relief_steps",
        "relief_share",
        "relief_cap_per_outlet_year",
        "ceiling_rent_m2_month",
        "years",
    )
)


def inputs_sheet(plan: Plan, city: City) -> Sheet:
    """Return the city, the standard, the policy and the question, a line each."""
    document = plan.document
    inputs, scenario, standard = document.inputs, document.inputs.scenario, plan.standard
    rows: list[tuple[str, Pair | None]] = [
        ("city", _same(city.name)),
        ("path", _same(inputs.city_path_absolute)),
        ("hash", _same(inputs.city_sha256)),
        ("crs", _same(inputs.metric_crs)),
        ("sizes", _sizes(plan)),
        ("standard", _named(standard.zh, standard.en, standard.id)),
        ("standard_source", _same(standard.source)),
        ("presence", _presence(standard)),
        ("policy", _named(*(str(inputs.policy.get(k, "")) for k in ("zh", "en", "id")))),
        ("policy_source", _source(inputs.policy)),
        ("walking", both(lambda lang: _walking(city, lang))),
        ("estimated", _estimated(inputs.groups_estimated)),
        ("objective", word(f"objective_{document.objective_kind}")),
        ("targets", _shares(scenario.get("targets"), standard)),
        ("floors", _shares(scenario.get("floors"), standard)),
        ("enforced", _same(", ".join(scenario.get("enforce") or ()))),
        ("locks_open", _pairs(scenario, "open")),
        ("locks_forbid", _pairs(scenario, "forbid")),
        ("unmodelled", both(lambda lang: _unmodelled(plan, lang))),
    ]
    shown: list[list[Any]] = [
        [word(f"input_{name}"), said] for name, said in rows if said is not None and any(said)
    ]
    return Sheet("inputs", [column("name"), column("value")], shown)


def _same(value: object) -> Pair | None:
    return None if not value else [clean(value)] * 2


def _source(policy: dict[str, Any]) -> Pair:
    return both(lambda lang: in_language(str(policy.get("source", "")), lang))


def _named(zh: str, en: str, name: str) -> Pair:
    return [clean(f"{words} ({name})") for words in (zh, en)]


def _sizes(plan: Plan) -> Pair:
    sizes = plan.document.sizes
    names = ("places", "outlets", "spaces", "options", "needs", "gaps")
    counts = {name: people(getattr(sizes, name)) for name in names}
    return word("input_sizes_said", residents=people(plan.document.residents.everyone), **counts)


def _presence(standard: Standard) -> Pair:
    if standard.presence == "located":
        return word("input_presence_located")
    return word("input_presence_share", share=percent(standard.presence_share))


def _walking(city: City, lang: Lang) -> str:
    walking = city.walking
    way = "streets" if city.streets is not None else "line"
    if city.walks is not None:
        way = "given"
    groups = "".join(
        text("report.html.input_walking_group", lang, group=group_name(g, lang), speed=f"{v:g}")
        for g, v in walking.groups
    )
    said = text(f"report.html.input_way_{way}", lang)
    if way == "line":
        said = text("report.html.input_way_line", lang, detour=f"{walking.detour:g}")
    return text(
        "report.html.input_walking_said",
        lang,
        speed=f"{walking.metres_per_minute:g}",
        groups=groups,
        way=said,
    )


def _estimated(shares: dict[str, float]) -> Pair | None:
    return both(lambda lang: estimated_line(shares, lang)) if shares else None


def _shares(shares: dict[str, float] | None, standard: Standard) -> Pair | None:
    names = type_pairs(standard)

    def said(lang: Lang) -> str:
        return text("report.comma", lang).join(
            f"{names[name][lang == 'en'] if name in names else clean(name)} {percent(share)}"
            for name, share in (shares or {}).items()
        )

    return both(said) if shares else None


def _pairs(scenario: dict[str, Any], kind: str) -> Pair | None:
    locks = (scenario.get("locks") or {}).get(kind) or ()
    return _same(", ".join(f"{space}:{name}" for space, name in locks))


def _unmodelled(plan: Plan, lang: Lang) -> str:
    said = (*plan.standard.unmodelled, *plan.document.inputs.policy.get("unmodelled", ()))
    return text("report.semicolon", lang).join(in_language(line, lang) for line in said)


def assumptions_sheet(plan: Plan) -> Sheet:
    """Return every figure without a source that had a say in this plan.

    Left out are types that ask for nothing, costs and areas of types that nobody lacks, and
    figures of rules that are not enforced.
    """
    standard, inputs = plan.standard, plan.document.inputs
    rules = set(inputs.scenario.get("enforce") or ())
    lacking = {c.type for c in plan.document.coverage if c.before < 1.0}
    kind = word("of_standard")
    rows: list[list[Any]] = [
        [kind, _field(name), _value(standard, name), clean(standard.source)]
        for name in standard.unverified
        if _felt(name, rules)
    ]
    for grade in standard.grades:
        name = [clean(grade.zh), clean(grade.en)]
        rows += [[name, _field(f), _value(grade, f), clean(grade.source)] for f in grade.unverified]
    policy = inputs.policy
    rows += [
        [word("of_policy"), _field(name), _shown(policy.get(name)), _source(policy)]
        for name in policy.get("unverified", ())
    ]
    for t in standard.types:
        if t.asks:
            names = [name for name in t.unverified if _felt_by_type(t, name, rules, lacking)]
            rows += [
                [[clean(t.zh), clean(t.en)], _field(n), _value(t, n), clean(t.source)]
                for n in names
            ]
    rows += [
        [group_pair(g), word("field_typical_share"), _shown(share), ""]
        for g, share in inputs.groups_estimated.items()
    ]
    columns = [column("of"), column("field"), column("value"), column("source")]
    return Sheet("assumptions", columns, rows, [word("assumptions_note")])


def _felt(name: str, rules: set[str]) -> bool:
    rule = _NEEDS_RULE.get(name)
    return rule is None or rule in rules


def _felt_by_type(kind: Type, name: str, rules: set[str], lacking: set[str]) -> bool:
    return _felt(name, rules) and (name not in _OF_PROJECTS or kind.id in lacking)


def _field(name: str) -> Pair:
    return word(f"field_{name}") if name in _FIELDS else [clean(name)] * 2


def _value(record: object, name: str) -> Pair | str:
    value = getattr(record, name, None)
    if name != "groups" or not isinstance(value, dict):
        return _shown(value)
    weights = [(group_pair(group), _shown(weight)) for group, weight in value.items()]
    return both(
        lambda lang: text("report.comma", lang).join(
            f"{names[lang == 'en']} {weight}" for names, weight in weights
        )
    )


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (bool, str)):
        return clean(value)
    if isinstance(value, (int, float)):
        return f"{value:g}"
    if isinstance(value, dict):
        return _listed(f"{clean(k)} {_shown(v)}" for k, v in value.items())
    return (
        _listed(_shown(v) for v in value)
        if isinstance(value, (list, tuple)) and _plain(value)
        else ""
    )


def _plain(value: Iterable[Any]) -> bool:
    """Tell whether a list holds only words and numbers, not records."""
    return all(isinstance(v, (str, int, float)) for v in value)


def _listed(parts: Iterable[str]) -> str:
    return ", ".join(parts)


def versions_sheet(plan: Plan, libraries: Iterable[dict[str, Any]]) -> Sheet:
    """Return the software that made the plan and its page, and how long it took."""
    document = plan.document
    rows: list[list[Any]] = [
        [clean(name), clean(version)] for name, version in document.software.items()
    ]
    rows += [[item["name"], f"{item['version']} ({item['licence']})"] for item in libraries]
    again = word("yes" if document.deterministic else "no")
    rows += [
        [word("input_seed"), [f"{document.seed}; {said}" for said in again]],
        [
            word("input_seconds"),
            ", ".join(f"{clean(k)} {v:.1f}" for k, v in document.seconds.items()),
        ],
        [word("input_memory"), people(document.peak_memory_mb)],
    ]
    return Sheet("versions", [column("name"), column("value")], rows)
