"""What the docstrings show works as shown."""

import ast
import builtins
import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

import buildout


def module_names() -> list[str]:
    found = pkgutil.walk_packages(buildout.__path__, "buildout.")
    names = (module.name for module in found if not module.name.endswith("__main__"))
    return ["buildout", *(name for name in names if ">>>" in _source(name))]


def _source(name: str) -> str:
    """The text of a module, which is not imported for it."""
    place = Path(buildout.__file__).parents[1].joinpath(*name.split("."))
    file = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
    return file.read_text(encoding="utf-8")


#: Whose examples run many worlds or draw figures: run in slow tests, read here,
#: and the verbs are called in quick tests of their own.
LONG = {
    "analysis.compare",
    "analysis.condition",
    "analysis.deciders",
    "analysis.derivatives",
    "analysis.frontier",
    "analysis.money",
    "analysis.odds",
    "analysis.sensitivity",
    "analysis.short_list",
    "analysis.total_order",
    "analysis.validate",
    "analysis.why",
    "checks",
    "documents.handed_on",
    "experiments.claims.verdicts",
    "experiments.loops",
    "figures.capacity",
    "figures.chain",
    "figures.constraints",
    "figures.deadline_card",
    "figures.defense_need",
    "figures.expectations",
    "figures.gains",
    "figures.history",
    "figures.magnet_output",
    "figures.money",
    "figures.odds_by_date",
    "figures.prices",
    "figures.project_capacity",
    "figures.project_dates",
    "figures.self_sufficiency",
    "figures.vulnerability",
    "figures.workforce",
    "outcomes.stages",
    "page.content",
    "page.explore",
    "sweeps.run",
}
SLOW = [f"buildout.{name}" for name in sorted(LONG)]


def marked(name):
    return pytest.param(name, marks=[pytest.mark.slow] * (name in SLOW))


@pytest.mark.parametrize("name", [marked(name) for name in module_names()])
def test_examples_of_a_module_run_as_shown(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    module = importlib.import_module(name)
    # Of the module by name: `buildout.simulate` as an attribute is the verb.
    failed, _ = doctest.testmod(module, optionflags=doctest.ELLIPSIS)
    assert failed == 0


@pytest.mark.parametrize("name", SLOW)
def test_long_examples_import_and_call_what_there_is(name):
    """All but the run: what is imported is there, and nothing is called by another name."""
    module = importlib.import_module(name)
    shown = [one for one in doctest.DocTestFinder().find(module) if one.examples]
    assert shown
    for one in shown:
        lines = [example.source for example in one.examples]
        known = {**one.globs, **vars(builtins)}
        for line in lines:
            if line.startswith(("import ", "from ")):
                exec(line, known)
        tree = ast.parse("".join(lines))
        words = [word for word in ast.walk(tree) if isinstance(word, ast.Name)]
        made = {word.id for word in words if isinstance(word.ctx, ast.Store)}
        assert {word.id for word in words} <= set(known) | made, one.name


@pytest.mark.parametrize("name", sorted(set(buildout.__all__) - {"engine", "figures"}))
def test_everything_public_explains_itself(name):
    thing = getattr(buildout, name)
    assert thing.__doc__
    assert len(thing.__doc__.splitlines()[0]) > 15


@pytest.mark.parametrize(
    "name",
    ["simulate", "sweep", "pathway", "load_model", "deadline", "check_all", "explain"],
)
def test_every_verb_has_an_example(name):
    assert ">>>" in getattr(buildout, name).__doc__
