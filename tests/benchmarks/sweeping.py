"""Sweeps of three pathways, reduced to ten outcomes: the whole process, of each version in turn."""

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from cases import Files
from clocks import Cost, Done, Version, fresh, in_turns, median, told
from sizes import Sizes

#: Draws of a sweep that only fills the cache.
FEW = 16


@dataclass(frozen=True)
class Sweep:
    """Sweeps of one size, by one version.

    Attributes
    ----------
    label : str
        Of the version.
    draws, pathways, threads : int
    cost : Cost
        Of the whole process: start, model and machine code from the cache, drawing, runs,
        reductions, writing.
    peak : float
        Memory in bytes.
    size : float
        Of the results, in bytes.
    sound : float
        Share of the runs.
    """

    label: str
    draws: int
    pathways: int
    threads: int
    cost: Cost
    peak: float
    size: float
    sound: float

    @property
    def each(self) -> Cost:
        """Of a draw under a pathway."""
        return self.cost.over(self.draws * self.pathways)


@dataclass(frozen=True)
class SweepFigures:
    """Sweeps of several sizes.

    Attributes
    ----------
    cold : dict of Done
        Few draws with an empty cache, by version.
    sizes : list of dict
        Sweeps by version, from few draws to many, on one thread.
    long, million : dict
        Large ones on two threads; empty if there are none.
    differences : dict of Difference
        What two versions disagree in, by outcome.
    """

    cold: dict[str, Done]
    sizes: list[dict[str, Sweep]]
    long: dict[str, Sweep]
    million: dict[str, Sweep]
    differences: dict[str, "Difference"]

    def every(self) -> list[Sweep]:
        """All of them, one after the other."""
        return [one for some in [*self.sizes, self.long, self.million] for one in some.values()]

    def lines(self) -> dict[str, "Line"]:
        """Fixed cost and slope of each version."""
        few, many = self.sizes[:2]
        return {label: line(few[label], many[label]) for label in few}


def sweep_figures(versions: Sequence[Version], files: Files, sizes: Sizes) -> SweepFigures:
    """Measure all of it."""
    ours = versions[0]
    threads = min(2, os.cpu_count() or 1)
    with tempfile.TemporaryDirectory() as folder:
        sweeps = Sweeps(versions, files, Path(folder))
        figures = SweepFigures(
            cold=sweeps.cold,
            sizes=[sweeps.costs(draws, 1, sizes.rounds) for draws in sizes.sweeps],
            long=sweeps.costs(sizes.long, threads, 1),
            million=sweeps.costs(sizes.million, threads, 1, only=ours),
            differences=sweeps.differences(sizes.sweeps[0]),
        )
        if sizes.larger:
            figures.sizes.append(sweeps.costs(sizes.larger, 1, 1, only=ours))
    return figures


class Sweeps:
    """Sweeps in folders of their own, with a warm cache for each version."""

    def __init__(self, versions: Sequence[Version], files: Files, folder: Path):
        self.versions, self.files, self.folder = versions, files, folder
        #: With an empty cache, and few draws.
        self.cold = {version.label: self._one(version, FEW, 1) for version in versions}

    def costs(
        self, draws: int, threads: int, rounds: int, only: Version | None = None
    ) -> dict[str, Sweep]:
        """The medians of each version, or of a single one; nothing for no draws."""
        if not draws:
            return {}
        versions = self.versions if only is None else [only]
        done = told(
            f"{draws:,} draws",
            lambda: in_turns(versions, rounds, lambda v: self._one(v, draws, threads)),
        )
        return {label: self._summary(label, draws, threads, ran) for label, ran in done.items()}

    def _one(self, version: Version, draws: int, threads: int) -> Done:
        with tempfile.TemporaryDirectory(dir=self.folder) as out:
            return fresh("sweep", self._asked(draws, threads, Path(out) / "out"), version,
                         self.folder / version.label)  # fmt: skip

    def _asked(self, draws: int, threads: int, out: Path) -> dict[str, Any]:
        return {
            "equations": str(self.files.equations),
            "table": str(self.files.table),
            "pathways": self.files.pathways,
            "draws": draws,
            "threads": threads,
            "out": str(out),
        }

    def _summary(self, label: str, draws: int, threads: int, done: list[Done]) -> Sweep:
        last = done[-1].result
        return Sweep(
            label=label,
            draws=draws,
            pathways=len(self.files.pathways),
            threads=threads,
            cost=median(one.cost for one in done),
            peak=max(one.result["peak"] for one in done),
            size=last["bytes"],
            sound=last["sound"],
        )

    def differences(self, draws: int) -> dict[str, "Difference"]:
        """How the numbers of two versions differ, by outcome."""
        opened = []
        with tempfile.TemporaryDirectory(dir=self.folder) as out:
            for version in self.versions:
                own = Path(out) / version.label
                fresh("sweep", self._asked(draws, 1, own), version, self.folder / version.label)
                with xr.open_dataset(own / "results.nc") as ds:
                    opened.append(ds.load())
        if len(opened) < 2:
            return {}
        ours, theirs = opened
        common = [name for name in ours.data_vars if name in theirs]
        return {name: difference(ours[name].values, theirs[name].values) for name in common}


@dataclass(frozen=True)
class Difference:
    """How two arrays differ.

    Attributes
    ----------
    unlike : float
        Share of numbers that are not the same to the bit.
    largest : float
        The largest difference of two numbers, relative to the larger; infinite where one of them
        is NaN.
    """

    unlike: float
    largest: float


def difference(ours: np.ndarray, theirs: np.ndarray) -> Difference:
    """A NaN is like another NaN."""
    mine, other = (np.asarray(values, dtype=float) for values in (ours, theirs))
    alike = (mine == other) | (np.isnan(mine) & np.isnan(other))
    if alike.all():
        return Difference(0.0, 0.0)
    a, b = mine[~alike], other[~alike]
    relative = np.abs(a - b) / np.maximum(np.abs(a), np.abs(b))
    return Difference(float(1 - alike.mean()), float(np.nan_to_num(relative, nan=np.inf).max()))


@dataclass(frozen=True)
class Line:
    """Through two sizes: CPU seconds of a process anyway, and of each draw under a pathway."""

    fixed: float
    each: float


def line(few: Sweep, many: Sweep) -> Line:
    """From a small and a large sweep of one version."""
    runs = (many.draws - few.draws) * many.pathways
    each = (many.cost.cpu - few.cost.cpu) / runs
    return Line(few.cost.cpu - each * few.draws * few.pathways, each)
