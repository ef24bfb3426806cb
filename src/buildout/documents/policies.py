"""Policies as a book: verdict with odds, side by side, settings, values by year, what they mean."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from buildout._util import names
from buildout._util.numbers import three_digits
from buildout.analysis.compare_rows import compare_answer
from buildout.documents.book import (
    NUMBER,
    Book,
    BookChart,
    BookPicture,
    BookTable,
    Column,
    Curve,
    Row,
)
from buildout.documents.columns import columns_of
from buildout.documents.iamc import whole_years
from buildout.documents.side_by_side import differences_shown, settings_shown, verdict_shown
from buildout.documents.told import notes_of
from buildout.figures.deadline_card import deadline_card
from buildout.figures.differences import differences
from buildout.figures.looks import looks_of
from buildout.figures.magnet_output import magnet_output
from buildout.figures.money import money
from buildout.figures.painting import render
from buildout.figures.style import source_line
from buildout.inputs.model import Model
from buildout.inputs.sources import read_sources
from buildout.outcomes.chances import has_odds
from buildout.outcomes.verdict_words import with_chances

#: Variables that are drawn as curves, and what they are called.
CURVES = {
    "US magnet output total": "US magnet output",
    "unmet civil demand total": "Unmet civil demand for magnets",
    "defense shortfall total": "Defense need that is not met",
    "public money spent": "Public money spent since 2025",
    "private capital committed so far": "Private capital committed since 2025",
    "jobs in total": "Jobs in US plants",
    "vulnerability": "Share of demand lost in a cut of 12 months",
}
UNITS = {
    "t/Year": "t/yr",
    "MUSD": "million USD",
    "person": "people",
    "Dmnl": "share",
    "t/(Year*Year)": "t/yr per year",
    "MUSD/Year": "million USD/yr",
}
#: The year that the title of a curve speaks of, but for what is over by then.
SAID_YEAR, SAID_YEARS = 2035, {"defense shortfall total": 2027}
_RUNS = "Values of single runs, at the beginning of the year; rates are those of that day."


@dataclass(frozen=True)
class Policies:
    """Runs of policies and what was read from them, as the commands themselves read it.

    Attributes
    ----------
    ds : Dataset
        From `simulate`.
    verdict, indicators, stages : sequence of mapping
        Rows with odds.
    compared : Dataset or None
        From `compare`, for two pathways or more.
    drawn : str
        Of which draws the odds are.
    model : Model
    """

    ds: xr.Dataset
    verdict: Sequence[Row]
    indicators: Sequence[Row]
    stages: Sequence[Row]
    compared: xr.Dataset | None
    drawn: str
    model: Model


def policies_book(policies: Policies, *, date: str = "", pictures: bool = True) -> Book:
    """All that is handed on of some policies.

    Parameters
    ----------
    policies : Policies
    date : str
        For the notes; none by default, so that the same inputs give the same bytes.
    pictures : bool
        Whether to draw them.
    """
    ds = policies.ds
    titles = [look.label for look in looks_of(ds).values()]
    answer = None if policies.compared is None else compare_answer(policies.compared)
    return Book(
        title=_title(titles),
        findings=_findings(policies, answer),
        notes=notes_of(ds, policies.drawn, policies.model, date),
        sheets=_sheets(policies, answer),
        shown=_shown(policies, answer),
        charts=[
            _curve(ds, name, label, policies.indicators)
            for name, label in CURVES.items()
            if names.key(name) in ds
        ],
        pictures=_pictures(policies) if pictures else (),
        source=source_line(ds.attrs, policies.drawn or "single runs"),
    )


def _title(labels: Sequence[str]) -> str:
    *first, last = labels
    listed = f"{', '.join(first)} and {last}, side by side" if first else f"{last}: the numbers"
    return listed[:1].upper() + listed[1:]


def _findings(policies: Policies, answer: Mapping[str, Any] | None) -> list[str]:
    end = float(policies.ds["time"].max())
    kinds = dict.fromkeys(row["magnet_class"] for row in policies.verdict)
    by_class = [[r for r in policies.verdict if r["magnet_class"] == kind] for kind in kinds]
    said = [with_chances(rows, end) for rows in by_class if has_odds(rows)]
    if answer is None:
        return said
    if answer["sentence"]:
        return [answer["sentence"].replace("`", ""), *said]
    return [
        *said,
        f"{len({(r['outcome'], r['year']) for r in answer['outcomes']})} of "
        f"{answer['outcomes_compared']} outcomes differ from {answer['base']}; "
        f"{len(answer['settings'])} settings do.",
    ]


def _sheets(policies: Policies, answer: Mapping[str, Any] | None) -> list[BookTable]:
    ds = policies.ds
    sheets = [
        _sheet("Verdict", "The verdict of 1 January 2027, with its odds", policies.verdict),
    ]
    if answer is not None:
        apart = f"Single runs against {answer['base']}; bands of paired differences in "
        apart += f"{answer['drawn']}. Empty: never."
        sheets += [
            _sheet("Outcomes", "Outcomes that differ", answer["outcomes"], apart),
            _sheet("Settings", "What is set differently", answer["settings"]),
        ]
    else:
        sheets.append(_sheet("Settings", "What the pathway sets", _settings(ds)))
    sheets += [
        _sheet("Indicators", "Key figures", policies.indicators),
        _sheet("Stages", "Each stage of the chain", policies.stages),
        _by_year("Curves by year", "What the charts show", ds, list(CURVES)),
        _by_year("Stocks by year", "All stocks of the model", ds, _stocks(ds)),
        _sheet("Variables", "Variables of the sheets by year", _meanings(ds), "From the model."),
        _sheet("Constants", "Constants: ranges and sources", _constants(policies.model)),
        _sheet("Sources", "Sources", list(read_sources().values())),
    ]
    return [sheet for sheet in sheets if sheet.rows]


def _sheet(name: str, title: str, rows: Sequence[Row], note: str = "") -> BookTable:
    return BookTable(name, title, columns_of(rows), rows, note)


def _settings(ds: xr.Dataset) -> list[dict[str, Any]]:
    return [
        {"pathway": path, "setting": name, **{k: v for k, v in row.items() if k != "origin"}}
        for path, rows in json.loads(ds.attrs["settings"]).items()
        for name, row in rows.items()
    ]


def _stocks(ds: xr.Dataset) -> list[str]:
    return [str(key) for key in ds.data_vars if ds.variables[key].attrs.get("kind") == "stock"]


def _by_year(name: str, title: str, ds: xr.Dataset, keys: Sequence[str]) -> BookTable:
    """Values at the beginning of each year, a row for each pathway and element."""
    years = whole_years(ds)
    wanted = [key for key in map(names.key, keys) if key in ds]
    at = ds[wanted].sel(time=[float(year) for year in years])
    rows = []
    for key in wanted:
        array = at[key]
        dims = [str(dim) for dim in array.dims if dim not in ("pathway", "time")]
        for index in np.ndindex(*(array.sizes[dim] for dim in dims)):
            where = dict(zip(dims, index, strict=True))
            elements = ",".join(str(array[dim].values[i]) for dim, i in where.items())
            called = array.attrs["vensim_name"] + (f"[{elements}]" if dims else "")
            series = array.isel(where).transpose("pathway", "time").values.tolist()
            unit = UNITS.get(array.attrs["units"], array.attrs["units"])
            for path, values in zip(ds["pathway"].values, series, strict=True):
                own = dict(zip(map(str, years), values, strict=True))
                if any(value == value for value in values):
                    rows.append({"pathway": str(path), "variable": called, "unit": unit, **own})
    heads = (Column("pathway", "pathway"), Column("variable", "variable"), Column("unit", "unit"))
    columns = (*heads, *(Column(str(year), str(year), NUMBER) for year in years))
    return BookTable(name, title, columns, rows, _RUNS)


def _meanings(ds: xr.Dataset) -> list[dict[str, Any]]:
    keys = dict.fromkeys([*map(names.key, CURVES), *_stocks(ds)])
    return [
        {
            "variable": attrs["vensim_name"],
            "unit": UNITS.get(attrs["units"], attrs["units"]),
            "kind": attrs["kind"],
            "meaning": attrs["long_name"],
            "equation": attrs["equation"],
        }
        for attrs in (ds.variables[key].attrs for key in keys if key in ds)
    ]


def _constants(model: Model) -> list[dict[str, Any]]:
    rows = {id(p): p for p in model.parameters.values()}
    return [
        {
            "variable": row.name,
            "unit": UNITS.get(row.unit, row.unit),
            "default": row.default,
            "low": row.low,
            "high": row.high,
            "kind": row.kind,
            "grade": row.grade,
            "source": "; ".join(row.sources) or "judgement",
            "rationale": row.rationale,
        }
        for row in rows.values()
    ]


def _shown(policies: Policies, answer: Mapping[str, Any] | None) -> list[BookTable]:
    end = float(policies.ds["time"].max())
    shown = [verdict_shown(policies.verdict, end)] if policies.verdict else []
    if answer is not None:
        shown += [*differences_shown(answer), *settings_shown(answer)]
    return [sheet for sheet in shown if sheet.rows]


def _curve(ds: xr.Dataset, name: str, label: str, indicators: Sequence[Row]) -> BookChart:
    years = whole_years(ds)
    array = ds[names.key(name)].sel(time=[float(year) for year in years])
    share = array.attrs["units"] == "Dmnl"
    unit = "percent" if share else UNITS.get(array.attrs["units"], array.attrs["units"])
    looks = looks_of(ds)
    lines = [
        Curve(
            look.label,
            look.color,
            ((100 if share else 1) * array.sel(pathway=path)).values.tolist(),
        )
        for path, look in looks.items()
    ]
    wanted = SAID_YEARS.get(name, SAID_YEAR)
    year = wanted if wanted in years else years[-1]
    values = {line.label: line.values[years.index(year)] for line in lines}
    banded = {
        looks[row["pathway"]].label: f"{three_digits(row['p05'])} to {three_digits(row['p95'])}"
        for row in indicators
        if (row["outcome"], row["year"]) == (label, year) and row["p05"] is not None
    }
    bands = ", ".join(f"{who} {band}" for who, band in banded.items())
    return BookChart(
        title=f"{label} in {year}: {_by_owner(values, unit)}",
        subtitle=f"{label}, {unit}; single runs at expected dates"
        + (f"; 5-95% of draws in {year}: {bands}" if bands else ""),
        unit=unit,
        years=years,
        lines=lines,
        note=f"{array.attrs['vensim_name']}: {array.attrs['long_name']} {_RUNS}",
    )


def _by_owner(values: Mapping[str, float], unit: str) -> str:
    """Values with the unit once, and with their owners where they differ."""
    words = {who: three_digits(value) for who, value in values.items()}
    first = next(iter(words.values()))
    if len(set(words.values())) == 1:
        return f"{first} {unit}" + (" in every pathway" if len(words) > 1 else "")
    return ", ".join(
        f"{value}{f' {unit}' if place == 0 else ''} under {who}"
        for place, (who, value) in enumerate(words.items())
    )


def _pictures(policies: Policies) -> list[BookPicture]:
    """What no chart of an office program can show: bands, panels, a scale that breaks."""
    drawn = []
    if policies.verdict:
        drawn.append(deadline_card(policies.ds))
    drawn += [magnet_output(policies.ds), money(policies.ds)]
    if policies.compared is not None and bool((policies.compared["differs"] > 0).any()):
        drawn.append(differences(policies.compared))
    return [
        BookPicture(title, render(figure), note)
        for figure in drawn
        for title, _, note in [str(figure.get_label()).partition(". ")]
    ]
