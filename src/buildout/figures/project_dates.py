"""Dates of the listed projects: what owners plan, and when each comes in the draws."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib import rcParams
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from buildout.analysis.odds import odds_if_any
from buildout.figures import style
from buildout.figures.findings import under_pathways
from buildout.figures.folding import in_columns
from buildout.figures.layout import PanelGrid, Words, panels, source_of
from buildout.figures.letters import width
from buildout.figures.looks import Look, looks_of
from buildout.figures.panels import MOST_BANDS
from buildout.figures.project_plans import (
    FIRST,
    HALF,
    IN_RUN,
    IN_THE_END,
    OVER_DRAWS,
    PLANNED,
    project_dates_data,
)
from buildout.figures.tidy import groups, order, pick
from buildout.outcomes.chances import tells_odds

__all__ = ["CAPTION", "project_dates", "project_dates_data"]

TOPIC = "Listed plants and circuits: dates of their owners, and when each comes in the model"
CAPTION = (
    "Each plant or circuit of calibration/projects.csv that starts within the run: first product "
    "of projects with their money in place, the decision of the others. A diamond is the owner's "
    "newest date of first product, a hollow one the first that was told. A bar goes from the 5 to "
    "the 95 percent point of the dates in those draws in which the project comes before the end, a "
    "dot is their median, hollow where fewer than half of the draws bring it; the number beside is "
    "the percentage of draws that do, from the lowest pathway to the highest. Where pathways "
    "agree, a grey mark stands for all. Without draws a dot is the date in the single run."
)
HEADS = {"dated": "money in place, first product", "undecided": "undecided, decision"}
#: Lists side by side on a slide, the most rows of a heading, and inches of a row elsewhere.
LISTS, ROW = 3, {"column": 0.15, "phone": 0.19}
BEGIN = 2022.0  # Earlier plans are not drawn.
_BAR = 0.62  # Share of a row that the bars of several pathways take.
_DATE = 1.7  # Rows above the first one, for the date of the rule.
_AGREE = 1 / 12  # Years by which dates of pathways may differ and be drawn as one.


@style.drawn
def project_dates(ds: xr.Dataset, *, page: str = "slide") -> Figure:
    """Planned and modelled dates of each listed project.

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
    >>> len(bo.figures.project_dates(bo.simulate("status-quo")).axes)
    3
    """
    table, looks = project_dates_data(ds), looks_of(ds)
    odds = odds_if_any(ds)
    drawn = str(odds.attrs["drawn"]) if tells_odds(odds) else ""
    lists = _folded(table, LISTS if page == "slide" else 1)
    most = max(map(_rows_of, lists))
    left = max(width(name) for name in order(table, "project")) + 0.8
    figure, ((*flat,),) = panels(
        page,
        PanelGrid(
            1,
            len(lists),
            across={"column": 1, "phone": 1},
            tall={name: row * most for name, row in ROW.items()},
            left=left,
            right=3.6,
            heading=dict.fromkeys(("slide", "column", "phone"), 0),
        ),
        Words(_finding(ds, table, looks), TOPIC, source_of(ds, drawn=drawn)),
        looks=looks,
        extra=_samples(drawn=bool(drawn), banded=len(looks) <= MOST_BANDS),
    )
    for number, (axes, kinds) in enumerate(zip(flat, lists, strict=True)):
        _list(axes, kinds, looks, left)
        axes.set_ylim(most - _DATE, -_DATE)
        style.time_axis(axes, [BEGIN, max(float(ds["time"].max()), BEGIN + 1)], named=number == 0)
        if drawn:
            _head_shares(axes)
    return figure


def _samples(*, drawn: bool, banded: bool) -> list[Artist]:
    marks: list[Artist] = [
        _mark("owner's first date", "D", "white"),
        _mark("owner's newest date", "D", style.INK),
    ]
    if not drawn:
        return [*marks, _mark("date in the run", "o", style.QUIET)]
    bar = [Patch(color=style.QUIET, alpha=0.45, linewidth=0, label="5-95% of its dates")]
    return [
        *marks,
        *(bar if banded else []),
        _mark("median", "o", style.QUIET),
        _mark("median, but unlikely", "o", "white"),
    ]


def _mark(label: str, marker: str, color: str) -> Line2D:
    edge = style.QUIET if marker == "o" else style.INK
    return Line2D(
        [], [], label=label, marker=marker, color=color, ls="none", ms=4, mec=edge, mew=0.8
    )


# --- Lists side by side ---------------------------------------------------------------------------


def _folded(table: pd.DataFrame, most: int) -> list[list[pd.DataFrame]]:
    """Kinds of projects over some lists, the United States first and what is surer before."""
    by_kind = groups(table, "kind")
    names = sorted(order(table, "kind"), key=lambda kind: (kind[:2] != "US", kind))
    kinds = [by_kind[(name,)] for name in names]
    return [
        [kinds[i] for i in column] for column in in_columns([_rows_of([k]) for k in kinds], most)
    ]


def _rows_of(kinds: Sequence[pd.DataFrame]) -> float:
    """Rows that a list takes, with a head over each kind and the date of the rule on top."""
    return _DATE + sum(len(order(rows, "project")) + 1.5 for rows in kinds) - 0.9


def _list(
    axes: Axes,
    kinds: Sequence[pd.DataFrame],
    looks: Mapping[str, Look],
    left: float,
) -> None:
    """One row for each project, under the heads of its kind."""
    place, ticks = 0.0, {}
    for plants in kinds:
        region, state = str(plants["kind"].iloc[0]).split(", ")
        axes.annotate(
            f"{region}: {HEADS[state]}",
            (0, place),
            xycoords=axes.get_yaxis_transform(),
            xytext=(-left * rcParams["font.size"], 0),
            textcoords="offset points",
            va="center",
            weight="bold",
            zorder=6,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
            annotation_clip=False,
        )
        for (name,), rows in groups(plants, "project").items():
            place += 1
            ticks[place] = str(name)
            _plans(axes, rows, place)
            _modelled(axes, rows, place, looks)
            _share_come(axes, rows, place)
        place += 1.5
    axes.set_yticks(list(ticks), list(ticks.values()))
    axes.tick_params(axis="y", length=0, labelcolor=style.INK)
    axes.grid(axis="y", visible=False)


def _plans(axes: Axes, rows: pd.DataFrame, place: float) -> None:
    for quantity, color in ((FIRST, "white"), (PLANNED, style.INK)):
        years = pick(rows, quantity=quantity)["year"]
        if len(years) and years.iloc[0] >= BEGIN:
            _point(axes, years.iloc[0], place, "D", color, style.INK, 3.5)


def _modelled(axes: Axes, rows: pd.DataFrame, place: float, looks: Mapping[str, Look]) -> None:
    """A bar and a dot for each pathway, one for all where they agree."""
    dates = {path: _dates(pick(rows, pathway=path)) for path in looks}
    if _agree([ends for ends, _ in dates.values()]):
        dates = dict(list(dates.items())[:1])
    for number, (path, (ends, likely)) in enumerate(dates.items()):
        if not ends:
            continue
        color = looks[path].color if len(dates) > 1 else style.QUIET
        height = place + _BAR * ((number + 0.5) / len(dates) - 0.5)
        if len(ends) > 1 and len(dates) <= MOST_BANDS:
            axes.barh(
                height,
                ends[-1] - ends[0],
                0.9 * _BAR / len(dates),
                left=ends[0],
                color=color,
                alpha=0.45,
                zorder=2.6,
            )
        _point(axes, ends[len(ends) // 2], height, "o", color if likely else "white", color, 3)


def _dates(rows: pd.DataFrame) -> tuple[list[float], bool]:
    """5, 50 and 95% points of the dates of draws, or the date of the run; and whether it is likely.

    Parameters
    ----------
    rows : DataFrame
        Of a project under a pathway.
    """
    come = pick(rows, quantity=IN_THE_END)["value"]
    if not len(come):
        return list(pick(rows, quantity=IN_RUN)["year"]), True
    return list(pick(rows, quantity=OVER_DRAWS)["year"]), bool(come.iloc[0] >= HALF)


def _agree(dates: Sequence[Sequence[float]]) -> bool:
    if len({len(ends) for ends in dates}) > 1:
        return False
    return bool((np.ptp(np.array(dates), axis=0) <= _AGREE).all())


def _point(
    axes: Axes, year: float, place: float, marker: str, color: str, edge: str, size: float
) -> None:
    axes.plot(
        [year],
        [place],
        marker=marker,
        color=color,
        markeredgecolor=edge,
        markeredgewidth=0.8,
        markersize=size,
        zorder=3.5 if marker == "o" else 3.2,
    )


def _head_shares(axes: Axes) -> None:
    """What the numbers on the right are."""
    axes.annotate(
        "% of draws",
        (1, 1),
        xycoords="axes fraction",
        xytext=(3.4 * rcParams["font.size"], 0.4 * rcParams["font.size"]),
        textcoords="offset points",
        ha="right",
        color=style.QUIET,
        annotation_clip=False,
    )


def _share_come(axes: Axes, rows: pd.DataFrame, place: float) -> None:
    shares = pick(rows, quantity=IN_THE_END)["value"]
    if not len(shares):
        return
    ends = dict.fromkeys(f"{100 * share:.0f}" for share in (shares.min(), shares.max()))
    axes.annotate(
        "-".join(ends),
        (1, place),
        xycoords=axes.get_yaxis_transform(),
        xytext=(3.4 * rcParams["font.size"], 0),
        textcoords="offset points",
        ha="right",
        va="center",
        color=style.QUIET,
        annotation_clip=False,
    )


# --- What it says ---------------------------------------------------------------------------------


def _finding(ds: xr.Dataset, table: pd.DataFrame, looks: Mapping[str, Look]) -> str:
    """How late funded plants are, and how many of the others are likely to be decided."""
    late = _late(table, float(ds["projects_known_until"].max()))
    parts = [] if np.isnan(late) else [f"Funded plants come {_months(late)}"]
    open_ones = table[table["kind"] == "US, undecided"]
    if len(open_ones):
        number, end = len(order(open_ones, "project")), float(ds["time"].max())
        likely = {path: _likely(pick(open_ones, pathway=path)) for path in looks}
        said = under_pathways(likely, looks, lambda count: f"{count:.0f}" if count else "none")
        parts.append(f"of {number} undecided US plants {said} are likely by {end:g}")
    words = "; ".join(parts) or "No listed plant is still to come"
    return words[0].upper() + words[1:]


def _late(table: pd.DataFrame, known: float) -> float:
    """Months after the owners' newest dates, median of plants that are still to come."""
    plans = pick(table, quantity=PLANNED).groupby("project")["year"].first()
    dated = table[table["kind"].str.endswith(", dated")]
    drawn = dated[(dated["quantity"] == OVER_DRAWS) & (dated["value"] == HALF)]
    shown = drawn if len(drawn) else pick(dated, quantity=IN_RUN)
    dates = shown[shown["year"] > known].groupby("project")["year"].median()
    return float(12 * (dates - plans.reindex(dates.index)).median())


def _months(late: float) -> str:
    whole = round(late)
    if whole == 0:
        return "when their owners say"
    unit = "month" if abs(whole) == 1 else "months"
    side = "later" if whole > 0 else "earlier"
    return f"{abs(whole)} {unit} {side} than their owners say"


def _likely(rows: pd.DataFrame) -> float:
    """How many projects come in at least half of the draws, or in the run."""
    come = pick(rows, quantity=IN_THE_END)
    return float((come["value"] >= HALF).sum() if len(come) else (rows["quantity"] == IN_RUN).sum())
