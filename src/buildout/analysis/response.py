"""An outcome against one lever, or two: single runs and paired draws at each of their values."""

import itertools
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr

from buildout._util.names import quoted
from buildout.analysis.variants import asked_design, run_variants
from buildout.errors import InputError
from buildout.inputs.asked import AskedOutcome, asked_outcome
from buildout.inputs.model import Model, load_model
from buildout.inputs.pathway import CANONICAL, Pathway, read_pathways
from buildout.inputs.pathway_fields import LONGEST_NAME
from buildout.inputs.resolve import Resolved, resolve
from buildout.inputs.settings import Setting, Settings
from buildout.outcomes.dates import reaches
from buildout.outcomes.odds import BAND, date_quantiles, value_quantiles
from buildout.sampling.draws import Design
from buildout.sampling.selection import values_of
from buildout.simulation.display import Results
from buildout.vensim.arrays import Floats

#: Variables of the answer over (pathway, first lever[, second lever]): unit, meaning.
RESPONSE: Mapping[str, tuple[str, str]] = {
    "value": ("own", "single run; NaN is a date that never comes"),
    "p05": ("own", "5% of draws are lower; dates that never come are the end of the run"),
    "p50": ("own", "half of the draws are lower"),
    "p95": ("own", "95% of draws are lower"),
    "met": ("", "share of draws that meet the need: coverage of 1, or a date that comes"),
}
#: What a heat map can show, and what a sweep of its runs takes some minutes for.
MOST_LEVERS, MOST_VALUES, MOST_RUNS = 2, 1001, 300_000
#: Points of a range of which only the ends are given.
USUAL_POINTS = 11
COVERAGE_GROUP = "coverage"


@dataclass(frozen=True)
class _Asked:
    """What is run: the pathways as they are, and each of them at each combination of values."""

    plain: Resolved
    outcome: AskedOutcome
    values: Mapping[str, tuple[float, ...]]
    variants: tuple[Pathway, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """Pathways, values of the first lever, and of the second if there is one."""
        return len(self.plain.names), *map(len, self.values.values())


def response(
    levers: Mapping[str, Sequence[float]],
    pathways: Sequence[str | Path | Pathway] | str | Path | Pathway = CANONICAL,
    *,
    outcome: str,
    year: float | None = None,
    draws: int = 0,
    seed: int | None = None,
    design: Design | None = None,
    settings: Settings | None = None,
    known_until: float | None = None,
    beyond_range: bool = False,
) -> xr.Dataset:
    """Run pathways at each value of one lever, or at each pair of values of two.

    The lever is set on top of the pathway, whatever the pathway itself sets. Every value meets the
    same draws, so the band moves with the lever and not by chance.

    Parameters
    ----------
    levers : mapping of str to sequence of float
        One or two constants of the model, or elements of them, and the values that each takes.
    pathways : str, path, Pathway, or several
        The three canonical ones by default.
    outcome : str
        A name of `inputs/tables/outcomes.csv`, a variable or an element of the model.
    year : float, Year
        When it is read; not for dates.
    draws, seed : int, optional
        Of the Latin hypercube over all uncertainties and luck, for a band; 0: none.
    design : Design, optional
        In their place.
    settings, known_until, beyond_range
        As in `simulate`.

    Returns
    -------
    Dataset, (pathway, x[, y])
        The variables are those of `RESPONSE`, x and y the values of the levers; `own_x`, `own_y`
        (pathway) what each pathway has by itself, NaN where its elements differ. Attributes:
        levers (JSON: name and unit of each), outcome, year, unit, draws, end.

    Raises
    ------
    UnknownNameError, InputError, PathwayFileError
        For what cannot be run or read.

    Examples
    --------
    >>> ds = response({"grant share level": [0, 0.4]}, outcome="US magnet output", year=2035)
    >>> ds["value"].dims, ds["value"].shape
    (('pathway', 'x'), (3, 2))
    """
    model = load_model()
    chosen = read_pathways([pathways] if isinstance(pathways, str | Path | Pathway) else pathways)
    plain = resolve(model, chosen, settings, known_until=known_until, beyond_range=beyond_range)
    start, end = plain.clock["initial_time"], plain.clock["final_time"]
    read = asked_outcome(model, outcome, year, start=start, end=end)
    values = _values(model, levers)
    for ends in zip(*((own[0], own[-1]) for own in values.values()), strict=True):
        # What a lever cannot be is told of the lever, not of one of many pathways.
        at_end = [Setting(name, value) for name, value in zip(values, ends, strict=True)]
        resolve(model, chosen, [*plain.extra, *at_end], beyond_range=beyond_range)
    asked = _Asked(plain, read, values, _variants(chosen, plain, values))
    drawn = _design(asked, draws, seed, design)
    run = run_variants(
        model, asked.variants, [read], drawn, time_step=plain.time_step, final_time=end
    )
    columns = {"value": run.single[:, 0]}
    if drawn is not None:
        columns |= _in_draws(read, run.drawn[:, 0])
    return _dataset(asked, columns, run.draws, drawn)


def _values(model: Model, levers: Mapping[str, Sequence[float]]) -> dict[str, tuple[float, ...]]:
    """The values of each lever, in order and each once.

    Raises
    ------
    InputError, UnknownNameError
    """
    if not 1 <= len(levers) <= MOST_LEVERS:
        raise InputError(f"{len(levers)} levers are given.", "One or two are accepted.")
    spelled = {name: model.scalars(name) for name in levers}
    if len({scalar for own in spelled.values() for scalar in own}) < sum(
        map(len, spelled.values())
    ):
        raise InputError(
            f"{quoted(' and '.join(levers))} have an element in common.", "Two levers are accepted."
        )
    chosen = {}
    for name, given in levers.items():
        values = sorted(set(values_of(model, name, given).tolist()))
        if not 2 <= len(values) <= MOST_VALUES:
            raise InputError(
                f"{quoted(name)} has {len(values)} value{'s' * (len(values) != 1)}.",
                f"From 2 to {MOST_VALUES:,} different ones are accepted.",
            )
        chosen[name] = tuple(values)
    return chosen


def _variants(
    chosen: Sequence[Pathway], plain: Resolved, values: Mapping[str, tuple[float, ...]]
) -> tuple[Pathway, ...]:
    """Each pathway at each point, the last lever running fastest."""
    points = [
        [Setting(name, value, origin="vary") for name, value in zip(values, point, strict=True)]
        for point in itertools.product(*values.values())
    ]
    if len(chosen) * len(points) > MOST_RUNS:
        raise _too_many(len(chosen) * len(points))
    # A name has an end, whatever is added to it.
    return tuple(
        pathway.with_settings(
            [*plain.extra, *point], name=f"{pathway.name[: LONGEST_NAME - 20]}, point {number}"
        )
        for pathway in chosen
        for number, point in enumerate(points)
    )


def _design(asked: _Asked, draws: int, seed: int | None, design: Design | None) -> Design | None:
    design = asked_design(draws, seed, design)
    if design is None:
        return None
    if (runs := len(asked.variants) * design.size) > MOST_RUNS:
        raise _too_many(runs)
    return design


def _too_many(runs: int) -> InputError:
    return InputError(
        f"That makes {runs:,} runs.",
        f"Up to {MOST_RUNS:,} are accepted: pathways times values times draws.",
        "Take fewer values or draws.",
    )


def _in_draws(outcome: AskedOutcome, drawn: Floats) -> dict[str, Floats]:
    """The band at each point, over the draws that ended well at all of them."""
    quantiles = date_quantiles if outcome.is_date else value_quantiles
    bands = [quantiles(values) for values in drawn]
    columns = {name: np.array([band[name] for band in bands]) for name in BAND}
    if outcome.is_date or outcome.group == COVERAGE_GROUP:
        met = np.isfinite(drawn) if outcome.is_date else reaches(drawn)
        columns["met"] = met.mean(axis=1)
    return columns


def _dataset(
    asked: _Asked, columns: Mapping[str, Floats], draws: int, design: Design | None
) -> xr.Dataset:
    dims = ("pathway", "x", "y")[: len(asked.shape)]
    outcome, model = asked.outcome, asked.plain.model
    units = {"own": outcome.unit, "": "Dmnl"}
    missing = np.full(len(asked.variants), np.nan)
    data = {
        name: (
            dims,
            np.asarray(columns.get(name, missing)).reshape(asked.shape),
            {"units": units[unit], "long_name": meaning},
        )
        for name, (unit, meaning) in RESPONSE.items()
    }
    own = {
        f"own_{dim}": ("pathway", _own_values(asked.plain, lever))
        for dim, lever in zip(dims[1:], asked.values, strict=True)
    }
    levers = [{"name": n, "unit": model.variable(n).unit} for n in asked.values]
    coords = dict(zip(dims[1:], map(list, asked.values.values()), strict=True))
    return Results(
        {**data, **own},
        {"pathway": asked.plain.names, **coords},
        {
            "levers": json.dumps(levers),
            "outcome": outcome.name,
            "group": outcome.group,
            "year": math.nan if outcome.year is None else outcome.year,
            "unit": outcome.unit,
            "draws": draws,
            "seed": "none" if design is None or design.seed is None else design.seed,
            "end": asked.plain.clock["final_time"],
            "titles": json.dumps({s.name: s.title or s.name for s in asked.plain.scenarios}),
            "model_sha256": model.sha256,
        },
    )


def _own_values(plain: Resolved, lever: str) -> list[float]:
    """What each pathway has by itself; NaN where the lever's elements differ."""
    model = plain.model
    own = [
        {scenario.values.get(s, model.constants[s]) for s in model.scalars(lever)}
        for scenario in plain.scenarios
    ]
    return [values.pop() if len(values) == 1 else math.nan for values in own]
