"""Predictions made to be registered: by quarter and year, and of plants that are not decided."""

import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import xarray as xr

from buildout import __version__
from buildout._util import files, names
from buildout._util.names import quoted
from buildout.analysis.worlds import DECIDED
from buildout.calibration.observed import modelled, outputs_of
from buildout.calibration.scored import error_stream
from buildout.calibration.scores import with_error
from buildout.errors import InputError
from buildout.inputs import places
from buildout.inputs.mapping import Mapped
from buildout.inputs.model import Model, load_model
from buildout.inputs.observations import MAPPING, decimal_year
from buildout.inputs.pathway import Pathway, read_pathways
from buildout.inputs.predictions import (
    CHANCE_UNIT,
    DATE_OF_DECISION,
    DATE_UNIT,
    DECISION_BY,
    NEVER_DECIDED,
    PredictedQuantity,
    Prediction,
    chained,
    ledger_file,
    read_predicted,
    read_predictions,
    write_predictions,
)
from buildout.inputs.regimes import DRAWN_LEVER
from buildout.inputs.series import ModelSeries
from buildout.sampling.design import latin_hypercube
from buildout.sampling.draws import Design
from buildout.sweeps.reductions import At, Crossing, Reduction
from buildout.sweeps.run import sweep
from buildout.vensim.arrays import Floats

PREDICTED_PATHWAY = "status-quo"
# The ends of the band are known to a fiftieth of its width, chances to half a percent.
PREDICTED_DRAWS, PREDICTED_SEED = 20_000, 1
YEARS_AHEAD = 2
_COLUMNS, _SHARES = ("p05", "p50", "p95"), (0.05, 0.5, 0.95)
_DECISION_DATES = "decided_share_of_project_year_above_0_5"
_DATE_STEP, _CHANCE_STEP = 0.1, 0.001
# What a file of the draws hangs on besides the model, pathways apart.
_TABLES = ("parameters.csv", "money.csv", f"observations/{MAPPING}", "predicted.csv")
_Row = dict[str, str]


def register_predictions(
    on: date,
    path: str | Path | None = None,
    *,
    draws: int = PREDICTED_DRAWS,
    seed: int = PREDICTED_SEED,
) -> tuple[Prediction, ...]:
    """Make predictions with the model as it is and put them below those that are registered.

    Parameters
    ----------
    on : date
        The day, which is said and not taken from a clock.
    path : path, optional
        The table; that of the project by default. Made if absent.
    draws, seed : int
        Of the Latin hypercube.

    Returns
    -------
    tuple of Prediction
        All rows of the table.

    Raises
    ------
    InputError
        For a table whose chain is broken, for a day before that of the last row, and when the same
        model has registered that day already.
    """
    path = Path(path or ledger_file())
    before = read_predictions(path) if path.exists() else ()
    if not path.parent.is_dir():
        raise InputError(
            f"Cannot write the table of predictions {quoted(path)}: its folder is not there.",
            "A file in a folder that is there is accepted.",
        )
    made = predict(on, draws=draws, seed=seed)
    if before and before[-1].registered_on > on.isoformat():
        raise InputError(
            f"The day is {on}, and the last row was registered on {before[-1].registered_on}.",
            "Rows are added in the order of their days.",
        )
    known = {(row.registered_on, row.model_sha256, row.inputs_sha256) for row in before}
    if (on.isoformat(), made[0]["model_sha256"], made[0]["inputs_sha256"]) in known:
        raise InputError(f"The predictions of this model on {on} are registered already.")
    rows = chained(made, before)
    write_predictions(path, rows)
    return rows


def predict(
    on: date, *, draws: int = PREDICTED_DRAWS, seed: int = PREDICTED_SEED
) -> list[dict[str, str]]:
    """What the model expects from a day on, as rows without numbers and hashes.

    The status quo in joint draws of all uncertainties and luck, the regime of the rule drawn by
    chance. Quantities are those of `calibration/predicted.csv`, for the quarter of the day and
    those that follow to the end of the second year after, and for these two years; what is a series
    of `mapping.csv` has the error of an observation in its quantiles. Of each plant that waits for
    its decision there are the date, and the chance that it is taken by the end of each year.

    Parameters
    ----------
    on : date
    draws, seed : int
        Of the Latin hypercube. The same model, tables, day, draws and seed give the same rows.

    Returns
    -------
    list of dict
        Cells by column, but for number and hashes. A step of the last digit is at most a hundredth
        of the band, 0.1 year of a date, 0.001 of a chance.

    Raises
    ------
    InputError
        For a day whose years ahead the model does not run.
    """
    model = load_model()
    first, last = (model.system.controls[name] for name in ("initial_time", "final_time"))
    if not first <= on.year <= last - YEARS_AHEAD - 1:
        raise InputError(
            f"The day is {on}.",
            f"Years from {first:g} to {last - YEARS_AHEAD - 1:g} are accepted, as the model runs "
            f"from {first:g} to {last:g}.",
        )
    [pathway] = read_pathways([PREDICTED_PATHWAY])
    wanted = read_predicted()
    meanings = ModelSeries(model)
    mapping = {row.quantity: meanings.meaning(row.quantity, row.unit) for row in wanted}
    periods = _periods(on)
    cloud = _cloud(model, pathway, mapping, periods, latin_hypercube(draws, seed=seed))
    sound = cloud.isel(pathway=[0], draw=np.flatnonzero(cloud["status"].values[0] == 0))
    same = {
        "registered_on": on.isoformat(),
        "version": __version__,
        "model_sha256": model.sha256,
        "inputs_sha256": _inputs(pathway),
        "pathway": pathway.name,
        "draws": str(draws),
        "seed": str(seed),
    }
    rows = [*_by_period(sound, wanted, mapping, periods, seed), *_decisions(sound, on)]
    return [{**same, **row} for row in rows]


def _periods(on: date) -> list[tuple[date, date]]:
    """First and last days: the quarter of a day and those after it, then the whole years ahead."""
    firsts = [
        date(year, month, 1)
        for year in range(on.year, on.year + YEARS_AHEAD + 2)
        for month in (1, 4, 7, 10)
    ]
    day = timedelta(days=1)
    quarters = [(first, after - day) for first, after in pairwise(firsts)]
    last = on.year + YEARS_AHEAD
    return [
        *((first, end) for first, end in quarters if end >= on and end.year <= last),
        *((date(year, 1, 1), date(year, 12, 31)) for year in _years_ahead(on)),
    ]


def _years_ahead(on: date) -> list[int]:
    return [on.year + ahead for ahead in range(1, YEARS_AHEAD + 1)]


def _cloud(
    model: Model,
    pathway: Pathway,
    mapping: Mapping[str, Mapped],
    periods: Sequence[tuple[date, date]],
    design: Design,
) -> xr.Dataset:
    """The draws: values over the periods, and dates of decisions to the end of the run."""
    start, step = (model.system.controls[name] for name in ("initial_time", "time_step"))
    first = min(decimal_year(first) for first, _ in periods)
    last = max(decimal_year(end + timedelta(days=1)) for _, end in periods)
    saved = range(math.floor((first - start) / step), math.ceil((last - start) / step) + 1)
    kept = (At([start + step * place for place in saved]),)
    outputs: dict[str, tuple[Reduction, ...]] = dict.fromkeys(outputs_of(mapping.values()), kept)
    if names.key(DECIDED) in model.variables:
        outputs[DECIDED] = (Crossing(0.5, sustained=0.0),)
    drawn = {DRAWN_LEVER: 1.0} if names.key(DRAWN_LEVER) in model.variables else {}
    chosen = [pathway.with_settings(drawn)]
    cloud = sweep(design, chosen, outputs=outputs, save_every=step, beyond_range=True)
    return cloud.rename(year="time")


def _by_period(
    sound: xr.Dataset,
    wanted: Sequence[PredictedQuantity],
    mapping: Mapping[str, Mapped],
    periods: Sequence[tuple[date, date]],
    seed: int,
) -> Iterator[_Row]:
    asked = [(row, period) for row in wanted for period in periods]
    starts = [decimal_year(first) for _, (first, _) in asked]
    ends = [decimal_year(end + timedelta(days=1)) for _, (_, end) in asked]
    coords = {"series": [row.quantity for row, _ in asked], "start": starts, "end": ends}
    rows = xr.Dataset(coords={name: ("row", values) for name, values in coords.items()})
    draws = modelled(sound, rows, mapping).isel(pathway=0).transpose("draw", "row").values
    for place, (row, (first, last)) in enumerate(asked):
        own = draws[:, place]
        rng = error_stream(row.quantity, starts[place], ends[place], seed)
        seen = with_error(own, mapping[row.quantity].sd * np.abs(own), rng)
        values = np.quantile(seen, _SHARES)
        yield _row(row.quantity, first, last, row.unit, _written(values, _step(values)))


def _decisions(sound: xr.Dataset, on: date) -> Iterator[_Row]:
    """The date of each decision, and the chance of it by the end of each year ahead."""
    if _DECISION_DATES not in sound:
        return
    dates = sound[_DECISION_DATES].isel(pathway=0).transpose("draw", ...)
    [dim] = [dim for dim in dates.dims if dim != "draw"]
    final = json.loads(sound.attrs["controls"])["final_time"]
    end = date(int(final), 1, 1) - timedelta(days=1)
    for plant in dates[dim].values.tolist():
        own = dates.sel({dim: plant}).fillna(np.inf).values
        values = np.quantile(own, _SHARES, method="inverted_cdf")
        yield _row(DATE_OF_DECISION + plant, on, end, DATE_UNIT, _written(values, _DATE_STEP))
        for year in _years_ahead(on):
            chance = _written(np.array([np.mean(own < year + 1)]), _CHANCE_STEP)
            last = date(year, 12, 31)
            yield _row(DECISION_BY + plant, on, last, CHANCE_UNIT, ["", *chance, ""])


def _row(quantity: str, first: date, last: date, unit: str, cells: Sequence[str]) -> _Row:
    period = {"from": first.isoformat(), "to": last.isoformat()}
    return {"quantity": quantity, **period, "unit": unit, **dict(zip(_COLUMNS, cells, strict=True))}


def _step(values: Floats) -> float:
    """A power of ten, at most a hundredth of the band; three digits where there is no band."""
    wide = float(values[-1] - values[0])
    if wide > 0:
        return float(10.0 ** math.floor(math.log10(wide / 100)))
    level = abs(float(values[0]))
    return float(10.0 ** (math.floor(math.log10(level)) - 2)) if level else 1.0


def _written(values: Floats, step: float) -> list[str]:
    """Numbers to a step, `never` for infinity."""
    places = max(0, -math.floor(math.log10(step) + 1e-9))
    return [
        f"{step * round(value / step) + 0.0:.{places}f}" if math.isfinite(value) else NEVER_DECIDED
        for value in values.tolist()
    ]


def _inputs(pathway: Pathway) -> str:
    """One fingerprint of the tables and pathway files."""
    folder = places.calibration_folder()
    digests = {name: files.sha256(folder / name) for name in _TABLES}
    digests |= dict(zip((file.name for file in pathway.files), pathway.digests, strict=True))
    return hashlib.sha256(json.dumps(digests, sort_keys=True).encode()).hexdigest()
