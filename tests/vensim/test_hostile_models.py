"""Model files that nobody would write by hand: each is refused in short, or runs alike."""

import time

import numpy as np
import pytest

from buildout.errors import BuildoutError, InputError, UnsupportedError
from buildout.vensim import engine

CONTROLS = """
INITIAL TIME = 0 ~ ~ |
FINAL TIME = 2 ~ ~ |
TIME STEP = 0.5 ~ ~ |
SAVEPER = TIME STEP ~ ~ |
"""
TANK = "tank = INTEG(1, 1) ~ ~ |\n"


def load(text):
    return engine.load(text=TANK + text + CONTROLS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("y = " + "+".join(["tank"] * 3_000) + " ~ ~ |", "nested too deeply"),
        ("y = " + "MAX(1, " * 300 + "tank" + ")" * 300 + " ~ ~ |", "nested too deeply"),
        ("y = 1e999 ~ ~ |", "`1e999` is not made of numbers up to 1e308"),
        ("y = tank + 1e400 ~ ~ |", "`1e400` is not made of numbers up to 1e308"),
        ("y = " + "9" * 400 + " ~ ~ |", "is not made of numbers up to 1e308"),
        ("l((0, 0), (1e999, 1)) ~ ~ |", "is not made of numbers up to 1e308"),
        ("l((0, 0), (1, 1e999)) ~ ~ |", "is not made of numbers up to 1e308"),
        ("l([(0,0)-(1,1)], (0, 0)) ~ ~ |", "can stand there"),
        ("l((0, 0)) ~ ~ |", "`.*0,.*0.*` is not what can stand there"),
        ("d = GET XLS CONSTANTS('a', 'b', 'c') ~ ~ |", "Load the model from its file"),
        ("y = 1 ~ t [a, ?] ~ |", r"`y` has the limits `\[a, \?\]`"),
        ("r: (e9 - e1) ~ ~ |", "first subscript value must be lower"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_short_message(text, message):
    with pytest.raises(InputError, match=message) as raised:
        load(text)
    assert len(str(raised.value)) < 500
    assert "Parse tree" not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("r: r ~ ~ |\nx[r] = 1 ~ ~ |", "range `r` holds itself"),
        ("r: s ~ ~ |\ns: r ~ ~ |\nx[r] = 1 ~ ~ |", "range `r` holds itself"),
        ("r: a, s ~ ~ |\ns: b, t ~ ~ |\nt: c, r ~ ~ |\nx[t] = 1 ~ ~ |", "holds itself"),
        ("r: a, b ~ ~ |\nx[r, r] = 1 ~ ~ |", r"`x` has the subscript range `r` twice.*`r 2 <-> r`"),
    ],
)
def test_what_would_mean_nothing_is_refused_by_name(text, message):
    with pytest.raises(UnsupportedError, match=message):
        load(text)


@pytest.mark.parametrize(
    "text",
    [
        "y = 9^9^9^9^9 ~ ~ |",
        "x = 9 ~ ~ |\ny = x^x^x^x^x ~ ~ |",
        "y = IF THEN ELSE(tank > 0, 9, 8)^99999^9 ~ ~ |",
        "y = DELAY FIXED(tank, 1e9, 0) ~ ~ |",
        "d = 3e7 ~ ~ |\ny = DELAY FIXED(tank, d, 5) ~ ~ |",
        "r: a, b ~ ~ |\nq <-> r ~ ~ |\ny[r, q] = tank ~ ~ |",
    ],
)
def test_engines_agree_within_seconds_on_what_is_large(text):
    system, begun = load(text), time.monotonic()
    batch, oracle = (e.run(system) for e in (engine.Batch(), engine.Reference()))
    assert time.monotonic() - begun < 10
    np.testing.assert_array_equal(batch.status, oracle.status)
    if batch.status[0] == 0:
        np.testing.assert_array_equal(batch.values, oracle.values)


def test_a_range_of_many_elements_does_not_stop_the_oracle():
    system, begun = load("r: (e1 - e3000) ~ ~ |\nx[r] = tank ~ ~ |"), time.monotonic()
    ran = engine.Reference().run(system)
    assert time.monotonic() - begun < 10
    assert (ran.values == ran["tank"]).all()


def test_a_long_name_is_not_quoted_at_length():
    with pytest.raises(BuildoutError) as raised:
        load("y = " + "F" * 5_000 + "(1) ~ ~ |")
    assert len(str(raised.value)) < 600
