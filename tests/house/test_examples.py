"""What the docstrings show works as shown."""

import doctest
import importlib
import pkgutil

import pytest

import buildout


def module_names() -> list[str]:
    found = pkgutil.walk_packages(buildout.__path__, "buildout.")
    return ["buildout", *(module.name for module in found if not module.name.endswith("__main__"))]


def marked(name):
    """Derivatives of the project's model need seconds of compilation."""
    slow = name == "buildout.analysis.derivatives"
    return pytest.param(name, marks=[pytest.mark.slow] if slow else [])


@pytest.mark.parametrize("name", [marked(name) for name in module_names()])
def test_examples_of_a_module_run_as_shown(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    module = importlib.import_module(name)
    # Of the module by name: `buildout.simulate` as an attribute is the verb.
    failed, _ = doctest.testmod(module, optionflags=doctest.ELLIPSIS)
    assert failed == 0


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
