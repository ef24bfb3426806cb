"""`buildout loops` and `bo.loops`: what each feedback loop makes over time."""

import csv
import importlib
import json
from dataclasses import replace

import numpy as np
import pytest

import buildout as bo
from buildout.cli.main import main
from buildout.errors import InputError, UnknownNameError
from buildout.experiments.knockouts import load_knockouts
from buildout.experiments.loops_rows import loops_answer
from buildout.figures import loop_effects, loop_effects_data, render
from buildout.figures.sheets import SHEETS

DRAWS, SEED = 4, 2
DUMPING, ALARM = "B2 dumping", "B8 alarm after a new shock (exports stopped from 2030 to 2033)"


# In the package the module's name stands for its function.
module = importlib.import_module("buildout.experiments.loops")


@pytest.fixture(scope="module")
def looped():
    return bo.loops("status-quo", draws=0)


@pytest.fixture(scope="module")
def banded(model):
    """Two loops over draws, since each cut in draws compiles the model anew."""
    known = load_knockouts(model)
    few = tuple(k for k in known.loops if k.name in (DUMPING, "B8 alarm after a new shock"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "load_knockouts", lambda model: replace(known, loops=few))
        return bo.loops("status-quo", draws=DRAWS, seed=SEED)


def runs(*settings):
    own = bo.pathway("status-quo")
    sides = [own.with_settings(given, name=str(i)) for i, given in enumerate(settings)]
    return sides, bo.simulate(sides, save_every=1.0, beyond_range=True)["us_magnet_output_total"]


def test_an_effect_is_the_run_with_the_loop_minus_the_run_without_at_each_year(looped):
    _, output = runs({}, {"switch dumping": 0.0})
    np.testing.assert_allclose(looped["effect"].sel(loop=DUMPING), output[0] - output[1], atol=1e-4)
    np.testing.assert_array_equal(looped["value"], output[0])
    assert looped["time"].values.tolist() == list(range(2025, 2046))


def test_a_loop_that_needs_an_event_is_cut_in_a_world_with_it(looped, model):
    [alarm] = [k for k in load_knockouts(model).loops if k.name.startswith("B8")]
    _, output = runs(alarm.under, {**alarm.under, **alarm.settings})
    np.testing.assert_allclose(looped["effect"].sel(loop=ALARM), output[0] - output[1], atol=1e-4)
    assert (looped["effect"].sel(loop=alarm.name) == 0).all()
    assert not bool(looped["counted"].sel(loop=ALARM))


def test_the_sum_of_single_cuts_and_the_remainder_make_the_total_of_all_cut_at_once(looped, model):
    together = {}
    for knockout in load_knockouts(model).loops:
        together |= {} if knockout.takes_plants else knockout.settings
    _, output = runs({}, together)
    np.testing.assert_allclose(looped["total"], output[0] - output[1], atol=1e-4)
    single = looped["effect"].where(looped["counted"], drop=True).sum("loop")
    np.testing.assert_allclose(single + looped["remainder"], looped["total"], atol=1e-6)
    # They work through one another: the remainder is no rounding.
    assert abs(float(looped["remainder"][-1])) > 1000


@pytest.mark.slow
def test_bands_are_of_effects_in_the_same_draws_of_a_sweep(banded):
    sides, _ = runs({}, {"switch dumping": 0.0})
    cloud = bo.sweep(
        bo.latin_hypercube(DRAWS, seed=SEED),
        sides,
        outputs=["US magnet output total"],
        reductions=bo.At([2040]),
    )
    own, without = cloud["us_magnet_output_total"].values[..., 0]
    here = banded.sel(loop=DUMPING, time=2040)
    band = [float(here[name]) for name in ("p05", "p50", "p95")]
    np.testing.assert_allclose(band, np.quantile(own - without, [0.05, 0.5, 0.95]), atol=1e-6)


def test_loops_come_by_the_size_of_their_effect_with_their_kind_and_their_peak(looped):
    sizes = np.abs(looped["effect"]).max("time")
    assert (np.diff(sizes) <= 0).all()
    for place in range(3):
        here = looped.isel(loop=place)
        assert float(here["peak"]) == 2025 + int(np.abs(here["effect"].values).argmax())
    kinds = dict(zip(looped["loop"].values, looped["kind"].values, strict=True))
    assert (kinds["R1 learning by doing"], kinds[DUMPING]) == ("reinforcing", "balancing")
    assert "R3 demand pull: magnet plants order oxide" in looped.attrs["left_out"]


def test_every_loop_of_the_table_is_cut_or_said_to_be_left_out(looped, model):
    named = {knockout.name for knockout in load_knockouts(model).loops}
    assert named == set(looped["loop"].values[looped["counted"]]) | set(looped.attrs["left_out"])


@pytest.mark.slow
def test_the_sum_rule_is_said_in_words_and_numbers(looped):
    first, second = loops_answer(looped)["sentences"]
    assert first.startswith("Of the loops of `status-quo`, B6 projects without a contract wait")
    assert second.startswith("The sum of single cuts is not the total: one at a time the 15 loops")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"outcome": "date of full coverage: SmCo"}, "is a date itself|date"),
        ({"outcome": "US magnets made since 2025"}, "is a sum over time"),
        ({"outcome": "US magnet outputs"}, "Nearest: `US magnet output`"),
        ({"pathway": "mobilisation"}, "Nearest: `mobilization`"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_cure(given, message):
    with pytest.raises((InputError, UnknownNameError), match=message):
        bo.loops(**{"draws": 0, **given})


def test_the_command_saves_what_it_shows(tmp_path, capsys, monkeypatch, unpainted):
    monkeypatch.chdir(tmp_path)
    words = ["loops", "china-deal", "--outcome", "coverage: SmCo", "--draws", "0", "--out", "."]
    assert main(words) == 0
    shown = capsys.readouterr().out
    assert max(map(len, shown.splitlines())) <= 118
    assert "all cut at once" in shown
    assert "No switch cuts R3 demand pull" in shown
    answer = json.loads((tmp_path / "loops.json").read_text())
    with open(tmp_path / "loops.csv", newline="") as file:
        assert len(list(csv.DictReader(file))) == len(answer["effects"])
    assert len(answer["sums"]) == 21


@pytest.mark.slow
@pytest.mark.parametrize("page", SHEETS)
def test_the_picture_has_a_panel_for_each_of_the_nine_largest_loops(looped, page):
    figure = loop_effects(looped, page=page)
    assert len(figure.axes) == loop_effects_data(looped)["loop"].nunique() == 9
    assert figure.get_label().startswith("Status quo: B6 projects without a contract wait takes")
    if page == "slide":
        assert render(figure, "png")[:4] == b"\x89PNG"
