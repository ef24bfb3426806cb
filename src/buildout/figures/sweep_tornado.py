"""Which uncertainties move an outcome of a sweep, about the pathway's own centre."""

from typing import NamedTuple

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from buildout._util.numbers import three_digits
from buildout.errors import ResultsError
from buildout.figures import sheets, style
from buildout.figures.layout import Words, blank_paper, source_of
from buildout.figures.sheets import Sheet
from buildout.figures.style import EDGE
from buildout.figures.swept import columns, dated, looks_of_sweep, require_sweep, title_of
from buildout.inputs.parameters import LUCK
from buildout.outcomes.odds import drawn_in_words
from buildout.vensim.arrays import Floats

CAPTION = (
    "For each uncertainty the mean of the outcome in the third of the draws with its lowest "
    "values, and in the third with its highest, less the mean of all draws of the same pathway: a "
    "tornado about the pathway's own centre, with everything else drawn too. The pale band is what "
    "chance alone shows in thirds of so many draws (three standard errors); what stays in it is "
    "left out."
)
LOW, HIGH, CHANCE = "#8fbcd6", "#1b4f72", "#e4e6e9"
MOST = {"slide": 12, "column": 10, "phone": 10}
_PREFERRED, _LAST = "us_magnet_output_total", 2035.0
_ERRORS, _LEAST = 3.0, 30
_LINE = 1.3
_MOST_TALL = 0.45  # inches of a bar and its room, on a slide


class _Asked(NamedTuple):
    """The outcome that is shown."""

    words: str
    unit: str
    pathway: str
    values: Floats
    drawn: Floats
    names: list[str]


def sweep_tornado_data(ds: xr.Dataset) -> pd.DataFrame:
    """What the figure shows: parameter, low, high, chance; the largest first.

    Parameters
    ----------
    ds : Dataset
        From `sweep`, of draws that are independent.

    Returns
    -------
    DataFrame
        low, high: the mean of the outcome in the lowest and in the highest third of the
        parameter, less the mean of all, in the unit of the outcome; chance: three standard errors.
        Outcome, pathway and unit are in the table's `attrs`.

    Raises
    ------
    ResultsError
        When the sweep keeps nothing at dates, or not the values of its parameters, or its draws
        are too few, or chosen by a rule that is not random.
    """
    asked = _asked(ds)
    thirds = np.quantile(asked.drawn, [1 / 3, 2 / 3], axis=0)
    centre, spread = asked.values.mean(), asked.values.std()
    rows = []
    for column, name in enumerate(asked.names):
        drawn = asked.drawn[:, column]
        below, above = drawn <= thirds[0, column], drawn >= thirds[1, column]
        if thirds[0, column] == thirds[1, column]:
            continue  # It hardly varies, so that there are no thirds.
        rows.append(
            (name, asked.values[below].mean() - centre, asked.values[above].mean() - centre)
        )
    table = pd.DataFrame(rows, columns=["parameter", "low", "high"])
    table["chance"] = _ERRORS * spread * np.sqrt(2 / len(asked.values))
    sizes = table[["low", "high"]].abs().max(axis=1)
    table = table.iloc[np.argsort(-sizes.to_numpy(), kind="stable")].reset_index(drop=True)
    notes = {"outcome": asked.words, "unit": asked.unit, "pathway": asked.pathway, "centre": centre}
    table.attrs.update(notes)
    return table


def _asked(ds: xr.Dataset) -> _Asked:
    require_sweep(ds)
    if "drawn" not in ds:
        raise ResultsError(
            "The results do not hold the values of the parameters.",
            cure="Sweep fewer draws, or vary fewer parameters.",
        )
    if ds.attrs["design"] in ("grid", "saltelli", "one at a time"):
        raise ResultsError(
            f"The draws of the design `{ds.attrs['design']}` are no independent draws.",
            cure="Sweep a Latin hypercube, the default.",
        )
    name = _PREFERRED if _PREFERRED in dated(ds) else dated(ds)[0]
    element, array = next(columns(ds, name))
    dates = [float(date) for date in ds["year"].values]
    place = max((i for i, date in enumerate(dates) if date <= _LAST), default=len(dates) - 1)
    values = array.values[0, :, place]
    sound = np.isfinite(values)
    known = ds["parameter_kind"].values != LUCK
    if sound.sum() < _LEAST or not known.any():
        raise ResultsError(
            f"The sweep has {int(sound.sum())} sound draws of {int(known.sum())} uncertainties.",
            f"At least {_LEAST} draws of one are needed to say which of them matter.",
        )
    words = f"{title_of(ds, name, element)}, {dates[place]:g}"
    return _Asked(
        words,
        {"Dmnl": "", "t/Year": "t/yr"}.get(ds[name].attrs["units"], ds[name].attrs["units"]),
        str(ds["pathway"].values[0]),
        values[sound],
        ds["drawn"].values[sound][:, known],
        [str(parameter) for parameter in ds["parameter"].values[known]],
    )


@style.drawn
def sweep_tornado(ds: xr.Dataset, *, page: str = "slide") -> Figure:
    """Tornado of a sweep, for US magnet output in 2035 where the sweep has it.

    Parameters
    ----------
    ds : Dataset
        From `sweep`.
    page : {"slide", "column", "phone"}
        A slide of 16:9, a column of 89 mm, or a telephone.

    Returns
    -------
    Figure
        Of the first pathway.

    Raises
    ------
    ResultsError
        As for `sweep_tornado_data`.
    """
    table, sheet = sweep_tornado_data(ds), sheets.sheet_of(page)
    clear = table[table[["low", "high"]].abs().max(axis=1) > table["chance"]]
    shown = clear[: MOST[page]]
    label = looks_of_sweep(ds)[table.attrs["pathway"]].label
    words = Words(
        _finding(shown, table),
        f"{table.attrs['outcome']} under {label}: mean in the thirds of the draws with the lowest "
        f"and the highest values, less the mean of all, {three_digits(table.attrs['centre'])} "
        f"{table.attrs['unit']}".rstrip()
        + (f"; {len(clear)} of {len(table)} uncertainties stand out" if len(table) else ""),
        source_of(ds, drawn=drawn_in_words(ds)),
    )
    size = sheet.letter
    wide = 0.42 * sheet.width
    labels = [sheets.wrapped(name, wide - EDGE - size, size) for name in shown["parameter"]]
    each = size * (0.8 + _LINE * max(map(len, labels), default=1))
    legend, axis = 2.2 * size, 3.4 * size
    tall = each * max(1, len(shown))
    figure, top, under = blank_paper(sheet, words, legend + tall + axis)
    if page == "slide":
        spare = figure.get_figheight() - top - under - legend - axis
        tall = max(tall, min(spare, _MOST_TALL * len(shown)))
    axes = sheets.axes_at(figure, wide, top + legend, sheet.width - wide - 3 * size, tall)
    if len(table):
        chance = float(table["chance"].iloc[0]) or 1.0
        axes.axvspan(-chance, chance, color=CHANCE, zorder=1, linewidth=0)
    _bars(axes, shown, labels, sheet)
    axes.set_xlabel(table.attrs["unit"] or "difference")
    handles = [
        Patch(color=LOW, label="lowest third"),
        Patch(color=HIGH, label="highest third"),
        Patch(color=CHANCE, label="chance"),
    ]
    sheets.legend_below(figure, sheet, top, handles, 3)
    return figure


def _finding(shown: pd.DataFrame, table: pd.DataFrame) -> str:
    outcome, unit = table.attrs["outcome"], table.attrs["unit"]
    if shown.empty:
        return f"No uncertainty alone moves {outcome} by more than chance does"
    first = shown.iloc[0]
    amount = abs(first["high"] - first["low"])
    return f"{outcome} hangs most on {first['parameter']}: {three_digits(amount)} {unit}".rstrip()


def _bars(axes: Axes, shown: pd.DataFrame, labels: list[list[str]], sheet: Sheet) -> None:
    rows = range(len(shown))
    axes.barh(rows, shown["low"], height=0.62, color=LOW, zorder=2.2)
    axes.barh(rows, shown["high"], height=0.62, color=HIGH, zorder=2.2)
    axes.axvline(0, color=style.INK, linewidth=0.9, zorder=3)
    axes.set_ylim(max(1, len(shown)) - 0.5, -0.5)
    axes.set_yticks(list(rows), ["\n".join(words) for words in labels], linespacing=0.95)
    axes.tick_params(labelsize=sheet.letters, length=0, labelcolor=style.INK)
    axes.yaxis.grid(False)
    axes.locator_params(axis="x", nbins=5)
    style.thousands(axes, "x")
