"""The goals set for the engine, each with what was measured."""

from clocks import OURS, Cost
from collecting import FLAT, LLVM, LLVM_2, NUMPY, SIMLIN, SUBSCRIPTED, Results, Taken
from kernels import ALL, TEN, group_ns
from sweeping import Sweep

#: Words; what was wanted, as a limit from above (negative) or from below; what was measured.
Goal = tuple[str, float, float | None]


def goals(results: Results) -> list[Goal]:
    """In the order of what they are about."""
    return [*_sweep_goals(results), *_kernel_goals(results), *_engine_goals(results)]


def other_version(results: Results) -> str | None:
    """The label of the version that ours is compared with."""
    return next((label for label in results.starts if label != OURS), None)


def _sweep_goals(results: Results) -> list[Goal]:
    sweeps, other = results.sweeps, other_version(results)
    ours = sweeps.sizes[1][OURS]
    simlin = results.engines[results.project.label].get(SIMLIN)
    x_simlin = simlin.cpu / ours.each.cpu if isinstance(simlin, Cost) else None
    x_other = sweeps.sizes[1][other].each.cpu / ours.each.cpu if other else None
    long = None
    if other and sweeps.long:
        long = sweeps.long[OURS].cost.wall / sweeps.long[other].cost.wall
    size = f"{ours.draws:,} draws, whole process"
    largest = max(
        (one for one in sweeps.every() if one.label == OURS and one.threads == 1),
        key=lambda one: one.draws,
    )
    return [
        (f"{size}, CPU ms of a draw under a pathway", -0.2, 1e3 * ours.each.cpu),
        (f"{largest.draws:,} draws, whole process, CPU ms of a draw under a pathway", -0.2,
         1e3 * largest.each.cpu),
        ("a further draw under a pathway, CPU ms", -0.2, 1e3 * sweeps.lines()[OURS].each),
        (f"{size}, x pysimlin", 300, x_simlin),
        (f"{size}, x 0.1", 3, x_other),
        ("131,072 draws on two threads, time by the clock, x 0.1", -0.4, long),
        ("cost of a draw from the second size to the third, x from the first to the second", -1.1,
         _growth([by_version[OURS] for by_version in sweeps.sizes])),
        (f"peak memory of {largest.draws:,} draws, MB", -1000, largest.peak / 1e6),
    ]  # fmt: skip


def _growth(sweeps: list[Sweep]) -> float | None:
    if len(sweeps) < 3:
        return None
    few, many, most = sweeps[:3]
    return _slope(many, most) / _slope(few, many)


def _slope(few: Sweep, many: Sweep) -> float:
    return (many.cost.cpu - few.cost.cpu) / (many.draws - few.draws)


def _kernel_goals(results: Results) -> list[Goal]:
    figures, other = results.kernels, other_version(results)
    ours = figures.kernels[OURS]
    step = group_ns(ours[TEN].seconds, figures.steps)
    x_other = same = None
    if other:
        theirs = figures.kernels[other][ALL]
        x_other = theirs.seconds / ours[ALL].seconds
        same = float((theirs.values, theirs.status) == (ours[ALL].values, ours[ALL].status))
    return [
        ("kernel, ten outcomes, x the limit of the machine", -2.5,
         step / figures.limit_of_ten(ours[TEN])),
        ("kernel, all outputs, x 0.1", 2, x_other),
        ("kernel, all outputs: the bytes of 0.1 (1 if so)", 1, same),
    ]  # fmt: skip


def _engine_goals(results: Results) -> list[Goal]:
    small, project = (results.engines[case.label] for case in (results.small, results.project))
    start, other = results.starts[OURS], other_version(results)
    jacobian = max(whole.cpu / single.cpu for single, whole in results.jacobian.values())
    again = start.again.cpu / results.starts[other].again.cpu if other else None
    return [
        ("LLVM, one thread, x PySD flat, small model", 20_000, ratio(small, FLAT, LLVM)),
        ("LLVM, one thread, x PySD flat, project's model", 20_000, ratio(project, FLAT, LLVM)),
        ("LLVM, one thread, x PySD subscripted, project's model", 100_000,
         ratio(project, SUBSCRIPTED, LLVM)),
        ("NumPy, x PySD flat, small model", 900, ratio(small, FLAT, NUMPY)),
        ("NumPy, x PySD flat, project's model", 900, ratio(project, FLAT, NUMPY)),
        ("Jacobian by ten parameters, single runs", -4, jacobian),
        ("two threads, x one, by the clock, project's model", 1.8,
         project[LLVM].wall / project[LLVM_2].wall),
        ("new process to the verdict's numbers, filled cache, s by the clock", -1.5,
         start.warm.wall),
        ("three pathways, all outputs, once more, s by the clock", -0.1, start.again.wall),
        ("the same, CPU, x 0.1", -0.5, again),
    ]  # fmt: skip


def ratio(taken: Taken, slow: str, fast: str) -> float | None:
    """How many times faster, in CPU time, where both were measured."""
    slower, faster = taken.get(slow), taken.get(fast)
    if not isinstance(slower, Cost) or not isinstance(faster, Cost):
        return None
    return slower.cpu / faster.cpu
