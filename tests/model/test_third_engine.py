"""A third, independent engine (simlin, written in Rust) gives the same numbers as ours."""

import numpy as np
import pytest

from buildout import latin_hypercube
from buildout._util import names
from buildout.inputs import places
from buildout.inputs.pathway import pathway_names
from buildout.inputs.resolve import pathway_values
from buildout.vensim import engine, sketch
from buildout.vensim.source import read_source

pytestmark = pytest.mark.slow

# Wheels of pysimlin exist for Linux and macOS only; elsewhere two engines have to do.
simlin = pytest.importorskip("simlin")

PATHWAYS = ("status-quo", "mobilization", "china-deal")
# Of a variable's greatest size. simlin adds and multiplies in another order, and a model with
# feedback carries that rounding on for twenty years; 1.2e-12 was seen.
TOLERANCE = 1e-10
# As in the mass balance: what never reaches a tonne, a person or a million is measured against
# one, since as a difference of large flows it may hold their rounding and nothing else.
AT_LEAST_ONE = ("t", "t/Year", "t/(Year*Year)", "person", "person/Year", "MUSD", "MUSD/Year")


def simlin_key(name: str) -> str:
    """A scalar's name as simlin spells it."""
    base, elements = names.split(name)
    return names.join(names.key(base), (names.key(element) for element in elements))


@pytest.fixture(scope="module")
def other():
    return simlin.load(places.model_file())


def worst_difference(model, ours, row: int, theirs) -> tuple[float, str]:
    """The greatest difference of any scalar, relative to its variable's size; and whose."""
    sizes: dict[str, float] = {}
    for name, values in zip(ours.outputs, ours.values[:, :, row], strict=True):
        owner = model.system.owners[name]
        sizes[owner] = max(sizes.get(owner, 0.0), float(np.abs(values).max()))
    differences = []
    for name, values in zip(ours.outputs, ours.values[:, :, row], strict=True):
        found = theirs[simlin_key(name)].to_numpy()
        owner = model.system.owners[name]
        size = sizes[owner] or 1.0
        if model.system.variables[owner].unit in AT_LEAST_ONE:
            size = max(size, 1.0)
        differences.append((float(np.abs(found - values).max()) / size, name))
    return max(differences)


def test_simlin_and_batch_agree_on_every_variable_in_the_three_pathways(model, other):
    levers = [pathway_values(model, name) for name in PATHWAYS]
    assert_engines_agree(model, other, levers, PATHWAYS)


def drawn(model, vary, start, end):
    """Draws with the settings of a pathway each, which prevail; and what they are called."""
    design = latin_hypercube(200, seed=11, vary=vary, model=model)
    every = [(name, pathway_values(model, name)) for name in pathway_names()]
    for number, row in enumerate(design.rows(start, end), start=start):
        name, levers = every[number % len(every)]
        draw = dict(zip(design.names, row, strict=True))
        values = {s: value for key, value in draw.items() for s in model.scalars(key)}
        yield f"{name}, draw {number}", values | levers


@pytest.mark.parametrize("vary", ["uncertainty", "luck"])
def test_simlin_and_batch_agree_on_every_variable_of_two_hundred_draws(model, other, vary):
    """All uncertainties drawn at once, in worlds of expected luck; or the luck of each plant. A
    world in which two engines differ is one in which the last digit decides what is built."""
    for start in range(0, 200, 8):
        labels, runs = zip(*drawn(model, vary, start, start + 8), strict=True)
        assert_engines_agree(model, other, runs, labels)


def assert_engines_agree(model, other, levers, labels):
    """Every scalar at every saved date, relative to its variable's size."""
    touched = dict.fromkeys(scalar for one in levers for scalar in one)
    columns = {
        scalar: np.array([one.get(scalar, model.constants[scalar]) for one in levers])
        for scalar in touched
    }
    ours = engine.Batch().run(model.system, parameters=columns, outputs=None, controls={})
    for row, name in enumerate(labels):
        overrides = {simlin_key(k): float(v) for k, v in levers[row].items()}
        theirs = other.run(overrides=overrides, analyze_loops=False).results
        np.testing.assert_allclose(theirs.index, ours.times, rtol=1e-12)
        difference, whose = worst_difference(model, ours, row, theirs)
        assert difference < TOLERANCE, f"{name}: {whose} differs by {difference:.2g} of its size"


def test_simlin_finds_nothing_wrong_with_the_model_but_elements_left_undefined(other):
    # Vensim lets a variable have equations for some elements of a range only; simlin says so.
    issues = [issue for issue in other.check() if "missing_element_equation" not in issue.message]
    assert issues == []


def test_simlin_reads_every_view(other):
    drawn = sketch.read_views(places.model_file().read_text(encoding="utf-8"))
    text = other.diagram().svg
    source = read_source(places.model_file().read_text(encoding="utf-8"))
    assert len(drawn) == sum(bool(source.variables(g.name)) for g in source.groups)
    for view in drawn:
        for stock in (shape for shape in view.shapes.values() if shape.kind == "stock"):
            assert stock.name.split()[0] in text
