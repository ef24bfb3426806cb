"""Kind 9: a run that broke is told as such at every door, and never shown as sound."""

from hostile_rows import Row

import buildout as bo
from buildout.checks import check_dataset, simulate_every_step
from buildout.inputs.model import load_model
from buildout.simulation.explain import explain
from buildout.simulation.soundness import refuse_unsound, told_status
from buildout.simulation.store import load_results, save_results, verdict_rows

TOLD = "Not sound, and not to be relied on: pathway `status-quo`.*`negative_stock`"
FINITE = "Pathway `status-quo` breaks down: `.*` is not a finite number in 20.*Take settings back"
# Beyond its range each of these takes a stock below zero, or a number out of what numbers are.
NEGATIVE = (
    ("retaliation gain", -1),
    ("own ore share", -1),
    ("secondment level", -1),
    ("largest grant share", -1),
    ("baseline allied access", -1),
    ("Chinese magnet exports in 2025", 1e6),
    ("public lead level", -1),
    ("baseline coordination", -1),
)
BROKEN = (
    ("tariff decided in 2024", -1),
    ("base hazard", -1),
    ("demand response time", -1),
    ("building time without extra cost", -1),
)


def typed(setting):
    """A setting beyond its range as options."""
    name, value = setting
    return ("--beyond-range", "--set", f"{name}={value:g}")


def command(path, words, says, setting, code, **more):
    """A row of a command of the project's model."""
    argv = (*words.split("|"), *typed(setting), "--out", "new")
    return Row(path, argv, says, code=code, world="project", slow=True, **more)


def run(setting, **more):
    """A run of the project's model beyond the range."""
    options = {"beyond_range": True, "outputs": ["retaliation", "defense coverage"], **more}
    return bo.simulate("status-quo", settings=dict([setting]), **options)


def call(path, ask, says, code=0):
    """A row of the Python API."""
    return Row(path, call=ask, says=says, code=code, world="project")


def saved(folder):
    """Results of a broken run, written and read again."""
    outputs = ["retaliation", "defense coverage", "defense need", "us magnet output total"]
    save_results(run(NEGATIVE[0], outputs=outputs), folder / "mine", command="buildout run")
    return load_results(folder / "mine")


def status_in(name):
    """Whether a file of results says how the run ended."""
    return lambda folder, out: "negative_stock" in (folder / "new" / name).read_text()


SINGLE = [
    command(f"run: {name}", "run|status-quo|--draws|0", TOLD, (name, value), 1)
    for name, value in NEGATIVE
] + [
    command(f"run: {name}", "run|status-quo|--draws|0", FINITE, (name, value), 2)
    for name, value in BROKEN
]
FACES = [
    command(
        "run: verdict.json",
        "run|status-quo|--draws|0",
        TOLD,
        NEGATIVE[0],
        1,
        holds=status_in("verdict.json"),
    ),
    command(
        "run: verdict.csv",
        "run|status-quo|--draws|0",
        TOLD,
        NEGATIVE[1],
        1,
        holds=status_in("verdict.csv"),
    ),
    command(
        "run: stages.csv",
        "run|status-quo|--draws|0",
        TOLD,
        NEGATIVE[0],
        1,
        holds=status_in("stages.csv"),
    ),
    command(
        "run --json",
        "run|status-quo|--draws|0|--json",
        '"status": "negative_stock"',
        NEGATIVE[0],
        1,
    ),
    command("run, two pathways", "run|status-quo|mobilization|--draws|0", TOLD, NEGATIVE[0], 1),
    command("deadline", "deadline|status-quo|--draws|0", TOLD, NEGATIVE[0], 1),
    command(
        "deadline --json",
        "deadline|status-quo|--draws|0|--json",
        '"negative_stock"',
        NEGATIVE[0],
        1,
    ),
    command(
        "deadline: deadline.csv",
        "deadline|status-quo|--draws|0",
        TOLD,
        NEGATIVE[0],
        1,
        holds=status_in("deadline.csv"),
    ),
    command(
        "deadline --magnet-class",
        "deadline|status-quo|--magnet-class|SmCo|--draws|0",
        TOLD,
        NEGATIVE[0],
        1,
    ),
    command("deadline, not finite", "deadline|status-quo|--draws|0", FINITE, BROKEN[0], 2),
    command("check", "check|status-quo|--no-halving", "FAILED", NEGATIVE[0], 1),
    command(
        "check --json", "check|status-quo|--no-halving|--json", '"passed": false', NEGATIVE[1], 1
    ),
    command("check, not finite", "check|status-quo|--no-halving", FINITE, BROKEN[0], 2),
    command("export iamc", "export|status-quo|--format|iamc|--draws|0", TOLD, NEGATIVE[0], 1),
    command("export xlsx", "export|status-quo|--format|xlsx|--draws|0", TOLD, NEGATIVE[0], 1),
    command(
        "export, not finite", "export|status-quo|--format|iamc|--draws|0", FINITE, BROKEN[0], 2
    ),
    command("compare", "compare|status-quo|mobilization|--draws|0", TOLD, NEGATIVE[0], 2),
    command(
        "compare with draws", "compare|status-quo|mobilization|--draws|8", TOLD, NEGATIVE[0], 2
    ),
    command(
        "compare --json", "compare|status-quo|mobilization|--draws|0|--json", TOLD, NEGATIVE[1], 2
    ),
    command(
        "compare, not finite", "compare|status-quo|mobilization|--draws|0", FINITE, BROKEN[0], 2
    ),
    command(
        "attribute",
        "attribute|status-quo|mobilization|--outcome|US magnet output|--year|2035",
        "breaks down. Take settings back",
        NEGATIVE[0],
        2,
    ),
    command("delay", "delay|mobilization|--draws|0", "Not sound.*`negative_stock`", NEGATIVE[0], 2),
    command(
        "delay with draws",
        "delay|mobilization|--draws|8",
        "Not sound.*`negative_stock`",
        NEGATIVE[0],
        2,
    ),
    command("money", "money|mobilization|--draws|0", "Not sound.*`negative_stock`", NEGATIVE[0], 2),
    command("loops", "loops|--draws|0", "Not sound.*`negative_stock`", NEGATIVE[0], 2),
    command(
        "sweep --vary X=",
        "sweep|status-quo|--vary|grant share level=0:0.4:2",
        "Not sound",
        NEGATIVE[0],
        2,
    ),
    command(
        "sweep --vary X=, draws",
        "sweep|status-quo|--vary|grant share level=0:0.4:2|--draws|8",
        "Not sound",
        NEGATIVE[0],
        2,
    ),
    command(
        "sweep --vary X=, not finite",
        "sweep|status-quo|--vary|grant share level=0:0.4:2",
        "breaks down: `us_magnet_output_total` is not a finite",
        BROKEN[0],
        2,
    ),
    command(
        "sweep", "sweep|status-quo|--draws|8|--vary|luck", "8 of 8 runs broke down", NEGATIVE[0], 0
    ),
    command(
        "sweep --json",
        "sweep|status-quo|--draws|8|--vary|luck|--json",
        '"draws": 0',
        NEGATIVE[0],
        0,
    ),
    command("explore", "explore|status-quo", TOLD, NEGATIVE[0], 1),
    command("explore, not finite", "explore|status-quo", "breaks down", BROKEN[0], 2),
    Row(
        "run: a coarse step",
        "run status-quo --time-step 0.5 --draws 0 --out new",
        TOLD,
        code=1,
        world="project",
        slow=True,
    ),
    Row(
        "deadline: a coarse step",
        "deadline status-quo --time-step 2 --draws 0 --out new",
        "not a finite number",
        world="project",
        slow=True,
    ),
]
PYTHON = [
    *(
        call(f"told_status: {name}", lambda _, s=(name, value): told_status(run(s)), TOLD)
        for name, value in NEGATIVE
    ),
    *(
        call(f"simulate: {name}", lambda _, s=(name, value): run(s), FINITE, 2)
        for name, value in BROKEN
    ),
    call("simulate: status", lambda _: int(run(NEGATIVE[0])["status"].item()), "^2$"),
    call(
        "simulate: a stock left out",
        lambda _: run(BROKEN[0], outputs=["retaliation"]),
        FINITE.replace("`.*` is", ".*"),
        2,
    ),
    call(
        "told_status names the stock",
        lambda _: told_status(run(NEGATIVE[0])),
        "the stock `retaliation` falls below zero in 2025",
    ),
    call(
        "told_status without the stock",
        lambda _: told_status(run(NEGATIVE[0], outputs=["defense coverage"])),
        "a stock that cannot be negative",
    ),
    call(
        "refuse_unsound",
        lambda _: refuse_unsound(run(NEGATIVE[0])),
        f"{TOLD}.*Take settings back",
        2,
    ),
    call(
        "compare()",
        lambda _: bo.compare(
            ["status-quo", "mobilization"],
            draws=0,
            settings={"retaliation gain": -1},
            beyond_range=True,
        ),
        TOLD,
        2,
    ),
    call(
        "response()",
        lambda _: bo.response(
            {"grant share level": [0, 0.4]},
            "status-quo",
            outcome="US magnet output",
            year=2035,
            settings={"retaliation gain": -1},
            beyond_range=True,
        ),
        "Not sound",
        2,
    ),
    call(
        "check_dataset",
        lambda _: [
            f.check
            for f in check_dataset(
                simulate_every_step("status-quo", settings={"own ore share": -1}, beyond_range=True)
            )
            if not f.passed
        ],
        "no stock below zero",
    ),
    call(
        "explain()",
        lambda _: explain("retaliation", pathway=bo.pathway("status-quo"), model=load_model())[
            "not_sound"
        ],
        r"^\[\]$",
    ),
    call(
        "verdict_rows",
        lambda _: {
            row["status"]
            for row in verdict_rows(
                bo.simulate("status-quo", settings={"retaliation gain": -1}, beyond_range=True)
            )
        },
        "negative_stock",
    ),
    call(
        "response(), not finite",
        lambda _: bo.response(
            {"grant share level": [0, 0.4]},
            "status-quo",
            outcome="US magnet output",
            year=2035,
            settings={"tariff decided in 2024": -1},
            beyond_range=True,
        ),
        "not a finite number",
        2,
    ),
]
ROWS = [*SINGLE, *FACES, *PYTHON]
