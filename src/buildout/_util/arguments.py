"""What callers give from Python: the check of its kind, with the words that a refusal needs."""

import itertools
import math
from collections.abc import Iterable

from buildout._util.names import quoted
from buildout.errors import InputError

_KINDS = {
    "str": "text",
    "bool": "true or false",
    "list": "a list",
    "tuple": "a list",
    "dict": "a table",
    "int": "a number",
    "float": "a number",
    "date": "a date",
    "datetime": "a date",
    "time": "a time of day",
}
MOST_ITEMS = 100_000  # Nobody lists more by hand, and a generator may have no end.


def kind_in_words(value: object) -> str:
    """What a value is, in words, for messages."""
    name = type(value).__name__
    return _KINDS.get(name, name)


def given_number(value: object, what: str, *, finite: bool = True) -> float:
    """A finite number, of whatever type Python and NumPy have for one.

    Parameters
    ----------
    value : object
    what : str
        What it is for, as it opens the message: "The time step".
    finite : bool
        False where the caller refuses NaN and infinities in words of its own.

    Raises
    ------
    InputError
        For text, truth values, lists, dates, complex numbers, NaN and infinities.

    Examples
    --------
    >>> given_number(2, "The time step")
    2.0
    >>> given_number("1", "The time step")
    Traceback (most recent call last):
    buildout.errors.InputError: The time step is `1`, which is text. A finite number is accepted.
    """
    number = math.nan
    # True and False are numbers to Python; where a number is due they are a misunderstanding.
    if hasattr(value, "__float__") and type(value).__name__ not in ("bool", "bool_"):
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        except (TypeError, ValueError):
            # An array of several numbers, or a NumPy scalar that is no number.
            number = math.nan
    if math.isfinite(number) or (isinstance(value, float) and not finite):
        return number
    kind = kind_in_words(value)
    shown = quoted(value) if isinstance(value, str | bool | float) else kind
    reason = "" if shown == kind or isinstance(value, float) else f", which is {kind}"
    if isinstance(value, int) and not isinstance(value, bool):
        shown, reason = "a number beyond 1e308", ""
    raise InputError(f"{what} is {shown}{reason}.", "A finite number is accepted.")


def given_numbers(values: object, what: str, *, finite: bool = True) -> tuple[float, ...]:
    """One finite number or several, as floats; errors as those of `given_number`."""
    if isinstance(values, str | dict) or not isinstance(values, Iterable):
        return (given_number(values, what, finite=finite),)
    if getattr(values, "ndim", 1) == 0:  # An array of no dimension, over which nothing goes.
        return (given_number(values, what, finite=finite),)
    several = given_list(values, what, "Numbers")
    return tuple(given_number(value, what, finite=finite) for value in several)


def given_list(values: object, what: str, accepted: str, most: int = MOST_ITEMS) -> list[object]:
    """What a caller lists; a text stands for itself.

    Parameters
    ----------
    values : object
    what : str
        As it opens the message: "`outputs`".
    accepted : str
        What the list may hold: "Names of variables".
    most : int

    Raises
    ------
    InputError
        For what is no list, and for one without end.
    """
    if isinstance(values, str):
        return [values]
    if not isinstance(values, Iterable) or getattr(values, "ndim", 1) == 0:
        raise InputError(f"{what} is {kind_in_words(values)}.", f"{accepted} are accepted.")
    items = list(itertools.islice(values, most + 1))
    if len(items) > most:
        raise InputError(f"{what} lists more than {most:,}.", "Less is accepted.")
    return items


def given_texts(values: object, what: str, accepted: str) -> list[str]:
    """Names that a caller gives, one or several; errors as those of `given_list`."""
    texts: list[str] = []
    for value in given_list(values, what, accepted):
        if not isinstance(value, str):
            raise InputError(f"{what} holds {kind_in_words(value)}.", f"{accepted} are accepted.")
        texts.append(str(value))
    return texts
