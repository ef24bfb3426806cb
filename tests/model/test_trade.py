"""A joint floor, a tariff after a study, and what stockpiles cost civil users (point 24)."""

import numpy as np
import pytest


@pytest.fixture(scope="module")
def runs(compare):
    outputs = [
        "line output",
        "us magnet output total",
        "civil access",
        "alarm",
        "planned contract cover",
    ]
    china = {"change of licensed access": 0, "cut depth[later cut]": 0}
    return compare(
        outputs,
        usual=("status-quo", {}),
        floor=("allied-floor", {}),
        tariff=("section-232", {}),
        idle=("section-232", china),
    )


def test_a_joint_floor_for_oxide_brings_oxide_and_hardly_a_magnet(runs):
    usual, floor = runs.sel(case="usual"), runs.sel(case="floor")
    oxide = {"region": "US", "line": "NdPr separation", "time": 2035}
    assert float(floor["line_output"].sel(oxide)) > 1.02 * float(usual["line_output"].sel(oxide))
    made = [float(ds["us_magnet_output_total"].sel(time=2045)) for ds in (usual, floor)]
    assert made[1] == pytest.approx(made[0], rel=0.05)


def test_before_its_date_a_later_policy_changes_nothing(runs):
    for case, begin in (("floor", 2028.25), ("tariff", 2027.0)):
        early = runs.sel(time=slice(None, begin))
        for name in ("line_output", "civil_access"):
            np.testing.assert_array_equal(
                early[name].sel(case=case), early[name].sel(case="usual"), f"{case}, {name}"
            )


def test_china_answers_a_study_before_the_tariff_comes(runs):
    access = runs["civil_access"]
    waiting = access.sel(time=slice(2027.5, 2028.25))
    assert (waiting.sel(case="tariff") < waiting.sel(case="idle") - 0.02).all()
    assert float(runs["alarm"].sel(case="tariff").max()) > 0
    assert float(runs["alarm"].sel(case="idle").max()) == 0
    # Retaliation, which every pathway has, begins with the tariff.
    later = access.sel(time=2030)
    assert float(later.sel(case="idle")) < float(later.sel(case="usual")) - 0.02


def test_a_stockpile_for_defense_is_bought_before_civil_users_are_served_and_they_pay(compare):
    none = {"defense stockpile months": 0, "civil stockpile days": 0}
    outputs = ["unmet civil demand", "defense stockpile"]
    ds = compare(
        outputs,
        none=("status-quo", none),
        stock=("status-quo", none | {"defense stockpile months": 24}),
    ).sum("magnet_class")
    filling = {"time": slice(2028.5, 2031.5)}
    unmet = ds["unmet_civil_demand"].sel(filling)
    assert float(unmet.sel(case="none").min()) > 100
    assert (unmet.sel(case="stock") > unmet.sel(case="none")).all()
    assert float(ds["defense_stockpile"].sel(case="stock", time=2034)) > 300
