"""Every number that was fitted, each from rows that may be fitted on: `calibration/fit.json`.

The file is rebuilt by `buildout generate fit` and tested fresh.
"""

from collections.abc import Mapping
from dataclasses import asdict, replace

import numpy as np
import xarray as xr

from buildout._util import tables
from buildout.calibration.curves import (
    Fit,
    fit_growth,
    fit_ramp,
    fit_ramp_and_output,
    fit_relaxation,
)
from buildout.calibration.reference_class import (
    ReferenceProject,
    fit_reference_class,
    read_reference_class,
)
from buildout.inputs import observations

# First product: Lynas 27 February 2013 (Asia Miner, March 2013, S47). MP reports first NdPr in
# the third quarter of 2023; the middle of it is as near as the quarterly report allows.
LYNAS = {"first_product": 2013.156, "nameplate": 22_000.0}
MOUNTAIN_PASS = {"first_product": 2023.6, "nameplate": 6_075.0}
RESTART = 2018.0  # Mountain Pass mines again from January 2018.
# The restarted mine by years: USGS to 2020 (revised figures of 2021), then the owner's reports.
MINED = (
    ("us_ree_mine_production_t", "mcs2021", 2018.0, 2021.01),
    ("mp_reo_production_t", "mp_fy2021_st", 2021.0, 2022.01),
    ("mp_reo_production_t", "mp_fy2022", 2022.0, 2023.01),
    ("mp_reo_production_t", "mp_fy2023", 2023.0, 2024.01),
)


def fit_all(
    ds: xr.Dataset | None = None, projects: tuple[ReferenceProject, ...] | None = None
) -> dict[str, Fit]:
    """Every fit of the project, from rows that may be fitted on.

    Parameters
    ----------
    ds : Dataset, optional
        From `observations.load_observations`; loaded when absent.
    projects : tuple of ReferenceProject, optional
        From `read_reference_class`, which is asked when absent.

    Returns
    -------
    dict of str to Fit
        By what is fitted.
    """
    ds = observations.load_observations() if ds is None else ds
    curves = _separation(ds) | _mining(ds) | _market(ds)
    projects = read_reference_class() if projects is None else projects
    fits = {name: replace(fit, data=_told(used)) for name, (fit, used) in curves.items()}
    return fits | fit_reference_class(projects)


def _rows(
    ds: xr.Dataset, series: str, first: float, last: float, longest: float = np.inf
) -> xr.Dataset:
    observed = observations.select_observations(ds, series=series, use="fit", longest=longest)
    return observed.isel(row=np.flatnonzero((observed.start >= first) & (observed.end <= last)))


def _years(ds: xr.Dataset, *where: np.ndarray) -> xr.Dataset:
    """Rows over a whole year, and no quarters."""
    keep = (ds.end - ds.start).values > 0.9
    for more in where:
        keep &= more
    return ds.isel(row=np.flatnonzero(keep))


def _separation(ds: xr.Dataset) -> dict[str, tuple[Fit, xr.Dataset]]:
    lynas = _rows(ds, "lynas_reo_production_t", 2013.4, 2016.6)
    quarters = _rows(ds, "mp_ndpr_oxide_production_t", 2023.4, 2024.0, longest=0.3)
    year = _years(_rows(ds, "mp_ndpr_oxide_production_t", 2024.0, 2025.0))
    mp = xr.concat([quarters, year], dim="row")
    return {
        "separation ramp time (Lynas FY14-FY16)": (_ramp(lynas, LYNAS), lynas),
        "separation ramp time (Mountain Pass 2023-2024)": (_ramp(mp, MOUNTAIN_PASS), mp),
    }


def _ramp(ds: xr.Dataset, plant: dict[str, float]) -> Fit:
    return fit_ramp(ds.start.values, ds.end.values, ds.value.values, **plant)


def _mining(ds: xr.Dataset) -> dict[str, tuple[Fit, xr.Dataset]]:
    parts = []
    for series, source, first, last in MINED:
        rows = _rows(ds, series, first, last)
        parts.append(_years(rows, (rows.source_id == source).values))
    mined = xr.concat(parts, dim="row")
    time, full = fit_ramp_and_output(
        mined.start.values, mined.end.values, mined.value.values, first_product=RESTART
    )
    return {
        "mining ramp time (US ore 2018-2023)": (time, mined),
        "mining output at full feed (US ore 2018-2023)": (full, mined),
    }


def _market(ds: xr.Dataset) -> dict[str, tuple[Fit, xr.Dataset]]:
    sintered = _rows(ds, "china_ndfeb_sintered_production_t", 2001.0, 2011.0)
    sintered = sintered.isel(row=np.flatnonzero(sintered.source_id == "ccr_2011"))
    fits = {
        "fastest sustained growth (Chinese sintered NdFeB 2001-2010)": (
            fit_growth(sintered.time.values, sintered.value.values),
            sintered,
        )
    }
    for element in ("nd", "dy", "tb"):
        bust = _rows(ds, f"price_{element}_oxide", 2011.9, 2016.01, longest=0.01)
        fits[f"price relaxation time ({element.capitalize()} oxide 2011-2015)"] = (
            fit_relaxation(bust.time.values, bust.value.values),
            bust,
        )
    return fits


def _told(ds: xr.Dataset) -> tuple[str, ...]:
    return tuple(
        f"{row.series.item()} {row.start.item():.2f}-{row.end.item():.2f}: "
        f"{row.value.item():g} {row.unit.item()} [{row.source_id.item()}]"
        for row in (ds.isel(row=i) for i in range(ds.sizes["row"]))
    )


def fit_text(fits: Mapping[str, Fit] | None = None) -> str:
    """The text of calibration/fit.json, in six digits so that no machine changes it.

    Parameters
    ----------
    fits : mapping of str to Fit, optional
        From `fit_all`, which is asked when absent.
    """
    plain = {name: asdict(fit) for name, fit in (fits or fit_all()).items()}
    for entry in plain.values():
        for key in ("value", "low", "high", "rmse"):
            if entry[key] is not None:
                entry[key] = float(f"{entry[key]:.6g}")
    return tables.to_json(plain)
