"""What must hold in every run: balances, bounds, units, independence of the time step."""

import math
from itertools import cycle, pairwise

import numpy as np
import pytest
import xarray as xr
from scipy.integrate import solve_ivp

from buildout import checks, latin_hypercube, simulate
from buildout.checks import accounting as sums
from buildout.checks.time_step import FIRST
from buildout.errors import ResultsError
from buildout.inputs import places
from buildout.inputs.model import Model
from buildout.inputs.pathway import Pathway, pathway, pathway_names
from buildout.inputs.resolve import resolve
from buildout.inputs.settings import Setting
from buildout.inputs.shares import shares_of_a_whole
from buildout.vensim import engine

# The step at which conditions that overlap with a step become jumps, for continuous integration.
INSTANT = 2.0**-20
INFLOW = "INTEG(full chain oxide inflow[region,element]"


def test_every_element_has_an_equation(model):
    """The engine takes an element without one for one that is not there, as Vensim does."""
    dims = model.system.dims
    holes = [
        name
        for name, variable in model.system.variables.items()
        if len(variable.members) != math.prod(len(dims[dim]) for dim in variable.dims)
    ]
    assert not holes


def test_the_model_is_no_larger_than_that_of_0_1(model):
    """3,352 scalars with an equation or a state; constants are what users disagree on, apart."""
    variables = model.system.variables.values()
    assert sum(variable.kind != "constant" for variable in variables) <= 600
    stocks = sum(len(variable.members) for variable in variables if variable.kind == "stock")
    assert len(model.system.equations) + stocks <= 3352


def assert_passed(found):
    wrong = [f"{one.pathway}: {one.check}: {one.worst:.3g} at {one.where}" for one in found]
    assert all(one.passed for one in found), "\n".join(
        line for one, line in zip(found, wrong, strict=True) if not one.passed
    )


def changed(model, *edits):
    """The model with parts of its text replaced."""
    text = places.model_file().read_text(encoding="utf-8")
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return Model(system=engine.load(text), table=model.table)


def test_the_mass_of_each_element_and_origin_closes_at_every_step_in_all_pathways(every_step):
    assert_passed(checks.mass_balance(every_step))


def test_magnets_made_are_used_stocked_or_sold_and_magnets_wanted_supplied_or_unmet(every_step):
    assert_passed(checks.magnet_balance(every_step))


@pytest.mark.slow
def test_oxide_that_vanishes_from_a_flow_is_found_and_its_place_named(every_step):
    """One percent of the DyTb that allies send to the United States, lost on its way."""
    robbed = every_step.copy()
    share = xr.where(robbed.element == "DyTb", 0.99, 1.0)
    robbed["allied_oxide_to_us"] = robbed["allied_oxide_to_us"] * share
    robbed = robbed.sel(pathway=["status-quo"])
    balance = {one.check: one for one in checks.mass_balance(robbed)}
    by_region = balance["mass by region and origin"]
    assert not by_region.passed
    assert "origin full chain" in by_region.where
    assert "element DyTb" in by_region.where


@pytest.mark.slow
def test_a_leak_in_one_equation_is_found_and_its_place_named(model):
    leaking = checks.simulate_every_step(
        "status-quo", model=changed(model, (INFLOW, INFLOW.replace("(", "(0.99 * ")))
    )
    found = {one.check: one for one in checks.mass_balance(leaking)}
    by_region = found["mass by region and origin"]
    assert not by_region.passed
    assert by_region.worst > 1e-3
    assert "origin full chain" in by_region.where


def test_a_mass_balance_refuses_results_that_leave_out_steps():
    ds = simulate("status-quo", final_time=2026)
    with pytest.raises(ResultsError, match="every step"):
        checks.mass_balance(ds)


@pytest.mark.slow
def test_capacity_on_paper_and_in_plants_closes_and_contracts_last_their_life(every_step):
    assert_passed(checks.capacity_closes(every_step))
    assert_passed(checks.contracts_last(every_step))


@pytest.mark.slow
def test_capacity_that_vanishes_and_a_contract_that_ends_early_are_found(every_step):
    """A permille of all allied plants at once, and the contracts of the second vintage."""
    robbed = every_step.sel(pathway=["mobilization"])
    late = (robbed.time > 2033.0) & (robbed.region == "Allies")
    robbed["effective_capacity"] = robbed["effective_capacity"] * xr.where(late, 0.999, 1.0)
    early = (robbed.time > 2033.0) & (robbed.vintage == "vintage 2")
    robbed["vintage_in_force"] = xr.where(early, 0.0, robbed["vintage_in_force"])
    (leak,), (broken,) = checks.capacity_closes(robbed), checks.contracts_last(robbed)
    assert not leak.passed
    assert "region Allies" in leak.where
    assert "time 2033.0000" in leak.where
    assert not broken.passed
    assert broken.worst > 0.1


@pytest.mark.slow
def test_no_heavy_oxide_is_separated_in_the_united_states_before_2026(every_step):
    """A fact, unless the government had begun to build in 2025."""
    every_step = every_step.drop_sel(pathway="mobilization-2025")
    heavy = every_step["line_output"].sel(region="US", line=["DyTb separation", "Sm separation"])
    assert float(heavy.where(heavy.time < 2026.0, 0.0).max()) == 0


def test_every_dollar_is_in_administration_unobligated_obligated_spent_or_lapsed(every_step):
    assert_passed(checks.money_closes(every_step))


def test_no_physical_stock_falls_below_zero(every_step):
    assert_passed(checks.stocks_not_negative(every_step))


@pytest.mark.slow
def test_shares_sum_to_one_and_single_shares_lie_between_0_and_1(every_step):
    assert_passed(checks.shares_sum_to_one(every_step))


def test_missing_tonnes_by_constraint_and_by_cause_sum_to_the_gap(every_step):
    assert_passed(checks.parts_sum_to_gap(every_step))


@pytest.mark.slow
@pytest.mark.parametrize("kinds", ["uncertainty", "lever"])
def test_balances_hold_wherever_the_parameters_lie_in_their_ranges(model, kinds):
    """Four draws of everything we do not know, or of everything we may choose but dates, which
    must not overlap or be reversed."""
    names = [
        row.name
        for row in model.table
        if row.kind == kinds and row.distribution != "fixed"
        if kinds == "uncertainty" or row.unit != "Year"
    ]
    design = latin_hypercube(4, seed=11, vary=names)
    usual = pathway("mobilization" if kinds == "uncertainty" else "status-quo").settings
    drawn = [
        Pathway(
            f"draw {number}",
            settings=(*usual, *map(Setting, design.names, row.tolist())),
        )
        for number, row in enumerate(design.rows(0, 4))
    ]
    ds = checks.simulate_every_step(drawn, model=model)
    assert_passed(checks.check_dataset(ds))


def corners(model, count, seed=20270101):
    """Pathways at random corners: every uncertainty, and all luck, at one of its ends.

    Cuts keep their dates, since episodes that overlap are refused.
    """
    kinds = ("uncertainty", "luck")
    rows = [
        row
        for row in model.table
        if row.kind in kinds and row.distribution != "fixed"
        if not row.name.startswith(("cut start", "cut length"))
    ]
    rng = np.random.default_rng(seed)
    for number, usual in zip(range(count), cycle(pathway_names()), strict=False):
        ends = zip(rows, rng.integers(0, 2, len(rows)), strict=True)
        drawn = [Setting(row.name, (row.low, row.high)[end]) for row, end in ends]
        settings = (*drawn, *pathway(usual).settings)
        yield Pathway(f"corner {number} of {usual}", settings=settings)


@pytest.mark.slow
@pytest.mark.parametrize(
    "count", [3, pytest.param(312, marks=pytest.mark.slow)], ids=["a few", "three hundred"]
)
def test_every_check_holds_at_corners_of_the_box_of_parameters(model, count):
    """What a pathway sets prevails. The corners of luck are draw worlds and expected worlds."""
    every = list(corners(model, count))
    for start in range(0, count, 6):
        ds = checks.simulate_every_step(every[start : start + 6], model=model)
        assert_passed(checks.check_dataset(ds))


def test_every_name_that_checks_ask_for_is_in_the_model(model):
    """A check of a variable that was renamed would pass in silence."""
    asked = [*shares_of_a_whole(), *sums.BETWEEN_0_AND_1, *sums.WHERE_MONEY_IS]
    assert set(asked) <= set(model.variables)


def test_every_unit_checks():
    assert_passed(checks.check_units())


@pytest.mark.slow
def test_halving_the_step_moves_output_and_coverage_little_and_halves_the_error(
    model, all_pathways
):
    assert_passed(checks.step_halving(resolve(model, all_pathways)))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["status-quo", "mobilization"])
def test_halving_the_step_moves_output_little_in_most_worlds_of_drawn_luck(model, values_of, name):
    """Where plants are decided one by one, a step may decide which of two comes first, so single
    worlds may move more than the expected one."""
    rng, worlds = np.random.default_rng(5), 32
    luck = [*model.scalars("luck of date"), *model.scalars("luck of decision")]
    drawn = {"switch_luck": np.ones(worlds)} | {s: rng.uniform(size=worlds) for s in luck}
    levers = {s: np.full(worlds, value) for s, value in values_of(name, {}).items()}
    step = model.system.controls["time_step"]
    whole, half = (
        engine.Batch()
        .run(
            model.system,
            parameters=levers | drawn,
            outputs=["us_magnet_output_total"],
            controls={"time_step": step / parts},
        )
        .values[0]
        for parts in (1, 2)
    )
    moved = np.abs(whole - half).max(axis=0) / half.max(axis=0)
    assert np.median(moved) < FIRST
    assert np.quantile(moved, 0.9) < 2 * FIRST


# --- the same equations, integrated by someone else ---------------------------------------------


# Ends that are sums of a start and a length.
LASTING = {
    "cut_start": "cut_length",
    "deal_start": "deal_length",
    "shutdown_start": "shutdown_length",
}


def computed_dates(system, values):
    """Every date that the model computes, and every constant in years, as the run has them."""
    wanted = [
        scalar for scalar, owner in system.owners.items() if system.variables[owner].unit == "Year"
    ]
    run = engine.Batch().run(
        system, parameters=values, outputs=wanted, times=[2025.0], controls={"final_time": 2025.25}
    )
    return dict(zip(run.outputs, run.values[:, 0, 0].tolist(), strict=True))


def event_dates(system, values):
    """Dates at which a condition of the run changes: given, computed, and sums of both."""
    years = computed_dates(system, values)

    def of(name):
        return [years[scalar] for scalar in system.scalars(name)]

    width, life, lead = years["pulse_width"], years["contract_life"], years["hiring_lead"]
    starts = of("start_date_of_project")
    changes = [*of("begin_of_vintage"), *of("end_of_vintage")]
    dates = set(years.values())
    dates |= {date + width for date in dates}
    dates |= {date - lead for date in starts}
    dates |= {date + life for date in [*starts, *of("existing_contract_start")]}
    dates |= {date + life + width for date in starts}
    dates |= {2025.0 + change + late for change in changes for late in (0.0, life)}
    dates |= {years["price_path_start"] + point for point in of("place_of_price_point")}
    for start, length in LASTING.items():
        dates |= {sum(pair) for pair in zip(of(start), of(length), strict=True)}
    dates |= {years["deal_breach_date"] + years["cut_length[deal breach]"]}
    # Sums that are equal but for rounding are one event.
    return sorted({round(date, 9) for date in dates if 2025.0 < date < 2045.0})


def integrated(model, values, outputs, times):
    """Values of outputs at times, by Runge and Kutta between events."""
    rates = engine.right_hand_side(
        model.system, values, controls={"time_step": INSTANT, "saveper": 0.25}
    )
    stops = [2025.0, *event_dates(model.system, values), 2045.0]
    state, kept = rates.y0, {}
    for start, end in pairwise(stops):
        inner = [t for t in times if start <= t < end or t == end == 2045.0]
        # A step's overlap looks ahead by one instant; stop that much before the next event.
        part = solve_ivp(
            rates,
            (start, end - INSTANT),
            state,
            method="RK45",
            rtol=1e-5,
            atol=1e-4,
            max_step=0.125,
            t_eval=sorted({*(min(t, end - INSTANT) for t in inner), end - INSTANT}),
        )
        assert part.success, part.message
        for t, y in zip(part.t, part.y.T, strict=True):
            kept[round(t, 3)] = rates.outputs(t, y, outputs)
        state = part.y[:, -1]
    return np.array([kept[round(t, 3)] for t in times])


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        "status-quo",
        "mobilization",
        "china-deal",
        "hybrid",
        "allied-network",
    ],
)
def test_an_independent_integration_restarted_at_events_agrees_within_one_percent(
    model, values_of, name
):
    """Outcomes at the model's step. Single lines when plants are mothballed, and prices just after
    a cut, move faster; there Euler's error may be above one percent at the model's step, and is
    below at half of it."""
    outcomes = [
        "us_magnet_output_total",
        "defense_coverage[light NdFeB]",
        "direct_demand_total",
        "public_money_spent",
        "jobs_in_total",
    ]
    fast = [
        "ex_china_price[DyTb]",
        "line_output[US,NdPr separation]",
        "line_output[US,metal and alloy]",
        "line_output[Allies,NdFeB magnets]",
    ]
    times = [float(year) for year in range(2026, 2046)]
    values = values_of(name, {})
    theirs = integrated(model, values, [*outcomes, *fast], times)

    def farthest(step):
        ours = engine.Batch().run(
            model.system,
            parameters=values,
            outputs=[*outcomes, *fast],
            times=times,
            controls={"time_step": step},
        )
        off = np.abs(ours.values[:, :, 0].T - theirs).max(axis=0)
        return dict(zip(ours.outputs, off / np.abs(theirs).max(axis=0), strict=True))

    step = model.system.controls["time_step"]
    whole, half = farthest(step), farthest(step / 2)
    assert max(whole[output] for output in outcomes) < 0.01, whole
    assert max(half[output] for output in fast) < 0.01, half
