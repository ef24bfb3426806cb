"""Kind 15, tables: an edit of a table of calibration that nobody meant is told when it is read."""

import csv
import io
from pathlib import Path

from hostile_rows import Row

from buildout.analysis.expectations import read_projections
from buildout.analysis.short_list import RULES as UNBOUNDED
from buildout.calibration.hindcast import read_plan
from buildout.calibration.misses import read_misses
from buildout.calibration.reference_class import read_reference_class
from buildout.experiments.claims.table import CLAIM_RULES
from buildout.inputs.calibrated import read_calibrated
from buildout.inputs.china import read_china_output
from buildout.inputs.defense_need import read_defense_programmes
from buildout.inputs.defense_need_factors import read_need_factors, read_top_down
from buildout.inputs.glossary import RULES as GLOSSARY
from buildout.inputs.mapping import read_mapping
from buildout.inputs.model import load_model
from buildout.inputs.money import read_money
from buildout.inputs.observations import load_observations
from buildout.inputs.predictions import PREDICTED_RULES, read_predictions
from buildout.inputs.projects import read_projects
from buildout.inputs.sources import read_sources

CALIBRATION = Path(__file__).parents[2] / "calibration"
TINY = Path(__file__).parents[1] / "tiny"
MODEL = TINY / "model" / "buildout.mdl"
READERS = {
    "china_output.csv": read_china_output,
    "claims.csv": lambda path: read_calibrated(path, CLAIM_RULES),
    "defense_need.csv": read_defense_programmes,
    "defense_need_factors.csv": read_need_factors,
    "defense_need_top_down.csv": read_top_down,
    "glossary.csv": lambda path: read_calibrated(path, GLOSSARY),
    "hindcast.csv": read_plan,
    "mapping.csv": lambda path: read_mapping(path, model=load_model(MODEL)),
    "misses.csv": read_misses,
    "money.csv": read_money,
    "parameters.csv": lambda path: load_model(MODEL, path),
    "predicted.csv": lambda path: read_calibrated(path, PREDICTED_RULES),
    "predictions.csv": read_predictions,
    "prices.csv": lambda path: load_observations(path.parent / "observed"),
    "projections.csv": read_projections,
    "projects.csv": read_projects,
    "reference_class.csv": read_reference_class,
    "sources.csv": read_sources,
    "unbounded.csv": lambda path: read_calibrated(path, UNBOUNDED),
}


MAPPING = "series,expression,over,unit,money,sd,note\noutput,total capacity,mean,t/Year,,0.1,\n"


def place_of(table):
    """Where a table lies among those of the project, or of the small model."""
    if table == "parameters.csv":
        return TINY / "calibration" / table
    inside = CALIBRATION / "observations" / table
    return inside if inside.exists() else CALIBRATION / table


def edited(table, change):
    """What writes a table with one edit."""

    def make(path):
        own = table == "mapping.csv"
        text = MAPPING if own else place_of(table).read_text(encoding="utf-8")
        rows = list(csv.reader(io.StringIO(text)))
        path.parent.mkdir(exist_ok=True)
        with open(path, "w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows(change(rows))

    return make


def cell(column, value, line=2):
    """One cell is another."""

    def change(rows):
        rows[line - 1][rows[0].index(column)] = value
        return rows

    return change


def swapped(one, other, line=2):
    """Two cells of a row have changed places."""

    def change(rows):
        i, j = (rows[0].index(column) for column in (one, other))
        rows[line - 1][i], rows[line - 1][j] = rows[line - 1][j], rows[line - 1][i]
        return rows

    return change


def head(column, name):
    """A column has another name."""
    return lambda rows: [[name if cell == column else cell for cell in rows[0]], *rows[1:]]


def without(column):
    """A column is gone."""

    def change(rows):
        i = rows[0].index(column)
        return [row[:i] + row[i + 1 :] for row in rows]

    return change


def doubled(rows):
    """The first row stands again at the end."""
    return [*rows, rows[1]]


def wider(rows):
    """There is a column more."""
    return [[*row, "weight" if n == 0 else "1"] for n, row in enumerate(rows)]


def empty(rows):
    """Only the heads are left."""
    return rows[:1]


def short(rows):
    """A row lacks its last cell."""
    return [rows[0], rows[1][:-1], *rows[2:]]


def semicolons(rows):
    """Not commas part the cells."""
    return [[";".join(row)] for row in rows]


def row(table, change, says, what):
    """A row of the table of hostile inputs: an edit of a table, and what is told of it."""
    inside = f"observed/{table}" if table == "prices.csv" else table
    files = {inside: edited(table, change)}
    if table != "sources.csv":
        files["sources.csv"] = lambda path: path.symlink_to(
            place_of(table).parent / "sources.csv"
            if table == "parameters.csv"
            else CALIBRATION / "sources.csv"
        )
    return Row(
        f"{table}: {what}",
        call=lambda folder: READERS[table](folder / table),
        says=says,
        files=files,
        world="project",
    )


# Shared by all: what a spreadsheet does to a table.
SHAPE = [
    row(table, change, says, "its shape")
    for table in READERS
    for change, says in (
        (short, r"cells?\. \d+ are accepted"),
        (semicolons, "is not separated by commas|lacks the columns"),
    )
]
KEYS = [
    row(table, doubled, says, "a row twice")
    for table, says in (
        ("china_output.csv", "`mining`, `2000` stands on line 2 too"),
        ("claims.csv", "`C01` stands on line 2 too"),
        ("defense_need.csv", "F-35"),
        ("defense_need_factors.csv", "`spares of platforms` stands on line 2 too"),
        ("glossary.csv", "`lever` stands on line 2 too"),
        ("hindcast.csv", "stands on line 2 too. Keep one row"),
        ("money.csv", "`2010` stands on line 2 too"),
        ("parameters.csv", "gives the same. Keep one"),
        ("predicted.csv", "`price_ndpr_oxide` stands on line 2 too"),
        ("projects.csv", "`MP stage II`: `NdPr separation` stands twice"),
        ("sources.csv", "`adamas_1901` stands on line 2 too"),
        ("unbounded.csv", "`requalification share` stands on line 2 too"),
    )
]
COLUMNS = [
    row(table, wider, "The column `weight` is not known", "a column more")
    for table in ("china_output.csv", "hindcast.csv", "money.csv", "parameters.csv", "projects.csv")
]
EMPTY = [
    row(table, empty, "It has no rows", "no rows")
    for table in ("glossary.csv", "mapping.csv", "prices.csv", "projections.csv", "sources.csv")
]
CELLS = [
    ("china_output.csv", cell("line", "minning"), "line is `minning`. Nearest: `mining`"),
    ("china_output.csv", cell("tonnes", "65,000"), "tonnes is `65,000`. A number is accepted"),
    ("china_output.csv", cell("tonnes", "65%"), "tonnes is `65%`"),
    ("china_output.csv", swapped("low", "high"), "0 < low <= the number <= high"),
    ("china_output.csv", cell("source_id", "micromag_2030"), "Nearest: `micromag_2003`"),
    ("china_output.csv", cell("year", "200"), "year is `200`. A year from 1900 to 2200"),
    ("claims.csv", cell("claim", ""), "claim is empty"),
    ("claims.csv", cell("source_ids", "A1;Z99"), "source_ids is `Z99`"),
    ("claims.csv", cell("id", "12"), "id is `12`, which is no name"),
    ("claims.csv", without("prediction"), "lacks the columns `prediction`"),
    ("defense_need.csv", cell("class", "light"), "class is `light`"),
    ("defense_need.csv", cell("kg_low", "NaN"), "kg_low is `NaN`"),
    ("defense_need.csv", swapped("units_low", "units_high"), "units_low is `191`"),
    ("defense_need.csv", cell("basis", "S"), "basis is `S`"),
    ("defense_need_factors.csv", cell("factor", ""), "factor is empty"),
    ("defense_need_factors.csv", cell("low", "15%"), "low is `15%`"),
    ("defense_need_factors.csv", cell("source_id", "judgment"), "Nearest: `judgement`"),
    ("defense_need_top_down.csv", cell("year", "11"), "year is `11`. A year from 1900"),
    ("defense_need_top_down.csv", cell("figure", "nan"), "figure is `nan`, which is no name"),
    ("defense_need_top_down.csv", cell("source_id", ""), "source_id is empty"),
    ("glossary.csv", cell("term", "#N/A"), "term is `#N/A`, which is no name"),
    ("glossary.csv", cell("meaning", "a\x1b[31mb"), r"control character: `a\\x1b\[31mb`"),
    ("hindcast.csv", cell("from", "208.0"), "from is `208.0`. A year from 1900"),
    ("hindcast.csv", cell("role", "fited"), "role is `fited`. Accepted: fitted"),
    ("hindcast.csv", cell("sources", "mcs2012"), "sources is `mcs2012`"),
    ("mapping.csv", cell("expression", "totl capacity"), "Unknown variable `totl capacity`"),
    ("mapping.csv", cell("over", "sum"), "over is `sum`. Accepted: mean, total, at"),
    ("mapping.csv", cell("sd", "3%"), "sd is `3%`"),
    ("mapping.csv", cell("unit", ""), "unit is empty"),
    ("misses.csv", cell("group", "staff of PM"), "Unknown group `staff of PM`. Nearest"),
    ("misses.csv", cell("repeats", "US or"), "Unknown group `US or`"),
    ("misses.csv", cell("says", ""), "says is empty"),
    ("money.csv", cell("year", "0"), "year is `0`. A year from 1900"),
    ("money.csv", cell("tax", "17%"), "tax is `17%`"),
    ("money.csv", cell("cny_per_usd", "-6.8"), "Numbers above zero"),
    ("money.csv", cell("source_id", "memry"), "Nearest: `memory`"),
    ("money.csv", head("tax", "taxes"), "lacks the columns `tax`"),
    ("parameters.csv", cell("name", "subsidi", 11), "Unknown constant `subsidi`"),
    ("parameters.csv", cell("kind", "levr"), "kind is `levr`.*Nearest: `lever`"),
    ("parameters.csv", cell("unit", "t"), "its unit is `t`"),
    ("parameters.csv", swapped("low", "high"), "is outside|needs a low end below"),
    ("parameters.csv", cell("default", "1,5"), "default is `1,5`"),
    ("parameters.csv", cell("grade", "E"), "grade is `E`. Accepted: A, B, C, D, U"),
    ("parameters.csv", cell("source_ids", "S99"), "lacks its source `S99`"),
    ("parameters.csv", cell("distribution", "normal"), "distribution is `normal`"),
    ("parameters.csv", cell("rationale", ""), "rationale is empty"),
    ("predicted.csv", cell("unit", ""), "unit is empty"),
    ("predictions.csv", cell("p50", "1"), "row 1|number 1|`predictions.csv`"),
    ("predictions.csv", without("sha256"), "lacks the columns `sha256`"),
    ("prices.csv", cell("series", ""), "series is empty"),
    ("prices.csv", cell("use", "tset"), "use is `tset`. Accepted: fit, test"),
    ("prices.csv", cell("period_end", "31.12.2025"), "period_end is `31.12.2025`. A day such as"),
    ("prices.csv", cell("value", "n/a"), "value is `n/a`"),
    ("prices.csv", cell("unit", "5"), "unit is `5`, which is no name"),
    ("prices.csv", cell("time", "26.5"), "time is `26.5`. A year from 1900"),
    ("projections.csv", cell("value", "38 048"), "value is `38 048`"),
    ("projections.csv", cell("value", "-1"), "value is `-1`. 0 or more"),
    ("projections.csv", cell("date", "35"), "date is `35`. A year from 1900"),
    ("projections.csv", cell("region", "USA"), "region is `USA`. Nearest: `US`"),
    ("projections.csv", cell("unit", "4"), "unit is `4`, which is no name"),
    ("projects.csv", cell("status", "operatng"), "status|operatng"),
    ("projects.csv", cell("owner_start", "23.6"), "owner_start is `23.6`. A year from 1900"),
    ("projects.csv", cell("capacity", "-6075"), "its capacity on .* is no number above 0"),
    ("projects.csv", cell("source_id", "S1O2"), "source_id"),
    ("projects.csv", cell("in_model", "yes"), "in_model is `yes`"),
    ("reference_class.csv", cell("maker", "newcommer"), "maker is `newcommer`"),
    ("reference_class.csv", cell("announced_start", "11.7"), "announced_start is `11.7`"),
    ("reference_class.csv", cell("source_ids", "R0004"), "source_ids is `R0004`. Nearest"),
    ("reference_class.csv", cell("first_output", "2013,16"), "first_output is `2013,16`"),
    ("sources.csv", cell("date", "soon"), "the date of `adamas_1901` is `soon`"),
    ("sources.csv", cell("title", ""), "title is empty"),
    ("sources.csv", cell("source_id", "1e999"), "source_id is `1e999`, which is no name"),
    ("unbounded.csv", cell("why", ""), "why is empty"),
    ("unbounded.csv", head("name", "nmae"), "lacks the columns `name`"),
]
ROWS = [
    *SHAPE,
    *KEYS,
    *COLUMNS,
    *EMPTY,
    *(row(table, change, says, "a cell") for table, change, says in CELLS),
]
