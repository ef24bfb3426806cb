"""`buildout claims`: what the model says about the claims of the founding articles."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from buildout._util import tables
from buildout.cli import common, drawn, recorded, streams
from buildout.cli.verdict import in_lines
from buildout.errors import InputError

if TYPE_CHECKING:
    import xarray as xr

# Letters of the last column, which make a line of 100.
_MEASURED, _REASON = 41, 84
_HEADS = {
    "assumed": "True by construction, and no finding",
    "not drawn": "Not drawn, so without a verdict",
}
NO_DRAWS = "a verdict comes from draws; without them there is the number of a single run only."


def add_parser(subparsers: Any) -> None:
    """Add the command."""
    command = common.add_command(
        subparsers,
        "claims",
        run_claims,
        "Predictions from the founding articles as numbers, judged by the odds: robust, likely, "
        "fragile; what is assumed, and what is not tested and why.",
    )
    drawn.add_draws(command, "which decide the verdicts; 0: none (default: 400)")
    common.add_out(command)
    common.add_json(command)


def run_claims(arguments: argparse.Namespace) -> None:
    """Run the cases, save the verdicts, show them."""
    from buildout.experiments.claims import claim_rows, claims
    from buildout.outcomes.chances import LEAST_DRAWS

    folder = recorded.claim_beside(arguments)
    draws = common.option_whole("--draws", arguments.draws, least=0)
    if draws is not None and 0 < draws < LEAST_DRAWS:
        raise InputError(
            f"`--draws` is {draws}, too few for a verdict.",
            f"0 is accepted (no verdicts), or {LEAST_DRAWS} and more.",
        )
    ds = claims(
        draws=draws,
        seed=common.option_whole("--seed", arguments.seed, least=0),
        design=drawn.design_on_file(arguments, beyond_range=True, least=LEAST_DRAWS),
    )
    rows = claim_rows(ds)
    made = recorded.write_recorded(folder, arguments, lambda place: _write(place, ds, rows))
    if not ds.attrs["draws"]:
        streams.say(NO_DRAWS)
    common.tell_rough(ds.attrs["draws"])
    if arguments.json:
        common.print_json(rows)
    else:
        _show(ds, rows)
    common.tell_saved(made)


def _write(folder: Path, ds: "xr.Dataset", rows: Sequence[dict[str, Any]]) -> None:
    from buildout.figures import claim_odds

    (folder / "claims.csv").write_text(tables.to_csv(rows), encoding="utf-8")
    (folder / "claims.json").write_text(tables.to_json(rows), encoding="utf-8")
    if ds.attrs["draws"]:
        common.write_pages(folder, "claims", claim_odds, ds)


def _show(ds: "xr.Dataset", rows: Sequence[dict[str, Any]]) -> None:
    from buildout.experiments.claims.rows import verdict_counts
    from buildout.experiments.claims.wording import groups_of, reasons_of, summary_words

    counts = verdict_counts(rows)
    print(in_lines(summary_words(counts)))
    if ds.attrs["draws"]:
        print(in_lines(_how(ds)))
    for verdict, own in groups_of(rows).items():
        head = _HEADS.get(verdict, verdict[:1].upper() + verdict[1:])
        print(f"\n{head} ({len(own)})\n")
        lines = [_line(row) for row in own]
        right = {"for", "against", "open", "run", "place"}
        print(tables.text(lines, widths={"measured": _MEASURED}, right=right))
    print(f"\nNot tested, or not as a whole ({len(reasons_of(rows))})\n")
    reasons = [{"id": row["id"][:3], "why": row["not_tested"]} for row in reasons_of(rows)]
    print(tables.text(reasons, widths={"why": _REASON}))


def _how(ds: "xr.Dataset") -> str:
    from buildout.experiments.claims.grades import LIKELY, ROBUST, SUBSTANTIAL

    return (
        f"Shares of {ds.attrs['drawn']}, {ds.attrs['cases']} cases in each: robust from "
        f"{ROBUST:.0%} of draws on one side, likely from {LIKELY:.0%}, fragile where both sides "
        f"have {SUBSTANTIAL:.0%}. `open`: within the claim's margin, or no number. `run`: a single "
        "run, `place` its percentile among the draws; it decides nothing."
    )


def _line(row: dict[str, Any]) -> dict[str, str]:
    from buildout.experiments.claims.wording import claim_number, odds_words, rule_words

    place = row["percentile_of_run"]
    return {
        "id": row["id"],
        **odds_words(row),
        "run": claim_number(row, row["run"]),
        "place": "-" if place is None else f"{place:.0f}",
        "supported_if": rule_words(row),
        "measured": row["measured"],
    }
