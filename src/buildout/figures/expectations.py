"""What others expect, each with its date, and ours beside it."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from buildout._util import names
from buildout._util.numbers import number
from buildout.analysis.expectations import Projection, read_projections
from buildout.calibration.observed import modelled
from buildout.figures import sheets, style
from buildout.figures.fans import Fans, Reading, band_of_draws, fans_of
from buildout.figures.findings import under_pathways
from buildout.figures.folding import in_columns
from buildout.figures.layout import PanelGrid, Words, panels, source_of
from buildout.figures.looks import Look, looks_of
from buildout.figures.panels import MOST_BANDS, band_sample, has_bands
from buildout.figures.project_plans import MODELLED, PLAN, project_capacity_data
from buildout.figures.tidy import groups, pick, require, stack
from buildout.inputs.mapping import Mapped, read_expression
from buildout.outcomes.odds import BAND

TOPIC = "Ours relative to what others expect: agencies, companies, consultants, trade press"
CAPTION = (
    "Each row is a number that somebody said, with the day on which it was published "
    "(calibration/projections.csv; some are known second hand), and the nearest number of the "
    "model beside it, as a percentage of theirs on a scale of powers of ten. At 100% stands "
    "theirs. A dot is the median of the draws, a bar their middle nine tenths; without draws a "
    "dot is the single run. What a company announces is its own plants, ours is what all makers "
    "in the country have; definitions of world demand differ by source. What the model has no "
    "word for is left out here and stands in model/VALIDATION.md."
)
EXPECTED, OURS = "expected", "ours"
#: Heads of what the model says, by its variable; others are called as in the table.
HEADS = {
    "effective_capacity": "US magnet capacity in effect, all makers",
    "us_magnet_output_total": "US magnet output, all makers",
    "defense_coverage": "US defense need covered",
    "direct_demand": "US demand, also inside imported goods",
}
BY_CLASS = ("defense_coverage",)
WORLD = "World demand for magnet rare earths, metal"
HAIRCUT = "Planned US magnet capacity that comes"
#: Sources whose numbers are more than a sum of elements of the model.
WORLD_DEMAND, CREDIBLE = ("J009", "J014"), ("J008",)
LISTS = {"slide": 2, "column": 1, "phone": 1}
LIMITS, TICKS = (6.0, 1000.0), (10, 30, 100, 300, 1000)
LEFT, RIGHT = 0.6, 1.8
#: In lines of words: those of a row's marks, and the air below it.
_MARKS, _BETWEEN, _LINE = 1.0, 0.35, 1.3
_HEAD = 1.5


def expectations_data(ds: xr.Dataset) -> pd.DataFrame:
    """What the figure shows: head, who, published, claim, due, pathway, quantity, value, unit.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.

    Returns
    -------
    DataFrame
        A row of "expected" for each number of somebody, and one of "ours" for each pathway.
    """
    return _rows(ds, _fans(ds))


def _fans(ds: xr.Dataset) -> Fans:
    require(ds, "effective_capacity", "world_demand_index", "world_oxide_output_in_2025")
    return fans_of(ds)


def _rows(ds: xr.Dataset, fans: Fans) -> pd.DataFrame:
    parts = []
    for row in read_projections():
        said = _said_of(row)
        for head, ours in _ours(ds, fans, row):
            theirs = {"pathway": None, "quantity": EXPECTED, "value": row.value, "unit": row.unit}
            both = stack(ours.assign(quantity=OURS, unit=row.unit), pd.DataFrame([theirs]))
            parts.append(both.assign(head=head, **said))
    table = stack(*parts)
    ends = [c for c in ("pathway", "quantity", "value", *BAND, "unit") if c in table]
    return table[["head", "who", "published", "claim", "due", *ends]]


def _said_of(row: Projection) -> dict[str, str]:
    return {"who": row.who, "published": row.published, "claim": row.quantity, "due": row.year}


def _ours(ds: xr.Dataset, fans: Fans, row: Projection) -> Iterator[tuple[str, pd.DataFrame]]:
    """The nearest number of the model under each pathway, where it has one on the date."""
    first, last = float(ds["time"].min()), float(ds["time"].max())
    date = row.date if row.expression else _year_of(row.year)
    if not first <= date <= last:
        return
    if row.expression:
        scalar = read_expression(row.expression).scalars[0]
        base, elements = names.split(scalar)
        head = HEADS.get(names.key(base), row.expression)
        head = f"{head}, {elements[-1]}" if names.key(base) in BY_CLASS else head
        yield head, _bands(fans, _at_date(row))
    elif row.source in WORLD_DEMAND:
        yield WORLD, _bands(fans, lambda d: _world_demand(d, date))
    elif row.source in CREDIBLE:
        yield HAIRCUT, _that_comes(ds, date)


def _year_of(text: str) -> float:
    """A year of the table; NaN where it is open."""
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _at_date(row: Projection) -> Reading:
    asked = xr.Dataset(
        coords={
            "series": ("row", [row.expression]),
            "start": ("row", [row.date]),
            "end": ("row", [row.date]),
        }
    )
    mapping = {row.expression: Mapped(row.expression, read_expression(row.expression), "at", "")}
    return lambda d: modelled(d, asked, mapping).isel(row=0, drop=True)


def _world_demand(ds: xr.Dataset, date: float) -> xr.DataArray:
    """Metal in the oxide of magnet elements that the world wants: trend, and what moves it."""
    here = ds.sel(element=["NdPr", "DyTb"]).sel(time=date, method="nearest")
    grown = np.exp(here["world_demand_growth"] * (date - float(ds["time"].min())))
    oxide = here["world_oxide_output_in_2025"] * grown * here["world_demand_index"]
    demand: xr.DataArray = (oxide / here["oxide_per_metal"]).sum("element", skipna=False)
    return demand.drop_vars("time", errors="ignore")


def _that_comes(ds: xr.Dataset, date: float) -> pd.DataFrame:
    """What has come of US magnet plants over what their owners plan by a date."""
    sums = pick(project_capacity_data(ds), line="NdFeB magnets")
    plan = pick(sums, quantity=PLAN)
    planned = plan.loc[plan["year"] <= date, "value"].max()
    come = pick(sums, quantity=MODELLED, year=date)
    columns = [c for c in ("value", *BAND) if c in come]
    return pd.concat([come[["pathway"]], come[columns] / planned], axis=1)


def _bands(fans: Fans, reading: Reading) -> pd.DataFrame:
    run = reading(fans.run)
    table = pd.DataFrame({"pathway": run["pathway"].values, "value": run.values})
    if fans.cloud is not None:
        drawn = band_of_draws(reading(fans.cloud))
        for name, values in zip(BAND, drawn.transpose("quantile", "pathway").values, strict=True):
            table[name] = values
    return table


# --- The picture ----------------------------------------------------------------------------------


@style.drawn
def expectations(ds: xr.Dataset, *, page: str = "slide") -> Figure:
    """Ours beside what others expect.

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
    >>> len(bo.figures.expectations(bo.simulate("status-quo")).axes)
    2
    """
    fans, looks = _fans(ds), looks_of(ds)
    table = _rows(ds, fans)
    sheet, lists = sheets.sheet_of(page), LISTS[page]
    wide = (sheet.width - 2 * style.EDGE) / lists - (LEFT + RIGHT) * sheet.letter
    blocks = [_Block(head, rows, wide, sheet.letter) for (head,), rows in _by_head(table)]
    columns = in_columns([block.lines for block in blocks], lists)
    most = max(sum(blocks[place].lines for place in column) for column in columns)
    figure, ((*flat,),) = panels(
        page,
        PanelGrid(
            1,
            len(columns),
            across={"column": 1, "phone": 1},
            tall=dict.fromkeys(("column", "phone"), most * _LINE * sheet.letter),
            left=LEFT,
            right=RIGHT,
            heading=dict.fromkeys(sheets.SHEETS, 0),
        ),
        Words(_finding(table, looks), TOPIC, source_of(ds, drawn=fans.drawn)),
        looks=looks,
        extra=[_theirs(), *band_sample(table, looks, fans.draws)],
    )
    for axes, column in zip(flat, columns, strict=True):
        top = 0.0
        for place in column:
            blocks[place].draw(axes, top, looks)
            top += blocks[place].lines
        _scale(axes, most)
    return figure


def _by_head(table: pd.DataFrame) -> Sequence[tuple[tuple[str], pd.DataFrame]]:
    return list(groups(table, "head").items())


def _theirs() -> Artist:
    return Line2D(
        [], [], ls="none", marker="D", ms=4, color=style.INK, label="what they expect: 100%"
    )


class _Block:
    """Rows of one quantity under its head, in lines of words."""

    def __init__(self, head: str, rows: pd.DataFrame, wide: float, letter: float) -> None:
        self.head = sheets.wrapped(head, wide / 1.06, letter)
        by_year = sorted(
            groups(rows, "who", "claim", "due").values(),
            key=lambda own: (not _year_of(own["due"].iloc[0]) > 0, own["due"].iloc[0]),
        )
        self.rows = [(own, sheets.wrapped(_words(own), wide, letter)) for own in by_year]

    @property
    def lines(self) -> float:
        """How many lines of words it is high."""
        rows = sum(len(words) + _MARKS + _BETWEEN for _, words in self.rows)
        return len(self.head) + rows + _HEAD - 1

    def draw(self, axes: Axes, top: float, looks: Mapping[str, Look]) -> None:
        """Write and draw it from a line on."""
        _write(axes, self.head, top, weight="bold")
        top += len(self.head) + 0.15
        for own, words in self.rows:
            _write(axes, words, top, weight="normal")
            top += len(words)
            _marks(axes, own, top, looks)
            top += _MARKS + _BETWEEN


def _words(rows: pd.DataFrame) -> str:
    """Who said what, when, and for when."""
    theirs = pick(rows, quantity=EXPECTED).iloc[0]
    due = _due(_year_of(theirs["due"]))
    share = str(theirs["unit"]).startswith("share")
    value = f"{100 * theirs['value']:g}%" if share else _amount(theirs["value"], theirs["unit"])
    return f"{theirs['who']} ({theirs['published']}): {theirs['claim']}, {value} {due}"


def _due(year: float) -> str:
    if np.isnan(year):
        return "without a date"
    whole = int(year)
    return f"by {whole}" if year == whole else f"by Q{int(4 * (year - whole)) + 1} {whole}"


def _amount(value: float, unit: str) -> str:
    return f"{number(value, 5)} {unit}"


def _write(axes: Axes, lines: Sequence[str], top: float, *, weight: str) -> None:
    axes.annotate(
        "\n".join(lines),
        (0, top + len(lines) / 2),
        xycoords=axes.get_yaxis_transform(),
        va="center",
        weight=weight,
        linespacing=1.15,
        zorder=6,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4},
        annotation_clip=False,
    )


def _marks(axes: Axes, rows: pd.DataFrame, top: float, looks: Mapping[str, Look]) -> None:
    theirs = pick(rows, quantity=EXPECTED)["value"].iloc[0]
    banded = has_bands(rows) and len(looks) <= MOST_BANDS
    for rank, (path, look) in enumerate(looks.items()):
        own = pick(rows, quantity=OURS, pathway=path)
        height = top + _MARKS * (rank + 0.5) / len(looks)
        column = "p50" if has_bands(own) else "value"
        shares = 100 * own[[column, *(BAND if banded else ())]].iloc[0] / theirs
        seen = shares.clip(*LIMITS)
        if banded:
            low, high = seen["p05"], seen["p95"]
            axes.barh(
                height, high - low, 0.8 * _MARKS / len(looks), left=low, color=look.color, alpha=0.4
            )
        axes.plot([seen[column]], [height], "o", color=look.color, ms=3.4, zorder=3.5)
    axes.vlines(100, top - 0.1, top + _MARKS + 0.1, color=style.INK, linewidth=0.8, zorder=1.8)
    axes.plot([100], [top + _MARKS / 2], "D", color=style.INK, ms=4, zorder=3.3)


def _scale(axes: Axes, most: float) -> None:
    axes.set_xscale("log")
    axes.set_xlim(*LIMITS)
    axes.set_xticks(TICKS, [f"{tick}%" for tick in TICKS])
    axes.set_xticks([], minor=True)
    axes.set_ylim(most, 0)
    axes.set_yticks([])
    axes.grid(axis="y", visible=False)
    axes.spines["left"].set_visible(False)


def _finding(table: pd.DataFrame, looks: Mapping[str, Look]) -> str:
    """In how many of the numbers others expect more."""
    cases = list(groups(table, "who", "claim", "due").values())
    counts = {path: float(sum(_more(rows, path) for rows in cases)) for path in looks}
    said = under_pathways(counts, looks, lambda count: f"{count:.0f}")
    return f"Of {len(cases)} numbers others expect more than we do in {said}"


def _more(rows: pd.DataFrame, path: str) -> bool:
    own = pick(rows, quantity=OURS, pathway=path)
    column = "p50" if has_bands(own) else "value"
    return bool(pick(rows, quantity=EXPECTED)["value"].iloc[0] > own[column].iloc[0])
