"""What optional packages bring, and what is said where they are missing."""

import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from buildout._util import extras
from buildout.errors import InputError

PROJECT = Path(__file__).parents[2] / "pyproject.toml"


@pytest.mark.parametrize("package", extras.EXTRAS)
def test_a_missing_package_is_answered_by_what_to_install(
    package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    name, extra = extras.EXTRAS[package]

    with pytest.raises(InputError, match=f"^{name} is not installed") as raised:
        extras.needed(package)
    assert f".[{extra}]" in raised.value.cure


@pytest.mark.slow
def test_the_extra_named_is_one_that_brings_the_package() -> None:
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    declared = project["optional-dependencies"]
    brought = packages_distributions()

    for package, (_, extra) in extras.EXTRAS.items():
        wanted = [line.partition(">=")[0].lower() for line in declared[extra]]
        assert {name.lower() for name in brought[package]} & set(wanted), package
