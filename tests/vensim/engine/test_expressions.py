"""Random expressions: both backends and the folding against a plain evaluation of every node."""

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from buildout.vensim import engine
from buildout.vensim.engine.backends.llvm import strength, vector_math
from buildout.vensim.engine.backends.llvm.vectors import LANES, Target
from buildout.vensim.engine.derivatives import tangents
from buildout.vensim.engine.ir.expressions import (
    ARITHMETIC,
    COMPARISONS,
    LEAVES,
    LOGIC,
    OPERATORS,
    evaluate,
    fold,
    interpolate,
    slope,
    walk,
)
from buildout.vensim.engine.ir.system import System, Variable

INPUTS = ("a", "b", "c")
UNARY = [op for op, ufunc in ARITHMETIC.items() if ufunc.nin == 1]
BINARY = [op for op, ufunc in ARITHMETIC.items() if ufunc.nin == 2]

numbers = st.one_of(
    st.sampled_from([-2.0, -1.0, -0.5, 0.0, 0.25, 0.5, 1.0, 2.0, 3.0, 10.0]),
    st.floats(-20, 20).map(lambda x: round(x, 3)),
)
tables = st.lists(
    st.tuples(st.integers(-8, 8), st.integers(-8, 8)),
    min_size=1,
    max_size=5,
    unique_by=lambda p: p[0],
).map(lambda points: tuple((float(x), float(y)) for x, y in sorted(points)))
leaves = st.one_of(
    st.tuples(st.just("c"), numbers),
    st.sampled_from([("v", name) for name in INPUTS]),
    st.just(("t",)),
)


def truths(inner):
    plain = st.tuples(st.sampled_from(sorted(COMPARISONS)), inner, inner)
    return st.one_of(
        plain,
        st.tuples(st.just("not"), plain),
        st.tuples(st.sampled_from(["and", "or"]), plain, plain),
    )


def larger(inner):
    return st.one_of(
        st.tuples(st.sampled_from(UNARY), inner),
        st.tuples(st.sampled_from(BINARY), inner, inner),
        st.tuples(st.just("if"), truths(inner), inner, inner),
        st.tuples(st.just("lookup"), tables, inner),
        st.tuples(st.just("slope"), tables, inner),
    )


expressions = st.recursive(leaves, larger, max_leaves=12)


def system_of(formulas: dict) -> System:
    """A system of auxiliaries alone, as no file could spell it."""
    names = dict.fromkeys(INPUTS, "constant") | dict.fromkeys(formulas, "auxiliary")
    return System(
        dims={},
        variables={
            name: Variable(name, name, (), "", "", (None, None), kind, "", {(): name})
            for name, kind in names.items()
        },
        controls={"initial_time": 1.5, "final_time": 2.5, "time_step": 1.0, "saveper": 1.0},
        saves_every_step=False,
        constants=dict.fromkeys(INPUTS, 1.0),
        equations=formulas,
        states={},
        at_start={},
        checks=(),
        text="",
        sha256=repr(formulas),
    )


@st.composite
def values(draw, size=8):
    return {name: np.array([draw(numbers) for _ in range(size)]) for name in INPUTS}


def close(a, b, largest):
    """Equal to rounding: relative to the value or to what it is a difference of."""
    with np.errstate(all="ignore"):
        near = np.abs(a - b) <= 1e-10 * np.maximum(np.abs(a), 1e-3 * largest)
    return near | (a == b) | (np.isnan(a) & np.isnan(b))


def steady(formula, inputs, time, value):
    """Where a change of the inputs in the last digits does not change the result visibly."""
    nudged = {name: x * (1 + 1e-12) for name, x in inputs.items()}
    moved = evaluate(formula, nudged, time * (1 + 1e-12)) + np.zeros(8)
    return close(value, moved, 0.0)


@pytest.mark.slow
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(st.lists(expressions, min_size=4, max_size=8), values())
@example(
    [
        ("min", ("v", "a"), ("sqrt", ("c", -2.0))),
        ("max", ("log", ("c", -1.0)), ("v", "b")),
        ("lookup", ((0.0, 3.0),), ("asin", ("t",))),
    ],
    {name: np.full(8, -2.0) for name in INPUTS},
)
def test_backends_give_what_plain_evaluation_gives(formulas, inputs):
    system = system_of({f"y{i}": formula for i, formula in enumerate(formulas)})
    runs = [engine.Batch(backend=b, threads=1).run(system, inputs) for b in ("numpy", "llvm")]
    for i, formula in enumerate(formulas):
        for place, time in enumerate((1.5, 2.5)):
            expected = evaluate(formula, inputs, time) + np.zeros(8)
            parts = [
                np.abs(evaluate(n, inputs, time)) + np.zeros(8)
                for n in walk(formula)
                if n[0] not in COMPARISONS and n[0] not in LOGIC
            ]
            largest = np.max([np.where(np.isfinite(p), p, 0) for p in parts], axis=0)
            sure = steady(formula, inputs, time, expected)
            for run in runs:
                found = run[f"y{i}"][place]
                assert (close(expected, found, largest) | ~sure).all(), (formula, inputs, time)


@pytest.mark.slow
@settings(max_examples=200)
@given(expressions, values())
def test_folding_changes_no_value(formula, inputs):
    before = evaluate(formula, inputs, 2.5) + np.zeros(8)
    after = evaluate(fold(formula), inputs, 2.5) + np.zeros(8)
    np.testing.assert_allclose(after, before, rtol=1e-14)


@pytest.mark.slow
@settings(max_examples=200)
@given(expressions)
def test_folding_leaves_nothing_to_fold(formula):
    once = fold(formula)
    assert fold(once) == once


@pytest.mark.slow
@settings(max_examples=300)
@given(expressions, st.integers(0, 2))
def test_derivatives_are_those_of_finite_differences(formula, which):
    """Central differences of two widths agree with each other and with the rule, off kinks."""
    base = {"a": 1.37, "b": 0.61, "c": 2.93}
    name = INPUTS[which]
    exact = evaluate(
        fold(tangents.derivative(formula, lambda n: ("c", float(n == name)))), base, 2.71
    )

    def difference(width):
        sides = [evaluate(formula, base | {name: base[name] + s * width}, 2.71) for s in (1, -1)]
        return (sides[0] - sides[1]) / (2 * width)

    with np.errstate(all="ignore"):
        coarse, fine = difference(1e-4), difference(1e-5)
    assume(np.isfinite([coarse, fine, exact]).all())
    assume(abs(coarse - fine) <= 1e-6 * max(abs(fine), 1))
    assert abs(exact - fine) <= 1e-4 * max(abs(fine), 1), formula


def test_every_operator_is_tried_compiled_and_differentiated():
    """A new operator fails here until the strategies and all tables know it."""
    tried = {*UNARY, *BINARY, *COMPARISONS, *LOGIC, "if"}
    assert tried == set(OPERATORS)
    assert set(tangents.RULES) == set(ARITHMETIC) | {"if"}
    assert set("cvt") == LEAVES
    rare = set(ARITHMETIC) - {"+", "-", "*", "/", "neg", "min", "max", "sqrt", "abs", "trunc"}
    for scales in (False, True):
        known = vector_math.vector_functions(Target(LANES, scales=scales))
        assert rare | strength.REDUCED == set(known)


def one_operator(op, *arguments):
    """An operator on many values through the compiler."""
    names = INPUTS[: len(arguments)]
    system = system_of({"y": (op, *(("v", name) for name in names))})
    run = engine.Batch().run(system, dict(zip(names, arguments, strict=True)), ["y"])
    return run["y"][0]


EDGES = np.array(
    [
        0.0,
        -0.0,
        1.0,
        -1.0,
        0.5,
        2.0,
        -2.0,
        3.0,
        1e-310,
        -1e-310,
        2.3e-308,
        1e-200,
        1e200,
        1.7e308,
        np.inf,
        -np.inf,
        np.nan,
        709.7,
        709.9,
        -745.0,
        -745.2,
        1e16,
        0.1,
        -0.1,
    ]
)


def ulps(found, expected):
    """Distance in units of the last place; zero for the same infinity or NaN."""
    with np.errstate(all="ignore"):
        space = np.spacing(np.abs(expected))
        apart = np.abs(found - expected) / np.where(np.isfinite(space), space, 1)
    same = (found == expected) | (np.isnan(found) & np.isnan(expected))
    return np.where(same, 0, apart)


@pytest.mark.parametrize("op", ["exp", "log"])
def test_exp_and_log_are_within_a_unit_in_the_last_place(op):
    rng = np.random.default_rng(5)
    spread = rng.uniform(-745, 710, 20_000) if op == "exp" else 10 ** rng.uniform(-320, 308, 20_000)
    x = np.concatenate([EDGES, spread, rng.uniform(0.5, 2, 20_000)])
    with np.errstate(all="ignore"):
        expected = getattr(np, op)(x)
    assert ulps(one_operator(op, x), expected).max() <= 2  # ours and NumPy's, 1 each


def test_powers_are_within_a_unit_in_the_last_place_and_whole_where_they_should_be():
    rng = np.random.default_rng(6)
    x, y = 10 ** rng.uniform(-30, 30, 20_000), rng.uniform(-10, 10, 20_000)
    grid = [edge.ravel() for edge in np.meshgrid(EDGES, EDGES)]
    whole = [part.ravel() for part in np.meshgrid(np.arange(1.0, 40), np.arange(1.0, 9))]
    x, y = np.r_[x, grid[0], whole[0]], np.r_[y, grid[1], whole[1]]
    expected = np.array([_library_pow(a, b) for a, b in zip(x, y, strict=True)])
    found = one_operator("pow", x, y)
    assert ulps(found, expected).max() <= 1
    assert (found[-len(whole[0]) :] == whole[0] ** whole[1]).all()


def _library_pow(x, y):
    try:
        return math.pow(x, y)
    except OverflowError:
        odd = y == int(y) and int(y) % 2 == 1
        return -math.inf if x < 0 and odd else math.inf
    except ValueError:
        # Python refuses what the C library answers: zero to a negative power, and NaN.
        if x == 0:
            odd = math.isfinite(y) and y == int(y) and abs(y) < 2**53 and int(y) % 2 == 1
            return math.copysign(math.inf, x) if odd else math.inf
        return math.nan


@pytest.mark.parametrize("op", ["min", "max", "+", "/", "mod"])
def test_numbers_beyond_numbers_go_through_as_in_numpy(op):
    a, b = (edge.ravel() for edge in np.meshgrid(EDGES, EDGES))
    with np.errstate(all="ignore"):
        expected = OPERATORS[op](a, b)
    assert ulps(one_operator(op, a, b), expected).max() <= (1 if op == "mod" else 0)


def test_a_remainder_of_zero_has_the_sign_of_the_divisor_in_every_backend():
    a, b = (edge.ravel() for edge in np.meshgrid(EDGES, EDGES))
    with np.errstate(all="ignore"):
        expected = np.mod(a, b)
    zero = expected == 0
    found = one_operator("mod", a, b)
    np.testing.assert_array_equal(np.signbit(found[zero]), np.signbit(expected[zero]))
    np.testing.assert_array_equal(found[zero], 0)


def test_slope_is_that_to_the_right_and_zero_outside():
    table = ((1.0, 2.0), (2.0, 6.0), (4.0, 5.0))
    x = np.array([0.0, 1.0, 1.5, 2.0, 3.9, 4.0, 9.0])
    assert slope(x, table).tolist() == [0, 4, 4, -0.5, -0.5, 0, 0]
    assert interpolate(x, table).tolist()[:3] == [2, 2, 4]
