"""Every plant is mapped to a line of the model, or listed with the reason why not."""

import math
import re

import pytest

from buildout.inputs import places
from buildout.vensim import engine

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


@pytest.fixture(scope="module")
def projects(table):
    return table("projects.csv")


@pytest.fixture(scope="module")
def pulses(projects):
    return [row for row in projects if row["in_model"] == "pulse"]


def test_every_collected_plant_is_mapped_or_excluded_with_a_reason(projects):
    wanted = {name.strip() for name in re.split(r";|\n", COLLECTED) if name.strip()}
    assert wanted - {row["plant"] for row in projects} == set()
    for row in projects:
        assert row["in_model"] in ("pulse", "initial", "excluded"), row
        assert row["reason"].strip(), row
        if row["in_model"] == "excluded":
            assert row["line"] == "", row
        else:
            assert row["line"] in LINES, row
            assert row["unit"] == LINES[row["line"]], row
            assert float(row["capacity"]) > 0, row
            assert row["region"] in ("US", "Allies"), row


def test_a_project_has_one_row_for_each_of_its_lines(projects):
    keys = [(row["project"], row["line"]) for row in projects]
    assert len(keys) == len(set(keys))


def test_every_project_cites_a_source(projects, source_ids):
    for row in projects:
        assert source_ids(row), row


def test_pulses_were_announced_after_2025_and_enter_no_earlier_on_the_grid(pulses):
    for row in pulses:
        announced, entered = float(row["announced_time"]), float(row["model_time"])
        assert announced > 2025.0, row
        assert announced - 1e-4 <= entered < announced + 1 / 16, row
        assert math.isclose(entered * 16, round(entered * 16)), row


def test_pulse_names_can_be_elements_of_a_subscript(pulses):
    for row in pulses:
        assert re.fullmatch(r"[A-Za-z][A-Za-z0-9 ]*", row["project"]), row


def test_a_pulse_has_one_date_and_one_region(pulses):
    seen = {}
    for row in pulses:
        place = (row["model_time"], row["region"])
        assert seen.setdefault(row["project"], place) == place, row


@pytest.fixture(scope="module")
def system():
    return engine.load(places.model_file())


def constants_of(system, name):
    return {
        elements: system.constants[scalar]
        for elements, scalar in system.variable(name).members.items()
    }


def test_the_model_lists_the_same_capacities_and_no_others(pulses, system):
    modelled = constants_of(system, "listed project capacity")
    expected = {(row["project"], row["line"]): float(row["capacity"]) for row in pulses}
    assert {key: value for key, value in modelled.items() if value != 0} == expected


def test_the_model_lists_the_same_dates(pulses, system):
    modelled = constants_of(system, "listed project announcement date")
    expected = {(row["project"],): float(row["model_time"]) for row in pulses}
    assert modelled == expected
