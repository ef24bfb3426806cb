"""Instruments of policy and the outcomes of the analyst's verbs: two tables, held to the model."""

import pytest

from buildout.errors import InputError, UnknownNameError
from buildout.inputs import asked, instruments
from buildout.inputs.asked import asked_outcome, asked_outcomes
from buildout.inputs.instruments import OTHER_SETTINGS, by_instrument, instrument_of
from buildout.inputs.pathway import pathway_names
from buildout.inputs.resolve import resolve
from buildout.inputs.validation import start_end_pairs


def test_every_lever_that_differs_in_a_pathway_of_the_project_has_an_instrument(model):
    scenarios = resolve(model, pathway_names()).scenarios
    touched = {scalar for scenario in scenarios for scalar in scenario.values}
    own = model.constants
    differing = {s for s in touched if len({c.values.get(s, own[s]) for c in scenarios}) > 1}
    listed = {lever for levers in instruments.instruments(model).values() for lever in levers}
    unlisted = {scalar for scalar in differing if scalar.partition("[")[0] not in listed}
    assert not unlisted


def test_an_instrument_has_the_start_of_a_lever_and_its_end(model):
    apart = [p for p in start_end_pairs(model) if len({instrument_of(model, s) for s in p}) > 1]
    assert not apart


def test_what_no_instrument_names_is_among_the_other_settings(model):
    chosen = ["surge_total", "requalification_share", "permit_reform_start"]
    groups = by_instrument(model, chosen)
    assert groups["money and grants"] == ["surge_total"]
    assert groups[OTHER_SETTINGS] == ["requalification_share"]
    assert list(groups)[-1] == OTHER_SETTINGS
    assert len(groups) == 3


def test_a_wrong_table_of_instruments_is_refused_line_by_line(model, tmp_path, monkeypatch):
    path = tmp_path / "instruments.csv"
    path.write_text("instrument,lever\na,surge total\nb,surge total\nb,surge totals\n")
    monkeypatch.setattr(instruments, "INSTRUMENTS_TABLE", path)
    instruments.instruments.cache_clear()
    with pytest.raises(InputError, match=r"Line 3: `surge total` is in `a`(.|\n)*Line 4: Unknown"):
        instruments.instruments(model)
    instruments.instruments.cache_clear()


def test_a_wrong_table_of_outcomes_is_refused_line_by_line(model, tmp_path, monkeypatch):
    path = tmp_path / "outcomes.csv"
    head = ",".join(asked.ASKED_COLUMNS)
    path.write_text(f"{head}\na,g,vulnerability,seen,2030,1,\nb,g,vulnerability,at,,1,\n")
    monkeypatch.setattr(asked, "ASKED_TABLE", path)
    asked._table.cache_clear()
    with pytest.raises(InputError, match=r"`seen`(.|\n)*Line 3, `b`: Years are for"):
        asked_outcomes(model)
    asked._table.cache_clear()


def test_outcomes_after_the_end_of_a_run_are_left_out(model):
    assert max(o.year or 0 for o in asked_outcomes(model, end=2031.0)) == 2030
    assert not [o for o in asked_outcomes(model, end=2027.5) if o.is_date]
    assert asked_outcomes(model, end=2026.0) == ()


def test_an_outcome_is_named_by_the_table_or_as_the_model_does(model):
    span = {"start": 2025.0, "end": 2045.0}
    listed = asked_outcome(model, "us magnet output", 2035.0, **span)
    assert (listed.label, listed.unit) == ("US magnet output, 2035", "t/Year")
    own = asked_outcome(model, "0.5 * line output[US,mining]", 2031.0, **span)
    assert (own.label, own.unit) == ("0.5 * line output[US,mining], 2031", "t/Year")
    whole = asked_outcome(model, "defense shortfall", 2031.0, **span)
    assert len(asked_outcome(model, "line output", 2031.0, **span).expression.scalars) == 14
    assert len(whole.expression.scalars) == 1
    date = asked_outcome(model, "date of full coverage: SmCo", None, **span)
    assert (date.unit, date.difference_unit) == ("Year", "Month")


@pytest.mark.parametrize(
    ("name", "year", "message"),
    [
        ("US magnets output", 2035.0, "Unknown outcome `US magnets output`. Nearest: `US magnet"),
        ("US magnet output", None, "none is given. A year from 2025 to 2045"),
        ("US magnet output", 2050.0, "The year is 2050. The runs go from 2025 to 2045"),
        ("defense coverage", 2030.0, "has 3 elements, which do not add up"),
        ("date of full coverage: SmCo", 2030.0, "is a date itself. Leave out the year"),
    ],
)
def test_an_outcome_that_cannot_be_is_refused(model, name, year, message):
    with pytest.raises((InputError, UnknownNameError), match=message):
        asked_outcome(model, name, year, start=2025.0, end=2045.0)
