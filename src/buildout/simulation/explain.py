"""A variable laid open: its equation, what goes in, how large that is, and where it comes from."""

from typing import TypedDict

import xarray as xr

from buildout._util import names
from buildout.errors import InputError
from buildout.inputs.model import Model, given_model
from buildout.inputs.pathway import Pathway
from buildout.inputs.resolve import Resolved, Scenario, resolve
from buildout.inputs.sources import read_sources
from buildout.simulation.simulate import simulate_resolved
from buildout.simulation.soundness import told_status
from buildout.vensim.engine import Variable


class ExplainedValue(TypedDict):
    """One element of a variable: its value at the date, and what it rests on."""

    name: str
    value: float | None
    unit: str
    kind: str
    source: str


class Explanation(TypedDict):
    """What `explain` gives."""

    variable: str
    kind: str
    unit: str
    meaning: str
    equation: str
    pathway: str
    year: float
    values: list[ExplainedValue]
    inputs: list[ExplainedValue]
    sources: list[dict[str, str]]
    used_by: list[str]
    not_sound: list[str]


def explain(
    name: str,
    *,
    pathway: str | Pathway = "status-quo",
    year: float = 2027.0,
    model: Model | None = None,
) -> Explanation:
    """What a variable is, what it depends on, and the values of both at a date.

    Parameters
    ----------
    name : str
        A variable in either spelling; subscripts narrow it to elements.
    pathway : str, path or Pathway
        Whose values are shown.
    year : float
        Calendar year; the nearest saved time is taken.
    model : Model, optional
        Another model than the one that comes with buildout.

    Returns
    -------
    dict
        variable, kind, unit, meaning, equation, pathway, year, values (rows), inputs (rows with
        name, value, unit, kind, source), sources (rows with id, title, publisher, date and url
        of what is cited), used_by (names) and not_sound (a sentence where the run is not sound).

    Raises
    ------
    UnknownNameError
        With the nearest names.
    InputError
        When the year is outside the run.

    Examples
    --------
    >>> explain("effective capacity[US, mining]")["unit"]
    't/Year'
    """
    model = given_model(model)
    variable = model.variable(name)
    chosen = _chosen_elements(model, variable, name)
    inputs = [model.variables[key] for key in model.system.inputs_of(variable.key)]
    shown = [v.name for v in (variable, *inputs) if v.kind != "lookup"]
    asked = resolve(model, pathway)
    _check_year(asked, year)
    run = simulate_resolved(asked, outputs=list(dict.fromkeys(shown)))
    at = run.isel(pathway=0).sel(time=year, method="nearest")
    cited = _cited(model, asked.scenarios[0])
    values = _rows(variable, at, chosen, cited)
    rows = [row for v in inputs for row in _rows(v, at, chosen, cited)]
    return {
        "variable": names.join(variable.name, variable.dims),
        "kind": variable.kind,
        "unit": variable.unit,
        "meaning": variable.meaning,
        "equation": variable.equation,
        "pathway": asked.names[0],
        "year": float(at["time"]),
        "values": values,
        "inputs": rows,
        "sources": _sources([*values, *rows]),
        "used_by": [v.name for v in _users(model, variable)],
        "not_sound": told_status(run, model=model),
    }


def _chosen_elements(model: Model, variable: Variable, name: str) -> dict[str, set[str]]:
    """Elements by range name, where the user narrowed the variable down."""
    if not names.split(name)[1]:
        return {}
    scalars = set(model.scalars(name))
    kept = [elements for elements, scalar in variable.members.items() if scalar in scalars]
    return {dim: {elements[i] for elements in kept} for i, dim in enumerate(variable.dims)}


def _check_year(asked: Resolved, year: float) -> None:
    """Refuse a date that the run does not have, before it is run."""
    first, last = asked.clock["initial_time"], asked.clock["final_time"]
    if not first <= year <= last:
        raise InputError(f"The year is {year:g}.", f"Accepted: {first:g} to {last:g}.")


def _cited(model: Model, scenario: Scenario) -> dict[str, str]:
    """What each constant rests on, the pathway's own word before the table's."""
    grounds = {
        model.spelled(scalar): f"{';'.join(row.sources) or 'judgement'} ({row.grade})"
        for scalar, row in model.parameters.items()
    }
    for name, row in scenario.changes.items():
        grounds[name] = f"{row['source'] or 'no source'} ({row['origin']})"
    return grounds


def _sources(rows: list[ExplainedValue]) -> list[dict[str, str]]:
    """The rows of sources.csv that are cited, in its order."""
    cited = {part for row in rows for part in row["source"].partition(" (")[0].split(";")}
    known = [row for key, row in read_sources().items() if key in cited]
    shown = ("title", "publisher", "date", "url")
    return [{"id": row["source_id"], **{key: row[key] for key in shown}} for row in known]


def _rows(
    variable: Variable,
    at: xr.Dataset,
    chosen: dict[str, set[str]],
    cited: dict[str, str],
) -> list[ExplainedValue]:
    rows: list[ExplainedValue] = []
    for elements in variable.members:
        places = dict(zip(variable.dims, elements, strict=True))
        if any(element not in chosen.get(dim, {element}) for dim, element in places.items()):
            continue
        name = names.join(variable.name, elements)
        where = {names.key(dim): element for dim, element in places.items()}
        # A lookup is a curve, not a number; its points are in the equation.
        known = variable.key in at
        rows.append(
            {
                "name": name,
                "value": float(at[variable.key].sel(where)) if known else None,
                "unit": variable.unit,
                "kind": variable.kind,
                "source": cited.get(name, ""),
            }
        )
    return rows


def _users(model: Model, variable: Variable) -> list[Variable]:
    return [v for v in model.variables.values() if variable.key in model.system.inputs_of(v.key)]
