"""The need drawn from the table of programmes: what follows from it, and from nothing else."""

import csv

import numpy as np
import pytest
from scipy import stats

from buildout.analysis.defense_need import need
from buildout.analysis.need_draws import NEED_SETTINGS, draw_need, trade_check, triangle
from buildout.analysis.need_rows import need_answer, need_csv_rows
from buildout.errors import InputError, UnknownNameError
from buildout.inputs import places
from buildout.inputs.defense_need import Estimate, read_defense_programmes
from buildout.inputs.defense_need_factors import read_need_factors

DRAWS = 600
TABLE_ONLY = [name for name, setting in NEED_SETTINGS.items() if not setting.trade]
NARROW = ("log triangles", "triangles")


@pytest.fixture(scope="module")
def ds():
    return need(draws=DRAWS)


@pytest.fixture(scope="module")
def ours():
    with open(places.calibration_folder() / "defense_need.csv", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def edited(tmp_path):
    """Writes a table and draws it."""

    def run(rows):
        with open(tmp_path / "mine.csv", "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(rows)
        return need(tmp_path / "mine.csv", draws=DRAWS)

    return run


def test_the_triangle_is_that_of_the_textbook():
    shares = np.linspace(0.01, 0.99, 25)
    law = stats.triang(c=0.25, loc=2, scale=8)
    assert triangle(shares, Estimate(2, 4, 10)) == pytest.approx(law.ppf(shares))
    in_log = triangle(shares, Estimate(1, np.e, np.e**4), log=True)
    assert np.log(in_log) == pytest.approx(stats.triang(c=0.25, scale=4).ppf(shares))
    assert triangle(shares, Estimate(3, 3, 3)) == pytest.approx(np.full(25, 3.0))


def test_the_same_seed_gives_the_same_need_and_another_seed_nearly(ds):
    assert need(draws=DRAWS).identical(ds)
    other = need(draws=DRAWS, seed=8)["need"]
    assert not other.equals(ds["need"])
    assert abs(other / ds["need"] - 1).sel(magnet_class="all", quantile=0.5).max() < 0.1


def test_a_row_added_at_the_end_only_adds(ours, edited, ds):
    one = ours[0] | {"programme": "one more", "class": "light NdFeB"}
    one |= dict.fromkeys(("kg_low", "kg_mode", "kg_high"), "1000")
    one |= dict.fromkeys(("units_low", "units_mode", "units_high"), "10")
    more = edited([*ours, one])
    before, after = (x["need"].sel(setting="triangles", year=2025) for x in (ds, more))
    heavy = {"magnet_class": "heavy NdFeB"}
    assert after.sel(heavy).equals(before.sel(heavy))
    # Ten tonnes with spares (0.15-1) and what is not listed (0.1-0.8).
    added = (after - before).sel(magnet_class="light NdFeB")
    assert 10 * 1.15 * 1.1 < float(added.min()) <= float(added.max()) < 10 * 2 * 1.8


def test_twice_the_kg_is_twice_the_need_and_leaves_the_trade_check_alone(ours, edited, ds):
    double = [
        row | {key: str(2 * float(row[key])) for key in ("kg_low", "kg_mode", "kg_high")}
        for row in ours
    ]
    twice = edited(double)["need"]
    for name in TABLE_ONLY[:-1]:
        np.testing.assert_allclose(twice.sel(setting=name), 2 * ds["need"].sel(setting=name))
    trade = {"setting": "trade check"}
    np.testing.assert_allclose(twice.sel(trade), ds["need"].sel(trade))


def test_a_table_without_a_class_leaves_the_trade_check_whole(ours, edited, ds):
    smco = edited([row for row in ours if row["class"] == "SmCo" and row["programme"] == "F-35"])
    trade = {"setting": "trade check", "year": 2025, "magnet_class": "SmCo"}
    np.testing.assert_allclose(smco["need"].sel(trade), ds["need"].sel(trade))
    assert np.isfinite(smco["need"]).all()


def test_the_trade_check_is_arithmetic_on_imports():
    factors = {name: np.array([row.mode]) for name, row in read_need_factors().items()}
    light, heavy, smco = trade_check(factors, np.array([[1.0], [3.0], [9.0]]))[:, 0]
    ndfeb = (46e3 / 110 * 0.5 + 50 * 0.6) * 1.25
    assert (light, heavy) == pytest.approx((ndfeb / 4, 3 * ndfeb / 4))
    assert smco == pytest.approx((7e3 / 140 * 0.6 + 60 * 0.55) * 1.2)


def test_groups_classes_and_shares_are_parts_of_one_sum():
    programmes = read_defense_programmes()
    drawn = draw_need(programmes, read_need_factors(), 50, seed=1)
    for name in NEED_SETTINGS:
        tonnes = drawn.in_setting(name)
        assert tonnes.shape == (7, 3, 4, 50)
        assert (tonnes >= 0).all()
        assert (drawn.exempt() < 1).all()


def test_the_pool_takes_its_draws_in_turn_from_the_settings_of_full_width():
    drawn = draw_need(read_defense_programmes(), read_need_factors(), 9, seed=1)
    pooled, members = drawn.in_setting("combined"), NEED_SETTINGS["combined"].pool
    for draw in range(9):
        member = drawn.in_setting(members[draw % len(members)])
        np.testing.assert_array_equal(pooled[..., draw], member[..., draw])
    assert not set(members) & set(NARROW)


def test_the_common_bias_widens_the_band(ds):
    low, high = (ds["need"].sel(magnet_class="all", year=2025, quantile=q) for q in (0.05, 0.95))
    ratio = high / low
    for name in NARROW:
        assert ratio.sel(setting=f"{name} with bias") > 1.5 * ratio.sel(setting=name)


def test_the_usual_need_adds_up_and_is_the_median(ds):
    usual, medians = ds["usual_need"], ds["need"].sel(quantile=0.5)
    parts = usual.drop_sel(magnet_class="all").sum("magnet_class")
    np.testing.assert_allclose(parts, usual.sel(magnet_class="all"))
    np.testing.assert_allclose(usual.sel(magnet_class="all"), medians.sel(magnet_class="all"))


def test_an_exemption_never_adds(ds):
    assert (ds["after_exemption"] < ds["need"]).all()
    assert (ds["block_need"] > ds["need"].sel(magnet_class="all", drop=True)).all()


def test_what_is_judged_is_counted_over_the_table(ds, ours):
    now = [row for row in ours if row["years"] != "2028"]
    tonnes = [float(row["kg_mode"]) * float(row["units_mode"]) / 1000 for row in now]
    judged = sum(t for t, row in zip(tonnes, now, strict=True) if row["basis"].startswith("U"))
    assert float(ds["listed"].sel(year=2025)) == pytest.approx(sum(tonnes))
    share = ds["firmness"].isel(cell=0).sel(basis="judged")
    assert float(share) == pytest.approx(judged / sum(tonnes))
    np.testing.assert_allclose(ds["firmness"].sum("basis"), 1)


def test_the_draws_above_a_figure_fall_as_the_figure_rises(ds):
    wholes = ds.where(ds["figure_counted"] == "all", drop=True).sortby("figure_high")
    above = wholes["share_above_high"].sel(setting="combined", year=2025)
    assert (above.diff("figure") <= 0).all()
    assert (ds["share_above_low"] >= ds["share_above_high"]).all()


def test_ramps_and_the_lead_of_purchase_end_at_the_rates_of_2028(ds):
    total = ds["need"].sel(magnet_class="all", quantile=0.5)
    assert (total.diff("year") > 0).all()
    assert (total.sel(year=2028) < 1.05 * total.sel(year=2027)).all()


def test_rows_say_what_the_dataset_says(ds):
    answer = need_answer(ds, setting="triangles", year=2027)
    here = ds["need"].sel(setting="triangles", year=2027)
    total, *_ = answer["classes"]
    assert [total[key] for key in ("p05", "p50", "p95")] == here.sel(
        magnet_class="all"
    ).values.tolist()
    assert (answer["draws"], answer["seed"], answer["table"]) == (DRAWS, 7, "defense_need.csv")
    rows = need_csv_rows(ds)
    (row,) = (
        row
        for row in rows
        if (row["setting"], row["year"], row["quantity"], row["item"])
        == ("triangles", 2027, "need", "SmCo")
    )
    assert row["p95"] == float(here.sel(magnet_class="SmCo", quantile=0.95))


def test_what_does_not_exist_is_refused(ds):
    with pytest.raises(InputError, match=r"The number of draws is `10`.*from 100 to 100,000"):
        need(draws=10)
    with pytest.raises(InputError, match="The seed is `x`"):
        need(seed="x")
    with pytest.raises(UnknownNameError, match=r"setting `triangle`\. Nearest: `triangles`"):
        need_answer(ds, setting="triangle", year=2025)
