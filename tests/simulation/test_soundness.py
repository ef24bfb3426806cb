"""A broken run, a coarse step and a setting without effect are told in sentences."""

import pytest

import buildout as bo
from buildout.errors import BuildoutError
from buildout.inputs.resolve import resolve
from buildout.inputs.settings import parse_setting
from buildout.outcomes.deadline import deadline_rows
from buildout.outcomes.statuses import statuses
from buildout.simulation.soundness import told_status, told_step
from buildout.simulation.without_effect import settings_without_effect

BROKEN = "collection level=-1"


@pytest.fixture(scope="module")
def broken():
    """One sound run and one with a stock below zero."""
    worse = bo.pathway("status-quo").with_settings({"collection level": -1}, name="worse")
    return bo.simulate(["status-quo", worse], beyond_range=True)


def without_effect(model, *settings, pathways="status-quo", **more):
    asked = resolve(model, pathways, [parse_setting(one) for one in settings], **more)
    return [str(one) for one in settings_without_effect(asked)]


def test_a_stock_below_zero_is_named_with_its_date_and_pathway(broken):
    assert statuses(broken) == {"status-quo": "ok", "worse": "negative_stock"}
    [told] = told_status(broken)
    assert told.startswith("Not sound, and not to be relied on: pathway `worse`, where the stock")
    assert "the stock `collection rate` falls below zero in 20" in told


def test_a_stock_that_is_not_among_the_outputs_is_told_without_its_name(broken):
    [told] = told_status(broken[["defense_coverage", "status"]])
    assert "a stock that cannot be negative" in told


def test_every_row_of_the_verdict_says_how_the_run_ended(broken):
    rows = deadline_rows(broken)
    assert {(row["pathway"], row["status"]) for row in rows} == {
        ("status-quo", "ok"),
        ("worse", "negative_stock"),
    }


def test_sound_runs_and_single_pathways_are_read_too(broken):
    assert told_status(broken.sel(pathway=["status-quo"])) == []
    assert len(told_status(broken.sel(pathway="worse"))) == 1
    assert told_status(broken.drop_vars("status")) == []


def test_a_stock_that_is_no_number_is_an_error_even_where_no_output_shows_it(tank):
    with pytest.raises(BuildoutError, match="not a finite number"):
        bo.simulate(
            bo.Pathway("x"),
            settings={"rate": 1e308},
            outputs=["guard"],
            beyond_range=True,
            model=tank,
            final_time=400,
        )


@pytest.mark.parametrize(("step", "told"), [(0.5, "16 times"), (0.0625, "2 times")])
def test_a_step_coarser_than_the_models_own_is_told(step, told):
    ds = bo.simulate("status-quo", outputs=["vulnerability"], time_step=step)
    assert told in told_step(ds)[0]


@pytest.mark.parametrize("step", [None, 0.03125, 0.015625])
def test_the_models_own_step_and_finer_ones_are_not_told(step):
    ds = bo.simulate("status-quo", outputs=["vulnerability"], time_step=step, final_time=2026)
    assert told_step(ds) == []


@pytest.mark.quick_for("secondment start=2030")
@pytest.mark.parametrize(
    ("setting", "told"),
    [
        (
            "added contract start=2026",
            "`added contract start` changed nothing: `added contract cover` is 0.",
        ),
        (
            "secondment start=2030",
            "`secondment start` changed nothing: `secondment level` is 0.",
        ),
        ("tier share=0.5", "`tier share` changed nothing: `rule regime` is 1."),
        (
            "deal length=5",
            "`deal length` changed nothing: `deal start` is 2100, when the run has ended.",
        ),
        (
            "cut start[later cut]=2031",
            "`cut start[later cut]` changed nothing: `cut depth[later cut]` is 0.",
        ),
        (
            "programme reversal date=2060",
            "`programme reversal date` changed nothing: the run ends in 2045.",
        ),
        ("rule regime=1", "`rule regime` changed nothing: it is 1 already."),
        (
            "world demand step date=2030",
            "`world demand step date` changed nothing: it is 2030 already.",
        ),
    ],
)
def test_a_setting_that_changes_nothing_is_told_with_its_reason(model, setting, told):
    assert without_effect(model, setting) == [told]


@pytest.mark.parametrize(
    "setting",
    ["rule regime=2", "switch last resort=0", "floor price[NdPr]=150", "joint venture end=2030"],
)
def test_a_setting_that_changes_something_is_not_told(model, setting):
    assert without_effect(model, setting) == []


def test_settings_that_act_together_are_not_told(model):
    assert without_effect(model, "secondment start=2030", "secondment level=300") == []


def test_a_setting_without_effect_in_some_pathways_is_told_for_those(model):
    [told] = without_effect(model, "secondment start=2030", pathways=["status-quo", "mobilization"])
    assert "in `status-quo`: " in told
    assert "mobilization" not in told


def test_what_a_shorter_run_does_not_reach_is_told(model):
    assert without_effect(model, "rule regime=2", final_time=2026.5)
