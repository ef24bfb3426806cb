"""`buildout predictions`: what was foretold and registered, and how it came out."""

import argparse
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from buildout._util import names, tables
from buildout._util.names import quoted
from buildout._util.numbers import number, three_digits
from buildout.cli import common, streams
from buildout.cli.parsing import StoreOnce, non_empty
from buildout.errors import InputError, visible

if TYPE_CHECKING:
    import pandas as pd

LISTED_COLUMNS = ("number", "name", "period", "unit", "p05", "p50", "p95")
# Heads of the columns, by what they are in the results.
SCORED_HEADS = {
    **dict.fromkeys(("number", "name", "period", "observed", "p05", "p50", "p95", "inside"), ""),
    "ratio": "",
    "interval_score": "interval",
    "brier_score": "Brier",
}
WORD_HEADS = ("name", "quantity", "period", "unit")
SCORED_TABLE = "predictions_scored"
#: Letters of a hash that are enough to tell it from another.
SHORTEST_HEAD = 8


def add_parser(subparsers: Any) -> None:
    """Add the command."""
    command = common.add_command(
        subparsers,
        "predictions",
        run_predictions,
        "List the registered predictions and check their chain of hashes; register new ones; score "
        "them.",
    )
    command.add_argument(
        "word", nargs="?", metavar="WORD", help="only those with this word in name or quantity"
    )
    command.add_argument(
        "--table",
        metavar="FILE.csv",
        type=non_empty,
        help="the table of predictions (default: calibration/predictions.csv)",
    )
    command.add_argument(
        "--head",
        action=StoreOnce,
        metavar="SHA256",
        help="say whether this hash, as it was published, is that of a row",
    )
    command.add_argument(
        "--score",
        action=StoreOnce,
        metavar="FILE.csv",
        type=non_empty,
        help="observations, as for `buildout validate`, to be held against the predictions",
    )
    command.add_argument(
        "--register", action="store_true", help="predict with the model as it is, and add the rows"
    )
    command.add_argument(
        "--date", action=StoreOnce, metavar="DAY", help="of `--register`, such as 2026-11-26"
    )
    common.add_out(command)
    common.add_json(command)


def run_predictions(arguments: argparse.Namespace) -> int:
    """List, register or score."""
    _refuse_clash(arguments)
    if arguments.score is not None:
        return _score(arguments)
    if arguments.register:
        from buildout.analysis.predicted import register_predictions

        rows = register_predictions(_day(arguments.date), arguments.table)
        own = sum(row.registered_on == rows[-1].registered_on for row in rows)
        streams.say(f"registered {own} predictions; the head is {rows[-1].sha256}.")
    return _list(arguments)


def _refuse_clash(arguments: argparse.Namespace) -> None:
    if arguments.register and arguments.score is not None:
        raise InputError("`--register` and `--score` are both given.", cure="Give one at a time.")
    if arguments.register and arguments.date is None:
        raise InputError(
            "`--register` lacks the day.", "`--date 2026-11-26` or the like is accepted."
        )
    if arguments.date is not None and not arguments.register:
        raise InputError("`--date` is the day of `--register`, which is not given.")


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise InputError(
            f"`--date` is {quoted(written)}.", "A day such as `2026-11-26` is accepted."
        ) from None


def _list(arguments: argparse.Namespace) -> int:
    from buildout.calibration.prediction_scores import predictions

    table = predictions(arguments.table)
    _check_head(table, arguments.head)
    shown = _meant(table, arguments.word)
    if arguments.json:
        common.print_json(shown.to_dict("records"))
        return 0
    if table.empty:
        print("No prediction is registered yet.")
        return 0
    for (day, version, model), rows in table.groupby(
        ["registered_on", "version", "model_sha256"], sort=False
    ):
        print(
            f"{len(rows)} predictions registered on {day} by buildout {visible(version)}, model "
            f"{visible(model[:12])}; last sha256 {rows['sha256'].iloc[-1]}"
        )
    print(f"The chain of hashes is whole. Head: {table['sha256'].iloc[-1]}\n")
    _print(shown.to_dict("records"), LISTED_COLUMNS)
    return 0


def _score(arguments: argparse.Namespace) -> int:
    from buildout._util import files, manifest
    from buildout.calibration.prediction_scores import prediction_sums, score_predictions
    from buildout.simulation.dataset import versions

    folder, own = files.writable_folder(arguments.out), f"predictions.{manifest.MANIFEST}"
    manifest.refuse_foreign(folder, [f"{SCORED_TABLE}.csv", f"{SCORED_TABLE}.json", own], own)
    scores = _meant(score_predictions(arguments.score, arguments.table), arguments.word)
    rows = scores.to_dict("records")
    sums = prediction_sums(scores).to_dict("records") if rows else []
    answer = {"predictions": rows, "quantities": sums}

    def write(place: Path) -> None:
        (place / f"{SCORED_TABLE}.csv").write_text(tables.to_csv(rows), encoding="utf-8")
        (place / f"{SCORED_TABLE}.json").write_text(tables.to_json(answer), encoding="utf-8")

    made = manifest.write_beside(
        folder,
        own,
        write,
        "predictions",
        {"versions": versions()},
    )
    if arguments.json:
        common.print_json(answer)
    elif rows:
        _print(rows, tuple(SCORED_HEADS))
        print()
        _print(sums, tuple(sums[0]))
    common.tell_saved(made)
    return 0


def _print(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    heads = {key: SCORED_HEADS.get(key) or key for key in columns}
    shown = [{head: _cell(key, row[key]) for key, head in heads.items()} for row in rows]
    print(common.table_in_words(shown, words=[head for head in shown[0] if head in WORD_HEADS]))


def _meant(table: "pd.DataFrame", word: str | None) -> "pd.DataFrame":
    """Rows with a word in name or quantity."""
    if word is None:
        return table
    keep = [
        names.matches(word, name, quantity)
        for name, quantity in zip(table["name"], table["quantity"], strict=True)
    ]
    if not any(keep):
        raise InputError(
            f"No prediction has {quoted(word)} in its name.", "`buildout predictions` lists all."
        )
    return table[keep]


def _check_head(table: "pd.DataFrame", head: str | None) -> None:
    if head is None:
        return
    rows = table[[len(head) >= SHORTEST_HEAD and own.startswith(head) for own in table["sha256"]]]
    if rows.empty:
        raise InputError(
            f"No row has the sha256 {quoted(head)}.",
            f"The hash of a row, or {SHORTEST_HEAD} letters of it and more, is accepted.",
            "If it was published, rows were changed or taken out since.",
        )
    streams.say(f"{head} is row {rows['number'].iloc[0]} of {len(table)}, and all before it hold.")


def _cell(key: str, value: Any) -> str:
    if value is None or value != value:
        return "-"
    if key in ("p05", "p50", "p95", "observed"):
        return "never" if value == float("inf") else number(value, 6, apart=10_000)
    if key == "share_inside":
        return f"{100 * value:.0f}%"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return three_digits(value) if isinstance(value, float) else str(value)
