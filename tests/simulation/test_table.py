"""Results as rows: each value once, with its unit, and never more than a machine can hold."""

import numpy as np
import pytest
import xarray as xr

from buildout import simulate, tidy_table
from buildout.errors import InputError, UnknownNameError

pytestmark = pytest.mark.usefixtures("tiny_world")


def test_each_value_of_all_shapes_is_one_row_with_its_unit():
    ds = simulate()
    table = tidy_table(ds)
    assert len(table) == sum(int(array.notnull().sum()) for array in ds.data_vars.values())
    assert list(table)[-3:] == ["variable", "value", "unit"]
    one = table[
        (table["variable"] == "capacity")
        & (table["pathway"] == "mobilization")
        & (table["region"] == "US")
        & (table["line"] == "metal")
        & (table["time"] == 2027)
    ]
    expected = ds["capacity"].sel(pathway="mobilization", region="US", line="metal", time=2027)
    assert one["value"].tolist() == [float(expected)]
    assert one["unit"].tolist() == ["t/Year"]


def test_chosen_variables_have_their_own_columns_only():
    table = tidy_table(simulate("status-quo"), ["Total capacity", "subsidy"])
    assert list(table) == ["pathway", "time", "variable", "value", "unit"]
    assert set(table["variable"]) == {"total capacity", "subsidy"}
    assert table[table["variable"] == "subsidy"]["time"].isna().all()


def test_a_part_of_a_dataset_down_to_one_number_is_a_table_too():
    ds = simulate("status-quo").sel(pathway="status-quo", time=2026, region="US")
    assert len(tidy_table(ds, "capacity")) == 2
    assert tidy_table(ds.sel(line="metal"), "capacity")["value"].notna().all()


def test_what_cannot_be_a_table_is_told_with_its_number():
    wide = xr.Dataset({"x": (("a", "b"), np.broadcast_to(0.0, (3000, 2000)))})
    with pytest.raises(InputError, match=r"6,000,000 rows.*5,000,000"):
        tidy_table(wide)
    with pytest.raises(UnknownNameError, match="Nearest: `capacity`"):
        tidy_table(simulate("status-quo"), "capacitie")
    with pytest.raises(InputError, match="At least one"):
        tidy_table(simulate("status-quo"), [])
