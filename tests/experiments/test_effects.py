"""Every loop, switch, sector and lever does something, in the direction it is known for."""

import numpy as np
import pytest

from buildout._util import names
from buildout.experiments.explained import EXPLAINED, reason
from buildout.experiments.knockouts import LOOPS, SECTORS, SWITCHES
from buildout.experiments.levers import AWAKE, lever_effects
from buildout.experiments.measure import effects as measured
from buildout.experiments.non_influential import BESIDES, search
from buildout.outcomes.dates import first_sustained

ALL = (*LOOPS, *SWITCHES, *SECTORS)
# Of model.md, section 3; `Outcomes` feeds nothing back.
SECTORS_OF_THE_MODEL = {
    "Capacity",
    "Capital",
    "Profitability and investment",
    "Workforce",
    "Know-how",
    "Material flows",
    "Demand and substitution",
    "Market and price",
    "China",
    "Allies",
    "Policy",
    "Defense compliance",
}
# A smaller change than this is too small to say that a mechanism matters anywhere.
MATTERS = 1e-3


@pytest.fixture(scope="module")
def found(model):
    """Effect of every knock-out, by its place in the list."""
    return measured(model, ALL)


@pytest.fixture(scope="module")
def levers(model):
    return lever_effects(model)


@pytest.mark.parametrize("number", range(len(ALL)), ids=lambda number: ALL[number].name)
def test_what_is_taken_out_moves_its_outcome_the_way_it_should(found, number):
    effect = found[number]
    moved = effect.named.after - effect.named.before
    assert moved * effect.knockout.direction > MATTERS * abs(effect.named.before), effect


def test_every_switch_of_the_model_is_taken_out_by_itself_somewhere(model):
    switches = {lever.name for lever in model.levers if lever.kind == "switch"}
    tried = {next(iter(one.settings)) for one in ALL if len(one.settings) == 1}
    assert switches <= tried


def test_every_sector_is_taken_out():
    assert {one.name for one in SECTORS} == SECTORS_OF_THE_MODEL


def test_no_lever_is_inert_unless_that_is_explained(levers):
    silent = [one.lever.name for one in levers if one.inert and not reason(one.lever.name)]
    assert not silent


def test_every_lever_is_in_the_table_once(model, levers):
    names_in_table = [one.lever.name for one in levers]
    assert names_in_table == [lever.name for lever in model.levers if lever.kind == "lever"]


def test_what_the_lists_speak_of_is_in_the_model(model):
    listed = [*EXPLAINED, *AWAKE]
    listed += [name for settings in (*BESIDES.values(), *AWAKE.values()) for name in settings]
    for name in listed:
        assert model.variable(names.split(name)[0]).kind == "constant", name
        assert model.scalars(name), name


def test_coverage_before_the_rule_binds_does_not_count():
    times = np.arange(2025.0, 2032.0, 0.5)
    early = np.where(times < 2027, 1.0, 0.0)
    late = np.where(times >= 2029, 1.0, 0.0)
    always, short = np.ones_like(times), np.where((times >= 2028) & (times < 2029), 1.0, 0.0)
    since = first_sustained(times, np.stack([early, late, always, short]), since=2027.0).start
    np.testing.assert_array_equal(since, [np.nan, 2029.0, 2027.0, np.nan])


@pytest.mark.slow
def test_no_constant_is_inert_unless_that_is_explained(model):
    result = search(model)
    silent = [one.scalar for one in result.never if not reason(model.spelled(one.scalar))]
    assert not silent
    assert not result.broken
