"""Macros, comments and limits: what is written otherwise before PySD's parser reads it."""

import numpy as np
import pytest

from buildout.errors import UnsupportedError
from buildout.vensim import engine
from buildout.vensim.blocks import text_blocks

SPREAD = """:MACRO: SPREAD(x, tau {time to spread}, table : top)
SPREAD = INTEG((x - SPREAD) / tau, x * 2)
\t~ m
\t~ What has spread. |
top = table(SPREAD) * MAX(x, TIME STEP$)
\t~~|
:END OF MACRO:
"""
RANGE = "line: a, b ~~|\n"


def test_each_call_has_variables_of_its_own(write, agree):
    equations = ("w = SPREAD(Time, 2, scale : second)", "v = SPREAD(5, 4, scale : third) + 1")
    system = engine.load(write(*equations, "scale((0,0),(10,1))", before=SPREAD))
    run = agree(system)
    level, levels = 0.0, []
    for now in run.times:
        levels.append(level)
        level += 0.5 * (now - level) / 2
    np.testing.assert_allclose(run["w"][:, 0], levels, rtol=1e-12)
    expected = np.array(levels) / 10 * np.maximum(run.times, 0.5)
    np.testing.assert_allclose(run["second"][:, 0], expected, rtol=1e-12)
    assert run["v"][0, 0] == 11
    assert system.variables["spread_1_spread"].meaning == "What has spread."


def test_a_call_on_a_range_has_variables_on_that_range(write, agree):
    equations = ("y[line] = 2 * SPREAD(x[line] + 1, 2, scale : z)", "x[line] = 1, 2")
    run = agree(engine.load(write(*equations, "scale((0,0),(10,1))", before=SPREAD + RANGE)))
    assert run["y[a]"][0, 0] == 8
    assert run["z[b]"][0, 0] == pytest.approx(0.6 * 3)


def test_a_macro_may_have_several_outputs(write):
    macro = ":MACRO: PARTS(a, b : low, high)\nPARTS = a + b ~~|\nlow = MIN(a, b) ~~|\n"
    macro += "high = MAX(a, b) ~~|\n:END OF MACRO:\n"
    system = engine.load(write("y = PARTS(Time, 2 : least, most)", before=macro))
    run = engine.Batch().run(system, times=[3])
    assert [run[name][0, 0] for name in ("y", "least", "most")] == [5, 2, 3]


def test_macros_may_call_each_other_and_take_expressions_once(write):
    twice = ":MACRO: TWICE(x)\nTWICE = ONCE(x) + ONCE(x) ~~|\n:END OF MACRO:\n"
    once = ":MACRO: ONCE(x)\nONCE = x ~~|\n:END OF MACRO:\n"
    system = engine.load(write("y = TWICE(RANDOM 0 1() * 2)", before=twice + once))
    run = engine.Batch().run(system)
    assert (run["y"] == 2 * run["twice_1_x"]).all()


def test_a_lookup_may_be_all_its_x_and_then_all_its_y(write, agree):
    run = agree(engine.load(write("t(0,1,2, 5,6,\\\n\t8)", "y = t(Time)", end=2)))
    assert run["y"][:, 0].tolist() == [5, 5.5, 6, 7, 8]


def test_comments_may_stand_wherever_a_blank_may(write, agree):
    text = "{UTF-8} {first line}\n" + write(
        "x {what | this ~ is} = {a} 1 + {b} 2", 'y {of x} = "x" * 3'
    ).removeprefix("{UTF-8}\n")
    run = agree(engine.load(text), times=[0])
    assert run["y"][0, 0] == 9


def test_a_comment_in_an_explanation_and_a_bar_in_a_name_are_kept():
    text = '{UTF-8}\n"a | b {c}" = 1\n\t~ m {unit}\n\t~ 5" wide {so} | x = 2 ~~ ~ :SUPPLEMENTARY |'
    first, second = text_blocks(text)
    assert (first.equation, first.unit, first.meaning) == (
        '"a | b {c}" = 1',
        "m",
        '5" wide {so}',
    )
    assert (first.line, second.line, second.rest) == (2, 4, ":SUPPLEMENTARY")


@pytest.mark.parametrize(
    ("written", "limits"),
    [
        ("m [0,10,0.5]", (0.0, 10.0)),
        ("m [0,?]", (0.0, None)),
        ("[?,5]", (None, 5.0)),
        ("m [,3]", (None, 3.0)),
        ("m", (None, None)),
    ],
)
def test_limits_may_have_a_step_and_gaps(written, limits):
    controls = "INITIAL TIME=0~~|FINAL TIME=1~~|TIME STEP=1~~|SAVEPER=1~~|"
    system = engine.load(text=f"x = 1 ~ {written} ~ |{controls}")
    assert system.variables["x"].limits == limits


def test_a_call_in_a_sum_has_variables_on_the_range_of_the_sum(write, agree):
    equations = ("y[line] = SUM(SPREAD(x[other!], 2, scale : z) * x[line])", "x[line] = 1, 2")
    ranges = RANGE + "other <-> line ~~|\n"
    text = write(*equations, "scale((0,0),(10,1))", before=SPREAD.replace(" : top", "") + ranges)
    run = agree(engine.load(text.replace(" : z)", ")").replace("top = table", "rest = table")))
    assert [run[f"y[{e}]"][0, 0] for e in "ab"] == [6, 12]


MAPPED = """line: a, b, c -> (place: r, q, p), other ~~|
place: p, q, r ~~|
other: x, y, z ~~|
pair: s, t -> (line: first, c) ~~|
first: a, b ~~|
"""


def test_a_mapping_may_be_written_out_element_by_element(write):
    equations = ("v[line] = 1, 2, 3", "w[place] = v[line]", "o[other] = v[line]")
    system = engine.load(write(*equations, "u[pair] = 7, 8", "m[line] = u[pair]", before=MAPPED))
    run = engine.Batch().run(system, times=[0])
    assert [run[f"w[{e}]"][0, 0] for e in "pqr"] == [3, 2, 1]
    assert [run[f"o[{e}]"][0, 0] for e in "xyz"] == [1, 2, 3]
    assert [run[f"m[{e}]"][0, 0] for e in "abc"] == [7, 7, 8]
    with pytest.raises(UnsupportedError, match="mapping"):
        engine.Reference().run(system)
