"""The kernel alone: `Batch.run` on one thread, beside the limit of the machine."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from cases import TRAJECTORIES, Files, own_files
from clocks import Version, fresh
from counting import ENTRIES, Count, Functions
from limit import MicroKernels, Rates, limit_ns
from sizes import Sizes

from buildout.vensim.engine import System, schedule
from buildout.vensim.engine.backends.llvm import emit
from buildout.vensim.engine.backends.llvm.vectors import LANES, Target

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


@dataclass(frozen=True)
class KernelFigures:
    """Kernels beside each other and beside the limit of the machine.

    Attributes
    ----------
    steps : int
        Of a run.
    rates : Rates
        Of the machine.
    kernels : dict of dict
        By version and request.
    apart : dict
        By request: the largest relative difference of two versions.
    needed : Count
        Operations of a step, if nothing is computed but what the ten outcomes need.
    dynamic, dynamic_needed : int
        Numbers that a step computes for each run; those of them that the ten outcomes need.
    landed, landed_dynamic : Kernel, int
        Ours, with the model that comes with it.
    processors : dict of dict
        By instruction set and version.
    """

    steps: int
    rates: Rates
    kernels: dict[str, dict[str, Kernel]]
    apart: dict[str, float]
    needed: Count
    dynamic: int
    dynamic_needed: int
    landed: Kernel
    landed_dynamic: int
    processors: dict[str, dict[str, Kernel]]

    def limit(self, kernel: Kernel) -> float:
        """Nanoseconds of a step by what the kernel does."""
        return limit_ns(kernel.count, self.rates)

    def limit_of_ten(self, kernel: Kernel) -> float:
        """The same by what the ten outcomes need, if that is less."""
        return min(limit_ns(self.needed, self.rates), self.limit(kernel))


def kernel_figures(versions: Sequence[Version], files: Files, sizes: Sizes) -> KernelFigures:
    """Measure all of it."""
    model, own = files.load(), own_files()
    seven = [scalar for name in TRAJECTORIES for scalar in model.scalars(name)]
    steps, asked = steps_of_system(model.system), shapes(sizes)
    few = {TEN: {**asked[TEN], "runs": min(sizes.batch, 512)}}
    turns = Turns(files, steps, sizes.rounds, repeat=2)
    kernels, apart = kernel_costs(versions, turns, asked)
    processors = {
        label: kernel_costs(versions, replace(turns, rounds=1, processor=name), few)[0]
        for label, name in PROCESSORS.items()
    }
    ours = versions[:1]
    landed, _ = kernel_costs(ours, replace(turns, files=own, rounds=1), {TEN: asked[TEN]})
    return KernelFigures(
        steps=steps,
        rates=MicroKernels().rates(),
        kernels=kernels,
        apart=apart,
        needed=pruned_count(model.system, seven, kernels[ours[0].label][TEN].saved, steps),
        dynamic=dynamic_scalars(model.system),
        dynamic_needed=dynamic_scalars(model.system, seven),
        landed=landed[ours[0].label][TEN],
        landed_dynamic=dynamic_scalars(own.load().system),
        processors={
            label: {version: kernel[TEN] for version, kernel in found.items()}
            for label, found in processors.items()
        },
    )


def steps_of_system(system: System) -> int:
    """Points of time at which a run is computed, both ends with it."""
    first, last, step = (
        system.controls[name] for name in ("initial_time", "final_time", "time_step")
    )
    return round((last - first) / step) + 1


def shapes(sizes: Sizes) -> dict[str, dict[str, Any]]:
    """Requests by label: how many runs, which dates, whether all outputs."""
    return {
        TEN: {"runs": sizes.batch, "times": None, "all": False},
        TWO_DATES: {"runs": sizes.batch, "times": [2027.0, 2045.0], "all": False},
        ALL: {"runs": sizes.wide, "times": None, "all": True},
    }


@dataclass(frozen=True)
class Turns:
    """How kernels are measured.

    Attributes
    ----------
    files : Files
    steps, rounds, repeat : int
        Steps of a run; turns of the versions, each of which compiles anew; repetitions in each.
    processor : str, optional
        What the kernel is compiled for, by the name that LLVM has for it; this one by default.
    """

    files: Files
    steps: int
    rounds: int
    repeat: int
    processor: str | None = None

    def task(self, asked: Mapping[str, Mapping[str, Any]], keep: Path | None) -> dict[str, Any]:
        """What the task `kernel` is asked for."""
        return {
            "equations": str(self.files.equations),
            "table": str(self.files.table),
            "pathway": self.files.pathways[1],
            "shapes": asked,
            "repeat": self.repeat,
            "processor": self.processor,
            "keep": None if keep is None else str(keep),
        }


def kernel_costs(
    versions: Sequence[Version], turns: Turns, asked: Mapping[str, Mapping[str, Any]]
) -> tuple[dict[str, dict[str, Kernel]], dict[str, float]]:
    """Kernels by version and request, and by request how far two versions are apart."""
    done: dict[str, list[dict[str, Any]]] = {version.label: [] for version in versions}
    with tempfile.TemporaryDirectory() as whole:
        folders = {version.label: Path(whole, version.label) for version in versions}
        for turn in range(turns.rounds):
            for version in versions:
                own = folders[version.label]
                own.mkdir(exist_ok=True)
                task = turns.task(asked, None if turn else own)
                with tempfile.TemporaryDirectory() as cache:
                    ran = fresh("kernel", task, version, Path(cache), _KEPT_MEMORY)
                done[version.label].append(ran.result)
        kernels = {
            label: {name: _kernel(name, ran, folders[label], turns.steps) for name in asked}
            for label, ran in done.items()
        }
        return kernels, {name: _apart(name, list(folders.values())) for name in asked}


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


def _apart(name: str, folders: list[Path]) -> float:
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
    functions, share = Functions(text), saved / steps
    saving = Count(operations=2 * outputs, loads=outputs, stores=outputs)
    plain = functions.per_step(ENTRIES)
    if "diagnose" in functions.blocks:
        saving += functions.count("diagnose")
    if "record" in functions.blocks:
        # A step of its own, in place of the plain one.
        return plain.times(1 - share) + (functions.count("record") + saving).times(share)
    return plain + saving.times(share)


def pruned_count(system: System, outputs: Sequence[str], saved: int, steps: int) -> Count:
    """What a time step has to do if nothing is computed but what some outputs need."""
    _, text = emit.kernel(schedule(system, outputs=list(outputs)), Target(LANES, scales=True))
    return step_count(text, len(outputs), saved, steps)


def dynamic_scalars(system: System, outputs: Sequence[str] | None = None) -> int:
    """Numbers that a time step computes for each run."""
    return len(schedule(system, outputs=None if outputs is None else list(outputs)).core)


def group_ns(seconds: float, steps: int) -> float:
    """Nanoseconds of a time step of one group of runs, from the time of a run."""
    return 1e9 * seconds * LANES / steps
