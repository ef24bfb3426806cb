"""`buildout delay` and `bo.delay`: what a later start costs."""

import csv
import json

import numpy as np
import pytest

import buildout as bo
from buildout.analysis.delaying import moved_later, own_dates
from buildout.cli.main import main
from buildout.errors import BuildoutError, InputError, UnknownNameError
from buildout.figures import delays, delays_data, render
from buildout.figures.sheets import SHEETS
from buildout.inputs.resolve import resolve

DRAWS, SEED = 4, 3
IN_2035 = ("US magnet output", 2035.0)


@pytest.fixture(scope="module")
def late():
    return bo.delay(years=[1, 2.5], draws=DRAWS, seed=SEED)


def test_without_delay_nothing_changes_at_all(late):
    usual = bo.simulate("mobilization")["us_magnet_output_total"].sel(time=[2030.0, 2035.0])
    np.testing.assert_array_equal(late["value"].isel(delay=0)[2:4], usual.values[0])
    for name in ("difference", "p05", "p50", "p95"):
        assert (late[name].isel(delay=0) == 0).all(), name


def test_a_delay_is_the_run_with_all_dates_of_the_pathway_so_much_later(late):
    dates = json.loads(late.attrs["dates"])
    assert dates["added contract start"] == 2027.5
    assert dates["emergency end"] == 2035.0
    assert not [name for name in dates if name.startswith(("cut", "change of licensed"))]
    moved = {name: value + 2.5 for name, value in dates.items()}
    later = bo.pathway("mobilization").with_settings(moved, name="later")
    run = bo.simulate(later, beyond_range=True)["us_magnet_output_total"]
    assert float(late["value"].sel(delay=2.5)[3]) == float(run.sel(time=2035.0).item())


def test_bands_are_of_differences_in_the_same_draws_of_a_sweep(late):
    moved = {name: value + 1 for name, value in json.loads(late.attrs["dates"]).items()}
    own = bo.pathway("mobilization")
    cloud = bo.sweep(
        bo.latin_hypercube(DRAWS, seed=SEED),
        [own, own.with_settings(moved, name="later")],
        outputs=["US magnet output total"],
        reductions=bo.At([2035]),
    )
    now, later = cloud["us_magnet_output_total"].values[..., 0]
    band = [float(late[name].sel(delay=1)[3]) for name in ("p05", "p50", "p95")]
    np.testing.assert_allclose(band, np.quantile(later - now, [0.05, 0.5, 0.95]), rtol=1e-12)


def test_later_is_fewer_tonnes_more_months_and_more_unmet_demand(late):
    difference = late["difference"]
    tonnes, half = difference.isel(row=0), difference.isel(row=4)
    assert late["outcome"].values[4] == "half served from home since: NdFeB magnets"
    assert (np.diff(tonnes) < 0).all()
    assert (np.diff(half) > 0).all()
    assert (difference.sel(row=late["outcome"] == "unmet civil demand since 2025")[1:] > 0).all()


@pytest.mark.slow
def test_a_delay_beyond_the_end_of_the_run_leaves_the_base():
    levers = {"training seats level[magnets]": 800.0, "public lead level": 0.5}
    more = bo.pathway("status-quo").with_settings(levers, name="more")
    ds = bo.delay(more, years=[18], outcomes=[IN_2035], draws=2, seed=1)
    both = bo.simulate(["status-quo", more])["us_magnet_output_total"].sel(time=2035.0).values
    np.testing.assert_array_equal(ds["value"].values[:, 0], both[::-1])
    assert both[0] != both[1]


def test_a_lever_at_nothing_moves_nothing_and_neither_does_what_has_happened(model):
    def dates(settings, base="status-quo"):
        own = bo.pathway(base).with_settings(settings, name="own")
        asked = resolve(model, [base, own])
        return own_dates(model, *asked.scenarios, asked.clock["final_time"])

    assert not dates({"added coordination": 0.0}).starts
    # Grants and contracts of mid-2026 run since 2025, in the base too.
    held = dates({"grant share level[US,mining]": 0.2})
    assert (held.starts, held.staying) == ({}, ("grant_share_level[US,mining]",))
    ended = dates({"contract end[mining]": 2040.0})
    assert moved_later(model, ended, 2.0) == {"contract end[mining]": 2042.0}
    burst = dates({"emergency level[US]": 1.0, "emergency end": 2028.0})
    short = moved_later(model, burst, 3.0, ends_stay=True)
    assert short == {"emergency start": 2030.0, "emergency end": 2030.0}


def test_ends_that_stay_make_the_programme_shorter_and_cost_more():
    wanted = {"years": [3], "outcomes": [("US magnets made since 2025", 2045.0)], "draws": 0}
    moved, kept = (bo.delay(ends_stay=stay, **wanted) for stay in (False, True))
    assert float(kept["difference"][1, 0]) < float(moved["difference"][1, 0])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"pathway": "status-quo"}, "adds nothing to `status-quo` that begins on a date"),
        ({"years": [0]}, "No delay above zero"),
        ({"years": [-1]}, "A delay is -1 years. Years from 0 to 20 are accepted"),
        ({"years": [25]}, "Years from 0 to 20"),
        ({"pathway": "mobilisation"}, "Nearest: `mobilization`"),
    ],
)
def test_what_cannot_be_delayed_is_refused_with_a_cure(given, message):
    with pytest.raises((InputError, UnknownNameError), match=message):
        bo.delay(**{"draws": 0, **given})


def test_a_date_that_is_drawn_cannot_be_delayed_too():
    design = bo.given({"surge start": [2027.0]})
    with pytest.raises(InputError, match="draws `surge start`, which this"):
        bo.delay(draws=0, design=design)


def test_the_command_saves_what_it_shows(tmp_path, capsys, monkeypatch, unpainted):
    monkeypatch.chdir(tmp_path)
    words = ["delay", "hybrid", "--years", "1,5", "--draws", "2", "--out", "."]
    assert main(words) == 0
    shown = capsys.readouterr()
    assert max(map(len, shown.out.splitlines())) <= 118
    assert shown.out.startswith("`hybrid` a year later: US magnets made since 2025, 2035 -")
    assert "bands of 2 draws are rough" in shown.err
    answer = json.loads((tmp_path / "delay.json").read_text())
    with open(tmp_path / "delay.csv", newline="") as file:
        assert len(list(csv.DictReader(file))) == len(answer["costs"]) == 3 * 12
    assert "deal start" in answer["dates"]
    assert main(["delay", "--years", "soon"]) == 2


@pytest.mark.slow
@pytest.mark.parametrize("page", SHEETS)
def test_the_picture_has_a_panel_for_each_outcome_that_moves(late, page):
    figure = delays(late, page=page)
    table = delays_data(late)
    assert len(figure.axes) == len(table.groupby(["outcome", "year"], dropna=False))
    assert "date of full coverage: light NdFeB" not in set(table["outcome"])
    assert figure.get_label().startswith("A year later, mobilization: -5,670 t of US magnets")
    if page == "slide":
        assert render(figure, "png")[:4] == b"\x89PNG"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("verb", "said"),
    [
        (lambda **given: bo.delay(years=[1], **given), "0 years later"),
        (lambda **given: bo.money(billions=[1], **given), "0 billion USD, programme"),
        (lambda **given: bo.loops("mobilization", **given), "mobilization"),
    ],
)
def test_what_is_not_sound_is_told_of_something_that_was_asked_for(verb, said):
    broken = {"settings": {"collection level": -1}, "beyond_range": True, "draws": 0}
    with pytest.raises(BuildoutError, match=f"pathway `{said}`"):
        verb(**broken)
