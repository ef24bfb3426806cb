"""The model's need is the one that the table of programmes and the check by trade give."""

import argparse

import pytest

from buildout.analysis.defense_need import need
from buildout.analysis.need_rows import DEFAULT_NEED_SETTING
from buildout.cli import common
from buildout.errors import InputError
from buildout.inputs.defense_need import MAGNET_CLASSES
from buildout.inputs.resolve import resolve
from buildout.sampling.design import latin_hypercube
from buildout.sweeps.request import sweep_draws


def stated(value):
    return common.typed_settings(argparse.Namespace(set=[], defense_need=value))


@pytest.mark.slow
def test_the_models_need_equals_the_median_of_the_named_setting(model):
    drawn = need()["usual_need"].sel(setting=DEFAULT_NEED_SETTING, year=2025)
    total = float(drawn.sel(magnet_class="all"))
    assert f"{model.constants['defense_need_in_2025']:.2g}" == f"{total:.2g}"
    usual = {k: model.constants[f"usual_defense_need[{k}]"] for k in MAGNET_CLASSES}
    assert sum(usual.values()) == pytest.approx(model.constants["defense_need_in_2025"])
    for kind, tonnes in usual.items():
        share = float(drawn.sel(magnet_class=kind)) / total
        assert round(tonnes / sum(usual.values()), 2) == round(share, 2), kind


@pytest.mark.parametrize("value", ["1", "3000", "10000"])
def test_every_need_that_somebody_told_can_be_stated(model, value):
    asked = resolve(model, "status-quo", stated(value))
    assert asked.extra_values["defense_need_in_2025"] == float(value)


@pytest.mark.parametrize("value", ["0.9", "10001"])
def test_a_need_beyond_all_that_was_told_is_refused(model, value):
    with pytest.raises(InputError, match="Accepted: 1 to 10000 t/Year"):
        resolve(model, "status-quo", stated(value))


def test_no_draw_moves_a_stated_need_as_a_whole(model):
    design = latin_hypercube(4, seed=1)
    asked = resolve(model, "status-quo", stated("900"))
    _, (drawn,) = sweep_draws(model, design, [asked.scenarios[0].values])
    assert "factor_of_defense_need" not in drawn
    _, (drawn,) = sweep_draws(model, design, [resolve(model, "status-quo").scenarios[0].values])
    assert "factor_of_defense_need" in drawn
