"""Which parameters the outcomes of a sweep depend on: by variance, by ranks, one at a time."""

import json
from collections.abc import Callable

import numpy as np
import xarray as xr
from scipy.stats import rankdata

from buildout._util.names import unknown
from buildout.errors import InputError, ResultsError
from buildout.inputs.parameters import LUCK
from buildout.sampling.draws import SALTELLI
from buildout.sweeps.assemble import PARAMETER_KIND
from buildout.vensim.arrays import Floats

# Of a correlation matrix of ranks: below this its smallest eigenvalue, or what it leaves
# unexplained, is rounding.
SINGULAR = 1e-10
ONE_AT_A_TIME = "one at a time"


def first_order(ds: xr.Dataset, outcome: str, *, classes: int | None = None) -> xr.DataArray:
    """Share of an outcome's variance that each parameter explains by itself.

    The first-order index of Sobol' (1993), from the draws of any sweep: draws are put into classes
    of one parameter, and the variance between the classes is compared with that of all draws
    (Plischke, Borgonovo & Smith 2013, Eur. J. Oper. Res. 226, sec. 4). What classes of that size
    show by chance is taken off (Kelley 1935), so an idle parameter scatters around zero (in a
    Sobol' design, which leaves less to chance, just below).

    Parameters
    ----------
    ds : Dataset
        From `sweep`, with its draws; those that broke down are left out.
    outcome : str
        A variable of it, such as "defense_coverage".
    classes : int, optional
        How many; by default the number of draws to the power 0.4. Too few blur what happens inside
        a class (a straight line loses one part in their square); too many leave little in each.

    Returns
    -------
    DataArray, (pathway, parameter, ...), Dmnl
        They sum to one when parameters act independently of each other, to less when they act
        together, or when luck is drawn, which is no parameter here. NaN where the outcome, or the
        parameter, does not vary.

    Raises
    ------
    UnknownNameError
        When the sweep has no such outcome.
    InputError
        For an outcome that is missing in some draws, such as a date that is not always reached.

    Examples
    --------
    >>> from buildout import latin_hypercube, sweep
    >>> draws = latin_hypercube(32, seed=1, vary="coord*")
    >>> ds = sweep(draws, "status-quo", outputs="coordination")
    >>> first_order(ds, "coordination_final").dims
    ('pathway', 'parameter')
    """

    def measure(drawn: Floats, values: Floats) -> Floats:
        if np.isnan(values).any():
            raise InputError(
                f"`{outcome}` is missing in some draws, so it has no variance.",
                cure="Use `rank_correlation`, which takes never as later than any date, or an "
                "outcome at a date.",
            )
        count = classes or max(int(len(values) ** 0.4), 2)
        return np.array([_explained(column, values, count) for column in drawn.T])

    result = _over_draws(ds, outcome, measure)
    return result.assign_attrs(
        long_name=f"share of the variance of {outcome} explained by each parameter", units="Dmnl"
    )


def rank_correlation(ds: xr.Dataset, outcome: str, *, partial: bool = True) -> xr.DataArray:
    """How surely an outcome rises (to 1) or falls (to -1) with each parameter.

    Parameters
    ----------
    ds : Dataset
        From `sweep`, with its draws; those that broke down are left out.
    outcome : str
        A variable of it. A date that is never reached counts as later than any other.
    partial : bool
        True: with the other parameters held, as far as ranks are additive (Iman & Conover 1979,
        Technometrics 21, sec. 3). False: Spearman's own.

    Returns
    -------
    DataArray, (pathway, parameter, ...), Dmnl
        NaN where the outcome, or the parameter, does not vary, and for partial correlations with
        no more draws than parameters. Luck is left out: it is chance, as noise is.

    Raises
    ------
    UnknownNameError
        When the sweep has no such outcome.

    Examples
    --------
    >>> from buildout import latin_hypercube, sweep
    >>> draws = latin_hypercube(32, seed=1, vary="coord*")
    >>> ds = sweep(draws, "status-quo", outputs="coordination")
    >>> rank_correlation(ds, "coordination_final").dims
    ('pathway', 'parameter')
    """

    def measure(drawn: Floats, values: Floats) -> Floats:
        never = np.where(np.isnan(values), np.inf, values)
        return rank_coefficients(drawn, never, partial)

    result = _over_draws(ds, outcome, measure)
    kind = "partial rank correlation" if partial else "rank correlation"
    return result.assign_attrs(long_name=f"{kind} of {outcome} with each parameter", units="Dmnl")


def tornado(ds: xr.Dataset, outcome: str) -> xr.DataArray:
    """What moving each parameter alone to its low and its high end does to an outcome.

    Parameters
    ----------
    ds : Dataset
        From `sweep(one_at_a_time(...))`.
    outcome : str
        A variable of it.

    Returns
    -------
    DataArray, (pathway, parameter, end, ...), in the unit of the outcome
        Changes against the pathway as it is, for end "low" and "high"; the parameter that moves
        the outcome most (in any pathway, at any date or element) comes first. NaN where the
        pathway settles the parameter (attribute `note`), a run broke down, or a date is never
        reached.

    Raises
    ------
    ResultsError
        When the sweep is of another design.

    Examples
    --------
    >>> from buildout import one_at_a_time, sweep
    >>> draws = one_at_a_time("coord*")
    >>> ds = sweep(draws, "status-quo", outputs="coordination")
    >>> tornado(ds, "coordination_final").dims
    ('pathway', 'parameter', 'end')
    """
    values = swept_outcome(ds, outcome).where(ds["status"] == 0).astype(float)
    require_design(ds, ONE_AT_A_TIME, "Sweep `one_at_a_time(...)`.")
    change = (values - values.isel(draw=0)).isel(draw=slice(1, None))
    ends = {"parameter": ds["parameter"].values, "end": ["low", "high"]}
    shape = (ds.sizes["parameter"], 2)
    data = change.transpose("draw", ...).values
    rest = [dim for dim in change.dims if dim != "draw"]
    swings = xr.DataArray(
        data.reshape(*shape, *data.shape[1:]),
        dims=[*ends, *rest],
        coords=ends | {dim: ds[dim] for dim in rest if dim in ds.coords},
    ).transpose("pathway", "parameter", "end", ...)
    settled = _settled_by_pathway(ds)
    swings = swings.where(~settled)
    others = [dim for dim in swings.dims if dim != "parameter"]
    order = np.argsort(-np.nan_to_num(abs(swings).max(others).values), kind="stable")
    attrs = ds[outcome].attrs | {"long_name": f"change of {outcome} against the pathway as it is"}
    if settled.any():
        attrs["note"] = "NaN where the pathway settles the parameter, which is then not moved"
    return swings.isel(parameter=order).assign_attrs(attrs)


def _settled_by_pathway(ds: xr.Dataset) -> xr.DataArray:
    """Whether a pathway settles a parameter altogether, (pathway, parameter)."""
    by_pathway = json.loads(ds.attrs.get("settled_by_pathway", "{}"))
    settled = [
        [name in by_pathway.get(path, ()) for name in ds["parameter"].values]
        for path in ds["pathway"].values
    ]
    dims = ("pathway", "parameter")
    return xr.DataArray(np.array(settled, bool), dims=dims, coords={d: ds[d].values for d in dims})


def require_design(ds: xr.Dataset, kind: str, cure: str) -> None:
    """Refuse the sweep of a design that a measure is not made for."""
    if ds.attrs.get("design") != kind:
        raise ResultsError(f"The sweep has the design `{ds.attrs.get('design')}`.", cure=cure)


def swept_outcome(ds: xr.Dataset, outcome: str) -> xr.DataArray:
    """A variable of a sweep over its draws; an error with the nearest names for another."""
    outcomes = [str(name) for name, v in ds.data_vars.items() if {"pathway", "draw"} <= {*v.dims}]
    if outcome not in outcomes:
        raise unknown("outcome", outcome, [name for name in outcomes if name != "status"])
    return ds[outcome]


def _over_draws(
    ds: xr.Dataset, outcome: str, measure: Callable[[Floats, Floats], Floats]
) -> xr.DataArray:
    """A measure of (draws, parameters) and (draws,) for each pathway, element and date."""
    values = swept_outcome(ds, outcome).transpose("pathway", "draw", ...)
    if ds.attrs.get("design") == ONE_AT_A_TIME:
        raise ResultsError(
            f"The sweep has the design `{ONE_AT_A_TIME}`, whose draws fill no box of ranges.",
            cure="Use `tornado`, or sweep `latin_hypercube(...)` or `sobol(...)`.",
        )
    if ds.attrs.get("design") == SALTELLI:
        raise ResultsError(
            f"The sweep has the design `{SALTELLI}`, whose draws are not independent.",
            cure="Use `total_order`, or sweep `latin_hypercube(...)` or `sobol(...)`.",
        )
    if "drawn" not in ds:
        raise ResultsError(
            "The results do not hold the values of the parameters.",
            cure="Sweep fewer draws, or vary fewer parameters.",
        )
    ds = _without_luck(ds)
    rest = values.dims[2:]
    shape = values.shape[2:]
    drawn = ds["drawn"].values
    measures = np.full((len(values), drawn.shape[1], *shape), np.nan)
    for p in range(len(values)):
        sound = ds["status"].values[p] == 0
        table = values.values[p][sound].astype(float)
        for place in np.ndindex(*shape):
            column = table[(slice(None), *place)]
            if len(column) > 1 and not (column == column[0]).all():
                measures[(p, slice(None), *place)] = measure(drawn[sound], column)
    coords = {dim: ds[dim] for dim in ("pathway", "parameter", *rest) if dim in ds.coords}
    return xr.DataArray(measures, dims=["pathway", "parameter", *rest], coords=coords)


def _without_luck(ds: xr.Dataset) -> xr.Dataset:
    """A sweep without the columns of luck, which is what is left when all that can be known is."""
    kinds = ds.coords.get(PARAMETER_KIND)
    if kinds is None:
        return ds
    kept = np.flatnonzero(kinds.values != LUCK)
    if not len(kept):
        raise ResultsError(
            "The sweep draws luck alone, of which there is no sensitivity.",
            cure="Draw uncertainties too; `drawn` holds the luck of each draw.",
        )
    return ds.isel(parameter=kept)


def _explained(column: Floats, values: Floats, classes: int) -> float:
    """Share of the variance between classes of a column, less what chance would show."""
    ranks = rankdata(column, method="min") - 1
    # Equal values stay together: a switch has two classes however many are asked for.
    labels = np.unique(ranks * classes // len(column), return_inverse=True)[1]
    count = np.bincount(labels)
    free = len(values) - len(count)
    if len(count) < 2 or free < 1:
        return np.nan
    centred = values - values.mean()
    total = (centred**2).sum()
    between = (np.bincount(labels, centred) ** 2 / count).sum()
    return float((between - (len(count) - 1) * (total - between) / free) / total)


def rank_coefficients(drawn: Floats, values: Floats, partial: bool) -> Floats:
    """Rank correlation of each column of (draws, parameters) with (draws,); NaN for constants."""
    coefficients = np.full(drawn.shape[1], np.nan)
    varies = (drawn != drawn[0]).any(axis=0)
    table = rankdata(np.column_stack([drawn[:, varies], values]), axis=0)
    table = (table - table.mean(axis=0)) / table.std(axis=0)
    correlation = table.T @ table / len(table)
    among, with_outcome = correlation[:-1, :-1], correlation[:-1, -1]
    if not partial:
        coefficients[varies] = with_outcome
    elif len(table) > len(correlation) and np.linalg.eigvalsh(among)[0] > SINGULAR:
        inverse = np.linalg.inv(among)
        slopes = inverse @ with_outcome
        # Where nothing is left to explain, rounding must not pass for an effect.
        unexplained = max(1 - with_outcome @ slopes, SINGULAR)
        coefficients[varies] = slopes / np.sqrt(slopes**2 + unexplained * np.diag(inverse))
    return coefficients
