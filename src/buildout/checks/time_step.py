"""Does the answer depend on the time step? Runs at the model's step and at parts of it."""

from itertools import pairwise

import numpy as np
import xarray as xr

from buildout.checks.finding import Finding
from buildout.inputs.resolve import Resolved
from buildout.outcomes.rule import RULE_DATE
from buildout.simulation.simulate import simulate_resolved
from buildout.vensim.engine import Engine

HALVED_OUTPUT = "us_magnet_output_total"
HALVED_OUTPUTS = ("US magnet output total", "defense coverage")
# Of model.md, section 8: output moves by less than this when the step is halved, and by less
# than half of it when it is halved again; coverage on the date by one point or two percent.
FIRST, SECOND = 0.005, 0.0025
COVERAGE_POINT, COVERAGE_SHARE = 0.01, 0.02
# Euler's error is proportional to the step, so each halving leaves half of it. Kinks (MIN, MAX)
# that fall between steps, and the second-order term, keep a single ratio off 2; so the mean of two
# successive ones is taken.
RATIO = (1.5, 2.7)
# Below this, relative, the differences are too small for a ratio to mean anything.
NO_RATIO = 1e-6


def step_halving(asked: Resolved, *, engine: Engine | None = None) -> list[Finding]:
    """Halve the time step and compare output (twice), coverage and the order of the error.

    Parameters
    ----------
    asked : Resolved
        Pathways and settings, from `resolve`.
    engine : Batch or Reference, optional

    Returns
    -------
    list of Finding
        Per pathway: output at each halving (relative to the largest output), the departure of
        the error's ratio from 2, coverage on 1 January 2027 where the run holds that date.
    """
    finer = [asked.with_controls(time_step=asked.time_step / n) for n in (1, 2, 4, 8)]
    runs = [simulate_resolved(halved, outputs=HALVED_OUTPUTS, engine=engine) for halved in finer]
    return [
        finding
        for path in runs[0].pathway.values
        for finding in _of_pathway(str(path), [run.sel(pathway=path) for run in runs])
    ]


def _of_pathway(path: str, runs: list[xr.Dataset]) -> list[Finding]:
    output = [run[HALVED_OUTPUT] for run in runs]
    largest = float(output[2].max())
    moved = [(a - b) / largest for a, b in pairwise(output)]
    results = []
    for number, (move, accepted) in enumerate(zip(moved, (FIRST, SECOND), strict=False), start=1):
        place = int(np.abs(move.values).argmax())
        worst = float(abs(move[place]))
        where = f"US magnet output, {float(move.time[place]):g}"
        name = f"output at halving {number} of the step"
        results.append(Finding(name, path, worst < accepted, worst, accepted, where))
    dated = bool((runs[0].time == RULE_DATE).any())
    return [*results, _ratio(path, moved), *([_coverage(path, runs)] if dated else [])]


def _ratio(path: str, moved: list[xr.DataArray]) -> Finding:
    sizes = [float(np.sqrt((move**2).mean())) for move in moved]
    low, high = RATIO
    if sizes[2] < NO_RATIO:
        ratio, passed = 2.0, True
    else:
        ratio = float(np.sqrt(sizes[0] / sizes[2]))
        passed = low <= ratio <= high
    return Finding(
        "error halves with the step", path, passed, abs(ratio - 2), high - 2, f"ratio {ratio:.2f}"
    )


def _coverage(path: str, runs: list[xr.Dataset]) -> Finding:
    """Coverage counts as still when it moves by less than a point, or by less than two percent."""
    cover = [run["defense_coverage"].sel(time=RULE_DATE) for run in runs[:2]]
    moved = abs(cover[0] - cover[1])
    scaled = moved / np.maximum(COVERAGE_POINT, COVERAGE_SHARE * cover[1])
    place = int(scaled.argmax("magnet_class"))
    where = f"{cover[0].magnet_class.values[place]}, {float(moved[place]):.2g} absolute"
    worst = float(scaled[place])
    return Finding("coverage on 2027.0 at a halved step", path, worst < 1, worst, 1.0, where)
