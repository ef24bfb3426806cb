"""Conditioning tried on the past: planted values are found, and forecasts come nearer."""

import numpy as np
import pytest

from buildout.analysis import past as module
from buildout.analysis.past import LAST, ORIGIN, PLANTS, recovered, rolling_origin, run_past

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def past():
    return run_past(500)


def test_nothing_after_2025_is_looked_at(past):
    assert past.observed["end"].values.max() <= LAST
    assert LAST == 2025.0


def test_planted_values_are_found_by_both_methods(past, monkeypatch):
    monkeypatch.setattr(module, "PLANTED_WORLDS", 2)
    monkeypatch.setattr(module, "PLANTED_DRAWS", 200)
    plants = [plant for plant in PLANTS if plant[0].startswith("jobs per tonne")][:1]
    for row in recovered(past, plants):
        for method in ("importance", "smoother"):
            assert row.spread[method] < 0.5
            assert row.held[method] >= 1
            low, high = row.after[method]
            assert high - low < (row.before[1] - row.before[0]) / 2


def test_a_rolling_origin_conditions_on_what_ended_before_it_and_scores_what_began_after(
    past, monkeypatch
):
    monkeypatch.setattr(module, "DRAWS_AFTER", 200)
    tried = rolling_origin(past)
    assert tried.evidence.observed["end"].values.max() <= ORIGIN + 1e-6
    assert "input" not in tried.evidence.observed["role"].values
    groups = [line.group for line in tried.before]
    for method in ("importance", "smoother"):
        assert [line.group for line in tried.tried[method].after] == groups
        assert tried.nearer(method)[1] == sum(line.role == "scored" for line in tried.before)
    assert tried.tried["smoother"].effective is None
    # Jobs are where the prior is furthest off, and what was seen of them until then says so.
    before = next(line for line in tried.before if line.group == "jobs at US mines and mills")
    for own in tried.tried.values():
        after = next(line for line in own.after if line.group == before.group)
        assert after.crps < before.crps


def test_conditioned_draws_are_nearer_than_the_prior_on_a_majority_of_the_series():
    large = run_past(100_000)
    tried = rolling_origin(large)
    effective = tried.tried["importance"].effective
    assert effective is not None
    assert effective >= 100
    for method in ("importance", "smoother"):
        nearer, count = tried.nearer(method)
        assert nearer > count / 2
    rows = recovered(large)
    worlds = sum(row.worlds for row in rows)
    for method in ("importance", "smoother"):
        assert sum(row.held[method] for row in rows) >= 0.75 * worlds
    spread = [row.spread["importance"] for row in rows if "elasticity" not in row.parameter]
    assert np.max(spread) < 0.85
