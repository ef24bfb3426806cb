"""The goals set for the engine, each with what was measured."""

from clocks import Cost
from collecting import FLAT, LLVM, LLVM_2, NUMPY, SIMLIN, SUBSCRIPTED, Results
from kernels import ALL, TEN, group_ns
from limit import limit_ns
from sweeping import Sweep

OURS = "ours"
#: What was wanted, as a limit from above (negative) or from below; what was measured, if it was.
Goal = tuple[str, float, float | None]


def goals(results: Results) -> list[Goal]:
    """In the order of what they are about."""
    return [*_sweep_goals(results), *_kernel_goals(results), *_engine_goals(results)]


def _other(results: Results) -> str | None:
    return next((label for label in results.kernels if label != OURS), None)


def _sweep_goals(results: Results) -> list[Goal]:
    both = results.sweeps[1]
    ours, theirs = both[OURS], both.get(_other(results) or "")
    size = f"{ours.draws:,} draws, whole process"
    project = results.engines[results.cases[1].label]
    simlin = project.get(SIMLIN)
    largest = next(
        iter(reversed([*results.sweeps, *filter(None, [results.long, results.million])]))
    )
    peak = largest[OURS].peak / 1e6
    return [
        (f"{size}, CPU ms of a draw under a pathway", -0.2, 1e3 * ours.each.cpu),
        (f"{size}, x pysimlin", 300, simlin.cpu / ours.each.cpu if isinstance(simlin, Cost)
         else None),
        (f"{size}, x 0.1", 3, theirs.each.cpu / ours.each.cpu if theirs else None),
        ("131,072 draws on two threads, time by the clock, x 0.1", -0.4, _long_ratio(results)),
        ("cost of a draw from the second size to the third, x from the first to the second", -1.1,
         _growth(results)),
        (f"peak memory of {largest[OURS].draws:,} draws, MB", -1000, peak),
    ]  # fmt: skip


def _long_ratio(results: Results) -> float | None:
    other = _other(results)
    if not results.long or other is None:
        return None
    return results.long[OURS].cost.wall / results.long[other].cost.wall


def _growth(results: Results) -> float | None:
    if len(results.sweeps) < 3:
        return None
    few, many, most = (sweeps[OURS] for sweeps in results.sweeps[:3])
    return _slope(many, most) / _slope(few, many)


def _slope(few: Sweep, many: Sweep) -> float:
    return (many.cost.cpu - few.cost.cpu) / (many.draws - few.draws)


def _kernel_goals(results: Results) -> list[Goal]:
    other = _other(results)
    ours = results.kernels[OURS]
    step = group_ns(ours[TEN].seconds, results.steps)
    x_other = same = None
    if other is not None:
        theirs = results.kernels[other][ALL]
        x_other = theirs.seconds / ours[ALL].seconds
        same = float((theirs.values, theirs.status) == (ours[ALL].values, ours[ALL].status))
    return [
        ("kernel, ten outcomes, x the limit of the machine", -2.5,
         step / limit_ns(results.needed, results.rates)),
        ("kernel, all outputs, x 0.1", 2, x_other),
        ("kernel, all outputs: the bytes of 0.1 (1 if so)", 1, same),
    ]  # fmt: skip


def _engine_goals(results: Results) -> list[Goal]:
    small, project = (results.engines[case.label] for case in results.cases)
    start = results.starts[OURS]
    jacobian = max(whole.cpu / single.cpu for single, whole in results.jacobian.values())
    other = _other(results)
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


def ratio(taken: dict, slow: str, fast: str) -> float | None:
    """How many times faster, in CPU time, where both were measured."""
    costs = taken.get(slow), taken.get(fast)
    if not all(isinstance(cost, Cost) for cost in costs):
        return None
    return costs[0].cpu / costs[1].cpu
