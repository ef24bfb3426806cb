"""What delay costs: a panel for each outcome, by how many years later all of a pathway comes."""

from functools import partial

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from buildout._util.numbers import number, three_digits, unit_in_words
from buildout.analysis.delay_rows import delay_rows
from buildout.figures import style
from buildout.figures.looks import labels
from buildout.figures.multiples import Panel, small_multiples

DELAYS_CAPTION = (
    "Differences to the same pathway without delay: single runs, and the median and middle nine "
    "tenths of the same draws. A date that never comes counts as the end of the run."
)
_OWN = "#2b6a8f"


def delays_data(ds: xr.Dataset) -> pd.DataFrame:
    """What the figure shows, which are the rows of `delay` whose outcome moves.

    Parameters
    ----------
    ds : Dataset
        From `delay`.

    Returns
    -------
    DataFrame
        outcome, year, difference_unit, delay, difference, p05, p50, p95.
    """
    columns = ["outcome", "year", "difference_unit", "delay", "difference", "p05", "p50", "p95"]
    table = pd.DataFrame(delay_rows(ds))[columns]
    size = table[["difference", "p05", "p95"]].abs().max(axis=1)
    moved = size > np.where(table["difference_unit"] == "Month", 0.1, 0.0)
    called = [f"{name}, {year}" for name, year in zip(table["outcome"], table["year"], strict=True)]
    moving = {label for label, moves in zip(called, moved, strict=True) if moves}
    return table[[label in moving for label in called]].reset_index(drop=True)


@style.drawn
def delays(ds: xr.Dataset, *, page: str = "slide") -> Figure:
    """Differences by years of delay, a panel for each outcome that moves.

    Parameters
    ----------
    ds : Dataset
        From `delay`.
    page : {"slide", "column", "phone"}
        10 inches wide, a column of 89 mm, or a telephone.

    Returns
    -------
    Figure

    Raises
    ------
    UnknownNameError
        For another page.
    """
    table = delays_data(ds)
    panels: list[Panel] = [
        (_heading(rows), partial(_panel, rows=rows))
        for _, rows in table.groupby(["outcome", "year"], sort=False, dropna=False)
    ]
    return small_multiples(page, *_finding(ds), panels, across=4)


def _finding(ds: xr.Dataset) -> tuple[str, str]:
    first = ds.isel(row=0, delay=1)
    later = float(first["delay"])
    years = "A year" if later == 1 else f"{number(later, 3)} years"
    unit = str(first["difference_unit"].item())
    difference = float(first["difference"])
    name = ds.attrs["pathway"]
    label = labels([name], {name: ds.attrs["title"]})[name]
    until = "" if np.isnan(float(first["year"])) else f", {float(first['year']):g}"
    sign = "+" if difference > 0 else ""
    title = (
        f"{years} later, {label}: {sign}{three_digits(difference)} {unit_in_words(unit)} of "
        f"{first['outcome'].item()}{until}"
    )
    drawn = f" and median with 5-95% of {ds.attrs['draws']:,} draws" if ds.attrs["draws"] else ""
    return title, f"Differences to no delay, by years later: single run (dashed){drawn}"


def _heading(rows: pd.DataFrame) -> str:
    first = rows.iloc[0]
    year = "" if np.isnan(first["year"]) else f", {first['year']:g}"
    unit = str(first["difference_unit"])
    return f"{first['outcome']}{year}, {unit_in_words(unit)}"


def _panel(axes: Axes, rows: pd.DataFrame) -> None:
    if rows["p50"].notna().any():
        axes.fill_between(rows["delay"], rows["p05"], rows["p95"], color=_OWN, alpha=0.2, lw=0)
        axes.plot(rows["delay"], rows["p50"], color=_OWN, linewidth=1.8, marker="o", markersize=3)
    axes.plot(
        rows["delay"], rows["difference"], color=style.INK, linewidth=1.1, linestyle=(0, (4, 2))
    )
    axes.axhline(0, color=style.INK, linewidth=0.8)
    axes.set_xlim(0, rows["delay"].max())
    axes.set_xticks(rows["delay"].to_numpy(), [f"{later:g}" for later in rows["delay"]])
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4))
    style.thousands(axes)
