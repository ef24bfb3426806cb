"""Observations are readable, in known units, and kept apart by the date rule."""

import csv
import json

import numpy as np
import pytest

from buildout.errors import InputError, UnknownNameError
from buildout.inputs import observations, places

UNITS = {
    "t", "t/yr", "t/t", "t REO", "t REO/yr", "t REO/t", "t NdPr oxide", "t DyTb oxide/yr",
    "USD/kg", "CNY/kg", "USD/t REO", "MUSD nominal", "MAUD nominal", "%", "%/yr", "person",
    "year", "event", "ratio", "kg",
}  # fmt: skip


@pytest.fixture(scope="module")
def ds():
    return observations.load_observations()


def test_kinds_uses_and_units_come_from_short_lists(observation_rows):
    for row in observation_rows:
        assert row["kind"] in observations.OBSERVATION_KINDS, row
        assert row["use"] in observations.OBSERVATION_USES, row
        assert row["unit"] in UNITS, row
        assert np.isfinite(float(row["value"])), row


def test_what_is_fitted_on_ends_before_2025(ds):
    fitted = ds.use.values == "fit"
    assert fitted.any()
    assert np.all(ds.end.values[fitted] <= observations.FIT_BEFORE)


def test_rows_are_marked_as_fitted_on_when_a_fit_takes_them_and_only_then(ds):
    written = (places.calibration_folder() / "fit.json").read_text(encoding="utf-8")
    taken = {line for fit in json.loads(written).values() for line in fit["data"]}
    rows = (ds.isel(row=i) for i in range(ds.sizes["row"]))
    marked = {
        f"{row.series.item()} {row.start.item():.2f}-{row.end.item():.2f}: "
        f"{row.value.item():g} {row.unit.item()} [{row.source_id.item()}]": row.use.item()
        for row in rows
    }
    assert {label for label, use in marked.items() if use == "fit"} == set(marked) & taken


def test_periods_do_not_run_backwards_and_time_is_their_middle(ds, observation_rows):
    assert np.all(ds.end.values > ds.start.values)
    written = np.array([float(row["time"]) for row in observation_rows])
    np.testing.assert_allclose(written, ds.time.values, atol=1e-4)


def test_a_series_has_one_unit(observation_rows):
    units = {}
    for row in observation_rows:
        units.setdefault(row["series"], set()).add(row["unit"])
    assert {name: found for name, found in units.items() if len(found) > 1} == {}


def test_no_row_is_there_twice(observation_rows):
    keys = [
        (row["series"], row["period_start"], row["period_end"], row["source_id"], row["note"])
        for row in observation_rows
    ]
    assert len(keys) == len(set(keys))


def test_selection_leaves_out_plans_and_forecasts_unless_asked(ds):
    series = "world_ndfeb_undersupply_forecast_t"
    assert observations.select_observations(ds, series=series).sizes["row"] == 0
    assert observations.select_observations(ds, series=series, kind="forecast").sizes["row"] == 5


def test_selection_is_in_order_of_time(ds):
    found = observations.select_observations(ds, series=["price_dy_oxide", "price_tb_oxide"])
    assert np.all(np.diff(found.time.values) >= 0)


def test_an_unknown_series_is_refused_with_the_nearest_name(ds):
    with pytest.raises(UnknownNameError, match="lynas_reo_production_t"):
        observations.select_observations(ds, series="lynas_reo_prodction_t")


def write(path, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerows(rows)


def test_a_table_with_other_columns_is_refused_by_name(tmp_path):
    write(tmp_path / "prices.csv", [["series", "value"], ["a", "1"]])
    with pytest.raises(InputError, match=r"`prices\.csv` lacks the columns `kind`"):
        observations.load_observations(tmp_path)


@pytest.mark.parametrize(
    ("column", "text"), [("value", "many"), ("period_end", "2024-13-01"), ("value", "")]
)
def test_an_unreadable_number_or_date_is_refused_with_its_line(tmp_path, column, text):
    row = dict.fromkeys(observations.OBSERVATION_COLUMNS, "x")
    row |= {"kind": "observation", "use": "fit", "time": "2024.5"}
    row |= {"period_start": "2024-01-01", "period_end": "2024-12-31", "value": "1", column: text}
    write(tmp_path / "prices.csv", [observations.OBSERVATION_COLUMNS, list(row.values())])
    with pytest.raises(InputError, match=r"`prices\.csv`, line 2"):
        observations.load_observations(tmp_path)
