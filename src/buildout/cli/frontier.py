"""`buildout frontier`: pathways that no other beats on date, public money and unmet demand."""

import argparse
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from buildout._util import tables
from buildout._util.numbers import number, three_digits
from buildout.cli import common, drawn, recorded, variants
from buildout.cli.common import percent_of, signed
from buildout.cli.parsing import StoreOnce, non_empty
from buildout.cli.verdict import in_lines
from buildout.sampling import defaults

if TYPE_CHECKING:
    import xarray as xr

_BILLION = 1000.0


def add_parser(subparsers: Any) -> None:
    """Add the command."""
    command = common.add_command(
        subparsers,
        "frontier",
        run_frontier,
        "Pathways that no other beats on date, public money and unmet demand; the best within the "
        "money of each packaged pathway, as files that `buildout run` takes.",
    )
    command.add_argument(
        "--like",
        action=StoreOnce,
        metavar="PATHWAY",
        type=non_empty,
        help="pathway whose money must do: the best within it is saved; held dials keep its values",
    )
    command.add_argument(
        "--hold",
        action="append",
        default=[],
        metavar="DIAL",
        type=non_empty,
        help="dial that stays as in the status quo, or in --like; may be repeated; `free`: all for "
        "which the model charges no public money",
    )
    command.add_argument(
        "--generations", action=StoreOnce, metavar="N", help="of the search (default: 60)"
    )
    command.add_argument(
        "--population", action=StoreOnce, metavar="N", help="of each generation (default: 100)"
    )
    common.add_settings(command)
    drawn.add_draws(command, f"for bands; 0: no bands (default: {defaults.VARIANT_DRAWS})")
    common.add_out(command)
    common.add_json(command)


def run_frontier(arguments: argparse.Namespace) -> int:
    """Search, run the members in draws, save, show."""
    from buildout.analysis.frontier import GENERATIONS, POPULATION, frontier
    from buildout.analysis.frontier_rows import frontier_answer

    folder = recorded.claim_beside(arguments)
    generations = common.option_whole("--generations", arguments.generations, least=1)
    population = common.option_whole("--population", arguments.population, least=4)
    ds = frontier(
        like=arguments.like,
        hold=arguments.hold,
        generations=generations or GENERATIONS,
        population=population or POPULATION,
        **variants.asked_of_draws(arguments),
    )
    answer = frontier_answer(ds)
    write = partial(_write, ds=ds, answer=answer)
    variants.save_and_show(folder, arguments, answer, write, partial(_show, ds))
    return 0


def _write(folder: Path, *, ds: "xr.Dataset", answer: Mapping[str, Any]) -> None:
    from buildout.analysis.frontier_rows import member_file
    from buildout.figures import frontier_map

    names = {"frontier": "front", "frontier_same_money": "same_money", "frontier_dials": "dials"}
    for name, key in names.items():
        (folder / f"{name}.csv").write_text(tables.to_csv(answer[key]), encoding="utf-8")
    (folder / "frontier.json").write_text(tables.to_json(answer), encoding="utf-8")
    knee = next(row["candidate"] for row in answer["front"] if row["knee"])
    texts = {"knee": member_file(ds, knee, "Knee of the frontier")}
    like = answer["like"]
    best = {row["compared"]: row["candidate"] for row in answer["same_money"]}
    if like and best[like]:
        texts["like"] = member_file(ds, best[like], f"Best found within the money of {like}")
    for name, text in texts.items():
        (folder / f"frontier-{name}.toml").write_text(text, encoding="utf-8")
    common.write_pages(folder, "frontier", frontier_map, ds)


def _show(ds: "xr.Dataset", answer: Mapping[str, Any]) -> None:
    from buildout.analysis.frontier_rows import dials_in_words

    for sentence in answer["sentences"]:
        print(in_lines(sentence))
    drawn_too = bool(answer["draws"])
    rows = {row["candidate"]: row for row in answer["front"]}
    print("\nBest found within the same money: gains over the pathway")
    lines = [
        _same_money_line(rows, row, drawn_too=drawn_too)
        for row in answer["same_money"]
        if row["candidate"]
    ]
    if lines:
        print(f"\n{common.table_in_words(lines, words=['pathway', 'found'])}")
    none = [row["compared"] for row in answer["same_money"] if not row["candidate"]]
    if none:
        print(in_lines(f"None found for: {', '.join(none)}."))
    print(f"\nMembers of the front ({answer['size_of_front']} of {answer['tried']:,} tried):\n")
    wanted = {row["candidate"] for row in answer["same_money"]}
    members = [row for row in answer["front"] if row["found"]]
    ends = {members[0]["candidate"], members[-1]["candidate"]}
    shown = [r for r in members if r["knee"] or r["candidate"] in wanted | ends]
    lines = [
        {**_member_line(row, drawn_too=drawn_too), "dials": dials_in_words(ds, row["candidate"])}
        for row in shown
    ]
    print(common.table_in_words(lines, words=["dials", "member"]))
    print("\nEach dial by itself, all the way on (single runs)\n")
    lines = [_dial_line(row) for row in answer["dials"]]
    print(common.table_in_words(lines, words=["dial", "costs", "as in"]))


def _date(value: float) -> str:
    return "never" if value != value else f"{value:.1f}"


def _same_money_line(
    rows: Mapping[str, Mapping[str, Any]], row: Mapping[str, Any], *, drawn_too: bool
) -> dict[str, str]:
    own, best = rows[row["compared"]], rows[row["candidate"]]
    line = {
        "pathway": row["compared"],
        "bn USD": number(own["public_money"] / _BILLION, 3),
        "found": row["candidate"],
        "its bn": number(best["public_money"] / _BILLION, 3),
        "months sooner": signed(row["half_home_gain"], date=True),
        "t less unmet": signed(row["unmet_civil_gain"]),
    }
    if drawn_too:
        line["sooner in"] = percent_of(row["half_home_odds"])
        line["cheaper in"] = percent_of(row["public_money_odds"])
        line["less in"] = percent_of(row["unmet_civil_odds"])
        line["all in"] = percent_of(row["odds_of_all"])
    return line


def _member_line(row: Mapping[str, Any], *, drawn_too: bool) -> dict[str, str]:
    line = {
        "member": f"{row['candidate']}{' knee' * row['knee']}",
        "bn USD": number(row["public_money"] / _BILLION, 3),
        "half home": _date(row["half_home"]),
        "t unmet": three_digits(row["unmet_civil"]),
    }
    if drawn_too:
        line["5-95%"] = " to ".join(three_digits(row[f"unmet_civil_{q}"]) for q in ("p05", "p95"))
    return line


def _dial_line(row: Mapping[str, Any]) -> dict[str, str]:
    held = row["months"] != row["months"]
    return {
        "dial": row["dial"],
        "as in": row["pathway"],
        "costs": f"{row['costs']}{', held' * row['held']}",
        "months": "-" if held else signed(row["months"], date=True),
        "bn USD": "-" if held else f"{row['public_money'] / _BILLION:+.2f}",
        "t unmet": "-" if held else signed(row["unmet_civil"]),
        "90% on in": "-" if held else percent_of(row["almost_all"]),
    }
