"""What US defense needs in magnets: programmes summed, checked by trade, beside what others say.

Nobody has published the need. The table of programmes gives the units of each and the magnets in
one, nearly all as ranges of judgement, and there is more than one honest way to read a range. So
the need is drawn in several named settings, shown beside each other, and `combined` pools those
that carry their full width and follow the table.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import xarray as xr

from buildout._util.reading import read_whole
from buildout.analysis.need_draws import (
    KG_PER_T,
    NEED_SETTINGS,
    NEED_YEARS,
    Floats,
    NeedDraws,
    draw_need,
)
from buildout.inputs.defense_need import (
    BASES,
    DEFENSE_GROUPS,
    FIRST_YEAR,
    LAST_YEAR,
    MAGNET_CLASSES,
    DefenseProgramme,
    read_defense_programmes,
)
from buildout.inputs.defense_need_factors import (
    ALL_CLASSES,
    NDFEB,
    TopDownFigure,
    read_need_factors,
    read_top_down,
)
from buildout.simulation.display import Results

LEAST_DRAWS, MOST_DRAWS = 100, 100_000
QUANTILES = (0.05, 0.5, 0.95)
FIRMNESS_OF = ("kg of magnets in a unit", "units a year")
_CLASSES = (ALL_CLASSES, *MAGNET_CLASSES)
_BY_CLASS = ("year", "magnet_class", "quantile")


def need(table: str | Path | None = None, *, draws: int = 20_000, seed: int = 7) -> xr.Dataset:
    """What US defense needs in finished magnets in 2025 to 2028, drawn in every setting.

    Parameters
    ----------
    table : path, optional
        Programmes of your own in place of calibration/defense_need.csv: a CSV file with its
        columns. The trade check does not follow it, so `combined` then leaves that out.
    draws : int
        From 100 to 100,000.
    seed : int
        The same seed and table give the same numbers; a row added at the end of the table leaves
        the draws of the others as they are.

    Returns
    -------
    Dataset
        By `setting`, `year` and, where it says so, `quantile` (5, 50 and 95% of the draws):

        - `need` (t/yr) by `magnet_class`, `all` among them, and quantile;
        - `class_share`, the share of each class in all, likewise;
        - `usual_need` (t/yr) by class: the median of all, split by the medians of the shares, as
          the model takes it; medians of classes do not add up to the median of their sum;
        - `after_exemption` (t/yr) by class and quantile: what is left when commercial goods (COTS)
          are exempt;
        - `group_need` (t/yr) by `group` of programmes and quantile;
        - `block_need` (t/yr) by quantile: block or alloy bought for it;
        - `commercial_goods` (t/yr) by quantile: bought beside the weapons, outside the need;
        - `share_above_low`, `share_above_high`: draws above each `figure` of others, whose own
          numbers are `figure_low`, `figure_high` (t/yr) and `figure_year`, and whose scope is
          told by `figure_counted`, `figure_scope` and `figure_sources`;
        - `listed` (t/yr): the table with every cell at its mode, without spares, in 2025 to 2028;
        - `firmness`: shares of those tonnes in 2025 whose `cell` is sourced, derived or judged
          (`basis`).

    Raises
    ------
    InputError
        When the table is wrong, each problem with its line and column; for other numbers of draws.

    Examples
    --------
    >>> import buildout as bo
    >>> usual = bo.need(draws=1000)["usual_need"].sel(setting="combined", year=2025)
    >>> 300 < float(usual.sel(magnet_class="all")) < 400
    True
    """
    draws = read_whole(str(draws), what="The number of draws", least=LEAST_DRAWS, most=MOST_DRAWS)
    seed = read_whole(str(seed), what="The seed", least=0)
    programmes, figures = read_defense_programmes(table), read_top_down()
    drawn = draw_need(programmes, read_need_factors(), draws, seed, of_ours=table is None)
    settings = [_in_setting(drawn, name, figures) for name in NEED_SETTINGS]
    ds = xr.concat(settings, "setting").assign(
        listed=("year", _listed(programmes).sum(axis=0)),
        firmness=(("cell", "basis"), _firmness(programmes)),
        commercial_goods=("quantile", _quantiles(drawn.factors["COTS goods beside weapons"])),
    )
    for key, values in _columns(figures).items():
        ds[f"figure_{key}"] = ("figure", values)
    tonnes = ("need", "group_need", "usual_need", "after_exemption", "block_need")
    for name in (*tonnes, "listed", "commercial_goods", "figure_low", "figure_high"):
        ds[name].attrs["units"] = "t/yr"
    ds.attrs.update(draws=draws, seed=seed, table=Path(table).name if table else "")
    return ds.assign_coords(
        setting=list(NEED_SETTINGS),
        year=list(NEED_YEARS),
        magnet_class=list(_CLASSES),
        group=list(DEFENSE_GROUPS),
        quantile=list(QUANTILES),
        figure=[figure.name for figure in figures],
        cell=list(FIRMNESS_OF),
        basis=list(BASES.values()),
    )


def _in_setting(drawn: NeedDraws, name: str, figures: Sequence[TopDownFigure]) -> xr.Dataset:
    """What the draws of one setting come to."""
    tonnes = drawn.in_setting(name)
    by_class = _with_all(tonnes)
    shares = by_class / by_class[:, :1]
    medians = np.median(shares[:, 1:], axis=-1)
    split = np.insert(medians / medians.sum(axis=1, keepdims=True), 0, 1, axis=1)
    above = np.array([_share_above(by_class, figure) for figure in figures])
    by_group = tonnes.sum(axis=1).swapaxes(0, 1)
    left = _with_all(tonnes * (1 - drawn.exempt()))
    return Results(
        {
            "need": (_BY_CLASS, _quantiles(by_class)),
            "class_share": (_BY_CLASS, _quantiles(shares)),
            "usual_need": (_BY_CLASS[:2], np.median(by_class[:, :1], axis=-1) * split),
            "after_exemption": (_BY_CLASS, _quantiles(left)),
            "group_need": (("year", "group", "quantile"), _quantiles(by_group)),
            "block_need": (("year", "quantile"), _quantiles(drawn.blocks(tonnes))),
            "share_above_low": (("figure", "year"), above[:, 0]),
            "share_above_high": (("figure", "year"), above[:, 1]),
        }
    )


def _with_all(tonnes: Floats) -> Floats:
    """By year, class with the sum of all before them, and draw, from group, class, year, draw."""
    by_class = tonnes.sum(axis=0).swapaxes(0, 1)
    return np.concatenate([by_class.sum(axis=1, keepdims=True), by_class], axis=1)


def _quantiles(values: Floats) -> Floats:
    return np.moveaxis(np.quantile(values, QUANTILES, axis=-1), 0, -1)


def _share_above(by_class: Floats, figure: TopDownFigure) -> list[Floats]:
    """Shares of draws above both ends of a figure, of the magnets that it counts: (2, year)."""
    names = MAGNET_CLASSES[:2] if figure.counted == NDFEB else (figure.counted,)
    counted = by_class[:, [_CLASSES.index(name) for name in names]].sum(axis=1)
    return [(counted > end).mean(axis=-1) for end in (figure.low, figure.high)]


def _listed(programmes: Sequence[DefenseProgramme]) -> Floats:
    """The table at its modes, as delivered: (programme, year), t/yr."""
    ramp = (np.array(NEED_YEARS) - FIRST_YEAR) / (LAST_YEAR - FIRST_YEAR)
    rows = [
        row.kg.mode * row.units.mode * (row.units_later.mode / row.units.mode) ** ramp / KG_PER_T
        for row in programmes
    ]
    return np.array(rows)


def _firmness(programmes: Sequence[DefenseProgramme]) -> Floats:
    tonnes = _listed(programmes)[:, 0]
    bases = np.array([[row.basis_of_kg, row.basis_of_units] for row in programmes])
    sums = [[tonnes[cell == basis].sum() for basis in BASES.values()] for cell in bases.T]
    shares: Floats = np.array(sums) / tonnes.sum()
    return shares


def _columns(figures: Sequence[TopDownFigure]) -> dict[str, list[float] | list[int] | list[str]]:
    return {
        "low": [figure.low for figure in figures],
        "high": [figure.high for figure in figures],
        "year": [figure.year for figure in figures],
        "counted": [figure.counted for figure in figures],
        "scope": [figure.scope for figure in figures],
        "sources": [figure.sources for figure in figures],
    }
