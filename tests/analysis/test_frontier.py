"""`buildout frontier` and `bo.frontier`: pathways that no other beats."""

import json

import numpy as np
import pytest

import buildout as bo
from buildout.analysis.dial_space import GROUND, STEPS, dial_space, dial_steps
from buildout.analysis.front import MONEY, OBJECTIVES, Front
from buildout.analysis.frontier import NOT_COMPARED
from buildout.analysis.frontier_rows import frontier_answer, member_file
from buildout.cli.main import main
from buildout.errors import InputError, UnknownNameError
from buildout.figures import frontier_map, frontier_map_data, render
from buildout.figures.sheets import SHEETS
from buildout.inputs.dials import policy_dials
from buildout.inputs.resolve import resolve

SMALL = {"generations": 6, "population": 40, "members": 6, "draws": 4, "seed": 5}


@pytest.fixture(scope="module")
def found():
    return bo.frontier(like="mobilization", **SMALL)


@pytest.fixture(scope="module")
def space():
    model = bo.load_model()
    asked = resolve(model, [GROUND, "mobilization", "hybrid"])
    ends = {scenario.name: scenario.values for scenario in asked.scenarios}
    return dial_space(model, resolve(model, GROUND), ends)


def objectives(ds, found_ones):
    """Of the packaged pathways or of those found, dates that never come as the end."""
    kept = ds["value"].values[ds["found"].values == found_ones][:, : len(OBJECTIVES)]
    return np.where(np.isnan(kept), ds.attrs["end"], kept)


def test_no_packaged_pathway_and_no_other_member_beats_a_member(found):
    members, packaged = objectives(found, True), objectives(found, False)
    for own in members:
        rivals = np.concatenate([members, packaged])
        better = (rivals <= own * (1 - 1e-9)).any(axis=1) & (rivals <= own).all(axis=1)
        assert not better.any()


def test_all_dials_off_are_the_status_quo_and_all_on_without_a_deal_mobilization(space):
    on = np.array([0.0 if dial.switch else STEPS for dial in space.dials])
    for name, steps in ((GROUND, 0 * on), ("mobilization", on)):
        values = resolve(space.model, name).scenarios[0].values
        np.testing.assert_array_equal(dial_steps(space, values), steps)
    assert dial_steps(space, resolve(space.model, "hybrid").scenarios[0].values) is None
    half = bo.pathway(GROUND).with_settings(space.settings(on / 2), name="half")
    again = resolve(space.model, half).scenarios[0].values
    np.testing.assert_array_equal(dial_steps(space, again), on / 2)


def test_no_setting_leaves_the_range_that_parameters_csv_allows(space):
    for steps in (space.steps, space.steps // 2):
        resolve(space.model, bo.pathway(GROUND).with_settings(space.settings(steps), name="x"))


def test_a_member_is_the_run_of_its_file(found, tmp_path):
    name = str(found["same_money"].sel(compared="mobilization").item())
    for member in {name or "f01", str(found["candidate"].values[found["knee"].values][0])}:
        path = tmp_path / f"{member}.toml"
        path.write_text(member_file(found, member, "Mine"), encoding="utf-8")
        run = bo.simulate(path).isel(pathway=0)
        own = found["value"].sel(candidate=member).values
        spent = float(run["public_money_spent"].isel(time=-1))
        unmet = float(run["unmet_civil_demand_total"].integrate("time"))
        assert own[1:3] == pytest.approx([spent, unmet], rel=1e-12)
        made = float(run["us_magnet_output_total"].sel(time=2035.0))
        assert own[4] == pytest.approx(made, rel=1e-12)


def test_gains_within_the_same_money_are_those_of_compare_and_none_is_a_loss(found):
    for row in frontier_answer(found)["same_money"]:
        if row["candidate"]:
            gains = [row[f"{c}_gain"] for c in ("half_home", "public_money", "unmet_civil")]
            assert min(gains) >= -1e-6
            both = found["value"].sel(candidate=[row["compared"], row["candidate"]]).values
            assert gains[1] == pytest.approx(both[0, MONEY] - both[1, MONEY])


def toy(members, rival):
    """A front of (date, money, unmet) with one compared pathway."""
    nothing = np.empty((len(members), 0))
    return Front(None, nothing, np.array(members), np.array([rival]), 0, nothing, nothing)


def test_within_the_same_money_nobody_is_worse_or_dearer_and_who_gains_most_is_among_them():
    rival = [2030.0, 10.0, 100.0]
    members = [
        [2029.0, 11.0, 50.0],  # dearer
        [2030.5, 5.0, 50.0],  # later
        [2029.5, 10.0, 101.0],  # more unmet
        [2029.0, 10.0, 100.0],
        [2029.9, 9.0, 40.0],
        [2030.0, 1.0, 100.0],  # cheaper, and no better
    ]
    front = toy(members, rival)
    assert front.within(0) == [3, 4]
    assert int(np.argmax(front.gains(0))) == 4
    assert front.as_good(0) == 5
    assert toy(members[:3], rival).within(0) == []
    assert toy(members[:3], rival).as_good(0) == 2
    assert toy(members[:2], rival).as_good(0) is None


def test_what_costs_no_public_money_in_the_model_is_said(found):
    free = [dial.name for dial in policy_dials(bo.load_model()) if not dial.charged]
    warning = next(s for s in frontier_answer(found)["sentences"] if s.startswith("Beware"))
    assert all(name in warning for name in free)


@pytest.mark.slow
def test_what_is_held_stays_as_in_the_pathway_named():
    ds = bo.frontier(like="hybrid", hold=["free"], **{**SMALL, "generations": 1, "draws": 0})
    own = resolve(bo.load_model(), "hybrid").scenarios[0].values
    free = {s for d in policy_dials(bo.load_model()) if not d.charged for s in d.scalars}
    charged = {s for d in policy_dials(bo.load_model()) if d.charged for s in d.scalars}
    for settings in json.loads(ds.attrs["settings"]).values():
        mine = bo.pathway(GROUND).with_settings(
            [bo.Setting(*setting) for setting in settings], name="mine"
        )
        values = resolve(bo.load_model(), mine).scenarios[0].values
        constants = bo.load_model().constants
        for scalar in free - charged:
            assert values.get(scalar, constants[scalar]) == own.get(scalar, constants[scalar])
    assert "Held as in `hybrid`" in " ".join(frontier_answer(ds)["sentences"])


@pytest.mark.slow
def test_what_is_set_on_top_prevails_and_stands_in_the_file(tmp_path):
    ds = bo.frontier(
        settings={"added allied access": 0.1}, **{**SMALL, "generations": 1, "draws": 0}
    )
    path = tmp_path / "last.toml"
    last = str(ds["candidate"].values[ds["found"].values][-1])
    path.write_text(member_file(ds, last, "Last"), encoding="utf-8")
    spent = bo.simulate(path)["public_money_spent"].isel(pathway=0, time=-1)
    assert float(ds["value"].sel(candidate=last)[MONEY]) == pytest.approx(float(spent), rel=1e-12)
    assert resolve(bo.load_model(), path).scenarios[0].values["added_allied_access"] == 0.1


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"generations": 0}, "number of generations"),
        ({"population": 0}, "population"),
        ({"hold": ["permit"]}, "Nearest: `permits`"),
        ({"like": "mobilisation"}, "Nearest: `mobilization`"),
        ({"like": "hindcast-2018"}, "a start of its own"),
    ],
)
def test_what_cannot_be_searched_is_refused_with_a_cure(given, message):
    with pytest.raises((InputError, UnknownNameError), match=message):
        bo.frontier(**{"draws": 0, **given})


def test_a_search_of_no_dial_is_refused():
    with pytest.raises(InputError, match="All dials are held"):
        bo.frontier(draws=0, hold=[dial.name for dial in policy_dials(bo.load_model())])


def test_the_pathways_left_out_of_the_comparison_are_packaged_ones():
    assert set(NOT_COMPARED) <= set(bo.pathway_names())


def test_the_command_saves_what_it_shows_and_makes_it_again(tmp_path, capsys, unpainted):
    words = ["frontier", "--generations", "1", "--population", "12", "--draws", "2"]
    folders = [tmp_path / "first", tmp_path / "again"]
    for folder, more in zip(folders, ([], ["--json"]), strict=True):
        assert main([*words, "--out", str(folder), *more]) == 0
    shown = capsys.readouterr()
    assert "Each dial by itself, all the way on" in shown.out
    assert "bands of 2 draws are rough" in shown.err
    for name in ("frontier.csv", "frontier.json", "frontier-knee.toml", "frontier_dials.csv"):
        first, again = ((folder / name).read_bytes() for folder in folders)
        assert first == again
    assert main(["frontier", "--generations", "0"]) == 2


@pytest.mark.slow
@pytest.mark.parametrize("page", SHEETS)
def test_the_picture_shows_every_member_and_every_pathway(found, page):
    figure = frontier_map(found, page=page)
    table = frontier_map_data(found)
    panels = [axes for axes in figure.axes if axes.get_xlabel()]
    assert len(panels) == 2
    for axes, shown in zip(panels, ("half_home", "unmet_civil"), strict=True):
        dots = axes.collections[0].get_offsets()
        assert len(dots) == int(table["found"].sum())
        scale = 1 if shown == "half_home" else 1000
        np.testing.assert_allclose(dots[:, 1] * scale, table[shown][table["found"]])
    assert render(figure, "png")[:4] == b"\x89PNG"


def test_a_front_of_nothing_is_told():
    broken = {"settings": {"collection level": -1}, "beyond_range": True, "draws": 0}
    with pytest.raises(InputError, match="none is sound"):
        bo.frontier(**{**SMALL, **broken, "generations": 1})
