"""The need as rows: for tables on screen, for CSV and for JSON. The keys of JSON are stable."""

from collections.abc import Iterator
from typing import Any

import xarray as xr

from buildout._util.names import unknown
from buildout.inputs.defense_need import MAGNET_CLASSES

DEFAULT_NEED_SETTING = "combined"
_COLUMNS = ("p05", "p50", "p95")
# What the CSV holds: quantity by the dimension that tells its items apart, and unit.
_QUANTITIES = {
    "need": ("magnet_class", "t/yr"),
    "class_share": ("magnet_class", "1"),
    "after_exemption": ("magnet_class", "t/yr"),
    "group_need": ("group", "t/yr"),
    "block_need": ("", "t/yr"),
}
Row = dict[str, Any]


def chosen_need(ds: xr.Dataset, setting: str, year: int) -> xr.Dataset:
    """One setting and year of what `need` gives.

    Raises
    ------
    UnknownNameError
        For a setting that does not exist; the nearest are given.
    """
    names = [str(name) for name in ds["setting"].values]
    if setting not in names:
        raise unknown("setting", setting, names)
    return ds.sel(setting=setting, year=year)


def need_answer(ds: xr.Dataset, *, setting: str, year: int) -> Row:
    """All that one setting says of one year, for JSON.

    Parameters
    ----------
    ds : Dataset
        From `need`.
    setting : str
    year : int

    Returns
    -------
    dict
        `settings` has the sum in every setting; the other lists are of the setting asked for.
    """
    here = chosen_need(ds, setting, year)
    return {
        "year": year,
        "setting": setting,
        "draws": ds.attrs["draws"],
        "seed": ds.attrs["seed"],
        "table": ds.attrs["table"] or "defense_need.csv",
        "settings": setting_rows(ds, year),
        "classes": class_rows(here),
        "groups": group_rows(here),
        "block_need": _quantiles(here["block_need"]),
        "commercial_goods": _quantiles(here["commercial_goods"]),
        "top_down": top_down_rows(here),
        "firmness": firmness_rows(ds),
    }


def setting_rows(ds: xr.Dataset, year: int) -> list[Row]:
    """The need in every setting, and how it falls into the classes."""
    rows = []
    for name in ds["setting"].values:
        here = ds.sel(setting=name, year=year)
        shares = here["usual_need"] / here["usual_need"].sel(magnet_class="all")
        split = {f"share_{kind}": float(shares.sel(magnet_class=kind)) for kind in MAGNET_CLASSES}
        rows.append(
            {"setting": str(name), **_quantiles(here["need"].sel(magnet_class="all")), **split}
        )
    return rows


def class_rows(here: xr.Dataset) -> list[Row]:
    """The need by class; `usual` adds up, medians of classes do not."""
    rows = []
    for kind in here["magnet_class"].values:
        at = here.sel(magnet_class=kind)
        left = {f"after_exemption_{key}": v for key, v in _quantiles(at["after_exemption"]).items()}
        rows.append(
            {
                "magnet_class": str(kind),
                **_quantiles(at["need"]),
                "usual": float(at["usual_need"]),
                **{f"share_{key}": v for key, v in _quantiles(at["class_share"]).items()},
                **left,
            }
        )
    return rows


def group_rows(here: xr.Dataset) -> list[Row]:
    """The need by group of programmes, largest median first."""
    rows: list[Row] = [
        {"group": str(name), **_quantiles(here["group_need"].sel(group=name))}
        for name in here["group"].values
    ]
    return sorted(rows, key=lambda row: -row["p50"])


def top_down_rows(here: xr.Dataset) -> list[Row]:
    """What others say, with the share of draws above both ends of each figure."""
    return [
        {
            "figure": str(name),
            "low": float(at["figure_low"]),
            "high": float(at["figure_high"]),
            "of_year": int(at["figure_year"]),
            "counted": str(at["figure_counted"].values),
            "scope": str(at["figure_scope"].values),
            "share_of_draws_above_low": float(at["share_above_low"]),
            "share_of_draws_above_high": float(at["share_above_high"]),
            "source_id": str(at["figure_sources"].values),
        }
        for name in here["figure"].values
        for at in [here.sel(figure=name)]
    ]


def firmness_rows(ds: xr.Dataset) -> list[Row]:
    """Shares of the listed tonnes by what their kg, and their units, rest on."""
    return [
        {
            "of": str(cell),
            **{str(b): float(ds["firmness"].sel(cell=cell, basis=b)) for b in ds["basis"].values},
        }
        for cell in ds["cell"].values
    ]


def need_csv_rows(ds: xr.Dataset) -> list[Row]:
    """All settings and years as rows: setting, year, quantity, item, p05, p50, p95, unit."""
    return list(_csv_rows(ds))


def _csv_rows(ds: xr.Dataset) -> Iterator[Row]:
    for quantity, (dim, unit) in _QUANTITIES.items():
        for setting in ds["setting"].values:
            for year in ds["year"].values:
                here = ds[quantity].sel(setting=setting, year=year)
                for item in ds[dim].values.tolist() if dim else ["all"]:
                    yield {
                        "setting": str(setting),
                        "year": int(year),
                        "quantity": quantity,
                        "item": str(item),
                        **_quantiles(here.sel({dim: item}) if dim else here),
                        "unit": unit,
                    }


def _quantiles(values: xr.DataArray) -> dict[str, float]:
    return dict(zip(_COLUMNS, values.values.tolist(), strict=True))
