"""Both methods against what is known: of a line with normal errors the posterior is."""

import numpy as np
import pytest
import xarray as xr
from scipy.special import ndtr, ndtri

from buildout.calibration.evidence import evidence_of
from buildout.calibration.resampling import (
    effective_size,
    importance_weights,
    log_likelihood,
    systematic_resample,
)
from buildout.calibration.smoother import significant, smoothed
from buildout.errors import InputError

SLOPES = np.array([[1.0, 0.0], [0.5, 1.0], [0.0, 0.0]])
SD = np.array([0.5, 0.4])
SEEN = np.array([1.2, -0.3])


def posterior():
    """Mean and covariance of three standard normal numbers after two sums of them are seen."""
    precision = np.eye(3) + SLOPES @ np.diag(SD**-2) @ SLOPES.T
    covariance = np.linalg.inv(precision)
    return covariance @ SLOPES @ (SEEN / SD**2), covariance


def test_weighted_draws_have_the_posterior_of_a_line():
    scores = np.random.default_rng(1).standard_normal((100_000, 3))
    weights = importance_weights(log_likelihood(scores @ SLOPES, SEEN, SD))
    mean, covariance = posterior()
    assert effective_size(weights) > 10_000
    assert weights @ scores == pytest.approx(mean, abs=0.02)
    assert np.cov(scores.T, aweights=weights) == pytest.approx(covariance, abs=0.02)


def test_smoothed_draws_have_the_posterior_of_a_line():
    rng = np.random.default_rng(2)
    shares = rng.random((20_000, 3))
    after, said = smoothed(
        shares,
        lambda own: ndtri(own) @ SLOPES,
        SEEN,
        SD,
        moved=np.array([True, True, True]),
        rng=rng,
    )
    mean, covariance = posterior()
    assert ndtri(after).mean(axis=0) == pytest.approx(mean, abs=0.03)
    assert np.cov(ndtri(after).T) == pytest.approx(covariance, abs=0.03)
    assert said == pytest.approx(ndtri(after) @ SLOPES)
    # What was not observed is left as it was, but for what chance puts together.
    assert after[:, 2] == pytest.approx(shares[:, 2], abs=0.05)


def test_what_is_not_to_move_and_broken_draws_stay_as_drawn():
    rng = np.random.default_rng(3)
    shares = rng.random((400, 2))

    def run(own):
        said = ndtri(own[:, :1]).copy()
        said[:5] = np.nan
        return said

    after, _ = smoothed(
        shares, run, np.array([1.0]), np.array([0.3]), moved=np.array([True, False]), rng=rng
    )
    assert np.array_equal(after[:, 1], shares[:, 1])
    assert np.array_equal(after[:5], shares[:5])
    assert abs(ndtri(after[5:, 0]).mean() - 1.0) < 0.25


def test_no_share_leaves_its_range_however_far_off_the_observation_is():
    rng = np.random.default_rng(4)
    shares = rng.random((200, 1))
    after, _ = smoothed(
        shares, ndtri, np.array([50.0]), np.array([0.1]), moved=np.array([True]), rng=rng
    )
    assert (after > 0).all()
    assert (after < 1).all()


def test_chance_correlations_are_taken_for_none():
    rng = np.random.default_rng(5)
    count, parameters = 1000, 450
    scores, said = rng.standard_normal((count, parameters)), rng.standard_normal((count, 20))
    said[:, 0] += scores[:, 0]
    apart, spread = scores - scores.mean(axis=0), said - said.mean(axis=0)
    kept = significant(apart.T @ spread / (count - 1), apart, spread)
    assert kept[0, 0] == pytest.approx(1.0, abs=0.15)
    # Of 9,000 pairs some 5 of nothing are as large by chance; all 9,000 moved without it.
    assert np.count_nonzero(kept) < 20


def test_a_draw_is_kept_as_often_as_its_weight_says():
    weights = np.array([0.5, 0.25, 0.0, 0.25])
    kept = systematic_resample(weights, 1001, np.random.default_rng(1))
    counts = np.bincount(kept, minlength=4)
    assert counts[2] == 0
    assert np.abs(counts - 1001 * weights).max() < 1
    assert len(set(systematic_resample(np.ones(50) / 50, 50, np.random.default_rng(2)))) == 50


def test_a_broken_draw_is_as_unlikely_as_can_be():
    said = np.array([[1.0], [np.nan], [2.0]])
    weights = importance_weights(log_likelihood(said, np.array([1.0]), np.array([1.0])))
    assert weights[1] == 0
    assert weights[0] > weights[2]


# --- errors of observation and model --------------------------------------------------------------


def observed(**rows):
    """Rows of some series, each (value, sd)."""
    series = [name for name, given in rows.items() for _ in given]
    pairs = np.array([pair for given in rows.values() for pair in given], dtype=float)
    coords = {"series": ("row", series), "sd": ("row", pairs[:, 1])}
    return xr.Dataset({"value": ("row", pairs[:, 0])}, coords)


def test_the_rows_of_a_series_share_the_error_of_the_model():
    prior = np.linspace(0, 200, 101)[:, None] * np.ones(5)
    evidence = evidence_of(observed(a=[(100, 3)] * 4, b=[(50, 0)]), prior, model_error=0.1)
    assert evidence.sd == pytest.approx([np.sqrt(9 + 4 * 100)] * 4 + [5])
    assert evidence.beyond == {"a": 0.0, "b": 0.0}
    # However often it is told, the mean of a series is not known better than to a tenth.
    assert np.sqrt((evidence.sd[:4] ** 2).sum()) / 4 >= 10


def test_what_no_draw_reaches_is_the_error_of_the_model():
    prior = np.linspace(80, 120, 1001)[:, None]
    evidence = evidence_of(observed(a=[(200, 0)]), prior, model_error=0.1)
    away = (200 - np.quantile(prior, 0.95)) / 200
    assert evidence.beyond["a"] == pytest.approx(away)
    assert evidence.sd[0] == pytest.approx(200 * np.sqrt(0.01 + away**2))


def test_a_zero_has_the_error_of_its_series_or_its_own_or_is_left_out():
    prior = np.zeros((10, 4))
    rows = observed(a=[(0, 0), (100, 0)], b=[(0, 2)], c=[(0, 0)])
    evidence = evidence_of(rows, prior, model_error=0.1)
    assert evidence.rows.tolist() == [0, 1, 2]
    assert evidence.sd[0] >= 0.1 * 50
    assert evidence.sd[2] == 2
    assert "zero and have no `sd`: 1 rows" in evidence.remarks[0]


@pytest.mark.parametrize("error", [-0.1, np.nan, np.inf])
def test_an_error_of_the_model_is_a_share_from_zero(error):
    with pytest.raises(InputError, match="A share from 0"):
        evidence_of(observed(a=[(1, 0)]), np.ones((3, 1)), model_error=error)


def test_observations_without_any_error_condition_nothing():
    with pytest.raises(InputError, match="No observation has an error"):
        evidence_of(observed(a=[(0, 0)]), np.ones((3, 1)))


def test_shares_and_scores_go_into_each_other():
    shares = np.array([1e-9, 0.3, 1 - 1e-9])
    assert ndtr(ndtri(shares)) == pytest.approx(shares)
