"""The past from the inside: drawn runs of 2018-24 against all that was observed of it.

What is scored was settled in `calibration/hindcast.csv` before the first run: `fitted` rows are
those on which something of the model was fitted, `input` rows are given to it, `scored` ones are
neither. A forecast is worth something if it beats two that anybody can make: that nothing changes
(persistence), and that it changes as it used to (a random walk).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from buildout._util import names
from buildout._util.names import quoted
from buildout._util.reading import read_number
from buildout.calibration.observed import covered, modelled, outputs_of
from buildout.calibration.scored import scored, with_sd
from buildout.calibration.scores import Theil, crps, theil
from buildout.errors import InputError
from buildout.inputs import places
from buildout.inputs.calibrated import TableRules, read_calibrated
from buildout.inputs.mapping import read_mapping
from buildout.inputs.model import load_model
from buildout.inputs.observations import load_observations, select_observations
from buildout.outcomes.dates import SAME_DATE
from buildout.sampling import defaults
from buildout.sampling.design import Design, latin_hypercube
from buildout.simulation.simulate import simulate
from buildout.sweeps.reductions import Trajectory
from buildout.sweeps.run import sweep
from buildout.vensim.arrays import Floats, Truths

PLAN_COLUMNS = ("group", "series", "periods", "sources", "from", "to", "role", "reason")
RULES = TableRules(
    "the plan of the hindcast",
    PLAN_COLUMNS,
    key=("series", "periods", "sources", "from", "to"),
    named=("group", "series", "reason"),
    years=("from", "to"),
    sources="sources",
)
ROLES = ("fitted", "scored", "input")
#: Lengths of periods, in years: from, and below.
LENGTHS = {"day": (0.0, 0.01), "month": (0.06, 0.1), "quarter": (0.2, 0.3), "year": (0.9, 1.1)}
#: Runs of the past whose prices answer, by where they start.
STARTS = {2018: "hindcast-2018-market", 2021: "hindcast-2021-market"}
#: Change in a year of a series of which fewer than `FEWEST` are known: judgement, 0.15-0.4.
USUAL_CHANGE, FEWEST = 0.25, 3
NAIVE = ("persistence", "random_walk")


@dataclass(frozen=True)
class Planned:
    """Rows of observations that belong to one line of the hindcast's table.

    Attributes
    ----------
    group : str
        What they are, in plain words.
    series, periods : str
        Which series, and over what periods: `day`, `month`, `quarter`, `year`.
    sources : tuple of str
        Editions that count; all when empty.
    start, end : float, Year
        The periods lie within.
    role : str
        `fitted`, `scored` or `input`.
    reason : str
    """

    group: str
    series: str
    periods: str
    sources: tuple[str, ...]
    start: float
    end: float
    role: str
    reason: str


def read_plan(path: Path | None = None) -> tuple[Planned, ...]:
    """Which observations the hindcast scores, and which it was fitted on or given.

    Raises
    ------
    InputError
        For a role or a kind of period that is none, and a group of two series or roles.

    Examples
    --------
    >>> sorted({row.role for row in read_plan()})
    ['fitted', 'input', 'scored']
    """
    path = path or places.calibration_folder() / "hindcast.csv"
    plan = []
    for line, cells in read_calibrated(path, RULES):
        where = f"{quoted(path.name)}, line {line}"
        for column, accepted in (("periods", tuple(LENGTHS)), ("role", ROLES)):
            if cells[column] not in accepted:
                raise InputError(
                    f"{where}: {column} is {quoted(cells[column])}.",
                    f"Accepted: {', '.join(accepted)}.",
                )
        start, end = (read_number(cells[c], what=f"{where}: {c}") for c in ("from", "to"))
        sources = tuple(part for part in cells["sources"].split(";") if part)
        words = {c: cells[c] for c in ("group", "series", "periods", "role", "reason")}
        plan.append(Planned(**words, sources=sources, start=start, end=end))
        _check_group(plan, where)
    return tuple(plan)


def _check_group(plan: list[Planned], where: str) -> None:
    """A group is scored as one: it has one series, one role, and one length of its periods."""
    *before, last = plan
    for row in before:
        own, other = ((r.series, r.role, r.periods) for r in (row, last))
        if row.group == last.group and own != other:
            raise InputError(
                f"{where}: {quoted(row.group)} is {', '.join(own)} above and "
                f"{', '.join(other)} here.",
                "One series, role and kind of period of each group are accepted.",
            )


def planned_observations(plan: tuple[Planned, ...], observed: xr.Dataset) -> xr.Dataset:
    """The observations of a plan, in its order, with their `group` and `role`."""
    rows, groups, roles = [], [], []
    for line in plan:
        chosen = select_observations(observed, series=line.series)
        shortest, longest = LENGTHS[line.periods]
        length = (chosen["end"] - chosen["start"]).values
        keep = (length >= shortest) & (length < longest)
        keep &= (chosen["start"].values >= line.start - SAME_DATE) & (
            chosen["end"].values <= line.end + SAME_DATE
        )
        if line.sources:
            cited = [set(ids.split(";")) for ids in chosen["source_id"].values.tolist()]
            keep &= np.array([bool(ids & set(line.sources)) for ids in cited])
        if not keep.any():
            raise InputError(
                f"The plan of the hindcast picks no observation of {quoted(line.series)} by "
                f"{line.periods} within {line.start:g} to {line.end:g}.",
                cure="See sources and dates of the row in `hindcast.csv`.",
            )
        chosen = chosen.isel(row=np.flatnonzero(keep))
        rows.append(chosen)
        groups += [line.group] * chosen.sizes["row"]
        roles += [line.role] * chosen.sizes["row"]
    together = xr.concat(rows, dim="row")
    return together.assign_coords(group=("row", groups), role=("row", roles))


def hindcast(
    start: int = 2018,
    *,
    draws: int = defaults.DRAWS,
    seed: int = defaults.SEED,
    design: Design | None = None,
    pathway: str | None = None,
    until: float = 2025.0,
) -> xr.Dataset:
    """Observations of the past beside what drawn runs from before them say.

    Parameters
    ----------
    start : {2018, 2021}
        Where the runs begin.
    draws, seed : int
        Of the Latin hypercube of all uncertainties and luck, and of errors of observation.
    design : Design, optional
        Other draws, such as conditioned ones.
    pathway : str, optional
        Another run of the past; by default the one in which prices answer.
    until : float, Year
        Observations of periods that end later are left out; 2025.0 at the latest.

    Returns
    -------
    Dataset, (row,)
        What `scored` gives of the draws, `run`, of the pathway as it is, `crps_persistence` and
        `crps_random_walk`, all in the unit of the row. Rows that were needed as the last known
        value of their series have role `known`.

    Raises
    ------
    InputError
        For a start that is none of the two.
    """
    if start not in STARTS:
        raise InputError(f"The start is {start}.", "2018 and 2021 are accepted.")
    everything = load_observations()
    planned = planned_observations(read_plan(), everything)
    planned = covered(planned, float(start), min(until, 2025.0))
    mapping = read_mapping()
    outputs = outputs_of(mapping[s] for s in dict.fromkeys(planned["series"].values.tolist()))
    name = pathway or STARTS[start]
    # A halt of some weeks falls between two of the dates that are saved by default.
    every = load_model().system.controls["time_step"]
    cloud = sweep(
        design or latin_hypercube(draws, seed=seed),
        [name],
        outputs=outputs,
        reductions=Trajectory(),
        save_every=every,
        beyond_range=True,
    )
    kept = list(dict.fromkeys(names.split(s)[0] for s in outputs))
    run = simulate([name], outputs=kept, save_every=every)
    table = scored(cloud, with_sd(planned, mapping), mapping, seed=seed).isel(pathway=0)
    rng = np.random.default_rng(seed)
    naive, known = _naive(planned, everything, float(start), cloud.sizes["draw"], rng)
    table = table.assign({name: ("row", column) for name, column in naive.items()})
    table["run"] = ("row", modelled(run, planned, mapping).isel(pathway=0).values)
    over = [mapping[s].over for s in planned["series"].values.tolist()]
    role = np.where(known, "known", planned["role"].values)
    identity = {"start": start, "pathway": name, "seed": seed, "model_sha256": load_model().sha256}
    return table.assign_coords(role=("row", role), over=("row", over)).assign_attrs(identity)


def _naive(
    planned: xr.Dataset,
    everything: xr.Dataset,
    start: float,
    draws: int,
    rng: np.random.Generator,
) -> tuple[dict[str, Floats], Truths]:
    """CRPS of the two naive forecasts, and which rows they had to take as known.

    Both start from the last value of the series, over periods of the same length, that was over by
    the start. Where there is none, the group's first row is taken as known and not scored.
    """
    value, middle = planned["value"].values, planned["time"].values
    scores: dict[str, Floats] = {f"crps_{name}": np.full(len(value), np.nan) for name in NAIVE}
    known: Truths = np.zeros(len(value), dtype=bool)
    for group in dict.fromkeys(planned["group"].values.tolist()):
        rows = np.flatnonzero(planned["group"].values == group)
        times, values = _history(planned.isel(row=rows), everything, start)
        if not len(times):
            first, rows = rows[0], rows[1:]
            known[first] = True
            times, values = middle[[first]], value[[first]]
        if len(rows):
            ahead = middle[rows] - times[-1]
            scores["crps_persistence"][rows] = np.abs(values[-1] - value[rows])
            walked = _walk(values[-1], _change(times, values), ahead, draws, rng)
            scores["crps_random_walk"][rows] = crps(walked, value[rows])
    return scores, known


def _history(group: xr.Dataset, everything: xr.Dataset, start: float) -> tuple[Floats, Floats]:
    """Middles and values of what was known of a group's series at the start, in order of time."""
    past = select_observations(everything, series=str(group["series"].values[0]))
    length = float((group["end"] - group["start"])[0])
    like = np.abs((past["end"] - past["start"]).values - length) <= 0.1 * length + 0.005
    past = past.isel(row=np.flatnonzero(like & (past["end"].values <= start + SAME_DATE)))
    # Of several editions of one year the last in the table counts.
    values = dict(zip(past["time"].values.tolist(), past["value"].values.tolist(), strict=True))
    return np.array(list(values)), np.array(list(values.values()))


def _change(times: Floats, values: Floats) -> float:
    """How much a series changes in a year, in logarithm, as far as it was known."""
    above = values > 0
    steps = np.diff(np.log(values[above])) / np.sqrt(np.diff(times[above]))
    return float(np.sqrt((steps**2).mean())) if len(steps) >= FEWEST else USUAL_CHANGE


def _walk(
    last: float, change: float, ahead: Floats, draws: int, rng: np.random.Generator
) -> Floats:
    """Draws of a random walk in logarithm, whose middle stays at the last value."""
    walked: Floats = last * np.exp(
        change * np.sqrt(ahead) * rng.standard_normal((draws, len(ahead)))
    )
    return walked


@dataclass(frozen=True)
class Line:
    """How the hindcast did on one group of observations.

    Attributes
    ----------
    group, role : str
    count : int
    theil : Theil
        Of the run as it is.
    ratio : float
        Median of the draws over what was observed, on average.
    inside : float
        Share of the observations within the 5-95% band.
    crps, persistence, random_walk : float
        Mean scores over the mean observed.
    """

    group: str
    role: str
    count: int
    theil: Theil
    ratio: float
    inside: float
    crps: float
    persistence: float
    random_walk: float

    def row(self) -> dict[str, Any]:
        """As cells of a table."""
        own = {name: value for name, value in vars(self).items() if name != "theil"}
        return {**own, **self.theil.row(), "nearest": self.beats}

    @property
    def beats(self) -> bool:
        """Whether the draws were nearer than both naive forecasts."""
        return self.crps < min(self.persistence, self.random_walk)


def lines(table: xr.Dataset) -> tuple[Line, ...]:
    """The table of a hindcast, a line for each group, without rows that were taken as known."""
    made: list[Line] = []
    kept = table.isel(row=np.flatnonzero(table["role"].values != "known"))
    for group in dict.fromkeys(kept["group"].values.tolist()):
        rows = kept.isel(row=np.flatnonzero(kept["group"].values == group))
        observed = rows["value"].values
        level = float(np.abs(observed).mean()) or float("nan")
        made.append(
            Line(
                group=group,
                role=str(rows["role"].values[0]),
                count=len(observed),
                theil=theil(rows["run"].values, observed),
                ratio=float(rows["p50"].values.mean()) / level,
                inside=float(rows["inside"].values.mean()),
                crps=float(rows["crps"].values.mean()) / level,
                persistence=float(rows["crps_persistence"].values.mean()) / level,
                random_walk=float(rows["crps_random_walk"].values.mean()) / level,
            )
        )
    return tuple(made)


def by_group(table: xr.Dataset) -> xr.Dataset:
    """A hindcast as the figure of `validate` shows it: a panel for each line of the plan.

    Rows that were taken as known are left out.
    """
    kept = table.isel(row=np.flatnonzero(table["role"].values != "known"))
    names_of = [
        f"{group} ({role})"
        for group, role in zip(kept["group"].values, kept["role"].values, strict=True)
    ]
    return kept.assign_coords(series=("row", names_of)).reset_coords("pathway", drop=True)
