"""`buildout check`: balances, bounds, units and the time step, on every pathway; 1 on failure."""

import argparse
import sys
from pathlib import Path
from typing import Any

from buildout._util import tables
from buildout.cli import common, recorded

GREEN, RED, PLAIN = "\033[32m", "\033[31m", "\033[0m"


def add_parser(subparsers: Any) -> None:
    """Add the command."""
    command = common.add_command(
        subparsers,
        "check",
        run_checks,
        "Check balances, bounds, units and the time step.",
    )
    common.add_pathways(command, default="all that come with buildout")
    command.add_argument(
        "--no-halving", action="store_true", help="leave out the runs at smaller time steps"
    )
    common.add_out(command)
    common.add_json(command)


def run_checks(arguments: argparse.Namespace) -> int:
    """Check, save, show."""
    from buildout.checks import check_resolved
    from buildout.inputs.model import load_model
    from buildout.inputs.pathway import packaged_pathways
    from buildout.inputs.resolve import resolve

    folder = recorded.claim_beside(arguments)
    asked = resolve(
        load_model(),
        arguments.pathways or packaged_pathways(),
        common.typed_settings(arguments),
        known_until=common.option_number("--known-until", arguments.known_until),
        beyond_range=arguments.beyond_range,
    )
    findings = check_resolved(asked, halving=not arguments.no_halving)
    common.tell_without_effect(asked)
    table = [finding.row() for finding in findings]

    def write(temporary: Path) -> None:
        (temporary / "check.csv").write_text(tables.to_csv(table), encoding="utf-8")
        (temporary / "check.json").write_text(tables.to_json(table), encoding="utf-8")

    made = recorded.write_recorded(folder, arguments, write)
    if arguments.json:
        common.print_rows(table, as_json=True)
    else:
        print(_coloured(_summary(findings)))
    common.tell_saved(made)
    return 0 if all(finding.passed for finding in findings) else common.FAILED


def _summary(findings: list[Any]) -> str:
    """One row per check, with the pathway that is farthest off."""
    by_check: dict[str, list[Any]] = {}
    for finding in findings:
        by_check.setdefault(finding.check, []).append(finding)
    rows = []
    for check, several in by_check.items():
        worst = max(several, key=lambda finding: finding.worst)
        rows.append(
            {
                "outcome": "ok" if all(finding.passed for finding in several) else "FAILED",
                "check": check,
                "pathways": f"{sum(finding.passed for finding in several)} of {len(several)}",
                "worst": worst.worst,
                "tolerance": worst.tolerance,
                "in": worst.pathway or "the model",
                "where": worst.where,
            }
        )
    return tables.text(rows, widths={"where": 60})


def _coloured(text: str) -> str:
    if not sys.stdout.isatty():
        return text
    paint = {"ok ": GREEN, "FAILED": RED}
    lines = text.splitlines()
    for place, line in enumerate(lines):
        for word, colour in paint.items():
            if line.startswith(word):
                lines[place] = colour + word + PLAIN + line[len(word) :]
    return "\n".join(lines)
