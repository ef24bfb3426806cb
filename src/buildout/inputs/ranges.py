"""Values of settings against the numbers that a lever takes: finite, whole, inside its range."""

import math
from collections.abc import Sequence

from buildout._util.arguments import kind_in_words
from buildout._util.hints import NUMBER, number_hint
from buildout._util.names import quoted
from buildout._util.numbers import in_full
from buildout.errors import InputError
from buildout.inputs.model import Model
from buildout.inputs.regimes import REGIMES, numbered
from buildout.inputs.settings import Setting

NAMED = 4  # Elements that a message names before it says how many more there are.
_BEYOND = "`--beyond-range` (or `beyond_range=True`) lets it pass."


def finite(setting: Setting) -> float:
    """The value of a setting as a finite number.

    Raises
    ------
    InputError
        For text, truth values, lists, NaN and infinities.
    """
    value: object = setting.value
    number = math.nan
    # True and False are numbers to Python; in a pathway they are a misunderstanding.
    wrong = type(value).__name__ in ("bool", "bool_") or not hasattr(value, "__float__")
    try:
        number = math.nan if wrong else float(setting.value)
    except OverflowError:
        number = math.inf
    except (TypeError, ValueError):  # An array of several numbers.
        wrong = True
    if wrong:
        shown = quoted(value) if isinstance(value, str | bool) or value is None else "a value"
        raise InputError(
            f"{quoted(setting.lever)} is set to {shown}, which is {kind_in_words(value)}.",
            f"A number is accepted; a switch takes 0 or 1{_letters(setting.lever)}.",
            _without_quotes(value.strip()) if isinstance(value, str) else "",
        )
    if not math.isfinite(number):
        shown = quoted(value) if isinstance(value, float) else "a number beyond 1e308"
        raise InputError(
            f"{quoted(setting.lever)} is set to {shown}.", "A finite number is accepted."
        )
    return number


def check_range(
    model: Model,
    setting: Setting,
    scalars: Sequence[str],
    value: float,
    *,
    beyond_range: bool = False,
    own_start: bool = False,
) -> None:
    """Refuse what a lever, or some of its elements, do not take.

    Parameters
    ----------
    model : Model
    setting : Setting
        As given, for the message.
    scalars : sequence of str
        What it sets.
    value : float
    beyond_range : bool
        Let finite numbers pass; a choice between a few whole numbers stays one.
    own_start : bool
        The run begins at another time than the model. The ranges of parameters.csv are about the
        model's own start, so only physical sense is asked for: nothing below zero whose range is
        not, no share above one.

    Raises
    ------
    InputError
        Names the elements whose range is hurt, and those that it fits.
    """
    for scalar in scalars:
        _check_choice(model, setting, scalar, value)
    if beyond_range:
        return
    within = _physical_range if own_start else _range
    ranges = {scalar: within(model, scalar) for scalar in scalars}
    hurt = [s for s, (low, high) in ranges.items() if not low <= value <= high]
    if not hurt:
        return
    unit = model.variable(scalars[0]).unit
    if len(set(ranges.values())) == 1:
        raise InputError(
            f"{quoted(setting.lever)} is set to {in_full(value)} {unit}.",
            f"Accepted: {_span(ranges[hurt[0]])} {unit}.",
            _BEYOND,
        )
    fits = [s for s in scalars if s not in hurt]
    listed = [f"{_span(ranges[s])} for `{model.spelled(s)}`" for s in hurt]
    if fits:
        kept = _listed([f"`{model.spelled(s)}`" for s in fits])
        example = f"{model.spelled(fits[0])}={value:g}"
        cure = f"It fits {kept}: set single elements, as in `{example}`. {_BEYOND}"
    else:
        example = f"{model.spelled(hurt[0])}={_inside(ranges[hurt[0]], value):g}"
        cure = f"Single elements are set as in `{example}`. {_BEYOND}"
    raise InputError(
        f"{quoted(setting.lever)} is set to {in_full(value)} {unit}.",
        f"Accepted: {_listed(listed)}.",
        cure,
    )


def _check_choice(model: Model, setting: Setting, scalar: str, value: float) -> None:
    row = model.parameters.get(scalar)
    if row is None or row.distribution != "discrete":
        return
    if not value.is_integer() or not row.low <= value <= row.high:
        raise InputError(
            f"{quoted(setting.lever)} is set to {in_full(value)}.",
            f"A whole number from {row.low:g} to {row.high:g} is accepted{_letters(scalar)}.",
        )


def _without_quotes(text: str) -> str:
    return "Leave out the quotes." if NUMBER.fullmatch(text) else number_hint(text)


def _letters(lever: str) -> str:
    first = next(iter(REGIMES))
    return f", or {', '.join(REGIMES)}" if numbered(lever, first) != first else ""


def _range(model: Model, scalar: str) -> tuple[float, float]:
    row = model.parameters.get(scalar)
    low, high = (row.low, row.high) if row else model.variable(scalar).limits
    return (
        -math.inf if low is None else low,
        math.inf if high is None else high,
    )


def _physical_range(model: Model, scalar: str) -> tuple[float, float]:
    low, high = _range(model, scalar)
    share = low >= 0 and high == 1 and model.variable(scalar).unit == "Dmnl"
    return 0.0 if low >= 0 else -math.inf, 1.0 if share else math.inf


def _span(ends: tuple[float, float]) -> str:
    low, high = map(in_full, ends)
    return f"{low} or more" if math.isinf(ends[1]) else f"{low} to {high}"


def _inside(ends: tuple[float, float], value: float) -> float:
    return min(max(value, ends[0]), ends[1])


def _listed(parts: Sequence[str]) -> str:
    shown = list(parts[:NAMED])
    if len(parts) > NAMED:
        return f"{', '.join(shown)} and {len(parts) - NAMED} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
