"""The reference class: what stands in the table, and what follows from it."""

import dataclasses
import re
from math import expm1

import pytest
from scipy import stats

from buildout.calibration import reference_class as reference
from buildout.calibration.slips import fit_slips
from buildout.errors import InputError

HEAD = ",".join(reference.REFERENCE_COLUMNS)
ROW = "Plant,newcomer,operating,yes,fit,2011-04,2013.5,2014.0,,R004"
# Companies that had made the product for five years, in a plant of their own.
ESTABLISHED = re.compile("Daido|Hitachi|Shin-Etsu|VAC|Lynas")


@pytest.fixture(scope="module")
def projects():
    return reference.read_reference_class()


@pytest.fixture(scope="module")
def fits(projects):
    return reference.fit_reference_class(projects)


@pytest.fixture
def read(tmp_path):
    def written(*lines):
        path = tmp_path / "mine.csv"
        path.write_text("\n".join([HEAD, *lines]) + "\n", encoding="utf-8")
        return reference.read_reference_class(path)

    return written


def fitted(projects, **wanted):
    rows = [p for p in projects if p.use == "fit"]
    return [p for p in rows if all(getattr(p, key) == value for key, value in wanted.items())]


def test_eighteen_projects_had_money_and_nineteen_had_not(projects):
    assert len(fitted(projects)) == 37
    assert len(fitted(projects, funded="yes")) == 18
    assert len(fitted(projects, funded="no")) == 16
    assert len(fitted(projects, funded="partly")) == 3


def test_sixteen_of_those_with_money_gave_a_product_and_none_of_the_others(projects):
    built = [p for p in fitted(projects) if p.built]
    assert len(built) == 16
    assert {p.funded for p in built} == {"yes"}
    others = {p.name for p in fitted(projects, funded="yes") if not p.built}
    assert others == {"Dong Pao", "Saskatoon facility"}


def test_of_the_sixteen_six_were_closed_by_2025_and_four_ran_far_below_nameplate(projects):
    fates = [p.fate for p in fitted(projects) if p.built]
    assert {fate: fates.count(fate) for fate in set(fates)} == {
        "operating": 6, "closed": 6, "low use": 4,
    }  # fmt: skip
    for project in fitted(projects, fate="closed"):
        assert project.first_output < project.ended < project.first_output + 5


def test_dates_follow_each_other_and_the_record_ends_at_2025(projects):
    for project in fitted(projects):
        assert project.announced < project.planned + 0.2, project
        assert 0.0 <= project.slip <= 4.0 or not project.built, project
        assert project.ended is None or project.announced < project.ended < 2025, project
        assert 0 < project.exposure < 16
        assert project.first_output is None or project.first_output < 2025


def test_every_row_is_graded_and_cites_sources_or_says_memory(table, source_ids):
    for row in table("reference_class.csv"):
        assert row["grade"] in ("A", "B", "C", "U"), row
        assert source_ids(row) or (row["grade"] == "U" and "memory" in row["evidence"]), row
        assert "seen" in row["evidence"] or row["grade"] == "U", row


def test_makers_follow_the_rule_of_the_readme(projects, table):
    """Additions stand in a plant of their owner; incumbents are companies that made it before."""
    company = {row["project"]: row["company"] for row in table("reference_class.csv")}
    additions = {p.name for p in projects if p.maker == "addition"}
    assert additions == {
        "La Rochelle recycling", "White Mesa phase 1", "Lynas heavy circuit 1", "Lynas samarium",
    }  # fmt: skip
    for project in projects:
        if project.maker == "incumbent":
            assert ESTABLISHED.search(company[project.name]), project
        elif project.maker == "newcomer" and ESTABLISHED.search(company[project.name]):
            # Lynas made its first oxide in 2013: before 2018 it was a newcomer to everything.
            assert company[project.name] == "Lynas"
            assert project.announced < 2018


def test_a_share_never_built_is_the_quantiles_of_a_beta_of_jeffreys(fits):
    never = fits["never built with money (reference class)"]
    book = stats.beta(2.5, 16.5)
    assert (never.low, never.value, never.high) == pytest.approx(book.ppf([0.05, 0.5, 0.95]))
    assert (never.low, never.value, never.high) == pytest.approx((0.03, 0.12, 0.28), abs=0.006)
    assert never.points == 18


def test_the_base_hazard_is_the_quantiles_of_a_gamma_over_the_years_that_passed(fits, projects):
    hazard = fits["base hazard without money (reference class)"]
    years = sum(p.exposure for p in fitted(projects, funded="no"))
    assert 140 < years < 160
    chi = stats.chi2(1).ppf([0.05, 0.5, 0.95]) / 2 / years
    assert (hazard.low, hazard.value, hazard.high) == pytest.approx(chi)
    assert hazard.high < 0.02
    assert f"{years:.0f} project-years" in hazard.method


def test_the_hazard_of_part_financed_projects_is_a_beta_turned_into_a_yearly_rate(fits):
    # -ln(1 - share) of a Beta(1, 4) is exponential with rate 4; five years make it 20 a year.
    hazard = fits["hazard of part financed projects (reference class)"]
    book = stats.expon(scale=1 / 20).ppf([0.05, 0.5, 0.95])
    assert (hazard.low, hazard.value, hazard.high) == pytest.approx(book)


def test_at_the_fitted_hazard_at_most_one_of_the_nineteen_is_decided_in_ten_years(fits):
    base = fits["base hazard without money (reference class)"]
    part = fits["hazard of part financed projects (reference class)"]
    years = 10
    decided = -16 * expm1(-base.value * years) - 3 * expm1(-part.value * years)
    assert decided < 1.2


def test_newcomers_slip_most_and_the_pooled_law_is_the_one_of_the_design(fits):
    slip = {maker: fits[f"slip median, {maker} (reference class)"] for maker in reference.MAKERS}
    assert slip["addition"].value < slip["newcomer"].value
    assert slip["incumbent"].value < slip["newcomer"].value
    for fit in slip.values():
        assert 0 < fit.low < fit.value < fit.high
    pooled = fits["slip median, all makers (reference class)"]
    late = fits["slip at 90%, all makers (reference class)"]
    assert pooled.low < 0.7 < pooled.high  # The design's median and 90% point.
    assert late.low < 4.0 < late.high


def test_a_law_without_a_shift_fits_better_than_one_in_which_plants_can_be_early(projects):
    started = [p for p in fitted(projects, funded="yes") if p.fate not in reference.NEVER]
    for makers in (None, reference.MAKERS):
        sample = reference.slip_sample(started, makers)
        plain, shifted = (fit_slips(sample, shift=shift).log_likelihood for shift in (0.0, 0.5))
        assert plain > shifted + 1.5


def test_the_range_of_the_common_factor_is_that_of_a_wave_to_come(fits, model):
    common = fits["common factor of slips (reference class)"]
    row = model.parameters["common_slip_factor"]
    assert (row.low, row.high) == pytest.approx((common.low, common.high), rel=0.02)
    assert row.default == common.value == 1


def test_a_plant_still_building_is_late_but_not_lost(fits):
    line = [line for line in fits["slip shape (reference class)"].data if "above" in line]
    assert len(line) == 1
    assert line[0].startswith("Saskatoon facility: newcomer, slip above 2.25")


@pytest.mark.slow
def test_rows_held_out_move_no_fit(projects, fits):
    spoiled = [
        dataclasses.replace(p, planned=1990.0, first_output=2024.0, funded="yes", fate="failed")
        if p.use == "held out"
        else p
        for p in projects
    ]
    assert reference.fit_reference_class(spoiled) == fits
    assert reference.fit_reference_class(fitted(projects)) == fits


def test_every_row_used_is_named_in_the_fit_and_held_out_rows_are_not(projects, fits):
    held_out = {p.name for p in projects if p.use == "held out"}
    used = {line.split(":")[0] for fit in fits.values() for line in fit.data}
    assert used == {p.name for p in fitted(projects)}
    assert not used & held_out


def test_a_year_or_a_month_becomes_its_middle(read):
    by_month, by_year = read(ROW, "b" + ROW.replace("2011-04", "2011"))
    assert by_month.announced == pytest.approx(2011 + 3.5 / 12)
    assert by_year.announced == 2011.5


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("newcomer", "beginner", "Line 2: maker is `beginner`. Accepted: addition, incumbent"),
        ("2011-04", "2011-13", "Line 2: announced is `2011-13`. A year or a month"),
        ("2013.5", "soon", "Line 2: announced_start is `soon`. A number is accepted"),
        ("2014.0", "x", "Line 2: first_output is `x`"),
    ],
)
def test_a_wrong_cell_is_named_with_its_line_and_what_is_accepted(read, old, new, message):
    with pytest.raises(InputError, match=re.escape(message)):
        read(ROW.replace(old, new))


def test_all_wrong_lines_are_named_at_once(read):
    with pytest.raises(InputError, match=r"(?s)has 2 problems.*Line 2.*Line 3"):
        read(ROW.replace("yes", "maybe"), "b" + ROW.replace(",fit,", ",train,"))
