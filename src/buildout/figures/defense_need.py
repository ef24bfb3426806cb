"""The need of US defense for magnets: every setting of the draws beside what others say."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from buildout._util.names import unknown
from buildout._util.numbers import span, three_digits
from buildout.analysis.need_rows import chosen_need, group_rows, setting_rows, top_down_rows
from buildout.figures import sheets, style
from buildout.figures.letters import width

CAPTION = (
    "Finished magnets that US defense buys in a year. Lines: middle nine tenths of the draws, "
    "dots: medians, for each way to read the ranges of the table of programmes. Diamonds: what "
    "others say, with the share of the chosen setting's draws above it. Beside or below: its need "
    "by group of programmes."
)
CHOSEN, OTHER, SAID = "#d9480f", "#5b6b7b", "#1b2f45"
SCALE = (30.0, 6_000.0)
LETTER = 1 / 72  # inches in a point
GAP = 1.3  # rows between the settings and what others say


@dataclass(frozen=True)
class _Page:
    """A size of paper: all lengths in inches, letters in points."""

    width: float
    letters: float
    title: float
    row: float
    ticks: tuple[float, ...]
    beside: bool


NEED_PAGES = {
    "slide": _Page(
        style.WIDTH, 9.0, 13.0, 0.225, (50, 100, 200, 500, 1000, 2000, 5000), beside=True
    ),
    "column": _Page(3.5, 7.0, 8.5, 0.155, (100, 1000), beside=False),
    "phone": _Page(3.9, 9.0, 11.0, 0.2, (100, 1000), beside=False),
}


def defense_need_data(
    ds: xr.Dataset, *, setting: str = "combined", year: int = 2025
) -> pd.DataFrame:
    """What the figure shows: kind of row, name, low, middle, high (t/yr), share of draws above.

    Parameters
    ----------
    ds : Dataset
        From `need`.
    setting : str
        Whose groups are shown, and whose draws are held against the figures of others.
    year : int

    Returns
    -------
    DataFrame
        Of a setting or group low and high are 5 and 95% of the draws. `share_above` is the share
        of draws above the high end of a figure, `share_above_low` that above its low end.
    """
    here = chosen_need(ds, setting, year)
    rows = [
        {
            "kind": kind,
            "name": row[kind],
            "low": row["p05"],
            "middle": row["p50"],
            "high": row["p95"],
        }
        for kind, several in (("setting", setting_rows(ds, year)), ("group", group_rows(here)))
        for row in several
    ]
    figures = [
        {
            "kind": "figure",
            "name": row["figure"] + ("" if row["counted"] == "all" else f" ({row['counted']})"),
            "low": row["low"],
            "high": row["high"],
            "share_above_low": row["share_of_draws_above_low"],
            "share_above": row["share_of_draws_above_high"],
        }
        for row in top_down_rows(here)
    ]
    return pd.DataFrame([*rows, *figures])


@style.drawn
def defense_need(
    ds: xr.Dataset, *, setting: str = "combined", year: int = 2025, page: str = "slide"
) -> Figure:
    """Bands of the need by setting, figures of others, and the need by group.

    Parameters
    ----------
    ds : Dataset
        From `need`.
    setting : str
        Drawn in colour; whose groups are shown.
    year : int
    page : {"slide", "column", "phone"}
        10 inches wide, a column of 89 mm, or a telephone.

    Returns
    -------
    Figure

    Examples
    --------
    >>> import buildout as bo
    >>> len(bo.figures.defense_need(bo.need(draws=1000)).axes)
    2
    """
    if page not in NEED_PAGES:
        raise unknown("page", page, NEED_PAGES)
    table, paper = defense_need_data(ds, setting=setting, year=year), NEED_PAGES[page]
    sums, groups = table[table["kind"] != "group"], table[table["kind"] == "group"]
    title, headline = _finding(table, setting, year), _headline(ds, setting)
    figure, (top, side) = _axes(paper, title, headline, sums, groups)
    _draw_sums(top, sums, setting, paper)
    _draw_groups(side, groups, setting, paper)
    figure.set_label(f"{title}. {headline}")
    return figure


def _finding(table: pd.DataFrame, setting: str, year: int) -> str:
    row = table[(table["kind"] == "setting") & (table["name"] == setting)].iloc[0]
    middle, low, high = map(three_digits, (row["middle"], row["low"], row["high"]))
    return f"US defense needs {middle} t of magnets in {year} ({low} to {high} in 90% of draws)"


def _headline(ds: xr.Dataset, setting: str) -> str:
    judged = 100 * float(ds["firmness"].isel(cell=0).sel(basis="judged"))
    return (
        f"Reading `{setting}`; the weight of magnets in a unit is judged for {judged:.0f}% of the "
        "tonnes listed."
    )


def _axes(
    paper: _Page, title: str, headline: str, sums: pd.DataFrame, groups: pd.DataFrame
) -> tuple[Figure, tuple[Axes, Axes]]:
    """Paper with title and headline, and two panels whose names have room on their left."""
    size, edge = paper.letters * LETTER, 0.12 if not paper.beside else 0.2
    lines = textwrap.wrap(headline, int((paper.width - 2 * edge) / (0.52 * size)))
    titles = sheets.wrapped(title, 0.94 * (paper.width - 2 * edge), paper.title * LETTER)
    over = 1.5 * paper.title * LETTER * len(titles)
    head = edge + over + 1.4 * size * len(lines) + 2.6 * size
    names, right = _room(sums, size), 6.4 * size
    first, second = (len(sums) + GAP) * paper.row, len(groups) * paper.row
    axis = 3.6 * size
    if paper.beside:
        height = head + first + axis + 0.1
        share = paper.width - 2 * edge - names - right - _room(groups, size) - 0.5
        boxes = [
            (edge + names, axis, 0.64 * share, first),
            (paper.width - edge - 0.36 * share - 0.1, axis, 0.36 * share, first),
        ]
    else:
        below = axis + 2.8 * size
        height = head + first + below + second + axis
        wide = paper.width - 2 * edge - names - right
        boxes = [
            (edge + names, axis + second + below, wide, first),
            (edge + names, axis, wide, second),
        ]
    figure = Figure(figsize=(paper.width, height))
    figure.text(
        edge / paper.width,
        1 - edge / height,
        "\n".join(titles),
        va="top",
        fontsize=paper.title,
        weight="bold",
    )
    figure.text(
        edge / paper.width,
        1 - (edge + over) / height,
        "\n".join(lines),
        va="top",
        fontsize=paper.letters,
        linespacing=1.3,
    )
    top, side = (
        figure.add_axes((x / paper.width, y / height, w / paper.width, h / height))
        for x, y, w, h in boxes
    )
    return figure, (top, side)


def _room(rows: pd.DataFrame, size: float) -> float:
    return size * (1 + max(width(name) for name in rows["name"]))


def _draw_sums(axes: Axes, rows: pd.DataFrame, setting: str, paper: _Page) -> None:
    settings = int((rows["kind"] == "setting").sum())
    places = [n + (GAP if n >= settings else 0.0) for n in range(len(rows))]
    chosen = rows[rows["name"] == setting].iloc[0]
    axes.axvspan(chosen["low"], chosen["high"], color=CHOSEN, alpha=0.08, linewidth=0)
    axes.set_xscale("log")
    axes.set(xlim=SCALE, ylim=(places[-1] + 0.6, -0.6))
    for place, row in zip(places, rows.itertuples(), strict=True):
        if row.kind == "setting":
            _band(axes, place, row, CHOSEN if row.name == setting else OTHER, paper)
            words = three_digits(row.middle)
        else:
            ends = [row.low, row.high]
            axes.plot(ends, [place, place], color=SAID, linewidth=0.15 * paper.letters)
            axes.plot(ends, [place, place], "D", color=SAID, markersize=0.5 * paper.letters)
            words = span([row.share_above_low, row.share_above], _percent)
        _beside(axes, place, words, paper, bold=row.name == setting)
    _beside(axes, -1.15, "median", paper, quiet=True)
    _beside(axes, settings + 0.25, "draws above", paper, quiet=True)
    axes.axhline(settings - 0.35, color=style.GRID, linewidth=1)
    _names(axes, places, rows["name"].tolist(), paper)
    axes.set_xticks(paper.ticks)
    axes.minorticks_off()
    style.thousands(axes, "x")
    axes.tick_params(axis="x", labelsize=paper.letters)
    axes.set_xlabel("finished magnets (t/yr)", fontsize=paper.letters)


def _draw_groups(axes: Axes, rows: pd.DataFrame, setting: str, paper: _Page) -> None:
    places = list(range(len(rows)))
    axes.set(ylim=(len(rows) - 0.4, -0.6), xlim=(0, 1.05 * rows["high"].max()))
    for place, row in zip(places, rows.itertuples(), strict=True):
        _band(axes, place, row, CHOSEN, paper)
    _names(axes, places, rows["name"].tolist(), paper)
    axes.locator_params(axis="x", nbins=5 if paper.beside else 3)
    axes.tick_params(axis="x", labelsize=paper.letters)
    axes.set_title(f"by group ({setting})", fontsize=paper.letters, weight="normal")
    axes.set_xlabel("t/yr", fontsize=paper.letters)


def _band(axes: Axes, place: float, row: object, color: str, paper: _Page) -> None:
    low, middle, high = (float(getattr(row, key)) for key in ("low", "middle", "high"))
    thick = 0.3 * paper.letters
    axes.plot([low, high], [place] * 2, color=color, linewidth=thick, solid_capstyle="butt")
    axes.plot([middle], [place], "o", color=color, markersize=0.7 * paper.letters)


def _beside(
    axes: Axes, place: float, words: str, paper: _Page, *, bold: bool = False, quiet: bool = False
) -> None:
    axes.annotate(
        words,
        (1, place),
        xycoords=("axes fraction", "data"),
        xytext=(6.2 * paper.letters, 0),
        textcoords="offset points",
        ha="right",
        va="center",
        fontsize=paper.letters,
        color=style.QUIET if quiet else style.INK,
        weight="bold" if bold else "normal",
        annotation_clip=False,
    )


def _names(axes: Axes, places: Sequence[float], names: Sequence[str], paper: _Page) -> None:
    axes.set_yticks(places, names)
    axes.tick_params(axis="y", length=0, labelsize=paper.letters, labelcolor=style.INK)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="y", visible=False)


def _percent(share: float) -> str:
    if 0 < share < 0.01:
        return "<1%"
    return f"{100 * share:.0f}%"
