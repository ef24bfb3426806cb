"""The runner over folders of models, on models of our own."""

import csv
import json
import re

import judge
import pytest
import rounding
import run
import shipped

from buildout.errors import InputError
from buildout.vensim import engine

CONTROLS = "INITIAL TIME = 0 ~~|\nFINAL TIME = 2 ~~|\nTIME STEP = 1 ~~|\nSAVEPER = 1 ~~|\n"
DECAY = "tank = INTEG(-tank / 2, 8) ~~|\n" + CONTROLS


def judged(path):
    rows = []
    judge.judge(path, rows.append)
    return rows[-1]


@pytest.fixture
def write(tmp_path):
    def model(text, **beside):
        path = tmp_path / "one.mdl"
        path.write_text("{UTF-8}\n" + text)
        for name, content in beside.items():
            (tmp_path / name.replace("_", ".")).write_text(content)
        return path

    return model


def test_equal_to_what_lies_beside_it(write):
    path = write(DECAY, one_tab="Time\tTank\n0\t8\n1\t4\n2\t2\n")
    assert judged(path) == {"class": "equal to shipped", "note": "3 numbers of one.tab"}


def test_a_value_that_differs_is_a_wrong_value(write):
    row = judged(write(DECAY, one_dat="tank\n0\t8\n1\t4\n2\t2.1\n"))
    assert row["class"] == "wrong value"
    assert "`tank` at 2 is 2, theirs 2.1" in row["note"]


def test_a_table_that_names_nothing_of_the_model_compares_nothing(write):
    row = judged(write(DECAY, one_csv="Time,other\n0,1\n"))
    assert row["class"] == "equal to PySD"
    assert re.search(r"PySD: 3 numbers", row["note"])


def test_random_numbers_are_compared_as_their_mean(write):
    row = judged(write("x = RANDOM UNIFORM(0, Time, 0) ~~|\n" + CONTROLS))
    assert row["class"] == "equal to PySD"
    assert "random numbers as their mean" in row["note"]


def test_refusals_are_clear_if_they_name_a_place(write):
    assert judged(write("x = VECTOR RANK(1, 2) ~~|\n" + CONTROLS))["class"] == "refused clearly"
    assert not judge.names_its_place(InputError("Rule 'x' did not match (line 1)."), "x = 1")


def test_a_drawing_is_no_model_that_is_refused(write):
    drawn = "x = A FUNCTION OF(y) ~~|\ny = A FUNCTION OF(x) ~~|\n" + CONTROLS
    assert judged(write(drawn))["class"] == "empty"
    assert judged(write(drawn + "z = 2 * y ~~|\n"))["class"] == "refused clearly"


def test_a_run_cut_short_is_compared_with_one_as_short(write, monkeypatch):
    """Equations may ask for the final time."""
    monkeypatch.setattr(judge, "_PYSD", 1)
    row = judged(write("x = FINAL TIME - Time ~~|\n" + CONTROLS.replace("TIME = 2", "TIME = 90")))
    assert (row["class"], "0 to 30, 30 steps" in row["note"]) == ("equal to PySD", True)


def text_of(*equations):
    return "{UTF-8}\n" + " ~~|\n".join([*equations, CONTROLS])


def test_rounding_is_measured_by_the_model_itself():
    """Whole numbers stay: beside a switch or a date lies another model."""
    decided = "left = a * b - c", "a = 0.1", "b = 0.7", "c = 0.07"
    others = "sound = a * b", "switched = IF THEN ELSE(on = 1, 5, 7)", "on = 1"
    run, moves = (
        of(engine.load(text=text_of(*decided, *others)))
        for of in (engine.Batch(threads=1).run, rounding.moved)
    )
    by_name = dict(zip(run.outputs, moves[:, -1], strict=True))
    assert 1e-18 < by_name["left"] < 1e-15
    assert 1e-18 < by_name["sound"] < 1e-15
    assert by_name["switched"] == by_name["on"] == 0


def test_what_rounding_decides_is_left_out_and_the_rest_is_held_to(write):
    """A logistic map forgets where it began within some 75 steps."""
    chaos = text_of("x = INTEG(r * x * (1 - x) - x, 0.3)", "r = 3.9", "y = 2 * r")
    chaos = chaos.replace("FINAL TIME = 2 ", "FINAL TIME = 90 ")
    rows = "Time\tx\ty\n0\t0.3\t7.8\n1\t0.819\t7.8\n90\t0.5\t{}\n"
    said = "5 numbers, 1 left out as rounding decides them of one.tab"
    row = judged(write(chaos, one_tab=rows.format(7.8)))
    assert row == {"class": "equal to shipped", "note": said}
    assert "`y` at 90 is 7.8, theirs 7.9" in judged(write(chaos, one_tab=rows.format(7.9)))["note"]
    # Where rounding decides most, nothing was compared with the table.
    row = judged(write(chaos, one_tab="Time\tx\n88\t0.9\n89\t0.9\n1\t0.819\n"))
    assert "PySD" in row["note"]


def test_half_a_last_digit_is_no_difference():
    assert shipped._shown("0.052") == (0.052, pytest.approx(0.0005))
    assert shipped._shown("1.5e-3")[1] == pytest.approx(5e-5)
    assert shipped._shown("12") == (12, 0)


@pytest.mark.slow
def test_a_folder_is_a_table_and_the_same_model_counts_once(write, tmp_path, monkeypatch, capsys):
    path = write(DECAY, one_tab="Time\tTank\n0\t8\n")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "other.mdl").write_text("x = ALLOCATE(1) ~~|\n" + CONTROLS)
    (tmp_path / "copy.mdl").write_text(path.read_text())
    out = tmp_path / "rows.json"
    monkeypatch.setattr("sys.argv", ["run.py", str(tmp_path), "--json", str(out)])
    run.main()
    said = capsys.readouterr().out
    assert "| equal to shipped | 0 | 1 | 1 |" in said
    assert "| **tried** | 1 | 1 | 2 |" in said
    assert len(json.loads(out.read_text())) == 2


def test_what_was_tried_is_listed_by_its_fingerprint_and_never_as_text():
    with run.TABLE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len({row["sha256"] for row in rows}) == len(rows) > 300
    assert all(re.fullmatch("[0-9a-f]{64}", row["sha256"]) for row in rows)
    assert {row["kind"] for row in rows} == {"test model", "real model"}
    assert sum(row["kind"] == "real model" for row in rows) > 80
    assert all(row["repository"].count("/") == 1 and row["commit"] for row in rows)


def test_elements_that_need_one_another_are_compared_with_pysd_too(write):
    ages = "age: young, mid, old ~~|\nolder: mid, old ~~|\nalive[young] = Time ~~|\n"
    left = "alive[mid] = alive[young] / \\\n\t2 + 1 ~~|\nalive[old] = alive[mid] ~~|\n"
    sums = "all = SUM(alive[age!]) ~~|\neach[older] = alive[older] ~~|\n"
    row = judged(write(ages + left + sums + CONTROLS))
    assert (row["class"], "PySD: 18 numbers" in row["note"]) == ("equal to PySD", True)
