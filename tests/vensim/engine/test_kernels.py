"""The compiled kernels: cheaper operations, orders and places that change no bit of a result."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from buildout.vensim import engine
from buildout.vensim.engine.backends.llvm import machine, streams, strength
from buildout.vensim.engine.ir.expressions import references
from buildout.vensim.engine.ir.schedule import schedule, update_of
from buildout.vensim.engine.request import request

EVERY = ("cycle", "decay", "delays", "events", "lookups", "memory", "pipe", "smooths", "subscripts")


def bits(run):
    """Values as integers, all NaN alike."""
    return np.where(np.isnan(run.values), np.nan, run.values).view(np.int64)


# -- what is computed once for a run --------------------

SPECIAL = [0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, -1.0, 3.0, 1 / 3, 5e-324, 1e-310, 2.0**-1022]
SPECIAL += [2.0**-901, 2.0**-900, 2.0**900, 2.0**901, 1.7976931348623157e308, -1e-310, 49.0, 0.1]


def quotients(write, x, divisor):
    """x / divisor, with x moving and the divisor alike all through a run."""
    system = engine.load(write("x = INTEG(0, start)", "start = 1", "y = x / life", "life = 2"))
    return engine.Batch().run(system, {"start": x, "life": divisor}, ["y"], times=[0])["y"][0]


def test_a_division_by_what_a_run_keeps_is_rounded_as_a_division(write):
    rng = np.random.default_rng(5)
    size = rng.uniform(-120, 120, (2, 60_000))
    x, divisor = rng.uniform(1, 10, size.shape) * 10.0**size * rng.choice([-1, 1], size.shape)
    x[:20_000] = np.round(x[:20_000] / 10.0 ** size[0, :20_000] * 1000)
    divisor[:20_000] = rng.integers(1, 1000, 20_000)
    # Quotients as near to the middle between two numbers as there are.
    divisor[20_000:40_000] = 1 + rng.integers(1, 2**52, 20_000) * 2.0**-52
    x[20_000:40_000] = divisor[20_000:40_000] * (1 + rng.integers(1, 2**52, 20_000) * 2.0**-52)
    assert (quotients(write, x, divisor) == x / divisor).all()
    assert (quotients(write, divisor, divisor) == 1).all()


@pytest.mark.slow
def test_divisions_of_and_by_numbers_that_are_none_are_those_of_a_division(write):
    x, divisor = (
        np.array(column) for column in zip(*itertools.product(SPECIAL, SPECIAL), strict=True)
    )
    with np.errstate(all="ignore"):
        expected = x / divisor
    np.testing.assert_array_equal(quotients(write, x, divisor), expected)
    # One divisor for all runs goes in as a number, and one in the file may be part of the code.
    for value in SPECIAL:
        with np.errstate(all="ignore"):
            expected = np.array(SPECIAL) / value
        np.testing.assert_array_equal(quotients(write, SPECIAL, value), expected)


@pytest.mark.parametrize("value", [3.0, -0.1, 7e100, 4.0, 2.0**-900, 2.0**900, 1 / 49])
def test_a_reciprocal_in_two_numbers_is_exact_and_of_one_sign(value):
    high, rest = strength.reciprocal(value)
    assert abs(high) <= abs(1 / value)
    assert np.sign(high) == np.sign(rest) != 0
    assert abs(rest) < abs(np.spacing(high)) * 1.01


def test_literal_divisors_are_rounded_as_divisions_too(write):
    rng = np.random.default_rng(6)
    x = rng.uniform(-1e6, 1e6, 5000)
    numbers = [3, 7, 49, 0.1, 1e-300, 365.25, 1e300]
    lines = [f"y{place} = x / {value!r}" for place, value in enumerate(numbers)]
    system = engine.load(write("x = INTEG(0, start)", "start = 1", *lines))
    run = engine.Batch().run(system, {"start": x}, times=[0])
    for place, value in enumerate(numbers):
        assert (run[f"y{place}"][0] == x / value).all(), value


def test_powers_are_those_of_the_library_however_large_and_whoever_is_beside_them(write):
    rng = np.random.default_rng(7)
    base = np.concatenate([rng.uniform(0, 3, 4000), [0, -1, -2, np.inf, np.nan, 5e-324, 1e300]])
    power = np.concatenate([rng.uniform(-900, 900, 4000), [2, 2, 0.5, 1, 1, 1.5, -20]])
    moves = "x = INTEG(0, base)", "y = INTEG(0, power)"
    values = "moved = x ^ power", "kept = base ^ y", "base = 1", "power = 1"
    system = engine.load(write(*moves, *values))
    run = engine.Batch().run(system, {"base": base, "power": power}, times=[0])
    np.testing.assert_array_equal(run["kept"], run["moved"])
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(run["kept"][0], base**power, rtol=1e-15)
    # A neighbour that goes to the library moves nothing.
    for k in range(3980, 4000):
        given = {"base": base[k], "power": power[k]}
        alone = engine.Batch().run(system, given, ["kept"], times=[0])
        assert alone["kept"][0, 0] == run["kept"][0, k]


# -- code of its own for many runs --------------------


@pytest.fixture
def at_once(monkeypatch):
    """Make code for a request the first time it is met."""
    monkeypatch.setattr(machine, "LOOKED_FOR", 0)
    monkeypatch.setattr(machine, "MADE", 0)


@pytest.mark.quick_for("smooths", "subscripts")
@pytest.mark.parametrize("name", EVERY)
def test_code_of_its_own_gives_the_same_bits(name, load, at_once):
    system = load(name)
    drawn = {
        scalar: value * np.random.default_rng(8).uniform(0.5, 1.5, 37)
        for scalar, value in list(system.constants.items())[::2]
        if system.variables[system.owners[scalar]].kind == "constant"
    }
    for outputs in (None, [list(system.owners)[-1]], list(system.states)[:1] or None):
        asked = request(system, drawn, outputs)
        general = machine._run(machine.machine(system), asked, 1)
        own = machine.run_llvm(system, asked, 1)
        assert (bits(own) == bits(general)).all()
        assert (own.status == general.status).all()


@pytest.mark.slow
def test_what_is_not_varied_goes_into_code_of_its_own_with_every_bit(write, at_once):
    names = ("EXP", "LN", "SIN", "COS", "TAN", "ARCSIN", "ARCCOS", "ARCTAN", "SINH", "COSH", "TANH")
    values = np.random.default_rng(10).uniform(0.05, 0.95, 12)
    lines = [f"{name} {k} = {name}(c{k}) * x" for name in names for k in range(len(values))]
    lines += [f"power {k} = c{k} ^ 1.37 + x ^ c{k} + (c{k} + x) ^ two" for k in range(len(values))]
    lines += [f"c{k} = {value!r}" for k, value in enumerate(values.tolist())]
    lines += ["two = 2", "none = 0", "x = INTEG(0, start)", "start = 1"]
    lines += ["high = 1 / MAX(x, none)", "low = 1 / MIN(x, none)", "least = MIN(none, x)"]
    system = engine.load(write(*lines))
    asked = request(system, {"start": np.array([0.7, -0.0, 0.0, np.nan, 2.0])}, times=[0])
    general = machine._run(machine.machine(system), asked, 1)
    own = machine.run_llvm(system, asked, 1)
    assert (bits(own) == bits(general)).all()


def test_code_of_its_own_takes_over_after_many_runs_and_changes_nothing(load, monkeypatch):
    system = load("decay")
    drawn = {"life": np.random.default_rng(9).uniform(1, 20, 16)}
    asked = request(system, drawn, ["tank"])
    first = engine.Batch().run(system, drawn, ["tank"])
    assert machine.suited(system, asked) is machine.machine(system)
    monkeypatch.setattr(machine, "MADE", 1)
    monkeypatch.setattr(machine, "LOOKED_FOR", 1)
    own = machine.suited(system, asked)
    assert own is machine.machine(system, ("tank",), ("life",))
    assert set(own.kernel.outputs) == {"tank"}
    assert (engine.Batch().run(system, drawn, ["tank"]).values == first.values).all()


@pytest.mark.quick_for("without FMA")
@pytest.mark.parametrize(
    "host", [("x86-64-v3", "+avx2,+fma"), ("x86-64", "")], ids=["without AVX-512", "without FMA"]
)
def test_older_processors_give_the_same_bits(host, write, monkeypatch):
    if not machine.llvm.get_process_triple().startswith("x86_64"):
        monkeypatch.setattr(machine, "_fuses", lambda: False)
    else:
        monkeypatch.setattr(machine, "host", lambda: host)
    equations = (
        "x = INTEG(EXP(-x) - x ^ 1.3 / life + LN(1 + x) / 7, start)",
        "life = 3",
        "start = 1",
    )
    drawn = {"start": np.linspace(0.1, 3, 50), "life": np.linspace(2, 5, 50)}
    system = engine.load(write(*equations))
    machine.machine.cache_clear()
    older = engine.Batch().run(system, drawn)
    monkeypatch.undo()
    machine.machine.cache_clear()
    newer = engine.Batch().run(system, drawn)
    assert (bits(older) == bits(newer)).all()
    assert not older.status.any()


# -- status --------------------


@pytest.mark.slow
@pytest.mark.parametrize("name", ["numpy", "llvm", "pysd"])
def test_a_status_judges_the_whole_model_whatever_is_asked_for(name, write, at_once):
    text = write("tank = INTEG(-drain, 1)", "drain = 0.25", "other = INTEG(tank, 0)")
    text += "grow = INTEG(grow ^ 2, seed) ~ ~ |\nseed = 0 ~ ~ |\n"
    system = engine.load(text.replace("\t~\t\n", "\t~\tm3 [0,?]\n", 1))
    drawn = {"drain": [0.25, 0.5, 0.25], "seed": [0, 0, 1e200]}
    runner = engine.Reference() if name == "pysd" else engine.Batch(backend=name)
    whole = runner.run(system, drawn)
    assert whole.status.tolist() == [0, 2, 1]
    for outputs in (["drain"], ["other"], ["tank"], ["grow"], ["seed"]):
        part = runner.run(system, drawn, outputs, times=[0])
        assert part.status.tolist() == [0, 2, 1], outputs


@pytest.mark.parametrize("runs", [1, 7, 8, 9, 31, 32, 33, 70])
def test_each_run_of_a_set_is_what_it_is_alone(runs, write):
    system = engine.load(
        write(
            "tank = INTEG(seen - tank / life, 1)",
            "seen = SAMPLE IF TRUE(tank > life, tank * 2, 3)",
            "late = DELAY FIXED(tank ^ 1.5, life, seen)",
            "smooth = SMOOTH3(late, life)",
            "life = 2",
            end=6,
        )
    )
    drawn = np.linspace(0.5, 4, runs)
    whole = engine.Batch().run(system, {"life": drawn})
    for place in {0, runs // 2, runs - 1}:
        alone = engine.Batch().run(system, {"life": drawn[place]})
        assert (bits(whole)[:, :, place] == bits(alone)[:, :, 0]).all()
        assert whole.status[place] == alone.status[0]


@pytest.mark.parametrize("name", EVERY)
def test_times_asked_for_change_neither_values_nor_status(name, load):
    system = load(name)
    whole = engine.Batch().run(system)
    for kept in ([0], [0, -1], [len(whole.times) // 2], [-1]):
        times = whole.times[kept]
        part = engine.Batch().run(system, times=times)
        places = np.searchsorted(whole.times, part.times)
        assert (bits(part) == bits(whole)[:, places]).all()
        assert (part.status == whole.status).all()


# -- orders and places --------------------


@pytest.mark.parametrize("name", EVERY)
def test_values_wait_in_places_of_their_own_and_states_move_last(name, load, monkeypatch):
    monkeypatch.setattr(streams, "LENGTH", 3)
    plan = schedule(load(name))
    code = [*plan.per_time, *plan.core, *plan.diagnostic]
    stream = streams.moving(plan, streams.ordered(code))
    assert sorted(name for name, _ in code) == sorted(
        name for name, _ in stream if name not in plan.states
    )
    pieces, size = streams.cut(stream, set(plan.states))
    made = {name for name, _ in code}
    memory: dict[int, str] = {}
    moved: set[str] = set()
    for piece in pieces:
        inside: set[str] = set()
        for entry, formula in piece.code:
            for read in references(formula):
                assert read not in moved, "a state is read after it moved"
                if read in made and read not in inside:
                    assert memory[piece.places[read]] == read
            inside.add(entry)
            if entry in plan.states:
                moved.add(entry)
            elif entry in piece.places:
                assert piece.places[entry] < size
                memory[piece.places[entry]] = entry
    kinds = dict(zip(plan.states, plan.kinds, strict=True))
    assert moved == {s for s, kind in kinds.items() if kind in ("flow", "sample")}
    assert all(update_of(state) in made for state in moved)


def test_an_order_keeps_few_values_waiting():
    # Two chains that do not touch: one after the other needs one place, in turns two.
    chain = [(f"a{k}", ("+", ("v", f"a{k - 1}"), ("v", "x"))) for k in range(1, 9)]
    other = [(f"b{k}", ("+", ("v", f"b{k - 1}"), ("v", "x"))) for k in range(1, 9)]
    mixed = [entry for pair in zip(chain, other, strict=True) for entry in pair]
    names = [name for name, _ in streams.ordered(mixed)]
    assert names == [f"a{k}" for k in range(1, 9)] + [f"b{k}" for k in range(1, 9)]


def test_runs_beyond_the_kernel_are_done_by_another(write):
    system = engine.load(write("x = INTEG(x / life, 1e-305)", "life = 2"))
    life = np.array([2, 1e-310, 3, 1e305, 4.0])
    whole = machine.run_llvm(system, request(system, {"life": life}), 1)
    assert machine.UNDONE not in whole.status
    reference = engine.Batch(backend="numpy").run(system, {"life": life})
    np.testing.assert_array_equal(whole.values, reference.values)
    assert (whole.status == reference.status).all()
    asked = replace(request(system, {"life": life}), runs=5)
    assert (machine._run(machine.machine(system), asked, 1).status == [0, 127, 0, 127, 0]).all()
