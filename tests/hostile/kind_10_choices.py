"""Kind 10: a choice takes whole numbers only, at every door."""

import numpy as np
from hostile_rows import Row

import buildout as bo
from buildout.inputs.model import load_model
from buildout.inputs.resolve import resolve
from buildout.inputs.settings import Setting, parse_setting
from buildout.inputs.validation import check_values
from buildout.sampling.saltelli import saltelli

BETWEEN = (0.5, 1.5, -1, 0.999999999)
SWITCHES = ("switch luck", "switch hazards", "regime drawn", "rule regime", "waiver path")
WHOLE = "A whole number from"


def typed(command, lever, value):
    """A choice between two, typed after `--set`."""
    argv = (*command.split(), "--set", f"{lever}={value}", "--out", "new")
    return Row(
        f"{command.split()[0]} --set", argv, f"`{lever}` is set to .*{WHOLE}", world="project"
    )


def toml(lines, says):
    """The same in a pathway file."""
    return Row(
        "TOML",
        "run mine.toml --draws 0 --out new",
        says,
        files={"mine.toml": f'title = "x"\n[[set]]\n{lines}\n'},
        world="project",
    )


def design(command, text, says):
    """The same in draws on file."""
    argv = f"{command} --design mine.csv --out new"
    name = f"{command.split()[0]} --design"
    return Row(name, argv, says, files={"mine.csv": text}, world="project")


def api(path, ask, says, code=2):
    """The same from Python."""
    return Row(path, call=lambda _: ask(), says=says, code=code, world="project")


def settings(value, **more):
    """A run of one date with a regime of some kind."""
    return bo.simulate(
        "status-quo", settings={"rule regime": value}, outputs=["rule regime"], **more
    )


TYPED = [
    *(typed("run status-quo", lever, 0.5) for lever in SWITCHES),
    *(typed("run status-quo --beyond-range", "switch luck", value) for value in BETWEEN),
    *(
        typed(command, "switch luck", 0.5)
        for command in (
            "deadline status-quo",
            "sweep status-quo --draws 4 --vary luck",
            "check status-quo",
            "figures status-quo",
            "report status-quo",
            "compare status-quo mobilization",
            "export status-quo",
            "delay mobilization",
            "money mobilization",
            "loops status-quo",
            "explore status-quo",
            "frontier",
        )
    ),
    Row(
        "attribute --set",
        "attribute status-quo mobilization --outcome 'US magnet output' "
        "--year 2035 --set 'switch luck=0.5' --out new",
        WHOLE,
        world="project",
    ),
    Row(
        "why --set", "why SmCo --set 'switch luck=0.5' --out new", f"{WHOLE}|SmCo", world="project"
    ),
    Row("deadline --regime", "deadline --regime 1.5 --out new", "Accepted: A, B, C, drawn"),
    Row("deadline --regime", "deadline --regime a --out new", "`--regime` is `a`"),
    Row(
        "run --set letter",
        "run --set 'rule regime=D' --out new",
        "Accepted: `A`, `B`, `C`",
        world="project",
    ),
    Row(
        "run --set letter",
        "run --set 'rule regime=AB' --out new",
        "Accepted: `A`, `B`, `C`",
        world="project",
    ),
    Row(
        "run --set, near a whole number",
        "run --set 'rule regime=2.0000000001' --out new",
        "is set to 2.0000000001",
        world="project",
    ),
    Row(
        "run --set a choice of a table",
        "run status-quo --set 'status of project[MP stage II,operating]=0.5' --out new",
        "is set to 0.5. It is a choice: 0 or 1",
        world="project",
    ),
    Row(
        "run --set a region between",
        "run status-quo --set 'region of project[Noveon nameplate,"
        "US]=0.5' --set 'region of project[Noveon nameplate,Allies]=0.5' --out new",
        "It is a choice: 0 or 1",
        world="project",
    ),
    Row(
        "sweep --vary X=a:b:n",
        "sweep status-quo --vary 'switch luck=0:1:3' --out new",
        "`switch luck` is given 0.5. It is discrete",
        world="project",
    ),
    Row(
        "sweep --vary X=a,b",
        "sweep status-quo --vary 'rule regime=1,1.5,2' --out new",
        "`rule regime` is given 1.5. It is discrete",
        world="project",
    ),
    Row(
        "sweep --vary X=a:b:n, beyond",
        "sweep status-quo --vary 'rule regime=1:5:5' --out new --beyond-range",
        WHOLE,
        world="project",
    ),
    Row(
        "sweep --vary X=, two levers",
        "sweep status-quo --vary 'grant start=2026,2028' --vary 'rule regime=1:2:3' --out new",
        "is given 1.5",
        world="project",
    ),
]
FILES = [
    toml('lever = "rule regime"\nvalue = 1.5', f"`rule regime` is set to 1.5. {WHOLE} 1 to 3"),
    toml('lever = "rule regime"\nvalue = "b"', "is set to `b`, which is text"),
    toml('lever = "rule regime"\nvalue = true', "is set to `True`, which is true or false"),
    toml('lever = "switch luck"\nvalue = "yes"', "is set to `yes`, which is text"),
    toml('lever = ["switch luck", "switch hazards"]\nvalue = 0.5', "set to 0.5"),
    toml('[set.levers]\n"switch luck" = 0.25', "set to 0.25"),
    design("run status-quo", "rule regime\n1\n1.5\n2\n", "`rule regime` is given 1.5"),
    design("deadline status-quo", "switch luck\n0.5\n", "`switch luck` is given 0.5"),
    design("sweep status-quo", "switch hazards\n0\n0.5\n1\n", "`switch hazards` is given 0.5"),
    design("sweep status-quo --beyond-range", "rule regime\n1\n4\n", f"{WHOLE} 1 to 3"),
    design("compare status-quo mobilization", "rule regime\n1.5\n", "is given 1.5"),
    design("export status-quo", "rule regime\n1.5\n", "is given 1.5"),
    design("claims", "rule regime\n1.5\n", "is given 1.5"),
    design("hindcast", "switch luck\n0.5\n", "is given 0.5|luck"),
    design("delay mobilization", "rule regime\n1.5\n", "is given 1.5"),
    design("money mobilization", "rule regime\n1.5\n", "is given 1.5"),
    design("loops", "rule regime\n1.5\n", "is given 1.5"),
    design(
        "sweep status-quo",
        "secondment share[magnets],secondment share[metal]\n0.5,0.3\n0.1,0.2\n",
        "`secondment share.*` sums to",
    ),
]
NO_NUMBERS = (1.5, "b", "2", True, np.True_, None, [1], 1 + 0j, float("nan"), np.array([1, 2]), {})
PYTHON = [
    *(
        api(
            f"simulate: {type(value).__name__}", lambda v=value: settings(v), "`rule regime` is set"
        )
        for value in NO_NUMBERS
    ),
    api("simulate beyond", lambda: settings(4, beyond_range=True), f"{WHOLE} 1 to 3"),
    api(
        "resolve, a letter",
        lambda: resolve(load_model(), "status-quo", {"rule regime": "B"}).extra_values,
        "2.0",
        0,
    ),
    api("given", lambda: bo.given({"rule regime": [1, 2.2]}), "is given 2.2. It is discrete"),
    api(
        "given, letters",
        lambda: bo.given({"rule regime": ["A", "C"]}).values[:, 0].tolist(),
        r"\[1.0, 3.0\]",
        0,
    ),
    api("given, a wrong letter", lambda: bo.given({"rule regime": ["A", "X"]}), "is given"),
    api("grid", lambda: bo.grid({"rule regime": (1, 2.5)}), "is given 2.5. It is discrete"),
    api("grid, a list", lambda: bo.grid({"switch luck": [0, 0.5]}), "is given 0.5. It is discrete"),
    api(
        "grid, more points",
        lambda: bo.grid({"rule regime": (1, 3)}, points=5).values.tolist(),
        r"\[\[1.0\], \[2.0\], \[3.0\]\]",
        0,
    ),
    api(
        "latin_hypercube",
        lambda: bo.latin_hypercube(8, vary={"rule regime": (1.2, 2.7)}),
        "is given 1.2. It is discrete",
    ),
    api(
        "latin_hypercube draws",
        lambda: (
            set(bo.latin_hypercube(64, seed=1, vary={"rule regime": (1, 3)}).values.ravel())
            == {1, 2, 3}
        ),
        "True",
        0,
    ),
    api(
        "sobol draws",
        lambda: set(bo.sobol(8, seed=1, vary="switch luck").values.ravel()) == {0, 1},
        "True",
        0,
    ),
    api(
        "saltelli draws",
        lambda: set(saltelli(16, seed=1, vary="switch*").values.ravel()) <= {0, 1},
        "True",
        0,
    ),
    api(
        "one_at_a_time",
        lambda: bo.one_at_a_time("rule regime").values.tolist(),
        r"\[\[nan\], \[1.0\], \[3.0\]\]",
        0,
    ),
    api(
        "with_settings",
        lambda: bo.simulate(bo.pathway("status-quo").with_settings({"rule regime": 1.5})),
        WHOLE,
    ),
    api(
        "response",
        lambda: bo.response(
            {"rule regime": [1, 1.5]}, "status-quo", outcome="US magnet output", year=2035
        ),
        "is given 1.5",
    ),
    api(
        "compare",
        lambda: bo.compare(["status-quo", "mobilization"], draws=0, settings={"switch luck": 0.5}),
        WHOLE,
    ),
    api(
        "attribute",
        lambda: bo.attribute(
            "status-quo",
            "mobilization",
            outcome="US magnet output",
            year=2035,
            settings={"rule regime": 1.5},
        ),
        WHOLE,
    ),
    api(
        "sweep",
        lambda: bo.sweep(
            bo.latin_hypercube(4, seed=1, vary="luck"),
            "status-quo",
            settings={"switch hazards": 0.5},
        ),
        WHOLE,
    ),
    api("resolve", lambda: resolve(load_model(), "status-quo", {"waiver path": 0.5}), WHOLE),
    api(
        "check_values",
        lambda: check_values(load_model(), [Setting("switch luck", 1e-12)]),
        "is set to 1e-12",
    ),
    api("parse_setting", lambda: parse_setting("rule regime=b"), "Accepted: `A`, `B`, `C`"),
    api("parse_setting, a letter", lambda: parse_setting("Rule  Regime= C ").value, "^3.0$", 0),
    api(
        "shares",
        lambda: resolve(
            load_model(), "status-quo", {"lead line[Noveon nameplate,NdFeB magnets]": 0.5}
        ),
        "It is a choice: 0 or 1",
    ),
]
ROWS = [*TYPED, *FILES, *PYTHON]
