"""Sweeps of three pathways, reduced to ten outcomes: the whole process, of each version in turn."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from cases import Files
from clocks import Cost, Done, Version, fresh, in_turns, median

#: Draws of a sweep that only fills the cache.
FEW = 16


@dataclass(frozen=True)
class Sweep:
    """Sweeps of one size, by one version.

    Attributes
    ----------
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


class Sweeps:
    """Sweeps in folders of their own, with a warm cache for each version."""

    def __init__(self, versions: Sequence[Version], files: Files, folder: Path):
        self.versions, self.files, self.folder = versions, files, folder
        #: With an empty cache, and few draws.
        self.cold = {version.label: self._one(version, FEW, 1) for version in versions}

    def costs(
        self, draws: int, threads: int, rounds: int, only: Version | None = None
    ) -> dict[str, Sweep]:
        """The medians of each version, or of a single one."""
        versions = self.versions if only is None else [only]
        done = in_turns(versions, rounds, lambda v: self._one(v, draws, threads))
        return {label: self._summary(draws, threads, all_) for label, all_ in done.items()}

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

    def _summary(self, draws: int, threads: int, done: list[Done]) -> Sweep:
        last = done[-1].result
        return Sweep(
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
