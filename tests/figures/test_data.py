"""What a figure plots is what it saves beside it, and what the model computed."""

import io

import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import Rectangle

import buildout as bo
from buildout import figures
from buildout.analysis.expectations import beside_others
from buildout.analysis.past_series import PAST_DRAWS, observed_later, scored_past
from buildout.analysis.project_dates import dates_over_draws
from buildout.analysis.series_in_draws import series_in_draws
from buildout.analysis.worlds import ask_draws
from buildout.calibration.hindcast import hindcast
from buildout.errors import InputError, ResultsError
from buildout.figures import GALLERY
from buildout.figures.constraints import CAUSES, STRIP
from buildout.figures.history import PANELS
from buildout.figures.money import BARS, UNSPENT
from buildout.figures.tidy import PRODUCTS, data_csv, pick
from buildout.inputs.money import read_money
from buildout.inputs.observations import load_observations, select_observations
from buildout.inputs.projects import read_projects
from buildout.outcomes.chances import LEAST_DRAWS
from buildout.outcomes.deadline import deadline, deadline_rows
from buildout.outcomes.listed import listed_capacity
from buildout.outcomes.odds import BAND

NAMES = [drawing.name for drawing in GALLERY]


def plotted(figure):
    """The heights of all curves, points, areas and bars of a figure."""
    found = [line.get_ydata() for axes in figure.axes for line in axes.lines]
    return [np.asarray(values, dtype=float) for values in found]


def holds(curves, values):
    return any(c.shape == values.shape and np.allclose(c, values, equal_nan=True) for c in curves)


@pytest.mark.quick_for("deadline_card", "prices", "vulnerability")
@pytest.mark.parametrize("name", NAMES)
def test_the_csv_beside_a_figure_is_its_data(name, tables):
    table = tables[name]
    back = pd.read_csv(io.StringIO(data_csv(table)), keep_default_na=False, na_values=[""])
    assert list(back.columns) == list(table.columns)
    assert len(back) == len(table) > 0
    assert not {"pathway_title", "pathway_description"} & set(back.columns)
    for column in table.select_dtypes("number"):
        np.testing.assert_allclose(back[column], table[column], rtol=1e-7)


@pytest.mark.quick_for("gains", "vulnerability")
@pytest.mark.parametrize(
    ("name", "quantities"),
    [
        ("capacity", ["US capacity in effect"]),
        ("magnet_output", ["US output, any origin"]),
        ("prices", ["inside China", "outside China"]),
        ("gains", ["US magnet output", "usable by defense"]),
        ("workforce", ["people employed"]),
        ("vulnerability", ["direct demand lost in a 12-month cut"]),
        ("project_capacity", ["announced so far", "planned to have started"]),
        ("project_capacity", ["started, or decided where undecided"]),
    ],
)
def test_every_series_of_the_data_is_a_curve_of_the_figure(name, quantities, drawings, tables):
    curves, table = plotted(drawings[name]), tables[name]
    keys = [c for c in table if c not in ("year", "value", *BAND, "unit")]
    chosen = table[table["quantity"].isin(quantities)]
    series = list(chosen.groupby(keys, sort=False, dropna=False))
    assert len(series) > 2
    for which, part in series:
        middle = part["p50"] if "p50" in part and part["p50"].notna().any() else part["value"]
        assert holds(curves, middle.dropna().to_numpy()), which


@pytest.mark.slow
def test_without_draws_the_curves_are_the_models_own_numbers(three):
    us, alone = three.sel(region="US", pathway="mobilization"), ask_draws(three, 0, None)
    curves = plotted(figures.capacity(alone))
    for line in three["line"].values:
        assert holds(curves, us["effective_capacity"].sel(line=line).values)
    curves = plotted(figures.prices(alone))
    for element in three["element"].values:
        assert holds(curves, us["ex_china_price"].sel(element=element).values)


@pytest.mark.slow
def test_the_bands_are_those_of_the_odds(three, tables):
    """The same draws as of the verdict, so that a picture and the card say the same."""
    chances = bo.odds(three)
    table = pick(tables["odds_by_date"], year=2027.0)
    own = table[table["regime"].isna()].set_index(["pathway", "magnet_class"])
    made = tables["gains"]
    for path in three["pathway"].values:
        for kind in three["magnet_class"].values:
            share = chances["share_covered_2027"].sel(pathway=path, magnet_class=kind)
            assert own.loc[(path, kind), "value"] == pytest.approx(100 * float(share))
    assert set(made["pathway"]) == {"mobilization", "china-deal"}


def test_gains_are_medians_of_differences_draw_by_draw(three, tables):
    cloud = series_in_draws(three)
    output = cloud["us_magnet_output_total"].sel(time=2035.0)
    gain = output.sel(pathway="mobilization") - output.sel(pathway="status-quo")
    row = pick(tables["gains"], pathway="mobilization", quantity="US magnet output")
    row = pick(row, year=2035.0).iloc[0]
    assert row["p50"] == pytest.approx(float(gain.median()))
    assert row["p05"] == pytest.approx(float(gain.quantile(0.05)))


@pytest.mark.slow
def test_of_one_pathway_there_is_no_gain_and_it_is_said():
    alone = bo.simulate("status-quo")
    assert "gains" not in [drawing.name for drawing in figures.gallery_of(alone)]
    with pytest.raises(ResultsError, match=r"holds pathways against the first one"):
        figures.gains(alone)


@pytest.mark.quick_for("deadline_card", "prices", "vulnerability")
@pytest.mark.parametrize("drawing", GALLERY, ids=lambda drawing: drawing.name)
def test_no_cell_of_the_data_is_a_text_of_many_words(drawing, tables):
    table = tables[drawing.name]
    assert not {"pathway_title", "pathway_description"} & set(table)
    texts = [str(cell) for _, column in table.items() for cell in set(column)]
    assert max(map(len, texts)) < 100
    assert not any("\n" in text for text in texts)


def test_the_card_shows_the_verdict(three, drawings, tables):
    table = tables["deadline_card"].set_index(["pathway", "magnet_class"])
    for row in deadline_rows(three):
        shown = table.loc[(row["pathway"], row["magnet_class"])]
        assert shown["coverage_percent"] == pytest.approx(100 * row["coverage_2027"])
        assert shown["shortfall_t_per_year"] == pytest.approx(row["shortfall_2027"])
        assert shown["binding"] == row["binding"]
        never = row["full_coverage_year"] is None
        assert np.isnan(shown["full_coverage_year"]) == never
    lines = drawings["deadline_card"].axes[0].lines
    shown = {round(float(line.get_xdata()[0]), 9) for line in lines if len(line.get_xdata()) == 1}
    bands = {tuple(np.round(line.get_xdata(), 9)) for line in lines if len(line.get_xdata()) == 2}
    # Pathways that are alike on the date share a band, which is the first one's.
    first = table.xs("status-quo")
    assert set(first["coverage_percent_p50"].clip(3, 5000).round(9)) <= shown
    ends = first[["coverage_percent_p05", "coverage_percent_p95"]].clip(3, 5000).round(9)
    assert {tuple(row) for row in ends.to_numpy()} <= bands


def test_without_draws_the_card_shows_single_runs(three):
    lines = figures.deadline_card(ask_draws(three, 0, None)).axes[0].lines
    shown = {round(float(line.get_xdata()[0]), 9) for line in lines if len(line.get_xdata()) == 1}
    coverage = 100 * deadline(three)["coverage_2027"].isel(pathway=0)
    assert shown == set(np.round(coverage.values.clip(3, 5000), 9))


def test_money_spent_and_unspent_is_what_was_appropriated(three, tables):
    table = tables["money"]
    last = table[table["year"] == table["year"].max()]
    for path in three["pathway"].values:
        own = pick(last, pathway=path).set_index("quantity")["value"]
        booked = three["money_appropriated"].sel(pathway=path).isel(time=-1).sum("fund") / 1000
        assert own[["spent", *UNSPENT]].sum() == pytest.approx(float(booked), rel=1e-9)
        assert own["appropriated"] == pytest.approx(float(booked), rel=1e-9)


@pytest.mark.slow
def test_bars_of_money_are_its_sums_on_one_scale_in_two_years(drawings, tables):
    table = tables["money"]
    panels = drawings["money"].axes
    assert len({axes.get_xlim() for axes in panels}) == 1
    for axes, year in zip(panels, (2035, 2045), strict=True):
        shown = table[(table["year"] == year) & table["quantity"].isin([*BARS, "US plants"])]
        wide = sorted(bar.get_width() for bar in axes.patches)
        np.testing.assert_allclose(wide, sorted(shown["p50"]))


@pytest.mark.slow
def test_bars_of_the_strips_are_the_shares_missing(drawings, tables):
    table = tables["constraints"]
    assert table["value"].between(0, 100 + 1e-9).all()
    material = table[table["binding"] != ""]
    assert (material["value"] >= 5).all()
    bars = [p for axes in drawings["constraints"].axes for p in axes.patches]
    heights = sorted(abs(bar.get_height()) for bar in bars)
    np.testing.assert_allclose(heights, sorted(STRIP * material["value"] / 100), atol=1e-12)


def points(figure):
    """What the marks of a figure show, and the bands behind them."""
    lines = [line.get_xdata() for axes in figure.axes for line in axes.lines]
    marks = [float(x[0]) for x in lines if len(x) == 1]
    return marks, {tuple(np.round(x, 6)) for x in lines if len(x) == 2}


@pytest.mark.slow
def test_points_of_self_sufficiency_are_the_models_own(three, drawings, tables):
    table = tables["self_sufficiency"]
    one = pick(table, pathway="status-quo", stage="mining", year=2027.0)
    direct = pick(one, quantity="self-sufficiency of direct market")["value"].item()
    model = three["self_sufficiency_of_direct_market"]
    assert direct == pytest.approx(
        100 * float(model.sel(pathway="status-quo", line="mining", time=2027.0))
    )
    marks, _ = points(drawings["self_sufficiency"])
    shown = table[~table["quantity"].str.contains("embedded") & table["year"].isin([2027, 2035])]
    caps = np.where(shown["quantity"] == "dependence on China", 100.0, 200.0)
    np.testing.assert_allclose(sorted(marks), sorted(np.minimum(shown["p50"], caps)))


@pytest.mark.slow
def test_with_draws_points_are_their_medians_in_their_bands(drawings, tables):
    table = tables["self_sufficiency"]
    shown = table[table["quantity"].str.startswith("dependence") & table["year"].isin([2027, 2035])]
    marks, bands = points(drawings["self_sufficiency"])
    assert set(np.round(shown["p50"], 6)) <= set(np.round(marks, 6))
    assert {tuple(row) for row in shown[["p05", "p95"]].round(6).to_numpy()} <= bands


@pytest.mark.slow
def test_people_who_are_never_missing_are_said_and_not_drawn(drawings, tables):
    table, figure = tables["workforce"], drawings["workforce"]
    most = table[table["unit"] == "% of need"].groupby(["quantity", "line_group"])["p50"].max()
    heads = [text.get_text() for axes in figure.axes for text in axes.texts]
    drawn = {head for head in heads if "missing" in head}
    binding = most[most > 5].index
    assert len(drawn) == len(binding) == 2
    for quantity, team in binding:
        assert f"{quantity.capitalize()}: {team}, % of need" in drawn
    said = "never more than 5% short: operators of all groups; experts of mining and chemistry."
    assert said in figure.get_label()


def test_figures_know_every_line_and_constraint_of_the_model(three):
    assert list(PRODUCTS) == list(three["line"].values)
    assert list(CAUSES) == list(three["constraint"].values)


@pytest.mark.slow
def test_projects_follow_the_list_and_what_is_known(three, tables):
    table = tables["project_dates"]
    announced = pick(table, quantity="announced")
    model = three["project_capacity"].isel(pathway=0)
    for row in announced.itertuples():
        assert float(model.sel(project=row.project, line=row.line)) == row.value
    early = bo.simulate("status-quo", known_until=2025.6)
    fewer = figures.project_dates_data(early)
    assert set(fewer["project"].dropna()) < set(table["project"].dropna())
    planned = pick(figures.project_capacity_data(early), quantity="planned to have started")
    assert 0 < planned["value"].max() < announced["value"].sum()


@pytest.mark.slow
def test_each_plant_has_its_planned_date_its_date_in_the_run_and_its_band(three, drawings, tables):
    table = tables["project_dates"]
    dates = dates_over_draws(three)
    shown = pick(table, project="MP 10X", pathway="mobilization")
    (year,) = pick(shown, quantity="in this run")["year"]
    model = three["start_date_of_project"].sel(dated_project="MP 10X", pathway="mobilization")
    assert year == float(model.isel(time=0))
    band = dates["start"].sel(dated_project="MP 10X", pathway="mobilization").values
    np.testing.assert_allclose(pick(shown, quantity="over draws")["year"], band)
    axes = drawings["project_dates"].axes
    bars = [(bar.get_x(), bar.get_x() + bar.get_width()) for a in axes for bar in a.patches]
    assert any(np.allclose(ends, band[[0, -1]]) for ends in bars)
    dots = {float(line.get_xdata()[0]) for a in axes for line in a.lines}
    assert float(band[1]) in dots
    with_plan = set(pick(table, quantity="planned start")["project"])
    assert {"MP 10X", "Nolans", "Vulcan Benson"} <= with_plan
    # What started before the run is in its initial state.
    assert "MP stage II" not in set(table["project"])


@pytest.mark.slow
def test_what_comes_of_the_list_has_the_band_of_its_draws(three, tables):
    table = pick(tables["project_capacity"], line="NdFeB magnets")
    come = pick(table, quantity="started, or decided where undecided").dropna(subset="p50")
    assert (come["p05"] <= come["p95"]).all()
    assert (come["p05"] < come["p95"]).any()
    cloud = series_in_draws(three)
    us = [p for p in read_projects() if p.region == "US" and "NdFeB magnets" in p.capacities]
    by_hand = sum(
        project.capacities["NdFeB magnets"]
        * cloud[f"{word}_share_of_project"].sel({f"{kind}_project": project.name})
        for kind, word in (("dated", "started"), ("undecided", "decided"))
        for project in us
        if project.name in cloud[f"{kind}_project"].values
    )
    own = by_hand.sel(pathway="mobilization", time=2035.0).quantile(0.5, "draw")
    shown = pick(come, pathway="mobilization", year=2035.0)["p50"].item()
    assert shown == pytest.approx(float(own))


@pytest.mark.slow
def test_what_goes_into_a_bar_of_the_chain_comes_out_and_all_widths_are_on_one_scale(
    tables, drawings
):
    table = tables["chain"]
    flows = pick(table, quantity="flow")
    for column in ("value", "mean"):
        sums = flows.groupby(["magnet_class", "year"])[column].sum()
        np.testing.assert_allclose(sums, 100, rtol=1e-9)
    outside = pick(table, quantity="made outside China", stage="metal", year=2027.0)
    here = flows[(flows["year"] == 2027.0) & ~flows["metal"].isin(["China", "missing"])]
    made = here.groupby("magnet_class", sort=False)["mean"].sum()
    np.testing.assert_allclose(outside.set_index("magnet_class")["mean"][made.index], made)
    assert (outside["p05"] <= outside["p95"]).all()
    axes = drawings["chain"].axes[0]
    first = pick(flows, magnet_class="light NdFeB", year=2027.0)
    bars = [p for p in axes.patches if isinstance(p, Rectangle)]
    china = first.loc[first["metal"] == "China", "mean"].sum()
    assert any(np.isclose(bar.get_height(), china) for bar in bars)
    into = sum(bar.get_height() for bar in bars if round(bar.get_x() + bar.get_width() / 2) == 4)
    assert into == pytest.approx(100)


@pytest.mark.slow
def test_ours_beside_what_others_expect_is_what_validation_says_and_what_the_run_holds(three):
    one = ask_draws(three.isel(pathway=[0]), LEAST_DRAWS, None)
    table = figures.expectations_data(one)
    ours = pick(table, quantity="ours").set_index(["who", "claim", "due"])
    both = {
        (row.projection.who, row.projection.quantity, row.projection.year): row
        for row in beside_others(draws=LEAST_DRAWS)
        if row.projection.expression
    }
    assert set(both) < set(ours.index)
    for key, row in both.items():
        own = ours.loc[[key]].iloc[0]
        assert tuple(own[["p05", "p50", "p95"]]) == pytest.approx((row.p05, row.p50, row.p95))
    run = one.isel(pathway=0)
    capacity = run["effective_capacity"].sel(region="US", line="NdFeB magnets", time=2028.0)
    assert ours.loc["MP Materials"]["value"].item() == pytest.approx(float(capacity))
    sums = pick(figures.project_capacity_data(one), line="NdFeB magnets")
    come = pick(sums, quantity="started, or decided where undecided", year=2030.0)
    plan = pick(sums, quantity="planned to have started")
    planned = plan.loc[plan["year"] <= 2030.0, "value"].max()
    press = ours.loc["Rare Earth Exchanges"]["p50"].item()
    assert press == pytest.approx(come["p50"].item() / planned)
    theirs = pick(table, quantity="expected").set_index("who")["value"]
    assert theirs["McKinsey"] == 176_000


@pytest.mark.slow
def test_world_demand_beside_that_of_others_is_the_trend_and_what_moves_it(three, tables):
    ours = pick(tables["expectations"], quantity="ours", pathway="status-quo")
    (shown,) = ours.loc[ours["who"] == "McKinsey", "value"]
    run = three.sel(pathway="status-quo", element=["NdPr", "DyTb"])
    growth = np.exp(10 * run["world_demand_growth"])
    oxide = run["world_oxide_output_in_2025"] * growth * run["world_demand_index"].sel(time=2035.0)
    assert shown == pytest.approx(float((oxide / run["oxide_per_metal"]).sum()))


@pytest.mark.slow
def test_the_past_beside_the_forecast_is_that_of_the_hindcast(tables):
    table = tables["history"]
    groups = [group for panel in PANELS for group in panel.groups]
    own = scored_past(2018, [panel.series for panel in PANELS], groups)
    whole = hindcast(2018, draws=PAST_DRAWS)
    same = whole.isel(row=np.flatnonzero(np.isin(whole["group"].values, groups)))
    for name in ("value", "p05", "p50", "p95", "inside"):
        np.testing.assert_allclose(np.sort(own[name]), np.sort(same[name]))
    dots = pick(table, quantity="observed")
    assert len(dots) == own.sizes["row"]
    assert dots["year"].max() < 2025.0
    curve = pick(table, head="US ore", quantity="from 2018")
    year_2019 = curve[(curve["year"] > 2019) & (curve["year"] < 2020)]
    rows = own.isel(row=np.flatnonzero(own["group"].values == "US ore"))
    (shown,) = rows["p50"].values[rows["start"].values == 2019.0]
    # The median of a year's sum is near the sum of the medians of its quarters.
    assert year_2019["p50"].mean() == pytest.approx(shown, rel=0.05)


@pytest.mark.slow
def test_what_was_seen_later_is_marked_and_in_no_fit(tables):
    later = pick(tables["history"], quantity="observed later")
    assert len(later) > 5
    assert (later["year"] > 2025.0).all()
    assert set(later["role"]) == {"later"}
    for panel in PANELS:
        if panel.later:
            assert "fit" not in observed_later(panel.later)["use"].values
    magnets = pick(later, head="Magnets exported by China")
    assert magnets["value"].tolist() == [57_392.0]


def test_prices_of_the_past_are_in_the_money_of_the_model(tables):
    table = pick(tables["history"], head="NdPr price in China", quantity="observed")
    seen = select_observations(load_observations(), series="price_nd_oxide")
    (then,) = seen["value"].values[(seen["start"].values == 2022.0)]
    (shown,) = table.loc[table["year"] == 2022.5, "value"]
    assert shown == pytest.approx(then / read_money().of_the_day("usd", np.array([2022.5]))[0])


@pytest.mark.slow
def test_a_run_of_another_model_shows_the_projects_without_bands(three):
    other = three.assign_attrs(model_sha256="0" * 64)
    table = figures.project_dates_data(other)
    assert set(pick(table, quantity="in this run")["project"])
    assert pick(table, quantity="over draws").empty
    assert "p50" not in figures.project_capacity_data(other)
    assert not figures.project_dates(other).axes[0].patches


def test_listed_capacity_is_that_of_the_model_for_dated_projects(three):
    us = [p for p in read_projects() if p.region == "US" and p.dated]
    own = three["dated_capacity_started"].sel(region="US")
    np.testing.assert_allclose(listed_capacity(three, us).transpose(*own.dims), own, atol=1e-9)


def test_projects_refuse_a_list_that_is_none(three, tmp_path):
    wrong = tmp_path / "list.csv"
    wrong.write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match=r"`list.csv` lacks the columns `project`"):
        figures.project_dates_data(three, wrong)
    with pytest.raises(InputError, match=r"Cannot read the list of projects `[^`]*none.csv`"):
        figures.project_dates_data(three, tmp_path / "none.csv")


@pytest.mark.parametrize("name", NAMES)
def test_results_without_what_a_figure_shows_are_refused(name):
    three = bo.simulate("status-quo", outputs=["coordination"])
    with pytest.raises(ResultsError, match="These results lack"):
        getattr(figures, name)(three)
