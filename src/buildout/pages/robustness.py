"""model/ROBUSTNESS.md: what survives when everything uncertain is drawn at once."""

import numpy as np
import xarray as xr

from buildout._util import tables
from buildout._util.numbers import span, three_digits
from buildout.analysis.sensitivity import rank_correlation
from buildout.inputs.model import Model
from buildout.inputs.parameters import LUCK
from buildout.inputs.pathway import CANONICAL
from buildout.inputs.regimes import REGIMES
from buildout.outcomes.chances import rough_percent
from buildout.outcomes.dates import first_sustained, reaches
from buildout.outcomes.headlines import COVERAGE, LONG_DATES
from buildout.outcomes.rule import RULE_DATE, SUSTAINED
from buildout.sampling.design import Design, latin_hypercube
from buildout.sweeps import At, Trajectory, sweep
from buildout.vensim.engine import STATUS

DRAWS, SEED = 2000, 20270101
PATHWAYS = (*CANONICAL, "hybrid")
BY = (2028.0, 2030.0, 2035.0)
YEARS = LONG_DATES[1:]
BANDS = (
    ("us_magnet_output_total", "US magnet output, t/yr"),
    ("vulnerability", "vulnerability to a 12-month cut, share of direct demand"),
)
MOVERS = (
    ("defense_coverage", {"magnet_class": "heavy NdFeB", "time": RULE_DATE}, "heavy NdFeB, 2027.0"),
    ("defense_coverage", {"magnet_class": "heavy NdFeB", "time": 2030.0}, "heavy NdFeB, 2030"),
    ("defense_coverage", {"magnet_class": "SmCo", "time": RULE_DATE}, "SmCo, 2027.0"),
    ("defense_coverage", {"magnet_class": "SmCo", "time": 2030.0}, "SmCo, 2030"),
    ("us_magnet_output_total", {"year": 2035.0}, "US magnet output, 2035"),
)
TOP = 10

HEAD = """# Robustness

Made by `buildout generate`; do not edit. {draws:,} draws of a Latin hypercube (seed {seed})
over all {count} uncertainties of `calibration/parameters.csv` that have a range, each from its own
distribution and independent of the others, in four pathways and under three regimes of the rule: A
full chain from 2027.0, B melt or produce with tiers from 2028.0 (their share drawn), C full
chain from 2032.0. An uncertainty that a pathway settles stays settled there. The same draws serve
every pathway and regime. Among them are a defense need of 200 to 3,000 t/yr, and cuts of exports:
one when the truce ends, in January 2027, and one later, each of any depth, so that a typical draw
is harsher than a pathway as it stands. {status}{luck}

**In short**: under regime A defense is covered on 2027.0, over all four pathways: {short} of draws.
"""
LUCK_TEXT = " Luck is drawn besides, {count} numbers a draw, and counts among no uncertainties."
COVERED_TEXT = """## Share of draws in which defense is covered

On 2027.0: coverage of 1 or more on the date. By a later date: from some date between 2027.0 and
that one on, coverage stays at 1 or above for a year (it may be lost again after that).
"""
BAND_TEXT = """## Output and vulnerability

Median, and 5 to 95 % of draws, regime A.
"""
MOVERS_TEXT = """## What moves the answer

The ten uncertainties with the largest partial rank correlation (the others held, as far as ranks
are additive; mean of absolute values over the four pathways, regime A). +1: the outcome surely
rises with it; -1: it surely falls. Below about {noise:.2f} it is chance.
"""


def robustness_page(model: Model, draws: int = DRAWS) -> str:
    """The page as Markdown."""
    design = latin_hypercube(draws, seed=SEED, model=model)
    clouds = {name: _cloud(model, design, number) for name, number in REGIMES.items()}
    covered = {name: covered_shares(cloud) for name, cloud in clouds.items()}
    uncertain = [name for name in design.names if model.kind_of(name) != LUCK]
    # Twice the standard error of a correlation of independent ranks.
    noise = 2 / np.sqrt(max(draws - len(uncertain) - 1, 1))
    head = HEAD.format(
        draws=draws,
        seed=SEED,
        count=len(uncertain),
        luck=LUCK_TEXT.format(count=len(model.luck)) if model.luck else "",
        status=_status(clouds),
        short=_short(covered["A"]),
    )
    return "\n".join(
        [
            head,
            COVERED_TEXT + "\n" + _covered_table(covered),
            BAND_TEXT + "\n" + _bands(clouds["A"]),
            MOVERS_TEXT.format(noise=noise) + "\n" + _movers(clouds["A"]),
        ]
    )


def _cloud(model: Model, design: Design, regime: float) -> xr.Dataset:
    all_of_it = regime == REGIMES["A"]
    return sweep(
        design,
        PATHWAYS,
        outputs={
            COVERAGE: (Trajectory(),),
            **({name: (At(YEARS),) for name, _ in BANDS} if all_of_it else {}),
        },
        settings={"rule regime": regime},
        # A date of coverage is one that a year of coverage follows.
        final_time=None if all_of_it else BY[-1] + SUSTAINED,
        model=model,
    )


def _status(clouds: dict[str, xr.Dataset]) -> str:
    status = np.concatenate([cloud["status"].values.ravel() for cloud in clouds.values()])
    bad = {name: int((status == number).sum()) for number, name in STATUS.items() if number}
    endings = [f"{count} ended as {name} and are left out" for name, count in bad.items() if count]
    return f"Of {status.size:,} runs {', '.join(endings) if endings else 'none broke down'}."


def covered_shares(cloud: xr.Dataset) -> xr.DataArray:
    """Share of sound draws covered on the date, then by the later dates.

    Parameters
    ----------
    cloud : Dataset
        From `sweep`, with trajectories of defense coverage to a year beyond the last date.

    Returns
    -------
    DataArray, (pathway, when, magnet_class), Dmnl
    """
    shares = []
    for path in cloud["pathway"].values:
        coverage = cloud["defense_coverage"].sel(pathway=path)
        coverage = coverage.transpose("draw", "magnet_class", "time")
        coverage = coverage.values[cloud["status"].sel(pathway=path).values == 0]
        on_date = reaches(coverage[..., np.flatnonzero(cloud.time.values == RULE_DATE)[0]])
        since = first_sustained(cloud.time.values, coverage, since=RULE_DATE).start
        shares.append([np.mean(s, axis=0) for s in (on_date, *(since <= year for year in BY))])
    coords = {
        "pathway": cloud["pathway"].values,
        "when": [RULE_DATE, *BY],
        "magnet_class": cloud.magnet_class,
    }
    return xr.DataArray(np.array(shares), dims=list(coords), coords=coords)


def _short(covered: xr.DataArray) -> str:
    """The answer on the date, in words."""
    spans = []
    for kind in covered.magnet_class.values:
        shares = covered.sel(magnet_class=kind, when=RULE_DATE).values.tolist()
        # Never 100 percent for less than all draws, never none for some.
        spans.append(f"{kind} in {span(shares, rough_percent)} %")
    return "; ".join(spans)


def _covered_table(covered: dict[str, xr.DataArray]) -> str:
    heads = ["pathway", "magnet class", "regime", "on 2027.0", *(f"by {y:g}" for y in BY)]
    rows = [
        [path, str(kind), regime]
        + [f"{rough_percent(share)} %" for share in shares.sel(where).values.tolist()]
        for path in PATHWAYS
        for kind in covered["A"].magnet_class.values
        for where in ({"pathway": path, "magnet_class": kind},)
        for regime, shares in covered.items()
    ]
    return tables.markdown(heads, rows)


def _bands(cloud: xr.Dataset) -> str:
    rows = []
    for name, words in BANDS:
        for path in PATHWAYS:
            runs = cloud.sel(pathway=path)
            values = runs[name].transpose("draw", "year").values[(runs["status"] == 0).values]
            shares = np.quantile(values, (0.05, 0.5, 0.95), axis=0).T
            rows.append([words, path, *(_band(*map(three_digits, share)) for share in shares)])
    return tables.markdown(["outcome", "pathway", *(f"{year:g}" for year in YEARS)], rows)


def _band(low: str, middle: str, high: str) -> str:
    return f"{middle} ({low} to {high})"


def _movers(cloud: xr.Dataset) -> str:
    parts = []
    for name, where, words in MOVERS:
        runs = cloud[["drawn", "status"]].assign(outcome=cloud[name].sel(where, drop=True))
        correlations = rank_correlation(runs, "outcome").transpose("parameter", "pathway")
        strength = np.nan_to_num(np.abs(correlations.values)).mean(axis=1)
        rows = [
            [str(correlations.parameter.values[i]), *(f"{v:+.2f}" for v in correlations.values[i])]
            for i in np.argsort(-strength, kind="stable")[:TOP]
        ]
        parts.append(f"### {words}\n\n" + tables.markdown(["uncertainty", *PATHWAYS], rows))
    return "\n".join(parts)
