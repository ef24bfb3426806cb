"""Resolve at the door: names, files and settings become ids and numbers once per command.

Each pathway file is read once, each setting compared with the model once; what follows works on
the frozen result and goes back neither to a file nor to a name.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from buildout._util.arguments import given_list, kind_in_words
from buildout.errors import THE_SETTINGS, InputError
from buildout.inputs.controls import (
    check_start,
    has_own_start,
    pathway_controls,
    run_controls,
)
from buildout.inputs.model import KNOWN_UNTIL, Model
from buildout.inputs.parameters import LUCK
from buildout.inputs.pathway import Pathway, read_pathways
from buildout.inputs.settings import Setting, Settings, as_settings
from buildout.inputs.shares import check_shares
from buildout.inputs.validation import check_dates, check_values

#: What a caller may name pathways by: one or several names, paths of files, objects.
PathwayNames = str | Path | Pathway | Iterable[str | Path | Pathway]
#: One setting that differs from the model's default, with where it comes from.
Change = dict[str, float | str]


#: Kinds of parameters.csv that draws move, so that to set one is to settle it.
SETTLED_KINDS = ("uncertainty", "initial", LUCK)


@dataclass(frozen=True, repr=False)
class Scenario:
    """One pathway as the model takes it.

    Attributes
    ----------
    name, title, description : str
        Of the pathway.
    own : dict of str to float
        Constants that the pathway itself sets, by scalar id.
    values : dict of str to float
        The same with what is set on top of it.
    changes : dict of str to dict
        Constants whose value differs from the model's default, or which draws would move and this
        settles, by name: value, default, unit, source, note and origin.
    """

    name: str
    title: str
    description: str
    own: dict[str, float]
    values: dict[str, float]
    changes: dict[str, Change]

    def __repr__(self) -> str:
        return f"Scenario({self.name!r}, {len(self.values)} values, {len(self.changes)} changes)"


@dataclass(frozen=True, repr=False)
class Resolved:
    """Pathways and settings, read, checked and turned into ids.

    Attributes
    ----------
    model : Model
    scenarios : tuple of Scenario
        One for each pathway, in the order asked for.
    extra : tuple of Setting
        What was set on top of every pathway.
    extra_values : dict of str to float
        The same by scalar id.
    controls : dict of str to float
        Start, end, time step and saving interval where they differ from the model's own.
    inputs : dict of str to str
        The sha256 of each pathway file that was read, by its name.
    """

    model: Model
    scenarios: tuple[Scenario, ...]
    extra: tuple[Setting, ...]
    extra_values: dict[str, float]
    controls: dict[str, float]
    inputs: dict[str, str]

    def __repr__(self) -> str:
        names = ", ".join(self.names[:6]) + ", ..." * (len(self.names) > 6)
        return f"Resolved({names[:400]}; {len(self.extra)} settings on top; {self.controls})"

    @property
    def names(self) -> list[str]:
        """Names of the pathways."""
        return [scenario.name for scenario in self.scenarios]

    @cached_property
    def clock(self) -> dict[str, float]:
        """All controls of the run: initial_time, final_time, time_step, saveper (years)."""
        return self.model.system.controls | self.controls

    @property
    def time_step(self) -> float:
        """The step of the run, in years."""
        return self.clock["time_step"]

    def own_start(self) -> dict[str, float]:
        """`initial_time` where it is not the model's own, for the attributes of results."""
        return {name: year for name, year in self.controls.items() if name == "initial_time"}

    def columns(self) -> dict[str, np.ndarray]:
        """The constants that some pathway sets, one number for each, by scalar id."""
        return side_by_side_values(self.model, [scenario.values for scenario in self.scenarios])

    def changes(self) -> dict[str, dict[str, Change]]:
        """What each pathway sets differently from the model's defaults, or settles, by its name."""
        return {scenario.name: scenario.changes for scenario in self.scenarios}

    def with_controls(
        self,
        *,
        time_step: float | None = None,
        final_time: float | None = None,
        save_every: float | None = None,
    ) -> "Resolved":
        """The same pathways with another time step, end or saving interval (years)."""
        controls = run_controls(self.model, time_step, final_time, save_every, before=self.controls)
        return replace(self, controls=controls)


def resolve(
    model: Model,
    pathways: PathwayNames,
    settings: Settings | None = None,
    *,
    known_until: float | None = None,
    time_step: float | None = None,
    final_time: float | None = None,
    save_every: float | None = None,
    beyond_range: bool = False,
) -> Resolved:
    """Read pathways and compare them and what is set on top with the model.

    Parameters
    ----------
    model : Model
    pathways : name, path, Pathway, or several of them
    settings : mapping or iterable of Setting, optional
        Values of levers that prevail over every pathway's own.
    known_until : float, optional
        Projects announced after this date (calendar year) are left out.
    time_step, final_time, save_every : float, optional
        In years, instead of the pathways' or the model's own.
    beyond_range : bool
        Let settings leave the ranges of parameters.csv, for tests of extremes.

    Returns
    -------
    Resolved

    Raises
    ------
    UnknownNameError, InputError, PathwayFileError
        For what cannot be read or set.

    Examples
    --------
    >>> from buildout.inputs.model import load_model
    >>> resolve(load_model(), "status-quo", {"rule regime": 2}).extra_values
    {'rule_regime': 2.0}
    """
    extra = _extra_settings(settings, known_until)
    chosen = _chosen(pathways)
    before = pathway_controls(model, chosen, ends=final_time is None)
    controls = run_controls(model, time_step, final_time, save_every, before=before)
    extra_values = check_values(
        model,
        extra,
        where=THE_SETTINGS,
        beyond_range=beyond_range,
        own_start="initial_time" in before,
    )
    scenarios = tuple(_scenario(model, p, extra, extra_values, beyond_range) for p in chosen)
    return Resolved(model, scenarios, extra, extra_values, controls, _inputs(chosen))


def pathway_values(
    model: Model, pathway: str | Path | Pathway, *, beyond_range: bool = False
) -> dict[str, float]:
    """What one pathway sets, checked, by scalar id."""
    return resolve(model, pathway, beyond_range=beyond_range).scenarios[0].values


def side_by_side_values(
    model: Model, cases: Sequence[Mapping[str, float]]
) -> dict[str, np.ndarray]:
    """Constants of several runs as an engine takes them, (n_runs,) each, by scalar id."""
    touched = dict.fromkeys(scalar for case in cases for scalar in case)
    # An engine needs at least one parameter to tell how many runs there are.
    touched = touched or dict.fromkeys([next(iter(model.constants))])
    return {s: np.array([case.get(s, model.constants[s]) for case in cases]) for s in touched}


def _extra_settings(settings: Settings | None, known_until: float | None) -> tuple[Setting, ...]:
    extra = list(as_settings(settings))
    if known_until is not None:
        extra.append(Setting(KNOWN_UNTIL, known_until, unit="Year", origin="--known-until"))
    return tuple(extra)


def _chosen(pathways: PathwayNames) -> list[Pathway]:
    """The pathways meant by names, paths and objects, one or several; each once."""
    accepted = "Names, paths and `Pathway`s"
    given: list[str | Path | Pathway] = []
    several: object = [pathways] if isinstance(pathways, Path | Pathway) else pathways
    for item in given_list(several, "`pathways`", accepted):
        if not isinstance(item, str | Path | Pathway):
            raise InputError(
                f"`pathways` holds {kind_in_words(item)}.", f"{accepted} are accepted."
            )
        given.append(item)
    chosen = read_pathways(given)
    if not chosen:
        raise InputError("No pathway is given.", "At least one is accepted.")
    seen: set[str] = set()
    for pathway in chosen:
        if pathway.name in seen:
            raise InputError(
                f"The pathway `{pathway.name}` is given twice.",
                cure="Give each once; two files need two names.",
            )
        seen.add(pathway.name)
    return chosen


def _scenario(
    model: Model,
    pathway: Pathway,
    extra: Sequence[Setting],
    extra_values: Mapping[str, float],
    beyond_range: bool,
) -> Scenario:
    where = f"Pathway `{pathway.name}`"
    own_start = has_own_start(model, pathway)
    own = check_values(
        model, pathway.settings, where=where, beyond_range=beyond_range, own_start=own_start
    )
    values = {**own, **extra_values}
    # Dates only once both are put together: a start may be set in one place, its end in the other.
    check_dates(model, values, where=where)
    check_shares(model, values, where=where)
    if own_start:
        check_start(model, float(pathway.initial_time or 0), values, where=where)
    last = last_settings(model, (*pathway.settings, *extra))
    changes = {
        model.spelled(scalar): _change(model, scalar, values[scalar], setting)
        for scalar, setting in last.items()
        if values[scalar] != model.constants[scalar] or _drawn_elsewhere(model, scalar)
    }
    return Scenario(pathway.name, pathway.title, pathway.description, own, values, changes)


def last_settings(model: Model, settings: Iterable[Setting]) -> dict[str, Setting]:
    """The setting that prevails for each constant that is set, by scalar id."""
    return {s: setting for setting in settings for s in model.scalars(setting.lever)}


def _drawn_elsewhere(model: Model, scalar: str) -> bool:
    """Whether a draw would move a constant, so that to set it to its default settles it."""
    row = model.parameters.get(scalar)
    return row is not None and row.kind in SETTLED_KINDS


def _change(model: Model, scalar: str, value: float, setting: Setting) -> Change:
    return {
        "value": value,
        "default": model.constants[scalar],
        "unit": model.variable(scalar).unit,
        "source": setting.source,
        "note": setting.note,
        "origin": setting.origin,
    }


def _inputs(chosen: Sequence[Pathway]) -> dict[str, str]:
    read = {f: d for p in chosen for f, d in zip(p.files, p.digests, strict=False)}
    names = [file.name for file in read]
    # Two files of one name are told apart by the folders that they lie in.
    return {
        file.name if names.count(file.name) == 1 else f"{file.parent.name}/{file.name}": digest
        for file, digest in read.items()
    }
