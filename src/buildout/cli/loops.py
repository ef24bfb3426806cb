"""`buildout loops`: what each feedback loop makes of an outcome over time."""

import argparse
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from buildout._util import tables
from buildout._util.numbers import signed, unit_in_words
from buildout.cli import common, drawn, recorded, variants
from buildout.cli.common import percent_of
from buildout.cli.parsing import StoreOnce, non_empty
from buildout.cli.verdict import in_lines
from buildout.sampling import defaults

if TYPE_CHECKING:
    import xarray as xr

_SHOWN_YEARS = (2030.0, 2035.0, 2040.0, 2045.0)


def add_parser(subparsers: Any) -> None:
    """Add the command."""
    command = common.add_command(
        subparsers,
        "loops",
        run_loops,
        "What each feedback loop makes of an outcome over time: with it minus without it.",
    )
    variants.add_one_pathway(command, "whose loops are cut one at a time")
    command.add_argument(
        "--outcome",
        action=StoreOnce,
        metavar="X",
        default="US magnet output",
        type=non_empty,
        help="what has a value at each date: a name in src/buildout/inputs/tables/outcomes.csv, a "
        "variable or an element of the model (default: US magnet output)",
    )
    common.add_settings(command)
    drawn.add_draws(command, f"for bands; 0: no bands (default: {defaults.VARIANT_DRAWS})")
    common.add_out(command)
    common.add_json(command)


def run_loops(arguments: argparse.Namespace) -> int:
    """Cut all loops, save, show."""
    from buildout.experiments.loops import loops
    from buildout.experiments.loops_rows import loops_answer

    folder = recorded.claim_beside(arguments)
    ds = loops(arguments.pathway, outcome=arguments.outcome, **variants.asked_of_draws(arguments))
    answer = loops_answer(ds)
    write = partial(_write, ds=ds, answer=answer)
    variants.save_and_show(folder, arguments, answer, write, _show)
    return 0


def _write(folder: Path, *, ds: "xr.Dataset", answer: Mapping[str, Any]) -> None:
    from buildout.figures import loop_effects

    for name, key in (("loops", "effects"), ("loops_peaks", "peaks"), ("loops_sums", "sums")):
        (folder / f"{name}.csv").write_text(tables.to_csv(answer[key]), encoding="utf-8")
    (folder / "loops.json").write_text(tables.to_json(answer), encoding="utf-8")
    common.write_pages(folder, "loops", loop_effects, ds)


def _show(answer: Mapping[str, Any]) -> None:
    for sentence in answer["sentences"]:
        print(in_lines(sentence))
    unit = unit_in_words(answer["unit"])
    band = f"; at its largest 5-95% of {answer['draws']:,} draws" if answer["draws"] else ""
    print(f"\n{answer['outcome']} with the loop minus without it, {unit}, single runs{band}\n")
    effects = {(row["loop"], row["year"]): row["effect"] for row in answer["effects"]}
    moving = [row for row in answer["peaks"] if row["moves"]]
    lines = [_line(row, effects, drawn_too=bool(answer["draws"])) for row in moving]
    lines += _sum_lines(answer, lines)
    if lines:
        print(common.table_in_words(lines, words=["loop"]))
    if still := [row["loop"] for row in answer["peaks"] if not row["moves"]]:
        print(f"\n{in_lines('Without effect here: ' + '; '.join(still) + '.')}")
    if answer["left_out"]:
        print(in_lines(f"No switch cuts {'; '.join(answer['left_out'])}: see model/EFFECTS.md."))


def _line(
    row: Mapping[str, Any], effects: Mapping[tuple[str, float], float], *, drawn_too: bool
) -> dict[str, str]:
    cells = {
        "loop": row["loop"],
        **{
            f"{year:.0f}": signed(effects[row["loop"], year])
            for year in _SHOWN_YEARS
            if (row["loop"], year) in effects
        },
        "most in": f"{row['year']:.0f}",
        "effect": signed(row["effect"]),
    }
    if drawn_too:
        cells["5-95%"] = f"{signed(row['p05'])} to {signed(row['p95'])}"
        cells["same sign"] = percent_of(row["same_sign"])
    return cells


def _sum_lines(answer: Mapping[str, Any], lines: list[dict[str, str]]) -> list[dict[str, str]]:
    """The sum of single cuts in the pathway's own world, the total, the remainder."""
    named = {"sum": "sum of single cuts", "total": "all cut at once", "remainder": "remainder"}
    by_year = {f"{row['year']:.0f}": row for row in answer["sums"]}
    return [
        {
            key: words if key == "loop" else signed(by_year[key][name]) if key in by_year else ""
            for key in lines[0]
        }
        for name, words in named.items()
        if lines
    ]
