"""From ore to user: whose hands the magnets of the US market pass through, by class."""

from dataclasses import dataclass

import pandas as pd
import xarray as xr
from matplotlib import rcParams
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from buildout._util import names
from buildout._util.numbers import three_digits
from buildout.analysis.odds import odds_if_any
from buildout.analysis.series_in_draws import dates_in_draws
from buildout.figures import style
from buildout.figures.fans import band_of_draws
from buildout.figures.layout import PanelGrid, Words, panels, source_of
from buildout.figures.looks import looks_of
from buildout.figures.ribbons import AIR, BAR, ribbons
from buildout.figures.tidy import order, pick, require
from buildout.outcomes.chain_flows import (
    ALLIES,
    BOUGHT,
    CHAIN_NEEDS,
    CHAIN_STAGES,
    CHINA,
    CIVIL,
    DEFENSE,
    MISSING,
    OLD,
    STOCK,
    US,
    chain_flows,
)
from buildout.outcomes.chances import rough_percent, tells_odds
from buildout.outcomes.odds import BAND
from buildout.outcomes.rule import RULE_DATE

CAPTION = (
    "Each panel is one magnet class on one date, under the first pathway. Full height is what the "
    "direct US market wants of the class, all widths are shares of it in percent. From left to "
    "right: whose ore, who separated the oxide, who made the metal, who made the magnet, who uses "
    "it; what is missing nobody supplies. A magnet counts by the worst origin among its metals; "
    "bought feed is ore of third parties outside China, whose country the model does not know; "
    "sources that meet at one maker are mixed alike, and defense gets what complies. With draws "
    "the widths are their means, which add up; below stands the percentage made outside China at "
    "the stage, with the middle nine tenths of the draws in brackets. Free of China is what has "
    "not passed it at any stage."
)
LATER = 2035.0
FLOW, OUTSIDE, WANTED = "flow", "made outside China", "wanted by the US market"
OF_MARKET = "% of what the US market wants"
ORDER = (US, ALLIES, BOUGHT, OLD, STOCK, CHINA, DEFENSE, CIVIL, MISSING)
COLORS = {
    US: "#17466b",
    ALLIES: "#5f9ecb",
    BOUGHT: "#b8d4e8",
    OLD: "#8fb58a",
    STOCK: "#d9dde1",
    CHINA: "#dd9a70",
    DEFENSE: "#3a3f45",
    CIVIL: "#aab0b7",
    MISSING: "#ffffff",
}
HATCHED = {CHINA: "////", MISSING: "xxxx"}
#: Three lines below each stage: its name, a number, its band.
_BELOW = 4.3
_TALL = {"column": 0.95, "phone": 1.25}
_OUTSIDE_CHINA = (US, ALLIES, BOUGHT, OLD, STOCK)
_TINY = 1e-9


@dataclass(frozen=True)
class _Shares:
    """Shares of what is wanted, of a run and of its draws."""

    run: xr.DataArray
    cloud: xr.DataArray | None


def chain_data(ds: xr.Dataset) -> pd.DataFrame:
    """What the figure shows: magnet_class, year, the five stages, quantity, value, unit.

    Parameters
    ----------
    ds : Dataset
        From `simulate`; its first pathway is shown.

    Returns
    -------
    DataFrame
        Of "flow" a row for each way through the chain, `value` of the run and `mean` of the draws;
        of "made outside China" one for each `stage`, with p05, p50 and p95 of the draws.
    """
    require(ds, *map(names.key, CHAIN_NEEDS))
    path = str(ds["pathway"].values[0])
    dates = [RULE_DATE, min(LATER, float(ds["time"].max()))]
    run = ds[[names.key(name) for name in CHAIN_NEEDS]].isel(pathway=0)
    run = run.sel(time=list(dict.fromkeys(dates)))
    cloud = dates_in_draws(ds, CHAIN_NEEDS, run["time"].values.tolist())
    drawn = None if cloud is None else cloud.isel(pathway=0)
    shares = _Shares(_of_wanted(run), None if drawn is None else _of_wanted(drawn))
    table = pd.concat([_flows(shares), _outside(shares), _wanted(run, drawn)], ignore_index=True)
    table.insert(0, "pathway", path)
    ends = [c for c in ("quantity", "value", "mean", *BAND, "unit") if c in table]
    return table[[*(c for c in table if c not in ends), *ends]]


def _of_wanted(ds: xr.Dataset) -> xr.DataArray:
    flows = chain_flows(ds)
    return 100 * flows / flows.sum("path").where(lambda wanted: wanted > 0)


def _flows(shares: _Shares) -> pd.DataFrame:
    table = _rows(shares.run).assign(quantity=FLOW, unit=OF_MARKET)
    if shares.cloud is not None:
        table["mean"] = _rows(shares.cloud.mean("draw"))["value"]
    shown = table[[c for c in ("value", "mean") if c in table]].max(axis=1) > _TINY
    return table[shown]


def _rows(flows: xr.DataArray) -> pd.DataFrame:
    """A row for each way, class and date."""
    parts = []
    for way in flows.transpose("path", "magnet_class", "time"):
        hands = {stage: str(way[stage].values) for stage in CHAIN_STAGES}
        series = way.drop_vars(CHAIN_STAGES).to_series().rename("value").reset_index()
        parts.append(series.rename(columns={"time": "year"}).assign(**hands))
    return pd.concat(parts, ignore_index=True)


def _outside(shares: _Shares) -> pd.DataFrame:
    parts = []
    for stage in CHAIN_STAGES[:-1]:
        table = _at_stage(shares.run, stage).to_series().rename("value").reset_index()
        if shares.cloud is not None:
            drawn = band_of_draws(_at_stage(shares.cloud, stage))
            for name, values in zip(BAND, drawn.transpose("quantile", ...), strict=True):
                table[name] = values.values.ravel()
            table["mean"] = _at_stage(shares.cloud, stage).mean("draw").values.ravel()
        parts.append(table.assign(stage=stage))
    joined = pd.concat(parts, ignore_index=True).rename(columns={"time": "year"})
    return joined.assign(quantity=OUTSIDE, unit=OF_MARKET)


def _at_stage(flows: xr.DataArray, stage: str) -> xr.DataArray:
    own = flows.isel(path=flows[stage].isin(_OUTSIDE_CHINA).values).sum("path", min_count=1)
    return own.transpose("magnet_class", "time", ...)


def _wanted(run: xr.Dataset, drawn: xr.Dataset | None) -> pd.DataFrame:
    demand = run["direct_demand"].transpose("magnet_class", "time")
    table = demand.drop_vars([c for c in demand.coords if c not in demand.dims]).to_series()
    rows = table.rename("value").reset_index().rename(columns={"time": "year"})
    if drawn is not None:
        mean = drawn["direct_demand"].mean("draw").transpose("magnet_class", "time")
        rows["mean"] = mean.values.ravel()
    return rows.assign(quantity=WANTED, unit="t/yr")


@style.drawn
def chain(ds: xr.Dataset, *, page: str = "slide") -> Figure:
    """The chain of the US market on the date of the rule and later, by magnet class.

    Parameters
    ----------
    ds : Dataset
        From `simulate`; its first pathway is shown.
    page : {"slide", "column", "phone"}
        A slide of 16:9, a column of 89 mm, or a telephone.

    Returns
    -------
    Figure

    Examples
    --------
    >>> import buildout as bo
    >>> len(bo.figures.chain(bo.simulate("status-quo")).axes)
    6
    """
    table, look = chain_data(ds), next(iter(looks_of(ds).values()))
    odds = odds_if_any(ds)
    drawn = str(odds.attrs["drawn"]) if tells_odds(odds) and "mean" in table else ""
    kinds, dates = order(table, "magnet_class"), order(table, "year")
    topic = (
        f"Who supplies the direct US market under {look.label}, stage by stage: full height is "
        "what it wants. Below, % of it made outside China at the stage"
    )
    figure, rows = panels(
        page,
        PanelGrid(
            len(dates),
            len(kinds),
            across={"column": 1, "phone": 1},
            by_columns=True,
            tall=_TALL,
            left=0.4,
            right=0.4,
            below=_BELOW if drawn else _BELOW - 1.2,
        ),
        Words(
            _finding(table),
            f"{topic}, 5-95% of draws in brackets" if drawn else topic,
            source_of(ds, drawn=drawn),
        ),
        extra=_samples(order(table[table["quantity"] == FLOW], "use")),
    )
    for row, date in zip(rows, dates, strict=True):
        for axes, kind in zip(row, kinds, strict=True):
            _panel(axes, pick(table, magnet_class=kind, year=date))
            wanted = _drawn(pick(table, magnet_class=kind, year=date, quantity=WANTED)).iloc[0]
            when = "1 January 2027" if date == RULE_DATE else f"{date:g}"
            axes.set_title(f"{kind}, {when}: {three_digits(wanted)} t wanted")
    return figure


def _samples(uses: list[str]) -> list[Artist]:
    shown = [name for name in ORDER if name not in (STOCK, MISSING) or name in uses]
    return [
        Patch(
            facecolor=COLORS[name],
            edgecolor="#4a4f55" if name in HATCHED else COLORS[name],
            linewidth=0.4,
            hatch=HATCHED.get(name),
            label={US: "made in the US", ALLIES: "by allies", CHINA: "in China"}.get(name, name),
        )
        for name in shown
    ]


def _drawn(rows: pd.DataFrame) -> pd.Series:
    """What is drawn of rows: the mean of draws where there are any, else the run."""
    return rows["mean"] if "mean" in rows else rows["value"]


def _panel(axes: Axes, table: pd.DataFrame) -> None:
    flows = pick(table, quantity=FLOW)
    ways = flows[list(CHAIN_STAGES)].copy()
    # What is missing is nowhere before it is missed.
    ways[list(CHAIN_STAGES[:-1])] = ways[list(CHAIN_STAGES[:-1])].replace(MISSING, "")
    high = 100 + 5 * AIR
    points = axes.get_window_extent().height / axes.figure.dpi * 72
    ribbons(
        axes,
        ways.assign(value=_drawn(flows)),
        CHAIN_STAGES,
        ORDER,
        COLORS,
        hatched=HATCHED,
        written=1.25 * rcParams["font.size"] * high / points,
    )
    # What is written below the first stage is wider than its bar, and begins in this panel.
    axes.set_xlim(-BAR / 2 - 0.1, len(CHAIN_STAGES) - 1 + BAR / 2 + 0.02)
    axes.set_ylim(high, 0)
    axes.set_yticks([])
    axes.grid(visible=False)
    for spine in axes.spines.values():
        spine.set_visible(False)
    numbers = _numbers(pick(table, quantity=OUTSIDE))
    labels = [f"{stage}{numbers.get(stage, '')}" for stage in CHAIN_STAGES]
    axes.set_xticks(range(len(CHAIN_STAGES)), labels)
    axes.tick_params(axis="x", length=0, pad=2, labelcolor=style.INK)


def _numbers(rows: pd.DataFrame) -> dict[str, str]:
    """What is written below each stage."""
    means = _drawn(rows)
    if "p05" not in rows:
        return {stage: f"\n{mean:.0f}" for stage, mean in zip(rows["stage"], means, strict=True)}
    cells = zip(rows["stage"], means, rows["p05"], rows["p95"], strict=True)
    return {stage: f"\n{mean:.0f}\n({low:.0f}-{high:.0f})" for stage, mean, low, high in cells}


def _finding(table: pd.DataFrame) -> str:
    """How much of what the market gets passes through China at any stage, on both dates."""
    flows, wanted = pick(table, quantity=FLOW), pick(table, quantity=WANTED)
    parts = []
    for date in order(table, "year"):
        tonnes = dict(zip(wanted["magnet_class"], _drawn(pick(wanted, year=date)), strict=False))
        here = pick(flows, year=date)
        weight = _drawn(here) * here["magnet_class"].map(tonnes)
        free = weight[here["ore"].isin(_OUTSIDE_CHINA)].sum() / weight.sum()
        when = "on 1 January 2027" if date == RULE_DATE else f"in {date:g}"
        parts.append((f"{rough_percent(free)}%", when))
    (share, when), *others = parts
    later = "".join(f", {share} {when}" for share, when in others)
    return f"Of what the US market wants {share} is free of China {when}{later}"
