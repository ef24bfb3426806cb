"""Every loop, switch, sector and lever does something, in the direction it is known for."""

import re

import numpy as np
import pytest

from buildout.errors import BuildoutError
from buildout.experiments import reading
from buildout.experiments.explained import load_explained
from buildout.experiments.knockouts import KINDS, load_knockouts
from buildout.experiments.levers import lever_effects, load_awake
from buildout.experiments.measure import effects as measured
from buildout.experiments.measured import load_outcomes
from buildout.experiments.non_influential import influence, load_besides
from buildout.outcomes.dates import first_sustained

# Read without the model, which nothing that is merely collected should load.
NAMES = [row["name"] for kind in KINDS for row in reading.toml_table("knockouts.toml")[kind]]
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
def every(model):
    return load_knockouts(model).every


@pytest.fixture(scope="module")
def found(model, every):
    """Effect of every knock-out, by its place in the list."""
    return measured(model, every)


@pytest.fixture(scope="module")
def levers(model):
    return lever_effects(model)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(NAMES)), ids=lambda number: NAMES[number])
def test_what_is_taken_out_moves_its_outcome_the_way_it_should(found, number):
    effect = found[number]
    assert effect.knockout.name == NAMES[number]
    moved = effect.named.after - effect.named.before
    assert moved * effect.knockout.direction > MATTERS * abs(effect.named.before), effect


def test_every_switch_of_the_model_is_taken_out_by_itself_somewhere(model, every):
    switches = {lever.name for lever in model.levers if lever.kind == "switch"}
    tried = {next(iter(one.settings)) for one in every if len(one.settings) == 1}
    assert switches <= tried


def test_every_sector_is_taken_out(model):
    assert {one.name for one in load_knockouts(model).sectors} == SECTORS_OF_THE_MODEL


@pytest.mark.slow
def test_every_lever_moves_a_headline_by_a_percent_unless_that_is_explained(levers):
    silent = [one.lever.name for one in levers if one.non_influential and not one.why]
    assert not silent


@pytest.mark.slow
def test_every_lever_is_in_the_table_once(model, levers):
    names_in_table = [one.lever.name for one in levers]
    assert names_in_table == [lever.name for lever in model.levers if lever.kind == "lever"]


LOADS = {
    "knockouts.toml": load_knockouts,
    "awake.toml": load_awake,
    "besides.toml": load_besides,
    "explained.csv": load_explained,
    "outcomes.csv": load_outcomes,
}


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("knockouts.toml", '"switch ramp"', '"switch rmap"', "Nearest: `switch ramp`"),
        ("knockouts.toml", 'direction = "up"', 'direction = "sideways"', "`up` or `down`"),
        ("knockouts.toml", "year =", "yaer =", "the key `yaer`"),
        ("knockouts.toml", '"switch ramp" = 0.0', '"switch ramp" = "off"', "switch ramp"),
        ("knockouts.toml", 'direction = "up"\n', "", "lacks the key `direction`"),
        ("knockouts.toml", "[[loop]]", "[[loops]]", "knockouts.toml"),
        ("knockouts.toml", '"hybrid"]', '"hybird"]', "no pathway hybird"),
        ("knockouts.toml", "[[loop]]", "[[loop", "not valid TOML"),
        ("awake.toml", '"surge end"', '"surge ends"', "Nearest: `surge end`"),
        ("besides.toml", "2031.0", "inf", "finite"),
        ("explained.csv", "least hazard", "least hazards", "Nearest: `least hazard`"),
        ("explained.csv", "name,why", "name,because", "lacks the columns `why`"),
        ("outcomes.csv", ",tonnes,", ",tons,", "the kind is `tons`"),
        ("outcomes.csv", "2027;", "soon;", "`soon`. A number"),
        ("outcomes.csv", "jobs_in_total", "jobs_at_all", "jobs"),
    ],
)
def test_a_mistake_in_a_table_is_told_when_it_is_read(model, monkeypatch, tmp_path, file, old, new,
                                                      message):  # fmt: skip
    text = (reading.TABLES / file).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new), encoding="utf-8")
    for module in (LOADS[file].__globals__, vars(reading)):
        monkeypatch.setitem(module, "TABLES", tmp_path)
    with pytest.raises(BuildoutError, match=re.escape(message)):
        LOADS[file](model)


def test_coverage_before_the_rule_binds_does_not_count():
    times = np.arange(2025.0, 2032.0, 0.5)
    early = np.where(times < 2027, 1.0, 0.0)
    late = np.where(times >= 2029, 1.0, 0.0)
    always, short = np.ones_like(times), np.where((times >= 2028) & (times < 2029), 1.0, 0.0)
    since = first_sustained(times, np.stack([early, late, always, short]), since=2027.0).start
    np.testing.assert_array_equal(since, [np.nan, 2029.0, 2027.0, np.nan])


@pytest.mark.slow
def test_no_constant_is_non_influential_unless_that_is_explained(model):
    result = influence(model)
    silent = [one.scalar for one in result.never if not one.why]
    assert not silent
    assert not result.broken
