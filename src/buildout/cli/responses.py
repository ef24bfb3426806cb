"""`buildout sweep --vary X=0:1:11`: an outcome against one lever, or two."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from buildout._util import tables
from buildout._util.names import quoted
from buildout._util.numbers import three_digits
from buildout._util.reading import read_number, read_whole
from buildout.cli import common, recorded
from buildout.cli.common import percent_of
from buildout.cli.verdict import in_lines
from buildout.errors import InputError

if TYPE_CHECKING:
    import xarray as xr

SIGN = "="
USUAL_OUTCOME, USUAL_YEAR = "US magnet output", 2035.0
# Lines of a table that still fit a screen.
_MOST_LINES = 33
_ACCEPTED = (
    "`NAME=FROM:TO:POINTS` is accepted, such as `grant share level=0:0.8:9`, or values between "
    "commas."
)
#: Options of a sweep that say nothing about single levers.
_IDLE = ("outputs", "dask", "resume")


def asks_response(arguments: argparse.Namespace) -> bool:
    """Whether levers are given with their values."""
    return any(SIGN in part for part in arguments.vary)


def refuse_idle(arguments: argparse.Namespace) -> None:
    """Refuse options of a response beside a sweep that has none.

    Raises
    ------
    InputError
    """
    for name in ("figure", "outcome", "year"):
        if getattr(arguments, name):
            raise InputError(
                f"`--{name}` is for levers with values, and none is given.",
                "`--vary NAME=FROM:TO:POINTS` is accepted, once or twice.",
            )


def run_response(arguments: argparse.Namespace) -> int:
    """Run every value, save, show."""
    from buildout import response
    from buildout.analysis.response_rows import response_answer
    from buildout.inputs.pathway import CANONICAL

    _refuse_options_of_a_sweep(arguments)
    levers = levers_typed(arguments.vary)
    folder = recorded.claim_beside(arguments, called="response")
    outcome, year = _asked(arguments)
    ds = response(
        levers,
        arguments.pathways or CANONICAL,
        outcome=outcome,
        year=year,
        draws=common.option_whole("--draws", arguments.draws, least=0) or 0,
        seed=common.option_whole("--seed", arguments.seed, least=0),
        settings=common.typed_settings(arguments),
        known_until=common.option_number("--known-until", arguments.known_until),
        beyond_range=arguments.beyond_range,
    )
    answer = response_answer(ds)
    # Not that of a sweep, whose folder it may share.
    made = recorded.write_recorded(
        folder,
        arguments,
        lambda place: _write(place, ds, answer, figure=arguments.figure),
        called="response",
    )
    common.tell_rough(answer["draws"])
    if arguments.json:
        common.print_json(answer)
    else:
        _show(answer, folder)
    common.tell_saved(made)
    return 0


def levers_typed(typed: Sequence[str]) -> dict[str, list[float]]:
    """Levers and their values as they were typed.

    Raises
    ------
    InputError
        For a part that is neither a range nor a list of values, and for a lever given twice.

    Examples
    --------
    >>> levers_typed(["grant share level=0:0.8:3", "rule regime=1,3"])
    {'grant share level': [0.0, 0.4, 0.8], 'rule regime': [1.0, 3.0]}
    """
    levers: dict[str, list[float]] = {}
    for part in typed:
        name, sign, written = (piece.strip() for piece in part.partition(SIGN))
        if not (name and sign and written):
            raise InputError(f"`--vary` is {quoted(part)} beside a lever with values.", _ACCEPTED)
        if name in levers:
            raise InputError(f"{quoted(name)} is given twice.", "Each lever once.")
        levers[name] = _range(name, written) if ":" in written else _list(name, written)
    return levers


def _range(name: str, written: str) -> list[float]:
    from buildout.analysis.response import MOST_VALUES, USUAL_POINTS

    parts = [part.strip() for part in written.split(":")]
    if len(parts) not in (2, 3):
        raise InputError(f"The range of {quoted(name)} is {quoted(written)}.", _ACCEPTED)
    words = f"The range of {quoted(name)}"
    low, high = (read_number(part, what=words) for part in parts[:2])
    points = USUAL_POINTS
    if len(parts) == 3:
        points = read_whole(parts[2], what=f"{words}, the number of its points,")
    if not low < high:
        raise InputError(f"{words} is from {low:g} to {high:g}.", "Low before high.")
    if not 2 <= points <= MOST_VALUES:
        raise InputError(
            f"{words} has {points:,} points.", f"From 2 to {MOST_VALUES:,} are accepted."
        )
    step = (high - low) / (points - 1)
    # To 12 digits, so that 0.3 is the 0.3 that a setting has.
    return [float(f"{low + step * i:.12g}") for i in range(points - 1)] + [high]


def _list(name: str, written: str) -> list[float]:
    parts = [part for part in written.split(",") if part.strip()]
    return [read_number(part, what=quoted(name)) for part in parts]


def _asked(arguments: argparse.Namespace) -> tuple[str, float | None]:
    year = common.option_number("--year", arguments.year)
    if arguments.outcome is not None:
        return arguments.outcome, year
    return USUAL_OUTCOME, USUAL_YEAR if year is None else year


def _refuse_options_of_a_sweep(arguments: argparse.Namespace) -> None:
    given = [name for name in _IDLE if getattr(arguments, name)]
    given += ["design"] if arguments.design != "lhs" else []
    given += ["time-step"] if arguments.time_step else []
    given += ["final-time"] if arguments.final_time else []
    if given:
        raise InputError(
            f"`--{given[0]}` and a lever with values are both given.",
            "Values of levers are run with the pathways' own steps, in this process.",
            "Leave one of them out.",
        )


def _write(folder: Path, ds: "xr.Dataset", answer: Mapping[str, Any], *, figure: bool) -> None:
    (folder / "response.csv").write_text(tables.to_csv(answer["rows"]), encoding="utf-8")
    (folder / "response.json").write_text(tables.to_json(answer), encoding="utf-8")
    if figure:
        from buildout.figures import response_curves

        common.write_pages(folder, "response", response_curves, ds)


def _show(answer: Mapping[str, Any], folder: Path) -> None:
    print(in_lines(answer["sentence"]))
    names = [lever["name"] for lever in answer["levers"]]
    rows = [_line(row, names, answer) for row in answer["rows"]]
    if len(rows) <= _MOST_LINES:
        print(f"\n{tables.text(rows, right={*names, 'run', '5-95%', 'met_in'})}")
    else:
        print(f"\nAll {len(rows)} values: {folder}/response.csv")


def _line(
    row: Mapping[str, Any], names: Sequence[str], answer: Mapping[str, Any]
) -> dict[str, str]:
    date = row["unit"] == "Year" and row["year"] != row["year"]
    line = {"pathway": row["pathway"], **{name: f"{row[name]:g}" for name in names}}
    line["run"] = _value(row["value"], date=date)
    if answer["draws"]:
        line["5-95%"] = f"{_value(row['p05'], date=date)} to {_value(row['p95'], date=date)}"
        if row["met"] == row["met"]:
            line["met_in"] = percent_of(row["met"])
    return line


def _value(value: float, *, date: bool) -> str:
    if date:
        return "never" if value != value else f"{value:.1f}"
    return three_digits(value)
