"""All that the benchmark measures, in one go."""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cases import Case, Files, own_files, project_case, small_case
from clocks import Cost, Done, Version
from counting import Count
from engines import batch_cost, jacobian_cost, pysd_cost, simlin_cost
from kernels import (
    PROCESSORS,
    TEN,
    Kernel,
    dynamic_scalars,
    kernel_costs,
    pruned_count,
    shapes,
)
from limit import MicroKernels, Rates
from sde import sde_costs
from starts import Start, start_costs
from sweeping import Difference, Line, Sweep, Sweeps, line

from buildout.vensim.engine import Batch, System

SUBSCRIPTED, FLAT, SIMLIN = "PySD, subscripted", "PySD, flat", "pysimlin"
NUMPY, LLVM, LLVM_2 = "NumPy", "LLVM, one thread", "LLVM, two threads"
#: Of the sweep: seven trajectories, of which ten numbers are kept.
TRAJECTORIES = (
    "defense coverage",
    "defense shortfall total",
    "US magnet output total",
    "self sufficiency of direct market[NdFeB magnets]",
    "vulnerability",
)


@dataclass(frozen=True)
class Sizes:
    """How much of everything.

    Attributes
    ----------
    batch : int
        Runs in a batch of the engines and of the kernel alone.
    wide : int
        The same where all outputs are kept.
    sweeps : tuple of int
        Draws of a small and a large sweep of each version.
    larger : int
        Draws of a sweep of ours alone, for how the cost grows; 0 for none.
    rounds, repeat : int
        Turns of the versions; repetitions within one process.
    pysd : bool
        Whether PySD runs the project's model, which takes minutes a run.
    """

    batch: int = 4096
    wide: int = 128
    sweeps: tuple[int, int] = (2048, 16_384)
    larger: int = 65_536
    rounds: int = 3
    repeat: int = 5
    pysd: bool = True


QUICK = Sizes(512, 64, (256, 1024), larger=0, rounds=1, repeat=2, pysd=False)
#: Draws of the large sweep on two threads, and of the largest.
LONG, MILLION = 131_072, 1_000_000


@dataclass
class Results:
    """What was measured; dictionaries are by label of the version unless said otherwise.

    Attributes
    ----------
    cases : list of Case
    engines : dict of dict
        By model and engine; a text where there is no figure.
    notes : dict of str
        By model: what else is to be said of an engine.
    jacobian : dict
        By model: one run, and ten derivatives.
    rates : Rates
    kernels : dict of dict
        By version and request.
    needed : Count
        Operations of a step, if nothing is computed but what the ten outcomes need.
    dynamic : dict
        Dynamic scalars of the model, and of those the ones that the ten outcomes need.
    apart : dict
        By request: the largest relative difference of two versions.
    landed, landed_dynamic : Kernel, int
        The same for the model that comes with buildout.
    processors : dict of dict
        By instruction set and version.
    cold, sweeps, lines, differences
        Sweeps with an empty cache; by size; their straight lines; what the versions disagree in.
    long, million : dict or None
    starts : dict
    seconds : float
        Of the whole benchmark.
    """

    cases: list[Case]
    steps: int
    engines: dict[str, dict[str, Cost | str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    jacobian: dict[str, tuple[Cost, Cost]] = field(default_factory=dict)
    rates: Rates | None = None
    kernels: dict[str, dict[str, Kernel]] = field(default_factory=dict)
    needed: Count = field(default_factory=Count)
    dynamic: tuple[int, int] = (0, 0)
    apart: dict[str, float] = field(default_factory=dict)
    landed: Kernel | None = None
    landed_dynamic: int = 0
    processors: dict[str, dict[str, Kernel]] = field(default_factory=dict)
    cold: dict[str, Done] = field(default_factory=dict)
    sweeps: list[dict[str, Sweep]] = field(default_factory=list)
    lines: dict[str, Line] = field(default_factory=dict)
    differences: dict[str, Difference] = field(default_factory=dict)
    long: dict[str, Sweep] | None = None
    million: dict[str, Sweep] | None = None
    starts: dict[str, Start] = field(default_factory=dict)
    seconds: float = 0.0


def collect(
    versions: Sequence[Version],
    files: Files,
    sizes: Sizes,
    *,
    sde: Path | None = None,
    long: bool = False,
    million: bool = False,
) -> Results:
    """Measure everything.

    Parameters
    ----------
    versions : sequence of Version
        Ours, and another if there is one.
    files : Files
        The project's model as both versions run it.
    sizes : Sizes
    sde : Path, optional
        Where SDEverywhere is installed.
    long, million : bool
        Whether to run the large sweeps.
    """
    began = time.perf_counter()
    small, project = small_case(), project_case(files)
    results = Results([small, project], steps_of_case(project.system))
    _kernels(results, versions, files, sizes)
    _sweeps(results, versions, files, sizes, long=long, million=million)
    results.starts = _told("start", lambda: start_costs(versions, sizes.rounds))
    for case in results.cases:
        pysd = sizes.pysd or case is small
        results.engines[case.label] = _told(
            case.label, lambda case=case, pysd=pysd: _engines(case, sizes, results, pysd, sde)
        )
        results.jacobian[case.label] = jacobian_cost(case, 2 * sizes.repeat)
    results.seconds = time.perf_counter() - began
    return results


def steps_of_case(system: System) -> int:
    """Points of time at which a run is computed, both ends with it."""
    first, last, step = (
        system.controls[name] for name in ("initial_time", "final_time", "time_step")
    )
    return round((last - first) / step) + 1


def _told(label: str, work: Callable) -> object:
    began = time.perf_counter()
    done = work()
    print(f"{label}: {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    return done


def _engines(
    case: Case, sizes: Sizes, results: Results, pysd: bool, sde: Path | None
) -> dict[str, Cost | str]:
    """One run on every engine, or why there is no figure."""
    taken: dict[str, Cost | str] = {}
    in_part = len(case.system.owners) > 1000
    if pysd:
        taken[SUBSCRIPTED] = pysd_cost(case, flat=False, repeat=1, in_part=in_part)
        taken[FLAT] = pysd_cost(case, flat=True, repeat=1 if in_part else 3)
    taken[SIMLIN] = _if_it_can(lambda: simlin_cost(case, 10 * sizes.repeat))
    if sde is not None:
        for label, one in sde_costs(case, sde, 10 * sizes.repeat).items():
            taken[f"SDEverywhere, {label}"] = one.cost
            if isinstance(one.cost, Cost):
                results.notes.append(
                    f"SDEverywhere, {label}, {case.label}: differs from ours by up to "
                    f"{one.difference:.2g} of the largest value of an output"
                )
    taken[NUMPY] = batch_cost(case, Batch(1, "numpy"), sizes.batch, 1 if in_part else sizes.repeat)
    taken[LLVM] = batch_cost(case, Batch(1), sizes.batch, sizes.repeat)
    taken[LLVM_2] = batch_cost(case, Batch(2), sizes.batch, sizes.repeat)
    return taken


def _if_it_can(measure: Callable[[], Cost]) -> Cost | str:
    try:
        return measure()
    except ImportError:
        return "not installed"
    except RuntimeError as error:
        # Our models keep changing, and the other engine's own word is what is wanted here.
        return f"does not run it: {str(error).splitlines()[0][:80]}"


def _kernels(results: Results, versions: Sequence[Version], files: Files, sizes: Sizes) -> None:
    model = files.load()
    seven = [scalar for name in TRAJECTORIES for scalar in model.scalars(name)]
    results.rates = MicroKernels().rates()
    asked, turns = shapes(sizes.batch, sizes.wide), {"steps": results.steps}
    results.kernels, results.apart = _told(
        "kernel",
        lambda: kernel_costs(versions, files, asked, rounds=sizes.rounds, repeat=sizes.repeat,
                             **turns),
    )  # fmt: skip
    saved = results.kernels[versions[0].label][TEN].saved
    results.needed = pruned_count(model.system, seven, saved, results.steps)
    results.dynamic = dynamic_scalars(model.system), dynamic_scalars(model.system, seven)
    own, system = own_files(), own_files().load().system
    ten = {TEN: asked[TEN]}
    landed, _ = kernel_costs(versions[:1], own, ten, rounds=1, repeat=sizes.repeat,
                             steps=steps_of_case(system))  # fmt: skip
    results.landed = landed[versions[0].label][TEN]
    results.landed_dynamic = dynamic_scalars(system)
    some = {TEN: {**asked[TEN], "runs": min(sizes.batch, 512)}}
    for label, processor in PROCESSORS.items():
        found, _ = kernel_costs(versions, files, some, rounds=1, repeat=2, processor=processor,
                                **turns)  # fmt: skip
        results.processors[label] = {name: kernels[TEN] for name, kernels in found.items()}


def _sweeps(
    results: Results,
    versions: Sequence[Version],
    files: Files,
    sizes: Sizes,
    *,
    long: bool,
    million: bool,
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        sweeps = Sweeps(versions, files, Path(folder))
        results.cold = sweeps.cold
        results.differences = sweeps.differences(sizes.sweeps[0])
        for draws in sizes.sweeps:
            results.sweeps.append(
                _told(f"{draws:,} draws", lambda n=draws: sweeps.costs(n, 1, sizes.rounds))
            )
        few, many = results.sweeps
        results.lines = {label: line(few[label], many[label]) for label in few}
        threads = min(2, os.cpu_count() or 1)
        if sizes.larger:
            results.sweeps.append(sweeps.costs(sizes.larger, 1, 1, only=versions[0]))
        if long:
            results.long = _told(f"{LONG:,} draws", lambda: sweeps.costs(LONG, threads, 1))
        if million:
            results.million = _told(
                f"{MILLION:,} draws",
                lambda: sweeps.costs(MILLION, threads, 1, only=versions[0]),
            )
