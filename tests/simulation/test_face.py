"""The public face: what stands in the stub is there, typed, and nothing else is."""

import ast
import inspect
import typing
from pathlib import Path

import numpy as np
import pytest

import buildout as bo
from buildout.figures.style import drawn

STUB = Path(bo.__file__).with_name("__init__.pyi")
OBJECTS = [name for name in bo.__all__ if not inspect.ismodule(getattr(bo, name))]


def reveals_any(hint, seen=()):
    """Whether a type says "anything", however deep inside; a bare array or list says it too."""
    if hint in (typing.Any, np.ndarray, list, tuple, dict):
        return True
    return any(reveals_any(part) for part in typing.get_args(hint) if part is not ...)


def hints_of(thing):
    """All types that a function or class of ours shows: its own, its public methods'."""
    if not inspect.isclass(thing):
        return {"": typing.get_type_hints(thing)}
    found = {"": typing.get_type_hints(thing)}
    for name, member in vars(thing).items():
        function = getattr(member, "fget", None) or getattr(member, "func", None) or member
        if (name == "__init__" or not name.startswith("_")) and inspect.isfunction(function):
            found[name] = typing.get_type_hints(function)
    return found


@pytest.mark.parametrize("name", OBJECTS)
def test_no_public_name_reveals_any(name):
    loose = [
        (method, argument)
        for method, hints in hints_of(getattr(bo, name)).items()
        for argument, hint in hints.items()
        if reveals_any(hint)
    ]
    assert loose == []


@pytest.mark.parametrize("name", bo.figures.__all__)
def test_no_figure_reveals_any(name):
    thing = getattr(bo.figures, name)
    if inspect.isfunction(thing):
        assert not any(map(reveals_any, typing.get_type_hints(thing).values()))


def test_a_drawn_figure_keeps_the_types_of_its_arguments():
    taken = typing.get_args(typing.get_type_hints(drawn)["function"])[0]
    assert taken is typing.get_args(typing.get_type_hints(drawn)["return"])[0]
    assert isinstance(taken, typing.ParamSpec)


@pytest.mark.parametrize("name", OBJECTS)
def test_every_argument_and_result_has_a_type(name):
    thing = getattr(bo, name)
    if inspect.isfunction(thing):
        hints = typing.get_type_hints(thing)
        assert set(inspect.signature(thing).parameters) | {"return"} <= set(hints)


def test_the_stub_names_what_is_there_and_says_where_it_is():
    tree = ast.parse(STUB.read_text(encoding="utf-8"))
    imported = {
        alias.asname or alias.name: "." * node.level + (node.module or "")
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    listed = next(
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and node.targets[0].id == "__all__"
    )
    assert sorted(imported) == sorted(listed) == sorted(bo.__all__)
    for name, module in imported.items():
        thing = getattr(bo, name)
        if inspect.isclass(thing) or inspect.isfunction(thing):
            assert thing.__module__ == f"buildout{module}" or thing.__module__.startswith(
                f"buildout{module}."
            ), name


def test_looking_into_the_package_shows_its_public_names_alone():
    for place in (bo, bo.figures, bo.engine):
        assert dir(place) == sorted(place.__all__)
