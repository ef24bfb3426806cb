"""A front in draws: bands, who is beaten in the median, the best within the same money."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from buildout.analysis.dial_space import DialSpace, dial_steps
from buildout.analysis.front import MONEY, OBJECTIVES, Front
from buildout.analysis.paired import capped
from buildout.analysis.search import unbeaten
from buildout.analysis.variants import Variants
from buildout.inputs.dials import policy_dials
from buildout.inputs.resolve import Resolved
from buildout.outcomes.odds import BAND, value_quantiles
from buildout.simulation.display import Results
from buildout.vensim.arrays import Floats, Truths


@dataclass(frozen=True, eq=False)
class FrontInDraws:
    """A front and its draws, as a Dataset.

    Attributes
    ----------
    space : DialSpace
    front : Front
    chosen : list of int
        Who stands for it.
    names : list of str
        Of those, then of the compared pathways.
    run : Variants
        Of all of them.
    """

    space: DialSpace
    front: Front
    chosen: list[int]
    names: list[str]
    run: Variants

    def dataset(self, asked: Resolved, about: Mapping[str, object]) -> xr.Dataset:
        """All that the verb gives."""
        outcomes, count = self.run.outcomes, len(self.chosen)
        beaten = self._beaten()
        dials = np.full((len(self.names), len(self.space.dials)), np.nan)
        dials[:count] = self.front.steps[self.chosen] / self.space.steps
        for place, scenario in enumerate(asked.scenarios):
            steps = dial_steps(self.space, scenario.own)
            if steps is not None:
                dials[count + place] = steps / self.space.steps
        on_front = np.ones(len(self.names), bool)
        both = np.concatenate([self.front.objectives, self.front.rivals])
        on_front[count:] = unbeaten(both)[len(self.front.objectives) :]
        knee = [place == self.front.knee() for place in self.chosen]
        pair = ("candidate", "outcome")
        data = {
            "value": (pair, self.run.single),
            **{f"value_{q}": (pair, values) for q, values in self._bands().items()},
            "dial_at": (("candidate", "dial"), dials),
            "found": ("candidate", np.arange(len(self.names)) < count),
            "front": ("candidate", on_front),
            "knee": ("candidate", np.array([*knee, *[False] * (len(self.names) - count)])),
            "beaten_by": ("candidate", np.array(beaten, dtype=object).astype(str)),
            "alone": (("dial", "outcome"), self.front.alone),
            "free_alone": ("outcome", self.front.free_alone),
            "as_good": ("compared", self._as_good()),
            **self._same_money(asked.names),
        }
        every = policy_dials(self.space.model)
        held = {dial.name for dial in self.space.held}
        listed = [
            {"name": d.name, "pathway": d.pathway, "charged": d.charged, "held": d.name in held}
            for d in every
        ]
        return Results(
            data,
            {
                "candidate": self.names,
                "dial": [dial.name for dial in self.space.dials],
                "compared": asked.names,
                "outcome": [o.name for o in outcomes],
                "year": ("outcome", [np.nan if o.year is None else o.year for o in outcomes]),
                "unit": ("outcome", [o.unit for o in outcomes]),
                "minimised": ("outcome", [i < len(OBJECTIVES) for i in range(len(outcomes))]),
            },
            {
                "dials": json.dumps(listed),
                "settings": json.dumps(self._settings()),
                "titles": json.dumps({s.name: s.title for s in asked.scenarios}),
                "tried": self.front.tried,
                "size_of_front": len(self.front.steps),
                **about,
                "draws": self.run.draws,
                "drawn": self.run.drawn_in_words,
                "end": self.run.end,
                "model_sha256": self.space.model.sha256,
            },
        )

    def _settings(self) -> dict[str, list[list[object]]]:
        """What each member sets on top of the status quo."""
        return {
            self.names[place]: [
                [s.lever, s.value, s.unit, s.source, s.note]
                for s in self.space.settings(self.front.steps[member])
            ]
            for place, member in enumerate(self.chosen)
        }

    def _drawn(self) -> Floats:
        """Outcomes in the draws, (candidate, outcome, draw); a date that never comes is the end."""
        own = [
            capped(asked, self.run.drawn[:, place], self.run.end).values
            for place, asked in enumerate(self.run.outcomes)
        ]
        return np.stack(own, axis=1)

    def _bands(self) -> dict[str, Floats]:
        drawn = self._drawn()
        bands = [[value_quantiles(values) for values in own] for own in drawn]
        return {q: np.array([[band[q] for band in own] for own in bands]) for q in BAND}

    def _beaten(self) -> list[str]:
        """By whom each is beaten in the median of the draws; empty without draws."""
        if not self.run.draws:
            return [""] * len(self.names)
        drawn = self._drawn()[:, : len(OBJECTIVES)]
        # By size of the outcome, so that rounding is no gain.
        size = np.maximum(np.abs(drawn).max(axis=(0, 2)), 1e-9) * 1e-9
        beaten = []
        for own in drawn:
            middles = np.median(drawn - own, axis=-1)
            better = (middles <= size).all(axis=1) & (middles < -size).any(axis=1)
            beaten.append(", ".join(np.array(self.names)[better]))
        return beaten

    def _as_good(self) -> object:
        places = [self.front.as_good(row) for row in range(len(self.front.rivals))]
        labels = ["" if p is None else self.names[self.chosen.index(p)] for p in places]
        return np.array(labels, dtype=object).astype(str)

    def _same_money(self, compared: Sequence[str]) -> dict[str, tuple[object, object]]:
        """For each compared pathway the member within its money, with gains and odds."""
        shape = (len(compared), len(self.run.outcomes))
        labels, of_all = [""] * len(compared), np.full(len(compared), np.nan)
        bands = [f"gain_{q}" for q in BAND]
        numbers = {name: np.full(shape, np.nan) for name in ("gain", *bands, "odds")}
        for row in range(len(compared)):
            best = self._best(row)
            if best is None:
                continue
            labels[row] = self.names[best]
            for place in range(len(self.run.outcomes)):
                single, drawn = self._gain(best, row, place)
                numbers["gain"][row, place] = single
                for q, value in value_quantiles(drawn).items():
                    numbers[f"gain_{q}"][row, place] = value
            if self.run.draws:
                no_worse = self._no_worse(best, row)
                numbers["odds"][row] = no_worse.mean(axis=1)
                of_all[row] = _all_at_once(no_worse)
        return {
            "same_money": ("compared", np.array(labels, dtype=object).astype(str)),
            "odds_of_all": ("compared", of_all),
            **{name: (("compared", "outcome"), values) for name, values in numbers.items()},
        }

    def _best(self, row: int) -> int | None:
        """The member within the money of a pathway that is no worse in most draws.

        Without draws, and among equals, who gains most in the single run.
        """
        gains = self.front.gains(row)[self.chosen]
        fit = [int(place) for place in np.flatnonzero(np.isfinite(gains))]
        if not fit:
            return None
        odds = [_all_at_once(self._no_worse(m, row)) if self.run.draws else 0.0 for m in fit]
        return max(zip(odds, gains[fit].tolist(), fit, strict=True))[2]

    def _gain(self, member: int, row: int, place: int) -> tuple[float, Floats]:
        """What a member has over a compared pathway in an outcome, single run and draws."""
        asked = self.run.outcomes[place]
        single, drawn = self.run.apart(member, len(self.chosen) + row, place)
        sign = -1.0 if asked.less_is_better or place == MONEY else 1.0
        # No zero with a sign.
        return 0.0 + sign * single, 0.0 + sign * drawn

    def _no_worse(self, member: int, row: int) -> Truths:
        """In which draws a member is no worse than a compared pathway, (outcome, draw)."""
        places = range(len(self.run.outcomes))
        return np.stack([self._gain(member, row, place)[1] >= 0 for place in places])


def _all_at_once(no_worse: Truths) -> float:
    return float(np.all(no_worse[: len(OBJECTIVES)], axis=0).mean())
