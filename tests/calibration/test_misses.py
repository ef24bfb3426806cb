"""What is said of the misses of the hindcast, and what counts as evidence of its own."""

import pytest

from buildout.calibration.hindcast import Line, read_plan
from buildout.calibration.misses import MISSES_COLUMNS, counted_once, read_misses, tally
from buildout.calibration.scores import Theil
from buildout.errors import InputError


def line(group, crps, role="scored"):
    return Line(group, role, 1, Theil(1, 0, 0, 0, 0, 0, 0), 1.0, 1.0, crps, 0.5, 0.6)


def test_every_scored_series_has_its_sentence_and_what_it_repeats_is_planned():
    plan = {row.group: row.role for row in read_plan()}
    misses = read_misses()
    assert set(misses) == {group for group, role in plan.items() if role == "scored"}
    for miss in misses.values():
        assert miss.says
        assert miss.repeats in {"", *plan} - {miss.group}
        # Not through a third one, which would be left out itself.
        assert miss.repeats not in misses or not misses[miss.repeats].repeats


def test_what_tells_the_same_counts_once():
    rows = [
        line("Lynas NdPr by years", 0.4),
        line("Lynas NdPr by quarters", 0.4),
        line("US ore bought by China", 0.1),
        line("jobs at US mines and mills", 0.9),
        line("staff of MP", 0.9),
        line("US ore", 0.1, role="fitted"),
    ]
    assert [row.group for row in counted_once(rows)] == [
        "Lynas NdPr by years",
        "jobs at US mines and mills",
    ]
    assert tally(rows) == "3 of 5 series, or 1 of 2 if those that tell the same count once"


def test_a_series_that_stands_twice_is_refused(tmp_path):
    path = tmp_path / "misses.csv"
    path.write_text(",".join(MISSES_COLUMNS) + "\na,,b\na,,c\n")
    with pytest.raises(InputError, match=r"`misses\.csv`: Line 3: `a` stands on line 2 too"):
        read_misses(path)
