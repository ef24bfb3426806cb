"""Past Chinese output: sourced, in order, before the data rule's date."""

import pytest

from buildout.errors import InputError
from buildout.inputs.china import read_china_output

HEADS = "year,line,tonnes,low,high,source_id,note\n"


def test_every_row_has_a_source_or_is_a_judgement_with_a_range(table, sources, source_ids):
    known = {row["source_id"] for row in sources}
    for row in table("china_output.csv"):
        if row["source_id"] == "judgement":
            assert float(row["low"]) < float(row["high"]), row
        else:
            assert source_ids(row), row
            assert set(source_ids(row)) <= known, row


def test_lines_are_those_of_the_model(model):
    assert set(read_china_output()) < set(model.system.dims["line"])


def test_what_stands_among_the_observations_too_is_the_same_number(table, observation_rows):
    series = {
        "NdFeB magnets": "china_ndfeb_sintered_production_t",
        "SmCo magnets": "china_smco_production_t",
        "NdPr separation": "china_ndpr_oxide_output_t",
        "mining": "china_ree_mine_production_t",
    }
    observed = {
        (row["series"], row["period_start"][:4], row["source_id"]): float(row["value"])
        for row in observation_rows
        if row["period_start"].endswith("01-01") and row["period_end"].endswith("12-31")
    }
    checked = 0
    for row in table("china_output.csv"):
        for source in row["source_id"].split(";"):
            value = observed.get((series[row["line"]], row["year"], source))
            checked += value is not None
            assert value in (None, float(row["tonnes"])), row
    assert checked > 15


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("2025,mining,2,1,3,x,", r"line 2: year is `2025`\. A year before 2025 is accepted"),
        (
            "2001,mining,2,1,3,x,\n2001,mining,3,1,3,x,",
            "Line 3: `mining`, `2001` stands on",
        ),
        ("2001,mining,4,1,3,x,", "line 2: tonnes is 4, low 1, high 3"),
        ("2001,mining,many,1,3,x,", "line 2: tonnes"),
    ],
)
def test_a_bad_row_is_refused_with_its_line(tmp_path, rows, said):
    path = tmp_path / "china_output.csv"
    path.write_text(HEADS + rows + "\n")
    with pytest.raises(InputError, match=said):
        read_china_output(path)
