"""Every number can be followed to a source, and every source is there once."""

import collections
import re

import pytest

from buildout.inputs import places

SOURCED = [
    "events.csv", "claims.csv", "projects.csv", "parameters.csv", "reference_class.csv",
    "defense_need.csv", "defense_need_factors.csv", "defense_need_top_down.csv",
    "money.csv", "projections.csv",
]  # fmt: skip
# In place of an address: somebody has read it, but where it stands cannot be shown.
NO_ADDRESS = "secondary, unverified"


def test_no_source_id_is_used_twice_even_in_another_spelling(sources):
    counted = collections.Counter(row["source_id"].casefold() for row in sources)
    assert [name for name, n in counted.items() if n > 1] == []


def test_every_source_has_title_publisher_date_and_an_address_or_says_that_it_has_none(sources):
    for row in sources:
        assert list(row) == ["source_id", "title", "publisher", "date", "url"]
        assert all(row[column].strip() for column in row), row
        assert row["url"] == NO_ADDRESS or re.fullmatch(r"https?://\S+", row["url"]), row


@pytest.mark.parametrize("name", SOURCED)
def test_what_rests_on_sources_without_an_address_alone_is_graded_weak(
    name, table, sources, source_ids
):
    unseen = {row["source_id"] for row in sources if row["url"] == NO_ADDRESS}
    for row in table(name):
        cited = set(source_ids(row))
        if cited and cited <= unseen and "grade" in row:
            assert row["grade"] in ("C", "D", "U"), row


@pytest.mark.parametrize("name", SOURCED)
def test_every_cited_id_resolves(name, table, sources, source_ids):
    known = {row["source_id"] for row in sources}
    missing = {i for row in table(name) for i in source_ids(row)} - known
    assert missing == set()


def test_every_observation_has_a_source_that_resolves(observation_rows, sources, source_ids):
    known = {row["source_id"] for row in sources}
    for row in observation_rows:
        assert source_ids(row), row
        assert set(source_ids(row)) <= known, row


def test_ids_in_the_texts_resolve(sources):
    known = {row["source_id"] for row in sources}
    for name in ("README.md", "deadline.md"):
        text = (places.calibration_folder() / name).read_text(encoding="utf-8")
        assert set(re.findall(r"\b[PSVR]\d{2,3}\b", text)) <= known


def test_every_source_is_cited_somewhere(table, sources, source_ids, observation_rows):
    cited = {i for row in observation_rows for i in source_ids(row)}
    for name in SOURCED:
        cited |= {i for row in table(name) for i in source_ids(row)}
    texts = [places.calibration_folder() / "README.md", places.calibration_folder() / "deadline.md"]
    texts += sorted(places.pathways_folder().glob("*.toml"))
    texts.append(places.model_file().parent / "VALIDATION.md")
    for path in texts:
        cited |= set(re.findall(r"\b[MPSVR]\d{2,3}\b", path.read_text(encoding="utf-8")))
    assert {row["source_id"] for row in sources} - cited == set()
