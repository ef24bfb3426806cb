"""Kind 12: no face of a run contradicts another: horizons, dates, draws, shared numbers."""

import csv
import json

import numpy as np
from hostile_rows import Row

import buildout as bo
from buildout.outcomes.chances import coverage_words
from buildout.outcomes.deadline import deadline_rows, no_verdict
from buildout.outcomes.wording import covered_from
from buildout.simulation.soundness import told_step

SHORT = "run too short to know"


def refused(path, argv, says, **more):
    """A request that the project's model cannot answer without contradicting itself."""
    return Row(path, f"{argv} --out new", says, world="project", **more)


def slow(path, argv, says, code=0, **more):
    """A run of the project's model, in a process of its own."""
    return Row(path, f"{argv} --out new", says, code=code, world="project", slow=True, **more)


def call(path, ask, says, code=0):
    """The same from Python."""
    return Row(path, call=lambda _: ask(), says=says, code=code, world="project")


def table(path):
    """The rows of a CSV file."""
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def same(one, other):
    """Whether two cells are one number, or both none."""
    if "" in (one, other) or None in (one, other):
        return {one, other} <= {"", None}
    return float(one) == float(other)


def verdict_is_one(folder, out):
    """The verdict as printed, in CSV and JSON, and the outcomes have the same numbers."""
    new = folder / "new"
    printed, saved = json.loads(out), json.loads((new / "verdict.json").read_text())
    rows = table(new / "verdict.csv")
    assert printed == saved
    columns = ("coverage_2027", "shortfall_2027", "full_coverage_year", "covered_until")
    assert all(
        same(str(row[column]) if row[column] is not None else "", cells[column])
        for row, cells in zip(saved, rows, strict=True)
        for column in columns
    )
    kpis = {
        (row["pathway"], row["element"]): row["value"]
        for row in table(new / "kpis.csv")
        if row["outcome"] == "coverage" and float(row["year"]) == 2027
    }
    return len(kpis) == len(saved) and all(
        same(str(row["coverage_2027"]), kpis[row["pathway"], row["magnet_class"]]) for row in saved
    )


def nothing_known(folder, out):
    """A run too short for a date does not name one."""
    rows = json.loads((folder / "new" / "verdict.json").read_text())
    return all(row["full_coverage_year"] is None and row["known"] is False for row in rows)


def one_run(**more):
    """A run of status quo with what a verdict needs."""
    return bo.simulate("status-quo", **more)


def dates(rows):
    """When each class is covered, in words."""
    return [
        covered_from(row["full_coverage_year"], row["covered_until"], known=row["known"], end=2045)
        for row in rows
    ]


HORIZONS = [
    refused(
        f"deadline --final-time {year}", f"deadline status-quo --draws 0 --final-time {year}", says
    )
    for year, says in (
        (2025, "A year after 2025 is accepted"),
        (2024, "A year after 2025 is accepted"),
        ("1e400", "finite"),
        ("never", "A number is accepted"),
    )
] + [
    slow(
        "run to 2026.5",
        "run status-quo --draws 0 --final-time 2026.5",
        "no verdict.*lack the date 2027.0",
    ),
    slow(
        "deadline to 2026.5",
        "deadline status-quo --draws 0 --final-time 2026.5",
        "lack the date 2027.0",
        code=2,
    ),
    slow("run to 2027", "run status-quo --draws 0 --final-time 2027", SHORT, holds=nothing_known),
    slow(
        "run to 2027.5", "run status-quo --draws 0 --final-time 2027.5", SHORT, holds=nothing_known
    ),
    slow(
        "run to 2027.5 --json",
        "run status-quo --draws 0 --final-time 2027.5 --json",
        '"known": false',
    ),
    slow("run to 2028", "run status-quo --draws 0 --final-time 2028", "1 January 2027"),
    slow(
        "run to 2028 --json",
        "run status-quo --draws 0 --final-time 2028 --json",
        '"known": true',
        holds=verdict_is_one,
    ),
    slow(
        "run --json",
        "run status-quo mobilization --draws 0 --json",
        '"status": "ok"',
        holds=verdict_is_one,
    ),
    slow(
        "run of a small need",
        "run status-quo --draws 0 --json --set 'defense need in 2025=1'",
        '"ok"',
        holds=verdict_is_one,
    ),
    slow(
        "run of a large need",
        "run status-quo --draws 0 --json --set 'defense need in 2025=10000'",
        '"ok"',
        holds=verdict_is_one,
    ),
    slow(
        "run known until 2025",
        "run status-quo --draws 0 --json --known-until 2025",
        '"ok"',
        holds=verdict_is_one,
    ),
    slow(
        "run of regime C",
        "run status-quo --draws 0 --json --set 'rule regime=C'",
        '"regime": "C"',
        holds=verdict_is_one,
    ),
    slow("deadline: 40 draws", "deadline status-quo --draws 40", r"Too few draws for odds \(40\)"),
    slow("deadline: one draw", "deadline status-quo --draws 1", r"Too few draws for odds \(1\)"),
    slow(
        "deadline: no draws", "deadline status-quo --draws 0 --json", '"draws": null|coverage_2027'
    ),
    slow("compare with itself", "compare status-quo status-quo --draws 0", "Nothing differs"),
    slow(
        "a coarse step",
        "deadline status-quo --draws 0 --time-step 0.0625",
        "2 times the model's own",
    ),
    slow(
        "sweep at one date",
        "sweep status-quo --draws 4 --at 2027 --outputs 'defense coverage'",
        "defense_coverage",
    ),
]
DATES = [
    refused("sweep --at, twice", "sweep --draws 4 --at 2027,2027", "The date 2027 is given twice"),
    refused("sweep --at, beyond", "sweep --draws 4 --at 2050", "Saved are 2025 to 2045"),
    refused("sweep --at, before", "sweep --draws 4 --at 2020", "not a saved date. Saved are 2025"),
    refused("sweep --at, between", "sweep --draws 4 --at 2027.01", "every 0.25 years. Take 2027"),
    refused(
        "sweep --at, beyond its own end",
        "sweep --draws 4 --final-time 2026",
        "Saved are 2025 to 2026",
    ),
    refused("sweep --at, nothing", "sweep --draws 4 --at ,", "No date is given"),
    refused(
        "attribute --year",
        "attribute status-quo mobilization --outcome 'US magnet output' --year 2050",
        "The runs go from 2025 to 2045",
    ),
    refused(
        "attribute --year, before",
        "attribute status-quo mobilization --outcome 'US magnet output' --year 2020",
        "The runs go from 2025 to 2045",
    ),
    refused(
        "attribute, the same twice",
        "attribute status-quo status-quo --outcome 'US magnet output' --year 2035",
        "sets the same as `status-quo`",
    ),
    refused("run, the same twice", "run status-quo status-quo", "is given twice"),
    refused("deadline, the same twice", "deadline status-quo status-quo", "is given twice"),
    refused("sweep, the same twice", "sweep status-quo status-quo --draws 4", "is given twice"),
    refused("figures, the same twice", "figures status-quo status-quo", "is given twice"),
    refused("known until, beyond", "run --known-until 2050", "Accepted: 2025 to 2045"),
    refused("known until, before", "deadline --known-until 1999", "Accepted: 2025 to 2045"),
    refused("need --year", "need --year 2050", "Accepted: 2025, 2026, 2027, 2028"),
    refused("need --draws", "need --draws 1", "from 100 to 100,000"),
    refused("claims --draws", "claims --draws 1", "too few for a verdict. 0 is accepted"),
    refused("claims --draws", "claims --draws 99", "100 and more"),
    refused(
        "claims --design",
        "claims --design mine.csv",
        "holds 2 draws. At least 100",
        files={
            "mine.csv": "cost of debt\n0.1\n0.1\n".replace("cost of debt", "grant start").replace(
                "0.1", "2026"
            )
        },
    ),
    refused("why --draws", "why 'coverage: SmCo' --draws 1", "from 32"),
    refused("hindcast --draws", "hindcast --draws 1", "from 20"),
    refused("sweep --draws", "sweep --draws 0", "A whole number from 1"),
    refused("sobol, one draw more", "sweep --design sobol --draws 9", "out of balance"),
    refused("a step longer than the run", "run --time-step 30", "longer than the run of 20"),
    slow(
        "a date that no step meets",
        "deadline status-quo --draws 0 --time-step 3 --final-time 2028",
        "lack the date 2027.0",
        code=2,
    ),
    Row(
        "explain --year",
        "explain 'defense coverage' --year 2050",
        "Accepted: 2025 to 2045",
        world="project",
    ),
    Row(
        "explain --year, before",
        "explain 'defense coverage' --year 2024.99",
        "2025 to 2045",
        world="project",
    ),
]
PYTHON = [
    call("covered_from: 2026.9", lambda: covered_from(None, None, known=False, end=2027.5), SHORT),
    call(
        "covered_from: never",
        lambda: covered_from(None, None, known=True, end=2045.0),
        "before 2045|never",
    ),
    call("coverage_words", lambda: coverage_words([0.9999]), "99.9|>99|100|99"),
    call("coverage_words, of nothing", lambda: coverage_words([0.0]), "0%"),
    call("no_verdict", lambda: no_verdict(one_run(final_time=2026.5)), "2027"),
    call(
        "deadline to 2027.5",
        lambda: [r["known"] for r in deadline_rows(one_run(final_time=2027.5))],
        r"False",
    ),
    call(
        "deadline: shortfall and coverage",
        lambda: all(
            (row["shortfall_2027"] > 0) == (row["coverage_2027"] < 1)
            for row in deadline_rows(one_run())
        ),
        "True",
    ),
    call(
        "deadline: full from and coverage",
        lambda: all(
            row["coverage_2027"] >= 1 - 1e-9
            for row in deadline_rows(one_run())
            if row["full_coverage_year"] == 2027
        ),
        "True",
    ),
    call(
        "told_step",
        lambda: told_step(one_run(time_step=0.0625, outputs=["defense coverage"])),
        "2 times the model's own",
    ),
    call(
        "told_step, the model's own",
        lambda: told_step(one_run(outputs=["defense coverage"])),
        r"^\[\]$",
    ),
    call("At twice", lambda: bo.At([2027, 2027.0]), "given twice", 2),
    call(
        "compare twice",
        lambda: bo.compare(["status-quo", "status-quo"], draws=0)["differs"].values.any(),
        "False",
    ),
    call(
        "compare: antisymmetric",
        lambda: bool(
            np.allclose(
                bo.compare(["status-quo", "mobilization"], draws=0)["difference"],
                -bo.compare(["mobilization", "status-quo"], draws=0)["difference"],
                equal_nan=True,
            )
        ),
        "True",
    ),
    call(
        "a run and its start",
        lambda: (
            float(one_run(final_time=2030)["us_magnet_output_total"].sel(time=2030)[0])
            == float(one_run()["us_magnet_output_total"].sel(time=2030)[0])
        ),
        "True",
    ),
]
ROWS = [*HORIZONS, *DATES, *PYTHON]
