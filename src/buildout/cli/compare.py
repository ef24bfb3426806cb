"""`buildout compare`: two policies side by side, outcome by outcome and setting by setting."""

import argparse
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from buildout._util import tables
from buildout.cli import common, drawn, recorded, variants
from buildout.cli.common import percent_of, signed, value_or_never
from buildout.cli.parsing import StoreOnce, non_empty
from buildout.cli.verdict import in_lines
from buildout.sampling import defaults

if TYPE_CHECKING:
    import xarray as xr

# Letters of a column of settings; the rest of the line is for the setting.
_INSTRUMENT, _SETTING, _SOURCE = 24, 44, 24


def add_parser(subparsers: Any) -> None:
    """Add the command."""
    command = common.add_command(
        subparsers,
        "compare",
        run_compare,
        "Hold pathways, or folders of results, against the first: which outcomes differ, by how "
        "much, when, how surely, and which settings.",
    )
    command.add_argument(
        "pathways",
        nargs="+",
        metavar="A",
        type=non_empty,
        help="pathway, .toml file, or folder of `buildout run` or `sweep`; the first is the base",
    )
    command.add_argument(
        "--pathway",
        action=StoreOnce,
        metavar="NAME",
        help="of folders with several pathways, this one alone",
    )
    common.add_settings(command)
    drawn.add_draws(
        command, f"for bands of the differences; 0: no bands (default: {defaults.DRAWS})"
    )
    common.add_out(command)
    common.add_json(command)


def run_compare(arguments: argparse.Namespace) -> int:
    """Run or read, hold side by side, save, show."""
    from buildout.analysis.compare import compare
    from buildout.analysis.compare_rows import compare_answer

    folder = recorded.claim_beside(arguments)
    ds = compare(
        arguments.pathways,
        only=arguments.pathway,
        **variants.asked_of_draws(arguments),
    )
    answer = compare_answer(ds)
    write = partial(_write, ds=ds, answer=answer)
    variants.save_and_show(folder, arguments, answer, write, partial(_show, folder=folder))
    return 0


def _write(folder: Path, *, ds: "xr.Dataset", answer: Mapping[str, Any]) -> None:
    from buildout.figures import differences

    for name, key in (("compare", "outcomes"), ("compare_settings", "settings")):
        (folder / f"{name}.csv").write_text(tables.to_csv(answer[key]), encoding="utf-8")
    (folder / "compare.json").write_text(tables.to_json(answer), encoding="utf-8")
    common.write_pages(folder, "compare", differences, ds)


def _show(answer: Mapping[str, Any], folder: Path) -> None:
    if answer["sentence"]:
        print(answer["sentence"])
    for path in answer["pathways"]:
        outcomes = [row for row in answer["outcomes"] if row["pathway"] == path]
        settings = [row for row in answer["settings"] if row["pathway"] == path]
        if outcomes:
            _show_outcomes(answer, path, outcomes)
        if settings:
            print(f"\nWhat `{path}` sets otherwise than `{answer['base']}`\n")
            print(_settings_table(settings))
    if answer["outcomes"]:
        if answer["same"]:
            print(f"\n{in_lines('The same in all: ' + '; '.join(answer['same']) + '.')}")
        print(f"\nAll of it, with a note on each setting: {folder}/compare.csv and its kin")


def _show_outcomes(
    answer: Mapping[str, Any], path: str, outcomes: Sequence[Mapping[str, Any]]
) -> None:
    shown = [row for row in outcomes if row["shown"]] or outcomes
    paired = (
        f"; 5-95% of the differences in the same {answer['draws']:,} draws, and the share of "
        "draws\nwith the sign of the single run"
        if answer["draws"]
        else ""
    )
    print(
        f"`{path}` against `{answer['base']}`: {len(outcomes)} of {answer['outcomes_compared']} "
        f"outcomes differ, {len(shown)} are shown.\nSingle runs{paired}; `parts`: first quarter "
        "more than 1 percent apart\n"
    )
    print(common.table_in_words([_line(row, answer) for row in shown], words=["outcome", "unit"]))
    if any(_never(row) for row in shown):
        print(f"\n{in_lines(variants.NEVER_COUNTS.format(end=answer['end']))}")


def _never(row: Mapping[str, Any]) -> bool:
    shares = [row[key] for key in ("never_base", "never")]
    missing = row["unit"] == "Year" and any(row[k] != row[k] for k in ("base_value", "value"))
    return missing or any(share > 0 for share in shares if share == share)


def _line(row: Mapping[str, Any], answer: Mapping[str, Any]) -> dict[str, str]:
    year = "" if row["year"] != row["year"] else f", {row['year']:g}"
    date = row["unit"] == "Year"
    cells = {
        "outcome": f"{row['outcome']}{year}",
        "base": value_or_never(row["base_value"], date=date),
        "value": value_or_never(row["value"], date=date),
        "difference": signed(row["difference"], date=date),
    }
    if answer["draws"]:
        band = " to ".join(signed(row[key], date=date) for key in ("p05", "p95"))
        cells |= {
            "5-95%": band if row["p05"] == row["p05"] else "-",
            "same_sign": percent_of(row["same_sign"]),
        }
    unit = {"Dmnl": "", "Month": "months"}.get(row["difference_unit"], row["difference_unit"])
    parts = row["parts"]
    return {**cells, "unit": unit, "parts": f"{parts:.2f}" if parts == parts else "-"}


def _settings_table(settings: Sequence[Mapping[str, Any]]) -> str:
    rows: dict[tuple[str, ...], list[str]] = {}
    for row in settings:
        base, bracket, element = row["setting"].partition("[")
        values = (_setting(row, "base_value"), _setting(row, "value"))
        key = (row["instrument"], base, *values, row["unit"], row["source"] or row["base_source"])
        rows.setdefault(key, []).append(bracket + element)
    shown, above = [], ""
    for (instrument, base, before, now, unit, source), elements in rows.items():
        where = elements[0] if len(elements) == 1 else f" ({len(elements)} elements)"
        shown.append(
            {
                "instrument": "" if instrument == above else instrument,
                "setting": f"{base}{where}",
                "base": before,
                "value": now,
                "unit": "" if unit == "Dmnl" else unit,
                "source": source,
            }
        )
        above = instrument
    widths = {"instrument": _INSTRUMENT, "setting": _SETTING, "source": _SOURCE}
    return tables.text(shown, widths=widths, right={"base", "value"})


def _setting(row: Mapping[str, Any], key: str) -> str:
    from buildout.report.settings import value_words

    drawn_here = row["drawn_in"] == row["pathway"] if key == "value" else row["drawn_in"]
    drawn_there = row["drawn_in"] == row["pathway"] and key == "base_value"
    return "drawn" if drawn_here and not drawn_there else value_words(row[key])
