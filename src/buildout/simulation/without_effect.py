"""Settings on top of the pathways that change nothing, and why where the model tells.

Both are computed: a setting has no effect when in the run without it all stocks, and all that is
computed from them, are the same bit for bit; a constant is the reason when the setting has an
effect once that constant is moved. A setting that has one where luck is drawn moves the draws only.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile

import numpy as np

from buildout._util import names
from buildout.inputs.controls import is_date
from buildout.inputs.model import Model
from buildout.inputs.resolve import Resolved, side_by_side_values
from buildout.inputs.settings import Setting
from buildout.vensim import engine as engines

#: How far from a constant its effect is looked for, in equations, and among how many partners.
STEPS, PARTNERS = 3, 60
#: Beyond this many time steps of all runs the answer would cost more than the results.
MOST_STEPS = 500_000
#: Runs computed together: whole groups of a processor's vectors, in some 100 MB.
TOGETHER = 16

#: Where luck stands when it is tried whether a setting moves the draws: an early, a middle and a
#: late world, as nothing is decided at the middle of a chance.
LUCK_TRIED = (0.05, 0.5, 0.95)

Values = Mapping[str, float]


@dataclass(frozen=True)
class WithoutEffect:
    """A setting that changes no output of a run in the expected world.

    Attributes
    ----------
    lever : str
        As it was set.
    pathways : tuple of str
        Where it changes nothing; empty for all that were run.
    reason : str
        Why, where the model tells; else empty.
    draws_only : bool
        Whether it changes what is drawn beside the run.
    """

    lever: str
    pathways: tuple[str, ...]
    reason: str
    draws_only: bool = False

    def __str__(self) -> str:
        where = f" in {', '.join(f'`{name}`' for name in self.pathways)}" if self.pathways else ""
        if self.draws_only:
            return f"`{self.lever}` moves the draws only{where}: a single run is the same."
        return f"`{self.lever}` changed nothing{where}{f': {self.reason}' * bool(self.reason)}."


def settings_without_effect(asked: Resolved) -> list[WithoutEffect]:
    """Which settings on top of the pathways change no output of some pathway.

    Parameters
    ----------
    asked : Resolved

    Returns
    -------
    list of WithoutEffect
        In the order of the settings; empty when each changes something in every pathway, and
        not looked for where runs are many and long.
    """
    places = [(i, k) for i in range(len(asked.extra)) for k in range(len(asked.scenarios))]
    steps = (_end(asked) - asked.clock["initial_time"]) / asked.time_step
    if 2 * len(places) * steps > MOST_STEPS:
        return []
    # What a pathway had before needs no run.
    moved = [(i, k) for i, k in places if _without(asked, i, k) != asked.scenarios[k].values]
    pairs = [(asked.scenarios[k].values, _without(asked, i, k)) for i, k in moved]
    differing = {place for place, same in zip(moved, _same(asked, pairs), strict=True) if not same}
    idle = []
    for i, setting in enumerate(asked.extra):
        still = [k for k in range(len(asked.scenarios)) if (i, k) not in differing]
        for drawn in (False, True):
            own = [k for k in still if _moves_draws(asked, i, k) == drawn]
            if own:
                some = tuple(asked.names[k] for k in own) if len(own) < len(asked.names) else ()
                reason = "" if drawn else _reason(asked, i, own[0])
                idle.append(WithoutEffect(setting.lever, some, reason, drawn))
    return idle


def _moves_draws(asked: Resolved, number: int, scenario: int) -> bool:
    """Whether a setting without effect has one where luck is drawn, wherever luck stands."""
    model, now = asked.model, asked.scenarios[scenario].values
    without = _without(asked, number, scenario)
    mine = model.scalars(asked.extra[number].lever)
    switch = [] if model.luck_switch is None else model.scalars(model.luck_switch)
    # Luck that is set, and a world that is drawn already, are told apart by `_reason`.
    if without == now or not switch or {*mine} & {*model.luck, *switch}:
        return False
    worlds = [dict.fromkeys(model.luck, at) | dict.fromkeys(switch, 1.0) for at in LUCK_TRIED]
    return not all(_same(asked, [({**now, **world}, {**without, **world}) for world in worlds]))


def _values(model: Model, setting: Setting) -> dict[str, float]:
    return dict.fromkeys(model.scalars(setting.lever), float(setting.value))


def _without(asked: Resolved, number: int, scenario: int) -> dict[str, float]:
    """What a pathway sets when one of the settings on top is left out."""
    values, model = dict(asked.scenarios[scenario].own), asked.model
    for other, setting in enumerate(asked.extra):
        if other != number:
            values |= _values(model, setting)
    left_out = {s: model.constants[s] for s in _values(model, asked.extra[number])}
    return left_out | values


def _same(asked: Resolved, pairs: Sequence[tuple[Values, Values]]) -> Iterator[bool]:
    """For each pair of settings whether both give the same, where both can be computed."""
    engine, outputs = engines.Batch(), _responding(asked.model)
    for start in range(0, len(pairs), TOGETHER // 2):
        cases = [values for pair in pairs[start : start + TOGETHER // 2] for values in pair]
        run = engine.run(
            asked.model.system,
            side_by_side_values(asked.model, cases),
            outputs=outputs,
            controls=asked.controls,
        )
        for first in range(0, len(cases), 2):
            chosen, without = run.values[:, :, first], run.values[:, :, first + 1]
            yield bool(np.array_equal(chosen, without, equal_nan=True))


@lru_cache(maxsize=4)
def _responding(model: Model) -> tuple[str, ...]:
    """Scalar ids of stocks and of all that is computed from one.

    What is computed from dates and constants alone is a schedule, which a setting may move without
    anything following it.
    """
    keys = {v.key for v in model.variables.values() if v.kind == "stock"}
    todo = list(keys)
    while todo:
        new = set(_users(model).get(todo.pop(), ())) - keys
        keys |= new
        todo += new
    return tuple(s for v in model.variables.values() if v.key in keys for s in v.members.values())


@lru_cache(maxsize=4)
def _users(model: Model) -> dict[str, list[str]]:
    """Keys of the variables that read a variable, by its key."""
    users: dict[str, list[str]] = {}
    for key in model.variables:
        for read in model.system.inputs_of(key):
            users.setdefault(read, []).append(key)
    return users


def _reason(asked: Resolved, number: int, scenario: int) -> str:
    """Why a setting changes nothing in a pathway."""
    model, setting = asked.model, asked.extra[number]
    chosen, without = asked.scenarios[scenario].values, _without(asked, number, scenario)
    mine = model.scalars(setting.lever)
    if all(chosen.get(s, model.constants[s]) == without[s] for s in mine):
        return f"it is {setting.value:g} already"
    if is_date(model, mine[0]) and setting.value >= _end(asked):
        return f"the run ends in {_end(asked):g}"
    if not _luck_acts(model, mine, chosen):
        return f"`{model.luck_switch}` is 0"
    trials = [
        (words, moved)
        for partner in _partners(model, model.variable(setting.lever).key)
        for words, moved in _moved(asked, partner, {**model.constants, **chosen}, mine)
        if not set(moved) & set(mine)
    ]
    pairs = [({**chosen, **moved}, {**without, **moved}) for _, moved in trials]
    idle = sum(1 for _ in takewhile(bool, _same(asked, pairs)))
    return trials[idle][0] if idle < len(trials) else ""


def _luck_acts(model: Model, scalars: Sequence[str], now: Values) -> bool:
    """False for luck in the expected world, in which no project has its own."""
    if model.luck_switch is None or not set(scalars) & set(model.luck):
        return True
    switch = model.scalars(model.luck_switch)[0]
    return now.get(switch, model.constants[switch]) != 0


def _end(asked: Resolved) -> float:
    return asked.clock["final_time"]


def _partners(model: Model, key: str) -> list[str]:
    """Constants that meet a constant within a few equations, those of like name first."""
    level, seen, met = [key], {key}, dict[str, None]()
    for _ in range(STEPS):
        level = [u for k in level for u in _users(model).get(k, ()) if u not in seen]
        seen |= set(level)
        for user in level:
            read = model.system.inputs_of(user)
            met |= dict.fromkeys(r for r in read if model.variables[r].kind == "constant")
    words = key.split("_")

    def alike(other: str) -> int:
        pairs = zip(words, other.split("_"), strict=False)
        return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))

    return sorted((k for k in met if k != key), key=alike, reverse=True)[:PARTNERS]


def _moved(
    asked: Resolved, key: str, now: Mapping[str, float], mine: Sequence[str]
) -> list[tuple[str, dict[str, float]]]:
    """What keeps a partner from acting, in words, and values with which it would act."""
    model = asked.model
    members = list(model.variables[key].members.values())
    trials = []
    zeros = [s for s in members if now[s] == 0]
    if zeros:
        words = f"{_called(model, key, zeros, mine)} is 0"
        trials.append((words, {s: _high(model, s) for s in zeros}))
    if is_date(model, members[0]):
        late = [s for s in members if now[s] >= _end(asked)]
        start = asked.clock["initial_time"]
        if late:
            words = f"{_called(model, key, late, mine)} is {now[late[0]]:g}, when the run has ended"
            trials.append((words, dict.fromkeys(late, (start + _end(asked)) / 2)))
    row = model.parameters.get(members[0])
    if row and row.distribution == "discrete" and now[members[0]] != 0:
        others = [v for v in np.arange(row.low, row.high + 1) if v != now[members[0]]]
        words = f"`{model.variables[key].name}` is {now[members[0]]:g}"
        trials += [(words, dict.fromkeys(members, float(value))) for value in others]
    return trials


def _high(model: Model, scalar: str) -> float:
    row = model.parameters.get(scalar)
    return row.high if row and row.high > 0 else 1.0


def _called(model: Model, key: str, scalars: Sequence[str], mine: Sequence[str]) -> str:
    """A partner's name; of single elements the one that the setting is about."""
    if len(scalars) == len(model.variables[key].members):
        return f"`{model.variables[key].name}`"
    elements = {names.split(scalar)[1] for scalar in mine}
    single = {element for several in elements for element in several}
    like = [scalar for scalar in scalars if names.split(scalar)[1] in elements]
    near = [scalar for scalar in scalars if single & set(names.split(scalar)[1])]
    return f"`{model.spelled((like or near or list(scalars))[0])}`"
