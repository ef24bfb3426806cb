"""What the series of a file of observations are: of the mapping, or named as the model does."""

import re
from collections.abc import Collection, Mapping
from typing import Protocol

from buildout._util import names
from buildout._util.names import quoted
from buildout.errors import InputError, UnknownNameError
from buildout.inputs.mapping import Mapped, read_expression, read_mapping
from buildout.inputs.model import Model
from buildout.inputs.observations import load_observations

_YEARLY = "/Year"


class SeriesMeanings(Protocol):
    """Series that can be observed.

    Attributes
    ----------
    without : collection of str
        Known series that are left out, and `why_without`.
    summed : mapping of str to int
        Series taken as sums of so many elements, which is to be said.
    """

    @property
    def without(self) -> Collection[str]:
        """Known series that are left out."""

    @property
    def why_without(self) -> str:
        """Why, as it follows "Left out, "."""

    @property
    def summed(self) -> Mapping[str, int]:
        """Series taken as sums, with the number of their elements."""

    def meaning(self, series: str, unit: str) -> Mapped:
        """What a series in a unit is; refuses what it does not know."""


class ModelSeries:
    """What a series or a variable is in the model, with the units it may be observed in."""

    why_without = "of a series that the model has no word for"

    def __init__(self, model: Model) -> None:
        self.model = model
        self.mapping = read_mapping(model=model)
        self.without = set(load_observations()["series"].values.tolist()) - set(self.mapping)
        self.summed: dict[str, int] = {}
        self._kept: dict[tuple[str, str], Mapped] = {}

    def meaning(self, series: str, unit: str) -> Mapped:
        """The row of the mapping, or a variable, an element or a sum of them."""
        if (series, unit) not in self._kept:
            mapped = self.mapping.get(series) or self._named(series, unit)
            if plain_unit(mapped.unit) != plain_unit(unit):
                raise InputError(
                    f"{quoted(series)} is given in {quoted(unit)}.", f"`{mapped.unit}` is accepted."
                )
            self._kept[series, unit] = mapped
        return self._kept[series, unit]

    def _named(self, series: str, unit: str) -> Mapped:
        """What the model calls so; its unit says whether it is a mean or a total."""
        known = [*self.mapping, *(v.name for v in self.model.variables.values())]
        if not series:
            raise InputError("series is empty.", "A series or a variable of the model is accepted.")
        try:
            expression = read_expression(series, self.model)
        except UnknownNameError as problem:
            if re.search(r"\s[+-]\s|\*|\[", series):
                raise
            raise names.unknown("series", series, known) from problem
        own = expression.unit
        accepted = [own, *([own.removesuffix(_YEARLY)] if own.endswith(_YEARLY) else [])]
        if plain_unit(unit) not in map(plain_unit, accepted):
            words = f"`{own}` (the mean over the period)"
            more = f" or `{accepted[-1]}` (the total of it)" if len(accepted) > 1 else ""
            raise InputError(f"{quoted(series)} is given in {quoted(unit)}.", f"{words}{more}.")
        if len(expression.scalars) > len(re.split(r"\s[+-]\s", series)):
            self.summed[series] = len(expression.scalars)
        total = plain_unit(unit) != plain_unit(own)
        return Mapped(
            series, expression, "total" if total else "mean", accepted[-1] if total else own
        )


def plain_unit(unit: str) -> str:
    """A unit without blanks, whatever its case; `yr` is a year.

    Examples
    --------
    >>> plain_unit("t / yr") == plain_unit("t/Year")
    True
    """
    return re.sub(r"/(yr|year)\b", _YEARLY.casefold(), re.sub(r"\s+", "", unit).casefold())
