"""The table of which date each lever acts from."""

import pytest

from buildout.errors import InputError
from buildout.inputs import lever_dates as table
from buildout.inputs.lever_dates import date_scalars, lever_dates

#: The start that nobody here decides on: China answers. Cuts are no levers by themselves.
NOT_OURS = {"change_of_licensed_access_start"}


def test_every_start_that_is_a_lever_dates_a_level_unless_it_is_chinas(model):
    starts = {
        variable.key
        for variable in model.variables.values()
        if variable.key.endswith("_start") and model.kind_of(variable.name) == "lever"
    }
    assert starts - set(lever_dates(model).values()) == NOT_OURS


def test_an_element_goes_with_the_dates_of_its_own_line(model):
    assert date_scalars(model, "contract_cover_level[US,mining]") == ["contract_start[mining]"]
    assert date_scalars(model, "surge_start") == ["surge_start"]
    assert date_scalars(model, "cut_depth[later cut]") == []


def test_a_wrong_table_of_dates_is_refused_line_by_line(model, tmp_path, monkeypatch):
    path = tmp_path / "dates.csv"
    path.write_text("lever,date\nsurge total,surge starts\nsurge total,surge share\n")
    monkeypatch.setattr(table, "LEVER_DATES_TABLE", path)
    lever_dates.cache_clear()
    with pytest.raises(InputError, match=r"Line 2: Unknown(.|\n)*Line 3: `surge share` is in Dmnl"):
        lever_dates(model)
    lever_dates.cache_clear()
