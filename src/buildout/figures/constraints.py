"""What binds each line, year by year."""

from collections.abc import Mapping

import pandas as pd
import xarray as xr
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from buildout.figures import style
from buildout.figures.layout import sheet
from buildout.figures.looks import Look, looks_of
from buildout.figures.tidy import groups, order, pick, require, tidy
from buildout.outcomes.rule import RULE_DATE

TITLE = "What holds US output up, by line and year"
CAPTION = (
    "For each line and year: how much of what the direct US market needs is not made at home "
    "(height of the bar, 0 to 100%), and what holds up the largest part of it (shade and letter). "
    "Shades run from nearest to output (light) to not even started (dark). Where less than 5% is "
    "missing nothing binds. Missing tonnes are counted at the first step that holds them up."
)
MATERIAL = 0.05
# From the step nearest to output to the one farthest from it, with the letter drawn in the bar.
LETTERS = {
    "no labor": "P",
    "no feed or buyer": "F",
    "mothballed plant": "M",
    "ramping plant": "R",
    "construction": "C",
    "undecided": "U",
    "permits": "A",
    "not started": "N",
}
WORDS = {
    "no labor": "people",
    "no feed or buyer": "feed or buyer",
    "mothballed plant": "mothballed",
    "undecided": "undecided (price, money)",
    "permits": "permits (approval)",
}


def constraints_data(ds: xr.Dataset) -> pd.DataFrame:
    """What the figure shows: one row per pathway, line and year (1 January).

    Parameters
    ----------
    ds : Dataset
        From `simulate`.

    Returns
    -------
    DataFrame
        pathway, line, year, quantity, value (% of need not made at home), unit, binding (empty
        where less than 5% is missing) and binding_share (% of the missing output).
    """
    require(ds, "missing_by_constraint", "line_need")
    first, last = int(ds["time"].min()), int(ds["time"].max())
    years = ds[["missing_by_constraint", "line_need"]].sel(
        time=[float(year) for year in range(first, last + 1)], method="nearest"
    )
    missing = years["missing_by_constraint"]
    gap = missing.sum("constraint")
    share = gap / years["line_need"]
    table = tidy(100 * share, "missing of the need of the direct US market", "%")
    top = missing.idxmax("constraint").transpose(*share.dims)
    largest = (missing.max("constraint") / gap.where(gap > 0)).transpose(*share.dims)
    binding = top.where(share >= MATERIAL, "").values.ravel()
    return table.assign(binding=binding, binding_share=100 * largest.values.ravel())


@style.drawn
def constraints(ds: xr.Dataset) -> Figure:
    """The binding constraint of each line and year, one strip per line.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.

    Returns
    -------
    Figure

    Examples
    --------
    >>> import buildout as bo
    >>> bo.figures.constraints(bo.simulate("status-quo")).axes[0].get_xlabel()
    'year'
    """
    table = constraints_data(ds)
    looks, lines = looks_of(ds), order(table, "line")
    used = [name for name in LETTERS if (table["binding"] == name).any()]
    figure, panels = sheet(
        len(looks),
        1,
        title=TITLE,
        headline=_headline(table, looks),
        extra=[_sample(name) for name in used],
        columns=4,
        handle=1.6,
        panel_height=0.3 * len(lines),
        left=1.45,
        right=0.3,
        gap_y=0.75,
    )
    for number, path in enumerate(looks):
        [axes] = panels[number]
        here = pick(table, pathway=path)
        for row, line in enumerate(lines):
            _strip(axes, row, pick(here, line=line))
        years = here["year"]
        axes.set_ylim(len(lines) - 0.5, -0.5)
        axes.set_yticks(range(len(lines)), lines)
        axes.tick_params(axis="y", length=0, labelcolor=style.INK)
        axes.grid(visible=False)
        style.time_axis(axes, [years.min(), years.max() + 1])
        axes.set_xticks(sorted({*axes.get_xticks(), RULE_DATE}))
        axes.set_title(f"{looks[path].label}: output missing at home (bars: 0-100% of need)")
    return figure


def shade(name: str) -> tuple[float, float, float, float]:
    """The shade of a constraint: one scale that darkens evenly, in colour and in grey."""
    place = list(LETTERS).index(name) / (len(LETTERS) - 1)
    return colormaps["viridis_r"](0.04 + 0.92 * place)


def _strip(axes: Axes, row: int, table: pd.DataFrame) -> None:
    floor, full = row + 0.42, 0.84
    axes.plot([table["year"].min(), table["year"].max() + 1], [floor] * 2, color="#b9bec4", lw=0.8)
    runs = (table["binding"] != table["binding"].shift()).cumsum()
    for _, run in groups(table.assign(run=runs), "run").items():
        name = run["binding"].iloc[0]
        if not name:
            continue
        color = shade(name)
        for year, value in zip(run["year"], run["value"], strict=True):
            axes.bar(
                year, -full * value / 100, 0.94, bottom=floor, align="edge", color=color, zorder=2.2
            )
        middle = (len(run) - 1) // 2
        # The letter stands in its bar where that is high enough, else on top of it.
        height = full * run["value"].iloc[middle] / 100
        inside = height > 0.5
        dark = sum(color[:3]) < 1.45
        axes.text(
            run["year"].iloc[middle] + 0.47,
            floor - height / 2 if inside else floor - height - 0.02,
            LETTERS[name],
            ha="center",
            va="center" if inside else "bottom",
            fontsize=7.5,
            weight="bold",
            color="white" if dark and inside else style.INK,
            zorder=4,
        )


def _sample(name: str) -> Patch:
    return Patch(facecolor=shade(name), label=f"{LETTERS[name]}  {WORDS.get(name, name)}")


def _headline(table: pd.DataFrame, looks: Mapping[str, Look]) -> str:
    now = pick(table, year=RULE_DATE)
    parts = []
    for (path,), part in groups(now, "pathway").items():
        bound = part[part["binding"] != ""]
        worst = bound.sort_values("value").iloc[-1] if len(bound) else None
        text = f"{len(bound)} of {len(part)} lines short by 5% or more"
        if worst is not None:
            text += f", most in {worst['line']} ({worst['value']:.0f}%, {worst['binding']})"
        parts.append(f"{looks[path].label}: {text}")
    return "On 1 January 2027, " + "; ".join(parts) + "."
