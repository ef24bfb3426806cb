"""The past as the model tells it, what was observed, and the forecast that goes on from there."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from buildout.analysis.past_series import (
    PAST_DRAWS,
    SEAM_DATE,
    observed_later,
    observed_past,
    past_series,
    scored_past,
)
from buildout.analysis.worlds import of_this_model
from buildout.calibration.hindcast import STARTS
from buildout.calibration.observed import element_of
from buildout.figures import style
from buildout.figures.fans import Fans, fans_of
from buildout.figures.layout import PanelGrid, Words, head_panel, panels, source_of
from buildout.figures.looks import Look, looks_of
from buildout.figures.panels import band_sample, curves, top_of
from buildout.figures.tidy import order, pick, require, stack
from buildout.inputs.mapping import Expression, read_mapping
from buildout.inputs.money import read_money
from buildout.outcomes.odds import BAND

TOPIC = "Runs from 2018 and 2021, what was observed, and forecasts from the seam at 2025.0 on"
CAPTION = (
    "Grey: runs that begin in 2018 and in 2021, know policy, world demand and the halts of plants, "
    "and nothing else after their start; their median and middle nine tenths over 200 draws. Dots "
    "are what was observed before 2025.0, hollow where the model was fitted on them; diamonds were "
    "observed later and are in no fit. From the seam at 2025.0 on, the forecasts start from the "
    "state of that date and not from the end of those runs; their curves are medians of the draws "
    "in their middle nine tenths, or single runs without draws. A dot is the yearly rate or mean "
    "of its period; prices in constant 2025 dollars. Lynas is observed, the model is of all allies "
    "less some small makers."
)
LAST = 2035.0  # Later years would leave no room for the past.
OBSERVED, LATER, FORECAST = "observed", "observed later", "forecast"
FITTED = ("fitted", "input")
PRICE_UNIT = "USD/kg oxide"
_BAND, _MEDIAN = "#c3c8ce", "#5d646c"
_LINES: dict[int, Any] = {2018: "-", 2021: (0, (3, 1.5))}
_MARK = 3.2


@dataclass(frozen=True)
class _Panel:
    """A series: its head, unit, groups of the hindcast's plan, and where it is observed later."""

    head: str
    unit: str
    series: str
    groups: tuple[str, ...]
    later: tuple[str, ...] = ()


PANELS = (
    _Panel(
        "US ore",
        "t REO/yr",
        "us_ree_mine_production_t",
        ("US ore", "US ore of 2024"),
        ("mp_reo_production_t",),
    ),
    _Panel(
        "US NdPr oxide",
        "t/yr",
        "mp_ndpr_oxide_production_t",
        ("US NdPr",),
        ("mp_ndpr_oxide_production_t",),
    ),
    _Panel(
        "Allied NdPr oxide, seen at Lynas",
        "t/yr",
        "lynas_ndpr_production_t",
        ("Lynas NdPr by quarters",),
        ("lynas_ndpr_production_t",),
    ),
    _Panel("NdPr price in China", PRICE_UNIT, "price_nd_oxide", ("price of NdPr",)),
    _Panel(
        "Magnets exported by China",
        "t/yr",
        "china_magnet_exports_total_t",
        ("magnets exported by China",),
        ("china_magnet_exports_total_t",),
    ),
    _Panel(
        "Magnets from China to the US",
        "t/yr",
        "china_magnet_exports_to_us_t",
        ("magnets from China to the US", "magnets from China to the US in 2024"),
        ("china_magnet_exports_to_us_t",),
    ),
)
_SERIES = tuple(panel.series for panel in PANELS)


def history_data(ds: xr.Dataset) -> pd.DataFrame:
    """What the figure shows: head, pathway, year, role, quantity, value, unit.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.

    Returns
    -------
    DataFrame
        Rows of "from 2018" and "from 2021", with p05, p50 and p95 of their draws, are of the
        model that comes with buildout and absent for another.
    """
    return _rows(ds, _fans(ds))


def _fans(ds: xr.Dataset) -> Fans:
    require(ds, "mine_output", "oxide_output", "chinese_price", "chinese_magnets_to_us")
    return fans_of(ds)


def _rows(ds: xr.Dataset, fans: Fans) -> pd.DataFrame:
    parts = []
    for panel in PANELS:
        expression = read_mapping()[panel.series].expression
        forecast = fans.rows(partial(_said, expression=expression), FORECAST, panel.unit)
        forecast = forecast[forecast["year"] <= LAST]
        seen = [_observed(observed_past(panel.groups), OBSERVED)]
        if panel.later:
            seen.append(_observed(observed_later(panel.later), LATER))
        past = [_past(start, panel) for start in STARTS] if of_this_model(ds) else []
        parts.append(stack(*past, *seen, forecast).assign(head=panel.head, unit=panel.unit))
    table = stack(*parts)
    ends = [c for c in ("role", "quantity", "value", *BAND, "unit") if c in table]
    return table[["head", "pathway", "year", *ends]]


def _said(ds: xr.Dataset, *, expression: Expression) -> xr.DataArray:
    """What an expression is over time."""
    total = xr.DataArray(0.0)
    for term in expression.terms:
        total = total + term.factor * (element_of(ds, term.scalar) if term.scalar else 1.0)
    return total.drop_vars([c for c in total.coords if c not in total.dims])


def _observed(rows: xr.Dataset, quantity: str) -> pd.DataFrame:
    """Observations as yearly rates, or as means in the money of the model."""
    mapping, money = read_mapping(), read_money()
    own = [mapping[series] for series in rows["series"].values.tolist()]
    totals = np.array([row.over == "total" for row in own])
    worth = [
        float(money.of_the_day(row.money, np.array([middle]))[0])
        for row, middle in zip(own, rows["time"].values, strict=True)
    ]
    lengths = np.where(totals, (rows["end"] - rows["start"]).values, 1.0)
    return pd.DataFrame(
        {
            "year": rows["time"].values,
            "role": rows["role"].values if "role" in rows.coords else "later",
            "quantity": quantity,
            "value": rows["value"].values / lengths / np.array(worth),
        }
    )


def _past(start: int, panel: _Panel) -> pd.DataFrame:
    drawn = past_series(start, _SERIES)["value"].sel(series=panel.series, drop=True)
    points = drawn.quantile(list(BAND.values()), "draw").transpose("quantile", "time").values
    bands = dict(zip(BAND, points, strict=True))
    years = drawn["time"].values
    return pd.DataFrame({"year": years, "quantity": _from(start), "value": bands["p50"], **bands})


def _from(start: int) -> str:
    return f"from {start}"


@style.drawn
def history(ds: xr.Dataset, *, page: str = "slide") -> Figure:
    """Past and forecast of some series, with what was observed.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.
    page : {"slide", "column", "phone"}
        A slide of 16:9, a column of 89 mm, or a telephone.

    Returns
    -------
    Figure

    Examples
    --------
    >>> import buildout as bo
    >>> len(bo.figures.history(bo.simulate("status-quo")).axes)
    6
    """
    fans = _fans(ds)
    # Curves without marks, which could be taken for what was observed.
    looks = {path: replace(look, marker="") for path, look in looks_of(ds).items()}
    table = _rows(ds, fans)
    heads = order(table, "head")
    figure, rows = panels(
        page,
        PanelGrid(
            2,
            3,
            across={"column": 2, "phone": 2},
            heading={"slide": 1, "column": 2, "phone": 2},
        ),
        Words(_finding(table), TOPIC, source_of(ds, drawn=fans.drawn)),
        looks=looks,
        extra=[
            *band_sample(pick(table, quantity=FORECAST), looks, fans.draws),
            *_samples(past=bool((table["quantity"] == _from(min(STARTS))).any())),
        ],
    )
    flat = [axes for row in rows for axes in row]
    for place, (axes, head) in enumerate(zip(flat, heads, strict=True)):
        here = pick(table, head=head)
        _draw(axes, here, looks, named=place == 0)
        head_panel(axes, head, unit=here["unit"].iloc[0])
    return figure


def _samples(*, past: bool) -> list[Artist]:
    runs: list[Artist] = [
        Line2D([], [], color=_MEDIAN, linewidth=1.5, linestyle=line, label=f"run {_from(start)}")
        for start, line in _LINES.items()
    ]
    spread: list[Artist] = [Patch(color=_BAND, linewidth=0, label=f"past: 5-95% of {PAST_DRAWS}")]
    dots = [
        Line2D([], [], ls="none", marker=marker, color=fill, mec=style.INK, ms=4, label=label)
        for marker, fill, label in (
            ("o", style.INK, "observed, in no fit"),
            ("o", "white", "observed, fitted"),
            ("D", "white", "seen after 2025.0"),
        )
    ]
    return [*(runs + spread if past else []), *dots]


def _draw(axes: Axes, table: pd.DataFrame, looks: Mapping[str, Look], *, named: bool) -> None:
    tops = [table.loc[table["quantity"].isin([OBSERVED, LATER]), "value"].max()]
    for start, line in _LINES.items():
        past = pick(table, quantity=_from(start))
        if len(past):
            years = past["year"]
            axes.fill_between(
                years, past["p05"], past["p95"], color=_BAND, alpha=0.6, linewidth=0, zorder=1.4
            )
            axes.plot(years, past["p50"], color=_MEDIAN, linewidth=1.5, linestyle=line, zorder=2.6)
            tops.append(past["p95"].max())
    forecast = pick(table, quantity=FORECAST)
    curves(axes, forecast, looks, named=named)
    axes.axvline(SEAM_DATE, color=style.QUIET, linewidth=0.8, zorder=2)
    for quantity, marker in ((OBSERVED, "o"), (LATER, "D")):
        for row in pick(table, quantity=quantity).itertuples():
            hollow = row.role in (*FITTED, "later")
            axes.plot(
                [row.year],
                [row.value],
                marker,
                color="white" if hollow else style.INK,
                markeredgecolor=style.INK,
                markeredgewidth=0.8,
                markersize=_MARK,
                zorder=4.5,
            )
    style.from_zero(axes, max(*tops, top_of(forecast, looks)))
    style.thousands(axes)
    style.time_axis(axes, [min(STARTS), max(forecast["year"].max(), SEAM_DATE + 1)])


def _finding(table: pd.DataFrame) -> str:
    """How many of the observations that are in no fit lie in the band of the run of the past."""
    start = min(STARTS)
    if not len(pick(table, quantity=_from(start))):
        late = pick(table, quantity=LATER)
        return f"What was observed to 2025.0, {len(late)} later numbers, and the forecasts"
    groups = [group for panel in PANELS for group in panel.groups]
    scores = scored_past(start, _SERIES, groups)
    inside = scores["inside"].values[scores["role"].values == "scored"]
    return (
        f"{int(inside.sum())} of the {len(inside)} observations shown that are in no fit lie "
        f"within 5-95% of the draws of runs from {start}"
    )
