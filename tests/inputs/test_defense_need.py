"""The table of programmes: what it holds, and how a user's own is refused where it is wrong."""

import csv
import re

import pytest

from buildout.errors import InputError
from buildout.inputs import places
from buildout.inputs.defense_need import MAGNET_CLASSES, PROGRAMME_COLUMNS, read_defense_programmes
from buildout.inputs.defense_need_factors import read_need_factors, read_top_down

ROW = {
    "group": "munition",
    "programme": "Dart",
    "class": "SmCo",
    "years": "2025-2028",
    "kg_low": "0.1",
    "kg_mode": "0.2",
    "kg_high": "0.5",
    "units_low": "100",
    "units_mode": "200",
    "units_high": "300",
    "basis": "U/S",
}


@pytest.fixture
def table(tmp_path):
    """Writes rows that differ from a good one, and gives the path of the table."""

    def write(*changes):
        path = tmp_path / "mine.csv"
        with open(path, "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, PROGRAMME_COLUMNS)
            writer.writeheader()
            writer.writerows(ROW | change for change in changes)
        return path

    return write


def test_the_table_of_the_project_has_its_programmes_each_once():
    programmes = read_defense_programmes()
    assert len({(row.group, row.name) for row in programmes}) == 43
    assert len({(row.group, row.name, row.magnet_class) for row in programmes}) == len(programmes)


def test_the_classes_of_the_table_are_those_of_the_model(model):
    assert list(MAGNET_CLASSES) == list(model.system.dims["magnet class"])


def test_what_a_row_or_factor_rests_on_is_judgement_where_no_source_is_named():
    for name in ("defense_need.csv", "defense_need_factors.csv"):
        with open(places.calibration_folder() / name, newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                judged = row["source_id"] == "judgement"
                assert judged == (row["grade"] == "U"), row
                assert not judged or set(row["basis"]) <= {"U", "/"}, row
                assert "memory" not in row["note"], row


def test_a_programme_at_two_rates_is_one(table):
    later = {"units_low": "300", "units_mode": "400", "units_high": "500"}
    (row,) = read_defense_programmes(table({"years": "2025"}, {"years": "2028"} | later))
    assert (row.units.mode, row.units_later.mode) == (200, 400)
    (steady,) = read_defense_programmes(table({}))
    assert steady.units == steady.units_later
    assert (steady.basis_of_kg, steady.basis_of_units) == ("judged", "sourced")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"class": "heavy NdFe"}, r"class is `heavy NdFe`.*Nearest: `heavy NdFeB`"),
        ({"group": "munitions"}, r"group is `munitions`.*Accepted: air, sea.*Nearest: `munition`"),
        ({"years": "2026"}, r"years is `2026`\. Accepted: 2025-2028, 2025, 2028"),
        ({"basis": "X/S"}, r"basis is `X/S`\. Accepted: S/S"),
        ({"kg_mode": "0.7"}, r"kg_mode is `0.7`, above kg_high, `0.5`.*in this order"),
        ({"units_low": "250"}, r"units_low is `250`, above units_mode, `200`"),
        ({"kg_low": "-1"}, r"kg_low is `-1`\. A number above 0"),
        ({"units_low": "0"}, r"units_low is `0`.*delete its rows"),
        ({"kg_high": "much"}, r"kg_high is `much`\. A number is accepted"),
        ({"kg_high": "0,5"}, r"Write `0.5`"),
        ({"kg_high": "nan"}, r"A finite number"),
        ({"programme": " "}, r"programme is empty"),
        ({"years": "2025"}, r"years is 2025, and no row has 2028. Add it, or write `2025-2028`"),
    ],
)
def test_a_wrong_cell_is_named_with_file_line_and_column(table, change, message):
    with pytest.raises(InputError, match=message) as refused:
        read_defense_programmes(table(change))
    assert re.match("`mine.csv`: Line 2", str(refused.value))


def test_rows_that_contradict_each_other_are_refused(table):
    with pytest.raises(InputError, match="Line 3, `Dart`: years 2025-2028 stands in line 2"):
        read_defense_programmes(table({}, {}))
    with pytest.raises(InputError, match="2025-2028 in one row and a year in another"):
        read_defense_programmes(table({}, {"years": "2025"}))
    with pytest.raises(InputError, match="Line 3, `Dart`: kg differ"):
        read_defense_programmes(table({"years": "2025"}, {"years": "2028", "kg_low": "0.05"}))


def test_all_problems_are_told_together(table):
    with pytest.raises(InputError, match=r"has 2 problems:\n.*Line 2.*\n.*Line 3") as refused:
        read_defense_programmes(table({"class": "x"}, {"kg_low": "x", "programme": "Bolt"}))
    assert "`Bolt`" in str(refused.value)


def test_a_table_without_a_column_or_without_rows_is_refused(table, tmp_path):
    (tmp_path / "short.csv").write_text("group,programme\nair,x\n")
    with pytest.raises(InputError, match=r"`short.csv` lacks the columns `class`, `years`"):
        read_defense_programmes(tmp_path / "short.csv")
    with pytest.raises(InputError, match="no rows"):
        read_defense_programmes(table())
    with pytest.raises(InputError, match="Cannot read the table of programmes"):
        read_defense_programmes(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("a,share,0.5,0.4,0.6,U,judgement,", "Line 2, `a`: low is `0.5`, above mode"),
        ("a,share,-1,0.4,0.6,U,judgement,", "low is -1. 0 or more"),
        (
            "a,share,0,0,0,U,judgement,\na,share,0,0,0,U,judgement,",
            "Line 3: `a` stands on line 2",
        ),
    ],
)
def test_a_wrong_factor_is_named(tmp_path, row, message):
    path = tmp_path / "factors.csv"
    path.write_text(f"factor,unit,low,mode,high,basis,source_id,note\n{row}\n")
    with pytest.raises(InputError, match=message):
        read_need_factors(path)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("a,2,1,all,2025,x,judgement,", "low is 2 and high is 1"),
        ("a,1,2,SmC,2025,x,judgement,", "class is `SmC`.*Nearest: `SmCo`"),
    ],
)
def test_a_wrong_figure_of_others_is_named(tmp_path, row, message):
    path = tmp_path / "figures.csv"
    path.write_text(f"figure,low,high,class,year,counts,source_id,note\n{row}\n")
    with pytest.raises(InputError, match=f"Line 2, `a`: {message}"):
        read_top_down(path)
