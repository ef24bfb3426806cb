"""A new shock raises alarm, alarm becomes law, law brings contracts and money (point 21)."""

import numpy as np
import pytest

# Exports stopped for three years; the cuts of 2025 stay as they were.
STOPPED = {"cut start[later cut]": 2030, "cut length[later cut]": 3, "cut depth[later cut]": 1}
OFF = {"switch shock to policy": 0}
NO_CUTS_OF_2025 = {
    "cut depth[licences of April 2025]": 0,
    "cut depth[licences of October 2025]": 0,
}
STARTS = ["final investment decisions", "dated capacity decided"]
# Whatever the loop touches, and what follows from it.
WIDE = [
    "urgency", "contract cover", "appropriating", "money spent", "line output", "magnet price",
    "us magnet output total", "defense coverage", "unmet civil demand", "capital committed",
]  # fmt: skip


def starts(ds, case, line=None):
    """US capacity decided from 2030.0 to 2035.0, t/yr, of one line or of all."""
    steps = ds.sel(case=case, region="US", time=slice(2030, 2034.99))
    decided = sum(steps[name.replace(" ", "_")] for name in STARTS).sum("time")
    return float(decided.sel(line=line) if line else decided.sum("line"))


@pytest.mark.parametrize("base", ["status-quo", "china-deal", "upstream-orders"])
def test_a_long_stop_raises_starts_by_a_tenth_with_the_loop(compare, base):
    """Where the stop itself moves starts by its prices, the loop adds a tenth to that."""
    ds = compare(
        STARTS,
        calm=(base, {}),
        shock=(base, STOPPED),
        calm_off=(base, OFF),
        shock_off=(base, STOPPED | OFF),
    )
    for line in (None, "NdFeB magnets"):
        shock, off = starts(ds, "shock", line), starts(ds, "shock_off", line)
        assert shock > 1.1 * starts(ds, "calm", line)
        assert shock > 1.1 * off


@pytest.mark.parametrize("base", ["status-quo", "mobilization", "allied-network"])
def test_where_nothing_new_happens_the_loop_adds_exactly_nothing(compare, base):
    ds = compare(WIDE, on=(base, {}), off=(base, OFF))
    for name in ds:
        np.testing.assert_array_equal(ds[name].sel(case="on"), ds[name].sel(case="off"), name)


def test_switched_off_a_shock_leaves_policy_exactly_as_it_was(compare):
    """The same numbers as where alarm counts for nothing: no law, no money, no premium."""
    silent = {"alarm gain": 0, "alarm money per import value": 0}
    ds = compare(WIDE, off=("status-quo", STOPPED | OFF), silent=("status-quo", STOPPED | silent))
    for name in ds:
        np.testing.assert_array_equal(ds[name].sel(case="off"), ds[name].sel(case="silent"), name)


@pytest.mark.parametrize("base", ["status-quo", "mobilization", "upstream-orders"])
def test_the_cuts_of_2025_move_urgency_by_exactly_nothing(compare, base):
    ds = compare(["urgency", "alarm", "total cut"], cuts=(base, {}), none=(base, NO_CUTS_OF_2025))
    assert float(ds["total_cut"].sel(case="cuts").max()) > 0.5
    assert float(ds["alarm"].max()) == 0
    np.testing.assert_array_equal(*ds["urgency"].transpose("case", ...))


def test_what_began_before_today_raises_no_alarm_however_long_it_lasts(compare):
    old, new = STOPPED | {"cut start[later cut]": 2026.5}, STOPPED | {"cut start[later cut]": 2027}
    ds = compare(["alarm"], old=("status-quo", old), new=("status-quo", new))["alarm"]
    assert float(ds.sel(case="old").max()) == 0
    assert float(ds.sel(case="new").max()) > 0.5


def test_a_stop_of_36_months_brings_an_alarm_of_0_6_to_1_at_the_default_gain(compare):
    cases = {f"gain_{gain}": ("status-quo", STOPPED | {"alarm gain": gain}) for gain in (0.5, 1, 2)}
    highest = compare(["alarm"], **cases)["alarm"].max("time")
    assert 0.6 <= float(highest.sel(case="gain_1")) <= 1
    assert float(highest.sel(case="gain_0.5")) < 0.6 < 1 < float(highest.sel(case="gain_2"))


def test_alarm_halves_in_a_year_and_a_fifth_and_programmes_in_two(compare):
    ds = compare(["alarm", "policy answer"], shock=("status-quo", STOPPED)).isel(case=0)
    late = {"time": slice(2036, None)}
    alarm, answer = ds["alarm"].sel(late), ds["policy_answer"].sel(late)
    spent = alarm["time"] - 2036
    np.testing.assert_allclose(alarm / alarm[0], 0.5 ** (spent / 1.18), rtol=0.08)
    assert (answer > alarm).all()
    ends = float(answer.sel(time=2042) / answer.sel(time=2038))
    assert 0.25 < ends < 0.35


def test_alarm_buys_contracts_up_to_full_cover_and_money_by_the_value_of_imports(compare):
    outputs = ["indicated contract cover", "policy answer", "money of alarm", "appropriating"]
    outputs += ["civil demand for Chinese magnets", "chinese magnet price", "surplus limit"]
    ds = compare(
        outputs,
        shock=("upstream-orders", STOPPED | {"alarm gain": 2}),
        calm=("upstream-orders", {}),
    )
    cover = ds["indicated_contract_cover"].sel(case="shock")
    at_height = cover.sel(region="US", time=2033)
    assert float(ds["policy_answer"].sel(case="shock", time=2033)) > 1
    assert (at_height == 1).all()
    assert float(cover.max()) <= 1
    allied = ds["indicated_contract_cover"].sel(region="Allies")
    np.testing.assert_array_equal(allied.sel(case="shock"), allied.sel(case="calm"))
    one = ds.sel(case="shock", time=2032)
    value = one["civil_demand_for_chinese_magnets"].sel(region="US") * one["chinese_magnet_price"]
    imports = float(value.sum("magnet_class") * one["surplus_limit"]) / 1000
    money = float(one["money_of_alarm"])
    assert money == pytest.approx(4 * imports * float(one["policy_answer"]))
    more = ds["appropriating"].sel(case="shock") - ds["appropriating"].sel(case="calm")
    assert float(more.sel(time=2032).sum("fund")) == pytest.approx(money)


def test_the_breach_of_a_deal_raises_alarm_and_a_deal_that_holds_does_not(compare):
    ds = compare(
        ["alarm"], breach=("china-deal", {}), holds=("china-deal", {"deal breach date": 2100})
    )["alarm"].max("time")
    assert float(ds.sel(case="breach")) > 0.03
    assert float(ds.sel(case="holds")) == 0


def test_only_a_boom_beyond_that_of_2022_raises_alarm(compare):
    def boom(height):
        path = {"price path start": 2027, "price path": height}
        return ("status-quo", path | {"price path[element,price point 1]": 1})

    ds = compare(["alarm"], as_in_2022=boom(2), beyond=boom(4))["alarm"].max("time")
    assert float(ds.sel(case="as_in_2022")) == 0
    assert float(ds.sel(case="beyond")) > 0.1


def test_a_long_stop_costs_china_its_market_where_policy_answers(compare):
    """What holds China back, if it foresees it; nothing in the model does so."""
    year = STOPPED | {"cut length[later cut]": 1}
    ds = compare(
        ["chinese magnets to us"],
        calm=("status-quo", {}),
        answered=("status-quo", year),
        unanswered=("status-quo", year | OFF),
    )
    sold = ds["chinese_magnets_to_us"].sel(time=slice(2030, None)).sum("time")
    lost = 1 - sold / sold.sel(case="calm")
    assert float(lost.sel(case="answered")) > 2 * float(lost.sel(case="unanswered")) > 0.1
