"""A run beside the numbers of others: how many were compared, and the first that differs."""

from typing import NamedTuple

import numpy as np
import shipped
from rounding import moved

from buildout._util import names
from buildout.vensim import engine
from buildout.vensim.engine.ir.system import System

#: Other programs write six digits of single precision, and Euler's method adds them up.
OF_SHIPPED = 2e-5
#: What rounding in another order does to long runs of models that turn it up; PySD and ours agree
#: to 1e-10 on models that do not.
OF_ENGINES = 1e-8
#: A number that rounding moves by more than this share of what engines may differ by is no measure.
OF_NEAR = 0.1
#: The least share of numbers that rounding does not decide, for a comparison to be one.
DETERMINED = 0.5
#: What every run has of its own.
CONTROLS = ("time", "initial_time", "final_time", "time_step", "saveper")


class Compared(NamedTuple):
    """What became of a comparison.

    Attributes
    ----------
    count, left : int
        Numbers compared, and numbers left out because rounding decides them.
    fault : str
        The first variable that differs, with where.
    """

    count: int
    left: int
    fault: str = ""

    def __bool__(self) -> bool:
        return self.count > 0 and self.count >= DETERMINED * (self.count + self.left)

    def __str__(self) -> str:
        left = f", {self.left} left out as rounding decides them" if self.left else ""
        return self.fault or f"{self.count} numbers{left}"


def differing(
    run: engine.Trajectories,
    theirs: dict[str, shipped.Series],
    near: float,
    system: System,
    controls: dict[str, float] | None = None,
) -> Compared:
    """A run beside that of others; if any differ, those that rounding decides are left out."""
    found = _compared(run, theirs, near, None)
    return _compared(run, theirs, near, moved(system, controls)) if found.fault else found


def _compared(
    run: engine.Trajectories,
    theirs: dict[str, shipped.Series],
    near: float,
    by_rounding: np.ndarray | None,
) -> Compared:
    count, left = 0, 0
    # What is near is measured by the largest element of the variable.
    sizes: dict[str, float] = {}
    for output, values in zip(run.outputs, run.values[:, :, 0], strict=True):
        finite = np.abs(values[np.isfinite(values)])
        base = names.split(output)[0]
        sizes[base] = max(sizes.get(base, 0.0), float(finite.max(initial=0.0)))
    for row, output in enumerate(run.outputs):
        series = theirs.get(names.alike(output))
        if series is None or names.key(output) in CONTROLS:
            continue
        pairs = zip(series.values, series.shown, strict=True)
        known = dict(zip(np.round(series.times, 6), pairs, strict=True))
        moves = np.zeros(len(run.times)) if by_rounding is None else by_rounding[row]
        ours = [
            (time, value, move, *known[time])
            for time, value, move in zip(
                np.round(run.times, 6), run.values[row, :, 0], moves, strict=True
            )
            if time in known
        ]
        if not ours:
            continue
        largest = sizes[names.split(output)[0]]
        table = np.array(ours)
        # A constant is exported at its first time only, and gaps are gaps.
        keep = np.isfinite(table[:, 3]) | (near != OF_SHIPPED)
        keep_out = table[:, 2] > OF_NEAR * near * (np.abs(table[:, 1]) + largest)
        left += int((keep & keep_out).sum())
        times, mine, _, other, shown = table[keep & ~keep_out].T
        count += len(times)
        with np.errstate(invalid="ignore"):
            apart = near * (np.abs(other) + largest) + shown + 1e-12
            same = (np.abs(mine - other) <= apart) | (mine == other)
            same |= np.isnan(mine) & np.isnan(other)
        if not same.all():
            first = int(np.flatnonzero(~same)[0])
            fault = f"`{output}` at {times[first]:g} is {mine[first]:.9g}"
            return Compared(count, left, f"{fault}, theirs {other[first]:.9g}")
    return Compared(count, left)
