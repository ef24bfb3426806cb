"""What decides the verdict is measured in the draws of the odds."""

import numpy as np
import pytest

import buildout as bo
from buildout.analysis.worlds import ask_draws, worlds
from buildout.outcomes.dates import reaches

# Two hundred draws of three pathways.
pytestmark = pytest.mark.slow


def test_what_decides_a_class_moves_the_share_that_is_met(three):
    ds = ask_draws(three, 200, 3)
    rows = bo.deciders(ds)
    assert len(rows) == 3 * 3 * 5
    heavy = [r for r in rows if (r["pathway"], r["magnet_class"]) == ("status-quo", "heavy NdFeB")]
    strength = [abs(row["rank_correlation"]) for row in heavy]
    assert strength == sorted(strength, reverse=True)
    first = heavy[0]
    rises = first["covered_high"] - first["covered_low"]
    assert np.sign(rises) == np.sign(first["rank_correlation"])
    assert abs(rises) > 0.1


def test_the_shares_are_those_of_the_draws(three):
    ds = ask_draws(three, 200, 3)
    row = next(r for r in bo.deciders(ds) if r["magnet_class"] == "SmCo")
    cloud = worlds(ds)
    number = cloud["drawn"].sel(parameter=row["number"])
    coverage = cloud["defense_coverage"].sel(
        pathway=row["pathway"], magnet_class="SmCo", year=2027.0
    )
    low = number.values <= np.quantile(number, 0.25)
    assert row["covered_low"] == reaches(coverage.values)[low].mean()
