"""Where the money went, and what it built."""

from collections.abc import Mapping, Sequence

import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from buildout._util.numbers import number
from buildout.figures import style
from buildout.figures.layout import sheet
from buildout.figures.letters import width
from buildout.figures.looks import Look, looks_of
from buildout.figures.panels import curves
from buildout.figures.tidy import at, pick, require, stack, tidy

TITLE = "Where the money went, and what it built"
CAPTION = (
    "Left: public money by what has become of it - spent; committed (obligated, not yet paid); "
    "idle (appropriated, not obligated); lapsed - each pathway on its own scale. Middle: capital "
    "committed to plants since 2025.0, by whose money it is, on one scale. Right: US capacity of "
    "magnet plants in effect, on one scale. All money in constant 2025 dollars. The private money "
    "that a mobilization calls for counts only where a project is decided."
)
PUBLIC = ("spent", "committed", "idle", "lapsed")
CAPITAL = ("US, public grants", "US, private", "allied, all sources")
BUILT = "US magnet capacity in effect"
MONEY = "billion USD"
ROOM = 20  # for a heading, in multiples of the size of its letters
LABELS = {
    "spent": "public: spent",
    "committed": "committed",
    "idle": "idle",
    "lapsed": "lapsed",
    "US, public grants": "capital: US grants",
    "US, private": "US private",
    "allied, all sources": "allied",
}
# Dark to light, with hatching: the same order of shades in colour and in grey.
FILLS = {  # face, hatch, color of the hatch
    "spent": ("#1b2f45", "", "white"),
    "committed": ("#5c7f9e", "", "white"),
    "idle": ("#f0c987", "////", "#a9752a"),
    "lapsed": ("#f4f0e6", "....", "#a39a86"),
    "US, public grants": ("#12564f", "", "white"),
    "US, private": ("#5fae9f", "", "white"),
    "allied, all sources": ("#dcebe7", "\\\\\\\\", "#7fa9a0"),
}


def money_data(ds: xr.Dataset) -> pd.DataFrame:
    """What the figure shows: pathway, year, quantity, value, unit.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.

    Returns
    -------
    DataFrame
        Money in billion constant 2025 USD, capacity in t/yr.
    """
    states = ("spent", "obligated", "unobligated", "in_administration", "lapsed")
    capital = ("us", "private", "allied")
    require(
        ds,
        *(f"money_{state}" for state in states),
        *(f"{whose}_capital_committed_so_far" for whose in capital),
        "effective_capacity",
    )
    public = {state: ds[f"money_{state}"].sum("fund") / 1000 for state in states}
    us, private, allied = (ds[f"{whose}_capital_committed_so_far"] / 1000 for whose in capital)
    magnets = ds["effective_capacity"].sel(region="US", line=["NdFeB magnets", "SmCo magnets"])
    arrays = {
        "spent": public["spent"],
        "committed": public["obligated"],
        "idle": public["unobligated"] + public["in_administration"],
        "lapsed": public["lapsed"],
        "US, public grants": us - private,
        "US, private": private,
        "allied, all sources": allied,
    }
    money = [tidy(array, name, MONEY) for name, array in arrays.items()]
    return stack(*money, tidy(magnets.sum("line"), BUILT, "t/yr"))


@style.drawn
def money(ds: xr.Dataset) -> Figure:
    """Public money, capital committed and capacity built, one row per pathway.

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
    >>> bo.figures.money(bo.simulate("status-quo")).axes[0].get_ylabel()
    'billion USD'
    """
    table = money_data(ds)
    looks = looks_of(ds)
    figure, panels = sheet(
        len(looks),
        3,
        title=TITLE,
        headline=_headline(table, looks),
        extra=[_sample(name) for name in (*PUBLIC, *CAPITAL)],
        columns=7,
        handle=1.5,
        panel_height=1.55,
        right=0.35,
        gap_y=0.75,
    )
    tops = [
        table[table["quantity"].isin(names)].groupby(["pathway", "year"])["value"].sum().max()
        for names in (CAPITAL, (BUILT,))
    ]
    for rank, path in enumerate(looks):
        here, row = pick(table, pathway=path), panels[rank]
        _stack(row[0], here, PUBLIC)
        _stack(row[1], here, CAPITAL)
        style.from_zero(row[1], tops[0], least=0.1)
        built = pick(here, quantity=BUILT)
        curves(row[2], built, looks)
        style.from_zero(row[2], tops[1])
        style.thousands(row[2])
        row[2].set_ylabel("t/yr")
        label, said = looks[path].label, _verdict(here)
        # A long one would reach into the next panel.
        row[0].set_title(f"{label}: {said}" if width(label + said) < ROOM else f"{label}\n{said}")
        row[1].set_title("Capital committed to plants so far")
        row[2].set_title(BUILT)
        for axes in row[:2]:
            style.time_axis(axes, built["year"], named=rank == 0 and axes is row[0])
    return figure


def _stack(axes: Axes, table: pd.DataFrame, names: Sequence[str]) -> None:
    series = [pick(table, quantity=name) for name in names]
    years = series[0]["year"].values
    below = 0 * years
    for name, part in zip(names, series, strict=True):
        face, hatch, edge = FILLS[name]
        above = below + part["value"].values
        axes.fill_between(
            years, below, above, facecolor=face, hatch=hatch, edgecolor=edge, linewidth=0
        )
        below = above
    style.from_zero(axes, below.max(), least=0.01)
    axes.set_ylabel(MONEY)


def _verdict(table: pd.DataFrame) -> str:
    last = table["year"].max()
    amounts = {name: at(table, last, quantity=name) for name in PUBLIC}
    total = sum(amounts.values())
    share = 100 * amounts["spent"] / total if total else 0.0
    return f"{number(total)} bn, {share:.0f}% spent"


def _sample(name: str) -> Patch:
    face, hatch, edge = FILLS[name]
    return Patch(facecolor=face, hatch=hatch, edgecolor=edge, linewidth=0, label=LABELS[name])


def _headline(table: pd.DataFrame, looks: Mapping[str, Look]) -> str:
    last = table["year"].max()
    parts = []
    for path in looks:
        here = pick(table, pathway=path)
        spent = at(here, last, quantity="spent")
        total = sum(at(here, last, quantity=name) for name in PUBLIC)
        capital = sum(at(here, last, quantity=name) for name in CAPITAL[:2])
        parts.append(
            f"{looks[path].label} {number(spent)} of {number(total)} bn public money spent, "
            f"{number(capital)} bn committed to US plants"
        )
    return f"By {last:g}: " + "; ".join(parts) + "."
