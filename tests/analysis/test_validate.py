"""`buildout validate` and `bo.validate`: a small model in which every draw is known."""

import csv
import json

import numpy as np
import pytest

import buildout as bo
from buildout.calibration.hindcast import hindcast
from buildout.calibration.scores import crps
from buildout.cli.main import main
from buildout.errors import InputError, UnknownNameError
from buildout.figures import render, validation, validation_data
from buildout.sampling.design import latin_hypercube

SEEN = """series,from,to,value,unit,sd
made_t,2026,2027,12,t,0
made_t,2027.0,2027.5,4,t,
stock,2026,2026,108,t,0
rate,2028-01-01,2028-12-31,25,t/Year,0.5
"""


@pytest.fixture
def seen(small_world):
    """A file of observations, in the folder of work beside a small model."""
    path = small_world / "seen.csv"
    path.write_text(SEEN)
    return path


def test_scores_are_those_of_the_drawn_rates(seen):
    ds = bo.validate(seen, draws=64, seed=3)
    rates = latin_hypercube(64, seed=3).values[:, 0]
    year, half, stock, _ = (ds.isel(row=place) for place in range(4))
    np.testing.assert_allclose(
        [year[name] for name in ("p05", "p50", "p95")], np.quantile(rates, [0.05, 0.5, 0.95])
    )
    assert year["ratio"] == pytest.approx(np.median(rates) / 12)
    assert year["pit"] == pytest.approx(np.mean(rates < 12))
    assert year["crps"] == pytest.approx(crps(rates[:, None], np.array([12.0]))[0])
    # An error of a tenth of 4 t, beside half a year of the rate.
    assert half["sd"] == pytest.approx(0.4)
    assert half["p50"] == pytest.approx(np.median(rates) / 2, abs=0.5)
    # A year after the start, at one moment.
    assert stock["p50"] == pytest.approx(100 + np.median(rates))
    assert bool(stock["inside"])
    assert not bool(ds["inside"][3])
    assert int(ds["draws"]) == 64
    assert ds.attrs["pathway"] == "status-quo"


@pytest.mark.slow
def test_the_same_rows_have_the_same_scores_as_in_the_hindcast(tmp_path):
    table = hindcast(2018, draws=24)
    own = table.isel(row=slice(0, None, 7))
    columns = ("series", "start", "end", "value", "unit")
    rows = zip(*(own[name].values.tolist() for name in columns), strict=True)
    path = tmp_path / "same.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("series", "from", "to", "value", "unit"), *rows])
    ds = bo.validate(path, table.attrs["pathway"], draws=24)
    for name in ("value", "sd", "p05", "p50", "p95", "ratio", "pit", "inside", "crps"):
        np.testing.assert_allclose(ds[name], own[name], rtol=1e-9, err_msg=name)


def test_what_is_set_stays_set_in_every_draw(seen):
    ds = bo.validate(seen, draws=20, settings={"rate": 5})
    assert float(ds["p05"][0]) == float(ds["p95"][0]) == pytest.approx(5)
    with pytest.raises(InputError, match="Accepted: 0 to 20"):
        bo.validate(seen, settings={"rate": 50})
    ds = bo.validate(seen, draws=20, settings={"rate": 50}, beyond_range=True)
    assert float(ds["p50"][0]) == pytest.approx(50)


def test_draws_of_a_file_stand_in_place_of_the_joint_draws(seen, capsys):
    (seen.parent / "mine.csv").write_text("rate\n11\n12\n13\n")
    ds = bo.validate(seen, design=bo.load_design("mine.csv"))
    assert int(ds["draws"]) == 3
    assert float(ds["p50"][0]) == pytest.approx(12)
    assert main(["validate", "seen.csv", "--design", "mine.csv", "--draws", "20"]) == 2
    assert "`--draws` and the file of `--design` are both given" in capsys.readouterr().err


def test_observations_until_a_date_have_the_scores_that_they_have_among_all(seen):
    whole, early = bo.validate(seen, draws=32), bo.validate(seen, draws=32, until=2027.6)
    assert early.sizes["row"] == 3
    for name in ("p05", "p95", "crps"):
        np.testing.assert_allclose(early[name].values, whole[name].values[:3], rtol=1e-12)
    assert json.loads(early.attrs["remarks"]) == ["Left out, outside the dates asked for: line 5."]
    assert bo.validate(seen, draws=32, since=2027.5).sizes["row"] == 1


def test_the_past_is_scored_with_a_pathway_of_the_past(seen):
    seen.write_text("series,from,to,value,unit\nmade_t,2020,2021,9,t\n")
    with pytest.raises(InputError, match=r"Pathways that cover it: `past` \(2015 to 2025\)"):
        bo.validate(seen, draws=20)
    assert bo.validate(seen, "past", draws=20)["p50"].size == 1
    with pytest.raises(UnknownNameError, match="Nearest: `past`"):
        bo.validate(seen, "pasd")


@pytest.mark.usefixtures("unpainted")
def test_the_command_and_the_function_give_the_same_numbers(seen, capsys):
    argv = ["validate", "seen.csv", "--draws", "32", "--seed", "5", "--until", "2027.6"]
    assert main([*argv, "--set", "fee=2", "--json"]) == 0
    shown = capsys.readouterr()
    # A setting that moves no output is said to.
    assert "buildout: `fee` changed nothing." in shown.err
    answer = json.loads(shown.out)
    ds = bo.validate(seen, draws=32, seed=5, until=2027.6, settings={"fee": 2})
    for row, place in zip(answer["observations"], range(3), strict=True):
        for name in ("p05", "p25", "p50", "p75", "p95", "ratio", "pit", "crps"):
            assert row[name] == float(ds[name][place])
        assert row["observed"] == float(ds["value"][place])
    assert list(answer) == [
        *("file", "pathway", "draws", "seed", "since", "until", "model_sha256", "remarks"),
        *("observations", "series"),
    ]
    assert (answer["since"], answer["until"]) == (None, 2027.6)
    assert [row["series"] for row in answer["series"]] == ["made_t", "stock", "all"]
    folder = seen.parent / "results"
    assert json.loads((folder / "validation.json").read_text()) == answer
    with open(folder / "validation.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["crps"]) for row in rows] == ds["crps"].values.tolist()
    assert {path.suffix for path in folder.iterdir()} == {".csv", ".json", ".png", ".svg"}


@pytest.mark.usefixtures("unpainted")
def test_the_tables_fit_a_terminal_and_say_what_was_assumed(seen, capsys):
    long = " + ".join(["rate"] * 20)
    seen.write_text(
        SEEN + f"{long},2026,2027,1e15,t,\nfee,2026,2027,0,USD/kg,1\nrain,2026,2027,3,mm,\n"
    )
    assert main(["validate", "seen.csv", "--draws", "20"]) == 0
    shown = capsys.readouterr()
    assert max(map(len, shown.out.splitlines())) <= 118
    assert "nan" not in shown.out
    assert "-%" not in shown.out
    assert "20 draws of `status-quo`" in shown.out
    assert "Taken as without error, since no `sd` is known: line 6." in shown.err
    assert "Left out, of a series that the model has no word for: line 8." in shown.err
    assert "sum of its" not in shown.err


@pytest.mark.parametrize(
    ("argv", "text", "message"),
    [
        ([], "series,from,to,value,unit\nmad_t,2026,2027,1,t\n", "Nearest: `made_t`"),
        ([], "series,from,to,value,unit\nmade_t,2026,2027,1,kg\n", "`t` is accepted"),
        (["--draws", "5"], SEEN, "`--draws` is `5`. A whole number from 20"),
        (["--until", "soon"], SEEN, "`--until` is `soon`. A number"),
        (["--until", "2026.5", "--until", "2027"], SEEN, "given twice"),
        (["status-qu"], SEEN, "Nearest: `status-quo`"),
        (["--set", "fe=1"], SEEN, "Nearest: `fee`"),
    ],
)
def test_a_refusal_is_one_message_and_leaves_earlier_results(seen, capsys, argv, text, message):
    folder = seen.parent / "results"
    folder.mkdir()
    (folder / "validation.csv").write_text("earlier")
    seen.write_text(text)
    try:
        code = main(["validate", "seen.csv", *argv])
    except SystemExit as left:
        code = left.code
    shown = capsys.readouterr()
    assert (code, shown.out) == (2, "")
    assert message in shown.err
    assert "Traceback" not in shown.err
    assert (folder / "validation.csv").read_text() == "earlier"
    assert len(list(folder.iterdir())) == 1


@pytest.mark.quick_for("slide")
@pytest.mark.parametrize("page", ["slide", "column", "phone"])
def test_each_series_has_a_panel_with_all_its_observations(seen, page):
    ds = bo.validate(seen, draws=20)
    figure = validation(ds, page=page)
    assert len(figure.axes) == 3
    assert figure.get_label().startswith("3 of 4 observations lie within 5-95% of ")
    # Two boxes, a band and its half, for each of two observations.
    assert len(figure.axes[0].patches) == 4
    assert render(figure, "png")[:4] == b"\x89PNG"
    assert validation_data(ds)["observed"].tolist() == [12, 4, 108, 25]


@pytest.mark.slow
def test_more_series_than_a_page_takes_are_counted_in_its_headline(seen):
    rows = [f"rate + {n},2026,2027,12,t/Year,1" for n in range(30)]
    seen.write_text("series,from,to,value,unit,sd\n" + "\n".join(rows) + "\n")
    figure = validation(bo.validate(seen, draws=20))
    assert len(figure.axes) == 24
    assert "24 of 30 series are shown" in figure.get_label()
    with pytest.raises(UnknownNameError, match="Known: `slide`"):
        validation(bo.validate(seen, draws=20), page="poster")
