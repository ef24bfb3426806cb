"""`buildout deadline`: the verdict on the 1 January 2027 rule, by pathway and magnet class."""

import argparse
from pathlib import Path
from typing import Any

from buildout._util import tables
from buildout.cli import common, drawn, recorded
from buildout.cli.parsing import StoreOnce
from buildout.cli.verdict import print_verdict
from buildout.inputs.regimes import DRAWN, REGIMES


def add_parser(subparsers: Any) -> None:
    """Add the command."""
    command = common.add_command(
        subparsers,
        "deadline",
        run_deadline,
        "Coverage of US defense on 1 January 2027, shortfall, date of full coverage, what binds, "
        "and the odds.",
    )
    common.add_pathways(command)
    command.add_argument(
        "--regime",
        action=StoreOnce,
        choices=(*REGIMES, DRAWN),
        help="A: full chain from 2027; B: melt or produce test, tiers from 2028; "
        "C: full chain from 2032; drawn: each draw has one by chance (default: the pathway's own)",
    )
    command.add_argument(
        "--defense-need",
        action=StoreOnce,
        metavar="T",
        help="magnets that US defense needs in 2025, t a year (default: the pathway's own)",
    )
    command.add_argument("--magnet-class", metavar="CLASS", help="one class only")
    common.add_engine(command)
    drawn.add_draws(command)
    common.add_out(command)
    common.add_json(command)


def run_deadline(arguments: argparse.Namespace) -> int:
    """Simulate, save the verdict with its odds, show it."""
    from buildout.outcomes.deadline import deadline_rows
    from buildout.outcomes.headlines import NEEDS
    from buildout.outcomes.odds import with_odds

    folder = recorded.claim_beside(arguments)
    asked = drawn.asked_of(arguments)
    ds = asked(common.simulated(arguments, outputs=NEEDS))
    rows = deadline_rows(ds, magnet_class=arguments.magnet_class)
    verdict = with_odds(rows, drawn.odds_beside(ds))

    def write(temporary: Path) -> None:
        (temporary / "deadline.csv").write_text(tables.to_csv(verdict), encoding="utf-8")
        (temporary / "deadline.json").write_text(tables.to_json(verdict), encoding="utf-8")

    made = recorded.write_recorded(folder, arguments, write)
    code = common.tell(ds)
    end = float(ds["time"].max())
    print_verdict(verdict, end=end, as_json=arguments.json)
    common.tell_saved(made)
    return code
