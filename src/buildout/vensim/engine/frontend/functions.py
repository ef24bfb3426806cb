"""The Vensim functions: one entry each, built from the operators of `expressions`.

To add a function, add an entry to `FUNCTIONS`: its Vensim name, the kinds of its arguments
("n" a number, "c" a condition, "l" a number written out), and how it is built. What it remembers
between time steps is asked of the `Scope`. If it needs a new operator, that is added to
`expressions.OPERATORS` and to the two emitters. Its test goes to
tests/vensim/engine/test_functions.py.

Where Vensim's manual leaves a detail open, PySD's reading is followed, as it is our oracle; where
PySD departs from the manual, `pysd_copy` gives it the formula from here.
"""

from collections.abc import Callable
from dataclasses import dataclass

from buildout.vensim.engine.frontend import noise
from buildout.vensim.engine.frontend.scope import Rate, Scope
from buildout.vensim.engine.ir.expressions import (
    NOT_AVAILABLE,
    ONE,
    SMALL,
    TIME,
    ZERO,
    Expression,
    constant,
    variable,
)
from buildout.vensim.engine.price import MOST_ORDER

TIME_STEP = variable("time_step")
_TINY = constant(SMALL)
_HALF_A_STEP_ON = ("+", TIME, ("/", TIME_STEP, constant(2)))


@dataclass(frozen=True)
class Function:
    """A Vensim function.

    Attributes
    ----------
    name : str
        As in Vensim.
    arguments : str
        One letter per argument: "n" number, "c" condition, "l" number written out in the equation.
    build : callable
        Takes the scope and the lowered arguments, returns the expression.
    """

    name: str
    arguments: str
    build: Callable[..., Expression]


def both(first: Expression, second: Expression) -> Expression:
    return ("and", first, second)


def as_number(condition: Expression) -> Expression:
    return ("if", condition, ONE, ZERO)


def xidz(numerator: Expression, denominator: Expression, otherwise: Expression) -> Expression:
    """Division that gives something else where the denominator is as good as zero."""
    tiny = ("<", ("abs", denominator), _TINY)
    return ("if", tiny, otherwise, ("/", numerator, denominator))


def quantum(value: Expression, step: Expression) -> Expression:
    return ("if", ("<", step, _TINY), value, ("*", step, ("trunc", ("/", value, step))))


def step(height: Expression, start: Expression) -> Expression:
    # Half a time step early, so that rounding of the time cannot delay the step.
    return ("*", height, as_number((">", _HALF_A_STEP_ON, start)))


def ramp(slope: Expression, start: Expression, finish: Expression) -> Expression:
    begun = as_number((">", ("+", TIME, _TINY), start))
    return ("*", ("*", begun, slope), ("-", ("min", finish, TIME), start))


def pulse(start: Expression, width: Expression) -> Expression:
    # Vensim's manual: half a time step early, as for STEP; a width of zero is one time step.
    width = ("if", ("==", width, ZERO), TIME_STEP, width)
    begun = ("<", start, _HALF_A_STEP_ON)
    return as_number(both(begun, ("<", _HALF_A_STEP_ON, ("+", start, width))))


def pulse_train(
    start: Expression, width: Expression, interval: Expression, end: Expression
) -> Expression:
    # A pulse lasts a time step at least and may begin at the end; pulses that are longer than
    # what lies between them are one.
    width = ("max", width, TIME_STEP)
    ended = ("<", ("-", TIME, ("/", TIME_STEP, constant(2))), end)
    within = both(("<", start, _HALF_A_STEP_ON), ended)
    phase = ("mod", ("-", _HALF_A_STEP_ON, start), interval)
    return as_number(both(within, ("or", ("<", interval, width), ("<", phase, width))))


def smooth(
    scope: Scope, value: Expression, time: Expression, initial: Expression, order: Expression
) -> Expression:
    """`order` first-order information delays in a row, each with its share of the time."""
    for place in range(1, _order(order) + 1):
        value = scope.flow(f"smooth{place}", initial, _towards(value, order, time))
    return value


def _towards(goal: Expression, order: Expression, time: Expression) -> Rate:
    return lambda level: ("/", ("*", ("-", goal, level), order), time)


def material_delay(
    scope: Scope, inflow: Expression, time: Expression, initial: Expression, order: Expression
) -> Expression:
    """`order` first-order material delays in a row; each stock is held scaled by `order`."""
    scope.check_delay(_order(order), time)
    for place in range(1, _order(order) + 1):
        stock = scope.flow(f"delay{place}", ("*", initial, time), _through(inflow, order, time))
        inflow = ("/", stock, time)
    return inflow


def _through(inflow: Expression, order: Expression, time: Expression) -> Rate:
    return lambda level: ("*", ("-", inflow, ("/", level, time)), order)


def delay_n(
    scope: Scope, inflow: Expression, time: Expression, initial: Expression, order: Expression
) -> Expression:
    """A material delay whose stages hand on their delay times with what they hold.

    The first stage has the delay time of now, each other that which the stage before it had a step
    ago, and what leaves is measured by the delay time of a step ago (PySD's reading; the manual
    says that the output depends on earlier delay times only). With a constant one this is
    `material_delay`.
    """
    scope.check_delay(_order(order), time)
    before = scope.remember("sample", "time1", time, time)
    held, following = time, before
    for place in range(1, _order(order) + 1):
        stock = scope.flow(f"delay{place}", ("*", initial, time), _through(inflow, order, held))
        inflow, held = ("/", stock, held), following
        following = scope.remember("sample", f"time{place + 1}", time, held)
    return ("/", stock, before)


def _order(order: Expression) -> int:
    value = order[1]
    if value != int(value) or value < 1:
        raise ValueError(f"an order of {value:g}, but orders are 1, 2, 3 ...")
    if value > MOST_ORDER:
        raise ValueError(f"an order of {value:g}, but {MOST_ORDER} is the highest")
    return int(value)


def delay_fixed(
    scope: Scope, value: Expression, time: Expression, initial: Expression
) -> Expression:
    return scope.remember("fixed", "pipe", initial, value, time)


def delay_material(
    scope: Scope, inflow: Expression, time: Expression, initial: Expression, missing: Expression
) -> Expression:
    """DELAY FIXED, as which the manual describes it while its delay time stays the same.

    What is missing is asked for only where the delay time grows.
    """
    scope.steady("DELAY MATERIAL", time)
    return delay_fixed(scope, inflow, time, initial)


def delay_information(
    scope: Scope, value: Expression, time: Expression, initial: Expression
) -> Expression:
    """DELAY FIXED, or a value that is held from a step of its delay time to the end.

    The manual: what is there is held while the delay time grows. Where it is a STEP from zero, what
    comes before is a time step late, as in any state, and what comes after arrives later than the
    run ends, which is asked for as a delay that is long enough.
    """
    jump = _jump(time)
    if jump is None:
        scope.steady("DELAY INFORMATION", time)
        return delay_fixed(scope, value, time, initial)
    height, begun = jump
    scope.steady("DELAY INFORMATION", height)
    run = ("-", variable("final_time"), variable("initial_time"))
    scope.check_delay(1, ("+", TIME_STEP, ("-", height, run)))
    return scope.remember("sample", "held", initial, lambda held: ("if", begun, held, value))


def _jump(time: Expression) -> tuple[Expression, Expression] | None:
    """Height and condition of a STEP that is all of an expression."""
    is_step = time[0] == "*" and time[2][0] == "if" and time[2][2:] == (ONE, ZERO)
    if is_step and time[2][1][:2] == (">", _HALF_A_STEP_ON):
        return time[1], time[2][1]
    return None


def bounded_integral(
    scope: Scope,
    rate: Expression,
    initial: Expression,
    low: Expression,
    high: Expression,
    multiple: Expression,
    special: Expression,
    near: Expression,
) -> Expression:
    """SINTEG with its bounds; the others of its numbers have to be `:NA:`."""
    if any(number != constant(NOT_AVAILABLE) for number in (multiple, special, near)):
        raise ValueError("a quantum or a special value, of which only `:NA:` is supported")

    def within(level: Expression) -> Expression:
        for bound, operator in ((low, "max"), (high, "min")):
            if bound != constant(NOT_AVAILABLE):
                level = (operator, level, bound)
        return level

    return scope.remember(
        "sample",
        "sinteg",
        within(initial),
        lambda level: within(("+", level, ("*", rate, TIME_STEP))),
    )


def npv(
    scope: Scope, stream: Expression, rate: Expression, initial: Expression, factor: Expression
) -> Expression:
    """The manual's equations: the factor of a step ago is not discounted by this one."""
    discount = scope.flow(
        "discount",
        ONE,
        lambda df: ("/", ("*", ("neg", df), rate), ("+", ONE, ("*", rate, TIME_STEP))),
    )
    sum_so_far = scope.flow("npv", initial, ("*", stream, discount))
    return ("*", ("+", sum_so_far, ("*", ("*", stream, TIME_STEP), discount)), factor)


def trend(scope: Scope, value: Expression, time: Expression, initial: Expression) -> Expression:
    start = ("/", value, ("+", ONE, ("*", initial, time)))
    average = scope.flow("average", start, lambda a: ("/", ("-", value, a), time))
    return xidz(("-", value, average), ("*", time, ("abs", average)), ZERO)


def forecast(
    scope: Scope,
    value: Expression,
    time: Expression,
    horizon: Expression,
    initial: Expression = ZERO,
) -> Expression:
    start = ("/", value, ("+", ONE, initial))
    average = scope.flow("average", start, lambda a: ("/", ("-", value, a), time))
    growth = xidz(("-", value, average), ("*", time, average), ZERO)
    return ("*", value, ("+", ONE, ("*", growth, horizon)))


def sample_if_true(
    scope: Scope, condition: Expression, value: Expression, initial: Expression
) -> Expression:
    def now(held: Expression) -> Expression:
        return ("if", condition, value, held)

    return now(scope.remember("sample", "sample", initial, now))


def initial_value(scope: Scope, value: Expression) -> Expression:
    return scope.remember("held", "initial", value, ZERO)


def _plain(operator: str) -> Callable[..., Expression]:
    return lambda scope, *arguments: (operator, *arguments)


def _formula(build: Callable[..., Expression]) -> Callable[..., Expression]:
    return lambda scope, *arguments: build(*arguments)


_LIST = [
    Function("ABS", "n", _plain("abs")),
    Function("EXP", "n", _plain("exp")),
    Function("LN", "n", _plain("log")),
    Function("LOG", "nn", _formula(lambda x, base: ("/", ("log", x), ("log", base)))),
    Function("SQRT", "n", _plain("sqrt")),
    Function("POWER", "nn", _plain("pow")),
    Function("SIN", "n", _plain("sin")),
    Function("COS", "n", _plain("cos")),
    Function("TAN", "n", _plain("tan")),
    Function("ARCSIN", "n", _plain("asin")),
    Function("ARCCOS", "n", _plain("acos")),
    Function("ARCTAN", "n", _plain("atan")),
    Function("SINH", "n", _plain("sinh")),
    Function("COSH", "n", _plain("cosh")),
    Function("TANH", "n", _plain("tanh")),
    Function("INTEGER", "n", _plain("trunc")),
    Function("MODULO", "nn", _formula(lambda x, m: ("-", x, quantum(x, m)))),
    Function("QUANTUM", "nn", _formula(quantum)),
    Function("MIN", "nn", _plain("min")),
    Function("MAX", "nn", _plain("max")),
    Function("IF THEN ELSE", "cnn", _plain("if")),
    Function("XIDZ", "nnn", _formula(xidz)),
    Function("ZIDZ", "nn", _formula(lambda a, b: xidz(a, b, ZERO))),
    Function("STEP", "nn", _formula(step)),
    Function("RAMP", "nnn", _formula(ramp)),
    Function("PULSE", "nn", _formula(pulse)),
    Function("RANDOM 0 1", "", noise.between_0_and_1),
    Function("RANDOM UNIFORM", "nnn", noise.uniform),
    Function("RANDOM NORMAL", "nnnnn", noise.normal),
    Function("RANDOM POISSON", "llnlln", noise.poisson),
    Function("RANDOM EXPONENTIAL", "nnnnn", noise.exponential),
    Function("PULSE TRAIN", "nnnn", _formula(pulse_train)),
    Function("GAME", "n", _formula(lambda x: x)),
    Function("INTEG", "nn", lambda scope, rate, start: scope.flow("integ", start, rate)),
    Function("SMOOTH N", "nnnl", smooth),
    Function("DELAY1 or DELAY3", "nnnl", material_delay),
    Function("DELAY N", "nnnl", delay_n),
    Function("DELAY FIXED", "nnn", delay_fixed),
    Function("DELAY MATERIAL", "nnnn", delay_material),
    Function("DELAY INFORMATION", "nnn", delay_information),
    Function("SINTEG", "nnlllll", bounded_integral),
    Function("NPV", "nnnn", npv),
    Function("TREND", "nnn", trend),
    Function("FORECAST", "nnnl", forecast),
    Function("SAMPLE IF TRUE", "cnn", sample_if_true),
    Function("INITIAL", "n", initial_value),
    Function("ACTIVE INITIAL", "nn", lambda scope, x, start: scope.at_start(x, start)),
]
FUNCTIONS = {function.name.lower().replace(" ", "_"): function for function in _LIST}

#: Functions over a subscript range: operator that joins the elements.
AGGREGATES = {"sum": "+", "prod": "*", "vmin": "min", "vmax": "max"}

_DRAW = "Make it from `RANDOM UNIFORM`, or draw it outside the model and pass it as a parameter."
_DATA = "Write the numbers into the model, as constants or as a lookup of `Time`."
_VECTOR = "Write the equation out for each element."
_MARKET = "Write the sharing rule out with `MIN`, `MAX` and `ZIDZ`."
#: What is refused although a modeller may expect it, with the way out.
REFUSED = {
    **dict.fromkeys(["random_beta", "random_binomial", "random_gamma", "random_lookup"], _DRAW),
    **dict.fromkeys(["random_negative_binomial", "random_triangular", "random_weibull"], _DRAW),
    **dict.fromkeys(["invert_matrix", "vector_sort_order", "vector_rank"], _VECTOR),
    **dict.fromkeys(["vector_reorder", "tabbed_array"], _VECTOR),
    **dict.fromkeys(["allocate_available", "allocate_by_priority"], _MARKET),
    **dict.fromkeys(["get_xls_data", "get_direct_data", "get_data_between_times"], _DATA),
    **dict.fromkeys(["get_xls_constants", "get_direct_constants", "get_xls_lookups"], _DATA),
    **dict.fromkeys(["get_direct_lookups", "get_xls_subscript", "get_direct_subscript"], _DATA),
    "get_time_value": "Compute it from `Time`.",
    "lookup_forward": "Call the lookup by its name.",
    "lookup_backward": "Call the lookup by its name.",
    "lookup_extrapolate": "Add points to the lookup, and call it by its name.",
    "a_function_of": "Give the variable an equation.",
}
