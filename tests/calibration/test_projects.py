"""Every plant is a project of the model, part of its state, or listed with the reason why not."""

import math
import re

import pytest

from buildout.inputs.projects import DATED, PLACES_IN_MODEL, UNDECIDED, read_projects

LINES = {
    "mining": "t REO/yr",
    "NdPr separation": "t NdPr oxide/yr",
    "DyTb separation": "t DyTb oxide/yr",
    "Sm separation": "t Sm oxide/yr",
    "metal and alloy": "t/yr",
    "NdFeB magnets": "t/yr",
    "SmCo magnets": "t/yr",
}
# The plants collected before the model was written; none may be lost on the way.
COLLECTED = """
10X Northlake; Benson NC; China Grove NC (historic); Columbus GA; eVAC Sumter; Eneabba; Exeter NH;
Existing non-China NdFeB plants; Hai Phong; Independence expansion (Apple); Independence magnets;
Kalgoorlie; Korea plant; Kuantan; La Rochelle; Less Common Metals; Louisiana SMC;
Malaysia (Gebeng); Malaysia heavy circuit 1; Malaysia heavy expansion; Marion IN;
Mountain Pass NdPr separation (Stage II); Mountain Pass heavy RE separation;
Mountain Pass mine/concentrate; Narva phase 1; Nolans; Project Phoenix (historic);
Round Top mine; San Marcos; Sartell MN; Seadrift TX; South Carolina recycling; Stillwater full;
Stillwater phase 1; Vinton LA; White Mesa Phase 1; White Mesa Phase 2;
White Mesa heavy (existing feed); Yesan
"""
# What is known of the projects ends here; a plant that had not started by then starts later.
KNOWN_UNTIL = 2026.77


@pytest.fixture(scope="module")
def rows(table):
    return table("projects.csv")


@pytest.fixture(scope="module")
def followed(rows):
    return [row for row in rows if row["in_model"] == "project"]


@pytest.fixture(scope="module")
def projects():
    return read_projects()


@pytest.fixture(scope="module")
def system(model):
    return model.system


def test_every_collected_plant_is_in_the_list_with_a_reason(rows):
    wanted = {name.strip() for name in re.split(r";|\n", COLLECTED) if name.strip()}
    assert wanted - {row["plant"] for row in rows} == set()
    for row in rows:
        assert row["in_model"] in PLACES_IN_MODEL, row
        assert row["reason"].strip(), row
        if row["in_model"] == "excluded":
            assert row["line"] == "", row
        else:
            assert row["unit"] == LINES[row["line"]], row
            assert float(row["capacity"]) > 0, row


def test_every_row_has_a_source_a_grade_and_the_date_of_its_status(rows, source_ids):
    for row in rows:
        assert source_ids(row), row
        assert row["grade"] in ("A", "B", "C", "D", "U"), row
        assert re.fullmatch(r"20\d\d(-\d\d){0,2}", row["status_date"]), row
        assert row["status_date"] <= "2026-10-08", row


def test_what_is_judgement_says_so_with_a_range(followed):
    for row in followed:
        judged = row["permit_done"] not in ("", "0", "1") or row["grade"] == "U"
        shares = (row["public_contract"], row["private_contract"])
        if judged or any(share not in ("0", "1") for share in shares):
            assert re.search(r"judgement", row["note"]), row
            assert re.search(r"\d-\d|, to \d|range|about", row["note"]), row


def test_dates_follow_each_other_and_nothing_that_awaits_its_start_is_before_what_is_known(
    projects,
):
    for project in projects:
        assert math.isfinite(project.announced), project
        if project.dated:
            assert project.announced <= project.decision <= project.earliest_start, project
            assert project.decision <= KNOWN_UNTIL, project
        if project.status == "operating":
            assert project.owner_start == project.earliest_start <= KNOWN_UNTIL, project
        elif project.dated:
            assert project.earliest_start >= KNOWN_UNTIL, project


def test_what_was_announced_on_a_day_stands_as_the_same_date(followed):
    for row in followed:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", row["announced"]):
            year, month = (int(part) for part in row["announced"].split("-")[:2])
            assert math.isclose(
                float(row["announced_time"]), year + (month - 0.5) / 12, abs_tol=0.05
            )


def test_a_project_without_its_money_has_a_line_that_decides_and_some_of_its_permits(projects):
    for project in projects:
        assert project.status in (*DATED, *UNDECIDED)
        if not project.dated:
            assert project.lead in project.capacities, project
            assert project.earliest_decision >= max(project.announced, KNOWN_UNTIL), project
            assert 0 <= project.permit_done <= 1, project


def test_no_heavy_oxide_is_made_in_the_united_states_before_2026(projects):
    heavy = [
        project.earliest_start
        for project in projects
        if project.region == "US"
        and project.dated
        and {"DyTb separation", "Sm separation"} & set(project.capacities)
    ]
    assert min(heavy) >= 2026.0


# --- The model holds the table, and nothing else --------------------------------------------------


def constants_of(system, name):
    return {
        elements: system.constants[scalar]
        for elements, scalar in system.variable(name).members.items()
    }


def test_the_model_has_the_capacities_of_the_table_and_no_others(followed, system):
    expected = {(row["project"], row["line"]): float(row["capacity"]) for row in followed}
    modelled = constants_of(system, "project capacity")
    assert {key: value for key, value in modelled.items() if value != 0} == expected


@pytest.mark.parametrize(
    ("name", "column", "kinds"),
    [
        ("announcement date", "announced_time", (*DATED, *UNDECIDED)),
        ("public contract share", "public_contract", (*DATED, *UNDECIDED)),
        ("private contract share", "private_contract", (*DATED, *UNDECIDED)),
        ("decision date", "decision_date", DATED),
        ("owner start date", "owner_start", DATED),
        ("earliest decision date", "earliest_decision", UNDECIDED),
        ("earliest start date", "earliest_start", DATED),
        ("permit share done", "permit_done", UNDECIDED),
    ],
)
def test_the_model_has_the_numbers_of_the_table_and_no_others(
    followed, system, name, column, kinds
):
    here = [row for row in followed if row["status"] in kinds]
    expected = {(row["project"],): float(row[column]) for row in here}
    assert constants_of(system, name) == expected


@pytest.mark.parametrize(
    ("name", "column", "kinds"),
    [
        ("project maker", "maker", (*DATED, *UNDECIDED)),
        ("status of project", "status", DATED),
    ],
)
def test_the_model_has_the_words_of_the_table_and_no_others(followed, system, name, column, kinds):
    expected = {(row["project"], row[column]) for row in followed if row["status"] in kinds}
    modelled = constants_of(system, name)
    assert {key for key, value in modelled.items() if value == 1} == expected
    assert set(modelled.values()) == {0, 1}


def test_the_model_has_the_deciding_lines_and_the_money_of_the_table(followed, system):
    undecided = [row for row in followed if row["status"] in UNDECIDED]
    lead = {(row["project"], row["line"]) for row in undecided if row["lead"] == "1"}
    part = {(row["project"],) for row in undecided if row["status"] == "partly financed"}
    for name, expected in (("lead line", lead), ("part financed", part)):
        modelled = constants_of(system, name)
        assert {key for key, value in modelled.items() if value != 0} == expected, name


def test_each_region_of_the_model_has_its_own_projects(projects, system):
    for region, where in (("US", "US"), ("Allies", "allied")):
        here = [p.name for p in projects if p.region == region and p.dated]
        assert list(system.dims[f"{where} dated project"]) == here
    waiting = [p.name for p in projects if not p.dated]
    assert list(system.dims["undecided project"]) == waiting
