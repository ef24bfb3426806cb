"""Which uncertainties decide an outcome under a pathway, how much luck does, and where it turns.

Four steps, each on draws of its own: the draws of `sweep`, which say how often the answer is yes; a
screen of every uncertainty; total Sobol' indices of those that it keeps, of all others together and
of luck; a box of ranges that parts yes from no, made from the pairs of points of the indices and
judged in the draws of the first step.

Luck is drawn anew as one factor. Were it held, the indices would be those of one course of luck;
with its numbers one by one they would be a hundred more. So its total index is what would be left
of the variance if every uncertainty were known, and those of uncertainties are over all luck.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import xarray as xr

from buildout._util.reading import read_whole
from buildout.analysis.asked_pathway import AskedPathway, asked_pathway
from buildout.analysis.boxes import Answers, JudgedBox, judge_box
from buildout.analysis.quarters import quarter_shares
from buildout.analysis.questions import Question, question_of
from buildout.analysis.screening import screen_draws
from buildout.analysis.sensitivity import rank_coefficients
from buildout.analysis.total_order import sobol_indices, sound_blocks
from buildout.errors import InputError
from buildout.inputs.pathway import Pathway
from buildout.inputs.settings import Settings
from buildout.outcomes.sureness import ROBUST_WORD, sureness
from buildout.sampling import defaults
from buildout.sampling.defaults import power_of_two
from buildout.sampling.design import latin_hypercube
from buildout.sampling.draws import Design
from buildout.sampling.luck import with_switch
from buildout.sampling.saltelli import LUCK_FACTOR, saltelli
from buildout.simulation.display import Results
from buildout.vensim.arrays import Floats, Truths

#: Uncertainties whose indices are told one by one.
KEPT = 12
# Draws for each trajectory of the screen, and the fewest trajectories.
_DRAWS_A_TRAJECTORY, _LEAST_TRAJECTORIES = 50, 2
#: The factor of all uncertainties that the screen does not keep.
ALL_OTHERS = "all other uncertainties"
#: Pairs of points from which indices are said at all.
FEWEST_DRAWS = 32
#: Variables of the answer over factors: meaning.
EXPLAINED = {
    "moves": "total index of the number: what is left of its variance when all else is known",
    "moves_conf": "half the width of its interval of 95%",
    "moves_alone": "first-order index of the number: what the factor explains by itself",
    "decides": "total index of the answer, yes or no",
    "decides_conf": "half the width of its interval of 95%",
    "decides_alone": "first-order index of the answer",
    "rank_correlation": "Spearman, of the factor with the number",
    "yes_low": "share of yes in the quarter of draws with the lowest values",
    "yes_high": "share of yes in the quarter of draws with the highest values",
    "low": "low end of its range",
    "high": "high end of its range",
    "default": "its value in a single run",
    "box_low": "where the box begins; NaN where that side is open",
    "box_high": "where the box ends; NaN where that side is open",
}


def why(
    outcome: str,
    by: float | None = None,
    pathway: str | Path | Pathway = "status-quo",
    *,
    at_least: float | None = None,
    keep: int = KEPT,
    draws: int | None = None,
    seed: int | None = None,
    settings: Settings | None = None,
    known_until: float | None = None,
    beyond_range: bool = False,
) -> xr.Dataset:
    """Which uncertainties decide an outcome under a pathway, what luck leaves open, and where.

    Parameters
    ----------
    outcome : str
        Of `src/buildout/inputs/tables/outcomes.csv`, such as "US magnet output" or "date of full
        coverage: SmCo"; or a variable of the model, an element, or a sum of them.
    by : float, optional
        The year in which it is read; of a date, the date in question.
    pathway : str, path or Pathway
    at_least : float, optional
        From which value on the answer is yes. Default: the whole need for a coverage, else the
        median of the draws; of a date `by` takes its place.
    keep : int
        Uncertainties whose indices are told one by one.
    draws, seed : int, optional
        Of the Latin hypercube that answers, which is that of `sweep`: 1,000 and 1 by default. The
        indices take as many pairs of points, rounded up to a power of two.
    settings, known_until, beyond_range
        As in `simulate`.

    Returns
    -------
    Dataset, (factor,)
        The variables of `EXPLAINED`, for the uncertainties kept, the strongest first, then all
        others together, then luck. Attributes: the question (outcome, year, unit, level, reason,
        words), share, sureness, draws, pairs, runs, how many uncertainties there are, and what is
        to be said of box and tree.

    Raises
    ------
    UnknownNameError, InputError, PathwayFileError
        For what cannot be asked; where SALib or scikit-learn is not installed.

    Examples
    --------
    >>> ds = why("coverage: SmCo", 2028, draws=32)
    >>> ds["factor"].values[-2:].tolist()
    ['all other uncertainties', 'luck']
    """
    count = defaults.DRAWS if draws is None else draws
    count = read_whole(str(count), what="The number of draws", least=FEWEST_DRAWS)
    keep = read_whole(str(keep), what="The number of uncertainties to keep", least=1)
    seed = defaults.SEED if seed is None else seed
    asked = asked_pathway(outcome, by, pathway, settings, known_until, beyond_range)
    usual = latin_hypercube(count, seed=seed)
    values, sound = asked.drawn(usual)
    if sound.sum() < FEWEST_DRAWS:
        raise InputError(
            f"In {int(sound.sum()):,} of {count:,} draws the run ended well.",
            f"At least {FEWEST_DRAWS} are accepted.",
        )
    question = _question(asked, by, at_least, values[sound])
    ranks = _ranks(asked, usual.names, usual.values[sound], question.numbers(values[sound]))
    kept, screened = _screened(asked, question, keep, usual, ranks)
    design = _mixtures(asked, kept, power_of_two(count), seed)
    mixed = asked.drawn(design)
    indices = _indices(question, design.factors, *mixed)
    columns = [usual.names.index(name) for name in kept]
    held = Answers(usual.values[sound][:, columns], question.yes(values[sound]))
    box = judge_box(kept, _pairs(question, design, kept, *mixed), held)
    table = _table(asked, kept, design.factors, indices, held, ranks, box)
    attrs = {
        **_about(asked, question, held, box),
        "uncertainties": len(asked.uncertain),
        "seed": seed,
        "pairs": design.size // (len(design.factors) + 2),
        "runs": count + screened + design.size,
    }
    return _dataset(asked, design.factors, table, attrs)


def _question(
    asked: AskedPathway, by: float | None, at_least: float | None, values: Floats
) -> Question:
    if asked.outcome.is_date and at_least is not None:
        raise InputError(
            f"`{asked.outcome.name}` is a date, and a least value is given.",
            "A date is asked for by a year.",
            "Give it as `by` (`--by`), and leave out the value.",
        )
    level = by if asked.outcome.is_date else at_least
    return question_of(asked.outcome, level, values, end=asked.end)


def _screened(
    asked: AskedPathway, question: Question, keep: int, design: Design, ranks: Mapping[str, float]
) -> tuple[list[str], int]:
    """The uncertainties that move the number most, in the order of the model, and the runs.

    Steps are set against the largest, and so are rank correlations in the draws of `sweep`, which
    cost nothing and see what few trajectories miss; luck goes along as one factor and is kept in
    any case.
    """
    factor_of = {m.name: m.name for m in asked.uncertain}
    factor_of |= dict.fromkeys((m.name for m in asked.luck), LUCK_FACTOR)
    every = with_switch(asked.model, (*asked.uncertain, *asked.luck))
    trajectories = max(_LEAST_TRAJECTORIES, design.size // _DRAWS_A_TRAJECTORY)
    screen = screen_draws(every, factor_of, trajectories, int(design.seed or 0))
    values, sound = asked.drawn(screen.design)
    steps = screen.effects(question.numbers(values), sound)
    score = dict.fromkeys(ranks, 0.0)
    for sizes in (steps, ranks):
        largest = max((abs(sizes[name]) for name in score if name in sizes), default=0.0) or 1.0
        for name in score:
            score[name] += abs(sizes.get(name, 0.0)) / largest
    first = sorted(score, key=lambda name: -score[name])[:keep]
    return [name for name in score if name in first], screen.design.size


def _ranks(
    asked: AskedPathway, drawn_names: Sequence[str], drawn: Floats, numbers: Floats
) -> dict[str, float]:
    """Rank correlation of each uncertainty with the number; 0 where there is none."""
    columns = [drawn_names.index(m.name) for m in asked.uncertain]
    if np.ptp(numbers) == 0:
        return {m.name: 0.0 for m in asked.uncertain}
    ranks = np.nan_to_num(rank_coefficients(drawn[:, columns], numbers, partial=False))
    return {m.name: float(rank) for m, rank in zip(asked.uncertain, ranks, strict=True)}


def _mixtures(asked: AskedPathway, kept: list[str], pairs: int, seed: int) -> Design:
    others = [m.name for m in asked.uncertain if m.name not in kept]
    return saltelli(
        pairs,
        seed=seed,
        vary=[*kept, *others, *(m.name for m in asked.luck)],
        groups={ALL_OTHERS: others} if others else None,
        model=asked.model,
    )


def _indices(
    question: Question, factors: tuple[str, ...], values: Floats, sound: Truths
) -> dict[str, Floats]:
    """Indices of number and answer."""
    whole = sound_blocks(sound, len(factors))
    table: dict[str, Floats] = {}
    for name, column in (
        ("moves", question.numbers(values[whole])),
        ("decides", question.yes(values[whole]).astype(float)),
    ):
        own = sobol_indices(column, list(factors))
        table[name], table[f"{name}_conf"] = own["total"], own["total_conf"]
        table[f"{name}_alone"] = own["first"]
    return table


def _pairs(
    question: Question, design: Design, kept: list[str], values: Floats, sound: Truths
) -> Answers:
    """The points of a Saltelli design that are independent draws: first and last of each block."""
    place = np.arange(design.size) % (len(design.factors) + 2)
    own = sound & ((place == 0) | (place == len(design.factors) + 1))
    columns = [design.names.index(name) for name in kept]
    return Answers(design.values[own][:, columns], question.yes(values[own]))


def _table(
    asked: AskedPathway,
    kept: list[str],
    factors: tuple[str, ...],
    indices: dict[str, Floats],
    held: Answers,
    ranks: Mapping[str, float],
    box: JudgedBox,
) -> dict[str, Floats]:
    """The variables of `EXPLAINED`; what groups of numbers do not have is NaN."""
    own = {m.name: m for m in asked.uncertain}
    shares = [quarter_shares(column, held.yes) for column in held.drawn.T]
    single: dict[str, Sequence[float] | Floats] = {
        "rank_correlation": [ranks[name] for name in kept],
        "yes_low": [low for low, _ in shares],
        "yes_high": [high for _, high in shares],
        "box_low": box.low,
        "box_high": box.high,
        **{end: [getattr(own[n], end) for n in kept] for end in ("low", "high", "default")},
    }
    table = dict(indices)
    for name, column in single.items():
        of_each = dict(zip(kept, column, strict=True))
        table[name] = np.array([of_each.get(factor, np.nan) for factor in factors])
    return table


def _about(
    asked: AskedPathway, question: Question, held: Answers, box: JudgedBox
) -> dict[str, object]:
    share = float(held.yes.mean())
    outcome = asked.outcome
    scenario = asked.resolved.scenarios[0]
    return {
        "pathway": scenario.name,
        "title": scenario.title or scenario.name,
        "outcome": outcome.name,
        "year": np.nan if outcome.year is None else outcome.year,
        "unit": outcome.unit,
        "level": question.level,
        "reason": question.reason,
        "words": question.words,
        "share": share,
        "sureness": sureness(share),
        "draws": len(held.yes),
        "luck": len(asked.luck),
        "box_side": int(box.side),
        **box.about,
        "end": asked.end,
        "model_sha256": asked.model.sha256,
    }


def _dataset(
    asked: AskedPathway,
    factors: tuple[str, ...],
    table: dict[str, Floats],
    attrs: dict[str, object],
) -> xr.Dataset:
    """The table, the strongest uncertainty first, the groups last."""
    key = "moves" if attrs["sureness"] == ROBUST_WORD else "decides"
    groups = (ALL_OTHERS, LUCK_FACTOR)
    strength = np.nan_to_num(table[key])
    order = sorted(
        range(len(factors)),
        key=lambda i: (factors[i] in groups and 1 + groups.index(factors[i]), -strength[i]),
    )
    units = {m.name: m.unit for m in asked.uncertain}
    grades = {
        m.name: asked.model.parameters[asked.model.scalars(m.name)[0]].grade
        for m in asked.uncertain
    }
    own = ("low", "high", "default", "box_low", "box_high")
    return Results(
        {
            name: (
                "factor",
                table[name][order],
                {"long_name": meaning, "units": "see unit" if name in own else "Dmnl"},
            )
            for name, meaning in EXPLAINED.items()
        },
        {
            "factor": [factors[i] for i in order],
            "unit": ("factor", [units.get(factors[i], "Dmnl") for i in order]),
            "grade": ("factor", [grades.get(factors[i], "") for i in order]),
        },
        {**attrs, "ordered_by": key},
    )
