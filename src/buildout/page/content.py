"""What the page of sliders is made of, as plain data: pathways, controls, charts, draws.

Who wins over whom is the rule of `sweeps.request.sweep_draws`, as all that the page draws is an
uncertainty or luck: what a pathway sets, and what is set on top of it, stays set in every draw; a
draw goes before the model's default. So a run of the page takes the defaults, then its draw, then
the pathway, then what the reader has moved.
"""

import base64
import hashlib
import json
from collections.abc import Container, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from buildout import __version__
from buildout.errors import InputError
from buildout.inputs.citation import read_citation
from buildout.inputs.controls import has_own_start
from buildout.inputs.glossary import read_glossary
from buildout.inputs.model import Model, given_model
from buildout.inputs.parameters import GRADE_WORDS
from buildout.inputs.pathway import CANONICAL, Pathway, pathway_names, read_pathways
from buildout.inputs.places import pathways_folder
from buildout.inputs.resolve import Resolved, Scenario, resolve
from buildout.inputs.settings import Settings
from buildout.inputs.sources import read_sources
from buildout.outcomes.odds import BAND
from buildout.outcomes.short_answers import QUESTION
from buildout.page.controls import (
    CONTROL_GROUPS,
    Control,
    choices_of,
    control_rows,
    is_lever,
    page_controls,
    slider_step,
)
from buildout.page.idle import idle_controls
from buildout.page.views import VIEWS, shown_outputs, spoken_unit, verdict_terms, view_content
from buildout.sampling import defaults
from buildout.sampling.design import latin_hypercube
from buildout.sampling.draws import Design
from buildout.sweeps.request import sweep_draws

#: Draws of the page's fan: the first command line that answers the same is
#: `buildout deadline --draws 100`. More would not fit into the half second that a reader waits.
FAN_DRAWS = 100
#: The kind of parameters.csv that describes the model and that nobody sets.
STRUCTURAL = "structural"
_SIGNS = 8


@dataclass(frozen=True)
class PageAsked:
    """The pathways of a page.

    Attributes
    ----------
    read : tuple of Pathway
        As their files say.
    resolved : Resolved
        The same in the same order, with what is set on top.
    """

    read: tuple[Pathway, ...]
    resolved: Resolved


def fan_draws(model: Model) -> Design:
    """The draws of the fan: the first of those that odds are taken from, at fewer of them."""
    return latin_hypercube(FAN_DRAWS, seed=defaults.SEED, model=model)


def content_of(
    asked: PageAsked, *, report: str | None = None, kernel: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """All that the page knows, as JSON.

    Parameters
    ----------
    asked : PageAsked
        From `asked_of_page`.
    report : str, optional
        File name of the report beside the page.
    kernel : mapping, optional
        What `page_kernel` says of the kernel.

    Returns
    -------
    dict
        `pathways` (name, title, text, `values` by scalar id, `why` of what a control moves,
        `extends` and `on_top`: how a pathway file says the same, `sign`: a fingerprint, `idle`:
        controls that move nothing there), `controls` with their `groups`, `sources`, `views`,
        `verdict`, `draws`.

    Examples
    --------
    >>> page = content_of(asked_of_page("mobilization"))
    >>> page["first"], len(page["pathways"]) >= 11, page["draws"]["size"]
    ('mobilization', True, 100)
    """
    model = asked.resolved.model
    controls = page_controls(model)
    listed = _pathways(asked, controls)
    cite = read_citation()
    return {
        "version": __version__,
        "date": cite.released,
        "cite": f"{cite.sentence(__version__)} {cite.license} licence.",
        "model": model.sha256,
        "report": report,
        "kernel": None if kernel is None else dict(kernel),
        "question": QUESTION,
        "first": asked.resolved.names[0],
        "pathways": listed,
        "groups": [{"id": group, "title": title} for group, title in CONTROL_GROUPS.items()],
        "controls": [_control(model, control) for control in controls],
        "sources": _sources(model, controls, listed),
        "grades": GRADE_WORDS,
        "glossary": [{**asdict(term), "forms": list(term.forms)} for term in read_glossary()],
        "views": [view_content(model, view) for view in VIEWS],
        "verdict": verdict_terms(model),
        "draws": _draws(model),
    }


def asked_of_page(
    pathways: str | Path | Pathway | Sequence[str | Path | Pathway] = (),
    *,
    settings: Settings | None = None,
    known_until: float | None = None,
    beyond_range: bool = False,
    model: Model | None = None,
) -> PageAsked:
    """The pathways of a page, those asked for first, each with what is set on top.

    Raises
    ------
    InputError
        For a pathway that begins or ends at another time than the model: a page has one axis.
    """
    model = given_model(model)
    several = [pathways] if isinstance(pathways, str | Path | Pathway) else list(pathways)
    chosen = read_pathways(several or CANONICAL)
    _refuse_own_times(model, chosen)
    taken = {pathway.name for pathway in chosen}
    chosen += read_pathways([name for name in pathway_names() if name not in taken])
    resolved = resolve(model, chosen, settings, known_until=known_until, beyond_range=beyond_range)
    return PageAsked(tuple(chosen), resolved)


def _refuse_own_times(model: Model, chosen: Sequence[Pathway]) -> None:
    own = model.system.controls
    for pathway in chosen:
        if has_own_start(model, pathway):
            raise InputError(
                f"The pathway `{pathway.name}` starts in {pathway.initial_time:g}.",
                f"The page of sliders shows pathways from the model's own start, "
                f"{own['initial_time']:g}.",
                "`buildout run` and `buildout figures` show it.",
            )
        if pathway.final_time not in (None, own["final_time"]):
            raise InputError(
                f"The pathway `{pathway.name}` ends in {pathway.final_time:g}.",
                f"The page of sliders shows pathways to the model's own end, "
                f"{own['final_time']:g}.",
                "Take `final_time` out of its file, or give `--final-time` to `buildout report`.",
            )


def kernel_parameters(model: Model, asked: PageAsked) -> tuple[str, ...]:
    """Scalar ids of all that a page sets, and of all else that a pathway of one's own may set.

    So the kernel that comes with buildout serves nearly every pathway, where there is no linker;
    it is by a thirtieth larger for it, and no slower.
    """
    controls = page_controls(model)
    drawn = (s for name in fan_draws(model).names for s in model.scalars(name))
    moved = (s for control in controls for s in (*control.scalars, *control.also))
    settled = (s for scenario in asked.resolved.scenarios for s in scenario.values)
    open_to_users = (s for s, row in model.parameters.items() if row.kind != STRUCTURAL)
    return tuple(sorted({*drawn, *moved, *settled, *open_to_users}))


def kernel_outputs(model: Model) -> tuple[str, ...]:
    """Scalar ids of all that a page reads off a run."""
    return shown_outputs(model)


def _pathways(asked: PageAsked, controls: Sequence[Control]) -> list[dict[str, Any]]:
    model, scenarios = asked.resolved.model, asked.resolved.scenarios
    idle = idle_controls(model, [scenario.values for scenario in scenarios], controls)
    moved = {scalar for control in controls for scalar in control.scalars}
    packaged = {s.name: s.own for s in resolve(model, pathway_names()).scenarios}
    return [
        {
            "name": scenario.name,
            "title": scenario.title or scenario.name,
            "label": (scenario.title or scenario.name).partition(":")[0],
            "text": " ".join(scenario.description.split()),
            "values": scenario.values,
            "sign": _sign(model, scenario),
            "why": _why(model, scenario, moved),
            **_as_file(model, read, scenario, packaged),
            "idle": still,
        }
        for read, scenario, still in zip(asked.read, scenarios, idle, strict=True)
    ]


def _sign(model: Model, scenario: Scenario) -> str:
    """Some signs by which a link knows again the run that it was made of."""
    said = json.dumps([model.sha256, sorted(scenario.values.items())])
    return hashlib.sha256(said.encode()).hexdigest()[:_SIGNS]


def _why(model: Model, scenario: Scenario, moved: Container[str]) -> dict[str, dict[str, str]]:
    """Source and note of what a pathway sets, as far as a control moves it."""
    return {
        scalar: {key: str(change[key]) for key in ("source", "note")}
        for name, change in scenario.changes.items()
        for scalar in model.scalars(name)
        if scalar in moved
    }


def _as_file(
    model: Model, read: Pathway, scenario: Scenario, packaged: Mapping[str, Mapping[str, float]]
) -> dict[str, Any]:
    """How a pathway file says the same: the name it extends, and what is set on top by name.

    A pathway made in memory extends the one that comes with buildout of its name if it sets all
    that this one does, else none.
    """
    own_file = bool(read.files) and read.files[-1].parent != pathways_folder().resolve()
    base = scenario.own if own_file else packaged.get(scenario.name, {})
    if not base.keys() <= scenario.values.keys():
        base = {}
    file = read.files[-1].name if own_file else None
    return {
        "extends": file or (scenario.name if base else None),
        "file": file,
        "on_top": {
            model.spelled(scalar): value
            for scalar, value in scenario.values.items()
            if base.get(scalar) != value
        },
    }


def _control(model: Model, control: Control) -> dict[str, Any]:
    rows = control_rows(model, control)
    return {
        "id": control.name,
        "group": control.group,
        "title": control.title,
        "kind": "lever" if is_lever(model, control) else "uncertainty",
        "names": list(control.names),
        "scalars": list(control.scalars),
        "unit": rows[0].unit,
        "unit_words": spoken_unit(rows[0].unit),
        "low": control.low,
        "high": control.high,
        "step": slider_step(control),
        "meaning": model.variable(control.names[0]).meaning,
        "range_why": " ".join(dict.fromkeys(f"{row.rationale}." for row in rows if row.rationale)),
        "why": control.why,
        "grade": "".join(sorted({row.grade for row in rows})),
        "sources": list(dict.fromkeys(source for row in rows for source in row.sources)),
        "default": {scalar: model.constants[scalar] for scalar in control.scalars},
        "choices": choices_of(model, control),
        "also": control.also,
        "also_names": {scalar: model.spelled(scalar) for scalar in control.also},
    }


def _sources(
    model: Model, controls: Sequence[Control], pathways: Sequence[Mapping[str, Any]]
) -> dict[str, dict[str, str]]:
    """Of the table of sources those that the page names."""
    named = {source for c in controls for row in control_rows(model, c) for source in row.sources}
    for pathway in pathways:
        for why in pathway["why"].values():
            named |= {part.strip() for part in why["source"].split(";")}
    return {
        name: {key: row[key] for key in ("title", "publisher", "date", "url")}
        for name, row in read_sources().items()
        if name in named
    }


def _draws(model: Model) -> dict[str, Any]:
    """The draws with a column for each scalar, as `sweep_draws` spreads them."""
    design = fan_draws(model)
    [_], [columns] = sweep_draws(model, design, [{}])
    values = design.values[:, list(columns.values())]
    return {
        "size": design.size,
        "seed": design.seed,
        "design": design.kind,
        "scalars": list(columns),
        "values": base64.b64encode(values.astype("<f8").tobytes()).decode(),
        "band": list(BAND.values()),
    }
