"""Runs that know how they are drawn, and their odds, made once for all tests of this room."""

import pytest

import buildout as bo
from buildout.analysis.worlds import ask_draws
from buildout.outcomes.chances import LEAST_DRAWS
from buildout.outcomes.deadline import deadline_rows
from buildout.outcomes.odds import with_odds


@pytest.fixture(scope="session")
def run(three):
    """A run with too few draws for odds that are told."""
    return ask_draws(three, 24, 5)


@pytest.fixture(scope="session")
def odds(run):
    return bo.odds(run)


@pytest.fixture(scope="session")
def told(three):
    """A run with draws enough for odds that are told."""
    return ask_draws(three, LEAST_DRAWS, 5)


@pytest.fixture(scope="session")
def rows(told):
    """Its verdict with its odds."""
    return with_odds(deadline_rows(told), bo.odds(told))
