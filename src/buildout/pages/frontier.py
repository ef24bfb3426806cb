"""model/FRONTIER.md and frontier.csv: the best found within the money of a canonical pathway."""

import textwrap
from collections.abc import Mapping

import xarray as xr

from buildout._util import tables
from buildout._util.numbers import percent_of, signed, three_digits, value_or_never
from buildout.analysis.frontier import FREE, frontier
from buildout.analysis.frontier_rows import OUTCOME_COLUMNS, dial_rows, frontier_sentences
from buildout.analysis.third_pathway import COMPARED_OUTCOMES, found_within, third_pathway_rows
from buildout.inputs.model import Model
from buildout.sampling import defaults

# Members that are run in draws; those within the money of a pathway are always among them.
MEMBERS = 12
_BILLION = 1000.0

TITLE = "# The third pathway"
HEAD = (
    "Made by `buildout generate`; do not edit. `buildout frontier` looks for pathways that no "
    "other beats on the date from which half of the direct market's magnets come from home, public "
    "money, and civil demand that stays unmet: dials between the status quo and the strongest "
    "packaged pathway (`src/buildout/inputs/tables/dials.csv`), NSGA-II, single runs; who stands "
    "for the front is then run in {drawn}, the same for all. It is a search in a model, and no "
    "plan. `frontier.csv` beside this page holds what the page of `buildout report` shows of it."
)
TABLE_HEAD = "## Beside the canonical pathways\n"
TABLE_TEXT = "Single run, and in brackets 5 to 95% of draws.\n"
HEADS = (
    "pathway",
    "half from home since",
    "public money to 2045, billion USD",
    "unmet civil demand to 2045, t",
    "US magnets in 2035, t/yr",
)
ODDS_TEXT = "Share of draws in which what was found is no worse than the pathway named:\n"
ODDS_HEADS = ("within the money of", "date", "money", "unmet", "US magnets in 2035", "first three")
HELD_HEAD = "## With the levers held that cost nothing in the model\n"
NOTHING_HELD = (
    "With all dials held as in `{path}` for which the model charges no public money ({free}), "
    "nothing was found among {tried:,} pathways that is no worse on all three and better on one."
)
FOUND_HELD = "With the free dials held as in `{path}` ({free}): {sentence}"
DIALS_HEAD = "## What each dial does by itself, all the way on\n"


def frontier_page(model: Model, draws: int = defaults.DRAWS) -> tuple[str, str]:
    """The page as Markdown, and the table that the report reads."""
    ds = frontier(draws=draws, members=MEMBERS)
    held = {
        path: frontier(like=path, hold=[FREE], draws=draws, members=MEMBERS)
        for path in found_within(ds)
    }
    rows = third_pathway_rows(ds, held, model)
    page = "\n".join(
        [
            f"{TITLE}\n",
            f"{_folded(HEAD.format(drawn=ds.attrs['drawn']))}\n",
            *(f"{_folded(sentence)}\n" for sentence in frontier_sentences(ds)),
            *(TABLE_HEAD, TABLE_TEXT, _outcomes_table(rows), ODDS_TEXT, _odds_table(rows)),
            HELD_HEAD,
            *(f"{_folded(_held(path, own))}\n" for path, own in held.items()),
            *(DIALS_HEAD, _dials_table(ds)),
        ]
    )
    return page, tables.to_csv(rows)


def _folded(sentence: str) -> str:
    return textwrap.fill(sentence, 100, break_long_words=False, break_on_hyphens=False)


def _outcomes_table(rows: list[dict[str, object]]) -> str:
    lines = []
    for row in rows:
        name = row["pathway"] or f"best found within the money of {row['within']}"
        lines.append([str(name), *(_cell(row, column) for column in COMPARED_OUTCOMES)])
    return tables.markdown(HEADS, lines, right=range(1, len(HEADS)))


def _cell(row: Mapping[str, object], column: str) -> str:
    value, low, high = (
        float(str(row[name])) for name in (column, f"{column}_p05", f"{column}_p95")
    )
    if column == OUTCOME_COLUMNS[0]:
        end = float(str(row["end"]))
        ends = [f"{x:.1f}" if x < end else f"not before {end:g}" for x in (low, high)]
        return f"{value_or_never(round(value, 1), date=True)} ({ends[0]} to {ends[1]})"
    unit = _BILLION if column == OUTCOME_COLUMNS[1] else 1.0
    words = [three_digits(x / unit) for x in (value, low, high)]
    return f"{words[0]} ({words[1]} to {words[2]})"


def _odds_table(rows: list[dict[str, object]]) -> str:
    keys = (*(f"{column}_odds" for column in COMPARED_OUTCOMES), "odds_of_all")
    lines = [
        [str(row["within"]), *(percent_of(float(str(row[key]))) for key in keys)]
        for row in rows
        if row["within"]
    ]
    return tables.markdown(ODDS_HEADS, lines, right=range(1, len(ODDS_HEADS)))


def _held(path: str, ds: xr.Dataset) -> str:
    free = ", ".join(row["dial"] for row in dial_rows(ds) if row["costs"] == FREE)
    third, *_ = frontier_sentences(ds)
    if path in found_within(ds):
        return FOUND_HELD.format(path=path, free=free, sentence=third)
    return NOTHING_HELD.format(path=path, free=free, tried=ds.attrs["tried"])


def _dials_table(ds: xr.Dataset) -> str:
    lines = [
        [
            row["dial"],
            row["costs"],
            signed(row["months"], date=True),
            signed(round(row["public_money"] / _BILLION, 2)),
            signed(row["unmet_civil"]),
        ]
        for row in dial_rows(ds)
    ]
    heads = ("dial", "public money in the model", "months", "billion USD", "unmet demand, t")
    return tables.markdown(heads, lines, right=(2, 3, 4))
