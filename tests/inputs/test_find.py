"""Names are found by word, in any order, spelled roughly."""

import pytest

from buildout import find, load_model
from buildout.errors import InputError
from buildout.inputs.find import MOST


def names(words, **how):
    return [match.name for match in find(words, **how)]


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("us magnet output total", "US magnet output total"),
        ("output_us_TOTAL magnet", "US magnet output total"),
        ("floor price", "floor price[element]"),
        ("vulnerabilty", "vulnerability"),
    ],
)
def test_words_in_any_order_and_near_spellings_find_a_name(words, first):
    assert names(words)[0] == first


def test_words_of_a_meaning_find_the_variable_too():
    model = load_model()
    words = model.variable("vulnerability").meaning.split(".")[0]
    assert "vulnerability" in names(words)


def test_each_match_says_what_it_is():
    [match] = find("rule regime", most=1)
    assert match.kind == "switch"
    assert match.unit == "Dmnl"
    assert match.meaning
    assert len(repr(find("a"))) < 30_000
    assert len(find("a")) == MOST


def test_nothing_is_found_for_what_nothing_is_called():
    assert names("xyzzy") == []
    assert names("floor", most=0) == []


def test_uncertainties_are_listed_with_range_and_grade():
    rows = load_model().uncertainties
    assert len(rows) > 200
    assert {row.kind for row in rows} == {"uncertainty", "initial"}
    assert all(row.grade and row.low <= row.high for row in rows if row.distribution != "fixed")


@pytest.mark.parametrize("words", [5, None, ["magnet"], b"magnet"])
def test_what_is_no_text_is_refused_in_words(words):
    with pytest.raises(InputError, match="Text is accepted"):
        find(words)
