"""An outcome as a question with two answers: is it at least so much; is it met by then."""

from dataclasses import dataclass

import numpy as np

from buildout._util.numbers import number, three_digits
from buildout.analysis.paired import capped
from buildout.inputs.asked import AskedOutcome
from buildout.outcomes.dates import SAME_DATE, reaches
from buildout.outcomes.rule import FULL
from buildout.vensim.arrays import Floats, Truths

# What has a need of its own is asked against it.
_NEEDED = "coverage"
#: Why a level stands in the question.
GIVEN_LEVEL, NEED_LEVEL, MEDIAN_LEVEL, EVER_LEVEL = (
    "as asked",
    "the whole need",
    "the median of the draws, as none was asked for",
    "the end of the run, as none was asked for and half of the draws or more never come to it",
)


@dataclass(frozen=True)
class Question:
    """An outcome and the level that parts its answers.

    Attributes
    ----------
    outcome : AskedOutcome
    level : float
        Values of at least this much are a yes; of a date, dates until this one. In the unit of the
        outcome.
    reason : str
        Where the level comes from.
    end : float, Year
        Of the run.
    """

    outcome: AskedOutcome
    level: float
    reason: str
    end: float

    def yes(self, values: Floats) -> Truths:
        """In which draws the answer is yes; a date that never comes is a no."""
        if self.outcome.is_date:
            return np.asarray(values <= self.level + SAME_DATE)
        return reaches(values, self.level)

    def numbers(self, values: Floats) -> Floats:
        """Values that have a variance: a date that never comes is the end of the run."""
        return capped(self.outcome, values, self.end).values

    @property
    def words(self) -> str:
        """The yes in words."""
        if self.outcome.is_date:
            return f"by {number(self.level, 6, apart=1e9)}"
        unit = {"Dmnl": "", "t/Year": " t a year", "MUSD": " million USD"}.get(
            self.outcome.unit, f" {self.outcome.unit}"
        )
        return f"at least {three_digits(self.level)}{unit}"


def question_of(
    outcome: AskedOutcome, level: float | None, values: Floats, *, end: float
) -> Question:
    """The question with a level that is given, or with its own: the need, else the median.

    Parameters
    ----------
    outcome : AskedOutcome
    level : float or None
    values : array, (draw,)
        Of sound draws of the pathway; NaN is a date that never comes.
    end : float, Year
        Of the run.
    """
    if level is not None:
        return Question(outcome, level, GIVEN_LEVEL, end)
    if outcome.group == _NEEDED:
        return Question(outcome, FULL, NEED_LEVEL, end)
    middle = float(np.median(np.where(np.isnan(values), np.inf, values)))
    if np.isinf(middle):
        return Question(outcome, end, EVER_LEVEL, end)
    return Question(outcome, middle, MEDIAN_LEVEL, end)
