"""Kind 11: what is accepted passes the model's own check; shares that would not are refused."""

from hostile_rows import Row

import buildout as bo
from buildout.inputs.model import load_model
from buildout.inputs.resolve import resolve

# A constant that is a share of a whole: one element, a value inside its range that breaks the sum.
SHARES = (
    ("class weight[light NdFeB]", 0.1),
    ("planning mix[light NdFeB]", 0.1),
    ("line in group[mining,mining and chemistry]", 0),
    ("element weight of line[mining,NdPr]", 0.1),
    ("secondment share[magnets]", 1),
    ("share of alarm money[programs]", 0.9),
    ("chance of regime[regime A]", 0.1),
    ("maker of new plants[US,newcomer]", 0.1),
    ("maker of restarted plants[newcomer]", 1),
    ("maker of first ramps[newcomer]", 0.5),
    ("project maker[MP Independence metal,newcomer]", 0),
    ("status of project[MP stage II,operating]", 0),
    ("region of project[Noveon nameplate,US]", 0),
    ("lead line[Noveon nameplate,NdFeB magnets]", 0),
)
SUMS = "sums to .*Shares that sum to 1 are accepted. Set them together"


def named(name):
    """The variable of an element."""
    return name.partition("[")[0]


def plain(name):
    """A name as a pattern."""
    return name.replace("[", r"\[").replace("]", r"\]")


WHOLES = [
    Row(
        f"--set {named(name)}",
        ("run", "status-quo", "--beyond-range", "--set", f"{name}={value}", "--out", "new"),
        f"`{named(name)}.*{SUMS}|It is a choice",
        world="project",
    )
    for name, value in SHARES
]
FILES = [
    Row(
        f"TOML {named(name)}",
        "check mine.toml --beyond-range --out new",
        f"Pathway `mine`: `{named(name)}.*{SUMS}",
        files={"mine.toml": f'title = "x"\n[[set]]\nlever = "{name}"\nvalue = {value}\n'},
        world="project",
    )
    for name, value in SHARES
]
DESIGNS = [
    Row(
        f"--design {named(name)}",
        "sweep status-quo --design mine.csv --beyond-range --out new",
        f"The design under `status-quo`: `{named(name)}.*{SUMS}",
        files={"mine.csv": f'"{name}"\n{value}\n'},
        world="project",
    )
    for name, value in SHARES
]
PYTHON = [
    Row(
        f"resolve {named(name)}",
        call=lambda _, s=(name, value): resolve(
            load_model(), "mobilization", dict([s]), beyond_range=True
        ),
        says=f"{named(name)}.*{SUMS}",
        world="project",
    )
    for name, value in SHARES
]
DOORS = [
    Row(
        f"{command.split()[0]}: secondment share",
        f"{command} --set 'secondment share[metal]=0.9' --out new",
        SUMS,
        world="project",
    )
    for command in (
        "deadline status-quo",
        "compare status-quo mobilization",
        "figures status-quo",
        "report status-quo",
        "explore status-quo",
        "delay mobilization",
        "money mobilization",
        "loops",
        "frontier",
        "sweep status-quo --draws 4",
        "sweep status-quo --vary 'grant start=2026,2028'",
        "attribute status-quo mobilization --outcome 'US magnet output' --year 2035",
    )
] + [
    Row(
        "sweep --vary a share",
        "sweep status-quo --vary 'secondment share[metal]=0:1:3' --out new",
        SUMS,
        world="project",
    ),
    Row(
        "shares set together",
        call=lambda _: (
            resolve(
                load_model(),
                "status-quo",
                {
                    "secondment share[mining and chemistry]": 0.5,
                    "secondment share[metal]": 0.25,
                    "secondment share[magnets]": 0.25,
                },
            ).extra_values
        ),
        says="secondment_share",
        code=0,
        world="project",
    ),
    Row(
        "response of a share",
        call=lambda _: bo.response(
            {"secondment share[metal]": [0, 1]}, "status-quo", outcome="US magnet output", year=2035
        ),
        says=SUMS,
        world="project",
    ),
]
# The corners that 0.1 failed at, and others; every one is inside the ranges.
CORNERS = [
    Row(
        f"check {path}: {', '.join(name for name, _ in settings)[:60]}",
        (
            "check",
            path,
            "--no-halving",
            *(w for s in settings for w in ("--set", f"{s[0]}={s[1]}")),
            "--out",
            "new",
        ),
        "ok .*no stock below zero",
        code=0,
        holds=lambda folder, out: "FAILED" not in out,
        world="project",
        slow=True,
    )
    for path, settings in (
        (
            "china-deal",
            (
                ("tariff on allies level", 0.5),
                ("allied commitment lost per tariff", 3),
                ("tariff on Chinese magnets level", 1),
                ("defense need in 2025", 3000),
            ),
        ),
        ("status-quo", (("defense need in 2025", 1),)),
        ("status-quo", (("defense need in 2025", 10000),)),
        ("mobilization", (("hiring lead", 0.25), ("hiring spread", 1))),
        ("upstream-orders", (("hiring lead", 1.5), ("largest grant share", 0.95))),
        ("allied-network", (("projects known until", 2025),)),
        ("section-232", (("rule regime", 3), ("switch luck", 1))),
        ("hybrid", (("rule regime", 2), ("switch hazards", 0), ("switch dumping", 0))),
    )
]
ROWS = [*WHOLES, *FILES, *DESIGNS, *PYTHON, *DOORS, *CORNERS]
