"""`buildout need`: what US defense needs in magnets, bottom-up, beside what others say."""

import argparse
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from buildout._util import tables
from buildout._util.numbers import number, span
from buildout.cli import common, recorded
from buildout.cli.common import NEED_LEVER, STATED_NEED
from buildout.cli.parsing import StoreOnce
from buildout.inputs.defense_need import FIRST_YEAR, LAST_YEAR

if TYPE_CHECKING:
    import xarray as xr

NEED_WIDTHS = {"figure": 34, "scope": 46}
SPLIT = "usual defense need"
NO_TRADE = (
    "The trade check does not follow a table of your own, so `combined` leaves it out; it stands "
    "beside for comparison."
)


def add_parser(subparsers: Any) -> None:
    """Add the command."""
    command = common.add_command(
        subparsers,
        "need",
        run_need,
        "Magnets that US defense needs: a table of programmes summed, by class and group, beside "
        "what others say.",
    )
    command.add_argument(
        "--table",
        metavar="FILE.csv",
        help="programmes of your own, with the columns of calibration/defense_need.csv",
    )
    command.add_argument(
        "--setting",
        action=StoreOnce,
        metavar="NAME",
        default="combined",
        help="how ranges are read, such as `triangles` (default: combined); all are listed",
    )
    command.add_argument("--draws", metavar="N", default="20000", help="how many (default: 20000)")
    command.add_argument("--seed", metavar="S", default="7", help="of the draws (default: 7)")
    command.add_argument(
        "--year",
        action=StoreOnce,
        choices=[str(year) for year in range(FIRST_YEAR, LAST_YEAR + 1)],
        default=str(FIRST_YEAR),
        help=f"which year is shown (default: {FIRST_YEAR})",
    )
    common.add_out(command)
    common.add_json(command)


def run_need(arguments: argparse.Namespace) -> int:
    """Draw the need, save it, show it."""
    from buildout.analysis.defense_need import LEAST_DRAWS, MOST_DRAWS, need
    from buildout.analysis.need_rows import need_answer

    bounds = {"least": LEAST_DRAWS, "most": MOST_DRAWS}
    draws = common.option_whole("--draws", arguments.draws, **bounds)
    seed = common.option_seed(arguments.seed)
    folder = recorded.claim_beside(arguments)
    ds = need(arguments.table, draws=draws or LEAST_DRAWS, seed=seed)
    answer = need_answer(ds, setting=arguments.setting, year=int(arguments.year))
    made = recorded.write_recorded(folder, arguments, lambda place: _write(place, ds, answer))
    if arguments.json:
        common.print_json(answer)
    else:
        _show(answer, own=arguments.table is not None)
    common.tell_saved(made)
    return 0


def _write(folder: Path, ds: "xr.Dataset", answer: Mapping[str, Any]) -> None:
    from buildout.analysis.need_rows import need_csv_rows
    from buildout.figures import defense_need

    (folder / "need.csv").write_text(tables.to_csv(need_csv_rows(ds)), encoding="utf-8")
    (folder / "need.json").write_text(tables.to_json(answer), encoding="utf-8")
    draw = partial(defense_need, setting=answer["setting"], year=answer["year"])
    common.write_pages(folder, "need", draw, ds)


def _show(answer: Mapping[str, Any], *, own: bool) -> None:
    """All of the answer as tables, in whole tonnes and shares of two digits."""
    year, setting = answer["year"], answer["setting"]
    kg, units = answer["firmness"]
    listed = [{**row, "draws_above": _above(row)} for row in answer["top_down"]]
    parts = [
        f"Finished magnets that US defense needs in {year}, t/yr, {answer['draws']:,} draws of "
        f"`{answer['table']}`; shares by class",
        _table(answer["settings"]),
        *([NO_TRADE] if own else []),
        f"In the setting `{setting}`; `usual` is the median of all, split by the median shares",
        _table(answer["classes"], "magnet_class", "p05", "p50", "p95", "usual", "share_p50"),
        "Left of it when commercial goods (COTS) are exempt",
        _table(
            [
                {"magnet_class": row["magnet_class"]}
                | {key: row[f"after_exemption_{key}"] for key in ("p05", "p50", "p95")}
                for row in answer["classes"]
            ]
        ),
        "By group of programmes",
        _table(answer["groups"]),
        f"What others say, and the share of draws above it ({year})",
        _table(listed, "figure", "counted", "low", "high", "draws_above", "scope"),
        f"How firm, by tonnes listed for {FIRST_YEAR}: kg of magnets in a unit {_firm(kg)}; units "
        f"a year {_firm(units)}.",
        f"Block or alloy bought for it: {_span(answer['block_need'])} t/yr. Commercial goods "
        f"beside the weapons, outside the need: {_span(answer['commercial_goods'])} t/yr.",
    ]
    if year == FIRST_YEAR:
        parts.append(f"The verdict at this need: `{_verdict_command(answer, own=own)}`.")
    print("\n\n".join(parts))


def _verdict_command(answer: Mapping[str, Any], *, own: bool) -> str:
    """What to type for the verdict; with the split by class where it is not the model's own."""
    from buildout.analysis.need_rows import DEFAULT_NEED_SETTING

    whole, *classes = answer["classes"]
    values = {NEED_LEVER: whole["usual"]}
    if own or answer["setting"] != DEFAULT_NEED_SETTING:
        values |= {f"{SPLIT}[{row['magnet_class']}]": row["usual"] for row in classes}
    written = {lever: f"{float(f'{value:.3g}'):g}" for lever, value in values.items()}
    words = [f"buildout deadline {STATED_NEED} {written.pop(NEED_LEVER)}"]
    words += [f'--set "{lever}={value}"' for lever, value in written.items()]
    return " ".join(words + ["--beyond-range"] * _beyond_range(values))


def _beyond_range(values: Mapping[str, float]) -> bool:
    """Whether some value lies outside the range that parameters.csv gives it."""
    from buildout.inputs.model import load_model

    model = load_model()
    rows = {name: model.parameters[model.scalars(name)[0]] for name in values}
    return any(not rows[name].low <= value <= rows[name].high for name, value in values.items())


def _table(rows: list[dict[str, Any]], *columns: str) -> str:
    shown = [{key: _rounded(row[key]) for key in columns or row} for row in rows]
    return tables.text(shown, widths=NEED_WIDTHS)


def _rounded(value: Any) -> Any:
    if not isinstance(value, float):
        return value
    return round(value, 2) if abs(value) < 1 else float(f"{value:.3g}")


def _above(row: Mapping[str, Any]) -> str:
    ends = [row["share_of_draws_above_high"], row["share_of_draws_above_low"]]
    return span(ends, lambda share: f"{number(100 * share, 2)}%")


def _firm(row: Mapping[str, Any]) -> str:
    shares = {key: value for key, value in row.items() if key != "of"}
    return ", ".join(f"{100 * share:.0f}% {basis}" for basis, share in shares.items())


def _span(quantiles: Mapping[str, float]) -> str:
    low, middle, high = (f"{_rounded(quantiles[key]):,.0f}" for key in ("p05", "p50", "p95"))
    return f"{middle} ({low} to {high})"
