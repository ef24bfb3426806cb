"""From one pathway to another, instrument by instrument: what each makes of the difference."""

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from buildout._util.numbers import number, three_digits
from buildout.figures import sheets, style
from buildout.figures.looks import labels

WATERFALL_CAPTION = (
    "Bars: Shapley values, which add up to the difference. Circle: what the instrument makes alone "
    "on top of the base; cross: what is lost without it at the end. Line: the middle nine tenths "
    "of the part over draws."
)
MORE, LESS, BAND = "#2b6a8f", "#d9480f", "#1b2f45"
_MONTHS = 12
# Lines of the picture and what stands around them, in letters.
_LINE, _ABOVE, _BELOW, _LEGEND = 2.5, 0.8, 4.2, 1.7
_LABELS = 2.1  # inches at most, and a share of the paper
_LABEL_SHARE = 0.36


def waterfall_data(ds: xr.Dataset) -> pd.DataFrame:
    """What the figure shows: the base, each instrument from the largest rise on, the pathway.

    Parameters
    ----------
    ds : Dataset
        From `attribute`.

    Returns
    -------
    DataFrame
        label, kind (base, instrument, pathway), start, part, first_in, last_in, p05, p95: in the
        unit of the outcome; of dates in years. never: a date that is the end of the run instead.
    """
    scale = 1 / _MONTHS if ds.attrs["difference_unit"] == "Month" else 1.0
    order = np.argsort(-ds["part"].values, kind="stable")
    own = ds.isel(instrument=order)
    columns = {
        name: scale * own[name].values for name in ("part", "first_in", "last_in", "p05", "p95")
    }
    first, last = _end_values(ds)
    starts = first + np.concatenate([[0.0], np.cumsum(columns["part"])])
    names = [ds.attrs["base"], ds.attrs["pathway"]]
    called = labels(names, dict(zip(names, ds.attrs["titles"], strict=True)))
    rows = pd.DataFrame({"label": own["instrument"].values, "kind": "instrument", **columns})
    rows.insert(2, "start", starts[:-1])
    rows["never"] = False
    ends = pd.DataFrame(
        {
            "label": [called[n] for n in names],
            "kind": ["base", "pathway"],
            "start": [first, last],
            "never": [bool(np.isnan(ds[name])) for name in ("base_value", "value")],
        }
    )
    return pd.concat([ends[:1], rows, ends[1:]], ignore_index=True)


def _end_values(ds: xr.Dataset) -> tuple[float, float]:
    """Values of both ends; the end of the run for a date that never comes."""
    first, last = (float(ds[name]) for name in ("base_value", "value"))
    end = float(ds.attrs["end"])
    return (end if np.isnan(first) else first), (end if np.isnan(last) else last)


@style.drawn
def waterfall(ds: xr.Dataset, *, page: str = "slide") -> Figure:
    """The difference between two pathways as a flight of bars, one for each instrument.

    Parameters
    ----------
    ds : Dataset
        From `attribute`.
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
    sheet = sheets.sheet_of(page)
    table = waterfall_data(ds)
    year = "" if np.isnan(ds.attrs["year"]) else f", {ds.attrs['year']:g}"
    head = sheets.heading(sheet, _finding(ds, table), f"{ds.attrs['outcome']}{year}, {_unit(ds)}")
    size = sheet.letter
    handles = _handles(ds)
    across = len(handles) if sheet.width > 8 else 2
    legend = size * _LEGEND * -(-len(handles) // across)
    tall = size * _LINE * len(table)
    whole = head.height + legend + size * (_ABOVE + _BELOW) + tall
    figure = Figure(figsize=(sheet.width, whole))
    head.write(figure)
    sheets.legend_below(figure, sheet, head.height, handles, across)
    left = _labels_wide(sheet)
    axes = sheets.axes_at(
        figure,
        left,
        head.height + legend + _ABOVE * size,
        sheet.width - left - 5 * size,
        tall,
    )
    _flight(axes, table, sheet, dates=ds.attrs["unit"] == "Year")
    figure.set_label(f"{_finding(ds, table)} {ds.attrs['outcome']}{year}.")
    return figure


def _labels_wide(sheet: sheets.Sheet) -> float:
    return min(_LABELS, _LABEL_SHARE * sheet.width)


def _unit(ds: xr.Dataset) -> str:
    unit = str(ds.attrs["unit"])
    return {"t/Year": "t a year", "MUSD": "million USD", "Dmnl": "share", "Year": "date"}.get(
        unit, unit
    )


def _finding(ds: xr.Dataset, table: pd.DataFrame) -> str:
    """The picture in a sentence: the total, and whose the largest part is."""
    base, pathway = table["label"].iloc[0], table["label"].iloc[-1]
    total, unit = float(ds["total"]), ds.attrs["difference_unit"]
    words = {"Month": "months", "t/Year": "t a year", "MUSD": "million USD", "Dmnl": ""}
    if not total:
        return f"{pathway} and {base} make the same"
    amount = f"{'+' if total > 0 else ''}{three_digits(total)} {words.get(unit, unit)}".strip()
    largest = ds["instrument"].values[np.argmax(np.abs(ds["part"].values))]
    sentence = f"{pathway} against {base}: {amount}, the largest part by {largest}"
    return sentence[:1].upper() + sentence[1:]


def _handles(ds: xr.Dataset) -> list[Artist]:
    dates = ds.attrs["unit"] == "Year"
    handles: list[Artist] = [
        Patch(color=MORE, label="later" if dates else "adds"),
        Patch(color=LESS, label="earlier" if dates else "takes"),
        Line2D([], [], color=style.INK, marker="o", mfc="white", linestyle="none", label="alone"),
        Line2D([], [], color=style.INK, marker="x", linestyle="none", label="as the last"),
    ]
    if ds.attrs["draws"]:
        label = f"5-95% of {ds.attrs['draws']:,} draws"
        handles.append(Line2D([], [], color=BAND, linewidth=1.4, label=label))
    return handles


def _flight(axes: Axes, table: pd.DataFrame, sheet: sheets.Sheet, *, dates: bool) -> None:
    own = table[table["kind"] == "instrument"]
    places = np.arange(len(table))[(table["kind"] == "instrument").to_numpy()]
    colors = np.where(own["part"] >= 0, MORE, LESS).tolist()
    axes.barh(places, own["part"], left=own["start"], height=0.62, color=colors, zorder=2.2)
    for place, stop in enumerate([*own["start"], table["start"].iloc[-1]]):
        axes.vlines(stop, place, place + 1, colors=style.QUIET, linewidth=0.8, zorder=2)
    ends = table["kind"] != "instrument"
    axes.plot(
        table["start"][ends],
        np.arange(len(table))[ends],
        linestyle="none",
        marker="D",
        color=style.INK,
        markersize=0.7 * sheet.letters,
        zorder=3,
    )
    alone, last = own["start"] + own["first_in"], own["start"] + own["last_in"]
    for stops, marker in ((alone, "o"), (last, "x")):
        axes.plot(
            stops,
            places,
            linestyle="none",
            marker=marker,
            color=style.INK,
            markerfacecolor="white",
            markersize=0.5 * sheet.letters,
            zorder=3.2,
        )
    low, high = own["start"] + own["p05"], own["start"] + own["p95"]
    axes.hlines(places + 0.42, low, high, colors=BAND, linewidth=1.4, zorder=3)
    edges = [table["start"], alone, last, low, high]
    _limits(axes, np.concatenate([np.asarray(edge, float) for edge in edges]))
    _words(axes, table, own, sheet, dates=dates)


def _limits(axes: Axes, edges: np.ndarray) -> None:
    # Ends are marks and parts are lengths, so that nothing is read from zero.
    lowest, highest = float(np.nanmin(edges)), float(np.nanmax(edges))
    room = 0.05 * (highest - lowest) or 0.5
    axes.set_xlim(lowest - room, highest + room)


def _words(
    axes: Axes, table: pd.DataFrame, own: pd.DataFrame, sheet: sheets.Sheet, *, dates: bool
) -> None:
    """Labels to the left, and what each makes to the right."""
    room = _labels_wide(sheet) - style.EDGE - sheet.letter
    words = ["\n".join(sheets.wrapped(label, room, sheet.letter)) for label in table["label"]]
    axes.set_yticks(range(len(table)), words, linespacing=0.95)
    axes.set_ylim(len(table) - 0.5, -0.5)
    axes.yaxis.grid(False)
    axes.tick_params(labelsize=sheet.letters, length=0)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5 if sheet.width > 8 else 3))
    if dates:
        axes.xaxis.set_major_formatter(lambda value, _: number(value, 6, apart=1e9))
    else:
        style.thousands(axes, "x")
    right = axes.secondary_yaxis("right")
    amounts = [_amount(row, dates=dates) for row in table.to_dict("records")]
    right.set_yticks(range(len(table)), amounts)
    right.tick_params(labelsize=sheet.letters, length=0)
    right.spines["right"].set_visible(False)


def _amount(row: dict[str, object], *, dates: bool) -> str:
    if row["kind"] != "instrument":
        if row["never"]:
            return "never"
        value = float(str(row["start"]))
        return number(value, 6, apart=1e9) if dates else three_digits(value)
    part = float(str(row["part"])) * (_MONTHS if dates else 1.0)
    shown = round(part, 1) if dates else part
    return f"{'+' if shown > 0 else ''}{three_digits(shown)}"
