"""Six ways to spend a dollar on plants of private owners: each acts on something else, at a price
of its own (model-0.2.md, 19; mechanisms D), so equal dollars make unequal tonnes."""

import numpy as np
import pytest

from buildout.pages.dollars import BUDGET, dollar_tables

INSTRUMENTS = ["grant", "loan", "guarantee", "equity", "offtake", "production credit"]
OUTPUTS = ["us magnet output total", "paid by instruments", "left to instruments"]


@pytest.fixture(scope="module")
def spent(compare):
    """The same yearly budget in each instrument, in the status quo, and none."""
    cases = {name: {f"instrument budget[{name}]": BUDGET} for name in INSTRUMENTS}
    cases["none"] = {}
    more = ["grant share", "market margin", "help of instruments", "decided since start"]
    return compare(
        [*OUTPUTS, *more], **{name: ("status-quo", given) for name, given in cases.items()}
    )


def test_equal_dollars_in_six_instruments_make_six_different_outputs(spent):
    made = spent["us_magnet_output_total"].integrate("time")
    more = (made - made.sel(case="none")).sel(case=INSTRUMENTS).values
    assert (more > 0).all()
    ordered = np.sort(more)
    assert (ordered[1:] > 1.02 * ordered[:-1]).all(), dict(zip(INSTRUMENTS, more, strict=True))
    # A loan buys a good part of a grant for a tenth of the money.
    by_name = dict(zip(INSTRUMENTS, more, strict=True))
    assert by_name["loan"] > 2 * by_name["grant"]


@pytest.mark.slow
def test_the_table_of_instruments_says_what_the_runs_say(model, spent):
    table = dollar_tables()["instruments"]
    print(table)
    made = spent["us_magnet_output_total"].integrate("time")
    for name in INSTRUMENTS:
        (line,) = [line for line in table.splitlines() if line.startswith(f"| {name} |")]
        tonnes = float(line.split("|")[2].replace(",", ""))
        more = float(made.sel(case=name) - made.sel(case="none"))
        assert tonnes == pytest.approx(more, rel=0.01, abs=1)


def test_what_an_instrument_is_given_it_uses_or_has_left_and_never_more(spent):
    given = BUDGET * np.maximum(0, spent.time - 2027)
    for name in INSTRUMENTS:
        own = spent.sel(case=name, instrument=name)
        paid, left = own["paid_by_instruments"], own["left_to_instruments"]
        np.testing.assert_allclose(paid + left, given, rtol=1e-9, atol=1e-9)
        assert float(left.min()) >= 0
        assert float(paid.isel(time=-1)) > 1


@pytest.mark.parametrize(
    ("name", "effect", "size"),
    [
        ("grant", "capital charge", 0.3),
        ("loan", "capital charge", 0.25),
        ("guarantee", "capital charge", 0.175),
        ("equity", "capital charge", 0.15),
        ("equity", "hurdle", 0.01),
        ("offtake", "hurdle", 0.02),
        ("production credit", "margin", 0.1),
    ],
)
def test_an_instrument_with_money_enough_acts_on_its_own_in_full(compare, name, effect, size):
    ds = compare(
        [
            "help of instruments",
            "grant share",
            "market margin",
            "market revenue",
            "processing cost",
        ],
        some=("status-quo", {f"instrument budget[{name}]": 1000}),
        none=("status-quo", {}),
    ).sel(time=2032)
    help_ = ds["help_of_instruments"].sel(case="some", instrument_effect=effect)
    assert float(help_.sel(region="US")) == pytest.approx(size)
    assert float(help_.sel(region="Allies")) == 0
    some, none = ds.sel(case="some"), ds.sel(case="none")
    us = {"region": "US", "line": "NdFeB magnets"}
    if effect == "capital charge":
        left = (1 - some["grant_share"].sel(us)) / (1 - none["grant_share"].sel(us))
        assert float(left) == pytest.approx(1 - size)
    if effect == "margin":
        without = some["market_revenue"].sel(us) - some["processing_cost"].sel(us)
        gained = some["market_margin"].sel(us) - without
        assert float(gained / some["processing_cost"].sel(us)) == pytest.approx(size)


def test_instruments_without_money_change_nothing_at_all(compare):
    asleep = {"strength of instrument": 0.5, "cost of instrument": 0.5, "instrument start": 2025.0}
    ds = compare(OUTPUTS, usual=("mobilization", {}), asleep=("mobilization", asleep))
    for output in ds.data_vars.values():
        assert np.array_equal(output.sel(case="usual"), output.sel(case="asleep")), output.name
