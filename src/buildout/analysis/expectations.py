"""What others expect, each with its date, beside the draws of the status quo."""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr

from buildout._util.names import quoted
from buildout._util.reading import read_number
from buildout.calibration.observed import modelled, outputs_of
from buildout.errors import BuildoutError, InputError, together
from buildout.inputs import places
from buildout.inputs.calibrated import TableRules, read_calibrated
from buildout.inputs.mapping import Mapped, read_expression
from buildout.inputs.model import load_model
from buildout.sampling import defaults
from buildout.sampling.design import latin_hypercube
from buildout.sweeps.reductions import Trajectory
from buildout.sweeps.run import sweep

PROJECTION_COLUMNS = (
    "who", "what", "region", "year", "value", "unit", "published", "source_id", "note",
    "expression", "date",
)  # fmt: skip
RULES = TableRules(
    "the table of projections",
    PROJECTION_COLUMNS,
    key=("who", "what", "region", "year", "note"),
    filled=PROJECTION_COLUMNS[:8],
    named=("who", "what", "unit"),
    words={"region": ("US", "Allies", "World", "ex-China")},
    years=("date",),
    amounts=("value",),
    sources="source_id",
)
EXPECTED_UNDER = "status-quo"


@dataclass(frozen=True)
class Projection:
    """What somebody said would be.

    Attributes
    ----------
    who, quantity, region, year, unit, published, source, note : str
        As they are to be read; `year` may be `open`.
    value : float
        In `unit`.
    expression : str
        What is nearest to it in the model; empty where nothing is.
    date : float, Year
        When the expression is read; NaN without one.
    """

    who: str
    quantity: str
    region: str
    year: str
    value: float
    unit: str
    published: str
    source: str
    note: str
    expression: str
    date: float


@dataclass(frozen=True)
class Beside:
    """Somebody's number beside the draws; the three are NaN where the model has no word for it."""

    projection: Projection
    p05: float
    p50: float
    p95: float


def read_projections(path: Path | None = None) -> tuple[Projection, ...]:
    """What agencies, banks and companies expect, from `calibration/projections.csv`.

    Raises
    ------
    InputError, UnknownNameError
        For a value that is no number, an expression that the model cannot read, or not at its date.
    """
    path = path or places.calibration_folder() / "projections.csv"
    rows = []
    for line, cells in read_calibrated(path, RULES):
        where = f"{quoted(path.name)}, line {line}"
        date, expression = cells["date"], cells["expression"]
        if expression:
            _check_expression(expression, date, where)
        rows.append(
            Projection(
                who=cells["who"],
                quantity=cells["what"],
                region=cells["region"],
                year=cells["year"],
                value=read_number(cells["value"], what=f"{where}: value"),
                unit=cells["unit"],
                published=cells["published"],
                source=cells["source_id"],
                note=cells["note"],
                expression=expression,
                date=read_number(date, what=f"{where}: date") if date else float("nan"),
            )
        )
    return tuple(rows)


def _check_expression(expression: str, date: str, where: str) -> None:
    try:
        read_expression(expression)
    except BuildoutError as problem:
        raise together([problem], where) from problem
    clock = load_model().system.controls
    first, last = clock["initial_time"], clock["final_time"]
    if not first <= (read_number(date, what=f"{where}: date") if date else math.nan) <= last:
        raise InputError(
            f"{where}: {quoted(expression)} is to be read at {quoted(date)}.",
            f"A year from {first:g} to {last:g} is accepted.",
        )


def beside_others(*, draws: int = defaults.DRAWS, seed: int = defaults.SEED) -> tuple[Beside, ...]:
    """Others' numbers beside the 5, 50 and 95% points of the draws of the status quo.

    Parameters
    ----------
    draws, seed : int
        Of the Latin hypercube over all uncertainties and luck.

    Returns
    -------
    tuple of Beside
        In the order of the table.
    """
    projections = read_projections()
    known = [row for row in projections if row.expression]
    mapping = {
        row.expression: Mapped(row.expression, read_expression(row.expression), "at", row.unit)
        for row in known
    }
    cloud = sweep(
        latin_hypercube(draws, seed=seed),
        [EXPECTED_UNDER],
        outputs=outputs_of(mapping.values()),
        reductions=Trajectory(),
    )
    dates = [row.date for row in known]
    asked = xr.Dataset(
        coords={
            "series": ("row", [row.expression for row in known]),
            "start": ("row", dates),
            "end": ("row", dates),
        }
    )
    sound = cloud.isel(draw=np.flatnonzero(cloud["status"].values[0] == 0))
    values = modelled(sound, asked, mapping).isel(pathway=0).transpose("draw", "row").values
    points = iter(np.quantile(values, (0.05, 0.5, 0.95), axis=0).T.tolist())
    nothing = [float("nan")] * 3
    return tuple(Beside(row, *(next(points) if row.expression else nothing)) for row in projections)
