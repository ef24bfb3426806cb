"""Settings of levers checked against the model: names, numbers, units, ranges, dates."""

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from buildout._util import names
from buildout._util.names import quoted
from buildout.errors import THE_SETTINGS, BuildoutError, InputError, together
from buildout.inputs.model import Model
from buildout.inputs.ranges import check_range, finite
from buildout.inputs.regimes import as_letter
from buildout.inputs.settings import Setting, as_settings
from buildout.vensim.engine import Variable

_Set = tuple[Setting, set[str]]


def check_settings(
    model: Model,
    settings: Mapping[str, Any] | Iterable[Setting],
    *,
    where: str = THE_SETTINGS,
    beyond_range: bool = False,
) -> dict[str, float]:
    """Settings as values of scalars, in order, later ones prevailing.

    Parameters
    ----------
    model : Model
        What the names, units and ranges are checked against.
    settings : mapping or iterable of Setting
        Names of constants, with or without subscripts, and values.
    where : str
        How the message names the place, such as "Pathway `mobilization`".
    beyond_range : bool
        Let values leave the range of parameters.csv (still finite numbers), for tests of extremes.

    Returns
    -------
    dict of str to float
        By scalar id.

    Raises
    ------
    UnknownNameError, InputError
        All problems together: names, numbers, units and ranges first, then order of dates.
    """
    values = check_values(model, settings, where=where, beyond_range=beyond_range)
    check_dates(model, values, where=where)
    return values


def check_values(
    model: Model,
    settings: Mapping[str, Any] | Iterable[Setting],
    *,
    where: str = THE_SETTINGS,
    beyond_range: bool = False,
    own_start: bool = False,
) -> dict[str, float]:
    """As `check_settings`, one value at a time, without comparing starts with ends.

    With `own_start`, values are of a run that begins at another time than the model, see
    `buildout.inputs.ranges.check_range`.
    """
    values: dict[str, float] = {}
    before: dict[str, list[_Set]] = {}
    problems: list[BuildoutError] = []
    for setting in as_settings(settings):
        try:
            set_now = _scalar_values(model, setting, beyond_range, own_start)
            _refuse_conflict(setting, set(set_now), before)
        except BuildoutError as problem:
            problems.append(problem)
        else:
            values.update(set_now)
            if setting.origin.startswith("--") or not setting.origin:
                for scalar in set_now:
                    before.setdefault(scalar, []).append((setting, set(set_now)))
    if problems:
        raise together(problems, where)
    return values


def _refuse_conflict(
    setting: Setting, scalars: set[str], before: Mapping[str, Sequence[_Set]]
) -> None:
    """Refuse two settings of one thing where one of them is an option of the command line.

    A single element after its whole variable is no conflict: it is an exception to it.
    """
    earlier = [each for scalar in scalars for each in before.get(scalar, ())]
    for other, others in earlier:
        typed = "--" in (setting.origin[:2], other.origin[:2])
        if typed and not scalars < others:
            raise InputError(
                f"{_as_typed(other)} and {_as_typed(setting)} set the same.", cure="Keep one."
            )


def _as_typed(setting: Setting) -> str:
    if setting.origin in ("", "--set"):
        return quoted(f"{setting.origin} {setting.lever}={setting.value:g}".strip())
    return quoted(f"{setting.origin} {as_letter(setting.lever, setting.value)}")


def check_dates(model: Model, values: Mapping[str, float], *, where: str) -> None:
    """Refuse starts after their ends, and episodes that overlap, where values touch them.

    Raises
    ------
    InputError
        All problems together.
    """
    now = {**model.constants, **values}
    problems: list[BuildoutError] = [
        InputError(
            f"`{model.spelled(start)}` is {now[start]:g}, after "
            f"`{model.spelled(end)}`, which is {now[end]:g}.",
            "A start at or before its end is accepted.",
        )
        for start, end in start_end_pairs(model)
        if {start, end} & set(values) and now[start] > now[end]
    ]
    for episodes in episode_groups(model):
        problems += _overlaps(model, episodes, now, set(values))
    if problems:
        raise together(problems, where)


def _scalar_values(
    model: Model, setting: Setting, beyond_range: bool, own_start: bool
) -> dict[str, float]:
    if names.key(names.split(setting.lever)[0]) in model.system.controls:
        raise InputError(
            f"{quoted(setting.lever)} is a control of the run, not a lever.",
            cure="Use `--time-step` or `--final-time`; a pathway file may say `initial_time`.",
        )
    variable = model.variable(setting.lever, kind="lever")
    if variable.kind != "constant":
        raise InputError(
            f"`{variable.name}` is computed by the model and cannot be set.",
            cure="`buildout levers` lists what can; `buildout explain` shows what it depends on.",
        )
    value = finite(setting)
    if setting.unit and _plain_unit(setting.unit) != _plain_unit(variable.unit):
        raise InputError(
            f"{quoted(setting.lever)} is given in {quoted(setting.unit)}.",
            f"The model has it in `{variable.unit}`.",
        )
    scalars = model.scalars(setting.lever)
    check_range(model, setting, scalars, value, beyond_range=beyond_range, own_start=own_start)
    return dict.fromkeys(scalars, value)


@lru_cache(maxsize=1024)
def _plain_unit(unit: str) -> str:
    return re.sub(r"\s+", "", unit).casefold()


@lru_cache(maxsize=8)
def start_end_pairs(model: Model) -> list[tuple[str, str]]:
    """Scalar ids of constants `x start` and `x end`, with equal subscripts."""
    pairs = []
    for start, end in _partners(model, "start", "end"):
        pairs += [(start.members[e], end.members[e]) for e in start.members]
    return pairs


@lru_cache(maxsize=8)
def episode_groups(model: Model) -> list[list[tuple[str, ...]]]:
    """Things that happen several times, one after the other.

    Returns
    -------
    list of list of tuple of str
        For each pair of constants `x start` and `x length` over one subscript: the scalar ids of
        start and length of every episode, and of `x depth` where the model has it.
    """
    depths = {start.key: depth for start, depth in _partners(model, "start", "depth")}
    groups = []
    for start, length in _partners(model, "start", "length"):
        if len(start.dims) == 1:
            parts = [start, length] + [depths[start.key]] * (start.key in depths)
            groups.append([tuple(part.members[e] for part in parts) for e in start.members])
    return groups


def _overlaps(
    model: Model, episodes: list[tuple[str, ...]], now: Mapping[str, float], touched: set[str]
) -> list[BuildoutError]:
    # An episode of no length or no depth does not happen.
    real = sorted((e for e in episodes if all(now[s] > 0 for s in e[1:])), key=lambda e: now[e[0]])
    return [
        InputError(
            f"`{model.spelled(first[0])}` is {now[first[0]]:g} for {now[first[1]]:g} Year, which "
            f"overlaps `{model.spelled(second[0])}`, {now[second[0]]:g}.",
            "Episodes one after the other are accepted.",
        )
        for first, second in itertools.pairwise(real)
        if now[first[0]] + now[first[1]] > now[second[0]] and touched & {*first, *second}
    ]


def _partners(model: Model, word: str, other: str) -> list[tuple[Variable, Variable]]:
    """Constants `x word` and `x other` with the same subscripts."""
    pairs = []
    for name, variable in model.variables.items():
        partner = model.variables.get(re.sub(rf"(^|_){word}$", rf"\1{other}", name))
        if (
            partner not in (None, variable)
            and variable.kind == partner.kind == "constant"
            and variable.dims == partner.dims
        ):
            pairs.append((variable, partner))
    return pairs
