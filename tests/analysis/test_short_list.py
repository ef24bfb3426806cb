"""Which uncertainties decide, which matter, and what the numbers do that nothing bounds."""

import pytest

import buildout as bo
from buildout.analysis.short_list import DECIDES, MATTERS


@pytest.fixture(scope="module")
def listed():
    return {row["uncertainty"]: row for row in bo.short_list()}


@pytest.mark.slow
def test_sixty_to_seventy_uncertainties_decide_or_matter(listed):
    weights = [row["weight"] for row in listed.values()]
    assert 60 <= sum(weight != "fixed" for weight in weights) <= 70


@pytest.mark.slow
def test_every_uncertainty_is_listed_with_its_elements_the_largest_share_first(listed, model):
    rows = [r for r in model.uncertainties if r.kind == "uncertainty"]
    varying = {r.name.split("[")[0] for r in rows if r.distribution != "fixed"}
    assert set(listed) == varying
    assert listed["growth of demand"]["elements"] == 5
    shares = [row["share"] for row in listed.values()]
    assert shares == sorted(shares, reverse=True)
    assert min(shares) >= 0
    assert max(shares) <= 1


@pytest.mark.slow
def test_a_weight_is_what_its_share_says(listed):
    for row in listed.values():
        share = row["share"]
        weight = "decides" if share >= DECIDES else "matters" if share >= MATTERS else "fixed"
        assert row["weight"] == weight


@pytest.mark.slow
def test_the_need_decides_coverage_and_so_does_the_size_of_the_first_samarium_plants(listed):
    for name in ("factor of defense need", "size factor of listed plants"):
        assert listed[name]["weight"] == "decides"
        assert listed[name]["outcome"].startswith("defense coverage")


def test_numbers_without_bounds_are_shown_at_both_ends_of_their_ranges(model):
    rows = bo.at_both_ends()
    numbers = {row["number"] for row in rows}
    assert len(numbers) == 8
    for number in numbers:
        ends = {row["value"] for row in rows if row["number"] == number}
        known = model.parameters[model.scalars(number)[0]]
        assert ends == {known.low, known.high}
    smco = {
        row["value"]: row["smco_2027"]
        for row in rows
        if row["number"] == "requalification share" and row["pathway"] == "status-quo"
    }
    assert smco[0.0] > smco[1.0]
