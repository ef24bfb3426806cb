"""Tables of model/README.md on closed borders: embargo and tariff over the pathways."""

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr

from buildout._util import tables
from buildout._util.numbers import number, three_digits
from buildout.inputs.model import Model
from buildout.inputs.pathway import pathway_names
from buildout.inputs.settings import Settings
from buildout.simulation.simulate import simulate

YEARS = (2035.0, 2040.0, 2045.0)
#: The year in which signs are read.
READ = 2040.0
MADE = "US magnet output total"
EMBARGO = {
    "cut start[later cut]": 2027.0,
    "cut length[later cut]": 30.0,
    "cut depth[later cut]": 1.0,
}
#: Users who buy as much at any price and move nowhere.
DEMAND_HELD = {
    "price elasticity of demand": 0.0,
    "price push of substitutes": 0.0,
    "downstream offshoring": 0.0,
}
TARIFFS = (0.25, 1.0)
TARIFF, TARIFF_START = "tariff on Chinese magnets level[US]", 2028.0
GAIN, GAINS = "retaliation gain", tuple(np.linspace(0.0, 0.8, 9))
#: Decimals of a change: a tenth of a percent is as fine as such a change means anything.
SHOWN = 3
COARSE, MULTIPLE = 0.1, 3.0
CALM = {"switch retaliation": 0.0}
STAY = {"downstream offshoring": 0.0}


def border_tables(model: Model) -> dict[str, str]:
    """What stands between the marks `embargo` and `tariff` of model/README.md.

    Parameters
    ----------
    model : Model
        That is run.

    Returns
    -------
    dict of str to str
    """
    return {"embargo": _embargo(model), "tariff": _tariff(model)}


def _embargo(model: Model) -> str:
    """US magnets with trade open, and what an embargo from 2027 on changes."""
    free, held = _made(model, {}), _made(model, DEMAND_HELD)
    closed = _made(model, EMBARGO) / free - 1
    alike = _made(model, {**EMBARGO, **DEMAND_HELD}) / held - 1
    lines = [
        [
            path,
            three_digits(float(free.sel(pathway=path, time=READ))),
            *(_change(closed.sel(pathway=path, time=year)) for year in YEARS),
            *(_change(alike.sel(pathway=path, time=year)) for year in YEARS),
        ]
        for path in pathway_names()
    ]
    heads = [f"embargo, {year:.0f}" for year in YEARS]
    held_heads = [f"demand held, {year:.0f}" for year in YEARS]
    return tables.markdown(["pathway", f"open, {READ:.0f}, t/yr", *heads, *held_heads], lines)


def _tariff(model: Model) -> str:
    """What tariffs from 2028 on change, with and without answers, and the answer that turns it."""
    answers: Sequence[Mapping[str, float]] = (CALM | STAY, CALM, STAY, {})
    changes = [_changed_by_tariffs(model, answer) for answer in answers]
    # Of retaliation alone: nobody moves.
    rising = [_changed_by_tariffs(model, STAY | {GAIN: gain}) for gain in GAINS]
    lines = []
    for path in pathway_names():
        for tariff in TARIFFS:
            own = [by_tariff[tariff].sel(pathway=path) for by_tariff in changes]
            cells = [" / ".join(_change(run.sel(time=year)) for year in YEARS) for run in own]
            read = [float(by[tariff].sel(pathway=path, time=READ)) for by in rising]
            lines.append([path, f"{100 * tariff:.0f} %", *cells, _first_fall(read)])
    heads = ["no answer", "makers of motors move", "China retaliates", "both"]
    return tables.markdown(["pathway", "tariff", *heads, f"{READ:.0f} falls from a gain of"], lines)


def _first_fall(changes: Sequence[float]) -> str:
    """Gain from which on output falls, between the gains that were run; 0 where it falls anyway."""
    shown = [round(change, SHOWN) for change in changes]
    if shown[0] < 0:
        return "0"
    for step in range(1, len(shown)):
        before, after = shown[step - 1], shown[step]
        if after < 0 <= before:
            share = before / (before - after)
            return number(GAINS[step - 1] + share * (GAINS[step] - GAINS[step - 1]), 2)
    return "none"


def _changed_by_tariffs(model: Model, answer: Mapping[str, float]) -> dict[float, xr.DataArray]:
    """Against the same pathways with no tariff after that of 2024; some have one of their own."""
    free = _made(model, {**answer, TARIFF: 0.0})
    start = {"tariff on Chinese magnets start": TARIFF_START}
    return {t: _made(model, {**answer, **start, TARIFF: t}) / free - 1 for t in TARIFFS}


def _made(model: Model, settings: Settings) -> xr.DataArray:
    """US magnets, t/yr, of all pathways; demand that answers nothing lies outside its range."""
    ds = simulate(
        pathway_names(),
        settings=settings,
        outputs=[MADE],
        save_every=1,
        beyond_range=True,
        model=model,
    )
    return ds["us_magnet_output_total"].sel(time=list(YEARS))


def _change(value: xr.DataArray) -> str:
    """In percent, to a tenth below ten; from three times on as a multiple."""
    share = float(value)
    if share >= MULTIPLE - 1:
        return f"x {1 + share:.1f}"
    digits = 0 if abs(share) >= COARSE else 1
    shown = round(100 * share, digits)
    return f"{shown:+.{digits}f}" if shown else "0"
