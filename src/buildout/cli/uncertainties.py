"""`buildout uncertainties`: what the model does not know, its ranges, and what it moves."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from buildout._util import names, tables
from buildout._util.numbers import number
from buildout.cli import common, recorded
from buildout.cli.parsing import non_empty
from buildout.cli.verdict import in_lines

if TYPE_CHECKING:
    from buildout.inputs.model import Model

WIDTHS = {"uncertainty": 42, "moves_most": 30}
_NUMBERS = ("low", "high", "default", "share")
# A share that rounds to nothing is nothing that anybody would see.
_SEEN = 0.0005
MOVES = (
    "Each was moved alone to both ends of its range under the canonical pathways. `share`: the "
    "largest that it has of the variance of a headline outcome, `moves most`: of which. What acts "
    "in drawn worlds only shows no share."
)


def add_parser(subparsers: Any) -> None:
    """Add the command."""
    command = common.add_command(
        subparsers,
        "uncertainties",
        list_uncertainties,
        "List uncertainties and initial states: range, grade, and which outcome each moves most.",
    )
    command.add_argument(
        "pattern", metavar="PATTERN", nargs="?", default="", help="part of a name or meaning"
    )
    command.add_argument(
        "--out", metavar="DIR", type=non_empty, help="folder for the table and a picture of it"
    )
    common.add_json(command)


def list_uncertainties(arguments: argparse.Namespace) -> None:
    """One row for each uncertainty, what moves most first; luck of the same word after them."""
    from buildout.analysis.uncertainties import luck_rows, uncertainties
    from buildout.inputs.model import load_model

    model, pattern = load_model(), arguments.pattern
    luck = luck_rows(model, pattern)
    known = [row.name for row in model.uncertainties]
    if not any(names.matches(pattern, name, model.variable(name).meaning) for name in known) and (
        arguments.json or arguments.out or not luck
    ):
        raise names.unknown("uncertainty", pattern, known)
    folder = None if arguments.out is None else recorded.claim_beside(arguments)
    rows = sorted(uncertainties(pattern), key=lambda row: -(row["share"] or 0.0))
    if folder is not None:
        made = recorded.write_recorded(folder, arguments, lambda place: _write(place, rows))
    if arguments.json:
        common.print_json(rows)
    elif rows:
        print(tables.text([_line(row) for row in rows], widths=WIDTHS, right=_NUMBERS))
        if any(row["share"] is not None for row in rows):
            print(f"\n{in_lines(MOVES)}")
    if luck and not arguments.json:
        print(luck_section(model, luck))
    if folder is not None:
        common.tell_saved(made)


def _write(folder: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    from buildout.figures import uncertainty_bars

    (folder / "uncertainties.csv").write_text(tables.to_csv(rows), encoding="utf-8")
    (folder / "uncertainties.json").write_text(tables.to_json(rows), encoding="utf-8")
    common.write_pages(folder, "uncertainties", uncertainty_bars, rows)


def _line(row: Mapping[str, Any]) -> dict[str, str]:
    unit = "" if row["unit"] == "Dmnl" else row["unit"]
    cells = {"uncertainty": f"{row['uncertainty']} ({row['meaning']})", "unit": unit}
    cells |= {key: number(row[key], 4) for key in ("low", "high", "default")}
    cells["grade"] = row["grade"]
    if row["share"] is not None:
        seen = row["share"] >= _SEEN
        cells["share"] = f"{number(100 * row['share'], 2)}%" if seen else ""
        cells["moves_most"] = row["moves"] if seen else ""
    else:
        cells |= {"share": "", "moves_most": ""}
    return cells


def luck_section(model: "Model", rows: Sequence[Mapping[str, Any]]) -> str:
    """What falls out by luck, and when it acts."""
    heading = (
        f"\nLuck ({sum(row['draws'] for row in rows)} draws), no uncertainty: it acts where "
        f"`{model.luck_switch}` is 1, as in the draws of a sweep, and not in a single run\n\n"
    )
    return heading + tables.text(rows, widths={"luck": 45, "meaning": 60})
