"""What public money is appropriated, what of it is spent, and what reaches plants."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import xarray as xr
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from buildout._util.numbers import number
from buildout.figures import style
from buildout.figures.fans import Fans, fans_of, middles
from buildout.figures.findings import under_pathways
from buildout.figures.lanes import Lanes, day
from buildout.figures.layout import PanelGrid, Words, head_panel, panels, source_of
from buildout.figures.letters import width
from buildout.figures.looks import Look, looks_of
from buildout.figures.panels import has_bands
from buildout.figures.tidy import pick, require, stack, tidy
from buildout.outcomes.chances import rough_percent
from buildout.outcomes.headlines import HEADLINE_DATES

TOPIC = "Public money appropriated and spent, and capital put into plants, all on one scale"
CAPTION = (
    "Sums since 2025.0 in billions of constant 2025 dollars, two years, one scale for all bars. "
    "Appropriated: public money of all funds, what was left at the start included. Spent: paid "
    "out; what is appropriated and not spent is bound by contracts, idle or lapsed (each in the "
    "data beside the picture). Into plants: capital committed to US and allied plants, whose money "
    "it may be; the private money that a mobilization calls for counts only where a project is "
    "decided. Bars and numbers are medians of the draws, thin lines and brackets their middle nine "
    "tenths; without draws they are single runs."
)
APPROPRIATED, SPENT = "appropriated", "spent"
US_PLANTS, ALLIED_PLANTS = "US plants", "allied plants"
ALL_PLANTS = "US and allied plants"
PRIVATE = "US plants, private money"
#: What becomes of what is appropriated; with what is spent they sum to it.
UNSPENT = ("committed", "idle", "lapsed")
MONEY = "billion USD"
#: Bars of a pathway from the top, and the part of a bar that is drawn over it.
BARS = (APPROPRIATED, SPENT, ALL_PLANTS)
PARTS = {ALL_PLANTS: US_PLANTS}
# Money that waits is pale and hatched, what does something dark: in grey too.
FILLS = {  # face, hatch, color of the hatch
    APPROPRIATED: ("#f0c987", "////", "#c08a35"),
    SPENT: ("#1b2f45", "", "white"),
    US_PLANTS: ("#2e7d6f", "", "white"),
    ALL_PLANTS: ("#bfe0d8", "\\\\\\\\", "#5fae9f"),
}
LABELS = {
    APPROPRIATED: "public money appropriated",
    SPENT: "of it spent",
    US_PLANTS: "capital put into US plants",
    ALL_PLANTS: "and allied plants",
}
_BAR = 0.8  # of a lane


def money_data(ds: xr.Dataset) -> pd.DataFrame:
    """What the figure shows: pathway, year, quantity, value, unit.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.

    Returns
    -------
    DataFrame
        Money in billion constant 2025 USD. `value` is the run's; p05, p50 and p95 are those of
        its draws where a quantity is drawn.
    """
    return _rows(ds, fans_of(ds))


def _rows(ds: xr.Dataset, fans: Fans) -> pd.DataFrame:
    states = ("spent", "obligated", "unobligated", "in_administration", "lapsed")
    us, allied = (f"{whose}_capital_committed_so_far" for whose in ("us", "allied"))
    private = "private_capital_committed_so_far"
    own = [f"money_{state}" for state in states]
    require(ds, *own, "money_appropriated", "public_money_spent", us, allied, private)
    public = {state: ds[f"money_{state}"].sum("fund") / 1000 for state in states}
    drawn = {
        APPROPRIATED: lambda d: d["money_appropriated"].sum("fund") / 1000,
        SPENT: lambda d: d["public_money_spent"] / 1000,
        US_PLANTS: lambda d: d[us] / 1000,
        ALLIED_PLANTS: lambda d: d[allied] / 1000,
        ALL_PLANTS: lambda d: (d[us] + d[allied]) / 1000,
    }
    single = {
        "committed": public["obligated"],
        "idle": public["unobligated"] + public["in_administration"],
        "lapsed": public["lapsed"],
        PRIVATE: ds[private] / 1000,
    }
    return stack(
        *(fans.rows(reading, name, MONEY) for name, reading in drawn.items()),
        *(tidy(array, name, MONEY) for name, array in single.items()),
    )


@style.drawn
def money(ds: xr.Dataset, *, page: str = "slide") -> Figure:
    """Public money appropriated and spent, and capital of plants, in two years on one scale.

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
    >>> bo.figures.money(bo.simulate("status-quo")).axes[0].get_xlabel()
    'billion USD'
    """
    fans, looks = fans_of(ds), looks_of(ds)
    table = _rows(ds, fans)
    dates = _dates(table)
    lanes = Lanes(len(BARS), 1.25)
    papers = ("slide", "column", "phone")
    figure, [places] = panels(
        page,
        PanelGrid(
            1,
            len(dates),
            across=dict.fromkeys(papers, 1),
            tall={paper: lanes.tall(len(looks), paper) for paper in papers},
            left=0.6,
            below=3.4,
        ),
        Words(_finding(fans, table, looks), TOPIC, source_of(ds, drawn=fans.drawn)),
        extra=[*(_sample(name) for name in FILLS), *_band_sample(table, fans.draws)],
    )
    top = table[table["quantity"].isin(BARS) & table["year"].isin(dates)]
    for axes, date in zip(places, dates, strict=True):
        lanes.frame(axes, [look.label for look in looks.values()])
        head_panel(axes, f"By {day(date)}", left=0)
        _scale(axes, top)
        for row, path in enumerate(looks):
            here = pick(table, pathway=path, year=date).set_index("quantity")
            for lane, name in enumerate(BARS):
                _bar(axes, lanes, lanes.at(row, lane), here, name)
    return figure


def _scale(axes: Axes, table: pd.DataFrame) -> None:
    """An axis with room for the numbers behind the longest bar."""
    ends = ["p50", "p95"] if has_bands(table) else ["value"]
    longest = table.loc[table[ends].max(axis=1).idxmax()]
    letter = rcParams["font.size"] * axes.figure.dpi / 72
    room = min(0.6, (width(_words(longest)) + 1.2) * letter / axes.bbox.width)
    axes.set_xlim(0, max(0.01, float(longest[ends].max())) / (1 - room))
    axes.locator_params(axis="x", nbins=6)
    axes.set_xlabel(MONEY)


def _bar(axes: Axes, lanes: Lanes, place: float, rows: pd.DataFrame, name: str) -> None:
    for shown in (name, PARTS.get(name)):
        if shown is not None:
            face, hatch, edge = FILLS[shown]
            axes.barh(
                place,
                _middle(rows.loc[shown]),
                _BAR * lanes.wide,
                facecolor=face,
                hatch=hatch,
                edgecolor=edge,
                linewidth=0,
                zorder=2.5,
            )
    row = rows.loc[name]
    end = _middle(row)
    if _drawn(row):
        axes.plot([row["p05"], row["p95"]], [place] * 2, color=style.QUIET, linewidth=1.1, zorder=4)
        end = max(end, float(row["p95"]))
    axes.annotate(
        _words(row),
        (end, place),
        xytext=(3, 0),
        textcoords="offset points",
        va="center",
        zorder=5,
    )


def _drawn(row: Mapping[str, Any] | pd.Series) -> bool:
    return "p50" in row and row["p50"] == row["p50"]


def _middle(row: pd.Series) -> float:
    return float(row["p50" if _drawn(row) else "value"])


def _words(row: pd.Series) -> str:
    """A sum to two digits, but to ten millions at most, with its band in brackets."""
    sums = [_middle(row), *(float(row[end]) for end in ("p05", "p95") if _drawn(row))]
    said, *band = (number(round(billions, 2), 2, whole=False) for billions in sums)
    if not band:
        return said
    low, high = band
    return f"{said} ({low}-{high})"


def _dates(table: pd.DataFrame) -> list[float]:
    """The last year that is told of draws too, and the headline's before it."""
    spent = pick(table, quantity=SPENT)
    if has_bands(spent):
        spent = spent[spent["p50"].notna()]
    last = float(spent["year"].max())
    return [*[date for date in HEADLINE_DATES if date < last][-1:], last]


def _finding(fans: Fans, table: pd.DataFrame, looks: Mapping[str, Look]) -> str:
    """The share of what is appropriated that is ever spent."""
    last = _dates(table)[-1]
    shares = fans.rows(
        lambda d: d["public_money_spent"] / d["money_appropriated"].sum("fund"), "", ""
    )
    spent = middles(pick(shares, year=last))
    said = under_pathways(spent, looks, lambda share: f"{rough_percent(share)}%")
    if max(spent.values()) < 0.5:
        return f"Most public money stays unspent: {said} is paid out by {last:g}"
    return f"Public money paid out by {last:g}, of what is appropriated: {said}"


def _sample(name: str) -> Patch:
    face, hatch, edge = FILLS[name]
    return Patch(facecolor=face, hatch=hatch, edgecolor=edge, linewidth=0, label=LABELS[name])


def _band_sample(table: pd.DataFrame, draws: int) -> list[Line2D]:
    if not has_bands(table):
        return []
    return [Line2D([], [], color=style.QUIET, linewidth=1.1, label=f"5-95% of {draws:,} draws")]
