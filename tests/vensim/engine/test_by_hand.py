"""Every function against `by_hand.csv`: values of Vensim's manual, or worked out from its formulas.

Where all engines share a fault, only these tell. The time goes from 0 to 4 by 0.5.
"""

import csv
import re
from pathlib import Path

import numpy as np
import pytest

from buildout.vensim import engine
from buildout.vensim.engine.frontend.functions import AGGREGATES, FUNCTIONS
from buildout.vensim.engine.frontend.vectors import VECTORS

HERE = Path(__file__).parent
with (HERE / "by_hand.csv").open(encoding="utf-8", newline="") as lines:
    ROWS = list(csv.DictReader(lines))
README = HERE.parents[2] / "src" / "buildout" / "vensim" / "README.md"
NAMES = ("zero = 0", "started = ACTIVE INITIAL(Time, 7)")
VECTORS_OF_3 = (
    "v[d] = 1, 2, 4",
    "s[d] = 0, 1, 2",
    "w[d] = 2, 0, 1",
    "z[c] = 4",
    "z[b] = 2",
    "z[a] = 1",
    "t[d, e] = 1, 2; 3, 4; 5, 6;",
    "up[d] = VECTOR SORT ORDER(w[d], 1)",
    "down[d] = VECTOR SORT ORDER(w[d], 0)",
)


def results(write, run, rows, *more, **before):
    equations = (f"case {place} = {row['expression']}" for place, row in rows)
    return run(engine.load(write(*NAMES, *more, *equations, **before)))


@pytest.fixture(scope="module")
def found(write, agree, same):
    def both(system):
        runs = [engine.Batch(backend=backend).run(system) for backend in ("numpy", "llvm")]
        same(system, *runs)
        return runs[0]

    # PySD does not have all functions, and takes seconds over subscripts.
    rows = {kind: [(p, r) for p, r in enumerate(ROWS) if r["pysd"] == kind] for kind in ("", "no")}
    ranges = "".join(f"{r}\n\t~\t\n\t~\t|\n\n" for r in ("d: a, b, c", "e: p, q"))
    parts = {
        "": results(write, agree, rows[""]),
        "no": results(write, both, rows["no"], *VECTORS_OF_3, before=ranges),
    }
    return [parts[row["pysd"]] for row in ROWS]


@pytest.mark.parametrize("place", range(len(ROWS)), ids=lambda place: ROWS[place]["expression"])
def test_a_function_gives_what_its_manual_gives_by_hand(place, found):
    expected = np.broadcast_to([float(value) for value in ROWS[place]["values"].split()], 9)
    value = found[place][f"case_{place}"][:, 0]
    np.testing.assert_allclose(value, expected, rtol=1e-13, atol=1e-15)


def test_every_function_has_values_by_hand():
    by_hand = {row["function"] for row in ROWS}
    # Random numbers are in test_noise; those of one order have names of their own.
    known = {function.name for function in FUNCTIONS.values() if "RANDOM" not in function.name}
    known |= {name.upper() for name in AGGREGATES} | {shown for shown, *_ in VECTORS.values()}
    assert known - by_hand == {"DELAY1 or DELAY3"}
    text = README.read_text(encoding="utf-8").partition("## What is supported")[2]
    listed = set(re.findall(r"`([A-Z^:][A-Z0-9 :]*)`", text.partition("To add a function")[0]))
    assert listed - {":EXCEPT:"} == by_hand
