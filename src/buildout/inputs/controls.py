"""When runs begin, end, step and save: controls of the model, of pathway files, of a command."""

import math
from collections.abc import Mapping, Sequence

from buildout._util.arguments import given_number
from buildout.errors import InputError
from buildout.inputs.model import Model
from buildout.inputs.pathway import Pathway, packaged_pathways
from buildout.inputs.validation import episode_groups, start_end_pairs

# Steps and dates are compared to within this share of a step, as engines do.
_NEAR = 1e-5
_NAMED = 3  # Dates that a message names before it says how many more there are.


def run_controls(
    model: Model,
    time_step: float | None = None,
    final_time: float | None = None,
    save_every: float | None = None,
    *,
    before: Mapping[str, float] | None = None,
) -> dict[str, float]:
    """Time step, end and saving interval of a run, checked, where they differ from the model's.

    Parameters
    ----------
    model : Model
    time_step, final_time, save_every : float, optional
        In years.
    before : mapping of str to float, optional
        What was settled before in place of the model's own; it is in the result.

    Raises
    ------
    InputError
        For what is no number above zero, an end before the start, a start that is not on the grid
        of time steps, or an interval that is not a whole number of them.
    """
    controls = dict(before or {})
    now = model.system.controls | controls
    start = now["initial_time"]
    if time_step is not None:
        controls["time_step"] = given_number(time_step, "The time step", finite=False)
        if not (math.isfinite(time_step) and time_step > 0):
            raise InputError(f"The time step is {time_step}.", "A number above zero is accepted.")
    if final_time is not None:
        controls["final_time"] = given_number(final_time, "The final time", finite=False)
    now |= controls
    moved = {"initial_time", "final_time"} & set(controls)
    if moved and not (math.isfinite(now["final_time"]) and now["final_time"] > start):
        raise InputError(
            f"The final time is {now['final_time']:g}.", f"A year after {start:g} is accepted."
        )
    step, length = now["time_step"], now["final_time"] - start
    if controls.get("time_step", 0) > length:
        raise InputError(
            f"The time step of {step:g} years is longer than the run of {length:g}.",
            "At most the length of the run is accepted.",
        )
    _refuse_off_grid(model, start, step)
    if save_every is not None:
        interval = given_number(save_every, "The saving interval", finite=False)
        controls["saveper"] = _saving_interval(interval, step, length)
    return controls


def pathway_controls(
    model: Model, chosen: Sequence[Pathway], *, ends: bool = True
) -> dict[str, float]:
    """When runs of some pathways begin and end, where that differs from the model's own.

    Parameters
    ----------
    model : Model
    chosen : sequence of Pathway
    ends : bool
        Whether their ends count; False where the caller gives one.

    Raises
    ------
    InputError
        When they do not begin, or not end, at one time: one run has one axis of time.
    """
    own = model.system.controls
    starts = {p.name: _said(p.initial_time, own["initial_time"]) for p in chosen}
    stops = {p.name: _said(p.final_time, own["final_time"]) for p in chosen if ends}
    cures = ("Run those of one start together.", "Give one `--final-time` for all of them.")
    controls = {"initial_time": _common(starts, "start", cures[0])}
    if stops:
        controls["final_time"] = _common(stops, "end", cures[1])
    return {name: year for name, year in controls.items() if year != own[name]}


def pathway_spans(model: Model) -> dict[str, tuple[float, float]]:
    """First and last date of the pathways that come with buildout and start at their own time."""
    own = model.system.controls
    return {
        p.name: (
            _said(p.initial_time, own["initial_time"]),
            _said(p.final_time, own["final_time"]),
        )
        for p in packaged_pathways(own_start=True)
    }


def has_own_start(model: Model, pathway: Pathway) -> bool:
    """Whether a pathway begins at another time than the model, with a state of that time."""
    return pathway.initial_time not in (None, model.system.controls["initial_time"])


def check_start(model: Model, start: float, values: Mapping[str, float], *, where: str) -> None:
    """Refuse a start after events that the run would miss.

    Parameters
    ----------
    model : Model
    start : float, Year
        When the run begins.
    values : mapping of str to float
        Constants that a pathway sets, by scalar id.
    where : str
        How the message names the pathway.

    Raises
    ------
    InputError
        For a start after something that is over by then, or later than the model's own start with
        dates between the two.
    """
    now = {**model.constants, **values}
    over = [
        f"`{model.spelled(parts[0])}` is {now[parts[0]]:g}, and that is over by {end:g}"
        for parts, end in _spans(model, now)
        if end <= start and set(parts) & set(values)
    ]
    own = model.system.controls["initial_time"]
    missed = [
        f"`{model.spelled(s)}` is {now[s]:g}"
        for s in model.constants
        if is_date(model, s) and own <= now[s] < start
    ]
    for events in (over, missed):
        if events:
            more = f", and {len(events) - _NAMED} more" if len(events) > _NAMED else ""
            raise InputError(
                f"{where} starts in {start:g}, after events: {'; '.join(events[:_NAMED])}{more}.",
                "Dates from the start on are accepted; 2100 is never.",
                "Start earlier, or set each of them to what is true from the start on.",
            )


def is_date(model: Model, scalar: str) -> bool:
    """Whether a constant is a calendar year, not a length of time."""
    unit = model.variable(scalar).unit.casefold()
    start = model.system.controls["initial_time"]
    return unit in ("year", "years") and model.constants[scalar] > start / 2


def _spans(model: Model, now: Mapping[str, float]) -> list[tuple[tuple[str, ...], float]]:
    """Things that begin and end, each with the date by which it is over."""
    spans: list[tuple[tuple[str, ...], float]] = [
        ((start, end), now[end]) for start, end in start_end_pairs(model) if now[start] < now[end]
    ]
    for episodes in episode_groups(model):
        # An episode of no length or no depth does not happen.
        real = [parts for parts in episodes if all(now[s] > 0 for s in parts[1:])]
        spans += [(parts, now[parts[0]] + now[parts[1]]) for parts in real]
    return spans


def _said(year: float | None, own: float) -> float:
    return own if year is None else given_number(year, "The time of a pathway")


def _common(years: Mapping[str, float], verb: str, cure: str) -> float:
    """The one year that all pathways have."""
    (first, common), *others = years.items()
    for name, year in others:
        if year != common:
            raise InputError(
                f"The pathways {verb} at different times: `{first}` in {common:g}, "
                f"`{name}` in {year:g}.",
                "One run has one axis of time.",
                cure,
            )
    return common


def _refuse_off_grid(model: Model, start: float, step: float) -> None:
    """See that dates of the model, which lie on the grid of its own start, stay on the grid."""
    own = model.system.controls["initial_time"]
    steps = (start - own) / step
    if abs(steps - round(steps)) > _NEAR:
        raise InputError(
            f"The run starts in {start:g}, between two time steps of {step:g} years from {own:g}.",
            "A whole number of time steps from there is accepted.",
            f"The nearest is {own + round(steps) * step:.10g}.",
        )


def _saving_interval(save_every: float, step: float, span: float) -> float:
    steps = save_every / step
    if not math.isfinite(steps) or round(steps) < 1 or abs(steps - round(steps)) > _NEAR:
        raise InputError(
            f"Results are to be saved every {save_every:g} years.",
            f"A whole number of time steps of {step:g} years is accepted.",
        )
    if save_every > span + _NEAR:
        raise InputError(
            f"Results are to be saved every {save_every:g} years.",
            f"Up to the {span:g} years of the run are accepted.",
        )
    return float(save_every)
