"""In which share of a sweep's draws the defense need is met, on each of its dates."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from buildout._util.numbers import span
from buildout.errors import ResultsError
from buildout.figures import style
from buildout.figures.layout import PanelGrid, Words, head_panel, panels, source_of
from buildout.figures.looks import Look
from buildout.figures.swept import columns, lanes_at_dates, looks_of_sweep, require_sweep
from buildout.figures.tidy import order, pick
from buildout.outcomes.chances import share_in_percent
from buildout.outcomes.dates import reaches
from buildout.outcomes.odds import drawn_in_words, wilson_interval

TOPIC = "Share of the sweep's draws in which defense has all the magnets that it needs"
CAPTION = (
    "In how many sound draws of the sweep compliant supply serves the whole need of US defense on "
    "each of its dates, by magnet class and pathway; thin lines: the Monte Carlo interval (95%)."
)
COVERAGE = "defense_coverage"


def sweep_odds_data(ds: xr.Dataset) -> pd.DataFrame:
    """What the figure shows: magnet_class, pathway, year, value, low, high (% of draws), draws.

    Parameters
    ----------
    ds : Dataset
        From `sweep`.

    Returns
    -------
    DataFrame
        low, high: the Monte Carlo interval.

    Raises
    ------
    ResultsError
        When the sweep does not keep coverage at dates.
    """
    require_sweep(ds)
    if COVERAGE not in ds or "year" not in ds[COVERAGE].dims:
        raise ResultsError(
            "This sweep lacks `defense coverage` at dates.",
            cure="Sweep without `--outputs`, which keeps the headline outcomes.",
        )
    rows = []
    for kind, array in columns(ds, COVERAGE):
        for path, date in np.ndindex(array.sizes["pathway"], array.sizes["year"]):
            drawn = array.values[path, :, date]
            drawn = drawn[np.isfinite(drawn)]
            if not len(drawn):
                continue
            met = int(reaches(drawn).sum())
            ends = wilson_interval(met, len(drawn))
            where = (str(ds["pathway"].values[path]), float(ds["year"].values[date]))
            shares = (100 * share for share in (met / len(drawn), *ends))
            rows.append((kind, *where, *shares, len(drawn)))
    names = ["magnet_class", "pathway", "year", "value", "low", "high", "draws"]
    return pd.DataFrame(rows, columns=names)


@style.drawn
def sweep_odds(ds: xr.Dataset, *, page: str = "slide") -> Figure:
    """Odds of coverage in a sweep.

    Parameters
    ----------
    ds : Dataset
        From `sweep`.
    page : {"slide", "column", "phone"}
        A slide of 16:9, a column of 89 mm, or a telephone.

    Returns
    -------
    Figure

    Raises
    ------
    ResultsError
        When the sweep does not keep coverage at dates.
    """
    table, looks = sweep_odds_data(ds), looks_of_sweep(ds)
    kinds = order(table, "magnet_class")
    figure, [row] = panels(
        page,
        PanelGrid(
            1, len(kinds), across={"column": 1, "phone": 1}, tall={"column": 0.9, "phone": 1.2}
        ),
        Words(_finding(table), TOPIC, source_of(ds, drawn=drawn_in_words(ds))),
        looks=looks,
    )
    for axes, kind in zip(row, kinds, strict=True):
        _marks(axes, pick(table, magnet_class=kind), looks)
        head_panel(axes, kind, unit="% of draws")
    return figure


def _marks(axes: Axes, table: pd.DataFrame, looks: Mapping[str, Look]) -> None:
    dates = order(table, "year")
    lanes = lanes_at_dates(axes, dates, len(looks))
    for lane, (path, look) in zip(lanes, looks.items(), strict=True):
        own = pick(table, pathway=path)
        places = lane[[dates.index(year) for year in own["year"]]]
        axes.vlines(places, own["low"], own["high"], colors=look.color, linewidth=1.2)
        axes.plot(
            places,
            own["value"],
            color=look.color,
            marker=look.marker,
            linestyle="none",
            markersize=5.5,
        )
    axes.set_ylim(-4, 106)
    axes.set_yticks(range(0, 101, 25))


def _finding(table: pd.DataFrame) -> str:
    first = table["year"].min()
    parts = [
        f"{kind} in {span((rows['value'] / 100).tolist(), share_in_percent)}"
        for kind, rows in pick(table, year=first).groupby("magnet_class", sort=False)
    ]
    return f"In {first:g} the whole need is met for {', '.join(parts)} of draws"
