"""What goes into an engine: names, shapes, times; what comes out: arrays and a status per run."""

import numpy as np
import pytest

from buildout.errors import InputError, UnknownNameError, UnsupportedError
from buildout.vensim import engine

BATCHES = [engine.Batch(backend="llvm"), engine.Batch(backend="numpy")]
BOTH = pytest.mark.parametrize("batch", BATCHES, ids=lambda batch: batch.backend)


@BOTH
def test_parameters_answer_to_either_spelling_and_to_parts_of_ranges(batch, load):
    system = load("subscripts")
    given = {
        "Capacity": 1,
        "capacity[south, works]": 2,
        "capacity[north,mine]": [5, 6],
        "PRICE[mill]": 7,
    }
    run = batch.run(system, given, ["capacity", "price"], times=[0])
    assert run.outputs[:2] == ("capacity[north,mine]", "capacity[north,mill]")
    assert run["capacity[north,mine]"].tolist() == [[5, 6]]
    assert run["capacity[south,mine]"].tolist() == [[1, 1]]
    assert run["capacity[south,smelter]"].tolist() == [[2, 2]]
    assert run["price[mill]"].tolist() == [[7, 7]]
    assert run["price[mine]"].tolist() == [[10, 10]]


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("capcity", "`capacity`"),
        ("capacity[north,min]", "capacity"),
        ("capacity[north]", "capacity"),
        ("revenue", "constant"),
        ("store", "constant"),
        ("time step", "Unknown"),
    ],
)
def test_an_unknown_parameter_offers_the_nearest(name, nearest, load):
    with pytest.raises(UnknownNameError, match="Unknown") as caught:
        engine.Batch().run(load("subscripts"), {name: 1})
    assert nearest in str(caught.value)


def test_unknown_outputs_states_and_controls_offer_the_nearest(load):
    system = load("subscripts")
    with pytest.raises(UnknownNameError, match="`revenue`"):
        engine.Batch().run(system, outputs=["revenues"])
    with pytest.raises(UnknownNameError, match="`store`"):
        engine.Batch().run(system, initial_state={"stores": 1})
    with pytest.raises(UnknownNameError, match="time_step"):
        engine.Batch().run(system, controls={"time stop": 1})
    with pytest.raises(UnknownNameError, match="output"):
        engine.Batch().run(system, outputs=["total"])["revenue"]


def test_values_have_one_number_or_one_per_run(load):
    system = load("decay")
    with pytest.raises(InputError, match="2 and 3 runs"):
        engine.Batch().run(system, {"life": [1, 2], "initial volume": [1, 2, 3]})
    with pytest.raises(InputError, match="shape"):
        engine.Batch().run(system, {"life": np.ones((2, 2))})
    with pytest.raises(InputError, match="shape"):
        engine.Batch().run(system, {"life": []})


@pytest.mark.parametrize("batch", [*BATCHES, engine.Reference()], ids=["llvm", "numpy", "pysd"])
def test_times_are_those_asked_for(batch, load):
    system = load("decay")
    run = batch.run(system, outputs=["tank"])
    assert run.times.tolist() == [0.5 * i for i in range(21)]
    some = batch.run(system, outputs=["tank"], times=[9.75, 0, 2.5])
    assert some.times.tolist() == [9.75, 0, 2.5]
    every = batch.run(system, outputs=["tank"], controls={"saveper": 0.25})
    assert (some["tank"] == every["tank"][[39, 0, 10]]).all()


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"times": [0.1]}, "not one of the time steps"),
        ({"times": [11]}, "not one of the time steps"),
        ({"controls": {"time_step": 0}}, "greater than zero"),
        ({"controls": {"saveper": -1}}, "greater than zero"),
        ({"controls": {"final_time": -1}}, "before"),
        ({"controls": {"final_time": np.nan}}, "final_time"),
    ],
)
def test_impossible_times_are_refused(request_, message, load):
    with pytest.raises(InputError, match=message):
        engine.Batch().run(load("decay"), **request_)


@pytest.mark.parametrize("step", [0.1, 0.3, 1 / 3, 0.7])
def test_steps_that_do_not_fit_the_grid_end_as_pysd_ends(step, load, agree):
    run = agree(load("decay"), controls={"time_step": step, "saveper": step, "final_time": 2})
    assert len(run.times) == int(np.ceil(2 / step - 1e-5)) + 1


@BOTH
def test_results_do_not_depend_on_threads_blocks_or_neighbours(batch, load):
    system = load("cycle")
    drawn = np.random.default_rng(1).uniform(1, 20, 501)
    whole = batch.run(system, initial_state=None, parameters=None, outputs=["prey"])
    assert whole.values.shape == (1, 9, 1)
    system = load("decay")
    expected = batch.run(system, {"life": drawn}).values
    for threads, block in ((1, 7), (2, 64), (5, 1000)):
        again = engine.Batch(threads=threads, block=block, backend=batch.backend)
        assert (again.run(system, {"life": drawn}).values == expected).all()
    alone = batch.run(system, {"life": drawn[123]}).values
    assert (alone[:, :, 0] == expected[:, :, 123]).all()


def test_other_values_use_the_same_machine_code(load, monkeypatch):
    from buildout.vensim.engine.backends.llvm import machine

    system = load("decay")
    engine.Batch().run(system)
    monkeypatch.setattr(machine, "Machine", None)  # compiling anew would fail
    engine.Batch().run(system, {"life": [1, 2]}, ["tank"], controls={"time_step": 0.125})


@BOTH
def test_a_stock_below_its_declared_floor_is_told_apart(batch, load, write, agree):
    equations = ("tank = INTEG(-drain, 1)", "drain = 0.25")
    text = write(*equations).replace("\t~\t\n", "\t~\tm3 [0,?]\n", 1)
    system = engine.load(text)
    run = agree(system, {"drain": [0.25, 0.2500001, 0.5, np.nan]})
    assert [engine.STATUS[s] for s in run.status] == ["ok", "ok", "negative_stock", "non_finite"]
    # Without a declared floor a stock may be negative.
    assert agree(engine.load(write(*equations)), {"drain": 1}).status.tolist() == [0]


def test_a_dip_between_saved_times_counts(write, agree):
    text = write("tank = INTEG(COS(4 * Time) * 4, 0.1)", step=0.125, save=1)
    run = agree(engine.load(text.replace("\t~\t\n", "\t~\tm3 [0,?]\n", 1)))
    assert (run["tank"] > 0).sum() >= 1
    assert run.status.tolist() == [2]


def test_backends_threads_and_blocks_must_make_sense():
    for wrong in ({"backend": "fortran"}, {"threads": 0}, {"block": 0}):
        with pytest.raises(InputError):
            engine.Batch(**wrong)


def test_a_plan_leaves_out_what_neither_outputs_nor_states_need(load, write):
    system = engine.load(
        write("tank = INTEG(-tank, 1)", "other = INTEG(tank * 2, 0)", "report = tank * other")
    )
    whole, part = engine.schedule(system), engine.schedule(system, outputs=["tank"])
    assert [name for name, _ in whole.diagnostic] == ["report"]
    assert part.diagnostic == []
    # The status of a run judges all states, whatever is asked for.
    assert part.states == whole.states == ("tank", "other")
    system = load("subscripts")
    fixed = engine.schedule(system, parameters=[], outputs=["total"])
    assert fixed.outputs["total"] == ("c", 5.0)
    assert "time_step" in fixed.parameters


def test_an_initial_state_replaces_that_of_the_model(load, agree):
    run = agree(load("cycle"), initial_state={"prey": [5.0, 7.0], "predators": 2})
    assert run["prey"][0].tolist() == [5, 7]
    assert run["predators"][0].tolist() == [2, 2]


def test_what_starts_from_a_replaced_stock_starts_from_its_new_value(write, agree):
    system = engine.load(write("a = INTEG(1, 3)", "b = INTEG(2, 2 * a)", "c = SMOOTH(a, 2)"))
    run = agree(system, initial_state={"a": 10})
    assert [run[name][0, 0] for name in "abc"] == [10, 20, 10]


def test_pysd_takes_all_elements_of_a_stock_or_none(load):
    with pytest.raises(UnsupportedError, match="some elements of `store`"):
        engine.Reference().run(load("subscripts"), initial_state={"store[north,mine]": 1})
