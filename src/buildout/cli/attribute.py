"""`buildout attribute`: how much of a difference each instrument of policy makes."""

import argparse
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from buildout._util import tables
from buildout._util.numbers import number
from buildout.cli import common, drawn, recorded, variants
from buildout.cli.common import percent_of, signed, value_or_never
from buildout.cli.parsing import StoreOnce, non_empty
from buildout.cli.verdict import in_lines

if TYPE_CHECKING:
    import xarray as xr

_PAIRS = 3


def add_parser(subparsers: Any) -> None:
    """Add the command."""
    command = common.add_command(
        subparsers,
        "attribute",
        run_attribute,
        "Part the difference in an outcome between two pathways among the instruments of policy.",
    )
    for name, words in (("base", "from"), ("other", "to")):
        command.add_argument(
            name,
            metavar=name.upper(),
            type=non_empty,
            help=f"pathway, .toml file, or folder of `buildout run`, {words} which it goes",
        )
    variants.add_outcome(command, "", required=True)
    command.add_argument(
        "--pathway",
        action=StoreOnce,
        metavar="NAME",
        help="of folders with several pathways, this one alone",
    )
    common.add_settings(command)
    drawn.add_draws(
        command,
        "for a band of each part (default: 0, no bands); each costs a run for every coalition, so "
        "that 100 take about half a minute for nine instruments",
        default="0",
    )
    common.add_out(command)
    common.add_json(command)


def run_attribute(arguments: argparse.Namespace) -> int:
    """Run all coalitions, part the difference, save, show."""
    from buildout.analysis.attribute import attribute
    from buildout.analysis.attribute_rows import attribute_answer

    folder = recorded.claim_beside(arguments)
    if arguments.design is not None and arguments.draws == "0":
        arguments.draws = None
    ds = attribute(
        arguments.base,
        arguments.other,
        outcome=arguments.outcome,
        year=common.option_number("--year", arguments.year),
        only=arguments.pathway,
        design=drawn.design_on_file(arguments, beyond_range=arguments.beyond_range),
        draws=common.option_whole("--draws", arguments.draws, least=0) or 0,
        seed=common.option_whole("--seed", arguments.seed, least=0),
        settings=common.typed_settings(arguments),
        known_until=common.option_number("--known-until", arguments.known_until),
        beyond_range=arguments.beyond_range,
    )
    answer = attribute_answer(ds)
    write = partial(_write, ds=ds, answer=answer)
    variants.save_and_show(folder, arguments, answer, write, _show)
    return 0


def _write(folder: Path, *, ds: "xr.Dataset", answer: Mapping[str, Any]) -> None:
    from buildout.figures import waterfall

    (folder / "attribute.csv").write_text(tables.to_csv(answer["parts"]), encoding="utf-8")
    (folder / "attribute.json").write_text(tables.to_json(answer), encoding="utf-8")
    common.write_pages(folder, "attribute", waterfall, ds)


def _show(answer: Mapping[str, Any]) -> None:
    date = answer["unit"] == "Year"
    unit = {"Dmnl": "", "Month": " months"}.get(
        answer["difference_unit"], f" {answer['difference_unit']}"
    )
    year = "" if date else f" in {answer['year']:g}"
    ends = [value_or_never(answer[key], date=date) for key in ("base_value", "value")]
    band = ""
    if answer["draws"]:
        low, high = (signed(answer[f"total_{key}"], date=date) for key in ("p05", "p95"))
        band = f" (5-95% of {answer['draws']:,} draws: {low} to {high})"
    print(
        in_lines(
            f"`{answer['outcome']}`{year}: {ends[0]} under `{answer['base']}`, {ends[1]} under "
            f"`{answer['pathway']}`; {signed(answer['total'], date=date)}{unit}{band}, parted "
            f"among instruments over all {answer['coalitions']:,} mixtures of the two"
        )
    )
    print()
    rows = [_line(row, answer) for row in [*answer["parts"], _sum(answer)]]
    print(common.table_in_words(rows, words=["instrument"]))
    print(
        "\n`part`: its mean over all orders of adding (Shapley); `alone`: on top of the base; "
        "`last`: lost without it"
    )
    for line in _notes(answer, unit):
        print(in_lines(line))


def _notes(answer: Mapping[str, Any], unit: str) -> list[str]:
    date = answer["unit"] == "Year"
    pairs = {
        f"{row['instrument']} with {row['partner']}": signed(row["interaction"], date=date)
        for row in answer["interactions"][:_PAIRS]
    }
    shown = [f"{pair} {words}{unit}" for pair, words in pairs.items() if words != "0"]
    lines = [f"Together beyond what both make apart: {'; '.join(shown)}."] if shown else []
    if not answer["parted"]:
        lines.append("Both come to the same, so there are no shares.")
    if answer["never"]:
        lines.append(
            f"In {answer['never']:,} of {answer['coalitions']:,} mixtures the date never comes; it "
            f"counts as the end of the run, {answer['end']:g}, so that parts are the least they "
            "can be."
        )
    return lines


def _sum(answer: Mapping[str, Any]) -> dict[str, Any]:
    bands = {key: answer[f"total_{key}"] for key in ("p05", "p95")}
    return {
        "instrument": "all",
        "settings": sum(row["settings"] for row in answer["parts"]),
        "part": answer["total"],
        "share": 1.0 if answer["parted"] else None,
        "first_in": float("nan"),
        "last_in": float("nan"),
        **bands,
    }


def _line(row: Mapping[str, Any], answer: Mapping[str, Any]) -> dict[str, str]:
    date = answer["unit"] == "Year"
    cells = {
        "instrument": row["instrument"],
        "settings": number(row["settings"]),
        "part": signed(row["part"], date=date),
        "share": "-" if row["share"] is None else percent_of(row["share"]),
        "alone": signed(row["first_in"], date=date),
        "last": signed(row["last_in"], date=date),
    }
    if answer["draws"]:
        cells["5-95%"] = " to ".join(signed(row[key], date=date) for key in ("p05", "p95"))
    return cells
