"""Kind 15, words: options given twice, settings that contradict each other, names by accident."""

from hostile_rows import Row

TOML = 'title = "mine"\nextends = "common"\n'


def sets(*lines, head=""):
    """A pathway of one's own with some `[[set]]`."""
    return {"mine.toml": head + TOML + "".join(f"\n[[set]]\n{line}\n" for line in lines)}


def mine(path, says, *lines, head="", **more):
    """A row about a pathway file."""
    return Row(path, "run mine.toml --out new", says, files=sets(*lines, head=head), **more)


TWICE = [
    Row(
        f"{command}: {option}",
        f"{command} {option} {one} {option} {two}",
        f"`{option}` is given twice",
    )
    for command, option, one, two in (
        ("run", "--out", "a", "b"),
        ("deadline", "--regime", "A", "B"),
        ("deadline", "--defense-need", "1", "2"),
        ("deadline", "--magnet-class", "SmCo", "x"),
        ("sweep", "--draws", "8", "9"),
        ("sweep", "--seed", "1", "2"),
        ("sweep", "--design", "lhs", "sobol"),
        ("sweep", "--outputs", "a", "b"),
        ("sweep", "--at", "2026", "2027"),
        ("sweep", "--jobs", "1", "2"),
        ("sweep", "--out", "a", "b"),
        ("explain", "--year", "2026", "2027"),
        ("explain", "--pathway", "a", "b"),
        ("levers", "--pathway", "a", "b"),
        ("check", "--known-until", "2025", "2026"),
        ("check", "--out", "a", "b"),
        ("compare a b", "--pathway", "x", "y"),
        ("compare a b", "--seed", "1", "2"),
        ("export a", "--date", "x", "y"),
        ("figures", "--out", "a", "b"),
        ("report", "--out", "a", "b"),
        ("need", "--table", "a", "b"),
        ("need", "--year", "2025", "2026"),
        ("claims", "--seed", "1", "2"),
        ("hindcast", "--start", "2018", "2021"),
        ("why SmCo", "--out", "a", "b"),
        ("frontier", "--out", "a", "b"),
        ("delay", "--base", "a", "b"),
        ("money", "--out", "a", "b"),
        ("loops", "--outcome", "a", "b"),
        ("attribute a b", "--outcome", "x", "y"),
        ("reproduce a", "--out", "a", "b"),
        ("uncertainties", "--out", "a", "b"),
        ("run", "--engine", "batch", "reference"),
        ("run", "--final-time", "2026", "2027"),
        ("run", "--time-step", "0.1", "0.2"),
    )
]
CONFLICTS = [
    Row(
        f"{command} --set twice",
        f"{command} status-quo --set subsidy=1 --set {second} --out new",
        f"`--set subsidy=1` and `--set {said}` set the same. Keep one",
    )
    for command in ("run", "check", "figures", "report", "sweep")
    for second, said in (("SUBSIDY=2", "SUBSIDY=2"), ("'\"subsidy\"=1'", '"subsidy"=1'))
] + [
    Row(
        "known until and --set",
        "run status-quo --known-until 2025 --set 'projects known until=2026' --out new",
        "`--set projects known until=2026` and `--known-until 2025` set the same",
    ),
    Row(
        "elements that overlap",
        "run --set 'initial capacity[US,metal]=30' --set 'initial capacity[*,metal]=30' --out new",
        "set the same. Keep one",
    ),
    Row("a set in the design", "sweep --set cost=2 --draws 4 --out new", "the design draws `cost`"),
    Row(
        "a start after its end",
        "run --set 'subsidy start=2029' --out new",
        "`subsidy start` is 2029, after `subsidy end`",
    ),
]
NAMES = [
    Row(f"name by accident: {asked[0]}", asked, says)
    for asked, says in (
        (("run", "--set", "sub=1"), "Unknown lever `sub`. Nearest: `subsidy"),
        (("run", "--set", "subsidy[=1"), r"Unknown|\[="),
        (("run", "--set", "subsidy*=1"), "Unknown lever `subsidy\\*`"),
        (("run", "--set", "s=1"), "Unknown lever `s`"),
        (("run", "--set", "subsidy!=1"), "Unknown lever `subsidy!`"),
        (("run", "status"), "Unknown pathway `status`. Nearest: `status-quo`"),
        (("run", "Status-Quo"), "Unknown pathway `Status-Quo`. Nearest: `status-quo`"),
        (("run", "status_quo"), "Unknown pathway `status_quo`"),
        (("sweep", "--vary", "c", "--draws", "4"), "Unknown parameter `c`"),
        (("sweep", "--vary", "cost[US]", "--draws", "4"), "cost"),
        (("sweep", "--outputs", "total", "--draws", "4"), "Unknown output `total`. Nearest"),
        (("explain", "total"), "Unknown variable `total`. Nearest: `total capacity`"),
        (("compare", "mobil", "status-quo"), "Unknown pathway `mobil`. Nearest: `mobilization`"),
        (("delay", "mobil"), "Unknown pathway `mobil`. Nearest: `mobilization`"),
        (("export", "mobil"), "Unknown pathway `mobil`"),
        (("export", "status-quo", "--format", "CSV"), "Unknown format `CSV`. Nearest: `csv`"),
        (("figures", "deadline"), "Unknown figure or pathway `deadline`"),
        (("completion", "z"), "Accepted: bash, zsh, fish"),
        (("ru",), "ru`"),
        (("run", "--dra", "4"), "Unknown option `--dra`. Nearest: `--draws`"),
        (("sweep", "--se", "4"), "Unknown option `--se`"),
        (("run", "--engine", "bat"), "`--engine` is `bat`. Accepted: batch, reference"),
        (("sweep", "--design", "LHS", "--draws", "4"), "`--design` is `LHS`. Accepted: lhs"),
    )
]
FILES = [
    mine("TOML: a key of the file", "`titel`.*Nearest: `title`|titel", head='titel = "x"\n'),
    mine("TOML: a key of a set", "`vlaue`", 'lever = "cost"\nvlaue = 2'),
    mine("TOML: a key of a set", "`sorce`", 'lever = "cost"\nvalue = 2\nsorce = "S01"'),
    mine("TOML: [set] for [[set]]", "set", head='set = {lever = "cost", value = 2}\n'),
    mine("TOML: text for a number", "is set to `2`, which is text", 'lever = "cost"\nvalue = "2"'),
    mine("TOML: truth for a number", "true or false", 'lever = "guard"\nvalue = true'),
    mine(
        "TOML: a list of one", "is set to a value, which is a list", 'lever = "cost"\nvalue = [2]'
    ),
    mine("TOML: NaN", "is set to `nan`", 'lever = "cost"\nvalue = nan'),
    mine("TOML: a day", "a date", 'lever = "subsidy start"\nvalue = 2026-01-01'),
    mine("TOML: a unit", "is given in `USD`", 'lever = "cost"\nvalue = 2\nunit = "USD"'),
    mine("TOML: twice in one file", "is set twice", *['lever = "cost"\nvalue = 2'] * 2),
    mine(
        "TOML: an exception above its rule",
        "An exception is accepted below",
        'lever = "initial capacity[US,metal]"\nvalue = 12',
        'lever = "initial capacity"\nvalue = 13',
    ),
    mine("TOML: two forms", "has `levers` and `value`", "value = 2\n[set.levers]\ncost = 2"),
    mine(
        "TOML: a title that is a list",
        "`description` is a list",
        head='title = ["x"]\n'.replace("title", "description"),
    ),
    mine("TOML: years as text", "`final_time` is text", head='final_time = "2030"\n'),
    mine("TOML: shared as a word", "`shared` is text", head='shared = "yes"\n'),
    mine("TOML: a lever that is computed", "is computed", 'lever = "total capacity"\nvalue = 2'),
    mine("TOML: a control", "is a control of the run", 'lever = "time step"\nvalue = 1'),
    mine("TOML: beyond the range", "Accepted: 1 to 4", 'lever = "cost"\nvalue = 400'),
]
STEPS = [
    Row(
        f"{command}: a coarse step",
        f"{command} status-quo --time-step 0.5 --out new",
        "time step of 0.5 years is .* times the model's own",
        code=0,
        changes=(),
        slow=True,
    )
    for command in ("run --draws 0",)
]
ROWS = [*TWICE, *CONFLICTS, *NAMES, *FILES, *STEPS]
