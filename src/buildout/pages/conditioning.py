"""model/CONDITIONING.md: how far conditioning on observations can be trusted, by both methods."""

import textwrap
from collections.abc import Sequence

import numpy as np

from buildout._util import tables
from buildout._util.numbers import three_digits
from buildout.analysis.past import (
    ORIGIN,
    PLANT_ERROR,
    PLANTED_WORLDS,
    Recovered,
    RollingOrigin,
    recovered,
    rolling_origin,
    run_past,
)
from buildout.analysis.truths import (
    QUANTITIES,
    SEEN,
    Ranks,
    importance_ranks,
    smoother_ranks,
    worlds_of,
)
from buildout.calibration.evidence import MODEL_ERROR
from buildout.sampling.design import latin_hypercube

POOL, POOL_SEED = 100_000, 20270101
TRUTHS, SMOOTHED_TRUTHS, SMOOTHED_DRAWS = 400, 200, 400
#: Ranks count as even from this chance on.
EVEN = 0.01
ORIGINS_AND_ERRORS = ((2020.0, 0.1), (2021.0, 0.1), (2023.0, 0.1), (ORIGIN, 0.05), (ORIGIN, 0.2))
IN_SHORT, WIDE = "**In short**: ", 100
METHOD_NAMES = ("importance", "smoother")
_MOVED = 10

HEAD = """# Conditioning

Made by `buildout generate`; do not edit. `buildout condition` makes an ensemble that agrees with
what was observed until a date, by importance resampling (draws of the prior are kept as often as
they are likely) or by an ensemble smoother (draws are moved in four steps; ES-MDA). Here both are
tried on the past, on truths that were made up, and on values that were planted.
"""
ORIGIN_HEAD = "## The past: conditioned to {origin:g}, scored to 2025\n"
ORIGIN_TEXT = (
    "Runs from 2018.0 whose prices answer (`hindcast-2018-market`), conditioned on the {rows} "
    "rows of `calibration/hindcast.csv` that end by {origin:g} and are scored or fitted, and "
    "scored on the rows that begin then or later: CRPS over the mean observed, less is better; "
    "bold where it is nearer than the prior. The rule of errors follows from what lies before "
    "the origin, and was not chosen by these scores: the error of the model is {error:g} of "
    "what was observed (judgement, 0.05 to 0.2), beside it what no draw of the prior explains, "
    "and the rows of a series share both. Beyond all draws lie {beyond}. Importance resampling "
    "looked among {pool:,} draws and has an effective sample size of {effective:.0f}; the "
    "smoother took {runs:,} runs (when this was written: 19 and 1.2 seconds of CPU)."
)
LEARNED_TEXT = """What moved most, as standard deviation after over that before, and shift of the
mean in standard deviations of before:
"""
OTHERS_TEXT = """## Other origins, other errors

The same from other dates, and with other errors of the model: on how many of the scored series the
draws are nearer than the prior. An error that is too small trusts every observation and has few
draws left. What is conditioned goes on as it was: the luck of how plants run is one number for a
whole run, so good years are taken for good plants, and quiet prices for a quiet world.
"""
TRUTH_TEXT = """## Truths that were made up

Simulation-based calibration (Talts et al. 2018): a draw of the status quo is taken for the truth,
{rows} observations of 2026 and 2027 are made up from it, with errors of 10 to 30 %, and the other
draws are conditioned on them. If a posterior is right, the rank of the truth in it is even.
{truths} truths left out of one pool of {pool:,} draws, ranks among 19 draws in ten bins; the
effective sample size is {median:,.0f} in the middle, {low:,.0f} at the lowest twentieth, and below
100 for {few} of them. The smoother has {smoothed} truths, each with a prior of {draws} draws of its
own. *Spread* is that of the posterior over that of the prior; *chance* is that of ranks at least as
uneven, were they even; below {even:g} they are not.
"""
PLANT_TEXT = """## Values that were planted

The parameter has a value in a tail of its prior, all else is as drawn in {worlds} worlds; one
series of each is observed as in 2018-24, with errors of {error:.0%}. Middle nine tenths of the
draws, on average over the worlds, and in how many of them they hold the value: nine of ten where
the truth is anywhere, fewer where it lies in a tail. ESS is the effective sample size of importance
resampling among {pool:,} draws, in the middle. Prices say little of the elasticity behind them:
chance makes booms of the same size.
"""


def conditioning_page(
    pool: int = POOL, truths: int = TRUTHS, smoothed: int = SMOOTHED_TRUTHS
) -> str:
    """The page as Markdown."""
    past = run_past(pool)
    tried = rolling_origin(past)
    others = [
        (origin, error, rolling_origin(past, origin, model_error=error))
        for origin, error in ORIGINS_AND_ERRORS
    ]
    planted = recovered(past)
    worlds = worlds_of(latin_hypercube(pool, seed=POOL_SEED))
    ranks = (
        importance_ranks(worlds, truths, seed=1),
        smoother_ranks(worlds, smoothed, draws=SMOOTHED_DRAWS, seed=1),
    )
    parts = [
        HEAD,
        _lines(f"{IN_SHORT}{_short(tried, ranks, planted)}"),
        _origin_text(tried, pool),
        _scores_table(tried),
        LEARNED_TEXT,
        _learned_table(tried, past.prior.rows(0, tried.tried["smoother"].design.size)),
        OTHERS_TEXT,
        _others_table(sorted([(ORIGIN, MODEL_ERROR, tried), *others], key=lambda row: row[:2])),
        _truth_text(ranks, pool, smoothed),
        _truth_table(ranks),
        PLANT_TEXT.format(error=PLANT_ERROR, pool=pool, worlds=PLANTED_WORLDS),
        _plant_table(planted),
    ]
    return "\n".join(parts)


def conditioning_summary(page: str) -> str:
    """What the page says in short, for other pages."""
    _, _, rest = page.partition(IN_SHORT)
    return rest.partition("\n\n")[0].replace("\n", " ")


def _short(tried: RollingOrigin, ranks: tuple[Ranks, Ranks], planted: list[Recovered]) -> str:
    nearer = [tried.nearer(method) for method in METHOD_NAMES]
    even = [int((own.chances() >= EVEN).sum()) for own in ranks]
    held = [sum(row.held[method] for row in planted) for method in METHOD_NAMES]
    return (
        f"conditioned to {ORIGIN:g}, the draws are nearer to what came after than before on "
        f"{nearer[0][0]} of {nearer[0][1]} scored series by importance resampling and on "
        f"{nearer[1][0]} by the smoother; ranks of made-up truths are even for {even[0]} and "
        f"{even[1]} of {len(QUANTITIES)} quantities; values planted in the tails lie within the "
        f"middle nine tenths of the draws in {held[0]} and {held[1]} of "
        f"{sum(row.worlds for row in planted)} worlds."
    )


def _lines(text: str) -> str:
    return textwrap.fill(text, WIDE, break_long_words=False, break_on_hyphens=False) + "\n"


def _origin_text(tried: RollingOrigin, pool: int) -> str:
    evidence = tried.evidence
    beyond = sorted(evidence.beyond.items(), key=lambda own: -own[1])
    words = ", ".join(f"{name} {100 * share:.0f} %" for name, share in beyond if share >= 0.05)
    effective = tried.tried["importance"].effective
    assert effective is not None
    text = ORIGIN_TEXT.format(
        origin=ORIGIN,
        rows=len(evidence.sd),
        error=MODEL_ERROR,
        beyond=words,
        pool=pool,
        effective=effective,
        runs=tried.tried["smoother"].runs,
    )
    return f"{ORIGIN_HEAD.format(origin=ORIGIN)}\n{_lines(text)}"


def _scores_table(tried: RollingOrigin) -> str:
    both = [tried.tried[method].after for method in METHOD_NAMES]
    rows = [
        [
            before.group,
            before.role,
            str(before.count),
            f"{before.crps:.3f}",
            *(_beside(after.crps, before.crps) for after in afters),
        ]
        for before, *afters in zip(tried.before, *both, strict=True)
    ]
    return tables.markdown(
        ["series", "role", "n", "prior", *METHOD_NAMES], rows, right=(2, 3, 4, 5)
    )


def _beside(after: float, before: float) -> str | tables.Markup:
    """A score, bold where it is nearer than before."""
    words = f"{after:.3f}"
    return tables.Markup(f"**{words}**") if after < before else words


def _learned_table(tried: RollingOrigin, prior: np.ndarray) -> str:
    designs = {method: tried.tried[method].design for method in METHOD_NAMES}
    sizes = prior.std(axis=0)
    drawn = np.flatnonzero(sizes > 0)
    spread, shift = {}, {}
    for method, design in designs.items():
        values = design.values[:, drawn]
        spread[method] = values.std(axis=0) / sizes[drawn]
        shift[method] = (values.mean(axis=0) - prior[:, drawn].mean(axis=0)) / sizes[drawn]
    order = np.argsort(np.mean(list(spread.values()), axis=0))[:_MOVED]
    names = designs["importance"].names
    rows = [
        [names[drawn[j]], *(f"{spread[m][j]:.2f} ({shift[m][j]:+.2f})" for m in METHOD_NAMES)]
        for j in order
    ]
    return tables.markdown(["parameter or luck", *METHOD_NAMES], rows, right=(1, 2))


def _others_table(tried: Sequence[tuple[float, float, RollingOrigin]]) -> str:
    rows = []
    for origin, error, own in tried:
        nearer = [own.nearer(method) for method in METHOD_NAMES]
        effective = own.tried["importance"].effective
        assert effective is not None
        counts = [f"{better} of {count}" for better, count in nearer]
        rows.append(
            [f"{origin:g}", f"{error:g}", str(len(own.evidence.sd)), f"{effective:,.0f}", *counts]
        )
    heads = ["origin", "error of the model", "rows", "ESS", *METHOD_NAMES]
    return tables.markdown(heads, rows, right=(0, 1, 2, 3, 4, 5))


def _truth_text(ranks: tuple[Ranks, Ranks], pool: int, smoothed: int) -> str:
    effective = ranks[0].effective
    return TRUTH_TEXT.format(
        rows=len(SEEN),
        truths=len(effective),
        pool=pool,
        median=np.median(effective),
        low=np.quantile(effective, 0.05),
        few=int((effective < 100).sum()),
        smoothed=smoothed,
        draws=SMOOTHED_DRAWS,
        even=EVEN,
    )


def _truth_table(ranks: tuple[Ranks, Ranks]) -> str:
    cells = []
    for j, name in enumerate(QUANTITIES):
        row = [name]
        for own in ranks:
            row += [f"{own.spread[j]:.2f}", f"{own.chances()[j]:.2f}"]
        cells.append(row)
    heads = [f"{method}: {words}" for method in METHOD_NAMES for words in ("spread", "chance")]
    return tables.markdown(["quantity", *heads], cells, right=(1, 2, 3, 4))


def _plant_table(planted: list[Recovered]) -> str:
    rows = [
        [
            row.parameter,
            three_digits(row.planted),
            _band_of(row.before),
            *(f"{_band_of(row.after[method])}: {row.held[method]}" for method in METHOD_NAMES),
            f"{row.effective:,.0f}",
        ]
        for row in planted
    ]
    heads = ["parameter", "planted", "prior", *METHOD_NAMES, "ESS"]
    return tables.markdown(heads, rows, right=(1, 2, 3, 4, 5))


def _band_of(ends: tuple[float, float]) -> str:
    return f"{three_digits(ends[0])} to {three_digits(ends[1])}"
