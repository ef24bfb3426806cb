"""`buildout condition`: draws that agree with what was observed, for every command that draws."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from buildout._util import tables
from buildout._util.numbers import number, three_digits
from buildout.cli import common, recorded, streams
from buildout.cli.parsing import StoreOnce, non_empty
from buildout.sampling import defaults

if TYPE_CHECKING:
    from buildout.analysis.condition import Conditioning

OBSERVATIONS_TABLE, PARAMETERS_TABLE = "observations.csv", "parameters.csv"
ANSWER = "condition.json"


def add_parser(subparsers: Any) -> None:
    """Add the command."""
    command = common.add_command(
        subparsers,
        "condition",
        run_condition,
        "Draw an ensemble that agrees with what was observed until a date, for `--design` of every "
        "command that draws.",
    )
    command.add_argument(
        "pathway",
        nargs="?",
        metavar="PATHWAY",
        help="under which the observations came about: name or path of a .toml file (default: "
        "status-quo, and hindcast-2018-market until 2025)",
    )
    command.add_argument(
        "--observations",
        action=StoreOnce,
        metavar="FILE.csv",
        type=non_empty,
        required=True,
        help="as for `validate`: series, from, to, value, unit and, if need be, sd",
    )
    command.add_argument(
        "--until",
        action=StoreOnce,
        metavar="T",
        required=True,
        help="only observations whose periods end by this date, such as 2026.75",
    )
    command.add_argument(
        "--since",
        action=StoreOnce,
        metavar="T",
        help="only observations whose periods begin at this date or later",
    )
    common.add_settings(command)
    _add_method(command)
    _add_luck(command)
    common.add_out(command, default="results/conditioned")
    common.add_json(command)


def _add_method(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--method",
        action=StoreOnce,
        choices=("importance", "smoother"),
        default="importance",
        help="importance: draws of the prior kept as often as they are likely; smoother: draws "
        "moved until they agree, quick and not exact (default: importance)",
    )
    command.add_argument(
        "--model-error",
        action=StoreOnce,
        metavar="SHARE",
        help="of the model beside that of an observation, one standard deviation relative to what "
        "was observed (default: 0.1)",
    )
    command.add_argument(
        "--draws",
        action=StoreOnce,
        metavar="N",
        help=f"how many are given back (default: {defaults.DRAWS})",
    )
    command.add_argument(
        "--prior-draws",
        action=StoreOnce,
        metavar="N",
        help="among how many importance resampling looks (default: 20000)",
    )
    command.add_argument(
        "--seed", action=StoreOnce, metavar="S", help=f"of the draws (default: {defaults.SEED})"
    )


def _add_luck(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--luck",
        action=StoreOnce,
        choices=("kept", "anew"),
        help="kept: as it agrees, for runs of the same years; anew: for runs that begin later "
        "(default: kept, but anew for a pathway with a start of its own)",
    )


def run_condition(arguments: argparse.Namespace) -> int:
    """Read, draw, save the design and what it was made of, show what the observations moved."""
    from buildout._util import files, manifest
    from buildout.analysis.condition import ConditionOptions, conditioning
    from buildout.analysis.condition_rows import condition_answer
    from buildout.calibration.evidence import MODEL_ERROR
    from buildout.inputs.model import load_model
    from buildout.simulation.dataset import versions

    folder = manifest.claim_folder(arguments.out, "design")
    error = common.option_number("--model-error", arguments.model_error)
    until = common.option_number("--until", arguments.until)
    assert until is not None  # The parser asks for it.
    options = ConditionOptions(
        until=until,
        since=common.option_number("--since", arguments.since),
        method=arguments.method,
        model_error=MODEL_ERROR if error is None else error,
        draws=common.option_whole("--draws", arguments.draws),
        prior_draws=common.option_whole("--prior-draws", arguments.prior_draws),
        seed=common.option_whole("--seed", arguments.seed, least=0),
        luck=arguments.luck,
    )
    done = conditioning(
        arguments.observations,
        arguments.pathway,
        options,
        settings=common.typed_settings(arguments),
        known_until=common.option_number("--known-until", arguments.known_until),
        beyond_range=arguments.beyond_range,
    )
    answer = condition_answer(done)
    facts = {
        "command": _typed(arguments),
        "model_sha256": load_model().sha256,
        "inputs": {Path(arguments.observations).name: files.sha256(arguments.observations)},
        "versions": versions(),
        manifest.AGAIN: recorded.record_of(arguments),
    }
    made = manifest.write_result(folder, "design", lambda at: _write(at, done, answer), facts)
    for remark in done.remarks:
        streams.say(remark)
    if arguments.json:
        common.print_json(answer)
    else:
        _show(answer, folder)
    common.tell_saved(made)
    return 0


def _typed(arguments: argparse.Namespace) -> str:
    """The command as it can be typed again; of the file, whose fingerprint is told, the name."""
    shown = dict(vars(arguments)) | {"observations": Path(arguments.observations).name}
    pathway = shown.pop("pathway")
    pathways = [] if pathway is None else [pathway]
    return common.command_line("condition", argparse.Namespace(pathways=pathways, **shown))


def _write(folder: Path, done: "Conditioning", answer: Mapping[str, Any]) -> None:
    from buildout.sampling.saved import DESIGN_FILE, write_design

    write_design(done.design, folder / DESIGN_FILE)
    rows = {OBSERVATIONS_TABLE: "observations", PARAMETERS_TABLE: "parameters"}
    for name, key in rows.items():
        (folder / name).write_text(tables.to_csv(answer[key]), encoding="utf-8")
    (folder / ANSWER).write_text(tables.to_json(answer), encoding="utf-8")


def _show(answer: Mapping[str, Any], folder: Path) -> None:
    print(
        f"{answer['note']}\n{answer['draws']:,} draws, of which {answer['distinct']:,} differ, "
        f"under `{answer['pathway']}`.\n\n"
        "What the draws say of each series, before and after: median over observed, and width of "
        "the middle nine\ntenths over observed; `error` is that of the mean of the rows, with that "
        "of the model, of which no\ndraw explains `beyond`\n"
    )
    print(common.table_in_words(list(map(_seen, answer["by_series"])), words=["series"]))
    if answer["parameters"]:
        print(
            "\nWhat was moved most: medians and the middle nine tenths; `spread` is that after "
            "over that before\n"
        )
        print(
            common.table_in_words(
                list(map(_moved, answer["parameters"])), words=["parameter", "unit"]
            )
        )
    print(f"\nTo go on from these draws: `buildout deadline --design {folder}`.")


def _seen(row: Mapping[str, Any]) -> dict[str, str]:
    shown = {key: _percent(row[key]) for key in ("error", "beyond_draws")}
    shown = {"series": row["series"], "rows": number(row["count"]), **shown}
    for key in ("ratio_before", "ratio_after"):
        shown[key] = three_digits(row[key])
    for key in ("band_before", "band_after"):
        shown[key] = _percent(row[key])
    return {("beyond" if key == "beyond_draws" else key): cell for key, cell in shown.items()}


def _moved(row: Mapping[str, Any]) -> dict[str, str]:
    shown = {"parameter": row["parameter"], "unit": row["unit"]}
    for when in ("before", "after"):
        low, middle, high = (three_digits(row[f"{when}_{name}"]) for name in ("p05", "p50", "p95"))
        shown[when] = f"{middle} ({low} to {high})"
    return {**shown, "spread": f"{row['spread']:.2f}"}


def _percent(share: float) -> str:
    return f"{number(100 * share, 2)}%"
