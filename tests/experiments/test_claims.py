"""Claims of the founding articles: judged by the odds, by rules set beforehand."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from buildout.cli.main import main
from buildout.errors import BuildoutError
from buildout.experiments import claims as verb
from buildout.experiments.claims import (
    Claim,
    claim_rows,
    claims,
    load_cases,
    load_claims,
    statements,
)
from buildout.experiments.claims.choice import CRITERIA, better, dominates
from buildout.experiments.claims.claim import (
    ASSUMED,
    CONTRADICTED,
    SUPPORTED,
    TESTED,
    UNDECIDED,
)
from buildout.experiments.claims.grades import NOT_DRAWN, NOT_TESTED, VERDICTS, verdict_of
from buildout.experiments.claims.readings import first_year, total, year_reached, years_between
from buildout.experiments.claims.rows import ROW, _row, verdict_counts
from buildout.experiments.claims.verdicts import CLAIM_DRAWS
from buildout.experiments.claims.wording import groups_of, reasons_of, rule_words
from buildout.figures import claim_odds, claim_odds_data
from buildout.inputs import places
from buildout.inputs.resolve import resolve
from buildout.sampling.design import latin_hypercube
from buildout.sweeps import At, sweep

YEARS = np.arange(2025.0, 2046.0)
DRAWS = 2
# Verdicts that were wrong, empty or of half of the prediction (W24): judged now.
MENDED = {"C93", "C45", "C78", "C70", "C36", "C08", "C88", "C66", "C07", "C72", "C26", "C17"}
# True by construction. C39 no longer is, since capacity in China answers prices.
BUILT_IN = {"C01", "C03", "C04", "C12", "C35", "C49", "C56", "C65", "C78", "C82", "C91"}
BOTH_HALVES = {"C08", "C26", "C70", "C72", "C78", "C88", "C95"}


@pytest.fixture(scope="module")
def cases(model):
    return load_cases(model)


@pytest.fixture(scope="module")
def tested(model, cases):
    return load_claims(model, cases)


@pytest.fixture(scope="module")
def found(model):
    return claims(draws=DRAWS, seed=3, model=model)


@pytest.fixture(scope="module")
def table(model, found):
    return claim_rows(found, model=model)


def at_least(value):
    return value, np.inf


def at_most(value):
    return -np.inf, value


def claim(supports, margin=0.1, **more):
    return Claim("C00", "a number", "Dmnl", float, supports, margin, **more)


@pytest.mark.slow
def test_every_claim_is_tested_or_says_why_not(tested, table):
    reasons = statements("not_tested")
    numbers = {one.number for one in tested}
    assert len(numbers) >= 70
    assert {row["id"][:3] for row in table} == set(reasons)
    assert all(reasons[number] for number in set(reasons) - numbers)
    assert {row["id"] for row in table if row["verdict"] == NOT_TESTED} == set(reasons) - numbers
    assert {row["id"][:3] for row in reasons_of(table)} == {n for n, why in reasons.items() if why}


def test_claims_that_were_judged_wrongly_are_judged_and_both_halves_of_a_prediction(tested):
    numbers = [one.number for one in tested]
    assert set(numbers) >= MENDED
    assert {number for number in BOTH_HALVES if numbers.count(number) >= 2} == BOTH_HALVES


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


def test_a_year_is_found_between_two_years_and_never_is_beyond_all():
    series = xr.DataArray([0.0, 0.0, 10.0, 10.0], dims="time", coords={"time": YEARS[:4]})
    found = [float(year_reached(series, level)) for level in (0.0, 5.0, 10.0, 11.0)]
    assert found == [2025.0, 2026.5, 2027.0, np.inf]


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


def undeclared(model, one, cases):
    """What cases of a claim differ in beyond what it names, values and what is drawn alike."""
    own = [cases[name] for name in one.cases]
    asked = resolve(model, [case.pathway() for case in own], beyond_range=True)
    named = {s for name in one.differ if name != "*" for s in model.scalars(name)}
    moved = set()
    for i, case in enumerate(own):
        for j, other in enumerate(own[:i]):
            if case.base == other.base:
                first, second = asked.scenarios[i].values, asked.scenarios[j].values
            elif "*" in one.differ:
                # Whole pathways: what is set on top of them is the same.
                first, second = (_scalars(model, c.settings) for c in (case, other))
            else:
                moved.add(f"the pathways {case.base} and {other.base}")
                continue
            # An uncertainty that one case settles and the other leaves to the draws differs too.
            moved |= {s for s in first.keys() | second.keys() if first.get(s) != second.get(s)}
    return moved - named, named - moved


def _scalars(model, settings):
    return {scalar: value for name, value in settings.items() for scalar in model.scalars(name)}


@pytest.mark.slow
def test_cases_that_a_claim_compares_differ_only_in_the_levers_that_it_names(model, tested, cases):
    for one in tested:
        beyond, _ = undeclared(model, one, cases)
        assert not beyond, (one.id, sorted(beyond))


@pytest.mark.slow
def test_a_claim_names_no_lever_in_which_its_cases_do_not_differ(model, tested, cases):
    for one in tested:
        _, idle = undeclared(model, one, cases)
        for name in one.differ:
            if name != "*":
                assert set(model.scalars(name)) - idle, (one.id, name)
        bases = {cases[name].base for name in one.cases}
        assert ("*" in one.differ) == (len(bases) > 1), one.id


@pytest.mark.parametrize("number", ["C70b", "C93", "C48", "C45", "C64e"])
def test_a_setting_too_many_in_a_case_is_seen(model, tested, cases, number):
    one = next(one for one in tested if one.id == number)
    last = cases[one.cases[-1]]
    more = replace(last, settings={**last.settings, "novice time": 7.0})
    beyond, _ = undeclared(model, one, {**cases, last.name: more})
    assert "novice_time" in beyond


@pytest.mark.slow
def test_every_claim_gets_a_number_odds_and_a_verdict(tested, table):
    judged = [row for row in table if row["verdict"] != NOT_TESTED]
    assert sorted(row["id"] for row in judged) == sorted(one.id for one in tested)
    for row in judged:
        assert tuple(row) == ROW
        assert row["claim"]
        assert row["run"] is None or np.isfinite(row["run"])
        assert row["run_says"] in (SUPPORTED, CONTRADICTED, UNDECIDED)
        assert row["verdict"] in VERDICTS
        assert row["draws"] == DRAWS
        assert sum(row[s] for s in (SUPPORTED, CONTRADICTED, UNDECIDED)) == pytest.approx(1)
        assert row["unknown"] <= row[UNDECIDED]
        assert row["supported_low"] <= row["supported"] <= row["supported_high"]
    # A rule that every claim passes, or none, would be no rule.
    assert {VERDICTS[0], VERDICTS[-1]} <= {row["verdict"] for row in judged}


def test_a_verdict_comes_from_the_shares_of_draws():
    told = [(0.9, 0.1), (0.7, 0.2), (0.6, 0.4), (0.6, 0.09), (0.1, 0.8), (0.0, 1.0), (0.0, 0.0)]
    names = [verdict_of(*shares) for shares in told]
    assert names == [*VERDICTS[:2], "fragile", "undecided", *VERDICTS[-2:], "undecided"]


def test_a_verdict_that_other_draws_might_change_says_so():
    shares = np.repeat([1.0, 0.0], [29, 11])
    ds = xr.Dataset(
        {"run": ("claim", [1.0]), "number": (("claim", "draw"), [shares])}, {"claim": ["C00"]}
    )
    row = _row(claim(at_least(1)), ds.isel(claim=0))
    assert (row["verdict"], row["or_else"]) == ("likely supported", "fragile")
    sure = ds.assign(number=xr.ones_like(ds["number"]))
    assert _row(claim(at_least(1)), sure.isel(claim=0))["or_else"] == ""


@pytest.mark.slow
def test_a_verdict_does_not_come_from_the_single_run(found, model):
    turned = found.assign(run=xr.full_like(found["run"], np.nan))
    for row, other in zip(claim_rows(found), claim_rows(turned), strict=True):
        assert row["verdict"] == other["verdict"]


@pytest.mark.slow
def test_without_draws_nothing_is_judged(found, model):
    rows = claim_rows(found.drop_vars("number"), model=model)
    assert {row["verdict"] for row in rows} == {NOT_DRAWN, NOT_TESTED}
    assert sum(map(len, groups_of(rows).values())) == len(found["claim"])


@pytest.mark.slow
def test_what_is_true_by_construction_is_apart_and_no_finding(table, tested):
    assumed = {row["id"] for row in table if row["class"] == ASSUMED}
    assert {number[:3] for number in assumed} >= BUILT_IN
    counts = verdict_counts(table)
    assert counts["assumed"] == len(assumed)
    assert sum(counts["findings"].values()) == len(tested) - len(assumed)
    groups = groups_of(table)
    assert {row["id"] for row in groups.pop(ASSUMED)} == assumed
    assert {row["class"] for rows in groups.values() for row in rows} == {TESTED}


@pytest.mark.slow
def test_draws_are_those_of_a_sweep(model, found):
    cloud = sweep(
        latin_hypercube(DRAWS, seed=3, model=model),
        ["status-quo"],
        outputs={"vulnerability": At([2030.0, 2035.0])},
        model=model,
    )["vulnerability"].isel(pathway=0)
    excess = np.minimum(cloud.sel(year=2030) - 0.6, cloud.sel(year=2035) - 0.4)
    np.testing.assert_array_equal(found["number"].sel(claim="C19"), excess)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_numbers_in_blocks_of_any_size(model, found, monkeypatch):
    monkeypatch.setattr("buildout.experiments.claims.verdicts._BLOCK", 2)
    xr.testing.assert_identical(claims(draws=DRAWS, seed=3, model=model), found)


def one_of_three(date, money, unmet):
    return xr.DataArray([date, money, unmet], {"criterion": list(CRITERIA)})


def test_a_pathway_dominates_where_it_is_worse_in_nothing():
    base = one_of_three(2030.0, 100.0, 50.0)
    assert dominates(one_of_three(2030.0, 90.0, 50.0), base)
    assert not dominates(one_of_three(2031.0, 90.0, 50.0), base)
    assert not dominates(base, base)
    # Within a hundredth, and a quarter of a year, nothing is better.
    assert not dominates(one_of_three(2029.9, 99.5, 49.8), base)
    never = one_of_three(np.inf, 100.0, 50.0)
    assert dominates(base, never)
    assert not better(never, never).any()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("C02,", "C99,", "C99: claims.csv has no such claim"),
        ("C02,", "C03,", "two rows of one id"),
        ("C02,", "C02x,", "there is no measure of this id"),
        (",assumed", ",supposed", "the class is `supposed`"),
        (",judgement,", ",opinion,", "the rule comes from `opinion`"),
        ("usual ore;", "usual ores;", "there is no case"),
        ("study delay,", "study delays,", "Nearest: `study delay`"),
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


def test_a_claim_neither_tested_nor_with_a_reason_is_refused(model, cases, monkeypatch, tmp_path):
    folder = places.calibration_folder()
    lines = (folder / "claim_tests.csv").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith("C20,")]
    (tmp_path / "claim_tests.csv").write_text("\n".join(kept), encoding="utf-8")
    (tmp_path / "claims.csv").write_bytes((folder / "claims.csv").read_bytes())
    monkeypatch.setattr(places, "calibration_folder", lambda: tmp_path)
    with pytest.raises(BuildoutError, match=r"C20 of `claims\.csv` is not tested"):
        load_claims(model, cases)


@pytest.fixture
def made(monkeypatch, found):
    """The verb as the command calls it, with the draws that are there."""
    monkeypatch.setattr(verb, "claims", lambda **asked: found)


@pytest.mark.slow
@pytest.mark.usefixtures("made")
def test_the_command_prints_what_it_saves(tmp_path, capsys, table, unpainted):
    assert main(["claims", "--json", "--out", str(tmp_path)]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown == json.loads((tmp_path / "claims.json").read_text())
    assert [row["id"] for row in shown] == [row["id"] for row in table]
    assert {path.name for path in tmp_path.iterdir()} >= {"claims.csv", "claims.png"}


@pytest.mark.slow
@pytest.mark.usefixtures("made")
def test_the_table_fits_a_terminal_and_shows_every_row(tmp_path, capsys, table, monkeypatch):
    monkeypatch.setattr("buildout.cli.common.write_pages", lambda *_: None)
    assert main(["claims", "--out", str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    assert max(map(len, shown.splitlines())) <= 118
    for row in table:
        assert re.search(rf"^{row['id']} ", shown, re.MULTILINE), row["id"]


def test_the_command_judges_nothing_without_draws(tmp_path, capsys, unpainted):
    assert main(["claims", "--draws", "0", "--json", "--out", str(tmp_path)]) == 0
    verdicts = {row["verdict"] for row in json.loads(capsys.readouterr().out)}
    assert verdicts == {NOT_DRAWN, NOT_TESTED}


def test_the_help_says_how_many_draws_are_taken(capsys):
    with pytest.raises(SystemExit):
        main(["claims", "--help"])
    assert f"(default: {CLAIM_DRAWS})" in " ".join(capsys.readouterr().out.split())


def test_a_number_of_draws_that_is_none_is_refused(tmp_path, capsys):
    assert main(["claims", "--draws", "some", "--out", str(tmp_path)]) == 2
    assert "`--draws` is `some`. A whole number from 0 is accepted." in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_a_bar_for_each_finding_and_none_for_what_is_assumed(found, table):
    shown = claim_odds_data(found)
    assert set(shown["id"]) == {row["id"] for row in table if row["class"] == TESTED}
    np.testing.assert_allclose(shown[["supported", "undecided", "contradicted"]].sum(axis=1), 1)
    assert list(shown["verdict"]) == sorted(shown["verdict"], key=VERDICTS.index)
    for page in ("slide", "column", "phone"):
        assert len(claim_odds(found, page=page).axes[0].patches) >= 3 * len(shown)


@pytest.mark.slow
def test_rules_carry_their_unit(table):
    rules = {row["id"]: rule_words(row) for row in table if row["verdict"] != NOT_TESTED}
    assert (rules["C07"], rules["C66"], rules["C20"]) == (
        "at least 2 years", "2036 to 2041", "at most 0.5",
    )  # fmt: skip
