"""Many variants of one pathway side by side, in one batch."""

from collections.abc import Iterable, Mapping, Sequence

from buildout.inputs.model import Model
from buildout.inputs.resolve import pathway_values, side_by_side_values
from buildout.inputs.validation import start_end_pairs
from buildout.vensim import engine

#: Value of constants by scalar id.
Values = Mapping[str, float]


def base_values(model: Model, path: str) -> dict[str, float]:
    """What a pathway sets, by scalar id."""
    return pathway_values(model, path)


def scalar_values(model: Model, settings: Mapping[str, float]) -> dict[str, float]:
    """Settings by scalar id, later names prevailing; they may leave the ranges, as extremes do.

    Raises
    ------
    UnknownNameError
        With the nearest names.
    """
    return {
        scalar: float(value) for name, value in settings.items() for scalar in model.scalars(name)
    }


def side_by_side(
    model: Model, cases: Sequence[Values], outputs: Iterable[str], saved: float = 0.25
) -> engine.Trajectories:
    """One run for each case, a case being the constants that differ from the model's defaults."""
    return engine.Batch().run(
        model.system,
        parameters=side_by_side_values(model, cases),
        outputs=list(outputs),
        controls={"saveper": saved},
    )


def in_order(model: Model, base: Values, moved: Values) -> dict[str, float]:
    """Values whose starts do not pass their ends: a date is taken as far as its partner allows."""
    now = {**model.constants, **base, **moved}
    ordered = dict(moved)
    for start, end in start_end_pairs(model):
        if start in moved:
            ordered[start] = min(now[start], now[end])
        elif end in moved:
            ordered[end] = max(now[start], now[end])
    return ordered
