"""`buildout validate`: anyone's observations scored against the draws of a pathway."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from buildout._util import tables
from buildout._util.numbers import number, three_digits
from buildout.cli import common, drawn, recorded, streams
from buildout.cli.parsing import StoreOnce
from buildout.sampling import defaults

if TYPE_CHECKING:
    import xarray as xr

    from buildout.inputs.settings import Setting

DEFAULT_PATHWAY = "status-quo"
_LONG = 1e7
LEFT = ("series", "unit")  # Columns of words.


def add_parser(subparsers: Any) -> None:
    """Add the command."""
    command = common.add_command(
        subparsers,
        "validate",
        run_validate,
        "Score a file of observations against the draws of a pathway: quantiles, ratio, PIT, band, "
        "CRPS.",
    )
    command.add_argument(
        "file",
        metavar="FILE.csv",
        help="columns series, from, to, value, unit and, if need be, sd; or a table as in "
        "calibration/observations",
    )
    command.add_argument(
        "pathway",
        nargs="?",
        metavar="PATHWAY",
        default=DEFAULT_PATHWAY,
        help=f"name or path of a .toml file (default: {DEFAULT_PATHWAY})",
    )
    for option, words in (("--since", "begin at this date or later"), ("--until", "end by it")):
        command.add_argument(
            option,
            action=StoreOnce,
            metavar="T",
            help=f"only observations whose periods {words}, such as 2024.5",
        )
    common.add_settings(command)
    drawn.add_draws(command, f"for the bands (default: {defaults.DRAWS})")
    common.add_out(command)
    common.add_json(command)


def run_validate(arguments: argparse.Namespace) -> int:
    """Read, draw, score, save, show."""
    from buildout.analysis.validate import LEAST_SCORED, validate
    from buildout.calibration.score_tables import validation_answer

    folder = recorded.claim_beside(arguments)
    settings = common.typed_settings(arguments)
    known_until = common.option_number("--known-until", arguments.known_until)
    ds = validate(
        arguments.file,
        arguments.pathway,
        since=common.option_number("--since", arguments.since),
        until=common.option_number("--until", arguments.until),
        draws=common.option_whole("--draws", arguments.draws, least=LEAST_SCORED),
        seed=common.option_whole("--seed", arguments.seed, least=0),
        design=drawn.design_on_file(
            arguments, beyond_range=arguments.beyond_range, least=LEAST_SCORED
        ),
        settings=settings,
        known_until=known_until,
        beyond_range=arguments.beyond_range,
    )
    answer = validation_answer(ds)
    made = recorded.write_recorded(folder, arguments, lambda place: _write(place, ds, answer))
    if settings:
        _tell_without_effect(arguments, settings, known_until)
    for remark in json.loads(ds.attrs["remarks"]):
        streams.say(remark)
    if arguments.json:
        common.print_json(answer)
    else:
        _show(answer)
    common.tell_saved(made)
    return 0


def _tell_without_effect(
    arguments: argparse.Namespace, settings: "list[Setting]", known_until: float | None
) -> None:
    from buildout.inputs.model import load_model
    from buildout.inputs.resolve import resolve

    common.tell_without_effect(
        resolve(
            load_model(),
            arguments.pathway,
            settings,
            known_until=known_until,
            beyond_range=arguments.beyond_range,
        )
    )


def _write(folder: Path, ds: "xr.Dataset", answer: Mapping[str, Any]) -> None:
    from buildout.figures import validation

    for name, rows in (
        ("validation", answer["observations"]),
        ("validation_series", answer["series"]),
    ):
        (folder / f"{name}.csv").write_text(tables.to_csv(rows), encoding="utf-8")
    (folder / "validation.json").write_text(tables.to_json(answer), encoding="utf-8")
    common.write_pages(folder, "validation", validation, ds)


def _show(answer: Mapping[str, Any]) -> None:
    print(
        f"`{answer['file']}` against {answer['draws']:,} draws of `{answer['pathway']}`, "
        "each with the error of the observation;\n"
        "ratio: median over observed; PIT: share of draws below; in: within 5-95% of the draws\n"
    )
    print(common.table_in_words(list(map(_line, answer["observations"])), words=LEFT))
    print("\nBy series; a well-known uncertainty has about 90% of the observations in the band\n")
    print(common.table_in_words(list(map(_sum, answer["series"])), words=LEFT))


def _line(row: Mapping[str, Any]) -> dict[str, str]:
    return {
        "series": row["series"],
        "from": number(row["from"], 7, apart=1e9),
        "to": number(row["to"], 7, apart=1e9),
        **{key: _shown(row[key]) for key in ("observed", "p05", "p50", "p95")},
        "ratio": _ratio(row["ratio"]),
        "PIT": f"{row['pit']:.2f}",
        "in": "yes" if row["inside"] else "no",
        "CRPS": _shown(row["crps"]),
    }


def _sum(row: Mapping[str, Any]) -> dict[str, str]:
    return {
        "series": row["series"],
        "unit": row["unit"],
        "count": number(row["count"]),
        "in_5-95%": f"{100 * row['inside']:.0f}%",
        "CRPS_over_mean": _share(row["crps_over_mean"]),
        "ratio": _ratio(row["ratio"]),
    }


def _share(value: float) -> str:
    return f"{number(100 * value, 2)}%" if value == value else "-"


def _ratio(value: float) -> str:
    return f"{value:.2f}" if abs(value) < 10 else _shown(value)


def _shown(value: float) -> str:
    """Three digits, with a power of ten where thousands would not fit the line."""
    return f"{value:.2e}" if abs(value) >= _LONG else three_digits(value)
