"""The past from the inside: runs from 2018.0 and 2021.0 against what was made, tonnes with tonnes.

Interruptions, plants and prices are entered as they happened; what a plant makes of them is the
model's. Every comparison is a mean over the very period that was observed. Each test says whether
the model was fitted on its series.
"""

import numpy as np
import pytest

from buildout.checks import check_dataset, simulate_every_step
from buildout.inputs.observations import FIT_BEFORE, load_observations, select_observations

STARTS = {"hindcast-2018": 2018.0, "hindcast-2021": 2021.0}
# Of allied light separation: Silmet, India and Japan, whose tonnage nobody reports (judgement).
BESIDE_LYNAS = 450.0
MEAN, LARGEST = 0.10, 0.20
YEAR = 0.9  # Rows over at least this long are of years.


@pytest.fixture(scope="module")
def runs():
    return {name: simulate_every_step(name).isel(pathway=0) for name in STARTS}


@pytest.fixture(scope="module")
def observations():
    ds = load_observations()
    return ds.isel(row=np.flatnonzero(ds.end <= FIT_BEFORE))


def rows(observations, series, since, *, years=True, sources=None):
    """Start, end, tonnes and use of the observations of a series that a run covers."""
    ds = select_observations(observations, series=series)
    keep = ((ds.end - ds.start > YEAR) == years) & (ds.start >= since)
    if sources:
        keep &= np.isin(ds.source_id, sources)
    ds = ds.isel(row=np.flatnonzero(keep))
    return list(zip(ds.start.values, ds.end.values, ds.value.values, ds.use.values, strict=True))


def made(rate, start, end):
    """Tonnes of a rate (t/Year) over a period, each step by its overlap with it."""
    times = rate.time.values
    step = times[1] - times[0]
    overlap = np.clip(np.minimum(times + step, end) - np.maximum(times, start), 0, None)
    return float((rate.values * overlap).sum())


def lynas(run):
    """NdPr of Lynas: what allies separate less the others."""
    return run["oxide_output"].sel(region="Allies", element="NdPr") - BESIDE_LYNAS


def us_ore(run):
    return run["mine_output"].sel(region="US")


def us_oxide(run):
    return run["oxide_output"].sel(region="US", element="NdPr")


def departures(rate, observed):
    """By how much a run is off, relative, for each period."""
    off = [made(rate, start, end) / tonnes - 1 for start, end, tonnes, _ in observed]
    return np.array(off)


@pytest.mark.parametrize(("name", "count"), [("hindcast-2018", 6), ("hindcast-2021", 3)])
def test_lynas_makes_its_ndpr_of_fy19_to_fy24_on_which_nothing_was_fitted(
    runs, observations, name, count
):
    observed = rows(observations, "lynas_ndpr_production_t", max(STARTS[name], 2018.4))
    assert len(observed) == count
    assert {use for *_, use in observed} == {"test"}
    off = departures(lynas(runs[name]), observed)
    assert np.abs(off).mean() <= MEAN, off
    assert np.abs(off).max() <= LARGEST, off


@pytest.mark.parametrize(("name", "count"), [("hindcast-2018", 7), ("hindcast-2021", 4)])
def test_us_ore_of_2018_to_2024_is_met_whose_ramp_and_height_were_fitted_on_2018_to_2023(
    runs, observations, name, count
):
    """USGS, latest edition; 2024 was in no fit."""
    editions = ["mcs2025_tab", "mcs2025_gs"]
    observed = rows(observations, "us_ree_mine_production_t", STARTS[name], sources=editions)
    if name == "hindcast-2018":
        early = rows(observations, "us_ree_mine_production_t", 2018.0, sources=["mcs2021"])
        observed += [row for row in early if row[1] <= 2020.01]
    assert len(observed) == count
    off = departures(us_ore(runs[name]), observed)
    assert np.abs(off).mean() <= MEAN, off
    assert np.abs(off).max() <= LARGEST, off


@pytest.mark.parametrize("name", STARTS)
def test_the_us_makes_no_ndpr_before_mountain_pass_does(runs, observations, name):
    """In 2018-22; an input rather than a test, since the plant's date is a fact in projects.csv."""
    observed = rows(observations, "mp_ndpr_oxide_production_t", STARTS[name])
    assert [tonnes for _, end, tonnes, _ in observed if end <= 2023.01] == [0]
    # Projects without money have a small hazard to be decided all the same.
    assert made(us_oxide(runs[name]), STARTS[name], 2023.5) < 1


@pytest.mark.parametrize("name", STARTS)
def test_us_ndpr_by_quarter_from_2023_to_2024_on_which_the_ramp_of_separators_was_fitted(
    runs, observations, name
):
    """Not independent: two of the six quarters and the year 2024 are in the fit of the ramp.

    The last quarter is the year less the others. White Mesa's one campaign of some tens of tonnes
    is in neither.
    """
    series = "mp_ndpr_oxide_production_t"
    quarters = rows(observations, series, 2023.4, years=False)
    (year,) = rows(observations, series, 2024.0)
    tonnes = [tonnes for _, _, tonnes, _ in quarters]
    assert len(tonnes) == 5
    tonnes.append(year[2] - sum(tonnes[2:]))
    rate = us_oxide(runs[name])
    ends = [(start, end) for start, end, *_ in quarters] + [(quarters[-1][1], 2025.0)]
    modelled = [made(rate, *period) for period in ends]
    assert sum(modelled) == pytest.approx(sum(tonnes), rel=0.1)
    # A ramp is smooth and a plant's quarters are not: half of a mean quarter, at most.
    assert np.abs(np.subtract(modelled, tonnes)).max() <= np.mean(tonnes) / 2, modelled
    assert made(rate, 2024.0, 2025.0) == pytest.approx(year[2], rel=0.15)


def test_lynas_has_its_bad_quarters_when_it_stood_still(runs, observations):
    """Fitted on nothing; the interruptions are events, what they cost is the model's."""
    observed = rows(observations, "lynas_ndpr_production_t", 2018.9, years=False)
    quarters = [row for row in observed if row[1] - row[0] < 0.3]
    modelled = [made(lynas(runs["hindcast-2018"]), start, end) for start, end, *_ in quarters]
    tonnes = [tonnes for _, _, tonnes, _ in quarters]
    assert len(tonnes) == 24
    assert set(np.argsort(modelled)[:2]) == set(np.argsort(tonnes)[:2])
    assert np.corrcoef(modelled, tonnes)[0, 1] > 0.7


def test_prices_are_given_as_observed_and_do_not_answer_to_the_run(runs):
    """An input: neodymium oxide by the yearly means of USGS, in dollars of 2025."""
    for name, run in runs.items():
        price = run["chinese_price"].sel(element="NdPr")
        peak = price.sel(time=2022.5) / price.sel(time=2021.5)
        # 134 over 98 USD/kg, and consumer prices of 2021 over 2022 (1.188 and 1.100).
        assert float(peak) == pytest.approx(134 * 1.100 / (98 * 1.188), rel=0.01), name
    both = [run["chinese_price"].sel(time=slice(2021.0, 2025.0)) for run in runs.values()]
    np.testing.assert_allclose(both[0].sel(element="NdPr"), both[1].sel(element="NdPr"), rtol=0.01)


@pytest.mark.slow
def test_balances_bounds_and_shares_hold_in_the_past_too():
    ds = simulate_every_step("hindcast-2018")
    assert [str(finding) for finding in check_dataset(ds) if not finding.passed] == []
