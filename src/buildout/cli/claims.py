"""`buildout claims`: what the model says about the claims of the founding articles."""

import argparse
from pathlib import Path
from typing import Any

from buildout._util import tables
from buildout.cli import common, recorded

WIDTHS = {"claim": 26, "prediction": 30, "measured": 26, "reason": 26}


def add_parser(subparsers: Any) -> None:
    """Add the command."""
    command = common.add_command(
        subparsers,
        "claims",
        run_claims,
        "Predictions from the founding articles as numbers: supported, contradicted, undecided.",
    )
    command.add_argument(
        "--draws",
        metavar="N",
        help="also the share of N draws of the uncertainties that support each claim",
    )
    command.add_argument("--seed", metavar="S", default="1", help="of the draws (default: 1)")
    common.add_out(command)
    common.add_json(command)


def run_claims(arguments: argparse.Namespace) -> None:
    """Run the cases, save the verdicts, show them."""
    from buildout._util import files
    from buildout.experiments.claims import claim_rows, ensemble, results

    folder = files.output_folder(arguments.out)
    draws = common.option_whole("--draws", arguments.draws, least=1)
    seed = common.option_seed(arguments.seed)
    ds = results()
    cloud = None if draws is None else ensemble(draws, seed=seed)
    rows = claim_rows(ds, cloud)

    def write(temporary: Path) -> None:
        (temporary / "claims.csv").write_text(tables.to_csv(rows), encoding="utf-8")
        (temporary / "claims.json").write_text(tables.to_json(rows), encoding="utf-8")

    made = recorded.write_recorded(folder, arguments, write)
    common.print_rows(rows, as_json=arguments.json, widths=WIDTHS)
    common.tell_saved(made)
