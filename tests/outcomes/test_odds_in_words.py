"""The odds in words: they lead on screen, page, card and README, and are never rounded away."""

import re

import numpy as np
import pytest
import xarray as xr
from matplotlib.text import Text

import buildout as bo
from buildout import figures
from buildout.analysis.worlds import ask_draws
from buildout.cli.common import LINE
from buildout.cli.main import main
from buildout.cli.verdict import print_verdict
from buildout.errors import BuildoutError
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
from buildout.outcomes.indicators import kpis
from buildout.outcomes.odds import (
    output_rows,
    with_odds,
)
from buildout.outcomes.verdict_words import with_chances
from buildout.pages.readme import _in_draws, _verdict
from buildout.pages.robustness import _covered_table, _short
from buildout.report.stages import stages_section
from buildout.report.verdict import verdict_section


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
    headlines = ("defense_coverage", "us_magnet_output_total")
    return ds.assign({name: ds[name].copy(data=factor * ds[name].values) for name in headlines})


@pytest.mark.slow
@pytest.mark.parametrize("factor", [1.0, 0.01, 100.0])
def test_no_headline_outside_the_middle_is_printed_without_a_word(told, factor, capsys):
    ds = moved(told, factor)
    odds = bo.odds(ds)
    rows, outputs = with_odds(deadline_rows(ds), odds), output_rows(odds)
    page, card = repr(verdict_section(ds, odds)), figures.deadline_card(ds).get_label()
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
    assert factor == 1.0 or all(outside_the_middle(row["percentile_of_run"]) for row in outputs)


@pytest.mark.slow
def test_the_title_of_the_chart_of_output_is_the_median_of_the_draws_and_not_the_run(told):
    """So that it needs no word about the place of the run among them."""
    one, other = (figures.magnet_output(moved(told, f)).get_label() for f in (1.0, 100.0))
    assert one == other
    assert re.search(r"US plants make \d+% under", one)


def test_key_figures_carry_the_bands_of_output_and_the_share_covered(run, odds):
    table = kpis(run, odds=odds)
    by_year = {(row["pathway"], row["year"]): row for row in output_rows(odds)}
    assert {year for _, year in by_year} == {2030.0, 2035.0, 2045.0}
    for row in table:
        if row["outcome"] == "US magnet output" and not row["element"] and row["year"] > 2027:
            own = by_year[row["pathway"], row["year"]]
            assert row["p05"] == own["p05"] <= row["p50"] <= row["p95"] == own["p95"]
            assert row["percentile_of_run"] == own["percentile_of_run"]
    shares = [row for row in table if row["outcome"] == "share of draws covered"]
    assert [row["value"] for row in shares] == odds["share_covered_2027"].values.ravel().tolist()
    assert len({tuple(row) for row in table}) == 1


# --- the odds lead --------------------------------------------------------------------------------


@pytest.mark.slow
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


@pytest.mark.slow
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
    assert not any("of draws" in text.get_text() for text in card.texts)
    assert "5-95%" not in repr(stages_section(run, odds))


@pytest.mark.slow
def test_a_sweep_of_few_draws_says_so_and_one_of_many_gives_odds(tmp_path, capsys):
    for draws, said in (("24", "Too few draws for odds (24)."), ("100", "met in")):
        argv = ["sweep", "status-quo", "--draws", draws, "--seed", "5"]
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


@pytest.mark.slow
def test_many_times_a_need_are_only_said_to_be_many_wherever_they_are_printed(three, capsys):
    ds = moved(ask_draws(three, LEAST_DRAWS, 5), 1e5)
    rows = with_odds(deadline_rows(ds), bo.odds(ds))
    print_verdict(rows, end=2045.0, as_json=False)
    print_verdict([{**row, "draws": 0} for row in rows], end=2045.0, as_json=False)
    texts = [text.get_text() for text in figures.deadline_card(ds).findobj(Text)]
    printed = [capsys.readouterr().out, repr(verdict_section(ds)), *texts]
    for text in (*printed, figures.deadline_card(ds).get_label()):
        assert not re.search(r"\d,\d{3},\d{3}%", text)
    assert any(">50 times" in text for text in texts)
    assert all(row["coverage_2027"] > 1e3 for row in rows)  # JSON and CSV keep what is.
