"""What others expect, and what is nearest to it in the model."""

import numpy as np
import pytest

import buildout as bo
from buildout.analysis.expectations import (
    PROJECTION_COLUMNS,
    beside_others,
    read_projections,
)
from buildout.errors import BuildoutError


def table(folder, expression, date, value="1"):
    cells = dict.fromkeys(PROJECTION_COLUMNS, "a") | {
        "region": "US",
        "value": value,
        "expression": expression,
        "date": date,
    }
    path = folder / "projections.csv"
    path.write_text(",".join(PROJECTION_COLUMNS) + "\n" + ",".join(cells.values()) + "\n")
    return path


@pytest.mark.parametrize(
    ("expression", "date", "value", "told"),
    [
        ("us magnet outptu total", "2030", "1", "line 2: Unknown variable"),
        ("us magnet output total", "", "1", "line 2: .* is to be read at ``. A year from 2025"),
        ("us magnet output total", "1999", "1", "is to be read at `1999`"),
        ("us magnet output total", "soon", "1", "Line 2: date is `soon`"),
        ("", "", "many", "Line 2: value is `many`"),
    ],
)
def test_a_row_that_cannot_be_read_is_named_with_its_line(tmp_path, expression, date, value, told):
    with pytest.raises(BuildoutError, match=told):
        read_projections(table(tmp_path, expression, date, value))


def test_ours_is_the_quantile_of_the_draws_at_the_date():
    [mine] = [row for row in beside_others(draws=40) if row.projection.who == "MP Materials"]
    cloud = bo.sweep(
        bo.latin_hypercube(40, seed=1),
        ["status-quo"],
        outputs=[mine.projection.expression],
        reductions=bo.At([mine.projection.date]),
    )
    values = cloud["effective_capacity"].values.ravel()
    assert (mine.p05, mine.p50, mine.p95) == pytest.approx(np.quantile(values, [0.05, 0.5, 0.95]))
