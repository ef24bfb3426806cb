"""Events and claims are complete, dated and numbered once."""

import re

import pytest


@pytest.fixture(scope="module")
def events(table):
    return table("events.csv")


@pytest.fixture(scope="module")
def claims(table):
    return table("claims.csv")


def test_all_98_claims_are_there_once(claims):
    assert [row["id"] for row in claims] == [f"C{n:02d}" for n in range(1, 99)]


def test_every_claim_says_how_a_model_shows_it_and_what_follows(claims):
    for row in claims:
        assert row["claim"], row
        assert row["kind"], row
        assert row["representation"], row
        assert row["prediction"], row
        assert re.fullmatch(r"A[1-5](;A[1-5])*", row["article"]), row


def test_evidence_with_sources_is_told_in_words(claims, source_ids):
    for row in claims:
        if source_ids(row):
            assert row["evidence"].strip(), row
        assert "[P" not in row["evidence"], row


def test_every_event_has_a_number_a_date_a_lever_and_a_source(events, source_ids):
    assert len({row["id"] for row in events}) == len(events)
    for row in events:
        assert re.match(r"(19|20)\d\d", row["date"]), row
        assert row["maps_to"], row
        assert source_ids(row), row


def test_the_decimal_time_of_an_event_lies_in_its_year(events):
    for row in events:
        if row["time"]:
            assert int(float(row["time"])) == int(row["date"][:4]), row
