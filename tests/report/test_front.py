"""The first screen says what the odds say, and no rounding makes a chance sure or none."""

import pytest

from buildout.outcomes.deadline import deadline_rows
from buildout.outcomes.short_answers import RULE_READINGS
from buildout.report.blocks import ClassAnswers
from buildout.report.front import answer_of, front


def row(share, **more):
    """A class in a thousand draws."""
    return {
        "pathway": "a",
        "magnet_class": "SmCo",
        "draws": 1000,
        "share_covered_2027": share,
        "coverage_2027_p50": 0.39,
        "binding": "not yet qualified",
    } | more


@pytest.mark.parametrize(
    ("share", "answer", "odds"),
    [
        (1.0, "Almost certainly yes", "100 of 100"),
        (0.9995, "Almost certainly yes", "over 99 of 100"),
        (0.979, "Very likely yes", "98 of 100"),
        (0.79, "Likely yes", "79 of 100"),
        (0.5, "Open", "50 of 100"),
        (0.144, "Probably not", "14 of 100"),
        (0.05, "Very likely not", "5 of 100"),
        (0.001, "Almost certainly not", "under 1 of 100"),
        (0.0, "Almost certainly not", "0 of 100"),
    ],
)
def test_an_answer_is_as_sure_as_its_odds(share, answer, odds):
    said = answer_of([row(share)], drawn=True)
    assert (said.answer, said.odds) == (answer, odds)
    assert said.says.startswith(
        f"Enough in {odds} futures; half of them have 39% of the need or less."
    )
    assert ("not yet qualified" in said.says) == (share < 0.7)


def test_policies_with_odds_of_their_own_are_told_apart():
    said = answer_of([row(0.2), row(0.8, pathway="b")], drawn=True)
    assert said.answer == "Probably not to likely yes, by policy"
    assert said.odds == "20 to 80 of 100"
    assert said.filled == (0.2, 0.8)


@pytest.mark.parametrize(
    ("medians", "said"),
    [
        ((9.1,), "9.1 times the need"),
        ((9.1, 1700.0), "9.1 to over 50 times the need"),
        ((800.0, 1700.0), "over 50 times the need"),
    ],
)
def test_a_need_of_almost_nothing_is_not_counted_in_times(medians, said):
    rows = [row(1.0, pathway=str(m), coverage_2027_p50=m) for m in medians]
    assert f"half of them have {said} or more" in answer_of(rows, drawn=True).says


def test_without_odds_the_run_speaks_and_says_so(three):
    blocks = front(three)
    (answers,) = (block for block in blocks if isinstance(block, ClassAnswers))
    covered = {r["magnet_class"]: r["coverage_2027"] for r in deadline_rows(three)}
    assert [said.answer for said in answers.rows] == [
        "Yes, in this run" if share >= 1 else "No, in this run" for share in covered.values()
    ]
    assert "without odds" in blocks[1].text


@pytest.mark.parametrize(("number", "letter"), [(1.0, "A"), (2.0, "B"), (3.0, "C")])
def test_the_reading_of_the_rule_is_told_first(three, number, letter):
    ds = three.assign(rule_regime=0 * three["rule_regime"] + number)
    assert front(ds)[1].text.startswith(RULE_READINGS[letter])
