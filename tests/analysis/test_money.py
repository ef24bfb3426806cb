"""`buildout money` and `bo.money`: what money buys, by size and by instrument."""

import csv
import json

import numpy as np
import pytest

import buildout as bo
from buildout.analysis.money_rows import money_answer
from buildout.cli.main import main
from buildout.errors import InputError, UnknownNameError
from buildout.figures import money_curves, money_curves_data, render
from buildout.figures.sheets import SHEETS

DRAWS, SEED = 3, 5
MADE, IN_2035 = ("US magnets made since 2025", 2045.0), ("US magnet output", 2035.0)
SMCO = ("date of full coverage: SmCo", None)


@pytest.fixture(scope="module")
def bought():
    return bo.money(
        billions=[10, 5000],
        instrument_billions=[0.1, 0.2],
        outcomes=[MADE, IN_2035, SMCO],
        draws=DRAWS,
        seed=SEED,
    )


def at(ds, way, billions):
    """The step of a sum."""
    own = ds.sel(way=way)
    return own.isel(step=int(np.flatnonzero(own["billions"] == billions)[0]))


def test_none_of_the_money_is_the_pathway_without_and_sums_are_runs_with_them_set(bought):
    without = bo.pathway("mobilization").with_settings({"surge total": 0.0}, name="without")
    most = without.with_settings({"surge total": 5e6}, name="most")
    runs = bo.simulate([without, most, "status-quo"])
    in_2035 = runs["us_magnet_output_total"].sel(time=2035.0).values
    own = [at(bought, "programme", billions) for billions in (0, 5000)]
    np.testing.assert_allclose([o["value"][1] for o in own], in_2035[:2], rtol=1e-12)
    instruments = bought.isel(way=slice(1, None), row=1, step=0)["value"]
    np.testing.assert_allclose(instruments, in_2035[2], rtol=1e-12)
    assert (bought["gain"].isel(step=0) == 0).all()
    spent = runs["money_spent"].sel(time=2045.0).sum("fund").values / 1000
    assert float(own[1]["spent"]) == pytest.approx(spent[1] - spent[0])


def test_an_instrument_gets_its_sum_evenly_and_its_gain_is_that_of_the_run(bought):
    given = {"instrument budget[loan]": 100.0 / 18}
    runs = bo.simulate(["status-quo", bo.pathway("status-quo").with_settings(given, name="loan")])
    made = runs["us_magnet_output_total"].integrate("time").values
    own = at(bought, "loan", 0.1)
    assert float(own["gain"][0]) == pytest.approx(made[1] - made[0], rel=1e-9)
    used = runs["paid_by_instruments"].isel(time=-1).sum("instrument").values / 1000
    assert float(own["used"]) == pytest.approx(used[1])
    assert 0 < float(own["used"]) < float(own["spent"])


def test_bands_are_of_gains_in_the_same_draws_of_a_sweep(bought):
    base = bo.pathway("mobilization")
    sides = [base.with_settings({"surge total": 1000.0 * s}, name=str(s)) for s in (0, 5000)]
    cloud = bo.sweep(
        bo.latin_hypercube(DRAWS, seed=SEED),
        sides,
        outputs=["US magnet output total"],
        reductions=bo.Cumulative(None, 2045.0),
        beyond_range=True,
    )
    none, most = cloud["us_magnet_output_total_cumulative_2025_2045"].values
    own = at(bought, "programme", 5000).isel(row=0)
    bands = [float(own[f"gain_{q}"]) for q in ("p05", "p50", "p95")]
    np.testing.assert_allclose(bands, np.quantile(most - none, [0.05, 0.5, 0.95]), rtol=1e-9)


def test_more_is_asked_and_spent_with_each_sum_and_beyond_saturation_nothing_moves(bought):
    for way in bought["way"].values:
        own = bought.sel(way=way)
        for name in ("billions", "appropriated", "committed", "spent"):
            values = own[name].values[: int(np.isfinite(own["billions"]).sum())]
            assert (np.diff(values) >= -1e-9).all(), (way, name)
    for way in ("loan", "guarantee", "offtake"):
        values = [at(bought, way, billions)["value"] for billions in (0.1, 0.2)]
        np.testing.assert_array_equal(*values)


def test_the_last_useful_dollar_lies_between_the_sums_and_at_none_where_nothing_is_gained(bought):
    own = bought.sel(way="programme")
    date = own.isel(row=2)
    assert float(date["gain"].max()) == 0
    assert (float(date["last_useful"]), float(date["useless"])) == (0, 1)
    assert (own["last_useful_p05"] <= own["last_useful_p95"]).all()
    loan = bought.sel(way="loan").isel(row=0)
    assert 0.05 < float(loan["last_useful"]) < 0.1
    assert float(loan["useless"]) < 0.5


@pytest.mark.slow
def test_a_date_that_comes_sooner_is_a_gain_in_months():
    ds = bo.money(
        instrument_billions=[10],
        billions=[1],
        outcomes=[("half served from home since: NdFeB magnets", None)],
        draws=0,
    )
    build = ds.sel(way="public build").isel(row=0)
    zero, most = float(build["value"][0]), float(build["value"].dropna("step")[-1])
    assert float(build["gain"].dropna("step")[-1]) == pytest.approx(12 * (zero - most))
    assert most < zero - 0.2


def test_the_finding_is_said_in_two_sentences_with_its_numbers(bought):
    first, second = money_answer(bought)["sentences"]
    assert first.startswith("`mobilization` with a programme of 5,000 billion USD spends 2.6")
    assert "The last useful dollar lies at" in first
    assert second.startswith("By itself, on top of `status-quo`, loan makes the most: 3,520 t")
    assert "offtake the most for a dollar" in second


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"billions": [0]}, "no sum above zero"),
        ({"billions": [-1]}, "holds -1. Billions of USD from 0"),
        ({"instrument_billions": [float("nan")]}, "nan"),
        ({"settings": {"surge total": 5.0}}, "`surge total` is set, and this command moves it"),
        ({"outcomes": []}, "No outcome is given"),
        ({"outcomes": [("US magnet outputs", 2035.0)]}, "Nearest: `US magnet output`"),
        ({"pathway": "mobilisation"}, "Nearest: `mobilization`"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_cure(given, message):
    with pytest.raises((InputError, UnknownNameError), match=message):
        bo.money(**{"draws": 0, **given})


def test_a_sum_that_is_drawn_cannot_be_moved_too():
    design = bo.given({"surge total": [0.0]})
    with pytest.raises(InputError, match="draws `surge total`, which this command"):
        bo.money(draws=0, design=design)


def test_the_command_saves_what_it_shows(tmp_path, capsys, monkeypatch, unpainted):
    monkeypatch.chdir(tmp_path)
    words = ["money", "--billions", "1", "--instrument-billions", "0.02", "--draws", "2"]
    assert main([*words, "--outcome", "US magnet output", "--year", "2030", "--out", "."]) == 0
    shown = capsys.readouterr()
    assert max(map(len, shown.out.splitlines())) <= 118
    assert "US magnet output, 2030: gain over none of the money, t a year" in shown.out
    assert "bands of 2 draws are rough" in shown.err
    answer = json.loads((tmp_path / "money.json").read_text())
    with open(tmp_path / "money.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(answer["curves"])
    sums = {row["billions"] for row in rows if row["shown"] == "1.0"}
    assert sums == {"0.0", "0.02", "1.0"}
    assert main(["money", "--billions", "10,many"]) == 2
    assert main(["money", "--year", "2030"]) == 2


@pytest.mark.slow
@pytest.mark.parametrize("page", SHEETS)
def test_the_picture_has_a_curve_for_the_programme_and_for_each_instrument(bought, page):
    figure = money_curves(bought, page=page)
    table = money_curves_data(bought)
    programme, instruments = figure.axes
    assert len(instruments.get_lines()) == table["way"].nunique() - 1
    assert programme.get_xlim()[1] == 5000
    assert figure.get_label().startswith("Of 5,000 billion USD asked for mobilization, 2.6 are")
    if page == "slide":
        assert render(figure, "png")[:4] == b"\x89PNG"


@pytest.mark.slow
def test_where_the_last_useful_dollar_lies_does_not_hang_on_the_sums_asked_about():
    wanted = {"outcomes": [MADE], "instrument_billions": [0.01], "draws": 0}
    few, many = (bo.money(billions=b, **wanted) for b in ([500], [10, 50, 100, 500]))
    np.testing.assert_array_equal(few["last_useful"], many["last_useful"])
    assert 50 < float(few["last_useful"].sel(way="programme")[0]) < 100
