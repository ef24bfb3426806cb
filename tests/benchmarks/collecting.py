"""All that the benchmark measures, in one go."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cases import Case, Files, project_case, small_case
from clocks import Cost, Version, told
from engines import batch_cost, jacobian_cost, pysd_cost, simlin_cost
from kernels import KernelFigures, kernel_figures
from sde import sde_costs, sde_words
from sizes import Sizes
from starts import Start, start_costs
from sweeping import SweepFigures, sweep_figures

from buildout.vensim.engine import Batch

SUBSCRIPTED, FLAT, SIMLIN = "PySD, subscripted", "PySD, flat", "pysimlin"
NUMPY, LLVM, LLVM_2 = "NumPy", "LLVM, one thread", "LLVM, two threads"
#: Scalars of a model beyond which an engine that takes long is run less often, or in part.
MANY = 1000
Taken = dict[str, Cost | str]


@dataclass(frozen=True)
class Results:
    """What was measured.

    Attributes
    ----------
    small, project : Case
    engines : dict of dict
        By model and engine: the cost of a run, or why there is none.
    jacobian : dict of (Cost, Cost)
        By model: one run, and ten derivatives.
    kernels : KernelFigures
    sweeps : SweepFigures
    starts : dict of Start
        By version.
    notes : tuple of str
        What else is to be said.
    seconds : float
        Of the whole benchmark.
    """

    small: Case
    project: Case
    engines: dict[str, Taken]
    jacobian: dict[str, tuple[Cost, Cost]]
    kernels: KernelFigures
    sweeps: SweepFigures
    starts: dict[str, Start]
    notes: tuple[str, ...]
    seconds: float


def collect(
    versions: Sequence[Version], files: Files, sizes: Sizes, sde: Path | None = None
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
    """
    began = time.perf_counter()
    cases = small_case(), project_case(files)
    notes = [] if sde is None else [sde_words(sde)]
    # First, so that the single run is what a session begins with: code of its own comes with the
    # many runs below.
    jacobian = {case.label: jacobian_cost(case, 2 * sizes.repeat) for case in cases}
    return Results(
        *cases,
        kernels=told("kernels", lambda: kernel_figures(versions, files, sizes)),
        sweeps=told("sweeps", lambda: sweep_figures(versions, files, sizes)),
        starts=told("start", lambda: start_costs(versions, sizes.rounds)),
        engines={case.label: _engines(case, sizes, sde, notes) for case in cases},
        jacobian=jacobian,
        notes=tuple(notes),
        seconds=time.perf_counter() - began,
    )


def _engines(case: Case, sizes: Sizes, sde: Path | None, notes: list[str]) -> Taken:
    """One run on every engine, or why there is no figure."""
    large = len(case.system.owners) > MANY
    taken: Taken = {}

    def measure(label: str, work: Callable[[], Cost | str]) -> None:
        taken[label] = told(f"{case.label}: {label}", work)

    if sizes.pysd or not large:
        measure(SUBSCRIPTED, lambda: pysd_cost(case, flat=False, repeat=1, in_part=large))
        measure(FLAT, lambda: pysd_cost(case, flat=True, repeat=1 if large else 3))
    measure(SIMLIN, lambda: _if_it_can(lambda: simlin_cost(case, 10 * sizes.repeat)))
    for label, one in sde_costs(case, sde, 10 * sizes.repeat).items():
        taken[label] = one.cost
        notes.append(f"{label}, {case.label}: {one.words()}")
    numpy, rounds = Batch(1, "numpy"), 1 if large else sizes.repeat
    measure(NUMPY, lambda: batch_cost(case, numpy, sizes.batch, rounds))
    measure(LLVM, lambda: batch_cost(case, Batch(1), sizes.batch, sizes.repeat))
    measure(LLVM_2, lambda: batch_cost(case, Batch(2), sizes.batch, sizes.repeat))
    return taken


def _if_it_can(measure: Callable[[], Cost]) -> Cost | str:
    try:
        return measure()
    except ImportError:
        return "not installed"
    except RuntimeError as error:
        # Our models keep changing, and the other engine's own word is what is wanted here.
        return f"does not run it: {str(error).splitlines()[0][:80]}"
