"""`buildout uncertainties` and `bo.uncertainties`: ranges, grades, and what each number moves."""

import csv
import importlib
import itertools

import pytest

import buildout as bo
from buildout.analysis.short_list import short_list
from buildout.cli.main import main
from buildout.figures import uncertainty_bars, uncertainty_bars_data
from buildout.figures.sheets import SHEETS


@pytest.fixture(scope="module", autouse=True)
def moved_once(model):
    """Each is moved to both ends of its range once for all tests of this file."""
    # The module by its name: as an attribute of the room it is the verb.
    verb = importlib.import_module("buildout.analysis.uncertainties")
    moved = verb.shares_of_each(model)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verb, "shares_of_each", lambda _: moved)
        yield


@pytest.fixture(scope="module")
def rows(moved_once):
    return bo.uncertainties()


def test_every_uncertainty_has_its_range_and_grade_as_the_table_has_it(rows, model):
    table = {row.name: (row.low, row.high, row.grade) for row in model.uncertainties}
    assert {r["uncertainty"]: (r["low"], r["high"], r["grade"]) for r in rows} == table


@pytest.mark.slow
def test_what_it_moves_agrees_with_the_short_list(rows):
    """The short list adds up elements, so that one of a single element is the same there."""
    own = {row["uncertainty"]: row for row in rows}
    listed = {row["uncertainty"]: row for row in short_list() if row["uncertainty"] in own}
    assert len(listed) > 50
    for name, row in listed.items():
        if row["elements"] > 1:
            continue
        assert own[name]["share"] == pytest.approx(row["share"], rel=1e-12)
        assert (own[name]["weight"], own[name]["moves"]) == (row["weight"], row["outcome"])


def test_a_pattern_chooses_by_name_and_meaning_and_nothing_is_moved_where_none_asks():
    chosen = bo.uncertainties("ramp time to", moved=False)
    assert len(chosen) == 7
    assert {row["share"] for row in chosen} == {None}
    assert all(row["source_ids"] or row["rationale"] for row in chosen)


def test_the_command_saves_what_it_shows(tmp_path, capsys, unpainted):
    assert main(["uncertainties", "ramp time to", "--out", str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    assert max(map(len, shown.splitlines())) <= 118
    with open(tmp_path / "uncertainties.csv", newline="") as file:
        saved = list(csv.DictReader(file))
    shares = [float(row["share"]) for row in saved]
    assert shares == sorted(shares, reverse=True)
    assert saved[0]["uncertainty"] in shown.splitlines()[2]


@pytest.mark.parametrize("page", SHEETS)
def test_the_bars_are_the_largest_shares_and_their_words_fit(rows, page):
    table = uncertainty_bars_data(rows)
    figure = uncertainty_bars(rows, page=page)
    widths = [100 * share for share in table["share"]]
    bars = [bar.get_width() for bar in figure.axes[0].patches]
    assert bars == pytest.approx(widths[: len(bars)])
    figure.draw_without_rendering()
    boxes = [label.get_window_extent() for label in figure.axes[0].get_yticklabels()]
    assert min(box.x0 for box in boxes) >= 0
    assert all(a.y0 >= b.y1 - 1 for a, b in itertools.pairwise(boxes))
