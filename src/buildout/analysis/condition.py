"""An ensemble that agrees with what was seen: draws conditioned on observations until a date.

What comes out is a design, so that every verb and command can go on from it. It holds parameters
and luck alone. They have the same names under every pathway, so it can be drawn under any; what a
pathway settles stays settled there. Luck is of the years of a run: a spike of prices that did not
come in 2018-20 says nothing of one after 2025, so draws from runs of the past have their luck anew.
"""

import functools
from dataclasses import dataclass
from pathlib import Path

from buildout._util import files
from buildout._util.reading import read_whole
from buildout.analysis.conditioning import Conditioned, PathwayRuns, by_importance, by_smoother
from buildout.calibration.evidence import MODEL_ERROR, Evidence, check_model_error
from buildout.calibration.hindcast import STARTS
from buildout.calibration.smoother import SMOOTHER_STEPS
from buildout.errors import InputError
from buildout.inputs.controls import has_own_start
from buildout.inputs.model import Model, load_model
from buildout.inputs.observation_files import read_observation_file
from buildout.inputs.pathway import Pathway
from buildout.inputs.series import ModelSeries
from buildout.inputs.settings import Settings
from buildout.sampling import defaults
from buildout.sampling.design import latin_hypercube
from buildout.sampling.draws import CONDITIONED, Design, GivenDraws
from buildout.sampling.luck import is_luck
from buildout.vensim.arrays import Floats

METHODS = IMPORTANCE, SMOOTHER = ("importance", "smoother")
LUCK_CHOICES = KEPT, ANEW = ("kept", "anew")
LUCK_IS_SPENT = (
    "Luck is drawn anew: how dice fell in the past says nothing of those to come. `--luck kept` is "
    "for runs of the same past."
)
#: Of importance resampling: among how many draws of the prior those that agree are looked for.
PRIOR_DRAWS = 20_000
#: Below this many effective draws a share of draws is not known to ten percent.
LEAST_EFFECTIVE = 100
LEAST_CONDITIONED, MOST_CONDITIONED, MOST_PRIOR = 20, 10_000, 10**7
MOST_HELD = 2 * 2**30
_PAST, _FUTURE, _HERE = STARTS[2018], "status-quo", 2025.0


@dataclass(frozen=True)
class ConditionOptions:
    """How draws are conditioned; see `condition`, whose parameters these are.

    Raises
    ------
    InputError
        For an unknown method, and for sizes that cannot be.
    """

    until: float
    since: float | None = None
    method: str = IMPORTANCE
    model_error: float = MODEL_ERROR
    draws: int | None = None
    prior_draws: int | None = None
    seed: int | None = None
    luck: str | None = None

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise InputError(f"The method is `{self.method}`.", f"Accepted: {', '.join(METHODS)}.")
        if self.luck not in (None, *LUCK_CHOICES):
            raise InputError(f"Luck is `{self.luck}`.", f"Accepted: {', '.join(LUCK_CHOICES)}.")
        if self.method == SMOOTHER and self.prior_draws is not None:
            raise InputError(
                "The prior draws are for importance resampling, and the method is smoother.",
                cure="Give the draws alone, which are the ones that are moved.",
            )
        check_model_error(self.model_error)
        _ = self.size, self.pool, self.chance

    @property
    def size(self) -> int:
        """How many draws are given back."""
        own, usual = self.draws, defaults.DRAWS
        return _whole(own, "The number of draws", usual, LEAST_CONDITIONED, MOST_CONDITIONED)

    @property
    def pool(self) -> int:
        """How many draws of the prior are run."""
        if self.method == SMOOTHER:
            return self.size
        usual = max(PRIOR_DRAWS, self.size)
        return _whole(self.prior_draws, "The number of prior draws", usual, self.size, MOST_PRIOR)

    @property
    def chance(self) -> int:
        """The seed."""
        return _whole(self.seed, "The seed", defaults.SEED, 0, 2**63 - 1)


@dataclass(frozen=True, eq=False)
class Conditioning:
    """An ensemble before and after it met the observations.

    Attributes
    ----------
    design : Design
        The draws after; its `provenance` says what they were conditioned on, and how.
    evidence : Evidence
        The observations with their errors.
    prior : Design
        As many draws from before.
    before, after : array, (draw, row), in the unit of each row
        What both say of the observations, with the luck with which they agree.
    remarks : tuple of str
        What was left out and assumed, and whether the draws are too few.
    """

    design: Design
    evidence: Evidence
    prior: Design
    before: Floats
    after: Floats
    remarks: tuple[str, ...]


def condition(
    observations: str | Path,
    pathway: str | Path | Pathway | None = None,
    *,
    until: float,
    since: float | None = None,
    method: str = IMPORTANCE,
    model_error: float = MODEL_ERROR,
    draws: int | None = None,
    prior_draws: int | None = None,
    seed: int | None = None,
    luck: str | None = None,
    settings: Settings | None = None,
    known_until: float | None = None,
    beyond_range: bool = False,
) -> Design:
    """Draws of all that is uncertain, and of luck, that agree with what was observed until a date.

    Parameters
    ----------
    observations : path
        A file as for `validate`.
    pathway : str, path or Pathway, optional
        Under which the observations came about. Default: `status-quo`; for dates up to 2025.0
        `hindcast-2018-market`, whose prices answer.
    until : float, Year
        Only observations whose period ends by then.
    since : float, optional
        Only observations whose period begins then or later.
    method : {"importance", "smoother"}
        Importance resampling looks for draws of the prior that agree, and says by its effective
        sample size how many it has found. The ensemble smoother moves draws until they agree: many
        observations in a few thousand runs, and not exact.
    model_error : float, Dmnl
        One standard deviation relative to what was observed, beside the error of the observation;
        see `buildout.calibration.evidence`. 0.1 by judgement, 0.05 to 0.2.
    draws : int, optional
        How many are given back; 1,000 by default.
    prior_draws : int, optional
        Of importance resampling: how many are tried; 20,000 by default.
    seed : int, optional
        Of the prior and of the method; 1 by default.
    luck : {"kept", "anew"}, optional
        Whether the draws hold the luck with which they agree, for runs of the same years, or luck
        drawn anew, for runs that begin later. Default: kept, but anew where the pathway starts at
        another time than the model.
    settings, known_until, beyond_range
        As in `simulate`; what is set stays set in all draws.

    Returns
    -------
    Design
        For `sweep`, `odds` and the like under any pathway, and for `save_design`. Its
        `provenance` holds the effective sample size, and all that it was made of.

    Raises
    ------
    InputError
        For a file without observations of the dates, and for sizes that cannot be.

    Examples
    --------
    >>> path = Path("ore.csv")
    >>> _ = path.write_text("series,from,to,value,unit\\nmine output[US],2019,2020,28000,t\\n")
    >>> design = condition(path, until=2020.0, draws=100, prior_draws=400)
    >>> design.kind, design.size
    ('conditioned', 100)
    """
    options = ConditionOptions(until, since, method, model_error, draws, prior_draws, seed, luck)
    return conditioning(
        observations,
        pathway,
        options,
        settings=settings,
        known_until=known_until,
        beyond_range=beyond_range,
    ).design


def conditioning(
    observations: str | Path,
    pathway: str | Path | Pathway | None,
    options: ConditionOptions,
    *,
    settings: Settings | None = None,
    known_until: float | None = None,
    beyond_range: bool = False,
) -> Conditioning:
    """As `condition`, with the ensemble before and after beside the draws."""
    model = load_model()
    runs = PathwayRuns.of(
        model,
        (_PAST if options.until <= _HERE else _FUTURE) if pathway is None else pathway,
        settings,
        known_until=known_until,
        beyond_range=beyond_range,
    )
    given = read_observation_file(
        observations, ModelSeries(model), runs.span, since=options.since, until=options.until
    )
    _refuse_beyond_memory(options.pool, given.observed.sizes["row"])
    prior = latin_hypercube(options.pool, seed=options.chance, model=model)
    conditioned = by_smoother if options.method == SMOOTHER else by_importance
    after = conditioned(
        functools.partial(runs.modelled, given.observed, given.mapping),
        prior,
        given.observed,
        options.model_error,
        options.size,
    )
    provenance = {
        **_what_was_done(options, after),
        "pathway": runs.pathway.name,
        "settings": {setting.lever: setting.value for setting in runs.asked.extra},
        "observations": Path(observations).name,
        "observations_sha256": files.sha256(observations),
    }
    few = GivenDraws(prior.rows(0, options.size))
    anew = options.luck == ANEW or (options.luck is None and has_own_start(model, runs.pathway))
    source = _with_luck_anew(prior, after.source, model) if anew else after.source
    provenance["luck"] = ANEW if anew else KEPT
    return Conditioning(
        Design(prior.names, options.size, CONDITIONED, prior.seed, source, (), provenance),
        after.evidence,
        Design(prior.names, options.size, prior.kind, prior.seed, few),
        after.before[: options.size],
        after.after,
        (
            *given.remarks,
            *after.evidence.remarks,
            *([LUCK_IS_SPENT] if anew and options.luck is None else []),
            *_too_few(after.effective),
        ),
    )


def _with_luck_anew(prior: Design, source: GivenDraws, model: Model) -> GivenDraws:
    """Draws whose luck says nothing of what was observed."""
    own = [j for j, name in enumerate(prior.names) if is_luck(model, name)]
    names = [prior.names[j] for j in own]
    fresh = latin_hypercube(len(source.values), seed=(prior.seed or 0) + 1, vary=names, model=model)
    values = source.values.copy()
    # The design of luck ends with its switch, which is set in the draws already.
    values[:, own] = fresh.values[:, : len(own)]
    return GivenDraws(values)


def _what_was_done(options: ConditionOptions, after: Conditioned) -> dict[str, object]:
    rows, series = len(after.evidence.sd), len(after.evidence.beyond)
    how = (
        f"an ensemble smoother in {SMOOTHER_STEPS} steps"
        if after.effective is None
        else f"importance resampling, effective sample size {after.effective:.0f}"
    )
    return {
        "note": f"Conditioned on {rows} observations of {series} series until "
        f"{options.until:g} by {how}.",
        "method": options.method,
        "effective_sample_size": after.effective,
        "since": options.since,
        "until": options.until,
        "rows": rows,
        "error_beyond_draws": after.evidence.beyond,
        "model_error": options.model_error,
        "prior": {"design": "latin hypercube", "draws": options.pool, "seed": options.chance},
    }


def _whole(number: int | None, what: str, usual: int, least: int, most: int) -> int:
    return usual if number is None else read_whole(str(number), what=what, least=least, most=most)


def _refuse_beyond_memory(draws: int, rows: int) -> None:
    """What every draw says of every observation is held at once."""
    if 8 * draws * rows > MOST_HELD:
        raise InputError(
            f"{draws:,} prior draws and {rows:,} observations take "
            f"{8 * draws * rows / 2**30:,.1f} GiB.",
            f"Up to {MOST_HELD // 2**30} GiB are accepted.",
            "Try fewer prior draws, or fewer observations.",
        )


def _too_few(effective: float | None) -> tuple[str, ...]:
    if effective is None or effective >= LEAST_EFFECTIVE:
        return ()
    return (
        f"The effective sample size is {effective:.3g}, and below {LEAST_EFFECTIVE} shares of "
        "draws mean little. More `--prior-draws`, fewer observations, a larger `--model-error` or "
        "`--method smoother` help.",
    )
