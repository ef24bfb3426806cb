"""The page says of each stage and of a cut what the Dataset says, and no more."""

import re

import pytest

from buildout.inputs.china import read_china_output
from buildout.outcomes.cut_losses import cut_losses
from buildout.outcomes.stages import stage_rows
from buildout.report.blocks import Bullets, Paragraph, ReportTable
from buildout.report.stages import NO_RECORD, cuts_section, stages_section


@pytest.fixture(scope="module")
def blocks(three):
    return stages_section(three)


def table(blocks):
    return next(block for block in blocks if isinstance(block, ReportTable))


def test_every_stage_of_every_pathway_has_a_row_with_its_years(blocks, three):
    shown = {(stage, path): cells for stage, path, *cells in table(blocks).rows}
    rows = stage_rows(three)
    assert set(shown) == {(row["line"], row["pathway"]) for row in rows}
    for row in rows:
        home, *behind = shown[row["line"], row["pathway"]]
        assert ("not before" in home) == (row["home_year"] is None)
        assert (" to " in home) == (row["home_until"] is not None)
        assert (behind == 3 * [NO_RECORD]) == (row["line"] not in read_china_output())
        for year, words in zip((2030, 2035, 2045), behind, strict=True):
            assert ("more than" in words) == row[f"at_least_{year}"]
            if row[f"china_year_{year}"] is not None:
                assert str(int(row[f"china_year_{year}"])) in words


def test_the_sentences_name_the_stages_that_serve_the_market(blocks, three):
    said = next(block for block in blocks if isinstance(block, Bullets)).items
    for path, sentence in zip(three["pathway"].values, said, strict=True):
        served = [r for r in stage_rows(three) if r["pathway"] == path and r["home_year"]]
        assert sentence.startswith(f"{path}: {len(served)} of 7 stages")
        assert all(row["line"] in sentence for row in served)


def test_the_years_behind_can_be_set_against_the_articles(blocks):
    texts = [block.text for block in blocks if isinstance(block, Paragraph)]
    checked = next(text for text in texts if "decade behind China" in text)
    assert len(re.findall(r"China (?:in|made more in|has not)", checked)) == 3


def test_no_loss_is_rounded_to_none_and_the_sums_are_those_of_the_classes(three):
    losses = cut_losses(three).sum("magnet_class")
    for path, year, civil, defense, *_ in table(cuts_section(three)).rows:
        lost = losses["lost_in_a_cut"].sel(pathway=path, time=float(year))
        for buyer, words in (("civil", civil), ("defense", defense)):
            tonnes = float(lost.sel(buyer=buyer))
            assert (words == "0") == (tonnes < 1e-6)
            if tonnes >= 1:
                assert float(words.replace(",", "")) == pytest.approx(tonnes, rel=0.06)
