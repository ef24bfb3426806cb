"""How much of its need the United States makes itself, and how much passes through China."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from buildout.figures import style
from buildout.figures.fans import Fans, fans_of, middles
from buildout.figures.findings import under_pathways
from buildout.figures.lanes import Lanes, band_and_mark, day, mark_band
from buildout.figures.layout import PanelGrid, Words, head_panel, panels, source_of
from buildout.figures.looks import Look, looks_of
from buildout.figures.panels import has_bands
from buildout.figures.tidy import order, pick, require, stack
from buildout.outcomes.dates import reaches
from buildout.outcomes.headlines import HEADLINE_DATES
from buildout.outcomes.rule import RULE_DATE

TOPIC = (
    "Made in the US, of what the direct US market needs, by stage of the chain; and share of the "
    "magnets supplied that passed through China"
)
CAPTION = (
    "Left: US output of a stage over what the direct US market needs of it; from 100% on a stage "
    "could serve that market alone. Right: the share of magnets supplied to the direct US market "
    "that passed through China at a stage. Marks are medians of the draws, pale bars their middle "
    "nine tenths; without draws marks are single runs. What lies beyond the scale stands at its "
    "edge, a median with its number. The data beside the picture also have the share of direct and "
    "embedded use together, magnets inside imported goods included."
)
DIRECT, TOTAL = "self-sufficiency of direct market", "self-sufficiency of direct and embedded use"
DEPENDENCE = "dependence on China"
SERIES = {
    DIRECT: "self_sufficiency_of_direct_market",
    TOTAL: "self_sufficiency_of_total",
    DEPENDENCE: "dependence_on_china",
}
NAMES = {"line": "stage", "dependence_stage": "stage"}
DATES = (2025.0, *HEADLINE_DATES)
#: Ends of the scales, percent.
CAPS = {DIRECT: 200.0, DEPENDENCE: 100.0}
HEADS = {DIRECT: "Made in the US", DEPENDENCE: "Through China"}
UNITS = {DIRECT: "% of need", DEPENDENCE: "% of supply"}
HEADING = {"slide": 1, "column": 2, "phone": 2}


def self_sufficiency_data(ds: xr.Dataset) -> pd.DataFrame:
    """What the figure shows: pathway, stage, year, quantity, value, unit (%).

    Parameters
    ----------
    ds : Dataset
        From `simulate`.

    Returns
    -------
    DataFrame
        `value` is the run's; p05, p50 and p95 are those of its draws, where it has any.
    """
    return _rows(ds, fans_of(ds))


def _rows(ds: xr.Dataset, fans: Fans) -> pd.DataFrame:
    require(ds, *SERIES.values())
    last = float(ds["time"].max())
    dates = [date for date in DATES if date <= last]

    def reading(key: str) -> Any:
        return lambda d: 100 * d[key].sel(time=dates, method="nearest")

    return stack(
        *(
            fans.rows(reading(key), quantity, "%").rename(columns=NAMES)
            for quantity, key in SERIES.items()
        )
    )


@style.drawn
def self_sufficiency(ds: xr.Dataset, *, page: str = "slide") -> Figure:
    """Self-sufficiency and dependence by stage on the rule's date and years later.

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
    >>> len(bo.figures.self_sufficiency(bo.simulate("status-quo")).axes)
    4
    """
    fans, looks = fans_of(ds), looks_of(ds)
    table = _rows(ds, fans)
    dates = sorted({RULE_DATE, table["year"].max()})
    shown = [(quantity, date) for quantity in CAPS for date in dates]
    stages = {quantity: order(pick(table, quantity=quantity), "stage") for quantity in CAPS}
    lanes = Lanes(len(looks), 0.8)
    columns, both = dict.fromkeys(("column", "phone"), len(dates)), list(stages.values())
    figure, [places] = panels(
        page,
        PanelGrid(
            1,
            len(shown),
            across=columns,
            tall={paper: [lanes.tall(len(part), paper) for part in both] for paper in columns}
            | {"slide": lanes.tall(max(map(len, both)), "slide")},
            left=1.2,
            below=3.4,
            heading=HEADING,
        ),
        Words(_finding(table, looks), TOPIC, source_of(ds, drawn=fans.drawn)),
        looks=looks,
        extra=[mark_band(fans.draws)] if has_bands(table) else [],
    )
    for axes, (quantity, date) in zip(places, shown, strict=True):
        here = pick(table, quantity=quantity, year=date)
        lanes.frame(axes, stages[quantity])
        for row, stage in enumerate(stages[quantity]):
            for rank, (path, look) in enumerate(looks.items()):
                [values] = pick(here, stage=stage, pathway=path).to_dict("records")
                band_and_mark(axes, lanes.at(row, rank), values, look, CAPS[quantity])
        _scale(axes, quantity, date)
    return figure


def _scale(axes: Axes, quantity: str, date: float) -> None:
    axes.set_xlim(-0.02 * CAPS[quantity], CAPS[quantity])
    axes.locator_params(axis="x", nbins=4)
    axes.set_xlabel(UNITS[quantity])
    if quantity == DIRECT:
        axes.axvline(100, color=style.INK, linewidth=0.9, zorder=2)
    head_panel(axes, f"{HEADS[quantity]}, {day(date)}", left=0)


def _finding(table: pd.DataFrame, looks: Mapping[str, Look]) -> str:
    """At how many stages home output reaches the need, on both dates."""
    made = pick(table, quantity=DIRECT)
    count = made["stage"].nunique()
    said = []
    for date in sorted({RULE_DATE, made["year"].max()}):
        here = {path: middles(pick(made, year=date, pathway=path), "stage") for path in looks}
        enough = {
            p: float(np.sum(reaches(np.array(list(v.values())), 100))) for p, v in here.items()
        }
        words = under_pathways(enough, looks, lambda n: f"{n:.0f} of {count}")
        said.append(f"{words} in {date:g}")
    return f"Stages where US output meets the US market's need: {'; '.join(said)}"
