"""Events with a hazard come on the date that their luck says (point 23)."""

import numpy as np
import pytest

DRAWN = {"switch luck": 1}
LUCK = [0.1, 0.5, 0.9]


def by_luck(event, more):
    return {
        f"luck_{u}": ("china-deal", DRAWN | more | {f"luck of event[{event}]": u}) for u in LUCK
    }


def test_a_reversal_and_a_cut_come_at_minus_the_logarithm_over_their_hazard(compare):
    for event, name, hazard in (
        ("reversal", "reversal date", "reversal hazard"),
        ("cut", "date of cut by chance", "hazard of a cut"),
    ):
        ds = compare([name], **by_luck(event, {hazard: 0.1})).isel(time=0)
        found = ds[name.replace(" ", "_")]
        np.testing.assert_allclose(found, 2027 - np.log(1 - np.array(LUCK)) / 0.1)


def test_the_date_set_for_a_breach_is_the_median_of_its_hazard(compare):
    """From the start of the deal in January 2027: half of all worlds break it by the date set."""
    dates = {"deal start": 2027, "deal breach date": 2030}
    found = compare(["breach date"], **by_luck("breach", dates)).isel(time=0)["breach_date"]
    hazard = np.log(2) / 3
    np.testing.assert_allclose(found, 2027 - np.log(1 - np.array(LUCK)) / hazard)
    ds = compare(["deal active"], **by_luck("breach", dates))["deal_active"].sel(time=2031)
    np.testing.assert_allclose(ds, [0, 0, 1])


def test_investors_fear_the_hazard_that_strikes(compare):
    """One constant sets the date of a reversal and what investors ask for."""
    cases = {f"hazard_{h}": ("status-quo", DRAWN | {"reversal hazard": h}) for h in (0.05, 0.1)}
    ds = compare(["reversal date", "contract hurdle"], **cases).isel(time=0)
    waits = ds["reversal_date"] - 2027
    assert float(waits[0]) == pytest.approx(2 * float(waits[1]))
    assert float(ds["contract_hurdle"][1]) > float(ds["contract_hurdle"][0])
