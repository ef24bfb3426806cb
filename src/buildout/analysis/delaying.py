"""The same policy later: which dates of a pathway are its own to move, and the pathway so moved."""

from collections.abc import Sequence
from dataclasses import dataclass

from buildout.analysis.differing import differing_scalars
from buildout.inputs.instruments import by_instrument
from buildout.inputs.lever_dates import date_scalars
from buildout.inputs.model import Model
from buildout.inputs.resolve import Scenario
from buildout.inputs.validation import start_end_pairs

#: What began before this date, in the base too, has happened, and nobody can delay it.
HAPPENED_BEFORE = 2026.0


@dataclass(frozen=True)
class OwnDates:
    """Dates that a pathway adds to a base.

    Attributes
    ----------
    starts, ends : dict of str to float
        Scalar ids of dates that move, with the pathway's own.
    staying : tuple of str
        Scalar ids of what differs from the base and is on no such date: it stays as it is.
    """

    starts: dict[str, float]
    ends: dict[str, float]
    staying: tuple[str, ...]


def own_dates(model: Model, base: Scenario, pathway: Scenario, end: float) -> OwnDates:
    """The dates of all that a pathway sets otherwise than a base.

    A start moves when a level that acts from it, or the start itself, differs from the base. An end
    moves with its start, or when it differs itself. What never comes within the run stays, and so
    does a start before 2026.0 that the base has too.

    Parameters
    ----------
    model : Model
    base, pathway : Scenario
    end : float, Year
        Of the run.
    """
    now = {**model.constants, **pathway.values}
    before = {**model.constants, **base.values}
    differing = differing_scalars(model, base, pathway)
    starts: dict[str, float] = {}
    staying = []
    for scalar in differing:
        dates = [d for d in date_scalars(model, scalar) if _moves(now, before, d, end)]
        starts |= {date: now[date] for date in dates}
        staying += [] if dates else [scalar]
    pairs = start_end_pairs(model)
    ends = {
        last: now[last]
        for first, last in pairs
        if now[last] < end and (first in starts or last in differing)
    }
    return OwnDates(starts, ends, tuple(scalar for scalar in staying if scalar not in ends))


def _moves(now: dict[str, float], before: dict[str, float], date: str, end: float) -> bool:
    happened = now[date] == before[date] and now[date] < HAPPENED_BEFORE
    return now[date] < end and not happened


def moved_later(
    model: Model, dates: OwnDates, years: float, *, ends_stay: bool = False
) -> dict[str, float]:
    """What a delay of some years sets.

    Parameters
    ----------
    model : Model
    dates : OwnDates
    years : float
    ends_stay : bool
        Whether the programme ends when it would have, and is so much shorter; an end that would
        come before its start then comes with it.
    """
    starts = {scalar: value + years for scalar, value in dates.starts.items()}
    ends = {scalar: value + (0.0 if ends_stay else years) for scalar, value in dates.ends.items()}
    for first, last in start_end_pairs(model):
        if first in starts and last in ends:
            ends[last] = max(ends[last], starts[first])
    return {model.spelled(scalar): value for scalar, value in {**starts, **ends}.items()}


def in_words(model: Model, scalars: Sequence[str]) -> dict[str, list[str]]:
    """Names of constants by instrument of policy, those of all elements once."""
    return {
        instrument: list(dict.fromkeys(model.spelled(s).split("[")[0] for s in own))
        for instrument, own in by_instrument(model, scalars).items()
    }
