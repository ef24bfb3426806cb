"""Settings in which pathways differ, one row each, elements of a variable together."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import xarray as xr

from buildout._util import names
from buildout._util.numbers import number
from buildout.report.blocks import Heading, Paragraph, ReportBlock, Text, table_of
from buildout.report.citations import cited

NEVER = 2100.0  # dates that the model takes for "never"


def settings_section(ds: xr.Dataset, sources: Mapping[str, Mapping[str, str]]) -> list[ReportBlock]:
    """What the pathways set differently, then what they set alike.

    Parameters
    ----------
    ds : Dataset
        From `simulate`, whose attributes hold the settings.
    sources : dict
        From `read_sources`.
    """
    paths = [str(path) for path in ds["pathway"].values]
    settings = json.loads(ds.attrs["settings"])
    apart: list[dict[str, Any]] = []
    alike: list[dict[str, Any]] = []
    for row in _merged(_rows(settings, paths)):
        row["words"] = _elements(row["elements"], _members(ds, row["base"]))
        (apart if len(set(row["values"])) > 1 else alike).append(row)
    blocks: list[ReportBlock] = [Heading("Settings that differ between pathways")]
    if apart:
        blocks += [
            Paragraph(
                "A pathway is a setting of levers. Values in brackets are the model's own, where a "
                "pathway sets nothing."
            ),
            table_of(
                _quiet([_cells(row, paths, sources) for row in apart]),
                f"Settings that differ ({len(apart)})",
                folded=True,
            ),
        ]
    else:
        blocks.append(Paragraph("There are none: all pathways shown set the same."))
    if alike:
        shared = _quiet([_cells(row, paths[:1], sources) for row in alike])
        fold = f"Settings that all pathways shown share ({len(shared)})"
        named = [{("value" if k == paths[0] else k): v for k, v in row.items()} for row in shared]
        blocks.append(table_of(named, fold, folded=True))
    return blocks


def _rows(settings: Mapping[str, Mapping[str, Any]], paths: Sequence[str]) -> list[dict[str, Any]]:
    chosen = dict.fromkeys(name for path in paths for name in settings.get(path, {}))
    rows = []
    for name in chosen:
        by_path = {p: settings[p][name] for p in paths if name in settings.get(p, {})}
        first = next(iter(by_path.values()))
        base, elements = names.split(name)
        rows.append(
            {
                "base": base,
                "elements": [elements] if elements else [],
                "unit": first["unit"],
                "values": tuple(
                    by_path.get(p, first)["value" if p in by_path else "default"] for p in paths
                ),
                "set": tuple(p in by_path for p in paths),
                "default": first["default"],
                "source": "; ".join(
                    dict.fromkeys(r["source"] for r in by_path.values() if r["source"])
                ),
                "note": _notes(by_path),
            }
        )
    return rows


def _notes(by_path: Mapping[str, Mapping[str, Any]]) -> str:
    """Notes of the pathways; each names its pathway where they are not the same."""
    said = {path: row["note"].strip() for path, row in by_path.items() if row["note"].strip()}
    if len(set(said.values())) <= 1:
        return next(iter(said.values()), "")
    return "; ".join(f"{path}: {note}" for path, note in said.items())


def _merged(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of one variable with all the same but the element, as one row."""
    kept: dict[Any, dict[str, Any]] = {}
    for row in rows:
        same = tuple((k, v) for k, v in row.items() if k != "elements")
        if same in kept:
            kept[same]["elements"] = kept[same]["elements"] + row["elements"]
        else:
            kept[same] = dict(row)
    return list(kept.values())


def _cells(
    row: Mapping[str, Any], paths: Sequence[str], sources: Mapping[str, Mapping[str, str]]
) -> dict[str, Text]:
    cells: dict[str, Text] = {"setting": row["base"] + row["words"]}
    for path, value, chosen in zip(paths, row["values"], row["set"], strict=False):
        cells[path] = value_words(value) if chosen else f"({value_words(value)})"
    return cells | {
        "unit": unit_words(row["unit"]),
        "source": cited(row["source"], sources),
        "note": row["note"],
    }


def _quiet(rows: list[dict[str, Text]]) -> list[dict[str, Text]]:
    """Rows whose source and note are not said again where they are those of the row above."""
    above: tuple[Text, Text] = ("", "")
    for row in rows:
        said = (row["source"], row["note"])
        if said == above and row["note"]:
            row["note"] = "as above"
        above = said
    return rows


def _members(ds: xr.Dataset, name: str) -> int:
    """How many elements a variable has; 0 where the Dataset does not say."""
    key = names.key(name)
    return ds[key].isel(pathway=0).size if key in ds else 0


def _elements(elements: Sequence[tuple[str, ...]], members: int) -> str:
    """Elements in words, those of one first element together.

    Examples
    --------
    >>> _elements([("US", "mining"), ("US", "metal")], 14)
    ' [US: mining, metal]'
    """
    if not elements:
        return ""
    if len(elements) == members:
        return " [all]"
    if len(elements[0]) == 1:
        return f" [{', '.join(element for (element,) in elements)}]"
    by_first: dict[str, list[str]] = {}
    for first, *rest in elements:
        by_first.setdefault(first, []).append(" ".join(rest))
    return " [" + "; ".join(f"{k}: {', '.join(v)}" for k, v in by_first.items()) + "]"


def unit_words(unit: str) -> str:
    """A unit as people read it; a share or an index has none.

    Examples
    --------
    >>> unit_words("MUSD/Year"), unit_words("Dmnl")
    ('MUSD/Year', '')
    """
    return "" if unit == "Dmnl" else unit


def value_words(value: float) -> str:
    """A setting as people write it.

    Examples
    --------
    >>> value_words(500000.0), value_words(0.25), value_words(2026.875), value_words(2100.0)
    ('500,000', '0.25', '2026.875', 'never')
    """
    return "never" if value == NEVER else number(value, 8, apart=10_000)
