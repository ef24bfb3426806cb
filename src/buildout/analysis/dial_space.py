"""Pathways between the status quo and the strongest packaged one: settings by dials from 0 to 1."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np

from buildout.inputs.dials import Dial, policy_dials
from buildout.inputs.model import Model
from buildout.inputs.resolve import Resolved
from buildout.inputs.settings import Setting
from buildout.vensim.arrays import Floats

#: What all dials start from.
GROUND = "status-quo"
#: Steps of a dial, so that what is found can be said in words.
STEPS = 20
FOUND = "judgement: found by buildout frontier"
# From this year on a date means never.
_NEVER = 2100.0
_DECIMALS = 9


@dataclass(frozen=True)
class Move:
    """What dials do to one constant.

    Attributes
    ----------
    scalar : str
    before, after : float
        With the dial at 0 and at 1.
    jumps : bool
        A start, or an end where there was none: as at 1 as soon as the dial is above 0.
    dials : tuple of int
        Places of the dials; the one that is furthest on counts.
    """

    scalar: str
    before: float
    after: float
    jumps: bool
    dials: tuple[int, ...]

    def value(self, dials: Floats) -> Floats:
        """The constant at dials (..., dial)."""
        own: Floats = np.max(dials[..., list(self.dials)], axis=-1)
        if self.jumps:
            return np.where(own > 0, self.after, self.before)
        return np.round(self.before + own * (self.after - self.before), _DECIMALS)


@dataclass(frozen=True, eq=False)
class DialSpace:
    """All pathways that dials can make.

    Attributes
    ----------
    model : Model
    dials : tuple of Dial
        Those that are free to move.
    held : tuple of Dial
        Those that stay.
    moves : tuple of Move
    ground : Resolved
        The status quo, with what is set on top.
    kept : dict of str to float
        Constants of held dials, where another pathway's own are kept.
    like : str
        That pathway; empty for the status quo.
    """

    model: Model
    dials: tuple[Dial, ...]
    held: tuple[Dial, ...]
    moves: tuple[Move, ...]
    ground: Resolved
    kept: Mapping[str, float]
    like: str

    @property
    def steps(self) -> Floats:
        """How many steps each dial has, (dial,)."""
        return np.array([1.0 if dial.switch else float(STEPS) for dial in self.dials])

    def columns(self, steps: Floats) -> dict[str, float | Floats]:
        """Constants of the pathways of steps (pathway, dial), as an engine takes them."""
        dials = steps / self.steps
        columns: dict[str, float | Floats] = dict(self.ground.scenarios[0].values)
        columns |= self.kept
        columns |= {move.scalar: move.value(dials) for move in self.moves}
        return columns | self.ground.extra_values

    def settings(self, steps: Floats) -> list[Setting]:
        """What one pathway sets on top of the status quo, and why."""
        dials = steps / self.steps
        own = self.ground.scenarios[0].values
        on_top = self.ground.extra_values
        listed = [
            self._setting(scalar, value, f"held as in {self.like}")
            for scalar, value in self.kept.items()
            if scalar not in on_top
        ]
        for move in self.moves:
            value = float(move.value(dials))
            before = own.get(move.scalar, self.model.constants[move.scalar])
            if value != before and move.scalar not in on_top:
                listed.append(self._setting(move.scalar, value, self._note(move, dials)))
        return listed + [replace(s, source=s.source or "judgement") for s in self.ground.extra]

    def _note(self, move: Move, dials: Floats) -> str:
        place = max(move.dials, key=lambda place: float(dials[place]))
        dial = self.dials[place]
        share = "" if dial.switch else f" at {dials[place]:.0%}"
        return f"{dial.name}{share}, of {dial.pathway}"

    def _setting(self, scalar: str, value: float, note: str) -> Setting:
        spelled = self.model.spelled(scalar)
        return Setting(spelled, value, self.model.variable(scalar).unit, FOUND, note)


def dial_space(
    model: Model,
    ground: Resolved,
    ends: Mapping[str, Mapping[str, float]],
    *,
    held: Collection[str] = (),
    like: str = "",
) -> DialSpace:
    """The space of dials between the status quo and the pathways of the table of dials.

    Parameters
    ----------
    model : Model
    ground : Resolved
        The status quo.
    ends : mapping of str to mapping of str to float
        What each pathway sets, by scalar id.
    held : collection of str
        Names of dials that do not move.
    like : str
        The pathway whose own values held dials keep; the status quo's without.
    """
    own, constants = ground.scenarios[0].values, model.constants
    every = policy_dials(model)
    free = tuple(dial for dial in every if dial.name not in held)
    stay = tuple(dial for dial in every if dial.name in held)
    kept = {
        scalar: ends[like].get(scalar, constants[scalar])
        for dial in stay
        for scalar in dial.scalars
        if like
    }
    places: dict[str, list[int]] = {}
    for place, dial in enumerate(free):
        for scalar in dial.scalars:
            places.setdefault(scalar, []).append(place)
    moves = []
    for scalar, of_dials in places.items():
        before = own.get(scalar, constants[scalar])
        after = ends[free[of_dials[0]].pathway].get(scalar, constants[scalar])
        if before != after:
            jumps = _jumps(model, scalar, before)
            moves.append(Move(scalar, before, after, jumps, tuple(of_dials)))
    unlike = {s: v for s, v in kept.items() if v != own.get(s, constants[s]) and s not in places}
    return DialSpace(model, free, stay, tuple(moves), ground, unlike, like)


def _jumps(model: Model, scalar: str, before: float) -> bool:
    variable = model.variable(scalar)
    return variable.unit == "Year" and (variable.name.endswith("start") or before >= _NEVER)


def dial_steps(space: DialSpace, values: Mapping[str, float]) -> Floats | None:
    """The steps that make a pathway, where it lies in the space; None where it does not.

    Parameters
    ----------
    space : DialSpace
    values : mapping of str to float
        What the pathway sets, by scalar id.
    """
    constants = space.model.constants

    def wanted(scalar: str) -> float:
        return values.get(scalar, constants[scalar])

    shares = np.array([_share(space, place, wanted) for place in range(len(space.dials))])
    steps: Floats = np.clip(np.round(shares * space.steps), 0, space.steps)
    made = space.columns(steps[None, :])
    alike = all(
        np.all(np.asarray(made.get(s, constants[s])) == wanted(s)) for s in {*made, *values}
    )
    return steps if alike else None


def _share(space: DialSpace, place: int, wanted: Callable[[str], float]) -> float:
    """How far a dial is on, by the first lever that it alone moves."""
    own = [move for move in space.moves if move.dials == (place,)]
    if not own:
        return 0.0
    move = min(own, key=lambda move: move.jumps)
    return (wanted(move.scalar) - move.before) / (move.after - move.before)
