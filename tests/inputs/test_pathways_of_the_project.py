"""The pathways that come with buildout fit the model, and every value in them has its reason."""

import csv
import json

import pytest

from buildout.inputs import places
from buildout.inputs.model import KNOWN_UNTIL, load_model
from buildout.inputs.pathway import CANONICAL, pathway, pathway_names
from buildout.inputs.resolve import SETTLED_KINDS, pathway_values, resolve
from buildout.simulation.simulate import simulate

COMPANIONS = {
    "status-quo-2025",
    "upstream-orders",
    "china-deal-ideal",
    "hybrid",
    "allied-network",
}


@pytest.fixture(scope="module")
def model():
    return load_model()


@pytest.fixture(scope="module")
def source_ids():
    with open(places.calibration_folder() / "sources.csv", newline="", encoding="utf-8") as file:
        return {row["source_id"] for row in csv.DictReader(file)}


def test_the_three_canonical_pathways_and_their_companions_are_there():
    found = pathway_names()
    assert found[:3] == list(CANONICAL)
    assert set(found) >= COMPANIONS


@pytest.mark.parametrize("name", pathway_names(shared=True))
def test_a_pathway_sets_only_what_the_model_has_within_its_range(name, model):
    assert isinstance(pathway_values(model, name), dict)


@pytest.mark.parametrize("name", pathway_names(shared=True))
def test_every_value_has_a_source_that_resolves_or_is_called_judgement(name, source_ids):
    for setting in pathway(name).settings:
        cited = {part.strip() for part in setting.source.split(";")}
        assert cited <= source_ids | {"judgement"}, setting
        assert setting.note, setting


@pytest.mark.parametrize("name", pathway_names())
def test_every_pathway_tells_its_story(name):
    found = pathway(name)
    assert found.title != name
    assert len(found.description) > 40


def test_no_two_pathways_are_the_same(model):
    values = [tuple(sorted(pathway_values(model, n).items())) for n in pathway_names()]
    assert len(set(values)) == len(values)


def test_announcements_and_decisions_are_separate_settings(model):
    """The same policy with the knowledge of early 2025 differs in that one date only."""
    policy = pathway("status-quo")
    ds = simulate(
        policy, known_until=2025.0, outputs=["announced capacity"], final_time=2026, model=model
    )
    known = json.loads(ds.attrs["settings"])[policy.name]
    assert known.pop(KNOWN_UNTIL)["value"] == 2025.0
    before = dict(resolve(model, policy).scenarios[0].changes)
    before.pop(KNOWN_UNTIL, None)
    assert known == before


@pytest.mark.parametrize("name", pathway_names())
def test_what_a_pathway_settles_is_told_even_where_it_is_the_default(model, name):
    """Else a run rebuilt from what its results say of it draws what `sweep` settles."""
    (scenario,) = resolve(model, name).scenarios
    settled = {s for s in scenario.values if model.kind_of(s) in SETTLED_KINDS}
    listed = {s for change in scenario.changes for s in model.scalars(change)}
    assert settled <= listed
