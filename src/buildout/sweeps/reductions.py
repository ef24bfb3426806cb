"""What is kept of a trajectory: a million runs need not be stored to be compared.

Each reduction looks at one run at a time, so what it gives does not depend on which runs are
computed together. It works on the saved dates of a run; only a crossing looks between them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from buildout._util.arguments import given_number, given_numbers
from buildout.errors import InputError
from buildout.outcomes.dates import SAME_DATE, first_sustained
from buildout.outcomes.rule import SUSTAINED
from buildout.vensim.arrays import Floats, Truths

#: What a reduction keeps: numbers, or whether something holds.
Reduced: TypeAlias = tuple[Floats | Truths, ...]


@dataclass(frozen=True)
class Field:
    """One array that a reduction gives.

    Attributes
    ----------
    suffix : str
        What follows the output's name in the name of the variable; may be empty.
    meaning : str
        What it is, with `{}` where the output's meaning goes.
    unit : str
        Its unit; empty for that of the output.
    integral : bool
        Whether the unit is that of the output times years.
    axis : tuple of float
        Dates along its own dimension; empty when it has one number a run.
    axis_name : str
        Name of that dimension.
    dtype : type
        float, or bool.
    over_draws : tuple of float
        Shares of the draws, where quantiles over all draws replace single draws at the end.
    """

    suffix: str
    meaning: str
    unit: str = ""
    integral: bool = False
    axis: tuple[float, ...] = ()
    axis_name: str = ""
    dtype: type = float
    over_draws: tuple[float, ...] = ()

    def unit_of(self, output: str) -> str:
        """The unit, when that of the output is known."""
        if self.integral:
            return output.removesuffix("/Year") if output.endswith("/Year") else f"{output}*Year"
        return self.unit or output


@dataclass(frozen=True)
class At:
    """The values at chosen dates, which must be saved ones.

    Attributes
    ----------
    years : tuple of float, Year
    """

    years: Sequence[float]

    def __post_init__(self) -> None:
        object.__setattr__(self, "years", given_numbers(self.years, "A date of `At`", finite=False))
        if not self.years:
            raise InputError("No date is given.", "At least one year is accepted.")
        if twice := [year for year in self.years if self.years.count(year) > 1]:
            raise InputError(f"The date {twice[0]:g} is given twice.", "Each date once.")

    def fields(self, times: Floats) -> tuple[Field, ...]:
        """One array along `year`."""
        _places(times, self.years)
        return (Field("", "{}", axis=tuple(self.years), axis_name="year"),)

    def reduce(self, times: Floats, values: Floats) -> Reduced:
        """Of (..., time, run) those dates."""
        return (values[..., _places(times, self.years), :],)


@dataclass(frozen=True)
class Final:
    """The value at the end of the run."""

    def fields(self, times: Floats) -> tuple[Field, ...]:
        """One number a run."""
        return (Field("final", f"{{}} in {times[-1]:g}"),)

    def reduce(self, times: Floats, values: Floats) -> Reduced:
        """Of (..., time, run) the last date."""
        return (values[..., -1, :],)


@dataclass(frozen=True)
class Crossing:
    """The first date from which a value stays on one side of a threshold for some time.

    It is the date of `deadline`: between saved dates a value moves in a straight line, and
    reaching the threshold up to rounding counts (`buildout.outcomes.dates.first_sustained`).

    Attributes
    ----------
    threshold : float
        In the unit of the output; reaching it counts.
    sustained : float, Year
        How long it must hold; a run that ends before has not shown it.
    above : bool
        False: staying below instead.
    since : float or None, Year
        What happens before does not count; None: the whole run does. For the date on which
        defense is covered it is 2027.0, when the rule begins.
    """

    threshold: float
    sustained: float = SUSTAINED
    above: bool = True
    since: float | None = None

    def __post_init__(self) -> None:
        _hold_numbers(self, ("threshold", "sustained"), ("since",))

    def fields(self, times: Floats) -> tuple[Field, ...]:
        """The date, NaN when there is none; whether there is one; whether that is certain."""
        since = self._since(times)
        longest = times[-1] - times[0]
        if not (math.isfinite(self.threshold) and 0 <= self.sustained <= longest):
            raise InputError(
                f"A crossing of {self.threshold:g} is to hold for {self.sustained:g} years.",
                f"A finite threshold and 0 to {longest:g} years are accepted.",
            )
        if not since <= times[-1]:
            raise InputError(
                f"A crossing is looked for from {since:g} on, and the run ends in {times[-1]:g}.",
                "A date within the run is accepted.",
                "Look from an earlier date on, or name other outputs to keep.",
            )
        side = "above" if self.above else "below"
        level = f"{self.threshold:g}".replace(".", "_").replace("-", "minus_").replace("+", "")
        held = f"{side} {self.threshold:g} for {self.sustained:g} yr"
        held += f" from {since:g} on" if since > times[0] else ""
        return (
            Field(f"year_{side}_{level}", f"first date {{}} stays {held}; NaN when never", "Year"),
            Field(f"reached_{side}_{level}", f"whether {{}} ever stays {held}", "Dmnl", dtype=bool),
            Field(
                f"known_{side}_{level}",
                f"whether the run is long enough to tell if {{}} stays {held}",
                "Dmnl",
                dtype=bool,
            ),
        )

    def reduce(self, times: Floats, values: Floats) -> Reduced:
        """Of (..., time, run) the date, whether there is one, whether that is certain."""
        spell = first_sustained(
            times,
            values,
            self._since(times),
            self.threshold,
            self.sustained,
            above=self.above,
            axis=-2,
        )
        return spell.start, ~np.isnan(spell.start), spell.known

    def _since(self, times: Floats) -> float:
        return float(times[0]) if self.since is None else float(self.since)


@dataclass(frozen=True)
class Cumulative:
    """The integral over time between two dates, by trapezoids over the saved dates.

    Attributes
    ----------
    start, end : float or None, Year
        Saved dates; None for the beginning or the end of the run.
    """

    start: float | None = None
    end: float | None = None

    def __post_init__(self) -> None:
        _hold_numbers(self, (), ("start", "end"))

    def fields(self, times: Floats) -> tuple[Field, ...]:
        """One number a run."""
        first, last = self._span(times)
        when = f"{times[first]:g} to {times[last]:g}"
        suffix = "cumulative"
        if (self.start, self.end) != (None, None):
            suffix += f"_{times[first]:g}_{times[last]:g}".replace(".", "_")
        return (Field(suffix, f"{{}}, summed over {when}", integral=True),)

    def reduce(self, times: Floats, values: Floats) -> Reduced:
        """Of (..., time, run) the integral."""
        first, last = self._span(times)
        total = np.zeros(values[..., 0, :].shape)
        # Date by date rather than one dot product, whose order of adding may follow the block.
        for i in range(first, last):
            step = (times[i + 1] - times[i]) / 2
            total += step * (values[..., i, :] + values[..., i + 1, :])
        return (total,)

    def _span(self, times: Floats) -> tuple[int, int]:
        start = times[0] if self.start is None else self.start
        end = times[-1] if self.end is None else self.end
        first, last = _places(times, (start, end))
        if first > last:
            raise InputError(f"A sum runs from {start:g} to {end:g}.", "Start before end.")
        return first, last


@dataclass(frozen=True)
class Minimum:
    """The smallest value of the run."""

    def fields(self, times: Floats) -> tuple[Field, ...]:
        """One number a run."""
        return (Field("minimum", "smallest value of {}"),)

    def reduce(self, times: Floats, values: Floats) -> Reduced:
        """Of (..., time, run) the smallest."""
        return (values.min(axis=-2),)


@dataclass(frozen=True)
class Maximum:
    """The largest value of the run."""

    def fields(self, times: Floats) -> tuple[Field, ...]:
        """One number a run."""
        return (Field("maximum", "largest value of {}"),)

    def reduce(self, times: Floats, values: Floats) -> Reduced:
        """Of (..., time, run) the largest."""
        return (values.max(axis=-2),)


@dataclass(frozen=True)
class Trajectory:
    """All saved dates of every draw: for small sweeps."""

    def fields(self, times: Floats) -> tuple[Field, ...]:
        """One array along `time`."""
        return (Field("", "{}", axis=tuple(times), axis_name="time"),)

    def reduce(self, times: Floats, values: Floats) -> Reduced:
        """Of (..., time, run) all of it."""
        return (values,)


@dataclass(frozen=True)
class Quantiles:
    """Quantiles over the draws at every saved date: the band of a fan chart.

    They are exact, for which every draw's trajectory is kept until the end.

    Attributes
    ----------
    shares : tuple of float, Dmnl
        Of the sound draws, from 0 to 1.
    """

    shares: Sequence[float] = (0.05, 0.25, 0.5, 0.75, 0.95)

    def __post_init__(self) -> None:
        shares = given_numbers(self.shares, "A share of `Quantiles`", finite=False)
        if not shares or not all(0 <= share <= 1 for share in shares):
            raise InputError(f"Quantiles at {shares}.", "Shares from 0 to 1 are accepted.")
        object.__setattr__(self, "shares", shares)

    def fields(self, times: Floats) -> tuple[Field, ...]:
        """One array along `quantile` and `time`, without draws."""
        meaning = "quantiles over draws of {}"
        return (
            Field("quantiles", meaning, axis=tuple(times), axis_name="time",
                  over_draws=tuple(self.shares)),
        )  # fmt: skip

    def reduce(self, times: Floats, values: Floats) -> Reduced:
        """Of (..., time, run) all of it; the quantiles come when all draws are there."""
        return (values,)


Reduction = At | Final | Crossing | Cumulative | Minimum | Maximum | Trajectory | Quantiles


def _hold_numbers(
    reduction: Crossing | Cumulative, needed: Sequence[str], optional: Sequence[str]
) -> None:
    """See that what is given is numbers; what is optional may be None."""
    for field in (*needed, *optional):
        value = getattr(reduction, field)
        if value is not None or field in needed:
            label = f"`{field}` of `{type(reduction).__name__}`"
            object.__setattr__(reduction, field, given_number(value, label, finite=False))


def _places(times: Floats, years: Sequence[float]) -> list[int]:
    """Where dates are among the saved ones."""
    places = [int(np.abs(times - year).argmin()) for year in years]
    for year, place in zip(years, places, strict=True):
        if not abs(times[place] - year) <= SAME_DATE:
            raise InputError(
                f"{year:g} is not a saved date.",
                f"Saved are {times[0]:g} to {times[-1]:g}"
                + (f", every {times[1] - times[0]:g} years." if len(times) > 1 else "."),
                f"Take {times[place]:g}.",
            )
    return places
