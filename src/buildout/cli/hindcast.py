"""`buildout hindcast`: drawn runs of the past beside all that was observed before 2025.0."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from buildout._util import tables
from buildout._util.numbers import number
from buildout.cli import common, drawn, recorded
from buildout.cli.parsing import StoreOnce
from buildout.sampling import defaults

if TYPE_CHECKING:
    import xarray as xr

USUAL_START = "2018"
#: Of each observation, before what `validate` gives of it.
ROW_COLUMNS = ("group", "role", "source_id", "run", "crps_persistence", "crps_random_walk")


def add_parser(subparsers: Any) -> None:
    """Add the command."""
    command = common.add_command(
        subparsers,
        "hindcast",
        run_hindcast,
        "Run the past from 2018.0 or 2021.0 and score it against what was observed to 2025.0.",
    )
    command.add_argument(
        "--start",
        action=StoreOnce,
        metavar="YEAR",
        default=USUAL_START,
        help=f"2018 or 2021 (default: {USUAL_START})",
    )
    drawn.add_draws(command, f"for the bands (default: {defaults.DRAWS})")
    command.add_argument(
        "--beyond-range",
        action="store_true",
        help="let draws of the file leave the range that parameters.csv gives",
    )
    common.add_out(command)
    common.add_json(command)


def run_hindcast(arguments: argparse.Namespace) -> int:
    """Draw, score, save, show."""
    from buildout.analysis.validate import LEAST_SCORED
    from buildout.calibration.hindcast import hindcast, lines
    from buildout.calibration.misses import tally

    folder = recorded.claim_beside(arguments)
    draws = common.option_whole("--draws", arguments.draws, least=LEAST_SCORED)
    seed = common.option_whole("--seed", arguments.seed, least=0)
    table = hindcast(
        common.option_whole("--start", arguments.start) or 0,
        draws=defaults.DRAWS if draws is None else draws,
        seed=defaults.SEED if seed is None else seed,
        design=drawn.design_on_file(
            arguments, beyond_range=arguments.beyond_range, least=LEAST_SCORED
        ),
    )
    made_lines = lines(table)
    rows = [line.row() for line in made_lines]
    made = recorded.write_recorded(folder, arguments, lambda place: _write(place, table, rows))
    if arguments.json:
        common.print_json(rows)
    else:
        print(_told(table, rows, tally(made_lines)))
    common.tell_saved(made)
    return 0


def _write(folder: Path, table: "xr.Dataset", rows: list[dict[str, Any]]) -> None:
    import numpy as np

    from buildout.calibration.hindcast import by_group
    from buildout.calibration.score_tables import observation_rows
    from buildout.figures import validation

    shown = by_group(table)
    single = table.isel(row=np.flatnonzero(table["role"].values != "known"))
    more = {name: single[name].values.tolist() for name in ROW_COLUMNS}
    own = [dict(zip(more, cells, strict=True)) for cells in zip(*more.values(), strict=True)]
    scores = zip(own, observation_rows(single), strict=True)
    (folder / "hindcast.csv").write_text(
        tables.to_csv([{**row, **score} for row, score in scores]), encoding="utf-8"
    )
    (folder / "hindcast_series.csv").write_text(tables.to_csv(rows), encoding="utf-8")
    common.write_pages(folder, "hindcast", validation, shown)


def _told(table: "xr.Dataset", rows: list[dict[str, Any]], counts: str) -> str:
    shown = [
        {
            "what": row["group"],
            "role": row["role"],
            "n": row["count"],
            "mean error": f"{100 * row['mean_error']:+.0f}%",
            "rms": f"{100 * row['root_mean_square']:.0f}%",
            "in band": f"{100 * row['inside']:.0f}%",
            "CRPS": number(row["crps"], 2),
            "persists": number(row["persistence"], 2),
            "walks": number(row["random_walk"], 2),
            "nearest": "draws" if row["nearest"] else "naive",
        }
        for row in rows
    ]
    return (
        f"`{table.attrs['pathway']}`, {int(table['draws']):,} draws, against what was observed to "
        "2025.0. Errors are of the run, relative\nto the mean observed; CRPS too, beside that of a "
        f"value that persists and of one that walks.\n\n{tables.text(shown)}\n\n"
        f"The draws were nearer than both naive forecasts on {counts}."
    )
