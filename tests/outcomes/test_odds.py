"""The odds of the verdict: one definition, said by all who print it, and never rounded away."""

import csv
import json
import math
import re

import numpy as np
import pytest
import xarray as xr
from scipy.stats import binomtest

import buildout as bo
from buildout import figures
from buildout.analysis.odds import odds_if_any
from buildout.analysis.worlds import ask_draws
from buildout.cli.common import LINE
from buildout.cli.main import main
from buildout.cli.verdict import print_verdict
from buildout.errors import BuildoutError, ResultsError
from buildout.outcomes.chances import (
    LEAST_DRAWS,
    MIDDLE,
    covered_in,
    outside_the_middle,
    percentile_in_words,
    place_in_draws,
    rough_percent,
    share_of_draws,
)
from buildout.outcomes.deadline import deadline_rows
from buildout.outcomes.headlines import COVERAGE, NEEDS
from buildout.outcomes.home_odds import home_odds
from buildout.outcomes.indicators import kpis
from buildout.outcomes.odds import (
    NAMED,
    ODDS,
    date_quantiles,
    odds_of,
    odds_rows,
    output_rows,
    percentile_among,
    wilson_interval,
    with_odds,
)
from buildout.outcomes.verdict_words import with_chances
from buildout.pages.readme import _in_draws, _verdict
from buildout.pages.robustness import _covered_table, _short
from buildout.report import save_report
from buildout.report.stages import stages_section
from buildout.report.verdict import verdict_section
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


@pytest.fixture(scope="module")
def run(three):
    return ask_draws(three, 24, 5)


@pytest.fixture(scope="module")
def odds(run):
    return bo.odds(run)


@pytest.fixture(scope="module")
def told(three):
    """A run with draws enough for odds that are told."""
    return ask_draws(three, LEAST_DRAWS, 5)


def read(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


# --- one definition -------------------------------------------------------------------------------


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
        if row["indicator"] == "defense coverage" and row["year"] == "2027.0":
            own = expected[row["pathway"], row["of"]]
            assert [float(row[n]) for n in ("p05", "p50", "p95", "percentile_of_run")] == [
                own[n]
                for n in (*(f"coverage_2027_p{n}" for n in ("05", "50", "95")), "percentile_of_run")
            ]
    assert len(read(tmp_path / "sweep" / "odds.csv")) == len(expected)


def test_a_report_of_results_keeps_the_draws_of_their_run(
    tmp_path, capsys, short_gallery, run, odds
):
    bo.save_results(run, tmp_path / "run", command="buildout run", odds=odds)
    words = ["report", "--results", str(tmp_path / "run"), "--json"]
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


def test_odds_of_a_pathway_are_the_same_alone_and_beside_others(odds):
    alone = bo.odds(bo.simulate("mobilization", outputs=NEEDS), draws=24, seed=5)
    xr.testing.assert_equal(alone[list(ODDS)], odds[list(ODDS)].sel(pathway=["mobilization"]))


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


# --- the words ------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [0, 1, 3, 500, 999, 1000])
def test_no_share_is_rounded_to_none_or_to_all(count):
    words = share_of_draws(count / 1000, 1000)
    assert (words == "none") == (count == 0)
    assert (words == "all") == (count == 1000)
    assert words not in ("0%", "100%")


@pytest.mark.parametrize("share", [0.996, 0.9999, 1 - 1e-6, 1e-7])
def test_no_band_meets_a_need_that_is_not_met_or_says_nothing_of_some(share):
    assert rough_percent(share) not in ("0", "100")


def test_a_percentile_is_at_an_end_only_where_no_draw_lies_beyond():
    assert [percentile_in_words(p) for p in (0, 0.01, 99.99, 100)] == ["0", "1", "99", "100"]


def test_shares_of_several_pathways_are_a_span():
    rows = [{"share_covered_2027": share, "draws": 1000} for share in (0.05, 0.12)]
    assert covered_in(rows) == "5 to 12% of 1,000 draws"
    assert covered_in([{"share_covered_2027": 0.0, "draws": 1000}, rows[1]]) == (
        "none to 12% of 1,000 draws"
    )


def test_runs_inside_the_middle_are_said_without_a_word():
    assert not any(map(outside_the_middle, (*MIDDLE, 50.0, None)))
    assert all(map(outside_the_middle, (34.9, 65.1)))
    assert place_in_draws({"a": (50.0, "1"), "b": (None, "-")}) == ""


# --- a headline outside the middle ----------------------------------------------------------------


def moved(ds, factor):
    """Results whose headlines are other than what most draws say."""
    ds = ds.copy(deep=True)
    ds["defense_coverage"] *= factor
    ds["us_magnet_output_total"] *= factor
    return ds


@pytest.mark.parametrize("factor", [1.0, 0.01, 100.0])
def test_no_headline_outside_the_middle_is_printed_without_a_word(told, factor, capsys):
    ds = moved(told, factor)
    odds = bo.odds(ds)
    rows, outputs = with_odds(deadline_rows(ds), odds), output_rows(odds)
    page, card = repr(verdict_section(ds, odds)), figures.deadline_card(ds).get_label()
    chart = figures.magnet_output(ds).get_label()
    print_verdict(rows, end=2045.0, as_json=False)
    screen = " ".join(capsys.readouterr().out.split())
    for row in rows:
        own = [other for other in rows if other["magnet_class"] == row["magnet_class"]]
        if outside_the_middle(row["percentile_of_run"]):
            words = f"at percentile {percentile_in_words(row['percentile_of_run'])} of its draws"
            for text in (page, card, screen):
                assert words in text, (row["pathway"], row["magnet_class"])
        assert with_chances(own, 2045.0) in screen
    for row in outputs:
        if outside_the_middle(row["percentile_of_run"]):
            words = f"at percentile {percentile_in_words(row['percentile_of_run'])} of its draws"
            assert words in page
            assert words in chart or row["year"] != 2035
    assert factor == 1.0 or all(outside_the_middle(row["percentile_of_run"]) for row in outputs)


def test_key_figures_carry_the_bands_of_output_and_the_share_covered(run, odds):
    table = kpis(run, odds=odds)
    by_year = {(row["pathway"], row["year"]): row for row in output_rows(odds)}
    assert {year for _, year in by_year} == {2030.0, 2035.0, 2045.0}
    for row in table:
        if row["indicator"] == "US magnet output" and row["year"] > 2027:
            own = by_year[row["pathway"], row["year"]]
            assert row["p05"] == own["p05"] <= row["p50"] <= row["p95"] == own["p95"]
            assert row["percentile_of_run"] == own["percentile_of_run"]
    shares = [row for row in table if row["indicator"] == "share of draws covered"]
    assert [row["value"] for row in shares] == odds["share_covered_2027"].values.ravel().tolist()
    assert len({tuple(row) for row in table}) == 1


def test_the_page_has_the_odds_in_its_first_sentences_and_its_table(told, tmp_path, short_gallery):
    save_report(told, tmp_path, command="buildout report")
    text = (tmp_path / "report.md").read_text()
    assert text.count("the whole need is covered on 1 January 2027 in ") == 3
    heads = (
        "pathway | met in | median | 5-95% | full from, 5-95% of draws | single run covers | short"
    )
    assert heads in text
    assert "100 draws" in text
    assert (
        (tmp_path / "verdict.csv").read_text().splitlines()[0].endswith(f"draws,{','.join(NAMED)}")
    )


# --- the odds lead --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def rows(told):
    return with_odds(deadline_rows(told), bo.odds(told))


def test_a_class_that_is_met_in_few_draws_is_never_said_to_be_covered(told, rows, capsys):
    """However well the single run does: what is said first is in which share of draws."""
    unlikely = [
        {**row, "coverage_2027": 1.3, "shortfall_2027": 0.0, "share_covered_2027": 0.35}
        for row in rows
    ]
    print_verdict(unlikely, end=2045.0, as_json=False)
    screen = capsys.readouterr().out
    for kind in ("light NdFeB", "heavy NdFeB", "SmCo"):
        said = with_chances([row for row in unlikely if row["magnet_class"] == kind], 2045.0)
        lead = f"{kind}: the whole need is covered on 1 January 2027 in 35% of 100 draws (median "
        assert said.startswith(lead)
        assert said.index("A single run at expected dates: 130%") > said.index("5-95%")
        assert said.count("covered") == 2  # In that share of draws, and fully from when in draws.
        assert said in " ".join(screen.split())
    page = repr(verdict_section(told, bo.odds(told)))
    assert "covered in every pathway shown" not in page
    assert "covered" not in screen.split("\n\n")[1]


def test_columns_of_odds_come_before_those_of_the_single_run(rows, capsys):
    print_verdict(rows, end=2045.0, as_json=False)
    head = capsys.readouterr().out.split("\n\n")[1].splitlines()[0]
    names = ("pathway", "magnet class", "met in", "median", "5-95%", "full from", "single run")
    places = [head.index(name) for name in (*names, "short", "binding")]
    assert places == sorted(places)


def test_the_table_is_no_wider_than_a_terminal(rows, capsys):
    long = [
        {
            **row,
            "pathway": "truce-escalates",
            "status": "reached the negative",
            "coverage_2027_p95": 1e4,
            "full_coverage_year_p05": 2027.0,
            "full_coverage_year_p95": None,
            "binding": "Chinese feed: samarium separation under construction in the United States",
        }
        for row in rows
    ]
    for shown in (rows, long, [{**row, "draws": 0} for row in long]):
        print_verdict(shown, end=2045.0, as_json=False)
        assert max(map(len, capsys.readouterr().out.splitlines())) <= LINE


def test_too_few_draws_are_said_in_place_of_odds(run, odds, capsys):
    few = "Too few draws for odds (24)."
    print_verdict(with_odds(deadline_rows(run), odds), end=2045.0, as_json=False)
    page, screen = repr(verdict_section(run, odds)), capsys.readouterr().out
    card, chart = figures.deadline_card(run), figures.magnet_output(run).get_label()
    for text in (page, screen, card.get_label()):
        assert few in text
        assert "percentile" not in text
        assert "5-95%" not in text
    assert "percentile" not in chart
    assert "met in" not in [text.get_text() for text in card.axes[0].texts]
    assert "5-95%" not in repr(stages_section(run, odds))


def test_a_sweep_of_few_draws_says_so_and_one_of_many_gives_odds(tmp_path, capsys):
    for draws, said in (("24", "Too few draws for odds (24)."), ("100", "met in")):
        argv = ["sweep", "--pathway", "status-quo", "--draws", draws, "--seed", "5"]
        assert main([*argv, "--out", str(tmp_path / draws)]) == 0
        out = capsys.readouterr().out
        assert said in out
        assert ("met in" in out) == (draws == "100")


def test_the_readme_has_the_odds_first_and_the_single_run_last(rows):
    table = _verdict(rows, 2045.0)
    heads = [line.split("|")[1].strip() for line in table.splitlines()[2:]]
    assert heads == [
        "the whole need is met on 1 January 2027 in",
        "covered, median of draws (5-95%)",
        *(
            f"fully covered from, 5-95% of draws: {path}"
            for path in ("status quo", "mobilization", "China deal")
        ),
        "a single run at expected dates",
        "the same, new oxide never / always approved anew",
        "the same, without allied makers",
    ]
    many = _verdict([{**row, "coverage_2027": 18.0} for row in rows], 2045.0)
    assert "| a single run at expected dates | over 5 times | over 5 times | over 5 times |" in many
    shares = _in_draws([{**row, "share_covered_2027": 0.997} for row in rows])
    assert shares["SmCo in draws"] == "99.7 percent"
    with pytest.raises(BuildoutError, match="have no odds"):
        _in_draws([{**row, "draws": 24} for row in rows])


def test_the_page_of_robustness_says_100_percent_only_of_all_draws():
    kinds, when = ["light NdFeB", "heavy NdFeB", "SmCo"], [2027.0, 2028.0, 2030.0, 2035.0]
    paths = ["status-quo", "mobilization", "china-deal", "hybrid"]
    values = np.full((len(paths), len(when), len(kinds)), 0.9975)
    values[0, 0, 2], values[0, 0, 1] = 1.0, 0.0
    coords = {"pathway": paths, "when": when, "magnet_class": kinds}
    shares = xr.DataArray(values, coords, dims=list(coords))
    table = _covered_table({"A": shares})
    assert table.count("| 100 %") == 1
    assert table.count("| 0 %") == 1
    assert "99.7 %" in table
    said = _short(shares)
    assert said.startswith("light NdFeB in 99.7 %; heavy NdFeB in 0 to 99.7 %; SmCo in 99.7 to 100")


# --- a need of almost nothing ---------------------------------------------------------------------


def test_many_times_a_need_are_only_said_to_be_many_wherever_they_are_printed(three, capsys):
    ds = moved(ask_draws(three, LEAST_DRAWS, 5), 1e5)
    rows = with_odds(deadline_rows(ds), bo.odds(ds))
    print_verdict(rows, end=2045.0, as_json=False)
    print_verdict([{**row, "draws": 0} for row in rows], end=2045.0, as_json=False)
    texts = [text.get_text() for text in figures.deadline_card(ds).axes[0].texts]
    printed = [capsys.readouterr().out, repr(verdict_section(ds)), *texts]
    for text in (*printed, figures.deadline_card(ds).get_label()):
        assert not re.search(r"\d,\d{3},\d{3}%", text)
    assert ">50 times" in texts
    assert all(row["coverage_2027"] > 1e3 for row in rows)  # JSON and CSV keep what is.


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
