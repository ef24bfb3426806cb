"""What a request costs, known before anything is computed, and refused when it is too much."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from buildout.errors import InputError

#: Time steps of one run: a million take some seconds a run with a model of thousands of variables.
MOST_TIME_STEPS = 10**6
#: Bytes of saved values; runs are saved in groups of `GROUP`, so that one costs as much as eight.
MOST_BYTES = 4 * 2**30
GROUP = 8

#: Scalars of a model and terms of its sums, together; the largest known models have a third.
MOST_PARTS = 300_000
#: Stocks in a row of one delay or smooth.
MOST_ORDER = 1000

#: Tolerance when times are compared, as a part of a time step; PySD's.
TIME_TOLERANCE = 1e-5
_SHORTEST = 1e-300


@dataclass(frozen=True)
class Price:
    """The size of a request.

    Attributes
    ----------
    steps : int
        Time steps of one run.
    saved_bytes : int
        Memory for the results.
    """

    steps: int
    saved_bytes: int


class Work:
    """What a model has grown to while its subscripts are written out."""

    def __init__(self) -> None:
        self.parts = 0

    def add(self, count: int, what: str, times: int = 1) -> None:
        """Count more parts, before they are made; they will be as many so many times.

        Raises
        ------
        InputError
            When there are more than `MOST_PARTS`.
        """
        whole = self.parts + count * times
        self.parts += count
        if whole > MOST_PARTS:
            raise InputError(
                f"With the {count * times:,} elements or terms of {what} the model has {whole:,}.",
                f"Up to {MOST_PARTS:,} are accepted.",
                "Use smaller subscript ranges.",
            )


def steps_of(controls: Mapping[str, float]) -> int:
    """Time steps from `initial_time` to `final_time`, at least as many as will be taken.

    Raises
    ------
    InputError
        When there are more than `MOST_TIME_STEPS`, or when adding a step to the time is lost in
        rounding.
    """
    first, last, step = (controls[n] for n in ("initial_time", "final_time", "time_step"))
    asked = (last - first) / step if step >= _SHORTEST else math.inf
    if not asked <= MOST_TIME_STEPS:
        many = f"{asked:,.0f}" if asked < 1e15 else f"{asked:g}"
        count = "endless" if math.isinf(asked) else many
        raise InputError(
            f"From {first:g} to {last:g} in steps of {step:g} takes {count} time steps.",
            f"Up to {MOST_TIME_STEPS:,} are accepted.",
            "Choose a longer `time_step` or an earlier `final_time`.",
        )
    largest = max(abs(first), abs(last))
    if asked and abs((largest - step) - largest + step) > TIME_TOLERANCE * step:
        raise InputError(
            f"`time_step` {step:g} is lost in rounding beside a time of {largest:g}.",
            cure="Choose a longer `time_step`, or count the time from a later year.",
        )
    # Rounding may cost a step more.
    return math.ceil(asked * (1 + 2 * TIME_TOLERANCE)) + 2


def priced(steps: int, saved: int, outputs: int, runs: int, pipes: int = 0) -> Price:
    """The price of a request.

    Parameters
    ----------
    steps, saved : int
        Time steps of a run, and how many of them are saved.
    outputs, runs : int
    pipes : int
        Of `DELAY FIXED`, which keep a number for every step.

    Raises
    ------
    InputError
        When the results would take more than `MOST_BYTES`.
    """
    numbers = -(-runs // GROUP) * outputs * saved + pipes * steps
    held = GROUP * numbers * np.dtype(float).itemsize
    if held > MOST_BYTES:
        raise InputError(
            f"{outputs:,} outputs at {saved:,} times of {runs:,} runs take {held / 2**30:,.1f} GiB "
            "of memory.",
            f"Up to {MOST_BYTES / 2**30:g} GiB are accepted.",
            "Ask for fewer outputs, longer `saveper` or fewer `times`, or for fewer runs at once.",
        )
    return Price(steps, held)
