"""`buildout why`: which uncertainties decide an outcome, what luck leaves open, where it turns."""

import argparse
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from buildout._util import tables
from buildout.cli import common, recorded, variants
from buildout.cli.parsing import StoreOnce, non_empty
from buildout.cli.verdict import in_lines
from buildout.sampling import defaults

if TYPE_CHECKING:
    import xarray as xr

_USUAL_KEPT = 12


def add_parser(subparsers: Any) -> None:
    """Add the command."""
    command = common.add_command(
        subparsers,
        "why",
        run_why,
        "Which uncertainties decide an outcome under a pathway, what luck leaves open, and within "
        "which ranges the answer is mostly yes, or no.",
    )
    command.add_argument(
        "outcome",
        metavar="OUTCOME",
        type=non_empty,
        help=variants.OUTCOME_HELP,
    )
    command.add_argument(
        "--by",
        action=StoreOnce,
        metavar="YEAR",
        help="when it is read; of a date, whether it comes by then (default: the median date)",
    )
    command.add_argument(
        "--pathway",
        action=StoreOnce,
        metavar="PATHWAY",
        default="status-quo",
        help="name or .toml file (default: status-quo)",
    )
    command.add_argument(
        "--at-least",
        action=StoreOnce,
        metavar="X",
        help="from which value on the answer is yes (default: of a coverage the whole need, else "
        "the median of the draws)",
    )
    common.add_settings(command)
    command.add_argument(
        "--keep",
        action=StoreOnce,
        metavar="N",
        help=f"uncertainties that are told one by one (default: {_USUAL_KEPT})",
    )
    command.add_argument(
        "--draws",
        action=StoreOnce,
        metavar="N",
        help="joint draws of all that is uncertain and of luck that answer, those of `sweep` "
        f"(default: {defaults.DRAWS}); indices and box take about 20 times as many runs",
    )
    command.add_argument(
        "--seed", action=StoreOnce, metavar="S", help=f"of the draws (default: {defaults.SEED})"
    )
    common.add_out(command)
    common.add_json(command)


def run_why(arguments: argparse.Namespace) -> int:
    """Ask, save, show."""
    from buildout.analysis.why import FEWEST_DRAWS, why
    from buildout.analysis.why_rows import why_answer

    folder = recorded.claim_beside(arguments)
    keep = common.option_whole("--keep", arguments.keep, least=1)
    ds = why(
        arguments.outcome,
        common.option_number("--by", arguments.by),
        arguments.pathway,
        at_least=common.option_number("--at-least", arguments.at_least),
        **({} if keep is None else {"keep": keep}),
        draws=common.option_whole("--draws", arguments.draws, least=FEWEST_DRAWS),
        seed=common.option_whole("--seed", arguments.seed, least=0),
        settings=common.typed_settings(arguments),
        known_until=common.option_number("--known-until", arguments.known_until),
        beyond_range=arguments.beyond_range,
    )
    answer = why_answer(ds)
    write = partial(_write, ds=ds, answer=answer)
    variants.save_and_show(folder, arguments, answer, write, _show)
    return 0


def _write(folder: Path, *, ds: "xr.Dataset", answer: Mapping[str, Any]) -> None:
    from buildout.figures import deciding

    (folder / "why.csv").write_text(tables.to_csv(answer["factors"]), encoding="utf-8")
    (folder / "why.json").write_text(tables.to_json(answer), encoding="utf-8")
    common.write_pages(folder, "why", deciding, ds)


def _show(answer: Mapping[str, Any]) -> None:
    from buildout.analysis.why_rows import told_factors

    print(in_lines(f"{answer['question']}."))
    print(in_lines(f"{answer['finding']}.") + "\n")
    rows = told_factors(answer["factors"])
    print(common.table_in_words([_line(row) for row in rows], words=["uncertainty"]))
    print()
    print(
        in_lines(
            "`decides`: share of the variance of the answer that is left when all else is known "
            "(total Sobol' index, with its interval of 95%), `moves`: of the number. Numbers act "
            "together, so that they sum to more than 1. `yes, low` and `high`: share of yes in the "
            "quarter of draws with its lowest and highest values."
        )
    )
    print()
    for words in answer["said"]:
        print(in_lines(words))


def _line(row: Mapping[str, Any]) -> dict[str, str]:
    from buildout.analysis.why_rows import end_words

    several = f" ({row['numbers']})" if row["numbers"] > 1 else ""
    single = row["low"] is not None
    unit = "" if row["unit"] == "Dmnl" else f" {row['unit']}"
    ends = [end_words(row[end], row) for end in ("low", "high")] if single else []
    return {
        "uncertainty": f"{row['factor']}{several}",
        "range": f"{' to '.join(ends)}{unit}" if single else "",
        "decides": _index(row, "decides"),
        "moves": _index(row, "moves"),
        "yes, low": common.percent_of(row["yes_low"]) if single else "",
        "high": common.percent_of(row["yes_high"]) if single else "",
    }


def _index(row: Mapping[str, Any], name: str) -> str:
    if row[name] is None:
        return "-"
    return f"{row[name]:.2f} ±{row[f'{name}_conf']:.2f}"
