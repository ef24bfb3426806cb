"""Levers by word, and the values that are in force under a pathway."""

import math

import pytest

from buildout.errors import UnknownNameError
from buildout.inputs.levers import levers, values_in_force
from buildout.inputs.pathway import pathway
from buildout.inputs.resolve import resolve


def test_levers_are_found_by_name_or_meaning(tiny):
    assert [row["lever"] for row in levers("money", model=tiny)] == ["subsidy"]
    assert len(levers(model=tiny)) == len(tiny.levers)


@pytest.mark.usefixtures("tiny_world")
def test_values_in_force_are_those_that_a_run_has(tiny):
    rows = values_in_force("mobilization", model=tiny)
    listed = {s: row["value"] for row in rows for s in tiny.scalars(row["lever"])}
    [scenario] = resolve(tiny, "mobilization").scenarios
    assert scenario.own.items() <= listed.items()
    assert {s: v for s, v in listed.items() if s not in scenario.own}.items() <= (
        tiny.constants.items()
    )


@pytest.mark.usefixtures("tiny_world")
def test_what_a_pathway_sets_has_its_reason_and_what_it_does_not_has_none(tiny):
    rows = {row["lever"]: row for row in values_in_force("mobilization", model=tiny)}
    assert (rows["subsidy"]["value"], rows["subsidy"]["note"]) == (100, "the most")
    assert rows["subsidy"]["origin"] == "mobilization.toml"
    assert rows["lifetime"]["origin"] == "common.toml"
    unset = [row for row in rows.values() if not row["origin"]]
    assert unset
    assert all(row["value"] == row["default"] and not row["source"] for row in unset)


@pytest.mark.usefixtures("tiny_world")
def test_an_element_that_is_set_by_itself_stands_apart(tiny):
    mine = pathway("status-quo").with_settings({"initial capacity[US,metal]": 15}, name="mine")
    rows = {row["lever"]: row["value"] for row in values_in_force(mine, "capacity", model=tiny)}
    assert rows["initial capacity[US,metal]"] == 15
    assert not math.isnan(sum(rows.values()))


@pytest.mark.usefixtures("tiny_world")
def test_an_unknown_pathway_is_answered_with_the_nearest(tiny):
    with pytest.raises(UnknownNameError, match="Nearest: `mobilization`"):
        values_in_force("mobilisation", model=tiny)
