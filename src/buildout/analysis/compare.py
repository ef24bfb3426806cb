"""Two policies side by side: which outcomes differ, by how much, when, how surely, and why."""

import json
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import xarray as xr

from buildout._util import names
from buildout.analysis.differing import differing_settings
from buildout.analysis.paired import capped, difference, paired_band, parting_date
from buildout.analysis.readings import of_draws, of_run, trajectory
from buildout.analysis.sides import Given, Side, read_sides
from buildout.analysis.variants import asked_design, draws_in_words, swept_side_by_side
from buildout.errors import InputError
from buildout.inputs.asked import AskedOutcome, asked_outcomes
from buildout.inputs.model import load_model
from buildout.inputs.resolve import Resolved, resolve
from buildout.inputs.settings import Settings
from buildout.sampling.draws import Design
from buildout.simulation.display import Results
from buildout.simulation.simulate import simulate_resolved
from buildout.simulation.soundness import refuse_unsound
from buildout.vensim.arrays import Floats, Truths

#: Variables of the answer over (pathway, row): unit ("own", "apart" or ""), meaning.
COMPARED: Mapping[str, tuple[str, str]] = {
    "base_value": ("own", "the base's single run; NaN is a date that never comes"),
    "value": ("own", "the pathway's single run"),
    "difference": ("apart", "the pathway's single run above the base's; months between dates"),
    "p05": ("apart", "5% of draws have a smaller difference"),
    "p50": ("apart", "half of the draws have a smaller difference"),
    "p95": ("apart", "95% of draws have a smaller difference"),
    "same_sign": ("", "share of draws whose difference has the sign of the single run's"),
    "parts": ("Year", "first date on which the trajectories are more than 1 percent apart"),
    "never_base": ("", "share of the base's draws in which the date never comes"),
    "never": ("", "share of the pathway's draws in which the date never comes"),
    "differs": ("", "1 where something differs, in the single run or in a draw"),
}


def compare(
    pathways: Iterable[Given],
    *,
    only: str | None = None,
    draws: int | None = None,
    seed: int | None = None,
    design: Design | None = None,
    settings: Settings | None = None,
    known_until: float | None = None,
    beyond_range: bool = False,
) -> xr.Dataset:
    """Hold pathways, or results on disk, against the first of them.

    Parameters
    ----------
    pathways : iterable of str, path or Pathway
        Names of pathways, files, `Pathway`s, or folders of `buildout run` and `buildout sweep`,
        which stand for all pathways in them. The first is the base.
    only : str, optional
        Of folders, the pathway of this name alone.
    draws, seed : int, optional
        Of the Latin hypercube over all uncertainties and luck, 1,000 and 1 by default. Every
        pathway meets the same draws, so that bands are of paired differences. 0 draws: no bands.
    design : Design, optional
        In their place.
    settings, known_until, beyond_range
        As in `simulate`, for all of them.

    Returns
    -------
    Dataset, (pathway, row)
        A row is an outcome on a date, with the coordinates outcome, group, year (NaN for dates
        themselves), unit, difference_unit and shown. The variables are those of `COMPARED`; with
        dates, what never comes counts as the end of the run in differences and their bands.
        Attributes: base, draws, drawn, end, settings (JSON: what is set differently).

    Raises
    ------
    UnknownNameError, InputError, PathwayFileError, ResultsError
        For what cannot be run or read.

    Examples
    --------
    >>> ds = compare(["status-quo", "mobilization"], draws=0)
    >>> in_2035 = (ds["outcome"] == "US magnet output") & (ds["year"] == 2035)
    >>> bool(ds["difference"].where(in_2035, drop=True).item() > 1000)
    True
    """
    model = load_model()
    sides = read_sides(model, pathways, only=only)
    swept = [side.cloud for side in sides if side.cloud is not None]
    if swept and (settings or draws or design or (known_until, seed) != (None, None)):
        raise InputError(
            "Sweeps are compared, and settings or draws are given.",
            "What a sweep set and drew is done.",
            "Leave them out, or name pathways in place of the folders.",
        )
    steps, ends = ({getattr(s, n) for s in sides} - {None} for n in ("time_step", "final_time"))
    asked = resolve(
        model,
        [side.pathway for side in sides],
        settings,
        known_until=known_until,
        time_step=next(iter(steps), None),
        final_time=next(iter(ends), None),
        beyond_range=beyond_range or bool(steps),
    )
    end = asked.clock["final_time"]
    outcomes = asked_outcomes(model, end=end)
    if not outcomes:
        raise InputError(
            f"The runs end in {end:g}, before any date of an outcome.",
            "Runs to 2027 and beyond are accepted.",
        )
    clouds = swept or _drawn(asked, sides, outcomes, draws, seed, design)
    return _compared(asked, outcomes, clouds)


def _drawn(
    asked: Resolved,
    sides: Sequence[Side],
    outcomes: Sequence[AskedOutcome],
    draws: int | None,
    seed: int | None,
    design: Design | None,
) -> list[xr.Dataset]:
    """The draws of each pathway; none where nobody wants them."""
    chosen = asked_design(draws, seed, design)
    if chosen is None:
        return []
    variants = [side.pathway.with_settings(asked.extra) for side in sides]
    cloud = swept_side_by_side(asked, variants, outcomes, chosen)
    return [cloud.isel(pathway=[i]) for i in range(len(sides))]


def _compared(
    asked: Resolved, outcomes: Sequence[AskedOutcome], clouds: Sequence[xr.Dataset]
) -> xr.Dataset:
    scalars = [s for outcome in outcomes for s in outcome.expression.scalars]
    variables = dict.fromkeys(names.split(s)[0] for s in scalars)
    run = simulate_resolved(asked, outputs=[asked.model.variables[v].name for v in variables])
    refuse_unsound(run, model=asked.model)
    others = asked.names[1:]
    sound = _sound(clouds, len(others))
    table = {name: np.full((len(others), len(outcomes)), np.nan) for name in COMPARED}
    for row, outcome in enumerate(outcomes):
        for name, column in _row(run, outcome, clouds, sound).items():
            table[name][:, row] = column
    attrs = {
        "base": asked.names[0],
        "draws": min((int(s.sum()) for s in sound), default=0),
        "drawn": draws_in_words(clouds[0]) if clouds else "no draws",
        "end": asked.clock["final_time"],
        "settings": json.dumps(differing_settings(asked)),
        "titles": json.dumps({s.name: s.title or s.name for s in asked.scenarios}),
        "model_sha256": asked.model.sha256,
    }
    return _dataset(table, outcomes, others, attrs)


def _row(
    run: xr.Dataset,
    outcome: AskedOutcome,
    clouds: Sequence[xr.Dataset],
    sound: Sequence[Truths],
) -> dict[str, Floats]:
    """One outcome of every pathway but the first against the first, by the names of `COMPARED`."""
    end = float(run["time"].values[-1])
    single = of_run(run, outcome)
    series = trajectory(run, outcome.expression)
    least = outcome.least
    values = capped(outcome, single, end).values
    cells: dict[str, list[float]] = {name: [] for name in COMPARED}
    drawn = _of_clouds(clouds, outcome)
    for other in range(1, len(single)):
        apart = float(difference(outcome, values[0], values[other]))
        parts = parting_date(run["time"].values, series[0], series[other], least)
        band, differs = _paired(outcome, drawn, sound, other, apart, end)
        own = {"base_value": single[0], "value": single[other], "difference": apart}
        for name, cell in {**own, **band, "parts": parts, "differs": differs}.items():
            cells[name].append(float(cell))
    return {name: np.array(column) for name, column in cells.items()}


def _paired(
    outcome: AskedOutcome,
    drawn: Sequence[Floats],
    sound: Sequence[Truths],
    other: int,
    apart: float,
    end: float,
) -> tuple[dict[str, float], bool]:
    nothing = dict.fromkeys(("p05", "p50", "p95", "same_sign", "never_base", "never"), np.nan)
    if not drawn:
        return nothing, apart != 0
    both = sound[other - 1]
    base, mine = (capped(outcome, drawn[i][both], end) for i in (0, other))
    differences = difference(outcome, base.values, mine.values)
    never = {"never_base": base.never, "never": mine.never} if outcome.is_date else {}
    shares = {name: float(where.mean()) for name, where in never.items() if len(where)}
    band = paired_band(differences, apart)
    return {**nothing, **band, **shares}, bool(apart != 0 or differences.any())


def _of_clouds(clouds: Sequence[xr.Dataset], outcome: AskedOutcome) -> list[Floats]:
    """An outcome in the draws of each pathway; empty where one of them did not keep it."""
    columns = [of_draws(cloud, outcome) for cloud in clouds]
    kept = [column[0] for column in columns if column is not None]
    return kept if len(kept) == len(clouds) else []


def _sound(clouds: Sequence[xr.Dataset], others: int) -> list[Truths]:
    """For each pathway but the first, the draws that ended well there and in the first."""
    if not clouds:
        return []
    ended = [cloud["status"].values[0] == 0 for cloud in clouds]
    return [ended[0] & ended[other] for other in range(1, others + 1)]


def _dataset(
    table: Mapping[str, Floats],
    outcomes: Sequence[AskedOutcome],
    others: Sequence[str],
    attrs: Mapping[str, object],
) -> xr.Dataset:
    coords = {
        "outcome": [o.name for o in outcomes],
        "group": [o.group for o in outcomes],
        "year": [np.nan if o.year is None else o.year for o in outcomes],
        "unit": [o.unit for o in outcomes],
        "difference_unit": [o.difference_unit for o in outcomes],
        "shown": [o.shown for o in outcomes],
    }
    units = {"own": "see unit", "apart": "see difference_unit", "Year": "Year", "": "Dmnl"}
    return Results(
        {
            name: (
                ("pathway", "row"),
                table[name],
                {"units": units[unit], "long_name": meaning},
            )
            for name, (unit, meaning) in COMPARED.items()
        },
        {"pathway": list(others), **{name: ("row", values) for name, values in coords.items()}},
        attrs,
    )
