"""The odds of the verdict: one definition, said by all who print it."""

import csv
import json
import math

import numpy as np
import pytest
import xarray as xr
from scipy.stats import binomtest

import buildout as bo
from buildout.analysis.odds import odds_if_any
from buildout.cli.main import main
from buildout.errors import ResultsError
from buildout.outcomes.deadline import deadline_rows
from buildout.outcomes.headlines import COVERAGE, NEEDS
from buildout.outcomes.home_odds import home_odds
from buildout.outcomes.odds import (
    NAMED,
    ODDS,
    date_quantiles,
    odds_of,
    odds_rows,
    percentile_among,
    wilson_interval,
    with_odds,
)
from buildout.outcomes.verdict_words import with_chances
from buildout.sampling.selection import DRAWN_KINDS

#: Of the keys, those that JSON readers have been promised.
PROMISED = {
    *(f"coverage_2027_{name}" for name in ("p05", "p50", "p95")),
    *("share_covered_2027", "share_covered_2027_low", "share_covered_2027_high"),
    *(f"full_coverage_year_{name}" for name in ("p05", "p50", "p95")),
    *(f"slip_months_{name}" for name in ("p05", "p50", "p95")),
    *("share_ever_covered", "percentile_of_run", "draws"),
}
FEW = ["--draws", "24", "--seed", "5"]


def read(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


# --- one definition -------------------------------------------------------------------------------


@pytest.mark.slow
def test_deadline_sweep_run_key_figures_and_page_give_the_same_odds(tmp_path, capsys, odds):
    expected = {(row["pathway"], row["magnet_class"]): row for row in odds_rows(odds)}
    assert main(["deadline", *FEW, "--json", "--out", str(tmp_path / "deadline")]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert main(["sweep", *FEW, "--json", "--out", str(tmp_path / "sweep")]) == 0
    swept = [row for row in json.loads(capsys.readouterr().out) if "share_covered_2027" in row]
    assert main(["run", *FEW, "--json", "--out", str(tmp_path / "run")]) == 0
    ran = json.loads(capsys.readouterr().out)
    for rows in (shown, swept, ran):
        assert len(rows) == len(expected)
        for row in rows:
            assert set(ODDS) & PROMISED == PROMISED
            for name in ODDS:
                assert row[name] == expected[row["pathway"], row["magnet_class"]][name], name
    assert shown == json.loads((tmp_path / "deadline" / "deadline.json").read_text())
    for row in read(tmp_path / "run" / "kpis.csv"):
        if row["outcome"] == "coverage" and row["year"] == "2027.0":
            own = expected[row["pathway"], row["element"]]
            assert [float(row[n]) for n in ("p05", "p50", "p95", "percentile_of_run")] == [
                own[n]
                for n in (*(f"coverage_2027_p{n}" for n in ("05", "50", "95")), "percentile_of_run")
            ]
    assert len(read(tmp_path / "sweep" / "odds.csv")) == len(expected)


@pytest.mark.slow
def test_a_report_of_results_keeps_the_draws_of_their_run(
    tmp_path, capsys, short_gallery, run, odds
):
    bo.save_results(run, tmp_path / "run", command="buildout run", odds=odds)
    words = ["report", "--from", str(tmp_path / "run"), "--json"]
    assert main([*words, "--out", str(tmp_path / "page")]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [{n: row[n] for n in ODDS} for row in rows] == [
        {n: row[n] for n in ODDS} for row in odds_rows(odds)
    ]
    page = (tmp_path / "page" / "report.md").read_text()
    assert "24 draws, latin hypercube, seed 5" in page
    assert "Too few draws for odds (24)." in page
    assert "| met in |" not in page
    card = read(tmp_path / "page" / "figures" / "deadline_card.csv")
    assert {row["draws"] for row in card} == {"24"}


@pytest.mark.slow
def test_odds_of_a_pathway_are_the_same_alone_and_beside_others(odds):
    alone = bo.odds(bo.simulate("mobilization", outputs=NEEDS), draws=24, seed=5)
    xr.testing.assert_equal(alone[list(ODDS)], odds[list(ODDS)].sel(pathway=["mobilization"]))


@pytest.mark.slow
def test_what_the_run_sets_stays_set_in_its_draws(model):
    low, high = (
        bo.odds(
            bo.simulate(
                "status-quo",
                settings={"defense need in 2025": need},
                outputs=NEEDS,
                model=model,
            ),
            draws=24,
        )
        for need in (250, 3000)
    )
    assert (low["coverage_2027_p50"] > high["coverage_2027_p50"]).all()
    assert (low["share_covered_2027"] >= high["share_covered_2027"]).all()


def test_quantiles_of_dates_are_over_all_draws_and_slip_is_counted_from_the_rule(run, odds):
    dates = odds[[f"full_coverage_year_{n}" for n in ("p05", "p50", "p95")]].to_array().values
    slips = odds[[f"slip_months_{n}" for n in ("p05", "p50", "p95")]].to_array().values
    np.testing.assert_array_equal(slips, 12 * (dates - 2027.0))
    never = 1 - odds["share_ever_covered"].values
    assert (np.isnan(dates[2]) == (never > 0.05)).all()
    assert math.isnan(date_quantiles(np.array([2028.0] * 18 + [np.nan] * 2))["p95"])
    assert date_quantiles(np.array([2028.0] * 99 + [np.nan]))["p95"] == 2028.0


def test_the_interval_of_a_share_is_that_of_wilson():
    for count, draws in ((0, 40), (3, 1000), (500, 1000), (40, 40)):
        interval = binomtest(count, draws).proportion_ci(0.95, method="wilson")
        assert wilson_interval(count, draws) == pytest.approx(tuple(interval), abs=1e-12)


def test_a_run_among_equal_draws_lies_in_their_middle():
    assert percentile_among(0.0, np.zeros(10)) == 50
    assert percentile_among(2.0, np.arange(4.0)) == 62.5
    assert math.isnan(percentile_among(np.nan, np.zeros(3)))


def test_a_sweep_without_coverage_on_the_date_has_no_odds(swept):
    with pytest.raises(ResultsError, match="lacks `defense coverage`"):
        odds_of(swept([1.0, 2.0], bo.Final()))


def test_unsound_draws_are_left_out(run):
    from buildout.analysis.worlds import worlds

    cloud = worlds(run).copy(deep=True)
    cloud["status"][0, :20] = 1
    cloud["status"][1, :] = 1
    assert odds_of(cloud)["draws"].values[:, 0].tolist() == [4, 0, 24]
    row = odds_rows(odds_of(cloud))[3]
    assert row["draws"] == 0
    assert {value for name, value in row.items() if name in ODDS and name != "draws"} == {None}


# --- without odds ---------------------------------------------------------------------------------


@pytest.mark.slow
def test_no_draws_leave_the_keys_empty(tmp_path, capsys):
    assert main(["run", "status-quo", "--draws", "0", "--json", "--out", str(tmp_path)]) == 0
    out, err = capsys.readouterr()
    assert all(row[name] is None for row in json.loads(out) for name in ODDS)
    assert "no odds" not in err
    assert {row["p50"] for row in read(tmp_path / "kpis.csv")} == {""}
    saved = read(tmp_path / "verdict.csv")
    assert list(saved[0])[-len(ODDS) - len(NAMED) :] == [*ODDS, *NAMED]


def test_a_run_of_the_other_engine_has_none_and_says_so(tmp_path, capsys, three):
    from buildout.cli import drawn

    other = three.assign_attrs(engine="Reference")
    assert drawn.odds_beside(other) is None
    assert "no odds. These results come from the engine Reference." in capsys.readouterr().err
    with pytest.raises(ResultsError, match="drawn with the compiled one"):
        bo.odds(other)


def test_a_run_of_another_model_has_none(three):
    assert odds_if_any(three.assign_attrs(model_sha256="0" * 64)) is None
    assert odds_if_any(three.assign_coords(pathway=["a", "b", "c"])) is None


@pytest.mark.parametrize(
    ("option", "word"), [("--draws", "-1"), ("--draws", "x"), ("--seed", "-2")]
)
def test_draws_and_seed_are_whole_numbers(tmp_path, capsys, option, word):
    assert main(["deadline", "status-quo", option, word, "--out", str(tmp_path)]) == 2
    assert f"`{option}`" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


# --- what is drawn --------------------------------------------------------------------------------


@pytest.mark.slow
def test_what_projects_share_widens_the_band_that_luck_alone_gives(model):
    """Luck of many plants evens out; what they have in common does not."""

    def width(vary):
        cloud = bo.sweep(
            bo.latin_hypercube(1000, seed=1, vary=vary, kinds=DRAWN_KINDS, model=model),
            outputs="US magnet output total",
            reductions=bo.At([2030, 2035]),
            model=model,
        )
        made = cloud["us_magnet_output_total"].transpose("draw", "pathway", "year").values
        low, high = np.quantile(made, (0.05, 0.95), axis=0)
        return high - low

    luck = width("luck")
    factors = ["common slip factor", "common hazard factor", "never share"]
    behind = ["slip shape", "median slip*", "slip exposure*", "never exposure*", "* hazard"]
    assert (width(["luck", *factors]) / luck).mean() > 1
    assert (width(["luck", *factors, *behind]) / luck).mean() > 1.1
    assert (width(None) / luck > 1.2).all()


def test_the_draws_of_a_run_are_those_of_a_default_sweep(run, odds):
    cloud = bo.sweep(bo.latin_hypercube(24, seed=5))
    whole = odds_of(cloud, run).assign(home_odds(cloud).data_vars)
    xr.testing.assert_equal(whole, odds.drop_vars(list(NAMED)))
    assert COVERAGE in NEEDS


def test_heavy_is_said_with_all_new_oxide_approved_anew_and_with_none(run, odds):
    """A judgement that nobody can bound is shown at both ends, and is the run's own in between."""
    share = "requalification share"
    for key, value in (("no_requalification", 0.0), ("full_requalification", 1.0)):
        other = bo.simulate(list(run["pathway"].values), settings={share: value}, outputs=NEEDS)
        at = other["defense_coverage"].sel(time=2027)
        named = odds[f"coverage_2027_{key}"]
        np.testing.assert_allclose(named, at.sel(magnet_class=named["magnet_class"]).values)
    rows = with_odds(deadline_rows(run), odds)
    for kind in ("light NdFeB", "heavy NdFeB", "SmCo"):
        said = with_chances([row for row in rows if row["magnet_class"] == kind], 2045)
        assert "new oxide never approved anew" in said
        assert "without allied makers" in said
    nobody = odds["coverage_2027_no_allied_sale"]
    assert (nobody <= odds["coverage_2027_no_requalification"]).all()


@pytest.mark.slow
def test_a_regime_may_be_drawn_and_is_looser_in_some_draws(tmp_path, capsys):
    covered = {}
    for regime in ("A", "drawn", "B"):
        out = ["--regime", regime, "--json", "--out", str(tmp_path / regime)]
        assert main(["deadline", "status-quo", *FEW, *out]) == 0
        rows = json.loads(capsys.readouterr().out)
        covered[regime] = {row["magnet_class"]: row["share_covered_2027"] for row in rows}
        assert {row["regime"] for row in rows} == {"A (drawn)" if regime == "drawn" else regime}
        # The run itself is of the expected world, under the regime that is set.
        covered[f"run {regime}"] = [row["coverage_2027"] for row in rows]
    assert covered["run A"] == covered["run drawn"] != covered["run B"]
    for kind in ("heavy NdFeB", "SmCo"):
        assert covered["A"][kind] <= covered["drawn"][kind] <= covered["B"][kind]
    assert covered["A"]["SmCo"] < covered["B"]["SmCo"]
