"""What each feedback loop makes over time: a panel for each that matters, the largest first."""

from functools import partial

import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from buildout._util.numbers import three_digits, unit_in_words
from buildout.experiments.loops_rows import loop_rows, peak_rows
from buildout.figures import style
from buildout.figures.looks import labels
from buildout.figures.multiples import Panel, small_multiples

LOOP_EFFECTS_CAPTION = (
    "Each line is an outcome with a feedback loop minus the same without it: the single run, and "
    "the median and middle nine tenths of the same draws. Scales differ from panel to panel."
)
#: Panels of a picture.
MOST_LOOPS = 9
_COLORS = {"reinforcing": "#b5541c", "balancing": "#2b6a8f"}


def loop_effects_data(ds: xr.Dataset) -> pd.DataFrame:
    """What the figure shows: the rows of `loops` for those of its nine largest that move it.

    Parameters
    ----------
    ds : Dataset
        From `loops`.

    Returns
    -------
    DataFrame
        loop, kind, peak, year, effect, p05, p50, p95, unit.
    """
    peaks = [row for row in peak_rows(ds) if row["moves"]][:MOST_LOOPS]
    when = {row["loop"]: row["year"] for row in peaks}
    rows = [{**row, "peak": when[row["loop"]]} for row in loop_rows(ds) if row["loop"] in when]
    columns = ["loop", "kind", "peak", "year", "effect", "p05", "p50", "p95", "unit"]
    return pd.DataFrame(rows, columns=columns)


@style.drawn
def loop_effects(ds: xr.Dataset, *, page: str = "slide") -> Figure:
    """The effect of each loop over the years, a panel for each.

    Parameters
    ----------
    ds : Dataset
        From `loops`.
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
    table = loop_effects_data(ds)
    panels: list[Panel] = [
        (_heading(rows), partial(_panel, rows=rows))
        for _, rows in table.groupby("loop", sort=False)
    ]
    return small_multiples(page, *_finding(ds, table), panels, across=3)


def _finding(ds: xr.Dataset, table: pd.DataFrame) -> tuple[str, str]:
    name = ds.attrs["pathway"]
    label = labels([name], {name: ds.attrs["title"]})[name]
    unit = unit_in_words(ds.attrs["unit"])
    drawn = f"; band and median of {ds.attrs['draws']:,} draws" if ds.attrs["draws"] else ""
    sentence = (
        f"{ds.attrs['outcome']} with the loop minus without, {unit}: single run (dashed){drawn}. "
        "Orange: reinforcing, blue: balancing. Scales differ."
    )
    if table.empty:
        return f"No loop moves {ds.attrs['outcome']} of {label}", sentence
    first = peak_rows(ds)[0]
    verb = "adds" if first["effect"] > 0 else "takes"
    title = (
        f"{label[:1].upper()}{label[1:]}: {first['loop']} {verb} most, "
        f"{three_digits(abs(first['effect']))} {unit} in {first['year']:.0f}"
    )
    return title, sentence


def _heading(rows: pd.DataFrame) -> str:
    first = rows.iloc[0]
    return f"{first['loop']}, most in {first['peak']:.0f}"


def _panel(axes: Axes, rows: pd.DataFrame) -> None:
    color = _COLORS[rows["kind"].iloc[0]]
    years = rows["year"].to_numpy()
    if rows["p50"].notna().any():
        axes.fill_between(years, rows["p05"], rows["p95"], color=color, alpha=0.22, lw=0)
        axes.plot(years, rows["p50"], color=color, linewidth=1.8)
    axes.plot(years, rows["effect"], color=style.INK, linewidth=1.1, linestyle=(0, (4, 2)))
    axes.axhline(0, color=style.INK, linewidth=0.8)
    axes.set_xlim(years[0], years[-1])
    axes.xaxis.set_major_locator(MaxNLocator(nbins=2, integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4))
    style.thousands(axes)
