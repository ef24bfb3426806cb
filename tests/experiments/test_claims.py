"""Claims of the founding articles: judged by rules set beforehand, whatever the outcome."""

import json
import re

import numpy as np
import pytest
import xarray as xr

from buildout.cli.main import main
from buildout.errors import BuildoutError
from buildout.experiments.claims import (
    Claim,
    claim_rows,
    ensemble,
    load_cases,
    load_claims,
    results,
    statements,
)
from buildout.experiments.claims.claim import (
    ASSUMED,
    CONTRADICTED,
    SUPPORTED,
    UNDECIDED,
    WITHHELD,
    first_year,
    total,
    years_between,
)
from buildout.inputs import places
from buildout.inputs.resolve import resolve

YEARS = np.arange(2025.0, 2046.0)
# Verdicts that were wrong, empty or of half of the prediction (W24).
WRONG = {"C93", "C45", "C78", "C70", "C36", "C08", "C88", "C66", "C07", "C72", "C26a", "C17"}
# True by construction of the model.
BUILT_IN = {
    "C01", "C03", "C04", "C12", "C35", "C39", "C49", "C56", "C65", "C78", "C82", "C91",
}  # fmt: skip


@pytest.fixture(scope="module")
def cases(model):
    return load_cases(model)


@pytest.fixture(scope="module")
def claims(model, cases):
    return load_claims(model, cases)


@pytest.fixture(scope="module")
def found(model):
    return results(model=model)


@pytest.fixture(scope="module")
def table(model, found):
    return claim_rows(found, model=model)


def at_least(value):
    return value, np.inf


def at_most(value):
    return -np.inf, value


def claim(supports, margin=0.1, **more):
    return Claim("C00", "a number", "Dmnl", float, supports, margin, **more)


def test_at_least_twenty_claims_of_the_table_are_decided_with_the_model(claims):
    assert len({one.number for one in claims if not one.withheld}) >= 20
    assert {one.number for one in claims} <= set(statements())
    assert len({one.id for one in claims}) == len(claims)


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
        (at_least(2036), np.inf, SUPPORTED),
        (at_most(2036), np.inf, CONTRADICTED),
        ((2036, 2041), np.inf, CONTRADICTED),
        (at_least(2), -np.inf, CONTRADICTED),
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


def dates(*years, known=True):
    """Results of one case whose stock reaches its level in a year, in each draw."""
    return xr.Dataset(
        {
            "x_year_above_1": (("pathway", "draw"), [years]),
            "x_known_above_1": (("pathway", "draw"), [[known] * len(years)]),
        },
        coords={"pathway": ["a"]},
    )


def test_never_lies_on_its_side_and_a_run_too_short_on_none():
    assert first_year(dates(2030.0, np.nan), "a", "x", 1).values.tolist() == [2030, np.inf]
    assert np.isnan(first_year(dates(np.nan, known=False), "a", "x", 1)).all()


def test_a_difference_of_dates_has_a_side_unless_neither_is_reached():
    later = first_year(dates(np.nan, 2031.0, np.nan), "a", "x", 1)
    earlier = first_year(dates(2030.0, np.nan, np.nan), "a", "x", 1)
    found = years_between(later, earlier)
    assert [claim(at_least(2)).judge(v) for v in found.values] == [
        SUPPORTED,
        CONTRADICTED,
        UNDECIDED,
    ]


def test_every_case_is_a_pathway_with_its_settings_last(cases):
    for case in cases.values():
        one = case.pathway()
        own = list(case.settings)
        assert [s.lever for s in one.settings[len(one.settings) - len(own) :]] == own


def test_cases_that_a_claim_compares_differ_only_in_the_levers_that_it_names(model, claims, cases):
    every = resolve(model, [case.pathway() for case in cases.values()], beyond_range=True)
    values = {one.name: model.constants | one.values for one in every.scenarios}
    for one in claims:
        if one.withheld or "*" in one.differ:
            continue
        named = {scalar for name in one.differ for scalar in model.scalars(name)}
        compared = [values[name] for name in one.cases]
        moved = {s for s in model.constants if len({v[s] for v in compared}) > 1}
        assert moved <= named, (one.id, sorted(moved - named))


def test_whole_pathways_are_compared_only_as_such(model, claims, cases):
    for one in claims:
        if "*" in one.differ and not one.withheld:
            bases = [cases[name].base for name in one.cases]
            assert len(set(bases)) == len(bases), one.id
            # What is set on top of them is the same.
            assert len({tuple(cases[name].settings.items()) for name in one.cases}) == 1, one.id


def test_every_claim_gets_a_number_and_a_verdict_or_a_reason(claims, table):
    assert [row["id"] for row in table] == [one.id for one in claims]
    for row in table:
        assert row["claim"]
        assert row["value"] is None or np.isfinite(row["value"])
        assert (row["verdict"] == WITHHELD) == bool(row["reason"]), row["id"]
        assert row["verdict"] in (SUPPORTED, CONTRADICTED, UNDECIDED, WITHHELD)
    # A rule that every claim passes, or none, would be no rule.
    assert {SUPPORTED, CONTRADICTED} <= {row["verdict"] for row in table}


def test_wrong_verdicts_are_withheld_and_no_number_stands_in_their_place(table):
    withheld = {row["id"]: row for row in table if row["verdict"] == WITHHELD}
    assert set(withheld) == WRONG
    for row in withheld.values():
        assert row["value"] is None
        assert "\n" not in row["reason"]


def test_what_is_true_by_construction_is_marked(table):
    assert {row["id"] for row in table if row["class"] == ASSUMED} == BUILT_IN


def test_shares_of_an_ensemble_sum_to_one_and_are_the_same_for_the_same_seed(model, found):
    table = claim_rows(found, ensemble(6, seed=3, model=model), model=model)
    for row in table:
        shares = [row[verdict] for verdict in (SUPPORTED, CONTRADICTED, UNDECIDED)]
        if row["verdict"] == WITHHELD:
            assert shares == [None] * 3
        else:
            assert sum(shares) == pytest.approx(1)
    assert table == claim_rows(found, ensemble(6, seed=3, model=model), model=model)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("C02,", "C99,", "C99: claims.csv has no such claim"),
        ("C02,", "C01,", "two rows of one id"),
        (",stock,", ",stack,", "there is no measure `stack`"),
        (",tested,", ",tried,", "the class is `tried`"),
        ("no cut,", "no cuts,", "there is no case"),
        ("need of 300 t,,", "need of 300 t,needs,", "Unknown"),
        ("direct demand total", "direct demand totle", "Nearest: `direct demand total`"),
        (",0.15,0.03,", ",0.15,little,", "`little`. A number is accepted"),
        (",0.15,0.03,", ",,0.03,", "supported from -inf to inf"),
        ("id,measured", "id,measurd", "lacks the columns `measured`"),
    ],
)
def test_a_mistake_in_the_table_of_claims_is_told(model, cases, monkeypatch, tmp_path, old, new,
                                                  message):  # fmt: skip
    folder = places.calibration_folder()
    (tmp_path / "claims.csv").write_bytes((folder / "claims.csv").read_bytes())
    text = (folder / "claim_tests.csv").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "claim_tests.csv").write_text(text.replace(old, new), encoding="utf-8")
    monkeypatch.setattr(places, "calibration_folder", lambda: tmp_path)
    with pytest.raises(BuildoutError, match=re.escape(message)):
        load_claims(model, cases)


def test_the_command_prints_what_it_saves(tmp_path, capsys, claims):
    assert main(["claims", "--json", "--out", str(tmp_path)]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown == json.loads((tmp_path / "claims.json").read_text())
    assert len(shown) == len(claims)


def test_a_number_of_draws_that_is_none_is_refused(tmp_path, capsys):
    assert main(["claims", "--draws", "some", "--out", str(tmp_path)]) == 2
    assert "`--draws` is `some`. A whole number from 1 is accepted." in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
