"""Functions that PySD 3.14 has otherwise than Vensim's manual, as trees of others that it has."""

from collections.abc import Callable
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


#: By PySD's name of the function: the tree that stands for a call with these arguments.
WRITTEN_OUT: dict[str, Callable[..., PysdTree]] = {"pulse": _pulse, "pulse_train": _pulse_train}


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
