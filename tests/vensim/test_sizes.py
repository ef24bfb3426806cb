"""A model file that is short but means endless work is refused with its size, within a moment."""

import pytest

from buildout.errors import BuildoutError
from buildout.vensim import engine, parse, units
from buildout.vensim.syntax import nodes

CONTROL = """
INITIAL TIME = 0 ~ Year ~|
FINAL TIME = 2 ~ Year ~|
TIME STEP = 1 ~ Year ~|
SAVEPER = 1 ~ Year ~|
"""
LOADED = {
    "a range of names by number": ("r: (a1-a99999999) ~~|", "up to number 99999999.*300,000"),
    "a range of longer numbers": (f"r: (a1-a{'9' * 5000}) ~~|", "up to number 999"),
    "a square": ("r: (a1-a3000) ~~|\nx[r,r] = 1 ~m~|", "9,000,000"),
    "a cube": ("r: (a1-a100) ~~|\nx[r,r,r] = 1 ~m~|", "1,000,000"),
    "a sum of a square": (
        "r: (a1-a600) ~~|\nq: (b1-b600) ~~|\nx[r] = 1 ~m~|\ny[q] = 1 ~m~|\n"
        "z = SUM(x[r!] * y[q!]) ~m~|",
        "360,000 elements or terms of a sum in `z`",
    ),
    "a sum in a sum": (
        "r: (a1-a700) ~~|\nq: (b1-b700) ~~|\nx[r] = 1 ~m~|\ny[q] = 1 ~m~|\n"
        "z = SUM(x[r!] * SUM(y[q!])) ~m~|",
        "490,000 elements or terms",
    ),
    "an endless delay": ("y = SMOOTH N(Time, 2, 0, 1000000) ~~|", "1000 is the highest"),
    "a sum of literals": ("a = " + "+".join(["1"] * 2_000) + " ~m~|", "not made of numbers"),
    "brackets": ("a = " + "(" * 2000 + "1" + ")" * 2000 + " ~m~|", "nested too deeply"),
}


@pytest.mark.quick_for("a square", "a range of longer numbers")
@pytest.mark.parametrize(("text", "said"), LOADED.values(), ids=LOADED)
def test_a_model_that_would_swell_is_refused_when_it_is_loaded(text, said):
    with pytest.raises(BuildoutError, match=said):
        engine.load(text=text + CONTROL)


CHECKED = {
    "a list without its end": "a = WITH LOOKUP(Time, ( " + "(0,0) " * 60 + "x)) ~m~|",
    "a lookup without its end": "a = 1 + ( [(0,0)-(1,1)] " + "(0,0), " * 60 + "x) ~m~|",
    "powers of powers": "a = b ~ 9^9^9^9 ~|\nb = 1 ~m~|",
    "powers of powers as Python": "a = b ~ 9**9**9**9 ~|\nb = 1 ~m~|",
    "a power beyond reason": "a = b ~ 7^9999999 ~|\nb = 1 ~m~|",
    "a number beyond reason": f"a = b ~ {'9' * 5000}*m ~|\nb = 1 ~m~|",
    "a unit of many": "a = b ~ " + "m*" * 3_000 + "m ~|\nb = 1 ~m~|",
    "a sum of many": "b = 1 ~m~|\na = " + "+".join(["b"] * 2_000) + " ~m~|",
    "signs": "a = " + "-" * 5000 + "1 ~m~|",
    "brackets": "b = 1 ~m~|\na = " + "(" * 5000 + "b" + ")" * 5000 + " ~m~|",
}


@pytest.mark.parametrize("text", CHECKED.values(), ids=CHECKED)
def test_a_model_that_would_swell_is_refused_when_its_units_are_checked(text):
    with pytest.raises(BuildoutError, match="`a`"):
        units.check(text=text + CONTROL)


def test_a_long_sum_is_walked_in_order_without_depth():
    tree = parse("+".join(f"b{n}" for n in range(5000)))
    assert sum(1 for _ in nodes(tree)) == 9999
    assert [node.name for node in nodes(tree) if hasattr(node, "name")][:3] == ["b0", "b1", "b2"]


@pytest.mark.parametrize(
    ("written", "value"),
    [("1 + 1", 2), ("3 -1", 2), ("-2 + 5 - 1", 2), ("2e3", 2000), ("+ 2", 2), ("4 - 0.5", 3.5)],
)
def test_sums_of_literals_are_numbers(written, value):
    system = engine.load(text=f"a = {written} ~m~|" + CONTROL)
    assert system.constants["a"] == value
