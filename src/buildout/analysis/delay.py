"""What delay costs: all that a pathway adds to policy, some years later, in the same draws."""

import json
from collections.abc import Iterable, Mapping

import numpy as np
import xarray as xr

from buildout._util.arguments import given_numbers
from buildout.analysis.delaying import OwnDates, in_words, moved_later, own_dates
from buildout.analysis.paired import paired_band
from buildout.analysis.variants import (
    Asked,
    Source,
    Variants,
    asked_design,
    row_coordinates,
    run_variants,
    wanted_outcomes,
)
from buildout.errors import InputError
from buildout.inputs.model import Model, load_model
from buildout.inputs.pathway import read_pathways
from buildout.inputs.resolve import Resolved, resolve
from buildout.inputs.settings import Settings
from buildout.sampling import defaults
from buildout.sampling.draws import Design
from buildout.simulation.display import Results
from buildout.vensim.arrays import Floats

#: Delays in years, and outcomes that are read, the first of them in the sentence.
YEARS_LATER = (1.0, 2.0, 3.0, 5.0)
DELAYED: tuple[Asked, ...] = (
    ("US magnets made since 2025", 2035.0),
    ("US magnets made since 2025", 2045.0),
    ("US magnet output", 2030.0),
    ("US magnet output", 2035.0),
    ("half served from home since: NdFeB magnets", None),
    ("date of full coverage: light NdFeB", None),
    ("date of full coverage: heavy NdFeB", None),
    ("date of full coverage: SmCo", None),
    ("coverage: heavy NdFeB", 2030.0),
    ("coverage: SmCo", 2030.0),
    ("unmet civil demand since 2025", 2035.0),
    ("public money spent", 2045.0),
)
#: Variables of the answer over (delay, row).
COSTS: Mapping[str, str] = {
    "value": "the single run; NaN is a date that never comes",
    "difference": "the single run above that without delay; months between dates",
    "p05": "5% of draws have a smaller difference",
    "p50": "half of the draws have a smaller difference",
    "p95": "95% of draws have a smaller difference",
    "same_sign": "share of draws whose difference has the sign of the single run's",
    "never": "share of draws in which the date never comes",
}
_LONGEST = 20.0


def delay(
    pathway: Source = "mobilization",
    *,
    years: Iterable[float] = YEARS_LATER,
    base: Source = "status-quo",
    ends_stay: bool = False,
    outcomes: Iterable[Asked] | None = None,
    draws: int | None = None,
    seed: int | None = None,
    design: Design | None = None,
    settings: Settings | None = None,
    known_until: float | None = None,
    beyond_range: bool = False,
) -> xr.Dataset:
    """A pathway with all dates of its own later, beside itself.

    What it adds to the base comes later, and ends as much later: the same programme. What the base
    has too, what began before 2026, China's acts and what is on no date stay.

    Parameters
    ----------
    pathway : str, path or Pathway
    years : iterable of float
        How much later, 0 to 20; no delay is added.
    base : str, path or Pathway
        On top of which it adds something.
    ends_stay : bool
        Whether its ends stay, so that the programme is as much shorter.
    outcomes : iterable of (str, float or None), optional
        Outcomes with their years, none for dates, in place of `DELAYED`; see `attribute`.
    draws, seed, design
        As in `compare`, 200 by default.
    settings, known_until, beyond_range
        As in `simulate`, for all of them.

    Returns
    -------
    Dataset, (delay, row)
        The variables of `COSTS`. Rows have the coordinates outcome, year (NaN for dates), unit and
        difference_unit. Attributes: pathway, base, draws, drawn, end; moved, staying (JSON: levers
        by instrument), dates (JSON: what moves, and from when).

    Raises
    ------
    UnknownNameError, InputError, PathwayFileError
        For what cannot be run, and for a pathway without dates of its own.

    Examples
    --------
    >>> ds = delay("mobilization", years=[1], draws=0)
    >>> bool(ds["difference"].sel(delay=1)[0] < 0)
    True
    """
    model = load_model()
    delays = _delays(years)
    own, ground = (
        resolve(model, given, settings, known_until=known_until, beyond_range=beyond_range)
        for given in (pathway, base)
    )
    dates = _dates(model, ground, own)
    [start] = (chosen.with_settings(own.extra) for chosen in read_pathways([pathway]))
    variants = [
        start.with_settings(
            moved_later(model, dates, float(later), ends_stay=ends_stay),
            name=f"{later:g} years later",
        )
        for later in delays
    ]
    run = run_variants(
        model,
        variants,
        wanted_outcomes(model, DELAYED if outcomes is None else outcomes, own.clock),
        asked_design(draws, seed, design, usual=defaults.VARIANT_DRAWS),
        final_time=own.clock["final_time"],
    )
    return _costs(run, delays).assign_attrs(
        pathway=start.name,
        base=ground.names[0],
        title=start.title or start.name,
        ends_stay=int(ends_stay),
        draws=run.draws,
        drawn=run.drawn_in_words,
        end=run.end,
        dates=json.dumps({model.spelled(s): v for s, v in {**dates.starts, **dates.ends}.items()}),
        moved=json.dumps(in_words(model, [*dates.starts, *dates.ends])),
        staying=json.dumps(in_words(model, dates.staying)),
        model_sha256=model.sha256,
    )


def _delays(given: Iterable[float]) -> Floats:
    delays = given_numbers(given, "`years`")
    if wrong := [value for value in delays if not 0 <= value <= _LONGEST]:
        raise InputError(
            f"A delay is {wrong[0]:g} years.", f"Years from 0 to {_LONGEST:g} are accepted."
        )
    if not any(delays):
        raise InputError("No delay above zero is given.", "At least one is accepted.")
    return np.unique([0.0, *delays])


def _dates(model: Model, ground: Resolved, own: Resolved) -> OwnDates:
    dates = own_dates(model, ground.scenarios[0], own.scenarios[0], own.clock["final_time"])
    if not dates.starts and not dates.ends:
        raise InputError(
            f"`{own.names[0]}` adds nothing to `{ground.names[0]}` that begins on a date.",
            "A pathway with dates of its own is accepted.",
            "Name another one, or what it adds to with `base` (`--base`).",
        )
    return dates


def _costs(run: Variants, delays: Floats) -> xr.Dataset:
    table = {name: np.full((len(delays), len(run.outcomes)), np.nan) for name in COSTS}
    for row, asked in enumerate(run.outcomes):
        for place in range(len(delays)):
            single, drawn = run.apart(place, 0, row)
            cells = {"value": run.single[place, row], "difference": single}
            if run.draws:
                cells |= paired_band(drawn, single)
                if asked.is_date:
                    cells["never"] = float(np.isnan(run.drawn[place, row]).mean())
            for name, value in cells.items():
                table[name][place, row] = value
    return Results(
        {
            name: (("delay", "row"), table[name], {"long_name": meaning})
            for name, meaning in COSTS.items()
        },
        {"delay": ("delay", delays, {"units": "Year"}), **row_coordinates(run.outcomes)},
    )
