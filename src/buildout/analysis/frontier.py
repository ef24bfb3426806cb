"""Pathways that no other beats on date, public money and unmet demand, between packaged ones."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import xarray as xr

from buildout._util import names
from buildout._util.arguments import given_texts
from buildout.analysis.dial_space import GROUND, DialSpace, dial_space
from buildout.analysis.front import OBJECTIVES, find_front
from buildout.analysis.front_in_draws import FrontInDraws
from buildout.analysis.variants import asked_design, run_variants
from buildout.errors import InputError
from buildout.inputs.asked import AskedOutcome, asked_outcome
from buildout.inputs.dials import dial_named, policy_dials
from buildout.inputs.model import Model, load_model
from buildout.inputs.pathway import Pathway, packaged_pathways, read_pathways
from buildout.inputs.resolve import Resolved, resolve
from buildout.inputs.settings import Settings
from buildout.sampling import defaults
from buildout.sampling.draws import Design

#: What is told beside it.
READ_BESIDE: tuple[tuple[str, float | None], ...] = (
    ("date of full coverage: SmCo", None),
    ("US magnet output", 2035.0),
)
GENERATIONS, POPULATION, MEMBERS = 60, 100, 32
#: Stands for all dials that cost no public money in the model.
FREE = "free"
#: Packaged pathways that are no policy for today: they begin in 2025, or fix that a deal holds.
NOT_COMPARED = ("mobilization-2025", "status-quo-2025", "upstream-orders", "china-deal-ideal")


def frontier(
    *,
    like: str | Path | Pathway | None = None,
    hold: Iterable[str] = (),
    generations: int = GENERATIONS,
    population: int = POPULATION,
    members: int = MEMBERS,
    draws: int | None = None,
    seed: int | None = None,
    design: Design | None = None,
    settings: Settings | None = None,
    known_until: float | None = None,
    beyond_range: bool = False,
) -> xr.Dataset:
    """Pathways that no other beats on date, public money and unmet demand, found by NSGA-II.

    They lie between the status quo and the strongest packaged pathway, dial by dial
    (`inputs/tables/dials.csv`): each dial moves the levers of an instrument together in steps of a
    twentieth; starts come with the instrument. The search compares single runs; members are then
    run in the same draws as the packaged pathways.

    Parameters
    ----------
    like : str, path or Pathway, optional
        A pathway that is compared besides; held dials keep its values.
    hold : iterable of str
        Dials that stay as in the status quo, or in `like`; `free` for all that cost no public money
        in the model.
    generations, population : int
        Of the search.
    members : int
        How many of the front are run in draws and given.
    draws, seed, design
        As in `compare`, 200 by default. The seed is that of the search too.
    settings, known_until, beyond_range
        As in `simulate`, for all of them.

    Returns
    -------
    Dataset, (candidate, outcome, dial, compared)
        Candidates are members of the front (`found`), by money, then packaged pathways. `value`
        (candidate, outcome) of single runs and its band over draws; `dial` (candidate, dial) from 0
        to 1; `front`, `knee`; `beaten_by`: who is better in the median of the paired draws in all
        that is minimised. `same_money` (compared): of the members that are no worse and cost no
        more in the single run, the one that is so in most draws, with its `gain` (compared,
        outcome), the band of it and `odds`, the share of draws in which it is no worse;
        `odds_of_all`, in which it is so in all three at once. `as_good` (compared): the
        cheapest member that is no more than a month later, with at most 5 percent more unmet, in
        the single run. `alone` (dial, outcome): what each
        dial does by itself.

    Raises
    ------
    UnknownNameError, InputError, PathwayFileError
        For what cannot be run, or where pymoo is not installed.

    Examples
    --------
    >>> ds = frontier(generations=1, population=8, members=4, draws=0)
    >>> bool(ds["front"].any())
    True
    """
    model = load_model()
    compared = _compared(like)
    asked = resolve(model, compared, settings, known_until=known_until, beyond_range=beyond_range)
    drawn = asked_design(draws, seed, design, usual=defaults.VARIANT_DRAWS)
    space = _space(model, asked, compared[0].name, hold, is_like=like is not None)
    outcomes = _outcomes(model, asked.clock)
    front = find_front(
        space, asked, outcomes, generations, population, defaults.SEED if seed is None else seed
    )
    chosen = front.members(members)
    ground = next(p for p in compared if p.name == GROUND)
    candidates = [
        ground.with_settings(space.settings(front.steps[place]), name=f"f{number:02d}")
        for number, place in enumerate(chosen, start=1)
    ]
    everyone = [*candidates, *(p.with_settings(asked.extra) for p in compared)]
    run = run_variants(
        model,
        everyone,
        outcomes,
        drawn,
        final_time=asked.clock["final_time"],
    )
    return FrontInDraws(space, front, chosen, [p.name for p in everyone], run).dataset(
        asked,
        {
            "generations": generations,
            "population": population,
            "like": "" if like is None else compared[0].name,
        },
    )


def _compared(like: str | Path | Pathway | None) -> list[Pathway]:
    """The pathway that somebody names first, then the packaged ones that are policies."""
    packaged = [p for p in packaged_pathways() if p.name not in NOT_COMPARED]
    if like is None:
        return packaged
    own = read_pathways([like])[0]
    if own.initial_time is not None:
        raise InputError(f"`{own.name}` has a start of its own.", "Policies for now are accepted.")
    same = next((p for p in packaged if p.name == own.name), None)
    if same is not None and same.settings != own.settings:
        own = replace(own, name=f"{own.name} (yours)")
    return [own, *(p for p in packaged if p.name != own.name)]


def _space(
    model: Model, asked: Resolved, first: str, hold: Iterable[str], *, is_like: bool
) -> DialSpace:
    held: set[str] = set()
    for name in given_texts(hold, "`hold`", "Names of dials"):
        if names.key(name) == FREE:
            held |= {dial.name for dial in policy_dials(model) if not dial.charged}
        else:
            held.add(dial_named(model, name).name)
    if len(held) == len(policy_dials(model)):
        raise InputError("All dials are held.", cure="Leave at least one.")
    ends = {scenario.name: scenario.own for scenario in asked.scenarios}
    at = [scenario.name for scenario in asked.scenarios].index(GROUND)
    ground = replace(asked, scenarios=(asked.scenarios[at],))
    return dial_space(model, ground, ends, held=held, like=first if is_like and held else "")


def _outcomes(model: Model, clock: Mapping[str, float]) -> list[AskedOutcome]:
    span = {"start": clock["initial_time"], "end": clock["final_time"]}
    return [asked_outcome(model, name, year, **span) for name, year in (*OBJECTIVES, *READ_BESIDE)]
