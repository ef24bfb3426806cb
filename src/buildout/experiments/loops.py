"""What each feedback loop makes over time: a pathway with each loop cut, beside itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from buildout.analysis.variants import (
    Source,
    Variants,
    asked_design,
    run_variants,
    wanted_outcomes,
)
from buildout.errors import InputError
from buildout.experiments.knockouts import Knockout, load_knockouts
from buildout.inputs.asked import AT, AskedOutcome
from buildout.inputs.model import Model, load_model
from buildout.inputs.pathway import Pathway, read_pathways
from buildout.inputs.resolve import resolve
from buildout.inputs.settings import Settings
from buildout.outcomes.odds import BAND, value_quantiles
from buildout.sampling import defaults
from buildout.sampling.draws import Design
from buildout.simulation.display import Results
from buildout.vensim.arrays import Floats

#: What letters before a loop's number mean.
LOOP_KINDS = {"R": "reinforcing", "B": "balancing"}
#: Variables of the answer over (loop, time), in the unit of the outcome.
LOOPED: Mapping[str, str] = {
    "effect": "with the loop minus without it, in single runs",
    **{name: f"{100 * q:g}% of draws have a smaller effect" for name, q in BAND.items()},
    "same_sign": "share of draws whose effect has the sign of the single run's",
}


@dataclass(frozen=True)
class _Cut:
    """A loop cut in a world: the pathway's own, or one that gives the loop something to do."""

    knockout: Knockout
    under: Mapping[str, float]

    @property
    def counted(self) -> bool:
        """Whether it is in the sum: cut by a switch, in the pathway's own world."""
        return not self.under


def loops(
    pathway: Source = "mobilization",
    *,
    outcome: str = "US magnet output",
    draws: int | None = None,
    seed: int | None = None,
    design: Design | None = None,
    settings: Settings | None = None,
    known_until: float | None = None,
    beyond_range: bool = False,
) -> xr.Dataset:
    """The effect of each feedback loop on an outcome over time: with the loop minus without it.

    Loops are those of `src/buildout/experiments/tables/knockouts.toml`, each cut by a switch or a
    constant; what takes plants away for want of one is left out. Those that need an event to act
    are cut in a world with it, too.

    Parameters
    ----------
    pathway : str, path or Pathway
    outcome : str
        Of `src/buildout/inputs/tables/outcomes.csv` and no date, or a variable of the model, an
        element or a sum of them.
    draws, seed, design
        As in `compare`, 200 by default.
    settings, known_until, beyond_range
        As in `simulate`.

    Returns
    -------
    Dataset, (loop, time)
        The variables of `LOOPED`, by years; `value` (time), the pathway's single run; `total`,
        what all loops of its own world make, cut together; `remainder`, the total less the sum of
        their effects. Loops, the largest first, have the coordinates kind (reinforcing, balancing),
        how (what cuts it), world (what is set with and without it alike), counted (in the sum),
        peak (the year of its largest effect). Attributes: pathway, outcome, unit, draws, drawn.

    Raises
    ------
    UnknownNameError, InputError, PathwayFileError
        For what cannot be run, and for an outcome that is a date.

    Examples
    --------
    >>> ds = loops("status-quo", draws=0)
    >>> parts = ds["effect"].where(ds["counted"]).sum("loop")
    >>> bool(np.allclose(parts + ds["remainder"], ds["total"]))
    True
    """
    model = load_model()
    own = resolve(model, pathway, settings, known_until=known_until, beyond_range=beyond_range)
    clock = own.clock
    times = np.arange(np.ceil(clock["initial_time"]), clock["final_time"] + 1e-9)
    outcomes = _by_year(model, outcome, times, clock)
    [start] = (chosen.with_settings(own.extra) for chosen in read_pathways([pathway]))
    known = load_knockouts(model).loops
    cuts = _cuts([knockout for knockout in known if not knockout.takes_plants])
    run = run_variants(
        model,
        _variants(start, cuts),
        outcomes,
        asked_design(draws, seed, design, usual=defaults.VARIANT_DRAWS),
        final_time=clock["final_time"],
    )
    return _dataset(run, cuts, times).assign_attrs(
        pathway=start.name,
        title=start.title or start.name,
        left_out=[knockout.name for knockout in known if knockout.takes_plants],
        outcome=outcomes[0].name,
        unit=outcomes[0].unit,
        draws=run.draws,
        drawn=run.drawn_in_words,
        end=run.end,
        model_sha256=model.sha256,
    )


def _by_year(
    model: Model, outcome: str, times: Floats, clock: Mapping[str, float]
) -> list[AskedOutcome]:
    [first] = wanted_outcomes(model, [(outcome, float(times[0]))], clock)
    if first.read != AT:
        raise InputError(
            f"`{first.name}` is a sum over time.",
            "What has a value at each date is accepted, such as `US magnet output`.",
        )
    return wanted_outcomes(model, [(outcome, float(year)) for year in times], clock)


def _cuts(known: Sequence[Knockout]) -> list[_Cut]:
    """Each loop in the pathway's own world, and in the one that gives it something to do."""
    own = [_Cut(knockout, {}) for knockout in known]
    return own + [_Cut(knockout, knockout.under) for knockout in known if knockout.under]


def _variants(start: Pathway, cuts: Sequence[_Cut]) -> list[Pathway]:
    """The pathway; without all loops together; and for each cut, with and without the loop."""
    together: dict[str, float] = {}
    for cut in cuts:
        together |= cut.knockout.settings if cut.counted else {}
    variants = [start, start.with_settings(together, name="without loops")]
    for cut in cuts:
        loop = cut.knockout.name
        world = start.with_settings(cut.under, name=f"with what moves {loop}")
        variants += [] if cut.counted else [world]
        moved = "" if cut.counted else ", moved"
        without = world.with_settings(cut.knockout.settings, name=f"without {loop}{moved}")
        variants.append(without)
    return variants


def _pairs(cuts: Sequence[_Cut]) -> list[tuple[int, int]]:
    """Where each cut's runs with and without the loop are among the variants."""
    pairs, place = [], 2
    for cut in cuts:
        place += 0 if cut.counted else 1
        pairs.append((0 if cut.counted else place - 1, place))
        place += 1
    return pairs


def _dataset(run: Variants, cuts: Sequence[_Cut], times: Floats) -> xr.Dataset:
    table = {name: np.full((len(cuts), len(times)), np.nan) for name in LOOPED}
    for place, (whole, without) in enumerate(_pairs(cuts)):
        for when in range(len(times)):
            single, drawn = run.apart(whole, without, when)
            table["effect"][place, when] = single
            if run.draws:
                for name, value in value_quantiles(drawn).items():
                    table[name][place, when] = value
                table["same_sign"][place, when] = np.mean(np.sign(drawn) == np.sign(single))
    counted = np.array([cut.counted for cut in cuts])
    total = np.array([run.apart(0, 1, when)[0] for when in range(len(times))])
    largest = np.abs(table["effect"]).max(axis=1)
    peaks = times[np.abs(table["effect"]).argmax(axis=1)]
    ds = Results(
        {
            **{n: (("loop", "time"), table[n], {"long_name": LOOPED[n]}) for n in LOOPED},
            "value": ("time", run.single[0]),
            "total": ("time", total),
            "remainder": ("time", total - table["effect"][counted].sum(axis=0)),
        },
        {
            "loop": [_called(cut) for cut in cuts],
            "kind": ("loop", [LOOP_KINDS[cut.knockout.name[0]] for cut in cuts]),
            "how": ("loop", [cut.knockout.how or _in_words(cut.knockout.settings) for cut in cuts]),
            "world": ("loop", [_in_words(cut.under) for cut in cuts]),
            "counted": ("loop", counted),
            "peak": ("loop", peaks),
            "time": ("time", times, {"units": "Year"}),
        },
    )
    return ds.isel(loop=np.argsort(-largest, kind="stable"))


def _called(cut: _Cut) -> str:
    """Its name, with the world where that is not the pathway's own."""
    name = cut.knockout.name
    return name if cut.counted else f"{name} ({cut.knockout.how or _in_words(cut.under)})"


def _in_words(settings: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:g}" for name, value in settings.items())
