"""Clocks of qualification: the equations of the model, cut out and fed with known lots."""

import re

import numpy as np
import pytest

from buildout.inputs import places
from buildout.vensim import engine
from buildout.vensim.engine import Batch

RANGES = ("region", "magnet line", "magnet class", "origin", "Western origin")
RANGES += ("defense maker", "approval", "hastened stage")
EQUATIONS = (
    "newcomer share",
    "full chain ready",
    "lots",
    "lots so far",
    "first lot",
    "qualification clock",
    "qualification time",
    "approval time",
    "spread of qualification",
    "requalification share",
    "approved share",
    "switch qualification",
    "listed share",
    "qualified share",
    "share of maker",
    "qualified output",
)
# A plant of 100 t a year that starts between two steps, and nothing else.
START, RATE = 2025.3, 100.0
WORLD = f"""
magnet output[region,magnet class,origin]=
	{RATE} * MAX(0, Time + TIME STEP - MAX(Time, {START})) / TIME STEP
	~	t/Year
	~	Magnets made
	|

newcomer capacity[region,magnet line]=
	made by newcomers
	~	t/Year
	~	Capacity of newcomers
	|

effective capacity[region,magnet line]=
	1
	~	t/Year
	~	Capacity of all makers
	|

new oxide share[magnet class]=
	1
	~	Dmnl
	~	All oxide is new
	|

full chain delivered[region,magnet class]=
	magnet output[region,magnet class,full chain]
	~	t/Year
	~	Delivered at once
	|

made by newcomers=
	0
	~	Dmnl
	~	The same everywhere
	|

time factor[region,hastened stage]=
	time factor in an emergency
	~	Dmnl
	~	The same for all stages
	|

time factor in an emergency=
	1
	~	Dmnl
	~	No emergency
	|

INITIAL TIME=
	2025
	~	Year
	~	Start
	|

FINAL TIME=
	2029
	~	Year
	~	End
	|

TIME STEP=
	0.0625
	~	Year
	~	Step
	|

SAVEPER=
	TIME STEP
	~	Year
	~	Saved
	|
"""
FIRST = START + 5 / RATE  # The date of the first lot.
TIME, SPREAD = 0.6, 0.5
OF = "qualified_output[Allies,heavy NdFeB,{} maker,full chain]"


@pytest.fixture(scope="module")
def clocks():
    text = places.model_file().read_text(encoding="utf-8")
    equations = text[: text.index("\\\\\\---///")]
    entries = {
        re.match(r"[^=\[:]+", entry.strip())[0].strip(): entry.strip() + "\n\t|\n"
        for part in equations.split("\n\t|\n")
        if (entry := part.split("~\n")[-1] if part.count("****") else part).strip()
    }
    wanted = "\n".join(entries[name] for name in (*RANGES, *EQUATIONS))
    return engine.load(text="{UTF-8}\n" + wanted + WORLD)


def qualified(clocks, maker="established", step=1 / 16, dates=None, **settings):
    """Share of the output that is qualified; of allied heavy magnets, all of which are listed."""
    name = OF.format(maker)
    given = {"listed share[Allies,heavy NdFeB]": 1.0, "requalification share": 1.0} | settings
    given["made by newcomers"] = float(maker == "new")
    run = Batch().run(
        clocks, {k: [v] for k, v in given.items()}, [name], {"time_step": step}, dates
    )
    return run[name].ravel() / RATE


@pytest.mark.parametrize("maker", ["established", "new"])
def test_coverage_is_the_same_at_any_step(clocks, maker):
    """A clock runs at constant speed, so Euler is exact: to four digits and many more."""
    dates = [2026.0, 2026.5, 2027.0, 2028.0]
    coarse = qualified(clocks, maker, 1 / 16, dates)
    fine = qualified(clocks, maker, 1 / 256, dates)
    assert 0 < coarse.max() <= 1
    np.testing.assert_allclose(coarse, fine, rtol=1e-4, atol=1e-9)


@pytest.mark.parametrize("time", [0.25, 0.6, 1.5])
def test_nothing_is_qualified_before_half_the_spread_ahead_of_its_time_and_all_after(clocks, time):
    dates = np.arange(2025, 2029.01, 1 / 16)
    settings = {"qualification time[established maker]": time, "spread of qualification": SPREAD}
    share = qualified(clocks, dates=dates.tolist(), **settings)
    begin = FIRST + max(0, time - SPREAD / 2)
    assert (share[dates <= begin] == 0).all()
    assert (share[(dates > begin) & (dates < begin + SPREAD)] > 0).all()
    np.testing.assert_allclose(share[dates >= begin + SPREAD], 1)
    between = (dates > begin) & (dates < begin + SPREAD)
    np.testing.assert_allclose(share[between], (dates[between] - begin) / SPREAD, atol=1e-9)


@pytest.mark.parametrize("maker", ["established", "new"])
def test_tests_at_a_quarter_of_their_time_bring_approval_at_a_quarter_of_its_time(clocks, maker):
    """Four times as soon after the first lot, and within a quarter of the spread."""
    dates = np.arange(2025, 2029.01, 1 / 16)
    usual = qualified(clocks, maker, dates=dates.tolist())
    sooner = qualified(clocks, maker, dates=dates.tolist(), **{"time factor in an emergency": 0.25})
    then = np.interp(FIRST + 4 * (dates - FIRST), dates, usual)
    after = (dates > FIRST) & (dates < FIRST + 0.75)
    assert 0 < sooner[after].max() <= 1
    # The line has corners between the dates.
    np.testing.assert_allclose(sooner[after], then[after], atol=0.03)


def test_established_makers_wait_with_the_share_that_needs_a_new_approval(clocks):
    dates = [2025.5]  # Before any approval.
    for share in (0.0, 0.3, 1.0):
        ready = qualified(clocks, dates=dates, **{"requalification share": share})
        np.testing.assert_allclose(ready, 1 - share)
    # New makers wait with all they make.
    assert qualified(clocks, "new", dates=dates, **{"requalification share": 0.0}) == 0


def test_what_was_made_from_the_start_needs_no_new_approval():
    """In the model itself: oxide of plants of 2025.0 is in magnets sold from the first day."""
    import buildout as bo

    ds = bo.simulate("status-quo", settings={"requalification share": 1.0}, final_time=2027)
    made = (ds["full_chain_ready"] * (1 - ds["newcomer_share"])).isel(pathway=0, time=0)
    ready = (
        ds["qualified_output"]
        .isel(pathway=0, time=0)
        .sel(defense_maker="established maker", western_origin="full chain")
    )
    listed = ds["listed_share"].isel(pathway=0)
    listed = listed.isel(time=0) if "time" in listed.dims else listed
    np.testing.assert_allclose(ready, made * listed, rtol=1e-12)
    assert float(made.sel(region="Allies", magnet_class="light NdFeB")) > 0
