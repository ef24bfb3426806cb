"""The kernel alone: `Batch.run` on one thread, beside the limit of the machine."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from cases import Files
from clocks import Version, fresh
from counting import ENTRIES, Count, Functions

from buildout.vensim.engine import System, schedule
from buildout.vensim.engine.backends.llvm import emit
from buildout.vensim.engine.backends.llvm.vector_math import LANES

#: What is asked of the engine: the outputs of the sweep at all saved dates and at two; everything.
TEN, TWO_DATES, ALL = "ten outcomes", "ten outcomes, two dates", "all outputs"
#: Instructions sets that a kernel is compiled for, by the name that LLVM has for them.
PROCESSORS = {"AVX2": "x86-64-v3", "plain x86-64": "x86-64"}
#: Memory that a process had once is kept: fresh pages have a price that is not the kernel's.
_KEPT_MEMORY = dict.fromkeys(("MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_"), str(2**33))


@dataclass(frozen=True)
class Kernel:
    """A kernel as it was compiled and run.

    Attributes
    ----------
    seconds : float
        CPU time of a run.
    outputs, saved : int
        Scalars, and dates at which they are kept.
    values, status : str
        Fingerprints of the bytes of the results.
    count : Count
        Of a time step, with its share of what happens at saved dates only.
    """

    seconds: float
    outputs: int
    saved: int
    values: str
    status: str
    count: Count


def shapes(runs: int, wide: int) -> dict[str, dict[str, Any]]:
    """Requests by label: how many runs, which dates, whether all outputs."""
    return {
        TEN: {"runs": runs, "times": None, "all": False},
        TWO_DATES: {"runs": runs, "times": [2027.0, 2045.0], "all": False},
        ALL: {"runs": wide, "times": None, "all": True},
    }


def kernel_costs(
    versions: Sequence[Version],
    files: Files,
    asked: Mapping[str, Mapping[str, Any]],
    *,
    steps: int,
    rounds: int,
    repeat: int = 3,
    processor: str | None = None,
) -> tuple[dict[str, dict[str, Kernel]], dict[str, float]]:
    """Kernels by version and label, and by label the largest relative difference of two versions.

    The versions take turns; each turn compiles anew.
    """
    done: dict[str, list[dict[str, Any]]] = {version.label: [] for version in versions}
    with tempfile.TemporaryDirectory() as whole:
        for turn in range(rounds):
            for version in versions:
                own = Path(whole, version.label)
                own.mkdir(exist_ok=True)
                task = {
                    "equations": str(files.equations),
                    "table": str(files.table),
                    "pathway": files.pathways[1],
                    "shapes": asked,
                    "repeat": repeat,
                    "processor": processor,
                    "keep": None if turn else str(own),
                }
                with tempfile.TemporaryDirectory() as cache:
                    ran = fresh("kernel", task, version, Path(cache), _KEPT_MEMORY)
                done[version.label].append(ran.result)
        kernels = {
            label: {name: _kernel(name, turns, Path(whole, label), steps) for name in asked}
            for label, turns in done.items()
        }
        folders = [Path(whole, version.label) for version in versions]
        differences = {name: _difference(name, folders) for name in asked}
    return kernels, differences


def _kernel(name: str, turns: list[dict[str, Any]], folder: Path, steps: int) -> Kernel:
    first = turns[0][name]
    text = (folder / f"{name}.ll").read_text(encoding="utf-8")
    return Kernel(
        seconds=median(turn[name]["seconds"] for turn in turns),
        outputs=first["outputs"],
        saved=first["saved"],
        values=first["values"],
        status=first["status"],
        count=step_count(text, first["outputs"], first["saved"], steps),
    )


def _difference(name: str, folders: list[Path]) -> float:
    """The largest difference of two versions, relative to the largest value of each output."""
    if len(folders) < 2:
        return float("nan")
    ours, theirs = (np.load(folder / f"{name}.npy", mmap_mode="r") for folder in folders)
    largest = 0.0
    for mine, other in zip(ours, theirs, strict=True):
        with np.errstate(invalid="ignore"):
            apart, scale = np.abs(mine - other), np.nanmax(np.abs(other))
        alike = (mine == other) | (np.isnan(mine) & np.isnan(other))
        worst = np.where(alike, 0.0, apart).max()
        largest = max(largest, worst / scale if scale > 0 else worst)
    return float(largest)


def step_count(text: str, outputs: int, saved: int, steps: int) -> Count:
    """What a time step has to do; at saved dates diagnosis, and each output kept and watched."""
    functions = Functions(text)
    saving = Count(operations=2 * outputs, loads=outputs, stores=outputs)
    if "diagnose" in functions.blocks:
        saving += functions.count("diagnose")
    return functions.per_step(ENTRIES) + saving.times(saved / steps)


def pruned_count(system: System, outputs: Sequence[str], saved: int, steps: int) -> Count:
    """What a time step has to do if nothing is computed but what some outputs need."""
    _, text = emit.kernel(schedule(system, outputs=list(outputs)))
    return step_count(text, len(outputs), saved, steps)


def dynamic_scalars(system: System, outputs: Sequence[str] | None = None) -> int:
    """Numbers that a time step computes for each run."""
    return len(schedule(system, outputs=None if outputs is None else list(outputs)).core)


def group_ns(seconds: float, steps: int) -> float:
    """Nanoseconds of a time step of one group of runs, from the time of a run."""
    return 1e9 * seconds * LANES / steps
