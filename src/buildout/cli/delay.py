"""`buildout delay`: what a later start of all that a pathway adds costs."""

import argparse
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from buildout._util import tables
from buildout._util.numbers import signed, unit_in_words, value_or_never
from buildout.cli import common, drawn, recorded, variants
from buildout.cli.parsing import StoreOnce, non_empty
from buildout.cli.verdict import in_lines
from buildout.sampling import defaults

if TYPE_CHECKING:
    import xarray as xr


def add_parser(subparsers: Any) -> None:
    """Add the command."""
    command = common.add_command(
        subparsers,
        "delay",
        run_delay,
        "What delay costs: all that a pathway adds to policy, some years later, in tonnes, months "
        "and coverage.",
    )
    variants.add_one_pathway(command, "which comes later")
    command.add_argument(
        "--years",
        action=StoreOnce,
        metavar="N,N",
        type=non_empty,
        help="how much later, 0 to 20 (default: 1,2,3,5)",
    )
    variants.add_base(command, "on top of which it adds something, which is what moves")
    command.add_argument(
        "--ends-stay",
        action="store_true",
        help="let the programme end when it would have, and so be as much shorter",
    )
    variants.add_outcome(command, ", in place of the usual ones")
    common.add_settings(command)
    drawn.add_draws(command, f"for bands; 0: no bands (default: {defaults.VARIANT_DRAWS})")
    common.add_out(command)
    common.add_json(command)


def run_delay(arguments: argparse.Namespace) -> int:
    """Run all delays, save, show."""
    from buildout.analysis.delay import YEARS_LATER, delay
    from buildout.analysis.delay_rows import delay_answer

    folder = recorded.claim_beside(arguments)
    ds = delay(
        arguments.pathway,
        years=variants.option_numbers("--years", arguments.years) or YEARS_LATER,
        base=arguments.base,
        ends_stay=arguments.ends_stay,
        **variants.asked_of_variants(arguments),
    )
    answer = delay_answer(ds)
    write = partial(_write, ds=ds, answer=answer)
    variants.save_and_show(folder, arguments, answer, write, _show)
    return 0


def _write(folder: Path, *, ds: "xr.Dataset", answer: Mapping[str, Any]) -> None:
    from buildout.figures import delays

    (folder / "delay.csv").write_text(tables.to_csv(answer["costs"]), encoding="utf-8")
    (folder / "delay.json").write_text(tables.to_json(answer), encoding="utf-8")
    common.write_pages(folder, "delay", delays, ds)


def _show(answer: Mapping[str, Any]) -> None:
    print(in_lines(answer["sentence"]))
    costs = answer["costs"]
    draws = f"; below, 5-95% of {answer['draws']:,} draws" if answer["draws"] else ""
    print(f"\nDifferences to no delay, single runs{draws}\n")
    lines: list[dict[str, str]] = []
    for label in dict.fromkeys(variants.label_of(row) for row in costs):
        rows = [row for row in costs if variants.label_of(row) == label]
        lines += _lines(label, rows, drawn_too=bool(answer["draws"]))
    print(common.table_in_words(lines, words=["outcome"]))
    print()
    for head, key in (("Later", "moved"), ("As before", "staying")):
        if answer[key]:
            print(in_lines(f"{head}: {_listed(answer[key])}."))
    if any(row["never"] > 0 or row["value"] != row["value"] for row in costs):
        print(in_lines(variants.NEVER_COUNTS.format(end=answer["end"])))


def _lines(
    label: str, rows: Sequence[Mapping[str, Any]], *, drawn_too: bool
) -> list[dict[str, str]]:
    date = rows[0]["unit"] == "Year"
    unit = unit_in_words(rows[0]["difference_unit"])
    shown = {"outcome": label, "now": value_or_never(rows[0]["value"], date=date)}
    below = {"outcome": f"  {unit}", "now": ""}
    for row in rows[1:]:
        head = f"{row['delay']:g} later"
        shown[head] = signed(row["difference"], date=date)
        band = " to ".join(signed(row[q], date=date) for q in ("p05", "p95"))
        below[head] = band if drawn_too else ""
    return [shown, below]


def _listed(by_instrument: Mapping[str, Sequence[str]]) -> str:
    return "; ".join(f"{name} ({', '.join(own)})" for name, own in by_instrument.items())
