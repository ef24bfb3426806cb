"""Variants of pathways side by side: outcomes in single runs and, paired, in the same draws."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from buildout._util import names
from buildout._util.names import quoted
from buildout._util.reading import read_whole
from buildout.analysis.paired import capped, difference
from buildout.analysis.readings import kept_for, of_draws, of_run
from buildout.errors import InputError
from buildout.inputs.asked import AskedOutcome, asked_outcome
from buildout.inputs.model import Model
from buildout.inputs.parameters import LEVER
from buildout.inputs.pathway import Pathway
from buildout.inputs.resolve import Resolved, resolve
from buildout.sampling import defaults
from buildout.sampling.design import latin_hypercube
from buildout.sampling.draws import Design
from buildout.simulation.simulate import simulate_resolved
from buildout.simulation.soundness import refuse_unsound
from buildout.sweeps.run import sweep
from buildout.vensim.arrays import Floats

#: A pathway as a caller names it, and an outcome with its year, none for a date.
Source = str | Path | Pathway
Asked = tuple[str, float | None]


@dataclass(frozen=True, eq=False)
class Variants:
    """Outcomes of variants of pathways.

    Attributes
    ----------
    outcomes : tuple of AskedOutcome
    single : array, (variant, outcome)
        Of single runs; NaN is a date that never comes.
    drawn : array, (variant, outcome, draw)
        Of the draws that end well in all variants; of no draw where nobody wants them.
    drawn_in_words : str
        Which draws they are.
    end : float, Year
        Of the runs, which stands for dates that never come.
    """

    outcomes: tuple[AskedOutcome, ...]
    single: Floats
    drawn: Floats
    drawn_in_words: str
    end: float

    @property
    def draws(self) -> int:
        """How many draws there are."""
        return int(self.drawn.shape[-1])

    def apart(self, variant: int, base: int, outcome: int) -> tuple[float, Floats]:
        """A variant above another in an outcome, in the single run and in draws; dates by months.

        Parameters
        ----------
        variant, base, outcome : int
            Places.
        """
        asked = self.outcomes[outcome]
        own, other = (capped(asked, self.single[i, outcome], self.end) for i in (variant, base))
        drawn = [capped(asked, self.drawn[i, outcome], self.end).values for i in (variant, base)]
        single = float(difference(asked, other.values, own.values))
        return single, difference(asked, drawn[1], drawn[0])


def run_variants(
    model: Model,
    variants: Sequence[Pathway],
    outcomes: Sequence[AskedOutcome],
    design: Design | None,
    *,
    time_step: float | None = None,
    final_time: float | None = None,
) -> Variants:
    """Run all variants once, and in every draw.

    Parameters
    ----------
    model : Model
    variants : sequence of Pathway
        Whose settings are checked already: they may leave the ranges of parameters.csv.
    outcomes : sequence of AskedOutcome
    design : Design or None
        Without one there are no draws.
    time_step, final_time : float, optional, Year

    Raises
    ------
    InputError, BuildoutError
        Where a single run is not sound, or every draw breaks down; for draws of what the
        variants set.
    """
    asked = resolve(model, variants, time_step=time_step, final_time=final_time, beyond_range=True)
    _refuse_drawn_levers(asked, design)
    scalars = [s for outcome in outcomes for s in outcome.expression.scalars]
    kept = dict.fromkeys(model.variables[names.split(s)[0]].name for s in scalars)
    run = simulate_resolved(asked, outputs=list(kept))
    refuse_unsound(run, model=model)
    single = np.stack([of_run(run, outcome) for outcome in outcomes], axis=1)
    nothing = np.empty((*single.shape, 0))
    if design is None:
        return Variants(tuple(outcomes), single, nothing, "no draws", asked.clock["final_time"])
    cloud = swept_side_by_side(asked, variants, outcomes, design)
    sound = (cloud["status"].values == 0).all(axis=0)
    if not sound.any():
        raise InputError("In every draw some variant breaks down.", cure="Leave out the draws.")
    columns = [of_draws(cloud, outcome) for outcome in outcomes]
    drawn = np.stack([c for c in columns if c is not None], axis=1)[..., sound]
    words = draws_in_words(cloud)
    return Variants(tuple(outcomes), single, drawn, words, asked.clock["final_time"])


def swept_side_by_side(
    asked: Resolved,
    pathways: Sequence[Pathway],
    outcomes: Sequence[AskedOutcome],
    design: Design,
) -> xr.Dataset:
    """A sweep of pathways that keeps what outcomes are read from, by the clock of what was asked.

    Parameters
    ----------
    asked : Resolved
        The same pathways, resolved.
    pathways : sequence of Pathway
    outcomes : sequence of AskedOutcome
    design : Design
    """
    return sweep(
        design,
        pathways,
        outputs=kept_for(asked.model, outcomes),
        time_step=asked.clock["time_step"],
        final_time=asked.clock["final_time"],
        beyond_range=True,
    )


def asked_design(
    draws: int | None, seed: int | None, design: Design | None, *, usual: int | None = None
) -> Design | None:
    """The draws that somebody wants; None for none.

    Parameters
    ----------
    draws, seed : int, optional
        Of a Latin hypercube over all that is uncertain and luck; 0 draws are none.
    design : Design, optional
        In their place.
    usual : int, optional
        Draws when nobody says how many; that of sweeps by default.
    """
    if design is not None:
        return design
    count = (defaults.DRAWS if usual is None else usual) if draws is None else draws
    read_whole(str(count), what="The number of draws", least=0, most=defaults.MOST_VARIANT_DRAWS)
    return latin_hypercube(count, seed=defaults.SEED if seed is None else seed) if count else None


def draws_in_words(cloud: xr.Dataset) -> str:
    """Which draws a sweep is of."""
    seed = cloud.attrs["seed"]
    words = f"{cloud.sizes['draw']:,} draws, {cloud.attrs['design']}"
    return words if seed == "none" else f"{words}, seed {seed}"


def _refuse_drawn_levers(asked: Resolved, design: Design | None) -> None:
    """Refuse to draw a lever in which the variants differ: the draw would prevail in all."""
    model, own = asked.model, asked.model.constants
    for name in design.names if design else ():
        for scalar in model.scalars(name):
            values = {s.values.get(scalar, own[scalar]) for s in asked.scenarios}
            if len(values) > 1 and model.kind_of(scalar) == LEVER:
                raise InputError(
                    f"The design draws {quoted(name)}, which this command moves itself.",
                    cure="Leave it out of the design.",
                )


def wanted_outcomes(
    model: Model, wanted: Iterable[Asked], clock: Mapping[str, float]
) -> list[AskedOutcome]:
    """Outcomes by name and year; what lies beyond the end of the run is read at its end.

    Raises
    ------
    InputError, UnknownNameError
        When there are none, or of another name.
    """
    span = {"start": clock["initial_time"], "end": clock["final_time"]}
    chosen = dict.fromkeys((name, when and min(when, span["end"])) for name, when in wanted)
    if not chosen:
        raise InputError("No outcome is given.", "At least one is accepted.")
    return [asked_outcome(model, name, when, **span) for name, when in chosen]


def row_coordinates(outcomes: Sequence[AskedOutcome]) -> dict[str, Any]:
    """What says of each row which outcome it is; the year of a date is NaN."""
    return {
        "outcome": ("row", [asked.name for asked in outcomes]),
        "year": ("row", [np.nan if asked.year is None else asked.year for asked in outcomes]),
        "unit": ("row", [asked.unit for asked in outcomes]),
        "difference_unit": ("row", [asked.difference_unit for asked in outcomes]),
        "less_is_better": ("row", [asked.less_is_better for asked in outcomes]),
    }
