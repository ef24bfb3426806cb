"""Claims of the founding articles: judged by rules set beforehand, whatever the outcome."""

import json

import numpy as np
import pytest
import xarray as xr

from buildout.cli.main import main
from buildout.experiments.claims import CLAIMS, claim_rows, ensemble, results, statements
from buildout.experiments.claims.cases import CASES, cases
from buildout.experiments.claims.claim import (
    CONTRADICTED,
    SUPPORTED,
    UNDECIDED,
    Claim,
    at_least,
    at_most,
    total,
)

YEARS = np.arange(2025.0, 2046.0)


@pytest.fixture(scope="module")
def found():
    return results()


def claim(supports, margin=0.1):
    return Claim("C00", "a number", "Dmnl", float, supports, margin, ())


def test_at_least_twenty_claims_of_the_table_are_decided_with_the_model():
    assert len({one.number for one in CLAIMS}) >= 20
    assert {one.number for one in CLAIMS} <= set(statements())
    assert len({one.id for one in CLAIMS}) == len(CLAIMS)


@pytest.mark.parametrize(
    ("supports", "value", "verdict"),
    [
        (at_least(1), 1.0, SUPPORTED),
        (at_least(1), 0.95, UNDECIDED),
        (at_least(1), 0.85, CONTRADICTED),
        (at_most(1), 1.0, SUPPORTED),
        (at_most(1), 1.05, UNDECIDED),
        (at_most(1), 1.15, CONTRADICTED),
        ((1, 2), 1.5, SUPPORTED),
        ((1, 2), 0.8, CONTRADICTED),
        ((1, 2), 2.2, CONTRADICTED),
        ((1, 2), np.nan, UNDECIDED),
    ],
)
def test_a_number_supports_contradicts_or_leaves_a_claim_open(supports, value, verdict):
    assert claim(supports).judge(value) == verdict


def test_rules_read_as_words():
    assert claim(at_least(0.8)).rule == "at least 0.8"
    assert claim(at_most(0.2)).rule == "at most 0.2"
    assert claim((2, 3)).rule == "2 to 3"


def test_a_total_is_the_area_under_yearly_values():
    series = xr.DataArray(np.full(21, 3.0), dims="time", coords={"time": YEARS})
    assert float(total(series, 2027, 2032)) == pytest.approx(15)


def test_every_case_is_a_pathway_with_its_settings_last():
    for one in cases():
        own = CASES[one.name][1]
        assert [s.lever for s in one.settings[len(one.settings) - len(own) :]] == list(own)


def test_every_claim_gets_a_number_and_a_verdict(found):
    table = claim_rows(found)
    assert [row["id"] for row in table] == [one.id for one in CLAIMS]
    for row in table:
        assert row["verdict"] in (SUPPORTED, CONTRADICTED, UNDECIDED)
        assert row["value"] is None or np.isfinite(row["value"])
        assert row["claim"]
    # A rule that every claim passes, or none, would be no rule.
    assert len({row["verdict"] for row in table}) >= 2


def test_shares_of_an_ensemble_sum_to_one_and_are_the_same_for_the_same_seed(found):
    table = claim_rows(found, ensemble(6, seed=3))
    for row in table:
        assert row["supported"] + row["contradicted"] + row["undecided"] == pytest.approx(1)
    assert table == claim_rows(found, ensemble(6, seed=3))


def test_the_command_prints_what_it_saves(tmp_path, capsys):
    assert main(["claims", "--json", "--out", str(tmp_path)]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown == json.loads((tmp_path / "claims.json").read_text())
    assert len(shown) == len(CLAIMS)


def test_a_number_of_draws_that_is_none_is_refused(tmp_path, capsys):
    assert main(["claims", "--draws", "some", "--out", str(tmp_path)]) == 2
    assert "`--draws` is `some`. A whole number from 1 is accepted." in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
