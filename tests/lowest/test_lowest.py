"""What must run with the lowest versions that pyproject.toml allows: every module, every command.

`.ci/run` asks these where exactly those versions are installed; here they run with the newest.
"""

import importlib
import os
import pkgutil
import sys
from importlib import metadata
from pathlib import Path

import pytest

import buildout as bo
from buildout.cli.main import main

sys.path.insert(0, str(Path(__file__).parents[1] / "house"))
from lowest import lowest

EXTRAS = ("test", "dask", "analysis", "export")
MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(bo.__path__, "buildout.")
    if not module.name.endswith("__main__")
)
OBSERVED = (
    "series,period_start,period_end,value,unit\n"
    "price_nd_oxide,2025-01-01,2025-03-31,60,USD/kg\n"
    "price_nd_oxide,2025-04-01,2025-06-30,62,USD/kg\n"
)
COMMANDS = [
    "run status-quo --draws 0 --out new",
    "run status-quo mobilization --draws 120 --out new",
    "run status-quo --engine reference --draws 0 --final-time 2027 --out new",
    "deadline --draws 120 --out new",
    "deadline status-quo --draws 0 --json --out new",
    "sweep status-quo --draws 16 --out new",
    "sweep status-quo --design sobol --draws 16 --out new",
    "sweep status-quo --design grid --vary 'switch luck' --draws 4 --out new",
    "sweep status-quo --design saltelli --vary 'grant s*' --draws 64 --out new",
    "sweep status-quo --vary 'grant share level=0:0.4:3' --figure --out new",
    "sweep status-quo --draws 16 --jobs 2 --json --out new",
    "compare status-quo mobilization --draws 16 --out new",
    "attribute status-quo mobilization --outcome 'US magnet output' --year 2035 --out new",
    "delay mobilization --draws 16 --out new",
    "money mobilization --draws 0 --out new",
    "loops --draws 0 --out new",
    "check status-quo --out new",
    "claims --draws 0 --out new",
    "condition --observations observed.csv --until 2025.5 --draws 64 --out new",
    "validate observed.csv --draws 64 --out new",
    "hindcast --draws 20 --out new",
    "why 'US magnet output' --by 2035 --draws 64 --out new",
    "frontier --draws 8 --generations 2 --population 8 --out new",
    "export status-quo --format xlsx,pptx,docx,csv,iamc --draws 0 --out new",
    "explore status-quo --out new",
    "figures deadline_card prices status-quo --out new",
    "figures chain magnet_output status-quo --out new",
    "need --draws 100 --out new",
    "explain 'defense coverage'",
    "levers",
    "uncertainties",
    "variables price",
    "pathways",
    "predictions",
    "completion bash",
    "--version",
]
CALLS = {
    "simulate": lambda: bo.simulate("status-quo", outputs=["defense coverage"]),
    "deadline": lambda: bo.deadline(bo.simulate("status-quo")),
    "latin_hypercube": lambda: bo.latin_hypercube(8, seed=1).values,
    "sobol": lambda: bo.sobol(8, seed=1).values,
    "grid": lambda: bo.grid({"grant start": [2026, 2028]}).values,
    "sweep": lambda: bo.sweep(bo.latin_hypercube(8, seed=1), "status-quo"),
    "odds": lambda: bo.odds(bo.simulate("status-quo")),
    "explain": lambda: bo.explain("defense coverage"),
    "load_model": lambda: bo.load_model(),
    "figures": lambda: bo.figures.deadline_card(bo.simulate("status-quo")),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", MODULES)
def test_every_module_is_imported(name):
    assert importlib.import_module(name).__name__ == name


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_answers(command, tmp_path, monkeypatch, capsys):
    import shlex

    monkeypatch.chdir(tmp_path)
    (tmp_path / "observed.csv").write_text(OBSERVED)
    try:
        code = main(shlex.split(command))
    except SystemExit as left:
        code = left.code
    assert code == 0, capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("name", CALLS)
def test_every_verb_answers(name):
    assert CALLS[name]() is not None


@pytest.mark.skipif("BUILDOUT_LOWEST" not in os.environ, reason="the newest versions are here")
@pytest.mark.parametrize(("name", "bound"), lowest(*EXTRAS).items())
def test_exactly_the_lowest_version_is_here(name, bound):
    assert bound is not None, "it has no lowest version"
    installed = metadata.version(name).split(".")
    wanted = bound.split(".")
    assert installed[: len(wanted)] == wanted
    assert not any(part.strip("0") for part in installed[len(wanted) :])
