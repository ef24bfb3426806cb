"""The recipes run as a reader would run them, and write their pictures and numbers."""

import ast
import csv
import inspect
import json
import re
import runpy
import struct
from pathlib import Path

import pytest
from matplotlib.figure import Figure

RECIPES = Path(__file__).parents[2] / "figures" / "recipes"
SCRIPTS = {path.stem: path for path in sorted(RECIPES.glob("*.py"))}
LONG = {"cost_of_delay", "lever_with_the_need_marked", "two_policies_on_a_slide"}
SHAPES = {"fan_of_your_own_pathway": (89 / 25.4, 300), "two_policies_on_a_slide": (13.33, 144)}


def size_of(png):
    """Width and height of a PNG, in its own dots."""
    return struct.unpack(">II", png.read_bytes()[16:24])


def run(name, folder):
    recipe = runpy.run_path(str(SCRIPTS[name]))["main"]
    few = {"draws": 100} if "draws" in inspect.signature(recipe).parameters else {}
    recipe(folder, **few)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] * (name in LONG)) for name in SCRIPTS]
)
def test_a_recipe_writes_its_picture_and_its_numbers(name, tmp_path):
    folder = tmp_path / "not" / "yet there"
    run(name, folder)
    width, height = size_of(folder / f"{name}.png")
    if name in SHAPES:
        inches, dots = SHAPES[name]
        assert width == pytest.approx(inches * dots, abs=1.5)
    assert width > height
    with open(folder / f"{name}.csv", newline="") as file:
        rows = list(csv.reader(file))
    assert len(rows) > 2
    assert {path.stem for path in folder.iterdir()} == {name}


def test_recipes_use_what_is_public_and_each_is_told():
    page = (RECIPES / "README.md").read_text()
    told = set(re.findall(r"\]\(([\w.]+)\)", page))
    assert told == {path.name for path in RECIPES.iterdir()} - {"README.md"}
    assert len(told) == 6
    for name in told:
        modules = re.findall(r"\bbuildout\.(\w+)", (RECIPES / name).read_text())
        assert not modules, name


def cells():
    book = json.loads((RECIPES / "tour.ipynb").read_text())
    return [cell for cell in book["cells"] if cell["cell_type"] == "code"]


def test_the_notebook_is_committed_without_outputs():
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells())


@pytest.mark.slow
def test_the_cells_of_the_notebook_run_in_order(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    namespace: dict = {"__name__": "tour"}
    shown = []
    for cell in cells():
        tree = ast.parse("".join(cell["source"]))
        namespace["shown"] = None
        if isinstance(tree.body[-1], ast.Expr):
            # What stands alone in the last line of a cell is what a notebook shows.
            named: list[ast.expr] = [ast.Name("shown", ast.Store())]
            tree.body[-1] = ast.Assign(named, tree.body[-1].value)
            ast.fix_missing_locations(tree)
        exec(compile(tree, "tour.ipynb", "exec"), namespace)
        shown.append(namespace["shown"])
    assert (tmp_path / "tour.png").stat().st_size > 10_000
    assert any(isinstance(each, Figure) for each in shown)
    assert all(len(each) for each in shown if isinstance(each, list))
