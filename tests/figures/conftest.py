"""Results of the project's model that all tests of figures and report look at."""

import pytest

import buildout as bo

EIGHT = (
    "status-quo",
    "mobilization",
    "china-deal",
    "status-quo-2025",
    "upstream-orders",
    "china-deal-ideal",
    "hybrid",
    "allied-network",
)


@pytest.fixture(scope="session")
def three():
    """The canonical pathways."""
    return bo.simulate()


@pytest.fixture(scope="session")
def eight():
    """All pathways that come with buildout and are told apart by their look."""
    return bo.simulate(EIGHT)
