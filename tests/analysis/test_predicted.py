"""Predictions made with a small model in which every draw is known, registered and scored."""

import csv
import json
from datetime import date

import numpy as np
import pytest

import buildout as bo
from buildout.analysis.predicted import predict, register_predictions
from buildout.calibration.scores import interval_score
from buildout.cli.main import main
from buildout.errors import InputError
from buildout.inputs import places
from buildout.inputs.predictions import ledger_file, read_predictions
from buildout.sampling.design import latin_hypercube

DAY = date(2026, 11, 26)
FEW = {"draws": 400, "seed": 3}


@pytest.fixture
def registered(small_world):
    """A small world in which predictions are registered."""
    register_predictions(DAY, **FEW)
    return small_world


@pytest.fixture
def quickly(monkeypatch):
    """Few draws where nobody says how many."""
    monkeypatch.setattr(register_predictions, "__kwdefaults__", dict(FEW))


def test_quantiles_are_those_of_the_draws_over_each_period(small_world):
    rows = predict(DAY, **FEW)
    rates = latin_hypercube(400, seed=3).values[:, 0]
    stock = [row for row in rows if row["quantity"] == "stock"]
    periods = [(row["from"], row["to"]) for row in stock]
    assert periods[0] == ("2026-10-01", "2026-12-31")
    assert periods[8] == ("2028-10-01", "2028-12-31")
    assert periods[9:] == [("2027-01-01", "2027-12-31"), ("2028-01-01", "2028-12-31")]
    # The mean of 2027 lies two years and a half after the start.
    exact = np.quantile(100 + 2.5 * rates, [0.05, 0.5, 0.95])
    written = [float(stock[9][share]) for share in ("p05", "p50", "p95")]
    assert written == pytest.approx(exact, abs=0.06)
    # A step of 0.1 is less than a hundredth of the band of 45.
    assert len(stock[9]["p50"].partition(".")[2]) == 1
    made = [row for row in rows if row["quantity"] == "made_t"][9]
    wide = np.quantile(rates, [0.05, 0.95])
    # An error of a tenth widens the band.
    assert float(made["p95"]) > wide[1] + 0.1


def test_a_decision_has_its_date_and_its_chance_by_the_end_of_each_year(small_world):
    rows = {(row["quantity"], row["to"]): row for row in predict(DAY, **FEW)}
    rates = latin_hypercube(400, seed=3).values[:, 0]
    when = rows["date of decision of north", "2034-12-31"]
    assert (when["from"], when["unit"]) == ("2026-11-26", "Year")
    assert float(when["p05"]) == pytest.approx(2025 + np.quantile(rates, 0.05), abs=0.2)
    # Half of the draws come after the run.
    assert when["p95"] == "never"
    for year in (2027, 2028):
        chance = rows["decision of north", f"{year}-12-31"]
        assert (chance["p05"], chance["p95"], chance["unit"]) == ("", "", "share")
        assert float(chance["p50"]) == pytest.approx((year - 2024) / 20, abs=0.01)
        assert rows["decision of south", f"{year}-12-31"]["p50"] == "0.000"
    assert rows["date of decision of south", "2034-12-31"]["p05"] == "never"


def test_the_same_model_makes_the_same_bytes_again(small_world):
    for name in ("one.csv", "two.csv"):
        register_predictions(DAY, name, **FEW)
    one, two = (small_world / name for name in ("one.csv", "two.csv"))
    assert one.read_bytes() == two.read_bytes()
    register_predictions(DAY, "three.csv", draws=400, seed=4)
    assert (small_world / "three.csv").read_bytes() != one.read_bytes()


def test_a_later_model_adds_rows_and_leaves_those_of_the_former(registered):
    before = ledger_file().read_text()
    first = read_predictions()
    with pytest.raises(InputError, match="on 2026-11-26 are registered already"):
        register_predictions(DAY, **FEW)
    with pytest.raises(InputError, match="last row was registered on 2026-11-26"):
        register_predictions(date(2026, 11, 25), **FEW)
    assert ledger_file().read_text() == before
    model = places.model_file()
    model.write_text(model.read_text().replace("rate, 100)", "rate, 120)"))
    rows = register_predictions(date(2027, 2, 1), **FEW)
    assert ledger_file().read_text().startswith(before)
    assert rows[: len(first)] == first
    assert rows[-1].model_sha256 != first[-1].model_sha256
    assert read_predictions() == rows
    # What another table says of the inputs is told apart too.
    assert {row.inputs_sha256 for row in rows} == {first[0].inputs_sha256}


@pytest.mark.parametrize("day", [date(2024, 12, 31), date(2033, 1, 1)])
def test_a_day_whose_years_the_model_does_not_run_is_refused(small_world, day):
    with pytest.raises(InputError, match="Years from 2025 to 2032 are accepted"):
        predict(day, **FEW)


SEEN = """series,from,to,value,unit
stock,2027.0,2027.25,129,t
made_t,2027-01-01,2027-12-31,55,t
decision of north,2026-11-26,2027-12-31,1,share
date of decision of north,2027-06-01,2027-06-01,2027.4,Year
made_t,2027-01-01,2027-01-31,1,t
rain,2027-01-01,2027-12-31,700,mm
"""


@pytest.fixture
def seen(registered):
    path = registered / "seen.csv"
    path.write_text(SEEN)
    return path


def test_scores_come_from_the_table_alone_whatever_the_model_is_now(seen):
    whole = {(row.quantity, row.end): row for row in read_predictions()}
    places.model_file().write_text("no model any more")
    table = bo.score_predictions(seen)
    assert table["quantity"].tolist() == [
        *("stock", "made_t", "decision of north", "date of decision of north"),
    ]
    assert table["period"].tolist() == ["2027 Q1", "2027", "by 2027-12-31", "any"]
    assert table["inside"].tolist()[:2] == [True, False]
    made = whole["made_t", "2027-12-31"]
    low, middle, high = (made.quantile(share) for share in ("p05", "p50", "p95"))
    row = table.iloc[1]
    assert row["ratio"] == pytest.approx(middle / 55)
    assert row["interval_score"] == pytest.approx(high - low + 20 * (55 - high))
    chance = whole["decision of north", "2027-12-31"].quantile("p50")
    assert table.iloc[2]["brier_score"] == pytest.approx((1 - chance) ** 2)
    assert table.iloc[2]["inside"] is None
    # The upper end of the date is never, so its band has no width.
    assert table.iloc[3]["inside"] is True
    assert np.isnan(table.iloc[3]["interval_score"])


def test_the_score_of_a_band_is_lowest_for_the_true_quantiles():
    draws = np.random.default_rng(1).standard_normal(20_000)
    ends = [1.2, 1.645, 2.2]
    scores = [interval_score(np.full(20_000, -e), np.full(20_000, e), draws).mean() for e in ends]
    assert min(scores) == scores[1]


def test_the_command_lists_what_is_registered_and_says_the_head(registered, capsys):
    head = read_predictions()[-1].sha256
    assert main(["predictions"]) == 0
    shown = capsys.readouterr().out
    assert f"The chain of hashes is whole. Head: {head}" in shown
    assert "28 predictions registered on 2026-11-26" in shown
    assert max(map(len, shown.splitlines()[3:])) <= 118
    assert main(["predictions", "there is", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {row["name"] for row in rows} == {"what there is"}
    assert rows[0]["period"] == "2026 Q4"
    assert main(["predictions", "--head", head[:10]]) == 0
    assert "is row 28 of 28" in capsys.readouterr().err


@pytest.mark.usefixtures("quickly")
def test_the_command_registers_and_a_second_time_refuses(small_world, capsys):
    argv = ["predictions", "--register", "--date", "2026-11-26", "--table", "mine.csv"]
    assert main(argv) == 0
    shown = capsys.readouterr()
    assert "registered 28 predictions; the head is" in shown.err
    whole = (small_world / "mine.csv").read_bytes()
    assert main(argv) == 2
    assert "registered already" in capsys.readouterr().err
    assert (small_world / "mine.csv").read_bytes() == whole


def test_the_command_scores_as_the_function_does(seen, capsys):
    assert main(["predictions", "--score", "seen.csv", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    table = bo.score_predictions(seen)
    assert [row["number"] for row in answer["predictions"]] == table["number"].tolist()
    assert answer["predictions"][2]["inside"] is None
    assert answer["quantities"][1]["share_inside"] == 0
    with open(seen.parent / "results" / "predictions_scored.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert float(rows[1]["interval_score"]) == pytest.approx(table["interval_score"][1])
    assert main(["predictions", "--score", "seen.csv"]) == 0
    shown = capsys.readouterr().out
    assert max(map(len, shown.splitlines())) <= 118
    assert "what is made" in shown


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        ("--register", "`--register` lacks the day"),
        ("--date 2026-11-26", "`--date` is the day of `--register`"),
        ("--register --date soon", "`--date` is `soon`. A day such as"),
        ("--register --date 2027-01-01 --score seen.csv", "are both given"),
        ("--head 0000000000", "No row has the sha256"),
        ("--head " + "0" * 3, "8 letters of it and more"),
        ("nonsense", "No prediction has `nonsense` in its name"),
        ("--table none.csv", "Cannot read the table of predictions `none.csv`"),
        ("--score none.csv", "Cannot read the file of observations `none.csv`"),
        ("--score wrong.csv", "Line 2: Unknown registered quantity `stok`. Nearest: `stock`"),
        ("--score wrong.csv", "Line 3: `stock` is given in `kg`. `t` is accepted"),
        ("--score past.csv", "Nothing in `past.csv` was predicted. Periods that are: 2026 Q4"),
        ("--table broken.csv", "Row 3 of `broken.csv`"),
        ("--score partly.csv", "line 2: whether something was decided is neither 0 nor 1"),
        ("--register --date 2026-11-26 --table no/mine.csv", "its folder is not there"),
    ],
)
def test_a_refusal_is_one_message_and_changes_nothing(seen, capsys, argv, message):
    head = "series,from,to,value,unit\n"
    (seen.parent / "wrong.csv").write_text(head + "stok,2027,2028,1,t\nstock,2027,2028,1,kg\n")
    (seen.parent / "past.csv").write_text(head + "stock,2026,2027,1,t\n")
    partly = "decision of north,2026-11-26,2027-12-31,0.5,share\n"
    (seen.parent / "partly.csv").write_text(head + partly)
    lines = ledger_file().read_text().splitlines(keepends=True)
    lines[3] = lines[3].replace("2026-11-26", "2026-11-27", 1)
    (seen.parent / "broken.csv").write_text("".join(lines))
    whole = ledger_file().read_text()
    try:
        code = main(["predictions", *argv.split()])
    except SystemExit as left:
        code = left.code
    shown = capsys.readouterr()
    assert (code, shown.out) == (2, "")
    assert message in shown.err
    assert ledger_file().read_text() == whole
    assert not (seen.parent / "results" / "predictions_scored.csv").exists()


def test_nothing_is_listed_or_scored_where_nothing_is_registered(small_world, capsys):
    assert main(["predictions"]) == 0
    assert capsys.readouterr().out == "No prediction is registered yet.\n"
    (small_world / "seen.csv").write_text(SEEN)
    assert main(["predictions", "--score", "seen.csv"]) == 2
    assert "No prediction is registered." in capsys.readouterr().err
