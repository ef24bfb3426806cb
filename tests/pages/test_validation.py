"""model/VALIDATION.md, and the same on the report page."""

import pytest

from buildout.calibration.hindcast import STARTS, hindcast, lines
from buildout.calibration.prediction_scores import predictions
from buildout.pages.validation import validation_page
from buildout.report.blocks import Heading, ReportTable
from buildout.report.validation import validation_section


@pytest.fixture(scope="module")
def page():
    return validation_page()


@pytest.fixture(scope="module")
def scored():
    return {
        start: [line for line in lines(hindcast(start)) if line.role == "scored"]
        for start in STARTS
    }


def test_misses_stand_in_the_order_of_their_size(page, scored):
    section = page.split("## The misses")[1].split("\n## ")[0]
    named = [row.split(" | ")[0].removeprefix("| ") for row in section.splitlines() if "%" in row]
    order = sorted(scored[2018], key=lambda line: -line.theil.root_mean_square)
    assert named == [line.group for line in order]


def test_the_page_says_on_how_many_series_the_naive_forecasts_won_and_on_which(page, scored):
    for start, rows in scored.items():
        assert f"from {start} the draws were nearer than both naive forecasts on " in page
        assert f"{sum(line.beats for line in rows)} of {len(rows)} series" in page
    lost = [line.group for line in scored[2018] if not line.beats]
    assert f"From 2018 they lost on: {', '.join(lost)}." in page


def test_what_others_expect_stands_beside_ours_with_its_date(page):
    section = page.split("## Ours beside what others expect")[1]
    assert (
        "| MP Materials | magnet capacity | US | 2028 | 10,000 t/yr | 2025-07 | J001 |" in section
    )


def test_the_head_of_the_registered_predictions_stands_on_the_page(page):
    assert f"`{predictions()['sha256'].iloc[-1]}`" in page


def test_the_report_shows_the_same_errors(page, scored):
    heading, _, table, registered, _, _, expected = validation_section()
    assert isinstance(expected, ReportTable)
    assert any("MP Materials" in map(str, row) for row in expected.rows)
    assert predictions()["sha256"].iloc[-1] in registered.text
    assert isinstance(heading, Heading)
    assert isinstance(table, ReportTable)
    errors = {line.group: line.theil.root_mean_square for line in scored[2018]}
    for row in table.rows:
        name, error = str(row[0]), str(row[1])
        assert error == f"{100 * errors[name]:.0f}%"
        assert f"| {name} | {100 * errors[name]:.0f} % |" in page
