"""The same draws give the same number, whoever prints it: deadline, sweep, robustness, claims."""

import json
from dataclasses import replace

import numpy as np
import pytest

import buildout as bo
from buildout.cli.main import main
from buildout.experiments.claims import results
from buildout.outcomes.chances import rough_percent
from buildout.outcomes.dates import reaches
from buildout.outcomes.deadline import deadline, deadline_rows
from buildout.outcomes.headlines import COVERAGE, NEEDS
from buildout.outcomes.rule import FULL, RULE_DATE
from buildout.outcomes.wording import TOO_SHORT
from buildout.pages.robustness import BY, covered_shares
from buildout.sweeps.defaults import COVERED, headline
from buildout.sweeps.summary import summary

PATHWAYS = ("status-quo", "mobilization", "china-deal")
DATE = "defense_coverage_year_above_1"


@pytest.fixture(scope="module")
def design(model):
    return bo.latin_hypercube(6, seed=7, model=model)


# Many times what is likely, so that some draws never cover it.
NEED = {"defense need in 2025": 3000.0}


@pytest.fixture(scope="module")
def cloud(model, design):
    return bo.sweep(design, PATHWAYS, settings=NEED, model=model)


@pytest.fixture(scope="module")
def verdicts(model, design):
    """The deadline of each draw, its values set where the pathway leaves them open."""
    cases = [_case(model, design, path, draw) for path in PATHWAYS for draw in range(design.size)]
    return deadline(bo.simulate(cases, outputs=NEEDS, settings=NEED, model=model))


def _case(model, design, path, draw):
    parent = bo.pathway(path)
    settled = {s for one in parent.settings for s in model.scalars(one.lever)}
    own = tuple(
        bo.Setting(model.spelled(scalar), value)
        for name, value in zip(design.names, design.values[draw], strict=True)
        for scalar in model.scalars(name)
        if scalar not in settled
    )
    return replace(parent, name=f"{path} {draw}", settings=(*parent.settings, *own))


def test_the_sweep_dates_coverage_as_the_deadline_does(cloud, verdicts):
    assert np.isfinite(cloud[DATE]).any()
    assert np.isnan(cloud[DATE]).any()
    for case in verdicts["pathway"].values:
        path, _, draw = case.rpartition(" ")
        verdict, one = verdicts.sel(pathway=case), cloud.sel(pathway=path).isel(draw=int(draw))
        np.testing.assert_array_equal(one[DATE], verdict["full_coverage_year"])
        np.testing.assert_array_equal(one["defense_coverage_reached_above_1"], verdict["reached"])
        np.testing.assert_array_equal(one["defense_coverage_known_above_1"], verdict["known"])
        for name in ("coverage", "shortfall"):
            at = one[f"defense_{name}"].sel(year=RULE_DATE)
            np.testing.assert_array_equal(at, verdict[f"{name}_2027"])


def test_no_crossing_of_a_default_sweep_lies_before_the_rule(cloud):
    assert float(cloud[DATE].min()) >= RULE_DATE
    rows = [row for row in summary(cloud) if row["outcome"] == DATE]
    assert len(rows) == 9
    assert all(row["p05"] is None or row["p05"] >= RULE_DATE for row in rows)


def test_shares_of_robustness_are_those_of_the_sweep_and_of_the_deadline(model, design, cloud):
    whole = bo.sweep(
        design, PATHWAYS, outputs={COVERAGE: bo.Trajectory()}, settings=NEED, model=model
    )
    shares = covered_shares(whole)
    for year in BY:
        by_date = (cloud[DATE] <= year).mean("draw").transpose("pathway", "magnet_class")
        np.testing.assert_array_equal(shares.sel(when=year), by_date)
    on_date = reaches(cloud["defense_coverage"].sel(year=RULE_DATE).values)
    dims = cloud["defense_coverage"].sel(year=RULE_DATE).dims
    np.testing.assert_array_equal(shares.sel(when=RULE_DATE), on_date.mean(dims.index("draw")))


@pytest.mark.slow
def test_claims_read_the_date_that_the_deadline_prints(model):
    ds = results(model=model)
    own = deadline(bo.simulate(PATHWAYS, outputs=NEEDS, model=model))
    for path in PATHWAYS:
        verdict = own.sel(pathway=path)
        np.testing.assert_array_equal(ds[DATE].sel(pathway=path), verdict["full_coverage_year"])


@pytest.mark.slow
def test_page_card_and_table_print_the_date_of_the_deadline(model):
    from buildout import figures
    from buildout.report.verdict import verdict_section

    ds = bo.simulate(PATHWAYS, model=model)
    card = figures.deadline_card_data(ds).set_index(["pathway", "magnet_class"])
    words = repr(verdict_section(ds))
    for row in deadline_rows(ds):
        shown = card.loc[(row["pathway"], row["magnet_class"])]
        year = row["full_coverage_year"]
        assert shown["full_coverage_year"] == pytest.approx(
            np.nan if year is None else year, nan_ok=True
        )
        assert f"{rough_percent(row['coverage_2027'])}%" in words


def test_a_sweep_keeps_every_date_between_which_a_crossing_is_looked_for(cloud):
    assert COVERED.since == RULE_DATE
    assert COVERED.threshold == FULL
    assert COVERED in headline()[COVERAGE]
    # A saving interval of its own for the sweep would move the line between saved dates.
    assert json.loads(cloud.attrs["controls"])["saveper"] == 0.25


# --- a horizon too short to know ------------------------------------------------------------------


@pytest.fixture(scope="module")
def short(model):
    return bo.simulate("status-quo", final_time=2027.5, model=model)


def test_a_short_run_has_no_date_and_is_not_said_never_to_have_one(short):
    verdict = deadline(short)
    assert np.isnan(verdict["full_coverage_year"]).all()
    assert not verdict["reached"].any()
    assert not verdict["known"].any()
    assert {(row["full_coverage_year"], row["known"]) for row in deadline_rows(short)} == {
        (None, False)
    }


def test_the_page_of_a_short_run_does_not_contradict_itself(short):
    from buildout.report.verdict import verdict_section

    words = repr(verdict_section(short))
    assert TOO_SHORT in words
    assert "not before" not in words


def test_the_command_says_null_and_why_for_a_short_run(tmp_path, capsys):
    argv = ["deadline", "status-quo", "--final-time", "2027.5", "--json", "--out", str(tmp_path)]
    assert main(argv) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {(row["full_coverage_year"], row["known"]) for row in rows} == {(None, False)}


@pytest.mark.parametrize("command", ["deadline", "report"])
def test_a_run_that_ends_before_the_rule_is_refused(tmp_path, capsys, command):
    argv = [command, "status-quo", "--final-time", "2026", "--out", str(tmp_path)]
    assert main(argv) == 2
    assert "lack the date 2027.0" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
