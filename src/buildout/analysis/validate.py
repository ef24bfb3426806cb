"""Anyone's observations against the ensemble of a pathway: all draws, over the same periods."""

import json
import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import xarray as xr

from buildout._util.reading import read_whole
from buildout.calibration.observed import outputs_of
from buildout.calibration.scored import scored
from buildout.inputs.controls import pathway_spans
from buildout.inputs.mapping import Mapped
from buildout.inputs.model import load_model
from buildout.inputs.observation_files import RunSpan, read_observation_file
from buildout.inputs.pathway import Pathway, read_pathways
from buildout.inputs.resolve import Resolved, resolve
from buildout.inputs.series import ModelSeries
from buildout.inputs.settings import Settings
from buildout.sampling import defaults
from buildout.sampling.design import latin_hypercube
from buildout.sampling.draws import Design
from buildout.sweeps.reductions import Trajectory
from buildout.sweeps.run import sweep

VALIDATED = "status-quo"
LEAST_SCORED = 20


def validate(
    observations: str | Path,
    pathway: str | Path | Pathway = VALIDATED,
    *,
    since: float | None = None,
    until: float | None = None,
    draws: int | None = None,
    seed: int | None = None,
    design: Design | None = None,
    settings: Settings | None = None,
    known_until: float | None = None,
    beyond_range: bool = False,
) -> xr.Dataset:
    """Score a file of observations against the joint draws of a pathway.

    Parameters
    ----------
    observations : path
        A CSV file with the columns series, from, to, value, unit and, if need be, sd: the error of
        an observation, one standard deviation, in its unit. `series` is one of
        `calibration/observations/mapping.csv`, or a variable, an element or a sum of them, such as
        `oxide output[US,NdPr]`. `from` and `to` are years with decimals, or days, the last of which
        counts. Tables as in `calibration/observations` are read too.
    pathway : str, path or Pathway
    since, until : float, optional
        Only observations whose period lies within these dates.
    draws, seed : int, optional
        Of the Latin hypercube over all uncertainties and luck, 1,000 and 1 by default; the seed is
        that of the errors of observation too.
    design : Design, optional
        In place of the Latin hypercube, such as what `condition` gives.
    settings, known_until, beyond_range
        As in `simulate`; what is set stays set in all draws.

    Returns
    -------
    Dataset, (row,)
        `value` with the coordinates series, unit, over, start, end, time, sd and line; `p05`,
        `p25`, `p50`, `p75`, `p95` of what would be observed, error included; `ratio` (median over
        observed), `pit`, `inside` (1 or 0: the middle nine tenths), `crps`; `draws`. Attributes:
        file, pathway, seed, since, until, remarks (JSON), model_sha256.

    Raises
    ------
    InputError
        All problems of the file together: unknown series, wrong units, periods outside the run.

    Examples
    --------
    >>> path = Path("seen.csv")
    >>> _ = path.write_text(
    ...     "series,from,to,value,unit\\nmine output[US],2018,2019,18000,t\\n", encoding="utf-8"
    ... )
    >>> ds = validate(path, "hindcast-2018", draws=40)
    >>> ds["p50"].dims, ds["unit"].item()
    (('row',), 't')
    """
    model = load_model()
    # What is set is checked here; below it is part of the pathway, so that no draw moves it.
    [chosen] = read_pathways([pathway])
    asked = resolve(model, chosen, settings, known_until=known_until, beyond_range=beyond_range)
    clock = asked.clock
    span = RunSpan(chosen.name, clock["initial_time"], clock["final_time"], pathway_spans(model))
    given = read_observation_file(observations, ModelSeries(model), span, since=since, until=until)
    own_seed = _whole(seed, "The seed", defaults.SEED, 0)
    if design is None:
        count = _whole(draws, "The number of draws", defaults.DRAWS, LEAST_SCORED)
        design = latin_hypercube(count, seed=own_seed)
    end = float(given.observed["end"].max())
    cloud = pathway_draws(asked, chosen, given.mapping, design, end=end)
    ds = scored(cloud, given.observed, given.mapping, seed=own_seed).isel(pathway=0)
    broken = design.size - int(ds["draws"])
    remarks = [*given.remarks, *([f"Draws that broke down, left out: {broken}."] if broken else [])]
    return ds.reset_coords("pathway", drop=True).assign_attrs(
        file=Path(observations).name,
        pathway=chosen.name,
        seed=own_seed,
        since=_said(since),
        until=_said(until),
        remarks=json.dumps(remarks),
        model_sha256=model.sha256,
    )


def pathway_draws(
    asked: Resolved,
    pathway: Pathway,
    mapping: Mapping[str, Mapped],
    design: Design,
    *,
    end: float,
) -> xr.Dataset:
    """The draws of a pathway with the trajectories that some series are read from.

    Parameters
    ----------
    asked : Resolved
        The pathway with what was set on top of it.
    pathway : Pathway
    mapping : mapping of str to Mapped
    design : Design
    end : float, Year
        The runs end on the next time step.

    Returns
    -------
    Dataset
        From `sweep`.
    """
    clock = asked.clock
    # All steps are saved: a halt of some weeks falls between two of the dates saved by default.
    first, step = clock["initial_time"], clock["time_step"]
    saved = first + step * max(1, math.ceil((end - first) / step - 1e-6))
    return sweep(
        design,
        [pathway.with_settings(asked.extra)],
        outputs=outputs_of(mapping.values()),
        reductions=Trajectory(),
        final_time=min(saved, clock["final_time"]),
        save_every=step,
        beyond_range=True,
    )


def _whole(number: int | None, what: str, usual: int, least: int) -> int:
    return usual if number is None else read_whole(str(number), what=what, least=least)


def _said(date: float | None) -> float:
    return np.nan if date is None else float(date)
