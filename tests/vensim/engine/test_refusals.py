"""What the engine cannot do exactly it refuses, naming the variable, the function and a way out."""

import pytest

from buildout.errors import BuildoutError, InputError, UnsupportedError
from buildout.vensim import engine
from buildout.vensim.engine.frontend.functions import REFUSED

RANGE = "line: a, b\n\t~\t\n\t~\t|\n\n"

# Equation of `x`: what the message names beside `x`.
CASES = {
    "RANDOM GAMMA(0, 1, 0.5, 0, 1, 5)": "`RANDOM GAMMA`",
    "RANDOM POISSON(500, 999, 0.5, 0, 1, 5)": "`RANDOM POISSON`",
    "RANDOM UNIFORM(0, 1)": "`RANDOM UNIFORM`",
    "GET TIME VALUE(0, 0, 1)": "`GET TIME VALUE`",
    "DELAY N(Time, 2, 0, 2.5)": "order of 2.5",
    "DELAY N(Time, 2, 0, Time)": "order",
    "MY FUNCTION(Time)": "`MY FUNCTION`",
    "A FUNCTION OF(Time)": "`A FUNCTION OF`",
    "(Time > 2) * 3": "IF THEN ELSE",
    "MAX(Time > 2, 0)": "IF THEN ELSE",
    "Time > 2": "IF THEN ELSE",
    "IF THEN ELSE(Time > 1 :AND: Time < 2 :OR: Time = 3, 1, 0)": "parentheses",
    "(-2)^2": "`^`",
    "-2^2": "`^`",
    "(-2)^Time": "`^`",
    "SMOOTH N(Time, 2, 0, 1.5)": "order of 1.5",
    "SMOOTH N(Time, 2, 0, Time)": "order",
    "STEP(1)": "`STEP`",
    "missing thing + 1": "`missing_thing`",
    "SUM(y[line])": "`!`",
    "SUM(Time)": "`!`",
    "y[line]": "left side",
    "y": "subscripts",
    "y[a, b]": "subscripts",
    "VECTOR SORT ORDER(y[line], 1)": "left side",
    "VECTOR RANK(y[line], 1)": "`VECTOR RANK`",
    "VECTOR SELECT(y[line!], y[line!], 0, 11, 0)": "`VECTOR SELECT` the actions 11 and 0",
    "VECTOR SELECT(y[line!], y[line!], 0, y[a], 0)": "`VECTOR SELECT` an order, or a bound",
    "VECTOR SELECT(y[line!], y[line!], 0)": "`VECTOR SELECT` 3 arguments",
    "VECTOR SELECT(y[a], y[b], 0, 0, 0)": "`!`",
    "VECTOR LOOKUP(y[a], 1, 0, 2, 5)": "`VECTOR LOOKUP` the mode 5",
    "VECTOR LOOKUP(y[b], 1, 0, 2, 0)": "first element",
    "VECTOR ELM MAP(y[a] * 1, 1)": "not an element of a variable",
    "DELAY MATERIAL(1, Time, 0, 0)": "`DELAY MATERIAL` a delay time that changes",
    "DELAY INFORMATION(1, 1 + STEP(1, 1), 0)": "`DELAY INFORMATION` a delay time that changes",
    "SINTEG(1, 0, 0, 9, 1, :NA:, :NA:)": "`SINTEG` a quantum",
    "ALLOCATE BY PRIORITY(y[line], y[line], 2, 1, 3)": "`ALLOCATE BY PRIORITY`",
    "table": "lookup",
    "table[a](1)": "lookup",
    "ELMCOUNT(y)": "`ELMCOUNT`",
}


def refused(write, *equations, **controls) -> str:
    with pytest.raises(UnsupportedError) as caught:
        engine.load(write(*equations, before=RANGE, **controls))
    return str(caught.value)


@pytest.mark.parametrize("equation", CASES)
def test_a_refusal_names_the_variable_the_function_and_a_way_out(equation, write):
    message = refused(write, f"x = {equation}", "y[line] = 1, 2", "table((0,1),(1,2))")
    assert message.startswith("Line 6: ")
    assert "`x`" in message
    assert CASES[equation] in message


def test_every_function_refused_by_name_offers_a_way_out():
    assert all(cure.endswith(".") and len(cure) > 15 for cure in REFUSED.values())


def test_a_refusal_inside_an_element_names_the_element(write):
    assert "`z[b]`" in refused(write, "z[a] = 1", "z[b] = RANDOM GAMMA(1)")


def test_simultaneous_equations_are_refused_with_their_circle(write):
    message = refused(write, "x = y + 1", "y = z * 2", "z = x / 3")
    assert "`x` <- `y` <- `z` <- `x`" in message
    assert "INTEG" in message


def test_initial_values_in_a_circle_are_refused(write):
    message = refused(write, "x = INTEG(1, y)", "y = INTEG(1, x)")
    assert "initial values" in message


TWICE = ":MACRO: TWICE(x)\nTWICE = 2 * x\n\t~\t\n\t~\t|\n:END OF MACRO:\n"


@pytest.mark.parametrize(
    ("call", "problem"),
    [("TWICE(Time, 2)", "2 arguments"), ("TWICE()", "0 arguments")],
)
def test_a_macro_that_cannot_be_written_out_is_refused_by_name_and_line(call, problem, write):
    with pytest.raises(UnsupportedError, match=rf"Line 7: `y` calls the macro `twice`.*{problem}"):
        engine.load(write(f"y = {call}", before=TWICE))


def test_a_macro_that_calls_itself_is_refused(write):
    again = TWICE.replace("2 * x", "2 * TWICE(x)")
    with pytest.raises(UnsupportedError, match=r"macro `twice`.*calls itself"):
        engine.load(write("y = TWICE(Time)", before=again))


@pytest.mark.parametrize("equation", ["x := y * 2", "x :INTERPOLATE:", "x"])
def test_data_variables_without_data_are_refused_with_their_line(equation, write):
    with pytest.raises(BuildoutError, match=r"Line 2: `x`.*data"):
        engine.load(write(equation, "y = Time"))


def test_every_refusal_of_an_equation_names_its_line(write):
    assert refused(write, "z = 1", "x = MY FUNCTION(z)").startswith("Line 10: `x` ")
    with pytest.raises(InputError, match=r"Line 6: `x` cannot be read"):
        engine.load(write("z = 1", "x = (1 + "))


@pytest.mark.parametrize("mapping", ["(place: p)", "(place: p, z)", "place"])
def test_mappings_that_do_not_pair_elements_in_order_are_refused(mapping, write):
    text = f"line: a, b -> {mapping}\n\t~\t\n\t~\t|\n\nplace: p, q, r\n\t~\t\n\t~\t|\n\n"
    with pytest.raises(UnsupportedError, match="mapping"):
        engine.load(write("x[line] = 1, 2", before=text))


def test_control_variables_must_be_numbers(write):
    assert "`TIME STEP`" in refused(write, "x = 1", step="1 / x")
    with pytest.raises(UnsupportedError, match="`FINAL TIME`"):
        engine.load("x = 1\n~~|\nINITIAL TIME = 0\n~~|\nTIME STEP = 1\n~~|\n")


def test_an_element_may_have_one_equation_only(write):
    assert "`z[a]`" in refused(write, "z[line] = 1", "z[a] = 2")


def test_an_element_without_an_equation_is_not_there_and_who_reads_it_is_told(write):
    system = engine.load(write("z[a] = 2", "y = z[a]", before=RANGE))
    assert engine.Batch().run(system).outputs == ("z[a]", "y")
    assert "`z[b]`" in refused(write, "z[a] = 2", "y = z[b]")
    assert "`z[line]`" in refused(write, "z[a] = 2", "y[line] = z[line]")


def test_elements_of_no_range_are_refused(write):
    assert "no subscript range holds" in refused(write, "z[q] = 2")


def test_names_that_are_the_same_in_python_are_refused(write):
    assert "`a b`" in refused(write, "a b = 1", '"a-b" = 2')


def test_a_table_needs_a_number_for_each_element(write):
    assert "3 numbers for 2 elements" in refused(write, "z[line] = 1, 2, 3")


@pytest.mark.parametrize("text", ["nothing at all\nin here", "x = (1 + \n~~|\n", "x ~ = 1 |\n\n"])
def test_what_is_no_model_is_told_so(text, write):
    with pytest.raises((InputError, UnsupportedError)):
        engine.load(text)


def test_a_missing_file_is_told_so(tmp_path):
    with pytest.raises(InputError, match="Cannot read the model file"):
        engine.load(tmp_path / "none.mdl")
    binary = tmp_path / "binary.mdl"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="not UTF-8"):
        engine.load(binary)


def test_pysd_cannot_run_a_variable_that_uses_its_own_elements(write):
    system = engine.load(write("z[a] = 1 + Time", "z[b] = z[a] * 2", before=RANGE))
    assert engine.Batch().run(system, times=[1])["z[b]"][0, 0] == 4
    with pytest.raises(UnsupportedError, match="`z` <- `z`"):
        engine.Reference().run(system)


def test_hidden_states_are_out_of_pysds_reach(load):
    system = load("smooths")
    hidden = next(name for name in system.states if "#" in name)
    with pytest.raises(UnsupportedError, match="PySD"):
        engine.Reference().run(system, outputs=[hidden])


def test_a_pipe_has_no_initial_state(load):
    with pytest.raises(UnsupportedError, match="DELAY FIXED"):
        engine.Batch().run(load("pipe"), initial_state={"later#1pipe": 3})
