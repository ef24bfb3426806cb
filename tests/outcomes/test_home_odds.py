"""Odds that a stage serves the market from home: over sound draws, never being later than any."""

import numpy as np
import pytest
import xarray as xr

import buildout as bo
from buildout.outcomes.chances import LEAST_DRAWS
from buildout.outcomes.home_odds import HOME_ODDS, home_odds, with_home_odds
from buildout.outcomes.odds import BAND
from buildout.outcomes.stages import stage_rows
from buildout.report.blocks import ReportTable
from buildout.report.stages import stages_section

NAME = "self_sufficiency_of_direct_market"


def cloud(dates, known=True, status=0):
    """A sweep of one pathway and one line with invented dates."""
    dates = np.array([dates], float)[..., None]
    place = ("pathway", "draw", "line")
    return xr.Dataset(
        {
            f"{NAME}_year_above_1": (place, dates),
            f"{NAME}_known_above_1": (place, np.broadcast_to(known, dates.shape)),
            "status": (place[:2], np.broadcast_to(status, dates.shape[:2])),
        },
        {"pathway": ["one"], "line": ["mining"]},
    )


def cell(*args, **more):
    return {name: float(home_odds(cloud(*args, **more))[name].squeeze()) for name in HOME_ODDS}


def test_a_band_that_more_than_a_twentieth_never_reach_has_no_late_end():
    odds = cell([2030.0] * 10 + [2035.0] * 8 + [np.nan] * 2)
    assert [odds[f"home_year_{name}"] for name in BAND] == pytest.approx(
        [2030, 2030, np.nan], nan_ok=True
    )
    assert odds["share_ever_home"] == pytest.approx(0.9)
    assert odds["share_home_unknown"] == 0


def test_draws_that_are_not_sound_count_in_nothing():
    odds = cell([2030.0, 2040.0], status=[[0, 1]])
    assert [odds[f"home_year_{name}"] for name in BAND] == [2030.0] * 3
    assert np.isnan(list(cell([2030.0], status=1).values())).all()


def test_a_sweep_without_the_year_has_no_such_odds():
    assert not home_odds(cloud([2030.0])[["status"]]).data_vars


def test_run_and_draws_stand_in_one_row_and_on_the_page(three):
    odds = bo.odds(three, draws=LEAST_DRAWS)
    rows = with_home_odds(stage_rows(three), odds)
    for row in rows:
        early, late = row["home_year_p05"], row["home_year_p95"]
        assert 0 <= row["share_ever_home"] <= 1
        assert (early is None) <= (late is None)
        assert late is None or early <= late
    table = next(b for b in stages_section(three, odds) if isinstance(b, ReportTable))
    place = table.columns.index("from home, 5-95% of draws")
    assert all("(" in shown[place] for shown in table.rows)
    assert set(with_home_odds(stage_rows(three), None)[0]) == set(rows[0])
