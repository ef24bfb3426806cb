"""The controls of the page: which levers and uncertainties have a slider, read from `controls.csv`.

Units, meanings, ranges, sources and reasons are the model's and parameters.csv's; the table says
which constants move together, what a lever needs besides, and where a slider ends earlier, and why.
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from buildout._util.names import quoted
from buildout._util.reading import read_number, read_rows
from buildout.errors import BuildoutError, InputError, together
from buildout.inputs.model import LEVER_KINDS, Model
from buildout.inputs.parameters import Parameter
from buildout.inputs.regimes import as_letter

CONTROLS_TABLE = Path(__file__).with_name("controls.csv")
COLUMNS = ("control", "group", "title", "names", "also", "low", "high", "why")
#: What is moved, and what is not ours to move, in the order of the page.
CONTROL_GROUPS = {
    "money": "Money",
    "contracts": "Contracts",
    "people": "People and know-how",
    "allies": "Allies",
    "permits": "Permits and haste",
    "China": "China",
    "rule": "The rule",
    "need": "The need",
    "uncertain": "What nobody knows",
}
# Steps of a slider: enough that none jumps, few enough that each is a number that people say.
_STEPS = 100


@dataclass(frozen=True)
class Control:
    """One slider, or one choice.

    Attributes
    ----------
    name : str
        Of letters and hyphens, as in the page's address.
    group : str
        A key of `CONTROL_GROUPS`.
    title : str
    names : tuple of str
        Of constants, as a setting takes them; all are set to one value.
    scalars : tuple of str
        The same by scalar id.
    also : dict of str to float
        What the lever needs to act, by scalar id.
    low, high : float
        In the constant's unit.
    why : str
        Why it ends before parameters.csv does, or needs something besides, or what is odd about
        it; else empty.
    """

    name: str
    group: str
    title: str
    names: tuple[str, ...]
    scalars: tuple[str, ...]
    also: dict[str, float]
    low: float
    high: float
    why: str


@lru_cache(maxsize=4)
def page_controls(model: Model, path: Path = CONTROLS_TABLE) -> tuple[Control, ...]:
    """All controls in the order of the table.

    Parameters
    ----------
    model : Model
    path : path
        Another table.

    Raises
    ------
    InputError
        For a name that the model lacks, a constant that two controls move, an end beyond the range
        of parameters.csv, or one that says no reason; all problems together.

    Examples
    --------
    >>> from buildout.inputs.model import load_model
    >>> page_controls(load_model())[0].scalars
    ('surge_total',)
    """
    controls: list[Control] = []
    problems: list[BuildoutError] = []
    for line, cells in read_rows(path, COLUMNS, what="the table of controls"):
        try:
            control = _control(model, cells)
            _refuse_twice(control, controls)
            controls.append(control)
        except BuildoutError as problem:
            problems.append(InputError(f"Line {line}: {problem}"))
    if problems:
        raise together(problems, quoted(path.name))
    return tuple(controls)


def control_rows(model: Model, control: Control) -> tuple[Parameter, ...]:
    """The rows of parameters.csv of what a control moves."""
    return tuple(dict.fromkeys(model.parameters[scalar] for scalar in control.scalars))


def is_lever(model: Model, control: Control) -> bool:
    """Whether a control is chosen by somebody; else it is uncertain."""
    return control_rows(model, control)[0].kind in LEVER_KINDS


def choices_of(model: Model, control: Control) -> list[dict[str, float | str]] | None:
    """Values of a discrete control with the model's words for each; None of any other."""
    [row, *_] = control_rows(model, control)
    if row.distribution != "discrete":
        return None
    meaning = model.variable(control.names[0]).meaning
    words = dict(re.findall(r"(\d+): ([^;]+)", meaning))
    values = range(round(control.low), round(control.high) + 1)
    return [
        {"value": float(v), "title": words.get(str(v), as_letter(control.names[0], v)).strip()}
        for v in values
    ]


def slider_step(control: Control) -> float:
    """A step that divides a range into a hundred or so, of one digit: 1, 2 or 5.

    Examples
    --------
    >>> from buildout.inputs.model import load_model
    >>> [slider_step(control) for control in page_controls(load_model())[:3]]
    [10000.0, 0.01, 50.0]
    """
    finest = (control.high - control.low) / _STEPS
    power = math.floor(math.log10(finest) + 1e-9)
    return float(f"{max(d for d in (1, 2, 5) if d * 10.0**power <= finest * (1 + 1e-9))}e{power}")


def _control(model: Model, cells: Mapping[str, str]) -> Control:
    if cells["group"] not in CONTROL_GROUPS:
        raise InputError(
            f"The group is {quoted(cells['group'])}.", f"Accepted: {', '.join(CONTROL_GROUPS)}."
        )
    if not re.fullmatch(r"[a-z]+(-[a-z]+)*", cells["control"]):
        raise InputError(
            f"The control is called {quoted(cells['control'])}.",
            "Small letters with hyphens between them are accepted.",
        )
    called = tuple(name.strip() for name in cells["names"].split(";"))
    scalars = tuple(dict.fromkeys(_settable(model, called)))
    rows = [model.parameters[scalar] for scalar in scalars]
    low, high = max(row.low for row in rows), min(row.high for row in rows)
    ends = [
        read_number(cells[end], what=f"`{end}`") if cells[end] else widest
        for end, widest in (("low", low), ("high", high))
    ]
    if not low <= ends[0] < ends[1] <= high:
        raise InputError(
            f"{quoted(cells['control'])} goes from {ends[0]:g} to {ends[1]:g}.",
            f"parameters.csv goes from {low:g} to {high:g}.",
        )
    also = _also(model, cells["also"])
    if (cells["low"] or cells["high"] or also) and not cells["why"]:
        raise InputError(f"{quoted(cells['control'])} does not say why it ends or needs more.")
    return Control(
        name=cells["control"],
        group=cells["group"],
        title=cells["title"],
        names=called,
        scalars=scalars,
        also=also,
        low=ends[0],
        high=ends[1],
        why=cells["why"],
    )


def _settable(model: Model, called: Iterable[str]) -> Iterable[str]:
    for name in called:
        for scalar in model.scalars(name):
            if scalar not in model.parameters:
                raise InputError(f"{quoted(name)} has no row in parameters.csv.")
            yield scalar


def _also(model: Model, written: str) -> dict[str, float]:
    values: dict[str, float] = {}
    for part in filter(None, (part.strip() for part in written.split(";"))):
        name, _, value = part.rpartition("=")
        number = read_number(value, what=quoted(name))
        values |= dict.fromkeys(_settable(model, [name]), number)
    return values


def _refuse_twice(control: Control, before: Iterable[Control]) -> None:
    for other in before:
        if other.name == control.name or set(other.scalars) & set(control.scalars):
            raise InputError(f"{quoted(control.name)} moves what {quoted(other.name)} does.")
