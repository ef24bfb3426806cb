"""The odds of a run at the command line: of which draws, and why where there are none."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from buildout._util.names import quoted
from buildout.cli import common, streams
from buildout.cli.parsing import StoreOnce, non_empty
from buildout.errors import InputError
from buildout.sampling import defaults

if TYPE_CHECKING:
    import xarray as xr

    from buildout.sampling.draws import Design

# Draws of these are not independent draws of what is uncertain.
_NO_ODDS = ("grid", "saltelli")
DESIGN_HELP = "draws in a CSV file, your own or from `buildout condition`, or the folder of one"


def add_draws(
    command: argparse.ArgumentParser,
    words: str = f"for the odds of the verdict; 0: no odds (default: {defaults.DRAWS})",
    *,
    default: str | None = None,
) -> None:
    """Options of the draws that stand beside a run; `words` say what they are for."""
    command.add_argument(
        "--draws",
        action=StoreOnce,
        metavar="N",
        default=default,
        help=f"joint draws of all that is uncertain and of luck, {words}",
    )
    command.add_argument(
        "--seed", action=StoreOnce, metavar="S", help=f"of the draws (default: {defaults.SEED})"
    )
    command.add_argument(
        "--design", action=StoreOnce, metavar="FILE", type=non_empty, help=DESIGN_HELP
    )


def asked_of(arguments: argparse.Namespace) -> Callable[["xr.Dataset"], "xr.Dataset"]:
    """What was typed of the draws of a run, read before it is made; it then carries it.

    Raises
    ------
    InputError
        When it is no number that draws or seeds can be, or no design.
    """
    from buildout.analysis.worlds import ask_design, ask_draws

    design = design_on_file(arguments, beyond_range=arguments.beyond_range)
    if design is not None:
        return partial(ask_design, path=arguments.design, sha256=design.sha256)
    return partial(
        ask_draws,
        draws=common.option_whole("--draws", arguments.draws, least=0),
        seed=common.option_whole("--seed", arguments.seed, least=0),
    )


def design_on_file(
    arguments: argparse.Namespace, *, beyond_range: bool = False, least: int = 1
) -> "Design | None":
    """The draws of the file that was typed after `--design`, if any.

    Raises
    ------
    InputError
        When a number of draws or a seed stands beside it, or the file holds no draws, or fewer
        than `least`.
    """
    if arguments.design is None:
        return None
    from buildout.sampling.saved import load_design

    refuse_beside_design({"--draws": arguments.draws, "--seed": arguments.seed})
    design = load_design(arguments.design, beyond_range=beyond_range)
    if design.size < least:
        raise InputError(
            f"{quoted(arguments.design)} holds {design.size} draws.",
            f"At least {least} are accepted: fewer make no band.",
        )
    return design


def refuse_beside_design(typed: Mapping[str, object]) -> None:
    """Refuse options that say how to draw beside a file that holds the draws.

    Raises
    ------
    InputError
    """
    if given := [option for option, value in typed.items() if value]:
        raise InputError(
            f"`{given[0]}` and the file of `--design` are both given.",
            "The file holds the draws.",
            "Keep one of them.",
        )


def odds_beside(ds: "xr.Dataset") -> "xr.Dataset | None":
    """The odds of a run; where a run with a verdict has none, that is said."""
    from buildout.analysis.odds import no_odds, odds_if_any, wants_odds
    from buildout.outcomes.deadline import answers

    reason = no_odds(ds)
    if reason and wants_odds(ds) and answers(ds):
        streams.say(f"no odds. {reason.found} {reason.accepted}".strip())
    return odds_if_any(ds)


def odds_of_sweep(arguments: argparse.Namespace, ds: Any) -> list[dict[str, Any]]:
    """The odds of the verdict where the sweep draws at random and holds what they are read from.

    They are the same as beside a run, which is made here too, for its place among its draws.
    """
    from buildout.outcomes.odds import holds_odds, odds_of, odds_rows

    if ds.attrs["design"] in _NO_ODDS or not holds_odds(ds):
        return []
    from buildout.analysis.named_worlds import with_named_worlds
    from buildout.inputs.pathway import CANONICAL
    from buildout.outcomes.headlines import COVERAGE
    from buildout.simulation.simulate import simulate

    run = simulate(
        arguments.pathways or CANONICAL,
        settings=common.typed_settings(arguments),
        known_until=common.option_number("--known-until", arguments.known_until),
        outputs=[COVERAGE],
        time_step=common.option_number("--time-step", arguments.time_step),
        final_time=common.option_number("--final-time", arguments.final_time),
        beyond_range=arguments.beyond_range,
    )
    return odds_rows(with_named_worlds(odds_of(ds, run), run))


def print_odds(odds: Sequence[Mapping[str, Any]]) -> None:
    """The odds of each class under each pathway, as a table under that of all outcomes."""
    from buildout.outcomes.chances import (
        coverage_band,
        coverage_median,
        has_odds,
        share_in_percent,
        too_few,
    )
    from buildout.outcomes.wording import ON_THE_DATE

    if few := too_few(max((row["draws"] for row in odds), default=0)):
        print(f"\n{few}")
        return
    shown = [
        {
            **{key: row[key] for key in ("pathway", "magnet_class")},
            "met_in": share_in_percent(row["share_covered_2027"]),
            "median": coverage_median([row]),
            "5-95%": coverage_band([row]),
            "percentile_of_run": row["percentile_of_run"],
        }
        for row in odds
        if has_odds([row])
    ]
    if shown:
        print(f"\nThe whole need on {ON_THE_DATE}:\n")
        common.print_rows(shown, as_json=False)


def beside_coverage(
    rows: Sequence[Mapping[str, Any]], odds: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """The rows of coverage on the rule's date with all odds of theirs; the others as they are."""
    from buildout._util.names import key
    from buildout.outcomes.headlines import COVERAGE
    from buildout.outcomes.rule import RULE_DATE

    own = {(row["pathway"], row["magnet_class"]): row for row in odds}

    def more(row: Mapping[str, Any]) -> Mapping[str, Any]:
        if (row["outcome"], row["year"]) != (key(COVERAGE), RULE_DATE):
            return {}
        return own.get((row["pathway"], row["element"]), {})

    return [{**row, **more(row)} for row in rows]
