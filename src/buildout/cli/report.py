"""`buildout report`: one page with verdict, charts, settings and assumptions, and its data."""

import argparse
import sys
from typing import TYPE_CHECKING, Any

from buildout.cli import common, drawn, recorded, streams
from buildout.cli.figures import add_results, simulated_or_read, typed
from buildout.cli.verdict import print_verdict
from buildout.errors import BuildoutError

if TYPE_CHECKING:
    import xarray as xr


def add_parser(subparsers: Any) -> None:
    """Add the command."""
    command = common.add_command(
        subparsers,
        "report",
        run_report,
        "Write one self-contained page and the same as Markdown, with charts and data.",
    )
    add_results(command)
    common.add_out(command)
    common.add_json(command)


def run_report(arguments: argparse.Namespace) -> int:
    """Simulate or read results, write the report, show the verdict."""
    from buildout._util.manifest import claim_folder

    folder = claim_folder(arguments.out, "results")
    ds = simulated_or_read(arguments)

    from buildout.report import save_report
    from buildout.simulation.store import verdict_rows

    odds = drawn.odds_beside(ds)
    again = recorded.record_of(arguments)
    page, *rest = save_report(
        ds, folder, command=typed("report", arguments), again=again, sliders=_sliders(ds)
    )
    code = common.tell(ds)
    verdict, end = verdict_rows(ds, odds), float(ds["time"].max())
    print_verdict(verdict, end=end, as_json=arguments.json)
    print(f"Page: {page}; {len(rest)} files beside it", file=sys.stderr)
    return code


def _sliders(ds: "xr.Dataset") -> str:
    """The page of sliders of a run; where it has none, that is said and the report goes on."""
    from buildout import report
    from buildout.page.explore import explore_of_run

    try:
        return explore_of_run(ds, report=report.PAGE)
    except BuildoutError as reason:
        streams.say(f"no page of sliders. {reason}")
        return ""
