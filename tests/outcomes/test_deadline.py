"""The verdict: how it is read from coverage, what it says, how it is printed and saved."""

import json

import numpy as np
import pytest
import xarray as xr

from buildout import simulate
from buildout.cli.main import main
from buildout.errors import ResultsError, UnknownNameError
from buildout.outcomes.deadline import (
    CAUSES_WITH_A_LINE,
    CLASS_LINES,
    CONSTRAINTS,
    answers,
    deadline,
    deadline_rows,
)
from buildout.outcomes.headlines import NEEDS
from buildout.outcomes.indicators import INDICATORS, cumulative, kpis
from buildout.outcomes.odds import NAMED, ODDS

KEYS = [
    "pathway",
    "magnet_class",
    "regime",
    "defense_need_in_2025",
    "coverage_2027",
    "shortfall_2027",
    "full_coverage_year",
    "covered_until",
    "known",
    "binding",
    "status",
]
CLASSES = ["light NdFeB", "heavy NdFeB", "SmCo"]
YEARS = np.arange(2025, 2045.25, 0.25)


@pytest.fixture(scope="module")
def ds():
    return simulate(("status-quo", "mobilization", "china-deal"), outputs=NEEDS)


def with_coverage(ds, coverage):
    """Results whose light class has a given coverage over time, as function of the year."""
    ds = ds.copy(deep=True)
    ds["defense_coverage"].loc[{"magnet_class": "light NdFeB"}] = coverage(ds.time)
    return ds


def year_of(ds, coverage):
    verdict = deadline(with_coverage(ds, coverage), magnet_class="light NdFeB")
    return verdict.isel(pathway=0, magnet_class=0)


def test_the_date_of_full_coverage_is_interpolated_between_saved_times(ds):
    one = year_of(ds, lambda t: (t - 2025) / 5.1)
    assert float(one["full_coverage_year"]) == pytest.approx(2030.1)
    assert bool(one["reached"])


def test_coverage_that_lasts_less_than_a_year_does_not_count(ds):
    def bump(t):
        return xr.where((t >= 2030) & (t < 2030.75), 1.5, xr.where(t >= 2035, 1.2, 0.5))

    one = year_of(ds, bump)
    assert 2034.75 < float(one["full_coverage_year"]) <= 2035


def test_coverage_before_the_rule_begins_does_not_count(ds):
    one = year_of(ds, lambda t: xr.where(t < 2027, 2.0, 0.5))
    assert np.isnan(float(one["full_coverage_year"]))
    assert not bool(one["reached"])


def test_coverage_on_the_date_itself_counts_from_the_date(ds):
    one = year_of(ds, lambda t: xr.ones_like(t))
    assert float(one["full_coverage_year"]) == 2027
    assert one["binding"].item() == "none"


def test_a_year_that_would_end_after_the_run_is_not_a_sustained_one(ds):
    one = year_of(ds, lambda t: xr.where(t >= 2044.5, 1.5, 0.5))
    assert not bool(one["reached"])


def test_coverage_that_is_lost_again_is_reported(ds):
    one = year_of(ds, lambda t: xr.where((t >= 2030) & (t < 2033), 1.5, 0.5))
    assert 2029.75 < float(one["full_coverage_year"]) <= 2030
    assert 2032.75 <= float(one["covered_until"]) < 2033.25


def test_rows_hold_one_line_per_pathway_and_class_with_the_agreed_keys(ds):
    table = deadline_rows(ds)
    assert [list(row) for row in table] == [KEYS] * 9
    assert [row["magnet_class"] for row in table[:3]] == CLASSES
    assert {row["regime"] for row in table} == {"A"}
    json.dumps(table)  # Plain numbers and text only.


def test_coverage_and_shortfall_belong_together(ds):
    verdict = deadline(ds)
    need = ds["defense_need_in_2025"]
    assert (verdict["shortfall_2027"] >= 0).all()
    assert (verdict["shortfall_2027"].sum("magnet_class") < 2 * need).all()
    short = verdict["coverage_2027"] < 1
    assert (verdict["shortfall_2027"].where(short, 1) > 0).all()
    assert (verdict["shortfall_2027"].where(~short, 0) == 0).all()


def test_what_binds_is_named_where_coverage_is_short_and_only_there(ds):
    for row in deadline_rows(ds):
        assert (row["binding"] == "none") == (row["coverage_2027"] >= 1), row


def test_a_class_bound_by_feed_names_the_line_and_what_holds_it_up(ds):
    now = ds.copy(deep=True)
    causes = xr.zeros_like(now["defense_gap_by_cause"])
    causes.loc[{"defense_cause": "Chinese feed"}] = 100.0
    now["defense_gap_by_cause"] = causes
    now["defense_coverage"] = xr.zeros_like(now["defense_coverage"])
    own = xr.ones_like(now["self_sufficiency_of_direct_market"])
    own.loc[{"line": "DyTb separation"}] = 0.1
    # Magnets from Chinese feed are made: the magnet line is not what limits them.
    own.loc[{"line": "NdFeB magnets"}] = 0.01
    now["self_sufficiency_of_direct_market"] = own
    missing = xr.zeros_like(now["missing_by_constraint"])
    missing.loc[{"constraint": "construction"}] = 10.0
    now["missing_by_constraint"] = missing
    found = deadline(now, magnet_class="heavy NdFeB")["binding"].values
    assert set(found.ravel()) == {"Chinese feed: DyTb separation under construction"}


def test_every_name_that_the_verdict_and_the_key_figures_ask_for_is_in_the_model(model):
    dims = model.system.dims
    assert set(CONSTRAINTS) == set(dims["constraint"])
    assert set(CLASS_LINES) == set(dims["magnet class"])
    assert {line for lines in CLASS_LINES.values() for line in lines} == set(dims["line"])
    assert set(CAUSES_WITH_A_LINE) <= set(dims["defense cause"])
    assert {name for one in INDICATORS for name in one.needs} <= set(model.variables)


def test_one_class_can_be_asked_for_and_an_unknown_one_offers_the_nearest(ds):
    assert len(deadline_rows(ds, magnet_class="smco")) == 3
    with pytest.raises(UnknownNameError, match=r"class `smcoo`\. Nearest: `SmCo`"):
        deadline_rows(ds, magnet_class="smcoo")


def test_results_of_a_part_of_the_model_are_refused_with_what_is_missing():
    part = simulate("status-quo", outputs=["vulnerability"])
    assert not answers(part)
    with pytest.raises(ResultsError, match="lack `defense coverage`"):
        deadline(part)


def test_the_looser_regime_and_the_smaller_need_show_in_the_verdict():
    settings = {"rule regime": 2, "defense need in 2025": 200}
    loose = deadline_rows(simulate("status-quo", settings=settings, outputs=NEEDS))
    strict = deadline_rows(simulate("status-quo", outputs=NEEDS))
    assert {(row["regime"], row["defense_need_in_2025"]) for row in loose} == {("B", 200.0)}
    for mild, hard in zip(loose, strict, strict=True):
        assert mild["coverage_2027"] > hard["coverage_2027"]


# --- the commands ---------------------------------------------------------------------------------


def test_the_command_prints_what_it_saves(tmp_path, capsys):
    argv = ["deadline", "status-quo", "--regime", "C", "--defense-need", "300", "--json"]
    assert main([*argv, "--out", str(tmp_path)]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown == json.loads((tmp_path / "deadline.json").read_text())
    assert [list(row) for row in shown] == [[*KEYS, *ODDS, *NAMED]] * 3
    assert {(row["regime"], row["defense_need_in_2025"]) for row in shown} == {("C", 300.0)}
    heading = (tmp_path / "deadline.csv").read_text().splitlines()[0]
    assert heading == ",".join([*KEYS, *ODDS, *NAMED])


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--magnet-class", "hevy NdFeB"], "Unknown magnet class `hevy NdFeB`. Nearest: `heavy"),
        (["--defense-need", "many"], "`--defense-need` is `many`. A number is accepted."),
        (["--defense-need", "nan"], "`--defense-need` is `nan`. A finite number"),
        (["--defense-need", "9e9"], "defense need in 2025"),
        (["status-qou"], "Unknown pathway `status-qou`. Nearest: `status-quo`"),
    ],
)
def test_wrong_input_gets_one_message_code_2_and_no_file(tmp_path, capsys, argv, message):
    assert main(["deadline", *argv, "--out", str(tmp_path)]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert message in shown.err
    assert not list(tmp_path.iterdir())


def test_check_prints_a_row_per_check_and_saves_all_findings(tmp_path, capsys):
    code = main(["check", "status-quo", "--no-halving", "--out", str(tmp_path)])
    shown = capsys.readouterr().out
    assert code == 0
    assert "mass by region and origin" in shown
    assert "FAILED" not in shown
    saved = json.loads((tmp_path / "check.json").read_text())
    assert {row["check"] for row in saved} >= {"units", "money closes", "no stock below zero"}
    assert all(row["passed"] for row in saved)


def test_check_fails_with_code_1_where_something_is_off(tmp_path, capsys, monkeypatch):
    from buildout import checks

    bad = checks.Finding("money closes", "status-quo", False, 0.5, 1e-9, "fund programs")
    monkeypatch.setattr(checks, "check_resolved", lambda *what, **how: [bad])
    assert main(["check", "--out", str(tmp_path)]) == 1
    assert "FAILED" in capsys.readouterr().out


# --- key figures ----------------------------------------------------------------------------------


def test_key_figures_carry_pathway_date_and_unit_and_are_finite_where_defined():
    ds = simulate("mobilization")
    table = kpis(ds)
    assert {row["year"] for row in table} == {2027.0, 2030.0, 2035.0, 2045.0}
    names = {row["outcome"] for row in table}
    assert {"US magnet output", "vulnerability to a 12-month cut", "jobs in US plants"} <= names
    assert all(np.isfinite(row["value"]) for row in table)
    by_class = [r for r in table if r["outcome"] == "US magnet output" and r["element"]]
    total = [r for r in table if r["outcome"] == "US magnet output" and not r["element"]]
    for one in total:
        parts = [r["value"] for r in by_class if r["year"] == one["year"]]
        assert sum(parts) == pytest.approx(one["value"])


def test_key_figures_can_be_asked_for_at_other_dates():
    ds = simulate("status-quo", outputs=["jobs in total"])
    assert [row["year"] for row in kpis(ds, dates=[2028, 2031])] == [2028.0, 2031.0]


def test_a_cumulative_sum_is_exact_for_straight_lines():
    time = np.arange(2025, 2045.25, 0.25)
    rate = xr.DataArray(3 + 2 * (time - 2025), dims="time", coords={"time": time})
    expected = 3 * (time - 2025) + (time - 2025) ** 2
    np.testing.assert_allclose(cumulative(rate), expected, rtol=1e-12)
