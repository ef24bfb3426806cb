"""Which uncertainties decide, which matter and which could be held: each moved alone."""

from collections import Counter
from typing import TypedDict

import numpy as np
import xarray as xr

from buildout._util import names
from buildout.inputs.calibrated import TableRules, read_calibrated
from buildout.inputs.model import Model, given_model
from buildout.inputs.pathway import CANONICAL
from buildout.inputs.places import calibration_folder
from buildout.outcomes.headlines import COVERAGE
from buildout.sampling.design import one_at_a_time
from buildout.sweeps.reductions import At
from buildout.sweeps.run import sweep
from buildout.vensim.arrays import Floats

#: Of the variance of a headline outcome: from these shares on a number decides, or matters.
DECIDES, MATTERS = 0.1, 0.01
#: What is below both.
FIXED = "fixed"
DATES = (2027.0, 2030.0, 2035.0)
COVERAGE_KEY = names.key(COVERAGE)
MAGNETS, UNMET = "us_magnet_output_total", "unmet_civil_demand_total"
HEADLINES = (COVERAGE_KEY, MAGNETS, UNMET)
# Below these a percentage of an outcome means nothing.
NEXT_TO_NOTHING = 1e-3
UNBOUNDED = ("name", "why")
RULES = TableRules(
    "the table of numbers that nothing bounds", UNBOUNDED, key=("name",), named=UNBOUNDED
)


class ShortListRow(TypedDict):
    """One uncertainty with its elements; see `short_list`."""

    uncertainty: str
    elements: int
    weight: str
    share: float
    outcome: str


class BothEndsRow(TypedDict):
    """One number that nothing bounds, at one end of its range; see `at_both_ends`."""

    number: str
    value: float
    pathway: str
    heavy_2027: float
    smco_2027: float
    magnets_2035: float
    unmet_2030: float
    why: str


def short_list(model: Model | None = None) -> list[ShortListRow]:
    """Every uncertainty by the largest share that it has in a headline outcome.

    Each goes alone to its low and its high end, element by element, in the canonical pathways. Its
    share is its squared swing over the sum of those of all; elements are added up. Headline
    outcomes are coverage by class, US magnet output and unmet civil demand in 2027, 2030 and 2035.
    What acts in drawn worlds only (hazards, luck) shows nothing here and counts as fixed.

    Parameters
    ----------
    model : Model, optional
        Default: the one that comes with buildout.

    Returns
    -------
    list of dict
        The largest share first: `weight` is "decides" from a tenth of the variance of some
        outcome on, "matters" from a hundredth on, else "fixed": it alone could be held at
        its default and no headline outcome would show it. Together these move medians and narrow
        bands, so they are drawn all the same.

    Examples
    --------
    >>> rows = short_list()
    >>> rows[0]["weight"]
    'decides'
    """
    model = given_model(model)
    labels, shares, outcomes = shares_of_each(model)
    of_each: dict[str, Floats] = {}
    for label, row in zip(labels, shares, strict=True):
        base = names.split(label)[0]
        of_each[base] = of_each.get(base, np.zeros_like(row)) + row
    count = Counter(names.split(label)[0] for label in labels)
    rows = [
        ShortListRow(
            uncertainty=base,
            elements=count[base],
            weight=weight_of(float(row.max())),
            share=float(row.max()),
            outcome=outcomes[int(row.argmax())],
        )
        for base, row in of_each.items()
    ]
    return sorted(rows, key=lambda row: (-row["share"], row["uncertainty"]))


def at_both_ends(model: Model | None = None) -> list[BothEndsRow]:
    """What the numbers that no data bound do at the ends of their ranges, each alone.

    `calibration/unbounded.csv` names them and says why nothing bounds them.

    Parameters
    ----------
    model : Model, optional
        Default: the one that comes with buildout.

    Returns
    -------
    list of dict
        A row for each number, end and canonical pathway: coverage on 2027.0 of heavy NdFeB and
        SmCo (Dmnl), US magnet output of 2035 and unmet civil demand of 2030 (t/Year).

    Examples
    --------
    >>> len(at_both_ends()) == 2 * 3 * 8
    True
    """
    model = given_model(model)
    path = calibration_folder() / "unbounded.csv"
    known = read_calibrated(path, RULES)
    why = {row["name"]: row["why"] for _, row in known}
    ds = _moved(model, list(why))
    return [
        _ends_row(ds.sel(pathway=pathway).isel(draw=draw), number, why[number])
        for j, number in enumerate(why)
        for draw in (2 * j + 1, 2 * j + 2)
        for pathway in map(str, ds["pathway"].values)
    ]


def shares_of_each(model: Model) -> tuple[list[str], Floats, list[str]]:
    """Shares of the variance of headline outcomes, each number and element moved alone.

    Parameters
    ----------
    model : Model

    Returns
    -------
    labels : list of str
        The numbers.
    shares : array, (numbers, outcomes)
        Each column adds up to 1.
    outcomes : list of str
    """
    labels, swings, outcomes = _swings(model)
    return labels, swings**2 / np.sum(swings**2, axis=0), outcomes


def weight_of(share: float) -> str:
    """What a number of this share does: it decides, it matters, or it could be held."""
    return "decides" if share >= DECIDES else "matters" if share >= MATTERS else FIXED


def _moved(model: Model, vary: list[str] | None) -> xr.Dataset:
    """Headline outcomes with each number alone at its low and its high end, after draw 0."""
    wanted = {name: At(DATES) for name in HEADLINES}
    return sweep(one_at_a_time(vary, model=model), CANONICAL, outputs=wanted, model=model)


def _ends_row(ds: xr.Dataset, number: str, why: str) -> BothEndsRow:
    covered = ds[COVERAGE_KEY].sel(year=2027.0)
    return BothEndsRow(
        number=number,
        value=float(ds["drawn"].sel(parameter=number)),
        pathway=str(ds["pathway"].item()),
        heavy_2027=float(covered.sel(magnet_class="heavy NdFeB")),
        smco_2027=float(covered.sel(magnet_class="SmCo")),
        magnets_2035=float(ds[MAGNETS].sel(year=2035.0)),
        unmet_2030=float(ds[UNMET].sel(year=2030.0)),
        why=why,
    )


def _swings(model: Model) -> tuple[list[str], Floats, list[str]]:
    """Names, swing of each outcome relative to its value, and what the outcomes are called."""
    ds = _moved(model, None)
    columns, called = [], []
    for name in HEADLINES:
        dims = [d for d in ds[name].dims if d != "draw"]
        flat = ds[name].stack(place=dims).transpose("draw", "place")
        columns.append(flat.values)
        spelled = model.variable(name).name
        called += [f"{spelled}, {_place_words(place)}" for place in flat["place"].values]
    values = np.concatenate(columns, axis=1)
    base, swings = np.abs(values[0]), np.abs(values[2::2] - values[1::2])
    measured = np.isfinite(values).all(axis=0) & (base > NEXT_TO_NOTHING) & (swings.sum(axis=0) > 0)
    relative = swings[:, measured] / base[measured]
    kept_names = [name for name, keep in zip(called, measured, strict=True) if keep]
    return [str(name) for name in ds["parameter"].values], relative, kept_names


def _place_words(place: tuple[str | float, ...]) -> str:
    return ", ".join(f"{part:g}" if isinstance(part, float) else str(part) for part in place)
