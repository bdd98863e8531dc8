"""What Python users call; composes the stages. The command line calls nothing else."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from siting.arguments import PATH, check_kind, check_manner, folder_of, language, projects_of
from siting.errors import VerificationError
from siting.files import stands_there

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable, Sequence

    from siting.city.model import City
    from siting.covering.model import CoveringInstance
    from siting.covering.plan import CoveringPlan
    from siting.errors import Notice
    from siting.frontier.budgets import Amounts
    from siting.frontier.model import Frontier
    from siting.frontier.solve import Work
    from siting.gaps.needs import Gaps
    from siting.new.folder import NewCity
    from siting.plan.compare import Comparison
    from siting.plan.explain import Explained
    from siting.plan.model import Plan
    from siting.progress import OnProgress, Stages
    from siting.solve.known import Opened
    from siting.standard.model import Policy, Question, Scenario, Standard
    from siting.verify.check import Checked, Survey
    from siting.words import Lang

# The stages are imported when they are first called: `siting --help` and the solver processes
# must not pay for pandas and the compiler.


def read_city(path: str | Path) -> City:
    """Read a city folder.

    Raises
    ------
    InputError
        Everything that is wrong with its files, at once.
    TypeError
        `path` is no path.
    """
    from siting.city.read import read_city as read

    return read(folder_of("path", path))


def check_city(
    path: str | Path, standard: str | Path | Standard | None = None
) -> tuple[City | None, tuple[Notice, ...], tuple[Notice, ...]]:
    """Read a city folder and return it with all faults and all remarks.

    Parameters
    ----------
    path
        The city folder.
    standard
        Whose types the city is checked against; None: the city's own ``standard.toml``, if any.

    Returns
    -------
    city, faults, remarks
        The city is None where there are faults.
    """
    from siting.city.read import check_city as check
    from siting.city.read import mapped_types
    from siting.errors import InputError
    from siting.standard.locks import column_faults
    from siting.standard.remarks import remarks as remarks_on
    from siting.standard.standards import load_standard as load
    from siting.standard.words_known import kind_remarks, mapped_faults, outlet_type_remarks

    folder = folder_of("path", path)
    city, faults, remarks = check(folder)
    own = folder / "standard.toml"
    if standard is None and stands_there(own):
        standard = own
    resolved = None
    if standard is not None:
        try:
            resolved = load(standard)
        except InputError as error:
            return None, (*faults, *error.notices), remarks
    unknown = mapped_faults(mapped_types(folder), resolved, file="city.toml")
    if city is not None:
        unknown += column_faults(city, resolved)
    if city is not None and not unknown:
        remarks = (
            (*remarks, *outlet_type_remarks(city, None), *kind_remarks(city, None))
            if resolved is None
            else (*remarks, *remarks_on(city, resolved))
        )
    return None if unknown else city, (*faults, *unknown), remarks


def generate(
    folder: str | Path,
    *,
    places: int,
    spaces: int,
    types: int,
    seed: int = 0,
    lang: Lang = "zh",
    on_progress: OnProgress | None = None,
) -> None:
    """Write a generated city; see `siting.generate.city.generate`."""
    from siting.generate.city import generate as make
    from siting.progress import Stages

    where = folder_of("folder", folder)
    tell = Stages(on_progress).begin("generate")
    make(where, places=places, spaces=spaces, types=types, seed=seed, lang=lang, tell=tell)


def new(folder: str | Path, tables: Sequence[str | Path] = (), *, lang: Lang = "zh") -> NewCity:
    """Write a new city folder: empty templates, or copies of `tables` and how to read them.

    See `siting.new.folder.new_city`.
    """
    from siting.new.folder import new_city

    where = folder_of("folder", folder)
    return new_city(where, [folder_of("tables", table) for table in tables], language(lang))


def resolve(city: City, scenario: Scenario, *, scenario_file: str | Path | None = None) -> Question:
    """Return the question a scenario asks of a city, with all that was left open looked up.

    Raises
    ------
    InputError
        The scenario cannot be resolved, or names what the city or the standard does not have; the
        city maps an outlet's category to a type that neither catalogue nor standard knows.
    TypeError
        An argument is of another kind than stated.
    """
    from siting.standard.scenarios import resolve as look_up

    _check_question(city, scenario, scenario_file)
    file = None if scenario_file is None else Path(scenario_file)
    question = look_up(scenario, city_folder=city.path, scenario_file=file, city=city)
    _refuse_unknown_types(city, question.standard)
    return question


def _check_question(city: object, scenario: object, scenario_file: object) -> None:
    """Raise TypeError where what is asked is none of what it should be."""
    from siting.city.model import City
    from siting.standard.model import Scenario

    check_kind("city", city, City)
    check_kind("scenario", scenario, Scenario)
    check_kind("scenario_file", scenario_file, PATH, None)


def _refuse_unknown_types(city: City, standard: Standard) -> None:
    from siting.errors import InputError
    from siting.standard.words_known import mapped_faults

    file = None if city.path is None else "city.toml"
    faults = mapped_faults(city.mapped_types, standard, file=file)
    if faults:
        raise InputError(faults)


def find_gaps(
    city: City,
    scenario: Scenario,
    *,
    scenario_file: str | Path | None = None,
    on_progress: OnProgress | None = None,
) -> Gaps:
    """Return the needs a standard asks for that existing outlets do not meet.

    A scenario for gaps needs a standard, but no budgets.

    Raises
    ------
    InputError
        The standard cannot be found, or does not fit the city.
    TypeError
        An argument is of another kind than stated.
    """
    from siting.errors import Notice
    from siting.gaps.needs import find_needs
    from siting.progress import Stages
    from siting.standard.remarks import remarks as remarks_on
    from siting.standard.scenarios import resolve_standard

    _check_question(city, scenario, scenario_file)
    file = None if scenario_file is None else Path(scenario_file)
    standard = resolve_standard(scenario, city_folder=city.path, scenario_file=file)
    _refuse_unknown_types(city, standard)
    stages = Stages(on_progress)
    gaps = find_needs(city, standard, stages.begin("walk"))
    stages.begin("gaps")
    lacking = () if not gaps.nothing_lacks() else (Notice("standard.no_gaps"),)
    return replace(gaps, remarks=(*lacking, *remarks_on(city, standard)))


def solve(
    city: City,
    scenario: Scenario,
    *,
    time_limit: float = 60.0,
    gap: float = 1e-3,
    threads: int = 2,
    seed: int = 0,
    solver: str | None = None,
    on_progress: OnProgress | None = None,
    stop: threading.Event | None = None,
    started: float | None = None,
    scenario_file: str | Path | None = None,
    other_weights: bool = False,
    start: Iterable[Opened] | None = None,
) -> Plan:
    """Return a verified plan; see `siting.solve.solve.solve_question` for the parameters.

    All of them are looked at before any work is done.

    What memory the question takes is guessed and asked for first. Other than the command, this
    sets no limit to the process, which is the caller's: where the guess is too small, the system
    ends the process as it does others. `siting.memory.no_more_than_free` sets one for a while.

    Raises
    ------
    InputError
        The question cannot be asked, or `time_limit` is not a number of at least 0, `gap` not one
        from 0 to below 1, `threads` not a whole number of at least 1, or `seed` of at least 0.
    InfeasibleError, NoPlanError, VerificationError, Interrupted
        As their names say; each carries the exit code of the command line, as does `InputError`.
    TypeError
        `city`, `scenario`, `start` or another argument is of another kind than stated.
    """
    from siting.progress import Progress, Stages
    from siting.solve.solve import solve_question

    time_limit, gap, threads, seed = check_manner(
        time_limit=time_limit, gap=gap, threads=threads, seed=seed
    )
    _check_question(city, scenario, scenario_file)
    check_kind("solver", solver, str, None)
    start = projects_of(start)
    begin = time.monotonic() if started is None else started
    surveyed: list[Survey] = []

    def news(progress: Progress) -> None:
        if progress.stage == "solve" and meanwhile.ident is None:
            meanwhile.start()
        if on_progress is not None:
            on_progress(progress)

    question = resolve(city, scenario, scenario_file=scenario_file)
    meanwhile = Thread(
        target=_prepare_what_comes_next, args=(city, question, surveyed), daemon=True
    )
    plan = solve_question(
        city,
        question,
        time_limit=time_limit,
        gap=gap,
        threads=threads,
        seed=seed,
        solver=solver,
        on_progress=news,
        stop=stop,
        started=begin,
        other_weights=other_weights,
        start=start,
    )
    if meanwhile.ident is not None:
        meanwhile.join()
    document, mark = plan.document, time.monotonic()

    def checked(progress: Progress) -> None:
        if on_progress is not None:
            worth = (document.objective, document.bound, document.gap)
            on_progress(
                Progress(
                    "verify", progress.seconds, *worth, done=progress.done, total=progress.total
                )
            )

    from siting.verify.check import inspect

    known = surveyed[0] if surveyed else None
    tell = Stages(checked, begin).begin("verify")
    _remarks(inspect(plan.document, city, plan.certificate, surveyed=known, tell=tell))
    return _reported(plan).timed("verify", time.monotonic() - mark)


def _reported(plan: Plan) -> Plan:
    """Return the plan with the means to write its reports, which it knows nothing of itself."""
    from siting.report.write import write_reports as write

    return replace(plan, write_reports=write)


def _prepare_what_comes_next(city: City, question: Question, surveyed: list[Survey]) -> None:
    """Import what checks and writes a plan, and check what needs no plan, while one is sought.

    Whatever goes wrong here, a want of memory too, the check and the writing meet again.
    """
    with suppress(Exception):
        from siting.verify.check import survey

        import_module("siting.plan.layers")
        for name in ("html.page", "xlsx", "qgis"):
            import_module(f"siting.report.{name}")
        import_module("xlsxwriter")
        surveyed.append(survey(city, question))


def _remarks(checked: Checked) -> tuple[Notice, ...]:
    """Return what is odd; raise what does not hold."""
    if checked.notices:
        raise VerificationError(checked.notices)
    return checked.remarks


def frontier(
    city: City,
    scenario: Scenario,
    *,
    capital: Amounts | None = None,
    subsidy_per_year: Amounts | None = None,
    folder: str | Path | None = None,
    time_limit: float = 60.0,
    gap: float = 1e-3,
    threads: int = 2,
    processes: int | None = None,
    seed: int = 0,
    solver: str | None = None,
    lang: Lang | None = None,
    on_work: Callable[[Work], None] | None = None,
    on_progress: OnProgress | None = None,
    stop: threading.Event | None = None,
    scenario_file: str | Path | None = None,
) -> Frontier:
    """Return what plans are worth against their budgets: one verified solve of each budget.

    The value shown for a budget is that of the best plan found for it or for a smaller one, the
    bound the least one proved for it or for a larger one (`siting.frontier.band`), and each search
    begins with the best plan that an earlier one left it. So neither ever falls as the money grows
    (under the objective ``cost``: rises).

    Parameters
    ----------
    capital, subsidy_per_year
        Amounts in yuan: one, several, or a range ``"0:10e6:1e6"`` (from, to, step). None: what the
        scenario says. With several of both, every pair is solved.
    folder
        Where to keep each point as soon as it is solved, and to write the tables, plots and the
        page; a folder that answers the same question is gone on with, and what it holds belongs to
        the result. None: nothing is written.
    time_limit
        Seconds of each solve; budgets in the folder whose solves a shorter one had ended are gone
        on with. `gap`, `seed` and `solver` are those of `solve`.
    threads
        Of all processes together.
    processes
        How many budgets are solved side by side; None: one a thread. Fewer where the free memory
        has no room for as many, which a remark says.
    lang
        The language in which plots and the page open; None: that of the locale.
    on_work
        Told how much there is to do, before it begins.
    stop
        Once set, what runs is given up, and what is done is returned.

    Raises
    ------
    InputError
        A range, the folder, the question, or a number as `solve` takes it is not as it should be.
    TypeError
        An argument is of another kind than stated.
    VerificationError
        A plan does not hold, or two contradict each other.
    NoPlanError
        One of the processes was killed from outside.
    Interrupted
        `stop` was set before any budget was solved.
    """
    from siting.frontier.budgets import amounts, grid
    from siting.frontier.model import Manner
    from siting.frontier.solve import solve_frontier

    time_limit, gap, threads, seed = check_manner(
        time_limit=time_limit, gap=gap, threads=threads, seed=seed, processes=processes
    )
    _check_question(city, scenario, scenario_file)
    check_kind("solver", solver, str, None)
    check_kind("folder", folder, PATH, None)
    lang = language(lang)
    asked = {"capital": capital, "subsidy_per_year": subsidy_per_year}
    named = {name: amounts(said, name) for name, said in asked.items() if said is not None}
    most = {name: found[-1] for name, found in named.items()}
    question = resolve(city, scenario.model_copy(update=most), scenario_file=scenario_file)
    budgets = grid(*(named.get(name, (getattr(question.budget, name),)) for name in asked))
    found = solve_frontier(
        city,
        question,
        budgets,
        Manner(gap=gap, time_limit=time_limit, seed=seed, solver=solver),
        folder=None if folder is None else Path(folder),
        threads=threads,
        processes=processes,
        on_work=on_work,
        on_progress=on_progress,
        stop=stop,
    )
    if folder is None:
        return found
    from siting.report.frontier.write import write_frontier

    remarks = write_frontier(found, Path(folder), lang)
    return replace(found, remarks=(*found.remarks, *remarks))


def verify(
    plan: Plan | str | Path,
    city: City | str | Path | None = None,
    *,
    full: bool = False,
    on_progress: OnProgress | None = None,
) -> tuple[Notice, ...]:
    """Recompute a plan's numbers from the city and raise where one does not hold.

    Parameters
    ----------
    plan
        A plan in memory, or a plan folder.
    city
        The city in memory, or its folder; None: where the plan says it lay.
    full
        Walk from every space again, not from a sample.
    on_progress
        Called with `siting.Progress` as it comes.

    Returns
    -------
    tuple of Notice
        What is odd, although everything holds.

    Raises
    ------
    VerificationError
        With a notice for each number that does not hold.
    InputError
        The plan or its city cannot be found or read.
    TypeError
        An argument is of another kind than stated.
    """
    from siting.city.model import City
    from siting.progress import Stages
    from siting.verify.check import inspect
    from siting.verify.folder import inspect_folder

    _check_plan("plan", plan)
    _check_city(city)
    stages = Stages(on_progress)
    if isinstance(plan, (str, os.PathLike)):
        folder = city.path if isinstance(city, City) else city
        where = None if folder is None else Path(folder)
        checked = inspect_folder(Path(plan), city=where, full=full, stages=stages)
    else:
        if city is None:
            city = plan.city
        if not isinstance(city, City):
            city = read_city(city or plan.document.inputs.city_path_absolute or "")
        tell = stages.begin("verify")
        checked = inspect(plan.document, city, plan.certificate, full=full, tell=tell)
    return _remarks(checked)


def _check_plan(name: str, plan: object) -> None:
    """Raise TypeError where something is neither a plan nor a path."""
    from siting.plan.model import Plan

    check_kind(name, plan, Plan, PATH)


def _check_city(city: object) -> None:
    """Raise TypeError where something is no city, no path, and not None."""
    from siting.city.model import City

    check_kind("city", city, City, PATH, None)


def explain(
    plan: Plan | str | Path,
    *,
    community: str | None = None,
    space: str | None = None,
    type_: str | None = None,
    city: City | str | Path | None = None,
    on_progress: OnProgress | None = None,
) -> Explained:
    """Say why a community lacks a type, or what a space could become, given a plan.

    Parameters
    ----------
    plan
        A plan in memory, or a plan folder.
    community, space
        Name exactly one; a community takes a type too.
    type_
        The type's id, its Chinese or English name, or the city's own word for it; for a space,
        None asks for all types.
    city
        The city in memory, or its folder; None: where the plan says it lay.
    on_progress
        Called with `siting.Progress` as it comes.

    Raises
    ------
    InputError
        A name is unknown, or the plan or its city cannot be found or read.
    VerificationError
        The city has changed since the plan was made.
    TypeError
        An argument is of another kind than stated.
    """
    from siting.city.model import City
    from siting.errors import InputError, Notice, VerificationError
    from siting.plan.explain import explain_community, explain_space
    from siting.progress import Stages
    from siting.verify.folder import city_changed, find_city

    _check_plan("plan", plan)
    _check_city(city)
    for name, word in (("community", community), ("space", space), ("type_", type_)):
        check_kind(name, word, str, None)
    stages = Stages(on_progress)
    if isinstance(plan, (str, os.PathLike)):
        folder = Path(plan)
        plan = read_plan(folder)
    else:
        folder = Path()
        city = city or plan.city
    document, certificate = plan.document, plan.certificate
    if not isinstance(city, City):
        given = None if city is None else Path(city)
        stages.begin("read")
        where, changed = find_city(folder, document.inputs, given)
        if changed:
            raise VerificationError(changed)
        city = read_city(where)
    elif city.sha256 != document.inputs.city_sha256:
        raise VerificationError([city_changed(document.inputs, city.sha256)])
    tell = stages.begin("walk")
    if space is not None and community is None:
        return explain_space(document, city, space, type_, tell, certificate)
    if space is None and community is not None and type_ is not None:
        return explain_community(document, city, community, type_, tell, certificate)
    raise InputError(Notice("api.explain_what"))


def compare(
    plan_a: Plan | str | Path,
    plan_b: Plan | str | Path,
    *,
    city: City | str | Path | None = None,
    on_progress: OnProgress | None = None,
) -> Comparison:
    """Return what differs from one plan to another for the same city, walked again.

    A plan read from a folder is verified first: what differs between numbers that do not hold says
    nothing.

    Parameters
    ----------
    plan_a, plan_b
        Plans in memory, or plan folders. Everywhere a difference is the second less the first.
    city
        The city in memory, or its folder; None: where the plans say it lay.
    on_progress
        Called with `siting.Progress` as it comes.

    Raises
    ------
    InputError
        The plans are for different cities, or one of them or the city cannot be found or read.
    VerificationError
        The city has changed since the plans were made, or a number of one of them does not hold.
    TypeError
        An argument is of another kind than stated.
    """
    from siting.city.model import City
    from siting.errors import InputError, VerificationError
    from siting.plan.compare import compare_plans, other_city
    from siting.plan.restore import restore
    from siting.progress import Stages
    from siting.verify.folder import find_city

    _check_plan("plan_a", plan_a)
    _check_plan("plan_b", plan_b)
    _check_city(city)
    stages = Stages(on_progress)
    stages.begin("read")
    given = (plan_a, plan_b)
    plans = [read_plan(one) if isinstance(one, (str, os.PathLike)) else one for one in given]
    hashes = {plan.document.inputs.city_sha256 for plan in plans}
    if len(hashes) > 1:
        raise InputError(other_city(plans[0].document, plans[1].document))
    if not isinstance(city, City):
        held = next((plan.city for plan in plans if plan.city is not None), None)
        if city is None and held is not None:
            city = held
        else:
            folders = [one if isinstance(one, (str, os.PathLike)) else "." for one in given]
            where, changed = find_city(
                Path(folders[0]), plans[0].document.inputs, None if city is None else Path(city)
            )
            if changed:
                raise VerificationError(changed)
            city = read_city(where)
    whole: list[Plan] = []
    _refuse_unsound(
        [(one, plan) for one, plan in zip(given, plans, strict=True) if plan.detail is None],
        city,
        stages,
    )
    for plan in plans:
        if plan.detail is None:
            known = whole[0].detail.gaps if whole and whole[0].detail is not None else None
            plan = restore(plan.document, city, known, stages.begin("walk"))
        whole.append(plan)
    stages.begin("compare")
    return compare_plans(*whole)


def _refuse_unsound(
    plans: Iterable[tuple[Plan | str | Path, Plan]], city: City, stages: Stages
) -> None:
    """Raise what does not hold in plans; each line names the folder that the plan came from."""
    from siting.errors import VerificationError
    from siting.verify.check import inspect

    wrong: list[Notice] = []
    for given, plan in plans:
        tell = stages.begin("verify")
        found = inspect(plan.document, city, plan.certificate, tell=tell).notices
        if isinstance(given, (str, os.PathLike)):
            found = tuple(replace(one, file=str(Path(given) / "plan.json")) for one in found)
        wrong += found
    if wrong:
        raise VerificationError(wrong)


def write_comparison(
    comparison: Comparison,
    folder: str | Path,
    *,
    names: tuple[str, str] = ("A", "B"),
    lang: Lang | None = None,
    on_progress: OnProgress | None = None,
) -> list[Path]:
    """Write ``compare.xlsx`` and ``compare.html`` into a folder, each in one step.

    Parameters
    ----------
    names
        What the plans are called in them.
    lang
        The language in which they open; None: that of the locale.
    on_progress
        Called with `siting.Progress` as it comes.

    Returns
    -------
    list of Path
        The files.

    Raises
    ------
    InputError
        There is no such language, or the disk refuses.
    TypeError
        An argument is of another kind than stated.
    """
    from siting.plan.compare import Comparison
    from siting.plan.folder import files_in_one_step
    from siting.progress import Stages, counted
    from siting.report.compare.write import FILES
    from siting.report.compare.write import write_comparison as write

    check_kind("comparison", comparison, Comparison)
    folder, lang = folder_of("folder", folder), language(lang)
    more = counted(Stages(on_progress).begin("write"), len(FILES))
    with files_in_one_step(folder) as fresh:
        write(comparison, names, fresh, lang, more)
    return [folder / name for name in FILES]


def write_reports(
    folder: str | Path,
    *,
    city: str | Path | None = None,
    lang: Lang | None = None,
    on_progress: OnProgress | None = None,
) -> None:
    """Write the reports of a plan folder again; the plan is verified first.

    Parameters
    ----------
    folder
        The plan folder.
    city
        The city folder; None: where the plan says it lay.
    lang
        The language in which the reports open; None: that of the locale.
    on_progress
        Called with `siting.Progress` as it comes.

    Raises
    ------
    VerificationError
        The city has changed, or a number of the plan does not hold.
    InputError
        The plan or its city cannot be found or read, or there is no such language.
    TypeError
        An argument is of another kind than stated.
    """
    from siting.errors import VerificationError
    from siting.plan.folder import replace_reports
    from siting.plan.restore import restore
    from siting.progress import Stages
    from siting.verify.folder import find_city

    folder, lang = folder_of("folder", folder), language(lang)
    check_kind("city", city, PATH, None)
    stages = Stages(on_progress)
    stages.begin("read")
    stored = read_plan(folder)
    given = None if city is None else Path(city)
    where, changed = find_city(Path(folder), stored.document.inputs, given)
    if changed:
        raise VerificationError(changed)
    held = read_city(where)
    plan = restore(stored.document, held, tell=stages.begin("walk"))
    plan = replace(plan, certificate=stored.certificate)
    verify(plan, on_progress=on_progress)
    tell = stages.begin("write")
    replace_reports(_reported(plan), folder, lang, tell)


def read_plan(folder: str | Path) -> Plan:
    """Read a plan folder; see `siting.plan.model.read_plan`."""
    from siting.plan.model import read_plan as read

    return read(folder)


def check_output(folder: str | Path, city_folder: str | Path | None = None) -> None:
    """Raise InputError where a plan must not be written; see `siting.plan.folder.check_output`."""
    from siting.plan.folder import check_output as check

    check(Path(folder), None if city_folder is None else Path(city_folder))


def read_covering(path: str | Path, *, threads: int = 2) -> CoveringInstance:
    """Read sites and points; see `siting.covering.read.read_covering`.

    Raises
    ------
    InputError
        Everything that is wrong with the files, at once.
    """
    from siting.covering.read import read_covering as read

    return read(path, threads=threads)


def solve_covering(
    instance: CoveringInstance,
    *,
    radius: float,
    sites: int | None = None,
    budget: float | None = None,
    inclusive: bool = False,
    gap: float = 0.0,
    time_limit: float = 60.0,
    threads: int = 2,
    seed: int = 0,
    solver: str | None = None,
    on_progress: OnProgress | None = None,
    stop: threading.Event | None = None,
    started: float | None = None,
) -> CoveringPlan:
    """Return the sites that cover most weight; see `siting.covering.solve.solve_covering`.

    Raises
    ------
    InputError, VerificationError, Interrupted
        As their names say; each carries the exit code of the command line.
    """
    from siting.covering.solve import solve_covering as solve_it

    return solve_it(
        instance,
        radius=radius,
        sites=sites,
        budget=budget,
        inclusive=inclusive,
        gap=gap,
        time_limit=time_limit,
        threads=threads,
        seed=seed,
        solver=solver,
        on_progress=on_progress,
        stop=stop,
        started=started,
    )


def list_standards() -> list[Standard]:
    """Return the standards of the library."""
    from siting.standard.standards import list_standards as listing

    return listing()


def load_standard(ref: str | Path) -> Standard:
    """Return a standard by its id or path."""
    from siting.standard.standards import load_standard as load

    return load(ref)


def load_policy(ref: str | Path) -> Policy:
    """Return a policy by its id or path."""
    from siting.standard.policies import load_policy as load

    return load(ref)
