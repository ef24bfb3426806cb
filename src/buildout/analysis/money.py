"""What money buys: outcomes against sums, of a pathway's programme and of each instrument."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from buildout._util import names
from buildout._util.arguments import given_numbers
from buildout._util.names import quoted
from buildout.analysis.money_ways import PROGRAMME_LEVER, Way, instrument_ways, programme
from buildout.analysis.saturation import NO_GAIN, last_useful, mean_yield
from buildout.analysis.variants import (
    Asked,
    Source,
    Variants,
    asked_design,
    row_coordinates,
    run_variants,
    wanted_outcomes,
)
from buildout.errors import InputError
from buildout.inputs.asked import AskedOutcome, asked_outcome
from buildout.inputs.model import load_model
from buildout.inputs.pathway import Pathway, read_pathways
from buildout.inputs.resolve import Resolved, resolve
from buildout.inputs.settings import Settings
from buildout.outcomes.odds import BAND, value_quantiles
from buildout.sampling import defaults
from buildout.sampling.draws import Design
from buildout.simulation.display import Results
from buildout.vensim.arrays import Floats

#: Sums in billions of USD: of a programme, and of one instrument.
BILLIONS = (0.0, 10.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 5000.0)
INSTRUMENT_BILLIONS = (0.01, 0.1, 1.0, 10.0)
#: Sums that are tried besides, up to the largest asked for, so that where the last useful dollar
#: lies does not hang on which sums somebody asks about.
LADDER = tuple(lead * 10.0**power for power in range(-2, 4) for lead in (1.0, 2.0, 5.0))
_PROGRAMME_FROM = 1.0
#: The outcome that dollars are set against, and the others beside it.
HEADLINE: Asked = ("US magnets made since 2025", 2045.0)
BESIDE: tuple[Asked, ...] = (
    ("US magnet output", 2030.0),
    ("US magnet output", 2035.0),
    ("US magnet output", 2040.0),
    ("date of full coverage: heavy NdFeB", None),
    ("date of full coverage: SmCo", None),
    ("half served from home since: NdFeB magnets", None),
    ("unmet civil demand since 2025", 2035.0),
)
#: Dollars by how far they have come, as expressions of the model at the end of the run.
DOLLARS: Mapping[str, str] = {
    "appropriated": "money appropriated + paid by instruments + left to instruments",
    "committed": "money obligated + money spent + paid by instruments",
    "spent": "money spent + paid by instruments",
    "used": "paid by instruments",
}
MOVED_LEVERS = (names.key(PROGRAMME_LEVER), "instrument_budget")
_DAY = 12 / 365  # months
_PER_BILLION = 1000.0  # MUSD
_MOST = 1e6


def money_bought(
    pathway: Source = "mobilization",
    *,
    billions: Iterable[float] = BILLIONS,
    instrument_billions: Iterable[float] = INSTRUMENT_BILLIONS,
    base: Source = "status-quo",
    outcomes: Iterable[Asked] | None = None,
    draws: int | None = None,
    seed: int | None = None,
    design: Design | None = None,
    settings: Settings | None = None,
    known_until: float | None = None,
    beyond_range: bool = False,
) -> xr.Dataset:
    """Outcomes against the size of a pathway's programme, and of each instrument by itself.

    Gains are above the same pathway with no such money, in the same draws.

    Parameters
    ----------
    pathway : str, path or Pathway
        Whose programme (`surge total`) is made smaller and larger.
    billions, instrument_billions : iterable of float
        Sums in billions of 2025 USD: of the programme, from all sources; of each instrument, spread
        evenly from its start to the end of the run. Zero is added.
    base : str, path or Pathway
        On top of which each instrument is tried.
    outcomes : iterable of (str, float or None), optional
        Outcomes with their years, none for dates, in place of `HEADLINE` and `BESIDE`; see
        `attribute`.
    draws, seed, design
        As in `compare`, 200 by default.
    settings, known_until, beyond_range
        As in `simulate`, for all of them.

    Returns
    -------
    Dataset, (way, step, row)
        A way is `programme` or an instrument; `billions` (way, step) what is asked for, NaN beyond
        a way's last; `shown`, whether the caller asked about it or it is a step between.
        `appropriated`, `committed`, `spent`, `used` (way, step): billions beyond the step of zero
        in single runs, `used` by the six instruments. `value` is the single run; `gain` what it has
        over that of zero, `per_spent` the same for each billion spent, both with `_p05`, `_p50`,
        `_p95` over draws; dates by months. Less is a gain with dates and with what is missing.
        `last_useful` (way, row): the sum asked for that reaches 95 percent of the best gain, with
        its band; `useless`, the share of draws without a gain of a thousandth.

    Raises
    ------
    UnknownNameError, InputError, PathwayFileError
        For what cannot be run.

    Examples
    --------
    >>> ds = money_bought(billions=[500], instrument_billions=[0.1], draws=0)
    >>> bool(ds["spent"].sel(way="programme").max() < 20)  # of 500
    True
    """
    model = load_model()
    sums = _sums(billions, "`billions`"), _sums(instrument_billions, "`instrument_billions`")
    programme_ladder = [step for step in LADDER if step >= _PROGRAMME_FROM]
    own, ground = (
        resolve(model, given, settings, known_until=known_until, beyond_range=beyond_range)
        for given in (pathway, base)
    )
    _refuse_moved(own)
    start, beneath = (chosen.with_settings(own.extra) for chosen in read_pathways([pathway, base]))
    end = own.clock["final_time"]
    wanted = wanted_outcomes(
        model, (HEADLINE, *BESIDE) if outcomes is None else outcomes, own.clock
    )
    ways = instrument_ways(model, ground.scenarios[0], end)
    plans = [_Plan(programme(), start, sums[0], _with_steps(sums[0], programme_ladder))]
    plans += [_Plan(way, beneath, sums[1], _with_steps(sums[1], LADDER)) for way in ways]
    span = {"start": own.clock["initial_time"], "end": end}
    dollars = [asked_outcome(model, money, end, **span) for money in DOLLARS.values()]
    run = run_variants(
        model,
        [variant for plan in plans for variant in plan.variants()],
        [*wanted, *dollars],
        asked_design(draws, seed, design, usual=defaults.VARIANT_DRAWS),
        final_time=end,
    )
    return _dataset(plans, run, wanted).assign_attrs(
        pathway=start.name,
        base=beneath.name,
        titles=[chosen.title or chosen.name for chosen in (start, beneath)],
        draws=run.draws,
        drawn=run.drawn_in_words,
        end=end,
        model_sha256=model.sha256,
    )


#: Under this name it stands beside the other verbs; `figures.money` draws where money went.
money = money_bought


@dataclass(frozen=True, eq=False)
class _Plan:
    """A way with its sums, on top of a pathway; zero comes first."""

    way: Way
    ground: Pathway
    shown: Floats
    sums: Floats

    def variants(self) -> list[Pathway]:
        """The pathway with each sum."""
        return [
            self.ground.with_settings(
                self.way.settings(billions), name=f"{billions:.12g} billion USD, {self.way.name}"
            )
            for billions in self.sums.tolist()
        ]


def _sums(given: Iterable[float], label: str) -> Floats:
    """Sums in order, each once, from zero on."""
    sums = given_numbers(given, label)
    if wrong := [value for value in sums if not 0 <= value <= _MOST]:
        raise InputError(
            f"{label} holds {wrong[0]:g}.", f"Billions of USD from 0 to {_MOST:,.0f} are accepted."
        )
    if not any(sums):
        raise InputError(f"{label} holds no sum above zero.", "At least one is accepted.")
    return np.unique([0.0, *sums])


def _with_steps(sums: Floats, ladder: Iterable[float]) -> Floats:
    return np.unique([*sums, *(step for step in ladder if step <= sums[-1])])


def _refuse_moved(asked: Resolved) -> None:
    for setting in asked.extra:
        if names.key(names.split(setting.lever)[0]) in MOVED_LEVERS:
            raise InputError(
                f"{quoted(setting.lever)} is set, and this command moves it itself.",
                cure="Say the sums with `--billions` and `--instrument-billions`.",
            )


def _dataset(plans: Sequence[_Plan], run: Variants, outcomes: Sequence[AskedOutcome]) -> xr.Dataset:
    steps = max(len(plan.sums) for plan in plans)
    by_step = {
        name: np.full((len(plans), steps), np.nan) for name in ("billions", "shown", *DOLLARS)
    }
    by_row = {
        name: np.full((len(plans), steps, len(outcomes)), np.nan)
        for name in ("value", *_banded("gain"), *_banded("per_spent"))
    }
    by_way = {
        name: np.full((len(plans), len(outcomes)), np.nan)
        for name in (*_banded("last_useful"), "useless")
    }
    first = 0
    for place, plan in enumerate(plans):
        curve = _Curve(plan.sums, run, first, len(outcomes))
        first += len(plan.sums)
        by_step["shown"][place, : len(plan.sums)] = np.isin(plan.sums, plan.shown)
        for name, column in curve.dollars().items():
            by_step[name][place, : len(column)] = column
        for row, asked in enumerate(outcomes):
            for name, column in curve.steps(row).items():
                by_row[name][place, : len(column), row] = column
            for name, number in curve.ends(row, asked).items():
                by_way[name][place, row] = number
    return Results(
        {
            name: (("way", "step"), values, {"units": "billion USD"})
            for name, values in by_step.items()
        }
        | {name: (("way", "step", "row"), values) for name, values in by_row.items()}
        | {name: (("way", "row"), values) for name, values in by_way.items()},
        {
            "way": [plan.way.name for plan in plans],
            **row_coordinates(outcomes),
        },
    )


def _banded(name: str) -> tuple[str, ...]:
    return (name, *(f"{name}_{quantile}" for quantile in BAND))


@dataclass(frozen=True, eq=False)
class _Curve:
    """One way's steps among all variants, from its zero on."""

    sums: Floats
    run: Variants
    first: int
    dollars_at: int

    def dollars(self) -> dict[str, Floats]:
        """Billions of single runs, beyond those of zero."""
        own = self.run.single[self._own, self.dollars_at :].T / _PER_BILLION
        return {"billions": self.sums, **dict(zip(DOLLARS, own - own[:, :1], strict=True))}

    @property
    def _own(self) -> slice:
        return slice(self.first, self.first + len(self.sums))

    def steps(self, row: int) -> dict[str, Floats]:
        """What each sum makes of an outcome."""
        single, drawn = self.gains(row)
        spent = self.dollars()["spent"]
        place = self.dollars_at + list(DOLLARS).index("spent")
        drawn_spent = self.run.drawn[self._own, place] / _PER_BILLION
        per_spent = mean_yield(drawn_spent - drawn_spent[:1], drawn)
        columns = {
            "value": self.run.single[self._own, row],
            "gain": single,
            "per_spent": mean_yield(spent, single),
        }
        for name, values in (("gain", drawn), ("per_spent", per_spent)):
            bands = [value_quantiles(of_sum[np.isfinite(of_sum)]) for of_sum in values]
            columns |= {f"{name}_{q}": np.array([band[q] for band in bands]) for q in BAND}
        return columns

    def gains(self, row: int) -> tuple[Floats, Floats]:
        """Gains over zero, (step,) of single runs and (step, draw)."""
        sign = -1.0 if self.run.outcomes[row].less_is_better else 1.0
        apart = [
            self.run.apart(self.first + step, self.first, row) for step in range(len(self.sums))
        ]
        # No zero with a sign.
        single = 0.0 + sign * np.array([of_run for of_run, _ in apart])
        return single, 0.0 + sign * np.stack([of_draws for _, of_draws in apart])

    def ends(self, row: int, asked: AskedOutcome) -> dict[str, float]:
        """Where the last useful dollar lies, with its band, and how often none is."""
        single, drawn = self.gains(row)
        useful = last_useful(
            self.sums, single, self._least(self.run.single[self.first, row], asked)
        )
        numbers = {"last_useful": float(useful)}
        if self.run.draws:
            least = self._least(self.run.drawn[self.first, row], asked)
            places = last_useful(self.sums, drawn, least)
            numbers |= {f"last_useful_{q}": v for q, v in value_quantiles(places).items()}
            numbers["useless"] = float((drawn.max(axis=0) <= least).mean())
        return numbers

    @staticmethod
    def _least(before: Floats, asked: AskedOutcome) -> Floats:
        """Gains up to this are none: a day, or a thousandth."""
        if asked.is_date:
            return np.full(np.shape(before), _DAY)
        return NO_GAIN * np.maximum(np.abs(before), asked.least)
