"""What a plan was made from: data, question, figures without a source, versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from siting.report.figures import (
    class_name,
    clean,
    group_name,
    in_language,
    people,
    percent,
    type_names,
)
from siting.report.html.both import LANGS, Pair, both, group_pair, objective_pair, type_pairs, word
from siting.report.html.sheet import Sheet, column
from siting.report.proof import software_used
from siting.report.standard_clauses import addresses, policy_sentences, roof_lines
from siting.report.summary import estimated_line
from siting.standard.names import word_name
from siting.words import Lang, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

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
_STAGES = ("read", "build", "walk", "solve", "other_weights", "verify")
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
        ("standard_source", _source(standard.source)),
        ("presence", _presence(standard)),
        ("policy", _named(*(str(inputs.policy.get(k, "")) for k in ("zh", "en", "id")))),
        ("policy_source", _source(_policy_source(inputs.policy))),
        ("walking", both(lambda lang: _walking(city, lang))),
        ("estimated", _estimated(inputs.groups_estimated)),
        ("objective", objective_pair(document.objective_kind)),
        ("targets", _shares(scenario.get("targets"), standard)),
        ("floors", _shares(scenario.get("floors"), standard)),
        ("enforced", _rules(scenario)),
        ("locks_open", _locks(scenario, "open", standard)),
        ("locks_forbid", _locks(scenario, "forbid", standard)),
        ("unmodelled", both(lambda lang: _unmodelled(plan, lang))),
    ]
    shown: list[list[Any]] = [
        [word(f"input_{name}"), said] for name, said in rows if said is not None and any(said)
    ]
    return Sheet("inputs", [column("name"), column("value")], shown)


def _same(value: object) -> Pair | None:
    return None if not value else [clean(value)] * 2


def _source(said: str) -> Pair:
    return both(lambda lang: in_language(said, lang))


def _policy_source(policy: dict[str, Any]) -> str:
    return str(policy.get("source", ""))


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


def _rules(scenario: dict[str, Any]) -> Pair:
    rules = scenario.get("enforce") or ()
    return both(lambda lang: _listed((word_name("rule", rule, lang) for rule in rules), lang))


def _locks(scenario: dict[str, Any], kind: str, standard: Standard) -> Pair:
    locks = (scenario.get("locks") or {}).get(kind) or ()

    def said(lang: Lang) -> str:
        names = type_names(standard, lang)
        return _listed((f"{clean(at)}: {names.get(name, clean(name))}" for at, name in locks), lang)

    return both(said)


def _unmodelled(plan: Plan, lang: Lang) -> str:
    said = (*plan.standard.unmodelled, *plan.document.inputs.policy.get("unmodelled", ()))
    # whole sentences: each keeps, or gets, its own stop
    return "".join(
        text("report.html.sentence", lang, said=in_language(line, lang).rstrip("。."))
        for line in said
    ).strip()


def assumptions_sheet(plan: Plan) -> Sheet:
    """Return every figure without a source that had a say in this plan.

    Left out are types that ask for nothing, costs and areas of types that nobody lacks, and
    figures of rules that are not enforced.
    """
    standard, inputs = plan.standard, plan.document.inputs
    rules = set(inputs.scenario.get("enforce") or ())
    lacking = {c.type for c in plan.document.coverage if c.before < 1.0}
    kind, source = word("of_standard"), _once(_source(standard.source))
    rows: list[list[Any]] = [
        [kind, _field(name), _value_of_standard(standard, name), source]
        for name in standard.unverified
        if _felt(name, rules)
    ]
    for grade in standard.grades:
        name = [clean(grade.zh), clean(grade.en)]
        rows += [
            [name, _field(f), _value(grade, f, standard), _once(_source(grade.source))]
            for f in grade.unverified
        ]
    policy = inputs.policy
    rows += [
        [
            word("of_policy"),
            _field(name),
            _shown(name, policy.get(name), standard),
            _once(_source(_policy_source(policy))),
        ]
        for name in policy.get("unverified", ())
    ]
    for t in standard.types:
        if t.asks:
            name = [clean(t.zh), clean(t.en)]
            fields = [f for f in t.unverified if _felt_by_type(t, f, rules, lacking)]
            rows += [
                [name, _field(n), _value(t, n, standard), _once(_source(t.source))] for n in fields
            ]
    rows += [
        [group_pair(g), word("field_typical_share"), f"{share:g}", ""]
        for g, share in inputs.groups_estimated.items()
    ]
    rows += [
        [word("of_key"), key, "", where]
        for key, where in addresses(standard, *policy_sentences(policy))
    ]
    columns = [column("of"), column("field"), column("value"), column("source")]
    return Sheet("assumptions", columns, rows, [word("assumptions_note")])


def _felt(name: str, rules: set[str]) -> bool:
    rule = _NEEDS_RULE.get(name)
    return rule is None or rule in rules


def _felt_by_type(kind: Type, name: str, rules: set[str], lacking: set[str]) -> bool:
    return _felt(name, rules) and (name not in _OF_PROJECTS or kind.id in lacking)


def _field(name: str) -> Pair:
    return word(f"field_{name}") if name in _FIELDS else _source(name)


def _value_of_standard(standard: Standard, name: str) -> Pair | str:
    """Return a figure of a standard; weights are its types', and rules of roofs are sentences."""
    if name == "weights":
        return both(lambda lang: _weights(standard, lang))
    if name == "roof":
        return both(lambda lang: text("report.semicolon", lang).join(roof_lines(standard, lang)))
    return _value(standard, name, standard)


def _weights(standard: Standard, lang: Lang) -> str:
    """Return the weights of the types of each class, or between which they lie."""
    of_class: dict[str, list[float]] = {}
    for t in standard.types:
        if t.asks:
            of_class.setdefault(t.type_class, []).append(t.weight)
    return _listed(
        (f"{class_name(name, lang)} {_between(found, lang)}" for name, found in of_class.items()),
        lang,
    )


def _between(weights: list[float], lang: Lang) -> str:
    least, most = f"{min(weights):g}", f"{max(weights):g}"
    if least == most:
        return least
    return text("report.html.between", lang, least=least, most=most)


def _value(record: object, name: str, standard: Standard) -> Pair | str:
    return _shown(name, getattr(record, name, None), standard)


def _shown(field: str, value: Any, standard: Standard) -> Pair | str:
    return _once(
        both(lambda lang: _said(value, lambda name: _word(field, name, standard, lang), lang))
    )


def _once(said: Pair) -> Pair | str:
    """Return words that are the same in both languages once: most cells are numbers and keys."""
    zh, en = said
    return zh if zh == en else said


def _said(value: Any, name: Callable[[str], str], lang: Lang) -> str:
    """Return a word, a number, or a list or table of them; records have no short form."""
    if isinstance(value, str):
        return name(value)
    if isinstance(value, (int, float)):
        return f"{value:g}"
    if isinstance(value, dict):
        return _listed((f"{name(k)} {_said(v, name, lang)}" for k, v in value.items()), lang)
    if isinstance(value, (list, tuple)) and all(isinstance(v, (str, int, float)) for v in value):
        return _listed((_said(v, name, lang) for v in value), lang)
    return ""


def _word(field: str, name: str, standard: Standard, lang: Lang) -> str:
    """Return what a word among the values of a field is called."""
    if field in ("groups", "counting_group"):
        return group_name(name, lang)
    if field == "needs":
        return clean(word_name("feature", name, lang))
    if field in ("kinds", "kinds_not"):
        return clean(word_name("kind", name, lang))
    if field == "chain":
        return text(f"report.html.input_chain_{name}", lang)
    if name == "default":
        return text("report.html.value_default", lang)
    return type_names(standard, lang).get(name) or class_name(name, lang)


def _listed(parts: Iterable[str], lang: Lang) -> str:
    return text("report.comma", lang).join(parts)


def versions_sheet(plan: Plan, libraries: Iterable[dict[str, Any]]) -> Sheet:
    """Return the software that made the plan and its page, and how long it took."""
    document = plan.document
    used = [software_used(document, lang) for lang in LANGS]
    rows: list[list[Any]] = [[[zh[0], en[0]], [zh[1], en[1]]] for zh, en in zip(*used, strict=True)]
    rows += [[item["name"], f"{item['version']} ({item['licence']})"] for item in libraries]
    again = word("yes" if document.deterministic else "no")
    rows += [
        [word("input_seed"), [f"{document.seed}; {said}" for said in again]],
        [word("input_seconds"), both(lambda lang: _seconds(document.seconds, lang))],
        [word("input_memory"), people(document.peak_memory_mb)],
    ]
    return Sheet("versions", [column("name"), column("value")], rows)


def _seconds(seconds: dict[str, float], lang: Lang) -> str:
    return _listed((f"{_stage(name, lang)} {took:.1f}" for name, took in seconds.items()), lang)


def _stage(name: str, lang: Lang) -> str:
    return text(f"report.html.input_stage_{name}", lang) if name in _STAGES else clean(name)
