"""What a figure plots is what it saves beside it, and what the model computed."""

import io

import numpy as np
import pandas as pd
import pytest

import buildout as bo
from buildout import figures
from buildout.analysis.project_dates import project_dates
from buildout.analysis.worlds import ask_draws
from buildout.errors import InputError, ResultsError
from buildout.figures import GALLERY
from buildout.figures.capacity import PRODUCTS
from buildout.figures.constraints import LETTERS
from buildout.figures.tidy import data_csv, pick
from buildout.inputs.projects import read_projects
from buildout.outcomes.chances import LEAST_DRAWS
from buildout.outcomes.deadline import deadline_rows
from buildout.outcomes.listed import listed_capacity

NAMES = [drawing.name for drawing in GALLERY]


def plotted(figure):
    """The heights of all curves, points, areas and bars of a figure."""
    found = [line.get_ydata() for axes in figure.axes for line in axes.lines]
    return [np.asarray(values, dtype=float) for values in found]


def holds(curves, values):
    return any(c.shape == values.shape and np.allclose(c, values, equal_nan=True) for c in curves)


@pytest.mark.parametrize("name", NAMES)
def test_the_csv_beside_a_figure_is_its_data(name, three):
    drawing = next(one for one in GALLERY if one.name == name)
    table = drawing.data(three)
    back = pd.read_csv(io.StringIO(data_csv(table)), keep_default_na=False, na_values=[""])
    assert list(back.columns) == list(table.columns)
    assert len(back) == len(table) > 0
    assert not {"pathway_title", "pathway_description"} & set(back.columns)
    for column in table.select_dtypes("number"):
        np.testing.assert_allclose(back[column], table[column], rtol=1e-7)


@pytest.mark.parametrize(
    ("name", "quantities"),
    [
        ("capacity", ["US capacity in effect"]),
        ("magnet_output", ["US output, any origin"]),
        ("prices", ["inside China", "outside China"]),
        ("workforce", ["people employed", "operators present", "experts present"]),
        ("vulnerability", ["direct demand lost in a 12-month cut"]),
        ("projects", ["announced so far", "planned to have started"]),
        ("projects", ["started, or decided where undecided"]),
        ("money", ["US magnet capacity in effect"]),
    ],
)
def test_every_series_of_the_data_is_a_curve_of_the_figure(name, quantities, three, drawings):
    drawing = next(one for one in GALLERY if one.name == name)
    curves, table = plotted(drawings[name]), drawing.data(three)
    keys = [c for c in table if c not in ("year", "value", "unit", "project", "kind")]
    chosen = table[table["quantity"].isin(quantities)]
    series = list(chosen.groupby(keys, sort=False, dropna=False))
    assert len(series) > 2
    for which, part in series:
        assert holds(curves, part["value"].to_numpy()), which


def test_the_curves_are_the_models_own_numbers(three, drawings):
    us = three.sel(region="US", pathway="mobilization")
    curves = plotted(drawings["capacity"])
    for line in three["line"].values:
        assert holds(curves, us["effective_capacity"].sel(line=line).values)
    curves = plotted(drawings["prices"])
    for element in three["element"].values:
        assert holds(curves, us["ex_china_price"].sel(element=element).values)


@pytest.mark.parametrize("drawing", GALLERY, ids=lambda drawing: drawing.name)
def test_no_cell_of_the_data_is_a_text_of_many_words(drawing, three):
    table = drawing.data(three)
    assert not {"pathway_title", "pathway_description"} & set(table)
    texts = [str(cell) for _, column in table.items() for cell in set(column)]
    assert max(map(len, texts)) < 100
    assert not any("\n" in text for text in texts)


def test_the_card_shows_the_verdict(three):
    three = ask_draws(three, LEAST_DRAWS, None)
    table = figures.deadline_card_data(three).set_index(["pathway", "magnet_class"])
    for row in deadline_rows(three):
        shown = table.loc[(row["pathway"], row["magnet_class"])]
        assert shown["coverage_percent"] == pytest.approx(100 * row["coverage_2027"])
        assert shown["shortfall_t_per_year"] == pytest.approx(row["shortfall_2027"])
        assert shown["binding"] == row["binding"]
        never = row["full_coverage_year"] is None
        assert np.isnan(shown["full_coverage_year"]) == never
    lines = figures.deadline_card(three).axes[0].lines
    shown = {round(float(line.get_xdata()[0]), 9) for line in lines if len(line.get_xdata()) == 1}
    assert set(np.round(table["coverage_percent"].clip(3, 5000), 9)) <= shown
    bands = {tuple(np.round(line.get_xdata(), 9)) for line in lines if len(line.get_xdata()) == 2}
    ends = table[["coverage_percent_p05", "coverage_percent_p95"]].clip(3, 5000).round(9)
    assert {tuple(row) for row in ends.to_numpy()} <= bands


def test_money_is_stacked_to_what_was_appropriated(three, drawings):
    table = figures.money_data(three)
    last = table[table["year"] == table["year"].max()]
    for path in three["pathway"].values:
        public = pick(last, pathway=path)
        total = public[public["quantity"].isin(["spent", "committed", "idle", "lapsed"])]
        booked = three["money_appropriated"].sel(pathway=path).isel(time=-1).sum("fund") / 1000
        assert total["value"].sum() == pytest.approx(float(booked), rel=1e-9)
    areas = [a for axes in drawings["money"].axes for a in axes.collections]
    tops = [area.get_paths()[0].vertices[:, 1].max() for area in areas]
    stacked = last[last["quantity"].isin(["spent", "committed", "idle", "lapsed"])]
    for _, part in stacked.groupby("pathway"):
        assert np.isclose(tops, part["value"].sum()).any()


def test_bars_of_the_strips_are_the_shares_missing(three, drawings):
    table = figures.constraints_data(three)
    assert table["value"].between(0, 100 + 1e-9).all()
    material = table[table["binding"] != ""]
    assert (material["value"] >= 5).all()
    bars = [p for axes in drawings["constraints"].axes for p in axes.patches]
    heights = sorted(abs(bar.get_height()) for bar in bars)
    np.testing.assert_allclose(heights, sorted(0.84 * material["value"] / 100), atol=1e-12)


def test_points_of_self_sufficiency_are_the_models_own(three, drawings):
    table = figures.self_sufficiency_data(three)
    one = pick(table, pathway="status-quo", stage="mining", year=2027.0)
    direct = pick(one, quantity="self-sufficiency of direct market")["value"].item()
    model = three["self_sufficiency_of_direct_market"]
    assert direct == pytest.approx(
        100 * float(model.sel(pathway="status-quo", line="mining", time=2027.0))
    )
    points = [
        line.get_xdata()[0]
        for axes in drawings["self_sufficiency"].axes
        for line in axes.lines
        if len(line.get_xdata()) == 1
    ]
    shown = table[~table["quantity"].str.contains("embedded")]
    caps = np.where(shown["quantity"] == "dependence on China", 100.0, 150.0)
    for value in np.minimum(shown["value"], caps):
        assert np.isclose(points, value).any()


def test_figures_know_every_line_and_constraint_of_the_model(three):
    assert list(PRODUCTS) == list(three["line"].values)
    assert list(LETTERS) == list(three["constraint"].values)


def test_projects_follow_the_list_and_what_is_known(three):
    table = figures.projects_data(three)
    announced = pick(table, quantity="announced")
    model = three["project_capacity"].isel(pathway=0)
    for row in announced.itertuples():
        assert float(model.sel(project=row.project, line=row.line)) == row.value
    early = bo.simulate("status-quo", known_until=2025.6)
    fewer = figures.projects_data(early)
    assert set(fewer["project"].dropna()) < set(table["project"].dropna())


def test_each_plant_has_its_planned_date_its_date_in_the_run_and_its_band(three, drawings):
    table = figures.projects_data(three)
    dates = project_dates(three)
    shown = pick(table, project="MP 10X", pathway="mobilization")
    (year,) = pick(shown, quantity="in this run")["year"]
    model = three["start_date_of_project"].sel(dated_project="MP 10X", pathway="mobilization")
    assert year == float(model.isel(time=0))
    band = dates["start"].sel(dated_project="MP 10X", pathway="mobilization").values
    np.testing.assert_allclose(pick(shown, quantity="over draws")["year"], band)
    bars = [line.get_xdata() for line in drawings["projects"].axes[-1].lines]
    bars += [line.get_xdata() for axes in drawings["projects"].axes for line in axes.lines]
    assert any(len(x) == 2 and np.allclose(x, [band[0], band[-1]]) for x in bars)
    with_plan = set(pick(table, quantity="planned start")["project"])
    assert {"MP 10X", "Nolans", "Vulcan Benson"} <= with_plan
    # What started before the run is in its initial state.
    assert "MP stage II" not in set(table["project"])


def test_a_run_of_another_model_shows_the_projects_without_bands(three):
    table = figures.projects_data(three.assign_attrs(model_sha256="0" * 64))
    assert set(pick(table, quantity="in this run")["project"])
    assert pick(table, quantity="over draws").empty
    figures.projects(three.assign_attrs(model_sha256="0" * 64))


def test_listed_capacity_is_that_of_the_model_for_dated_projects(three):
    us = [p for p in read_projects() if p.region == "US" and p.dated]
    own = three["dated_capacity_started"].sel(region="US")
    np.testing.assert_allclose(listed_capacity(three, us).transpose(*own.dims), own, atol=1e-9)


def test_projects_refuse_a_list_that_is_none(three, tmp_path):
    wrong = tmp_path / "list.csv"
    wrong.write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match=r"`list.csv` lacks the columns `project`"):
        figures.projects_data(three, wrong)
    with pytest.raises(InputError, match=r"Cannot read the list of projects `[^`]*none.csv`"):
        figures.projects_data(three, tmp_path / "none.csv")


@pytest.mark.parametrize("name", NAMES)
def test_results_without_what_a_figure_shows_are_refused(name):
    few = bo.simulate("status-quo", outputs=["coordination"])
    with pytest.raises(ResultsError, match="These results lack"):
        getattr(figures, name)(few)
