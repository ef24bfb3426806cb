"""The verb: plan, run the chunks that are missing, gather them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import xarray as xr

from buildout._util import names
from buildout._util.arguments import kind_in_words
from buildout._util.progress import progress
from buildout.errors import InputError
from buildout.inputs.model import Model, given_model
from buildout.inputs.parameters import LUCK
from buildout.inputs.pathway import CANONICAL
from buildout.inputs.resolve import PathwayNames, Resolved, resolve
from buildout.inputs.settings import Settings
from buildout.inputs.shares import check_shares, shares_of_a_whole
from buildout.inputs.validation import check_values
from buildout.sampling.design import Design
from buildout.simulation.dataset import pathway_texts
from buildout.sweeps.assemble import from_file, in_memory, to_file
from buildout.sweeps.chunks import Chunk, Span, Spans
from buildout.sweeps.defaults import headline
from buildout.sweeps.price import refuse_beyond_means
from buildout.sweeps.reductions import Final, Reduction
from buildout.sweeps.request import Outputs, SweepRequest, sweep_draws, sweep_outputs
from buildout.sweeps.store import SweepFolder, open_sweep, store_chunk
from buildout.vensim import engine as engines

LABEL = "Sweeping"
_DESIGNS = "`latin_hypercube`, `sobol`, `grid`, `one_at_a_time` and `given` make one."
_LUCK_SET = (
    'Leave out luck with `vary="uncertainty"` (`--vary uncertainty`), or set it in a pathway, '
    "where it stays."
)
FINAL = Final()
# Numbers of chunks with their draws, and the folder that takes them, if there is one.
Compute = Callable[[Iterable[tuple[int, Span]], SweepFolder | None], Iterator[Chunk]]


def sweep(
    design: Design,
    pathways: PathwayNames = CANONICAL,
    *,
    outputs: Outputs | None = None,
    reductions: Reduction | Iterable[Reduction] = FINAL,
    settings: Settings | None = None,
    known_until: float | None = None,
    engine: engines.Engine | None = None,
    block: int | None = None,
    out: str | Path | None = None,
    resume: bool = False,
    client: object | None = None,
    time_step: float | None = None,
    final_time: float | None = None,
    save_every: float | None = None,
    beyond_range: bool = False,
    model: Model | None = None,
) -> xr.Dataset:
    """Run every draw of a design under every pathway and keep what was asked of each run.

    The draws are the same for all pathways, luck included, so differences between pathways are
    paired. A lever that is drawn varies in every pathway; an uncertainty, or the luck of a project,
    that a pathway settles stays settled there.

    Parameters
    ----------
    design : Design
        From `latin_hypercube`, `sobol`, `grid`, `one_at_a_time` or `given`.
    pathways, settings, known_until, time_step, final_time, save_every, beyond_range, model
        As in `simulate`; settings must not name what the design draws.
    outputs : str, iterable of str, or mapping, optional
        Variables, or elements of them ("magnet output[US]"); a mapping gives each its own
        reductions. Default: the headline outcomes at the headline dates.
    reductions : Reduction or iterable of them
        What is kept of each trajectory of the outputs without own ones: `At`, `Final`, `Crossing`,
        `Cumulative`, `Minimum`, `Maximum`, `Trajectory`, `Quantiles`.
    engine : Batch or Reference, optional
        What computes; `Batch()` by default.
    block : int, optional
        Draws computed together; bounds the memory and does not change the numbers.
    out : path, optional
        Folder for the results. Blocks are written as they finish, so that the sweep can go on
        after a kill, Ctrl-C or a full disk.
    resume : bool
        Go on with the sweep in `out`, if one is there.
    client : distributed.Client, optional
        Runs the blocks as Dask tasks, on workers with the same versions as here that see `out`
        under the same path. A task uses one core, unless the engine asks for more threads.

    Returns
    -------
    Dataset
        Dimensions pathway, draw, subscripts, and dates for `At` (year) and `Trajectory` (time).
        `drawn` holds the values of the parameters (left out above 400 MB: `design.rows` gives them
        again), `parameter_kind` says what parameters.csv calls them, `status` is 0 for a sound
        draw. Results above 256 MB stay in `out`/results.nc until looked at.

    Raises
    ------
    UnknownNameError, InputError, PathwayFileError
        For what cannot be run, before anything is; also when `out` holds another sweep.
    OutputError
        When `out` cannot be written; finished blocks stay.

    Examples
    --------
    >>> import buildout as bo
    >>> cloud = bo.sweep(bo.latin_hypercube(4, seed=7), outputs=["effective capacity[US, mining]"])
    >>> cloud.sizes["pathway"], cloud.sizes["draw"]
    (3, 4)
    """
    if not isinstance(design, Design):
        raise InputError(f"The design is {kind_in_words(design)}.", cure=_DESIGNS)
    engine = engines.given_engine(engine)
    model = given_model(model)
    asked = resolve(
        model,
        pathways,
        settings,
        known_until=known_until,
        time_step=time_step,
        final_time=final_time,
        save_every=save_every,
        beyond_range=beyond_range,
    )
    columns = {s: name for name in design.names for s in model.scalars(name)}
    _check_design(asked, design, columns, beyond_range)
    fixed, drawn = sweep_draws(model, design, [scenario.values for scenario in asked.scenarios])
    request = SweepRequest(
        model=model,
        design=design,
        pathways=tuple(asked.names),
        texts=pathway_texts(asked),
        settings=fixed,
        drawn=drawn,
        outputs=sweep_outputs(model, headline() if outputs is None else outputs, reductions),
        controls=asked.controls,
        engine=f"{type(engine).__name__} {getattr(engine, 'backend', '')}".strip(),
        notes=_notes(asked, columns, drawn),
    )
    return _computed(request, engine, block=block, out=out, resume=resume, client=client)


def _computed(
    request: SweepRequest,
    engine: engines.Engine,
    *,
    block: int | None,
    out: str | Path | None,
    resume: bool,
    client: Any,
) -> xr.Dataset:
    with _workplace(request, engine, client, out) as compute:
        if out is None:
            size = request.chunk_size(block)
            refuse_beyond_means(request, size, None, 0)
            spans = Spans(request.design.size, size)
            return in_memory(request, _finished(compute, spans, range(len(spans)), None))
        with open_sweep(out, request, block, resume) as folder:
            if not folder.has_results():
                missing = folder.unfinished(request)
                for _ in _finished(compute, folder.spans, missing, folder):
                    pass
                to_file(request, folder)
            folder.forget_chunks()
    return from_file(folder.results)


@contextmanager
def _workplace(
    request: SweepRequest, engine: engines.Engine, client: object | None, out: str | Path | None
) -> Iterator[Compute]:
    """Where chunks are computed: in this process, or by the workers of a cluster."""
    if client is None:
        yield lambda todo, folder: (store_chunk(request, engine, *c, folder) for c in todo)
        return
    from buildout.sweeps.dask_backend import on_cluster
    from buildout.sweeps.dask_client import checked_cluster

    with checked_cluster(client, out) as token:
        yield lambda todo, folder: on_cluster(client, request, engine, todo, folder, token)


def _finished(
    compute: Compute, spans: Spans, numbers: Sequence[int], folder: SweepFolder | None
) -> Iterator[Chunk]:
    """Chunks as they finish, with a progress bar; without arrays where a folder has taken them."""
    todo = ((number, spans[number]) for number in numbers)
    return progress(compute(todo, folder), total=len(numbers), label=LABEL)


def _check_design(
    asked: Resolved, design: Design, columns: Mapping[str, str], beyond_range: bool
) -> None:
    """Refuse draws outside the ranges, and settings of what is drawn."""
    model = asked.model
    low, high = design.ends()
    for ends in (low, high):
        drawn = dict(zip(design.names, ends, strict=True))
        check_values(model, drawn, where="The design", beyond_range=beyond_range)
    _check_drawn_shares(asked, design, columns)
    for setting in asked.extra:
        for scalar in model.scalars(setting.lever):
            if scalar in columns:
                luck = model.kind_of(scalar) == LUCK
                raise InputError(
                    f"`{setting.lever}` is set, and the design draws `{columns[scalar]}`.",
                    cure=_LUCK_SET if luck else "Leave it out of one of them.",
                )


def _check_drawn_shares(asked: Resolved, design: Design, columns: Mapping[str, str]) -> None:
    """Refuse draws in which shares of a whole do not sum to one; what a pathway sets prevails."""
    shares = shares_of_a_whole()
    drawn = {s: name for s, name in columns.items() if names.split(s)[0] in shares}
    if not drawn:
        return
    values = dict(zip(design.names, design.values.T, strict=True))
    of_each = {scalar: values[name] for scalar, name in drawn.items()}
    for scenario in asked.scenarios:
        where = f"The design under `{scenario.name}`"
        check_shares(asked.model, {**of_each, **scenario.values}, where=where)


def _notes(
    asked: Resolved, columns: Mapping[str, str], drawn: tuple[dict[str, int], ...]
) -> dict[str, Any]:
    """Where the numbers come from: settings, and draws that a pathway has settled."""
    settled = {
        path: _settled(asked.model, columns, row)
        for path, row in zip(asked.names, drawn, strict=True)
    }
    # Why each value was chosen stands in the pathway files, which are recorded by their sha256.
    settings = {
        path: {name: {k: row[k] for k in ("value", "origin")} for name, row in changes.items()}
        for path, changes in asked.changes().items()
    }
    return {
        "settings": settings,
        "inputs": asked.inputs,
        "settled_by_pathway": {name: names for name, names in settled.items() if names},
    }


def _settled(model: Model, columns: Mapping[str, str], row: Mapping[str, int]) -> list[str]:
    """Names that are drawn elsewhere and not here; the elements where it is some of them."""
    kept = {columns[scalar] for scalar in row}
    left = [scalar for scalar in columns if scalar not in row]
    return sorted({columns[s] if columns[s] not in kept else model.spelled(s) for s in left})
