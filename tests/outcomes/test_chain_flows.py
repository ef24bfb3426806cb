"""Hands through which magnets pass: all that is wanted is somewhere, and it is the model's own."""

import numpy as np
import pytest
import xarray as xr

from buildout.outcomes.chain_flows import CHAIN_STAGES, chain_flows

DATES = [2025.0, 2027.0, 2030.0, 2035.0]


@pytest.fixture(scope="module")
def run(three):
    return three.sel(time=DATES)


@pytest.fixture(scope="module")
def flows(run):
    return chain_flows(run)


def through(flows, **hands):
    keep = np.logical_and.reduce([flows[stage].values == name for stage, name in hands.items()])
    return flows.isel(path=np.flatnonzero(keep)).sum("path")


def test_all_that_is_wanted_is_somewhere(run, flows):
    assert (flows >= 0).all()
    xr.testing.assert_allclose(flows.sum("path"), run["direct_demand"].reset_coords(drop=True))


def test_makers_and_users_are_the_models_own(run, flows):
    for hands, names in (
        ({"magnets": "US", "use": "defense"}, ["us_used_by_defense"]),
        ({"magnets": "US", "use": "civil use"}, ["us_magnets_sold_to_civil_users"]),
        ({"magnets": "Allies", "use": "defense"}, ["allied_used_by_defense"]),
        ({"magnets": "Allies", "use": "civil use"}, ["allied_magnets_to_civil_use"]),
        ({"use": "missing"}, ["unmet_civil_demand", "defense_shortfall"]),
    ):
        own = sum(run[name] for name in names).transpose(*through(flows, **hands).dims)
        np.testing.assert_allclose(through(flows, **hands), own, atol=1e-9)
    china = run["chinese_magnets_to_civil_use"].sel(region="US")
    np.testing.assert_allclose(through(flows, magnets="China"), china, atol=1e-9)


def test_defense_gets_nothing_that_passed_china_once_the_full_chain_is_asked_for(run, flows):
    asked = run["full_chain_requirement"] == 1
    assert asked.any()
    for stage in CHAIN_STAGES[:-1]:
        passed = through(flows, use="defense", **{stage: "China"})
        assert not passed.where(asked).fillna(0.0).any()


def test_metal_of_us_magnets_is_split_as_it_arrived(run, flows):
    light = flows.sel(magnet_class="light NdFeB")
    ours, theirs = (
        through(light, magnets="US", metal=maker, ore="US") for maker in ("US", "Allies")
    )
    assert (ours + theirs > 0).any()
    made = run["metal_made"].sel(element="NdPr", region="US", western_origin="full chain")
    bought = run["allied_full_chain_metal_to_us"].sel(element="NdPr")
    split = [through(light, magnets="US", metal=m) for m in ("US", "Allies")]
    clean = [part - through(light, magnets="US", metal=m, oxide="China")
             for part, m in zip(split, ("US", "Allies"), strict=True)]  # fmt: skip
    np.testing.assert_allclose(clean[0] * bought, clean[1] * made, rtol=1e-9)


def test_the_share_that_passed_china_is_near_the_dependence_of_the_model(run, flows):
    # The model mixes the classes of allied magnets, and defense gets none but what complies.
    whole = flows.sum("magnet_class")
    got = whole.sum("path") - through(whole, use="missing")
    for stage, place in (("magnets", "at magnets"), ("oxide", "at oxide and ore")):
        own = run["dependence_on_china"].sel(dependence_stage=place)
        share = through(whole, **{stage: "China"}) / got
        np.testing.assert_allclose(share, own.transpose(*share.dims), atol=0.03)


@pytest.mark.slow
def test_where_nobody_traces_origin_defense_gets_the_usual_mix(run):
    loose = run.assign(switch_origin_tracking=0 * run["switch_origin_tracking"])
    passed = through(chain_flows(loose), use="defense", magnets="US", metal="China")
    assert (passed.sel(pathway="status-quo", time=2027.0) > 0).any()


@pytest.mark.slow
def test_an_empty_pool_belongs_to_its_maker(run):
    idle = run.assign(metal_made=0 * run["metal_made"])
    idle = idle.assign(
        {name: 0 * run[name] for name in run if name.startswith("allied_full_chain_metal")}
    )
    flows = chain_flows(idle)
    assert not flows.isnull().any()
    xr.testing.assert_allclose(flows.sum("path"), run["direct_demand"].reset_coords(drop=True))
