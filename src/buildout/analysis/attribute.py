"""How much of the difference between two pathways each instrument of policy makes."""

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr

from buildout.analysis.coalitions import Coalitions, refuse_broken, run_coalitions
from buildout.analysis.differing import differing_scalars, settled_apart
from buildout.analysis.paired import MONTHS, capped
from buildout.analysis.shapley import first_in, interactions, last_in, shapley_values
from buildout.analysis.sides import Given, Side, read_sides
from buildout.analysis.variants import asked_design
from buildout.errors import InputError, ResultsError
from buildout.inputs.asked import AskedOutcome, asked_outcome
from buildout.inputs.instruments import by_instrument
from buildout.inputs.model import load_model
from buildout.inputs.resolve import Resolved, resolve
from buildout.inputs.settings import Settings
from buildout.outcomes.odds import BAND, value_quantiles
from buildout.sampling.draws import Design
from buildout.simulation.display import Results
from buildout.vensim.arrays import Floats

#: Variables of the answer over instruments: meaning. All in the unit of a difference.
ATTRIBUTED: Mapping[str, str] = {
    "part": "what the instrument makes: its Shapley value, the mean over all orders of adding",
    "first_in": "what it makes alone, on top of the base",
    "last_in": "what is lost when it alone is taken from the other pathway",
    **{name: f"{100 * q:g}% of draws have a smaller part" for name, q in BAND.items()},
}


def attribute(
    base: Given,
    pathway: Given,
    *,
    outcome: str,
    year: float | None = None,
    only: str | None = None,
    draws: int = 0,
    seed: int | None = None,
    design: Design | None = None,
    settings: Settings | None = None,
    known_until: float | None = None,
    beyond_range: bool = False,
) -> xr.Dataset:
    """Part the difference in an outcome between two pathways among the instruments of policy.

    Every coalition of instruments is run, 2**n of them: those in it set as in `pathway`, the others
    as in `base`. Shapley values part the difference without a residual.

    Parameters
    ----------
    base, pathway : str, path or Pathway
        Names, files, `Pathway`s, or folders of `buildout run`.
    outcome : str
        Of `src/buildout/inputs/tables/outcomes.csv`, such as "US magnet output" or "date of full
        coverage: SmCo"; or a variable of the model, an element, or a sum of them.
    year : float, optional
        When it is read; not for dates.
    only : str, optional
        Of folders, the pathway of this name alone.
    draws, seed : int
        Of the Latin hypercube; 0 draws, the default, gives no bands. Each draw costs 2**n runs.
    design : Design, optional
        In their place.
    settings, known_until, beyond_range
        As in `simulate`, for both.

    Returns
    -------
    Dataset, (instrument,)
        The variables of `ATTRIBUTED`; `settings`, how many constants of it differ; `interaction`
        (instrument, partner), what two make together beyond what both make apart; `base_value`,
        `value` (NaN: a date that never comes), `total` and its `total_p05`, `_p50`, `_p95`.
        Attributes: base, pathway, outcome, year, unit, difference_unit, coalitions, draws,
        never (coalitions in which a date never comes, which counts as the end of the run), end.

    Raises
    ------
    UnknownNameError, InputError, PathwayFileError, ResultsError
        For what cannot be run; for two pathways that set the same.

    Examples
    --------
    >>> ds = attribute("status-quo", "china-deal", outcome="US magnet output", year=2030)
    >>> bool(np.isclose(ds["part"].sum(), ds["total"]))
    True
    """
    model = load_model()
    sides = read_sides(model, [base, pathway], only=only)
    asked = _asked(sides, settings, known_until, beyond_range)
    clock = asked.clock
    wanted = asked_outcome(
        model, outcome, year, start=clock["initial_time"], end=clock["final_time"]
    )
    drawn = asked_design(draws, seed, design)
    players = _players(asked, in_draws=drawn is not None)
    single = run_coalitions(asked, players, wanted)
    refuse_broken(single, asked.names)
    ds = _attributed(asked, players, wanted, single)
    if drawn is None:
        return ds
    return _with_bands(ds, wanted, run_coalitions(asked, players, wanted, drawn))


def _asked(
    sides: Sequence[Side], settings: Settings | None, known_until: float | None, beyond_range: bool
) -> Resolved:
    if len(sides) != 2:
        names = ", ".join(f"`{side.pathway.name}`" for side in sides)
        raise InputError(
            f"There are {len(sides)} pathways: {names}.",
            "A difference between two is parted.",
            "Name two, or choose one of a folder with `only=` (`--pathway`).",
        )
    if any(side.cloud is not None for side in sides):
        raise ResultsError(
            "A sweep is named, and its draws are of whole pathways.",
            "Pathways and folders of `buildout run` are accepted.",
            "Name the pathway, and the number of draws with `draws=` (`--draws`).",
        )
    return resolve(
        load_model(),
        [side.pathway for side in sides],
        settings,
        known_until=known_until,
        time_step=next((s.time_step for s in sides if s.time_step), None),
        final_time=next((s.final_time for s in sides if s.final_time), None),
        beyond_range=beyond_range or any(side.time_step for side in sides),
    )


def _players(asked: Resolved, *, in_draws: bool) -> dict[str, list[str]]:
    """What differs, by instrument."""
    first, second = asked.scenarios
    apart = differing_scalars(asked.model, first, second)
    if in_draws:
        apart += settled_apart(asked.model, first, second)
    if not apart:
        raise InputError(
            f"`{second.name}` sets the same as `{first.name}`.",
            "Two pathways that differ are accepted.",
            "`buildout compare` shows what differs.",
        )
    return by_instrument(asked.model, dict.fromkeys(apart))


def _attributed(
    asked: Resolved,
    players: Mapping[str, Sequence[str]],
    outcome: AskedOutcome,
    single: Coalitions,
) -> xr.Dataset:
    end = asked.clock["final_time"]
    whole = capped(outcome, single.values[:, 0], end)
    scale = MONTHS if outcome.is_date else 1.0
    values = scale * whole.values
    parts = {
        "part": shapley_values(values),
        "first_in": first_in(values),
        "last_in": last_in(values),
    }
    nothing = np.full(len(players), np.nan)
    ds = Results(
        {name: ("instrument", parts.get(name, nothing)) for name in ATTRIBUTED}
        | {
            "settings": ("instrument", [len(own) for own in players.values()]),
            "interaction": (("instrument", "partner"), interactions(values)),
            "base_value": ((), single.values[0, 0]),
            "value": ((), single.values[-1, 0]),
            "total": ((), values[-1] - values[0]),
            **{f"total_{name}": ((), np.nan) for name in BAND},
        },
        {"instrument": list(players), "partner": list(players)},
        {
            "base": asked.names[0],
            "pathway": asked.names[1],
            "titles": [scenario.title or scenario.name for scenario in asked.scenarios],
            "outcome": outcome.name,
            "year": np.nan if outcome.year is None else outcome.year,
            "unit": outcome.unit,
            "difference_unit": outcome.difference_unit,
            "coalitions": len(values),
            "draws": 0,
            "never": int(whole.never.sum()),
            "end": end,
            "model_sha256": asked.model.sha256,
        },
    )
    for name, meaning in ATTRIBUTED.items():
        ds[name].attrs = {"units": outcome.difference_unit, "long_name": meaning}
    return ds


def _with_bands(ds: xr.Dataset, outcome: AskedOutcome, drawn: Coalitions) -> xr.Dataset:
    """The same with the middle nine tenths of each part over the draws that all ended well."""
    sound = drawn.sound.all(axis=0)
    if not sound.any():
        raise InputError(
            "In every draw some mixture of the two pathways breaks down.",
            cure="Leave out the draws.",
        )
    scale = MONTHS if outcome.is_date else 1.0
    values = scale * capped(outcome, drawn.values[:, sound], ds.attrs["end"]).values
    parts = shapley_values(values)
    bands = [value_quantiles(part) for part in parts]
    total = value_quantiles(values[-1] - values[0])
    more = {name: ("instrument", _column(bands, name), ds[name].attrs) for name in BAND}
    whole = {f"total_{name}": ((), value) for name, value in total.items()}
    return ds.assign({**more, **whole}).assign_attrs(draws=int(sound.sum()))


def _column(bands: Sequence[Mapping[str, float]], name: str) -> Floats:
    return np.array([band[name] for band in bands])
