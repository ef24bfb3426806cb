"""Functions that PySD 3.14 has otherwise than Vensim's manual, as trees of others that it has."""

import math
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

#: Its classes come without types.
PysdTree: TypeAlias = Any


def _pulse(start: PysdTree, width: PysdTree) -> PysdTree:
    """Half a time step early, and a time step long where the width is zero."""
    step = _name("time_step")
    long = _choice(_logic("=", width, 0.0), step, width)
    begun = _logic("<", start, _half_a_step_on())
    ended = _logic("<", _half_a_step_on(), _sum("+", start, long))
    return _choice(_logic(":AND:", begun, ended), 1.0, 0.0)


def _pulse_train(start: PysdTree, interval: PysdTree, width: PysdTree, end: PysdTree) -> PysdTree:
    """As `functions.pulse_train`; PySD's parser hands the arguments over in this order."""
    step = _name("time_step")
    long = _choice(_logic("<", width, step), step, width)
    half = _sum("/", step, 2.0)
    within = _logic(
        ":AND:",
        _logic("<", start, _half_a_step_on()),
        _logic("<", _sum("-", _name("time"), half), end),
    )
    phase = _call("modulo", _sum("-", _half_a_step_on(), start), interval)
    # Not joined by `:OR:`: where pulses run into each other there is no phase.
    pulsing = _choice(_logic("<", interval, long), 1.0, _choice(_logic("<", phase, long), 1.0, 0.0))
    return _choice(within, pulsing, 0.0)


def _delay_material(
    inflow: PysdTree, time: PysdTree, initial: PysdTree, missing: PysdTree
) -> PysdTree:
    return _trees().DelayFixedStructure(inflow, time, initial)


def _delay_information(value: PysdTree, time: PysdTree, initial: PysdTree) -> PysdTree:
    """As `functions.delay_information`: a fixed delay, of what is held from a STEP on."""
    trees = _trees()
    if type(time).__name__ == "CallStructure" and time.function.reference == "step":
        before = _logic("<=", _half_a_step_on(), time.arguments[1])
        value, time = trees.SampleIfTrueStructure(before, value, initial), _name("time_step")
    return trees.DelayFixedStructure(value, time, initial)


def bounded_stock(
    name: str, inner: tuple[str, ...], rate: PysdTree, initial: PysdTree, *others: PysdTree
) -> PysdTree:
    """As `functions.bounded_integral`: the stock of that name, whose rate ends at its bounds."""
    trees, step = _trees(), _name("time_step")
    own = trees.ReferenceStructure(
        name, trees.SubscriptsReferenceStructure(inner) if inner else None
    )

    def within(level: PysdTree) -> PysdTree:
        for bound, function in zip(others[:2], ("max", "min"), strict=True):
            if not (isinstance(bound, float) and math.isnan(bound)):
                level = _call(function, level, bound)
        return level

    after = within(_sum("+", own, _sum("*", rate, step)))
    return trees.IntegStructure(_sum("/", _sum("-", after, own), step), within(initial))


def vector_lookup(
    values: Sequence[PysdTree], x: PysdTree, low: PysdTree, high: PysdTree
) -> PysdTree:
    """As `sums.looked_up` in its mode 0."""
    last = float(len(values) - 1)
    share = _sum("/", _sum("-", x, low), _sum("-", high, low))
    place = _call("min", _call("max", _sum("*", share, last), 0.0), last)

    def between(first: int) -> PysdTree:
        before, after = values[first : first + 2]
        slope = _sum("-", after, before)
        return _sum("+", before, _sum("*", slope, _sum("-", place, float(first))))

    result = between(len(values) - 2)
    for first in range(len(values) - 3, -1, -1):
        result = _choice(_logic("<", place, first + 1.0), between(first), result)
    return result


#: By PySD's name of the function: the tree that stands for a call with these arguments.
WRITTEN_OUT: dict[str, Callable[..., PysdTree]] = {
    "pulse": _pulse,
    "pulse_train": _pulse_train,
    "delay_material": _delay_material,
    "delay_information": _delay_information,
}


def _half_a_step_on() -> PysdTree:
    return _sum("+", _name("time"), _sum("/", _name("time_step"), 2.0))


def _name(name: str) -> PysdTree:
    return _trees().ReferenceStructure(name)


def _sum(operator: str, left: PysdTree, right: PysdTree) -> PysdTree:
    return _trees().ArithmeticStructure([operator], (left, right))


def _logic(operator: str, left: PysdTree, right: PysdTree) -> PysdTree:
    return _trees().LogicStructure([operator], (left, right))


def _choice(condition: PysdTree, met: PysdTree, otherwise: PysdTree) -> PysdTree:
    return _call("if_then_else", condition, met, otherwise)


def _call(function: str, *arguments: PysdTree) -> PysdTree:
    return _trees().CallStructure(_name(function), arguments)


def _trees() -> PysdTree:
    # Importing PySD takes a second.
    from pysd.translators.structures import abstract_expressions

    return abstract_expressions
