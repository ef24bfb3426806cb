"""Each control of the page moves something that is shown, in the direction that its name says."""

import numpy as np
import pytest

from buildout.errors import InputError
from buildout.page.content import asked_of_page
from buildout.page.controls import (
    CONTROL_GROUPS,
    choices_of,
    control_rows,
    is_lever,
    page_controls,
    slider_step,
)
from buildout.page.idle import STILL, idle_controls, largest_moves, lines_when_moved
from buildout.page.views import VIEWS

LINES = [(view.name, series.title) for view in VIEWS for series in view.series]
HEAVY, SAMARIUM = ("coverage", "heavy NdFeB"), ("coverage", "SmCo")
OUTPUT, SPENT = ("output", "made in the United States"), ("money", "spent")
AT_MAGNETS = ("dependence", "at magnets")
# The line that tells a control's effect under every pathway, on the average of all dates.
DIRECTIONS = {
    "programme-money": (("money", "appropriated"), 1),
    "grants-at-home": (OUTPUT, 1),
    "public-build": (OUTPUT, 1),
    "contracts-at-home": (("coverage", "light NdFeB"), 1),
    "training-seats": (SPENT, 1),
    "secondment": (OUTPUT, 1),
    "know-how": (OUTPUT, 1),
    "allied-access": (HEAVY, 1),
    "feed-habit": (HEAVY, -1),
    "permit-time": (SPENT, -1),
    "emergency": (OUTPUT, 1),
    "study-delay": (OUTPUT, -1),
    "licensed-access": (AT_MAGNETS, 1),
    "tariff": (AT_MAGNETS, -1),
    "later-cut": (AT_MAGNETS, -1),
    "rule-regime": (HEAVY, 1),
    "defense-need": (HEAVY, -1),
    "need-factor": (HEAVY, -1),
    "samarium-need": (SAMARIUM, -1),
    "heavy-need": (HEAVY, -1),
    "requalification": (SAMARIUM, -1),
    "ramp": (HEAVY, -1),
    "samarium-circuits": (SAMARIUM, 1),
    "heavy-content": (HEAVY, -1),
    "allied-sale": (HEAVY, 1),
    "listed-share": (SAMARIUM, 1),
}
# What the government builds comes sooner, and stands in the way of plants with contracts later on.
EARLY = {("mobilization", "public-build")}
# No contract lives past 2027 in the deal as the articles imagine it; permits hold nothing up where
# nothing is built. The page says so.
IDLE = {("china-deal-ideal", "contracts-at-home"), ("status-quo-2025", "permit-time")}


@pytest.fixture(scope="module")
def controls(model):
    return page_controls(model)


@pytest.fixture(scope="module")
def asked(model):
    return asked_of_page(model=model).resolved


@pytest.fixture(scope="module")
def lines(model, asked, controls):
    return lines_when_moved(model, [s.values for s in asked.scenarios], controls)


def test_every_control_moves_a_line_in_its_direction_under_every_pathway(lines, asked, controls):
    assert list(DIRECTIONS) == [control.name for control in controls]
    average = lines.mean(axis=-1)
    for name, control in EARLY:
        place = list(asked.names).index(name), [c.name for c in controls].index(control)
        average[place] = lines[place][..., : lines.shape[-1] // 2].mean(axis=-1)
    for c, control in enumerate(controls):
        line, sign = DIRECTIONS[control.name]
        _, low, high = average[:, c, :, LINES.index(line)].T
        wrong = {
            name
            for name, move in zip(asked.names, np.sign(high - low), strict=True)
            if move != sign and (name, control.name) not in IDLE
        }
        assert not wrong, (control.name, wrong)


def test_a_control_that_moves_nothing_is_told_and_no_other(
    model, lines, asked, controls, monkeypatch
):
    monkeypatch.setattr("buildout.page.idle.lines_when_moved", lambda *_: lines)
    told = idle_controls(model, [s.values for s in asked.scenarios], controls)
    still = {(name, c) for name, row in zip(asked.names, told, strict=True) for c in row}
    assert still == IDLE
    assert (largest_moves(lines) < STILL).sum() == len(IDLE)


def test_a_run_that_breaks_down_is_none_in_which_nothing_moves(lines):
    broken = lines[:1, :1].copy()
    broken[..., -1:] = np.nan
    assert largest_moves(broken) == np.inf


def test_groups_have_controls_and_uncertainties_stand_apart(model, controls):
    assert {control.group for control in controls} == set(CONTROL_GROUPS)
    for control in controls:
        assert is_lever(model, control) == (control.group != "uncertain")
        assert len({row.unit for row in control_rows(model, control)}) == 1
        assert 50 <= (control.high - control.low) / slider_step(control) <= 260


def test_a_choice_has_the_words_of_the_model(model, controls):
    chosen = {control.name: choices_of(model, control) for control in controls}
    assert [choice["value"] for choice in chosen.pop("rule-regime")] == [1, 2, 3]
    assert not any(chosen.values())


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("a,money,T,surge totl,,,,", "Nearest: `surge total`"),
        ("a,wealth,T,surge total,,,,", "The group is `wealth`"),
        ("A b,money,T,surge total,,,,", "Small letters"),
        ("a,money,T,surge total,,,9e9,long", "parameters.csv goes from 0 to 5e"),
        ("a,money,T,surge total,,,1000,", "does not say why"),
        ("a,money,T,defense coverage,,,,", "no row in parameters.csv"),
        ("a,money,T,surge total,,,,\nb,money,T,surge total,,,,", "`b` moves what `a` does"),
    ],
)
def test_a_wrong_row_of_the_table_is_refused_with_its_line(model, tmp_path, line, told):
    table = tmp_path / "controls.csv"
    table.write_text(f"control,group,title,names,also,low,high,why\n{line}\n", encoding="utf-8")
    with pytest.raises(InputError, match=told.replace("(", r"\(")):
        page_controls(model, table)
