"""`buildout money`: what money buys, by the size of a programme and by instrument."""

import argparse
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from buildout._util import tables
from buildout._util.numbers import number, signed, three_digits, unit_in_words, value_or_never
from buildout.cli import common, drawn, recorded, variants
from buildout.cli.common import percent_of
from buildout.cli.parsing import StoreOnce, non_empty
from buildout.cli.verdict import in_lines
from buildout.sampling import defaults

if TYPE_CHECKING:
    import xarray as xr

PROGRAMME_HEAD = (
    "{label}: gain over none of the money, {unit}; billion USD of 2025 from all sources, and what "
    "of it is appropriated, committed and spent"
)
ENDS_HEAD = (
    "Where the last useful dollar lies (95% of the best gain; billion USD asked for, straight "
    "between the sums), single run{band}"
)


def add_parser(subparsers: Any) -> None:
    """Add the command."""
    command = common.add_command(
        subparsers,
        "money",
        run_money,
        "What money buys: outcomes by the size of a pathway's programme and by instrument at equal "
        "dollars, and where the last useful dollar lies.",
    )
    variants.add_one_pathway(command, "whose programme is made smaller and larger")
    command.add_argument(
        "--billions",
        action=StoreOnce,
        metavar="N,N",
        type=non_empty,
        help="sums of the programme, in billions of USD (default: 10,50,100,200,500,1000,5000)",
    )
    command.add_argument(
        "--instrument-billions",
        action=StoreOnce,
        metavar="N,N",
        type=non_empty,
        help="sums of each instrument (default: 0.01,0.1,1,10, or those of --billions)",
    )
    variants.add_base(command, "on top of which each instrument is tried by itself")
    variants.add_outcome(command, ", in place of the usual ones")
    common.add_settings(command)
    drawn.add_draws(command, f"for bands; 0: no bands (default: {defaults.VARIANT_DRAWS})")
    common.add_out(command)
    common.add_json(command)


def run_money(arguments: argparse.Namespace) -> int:
    """Run all sums, save, show."""
    from buildout.analysis.money import BILLIONS, INSTRUMENT_BILLIONS, money_bought
    from buildout.analysis.money_rows import money_answer

    folder = recorded.claim_beside(arguments)
    sums = variants.option_numbers("--billions", arguments.billions)
    ds = money_bought(
        arguments.pathway,
        billions=sums or BILLIONS,
        instrument_billions=variants.option_numbers(
            "--instrument-billions", arguments.instrument_billions
        )
        or sums
        or INSTRUMENT_BILLIONS,
        base=arguments.base,
        **variants.asked_of_variants(arguments),
    )
    answer = money_answer(ds)
    write = partial(_write, ds=ds, answer=answer)
    variants.save_and_show(folder, arguments, answer, write, _show)
    return 0


def _write(folder: Path, *, ds: "xr.Dataset", answer: Mapping[str, Any]) -> None:
    from buildout.figures import money_curves

    for name, key in (("money", "curves"), ("money_last_useful", "last_useful")):
        (folder / f"{name}.csv").write_text(tables.to_csv(answer[key]), encoding="utf-8")
    (folder / "money.json").write_text(tables.to_json(answer), encoding="utf-8")
    common.write_pages(folder, "money", money_curves, ds)


def _show(answer: Mapping[str, Any]) -> None:
    for sentence in answer["sentences"]:
        print(in_lines(sentence))
    useful = answer["last_useful"]
    own, drawn_too = useful[0], bool(answer["draws"])
    label, unit = variants.label_of(own), unit_in_words(own["gain_unit"])
    headline = [row for row in answer["curves"] if variants.label_of(row) == label]
    programme = [row for row in headline if row["way"] == own["way"]]
    print(f"\n{in_lines(PROGRAMME_HEAD.format(label=label, unit=unit))}\n")
    lines = [_programme_line(row, drawn_too=drawn_too) for row in programme]
    print(common.table_in_words(lines, words=["asked"]))
    print("\n`per bn`: gain for each billion, on average; `next`: asked for since the sum above")
    band = f", and 5-95% of {answer['draws']:,} draws" if drawn_too else ""
    print(f"\n{in_lines(ENDS_HEAD.format(band=band))}\n")
    ends = [_end_line(row, drawn_too=drawn_too) for row in useful if row["way"] == own["way"]]
    print(common.table_in_words(ends, words=["outcome"]))
    ways = [r for r in useful if r["way"] != own["way"] and variants.label_of(r) == label]
    print(f"\nEach by itself on top of `{answer['base']}`: {label}, gain in {unit}\n")
    ordered = sorted(ways, key=lambda row: -row["best_gain"])
    lines = [_way_line(row, drawn_too=drawn_too) for row in ordered]
    print(common.table_in_words(lines, words=["instrument"]))
    print(
        "\n`useful`: last useful sum asked for; `spent`: of the largest sum, with other public "
        "money that it draws;\n`first`: gain for each billion spent at the smallest sum"
    )


def _billions(value: float) -> str:
    return number(value, 2) if value == value else "-"


def _programme_line(row: Mapping[str, Any], *, drawn_too: bool) -> dict[str, str]:
    date = row["gain_unit"] == "Month"
    cells = {
        "asked": number(row["billions"], 4, apart=1e3),
        **{name: _billions(row[name]) for name in ("appropriated", "committed", "spent")},
        "gain": signed(row["gain"], date=date),
    }
    if drawn_too:
        cells["median"] = signed(row["gain_p50"], date=date)
        cells["5-95%"] = _span(row, "gain", date=date)
    return {
        **cells,
        "per bn asked": three_digits(row["mean_asked"]),
        "next": three_digits(row["marginal_asked"]),
        "per bn spent": three_digits(row["per_spent"]),
    }


def _span(row: Mapping[str, Any], name: str, *, date: bool = False) -> str:
    return " to ".join(signed(row[f"{name}_{q}"], date=date) for q in ("p05", "p95"))


def _end_line(row: Mapping[str, Any], *, drawn_too: bool) -> dict[str, str]:
    date = row["gain_unit"] == "Month"
    cells = {
        "outcome": variants.label_of(row),
        "without": value_or_never(row["before"], date=date),
        "best gain": signed(row["best_gain"], date=date),
        "unit": unit_in_words(row["gain_unit"]),
        "useful": _billions(row["last_useful"]),
    }
    if drawn_too:
        ends = " to ".join(_billions(row[f"last_useful_{q}"]) for q in ("p05", "p95"))
        cells |= {"5-95%": ends, "nothing in": percent_of(row["useless"])}
    return cells


def _way_line(row: Mapping[str, Any], *, drawn_too: bool) -> dict[str, str]:
    date = row["gain_unit"] == "Month"
    cells = {"instrument": row["way"], "gain": signed(row["best_gain"], date=date)}
    if drawn_too:
        cells["median"] = signed(row["gain_p50"], date=date)
        cells["5-95%"] = _span(row, "gain", date=date)
    return {
        **cells,
        "useful": _billions(row["last_useful"]),
        "spent": _billions(row["most_spent"]),
        "first": three_digits(row["per_spent_first"]),
    }
