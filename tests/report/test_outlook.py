"""What each policy leads to, and the best found within the same money: shown where it holds."""

import pytest

from buildout.analysis.third_pathway import published_pathways, third_pathway_file
from buildout.inputs.pathway import CANONICAL
from buildout.report.blocks import Bullets, ReportTable
from buildout.report.outlook import outlook_section

BEST = "best found within the money of mobilization"


def rows_of(blocks):
    (table,) = (block for block in blocks if isinstance(block, ReportTable))
    return {row[0]: row[1:] for row in table.rows}


def test_the_published_search_is_of_this_model(model):
    published = published_pathways(model)
    assert [row.pathway for row in published if row.pathway] == list(CANONICAL)
    assert published, "run `buildout generate frontier`"


def test_the_third_pathway_stands_beside_the_canonical_ones_as_shipped(three, model):
    blocks = outlook_section(three, model)
    rows = rows_of(blocks)
    assert list(rows) == [*CANONICAL, BEST]
    assert all(" to " in cell for row in rows.values() for cell in row)
    (said,) = (block for block in blocks if isinstance(block, Bullets))
    (row,) = (row for row in published_pathways(model) if row.within)
    assert f"in {100 * row.numbers['odds_of_all']:.0f}% of the draws" in said.items[0]
    held = "still found" if row.numbers["found_held"] else "strictly better"
    assert held in said.items[2]
    money = {path: float(cells[1].rpartition("; ")[2]) for path, cells in rows.items()}
    assert money[BEST] <= money["mobilization"]


def test_of_a_run_with_settings_of_its_own_only_the_search_is_told(three, model):
    other = three.assign(public_money_spent=1.01 * three["public_money_spent"])
    blocks = outlook_section(other, model)
    assert list(rows_of(blocks)) == list(CANONICAL)
    assert "buildout frontier" in blocks[-1].text


def test_a_run_that_ends_early_shows_what_it_reaches(three, model):
    blocks = outlook_section(three.sel(time=slice(None, 2034)), model)
    rows = rows_of(blocks)
    assert list(rows) == list(CANONICAL)
    assert {row[-1] for row in rows.values()} == {"-"}


@pytest.mark.parametrize("column", ["model_sha256", "parameters_sha256"])
def test_a_search_of_another_model_or_table_is_not_shown(model, tmp_path, column):
    own = third_pathway_file().read_text()
    digest = model.sha256 if column == "model_sha256" else own.splitlines()[1].split(",")[-27]
    other = tmp_path / "frontier.csv"
    other.write_text(own.replace(digest, "0" * 64))
    assert other.read_text() != own
    assert published_pathways(model, other) == ()
    assert published_pathways(model, tmp_path / "none.csv") == ()
