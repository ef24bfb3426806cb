"""What the page's script says again of Python's arithmetic and words, against Python, at random."""

import math
import shutil

import numpy as np
import pytest

from buildout._util import numbers
from buildout.outcomes import chances, dates, odds, wording
from buildout.page import bundle

PORTED = {
    "numbers.js": "number, quarter, roughPercent, timesTheNeed",
    "odds.js": "placeInWords",
    "quantiles.js": "datedQuantile, linearQuantile, percentileAmong, sorted, wilson",
    "verdict.js": "coveredFrom, firstSustained, reaches, shortTonnes",
}
RULES = {
    "rule_date": 2027.0,
    "full": 1.0,
    "sustained": 1.0,
    "rounding": dates.ROUNDING,
    "same_date": dates.SAME_DATE,
    "no_tonnes": wording.NO_TONNES,
    "on_the_date": wording.ON_THE_DATE,
    "too_short": wording.TOO_SHORT,
    "middle": chances.MIDDLE,
    "most_times": chances.MOST_TIMES,
    "end": 2045,
}
RANDOM = np.random.default_rng(20261126)


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def ported(browser, tmp_path_factory):
    """`ported(code, values)` calls the page's functions in a browser."""
    folder = tmp_path_factory.mktemp("ports")
    for module in bundle.PAGE_FOLDER.glob("*.js"):
        shutil.copy(module, folder)
    lines = [f'import {{{names}}} from "./{module}";' for module, names in PORTED.items()]
    functions = ", ".join(PORTED.values())
    (folder / "ports.js").write_text("\n".join([*lines, f"globalThis.ports = {{{functions}}};"]))
    page = browser.new_page()
    page.evaluate(bundle.bundled(folder, "ports.js"))
    page.evaluate("rules => { globalThis.rules = rules; }", RULES)
    yield page.evaluate
    page.close()


def spread(count):
    """Numbers of every size, ties of rounding and ends of percents among them."""
    values = 10.0 ** RANDOM.uniform(-6, 7, count) * RANDOM.choice([-1, 1], count)
    ties = [0.0, 0.5, 1.5, 2.5, 0.125, 0.375, 12345.5, 12250.0, 12350.0, 99.95, 999.5, 0.9962, 1.0]
    return [*values.tolist(), *ties, 1 - 1e-12, 0.99999, 0.9999, 1.6042, 0.0069]


def same(left, right):
    return (left is None and math.isnan(right)) or left == right


def test_numbers_are_written_alike(ported):
    values = spread(3000)
    code = """values => values.map(v => [
        ports.number(v), ports.number(v, 2), ports.number(v, 2, false),
        ports.roughPercent(Math.abs(v), rules.rounding), ports.quarter(2025 + Math.abs(v) % 20),
        ports.shortTonnes(Math.abs(v), rules)])"""
    expected = [
        [
            numbers.number(v),
            numbers.number(v, 2),
            numbers.number(v, 2, whole=False),
            chances.rough_percent(abs(v)),
            numbers.quarter(2025 + abs(v) % 20),
            wording.short_tonnes(abs(v)),
        ]
        for v in values
    ]
    assert ported(code, values) == expected


def test_quantiles_and_shares_are_the_same_to_the_bit(ported):
    columns = [RANDOM.lognormal(0, 2, n).tolist() for n in (1, 2, 3, 20, 99, 100, 100)]
    code = """columns => columns.map(column => [0.05, 0.5, 0.95].map(
        share => ports.linearQuantile(ports.sorted(column), share)))"""
    expected = [list(odds.value_quantiles(np.array(column)).values()) for column in columns]
    assert ported(code, columns) == expected
    dated = [[*column, *(len(column) // 8) * [None]] for column in columns]
    code = """columns => columns.map(column => [0.05, 0.5, 0.95].map(share =>
        ports.datedQuantile(column.map(date => date ?? NaN), share)))
        .map(row => row.map(date => Number.isNaN(date) ? null : date))"""
    for row, column in zip(ported(code, dated), dated, strict=True):
        wanted = odds.date_quantiles(np.array(column, float)).values()
        assert all(same(*pair) for pair in zip(row, wanted, strict=True))
    counts = [(0, 100), (1, 100), (50, 100), (100, 100), (3, 7)]
    code = "([counts, z]) => counts.map(([count, draws]) => ports.wilson(count, draws, z))"
    wanted = [list(odds.wilson_interval(*pair)) for pair in counts]
    assert ported(code, [counts, odds.INTERVAL_Z]) == wanted
    places = [(column[0], [*column, column[0]]) for column in columns]
    code = "places => places.map(([value, draws]) => ports.percentileAmong(value, draws))"
    assert ported(code, places) == [odds.percentile_among(v, np.array(d)) for v, d in places]


def test_dates_are_read_off_alike(ported):
    times = np.arange(2025, 2045.01, 0.25)
    # Wild walks about the whole need, some of which touch it, some of which break off.
    walks = 1 + np.cumsum(RANDOM.normal(0, 0.15, (400, len(times))), axis=1)
    walks[::5] = np.round(walks[::5] * 4) / 4
    ends = [2045.0, 2031.0, 2027.5, 2026.5, 2027.0]
    for end in ends:
        kept = times <= end
        spell = dates.first_sustained(times[kept], walks[:, kept], since=2027.0)
        code = """([times, walks]) => walks.map(walk => {
            const {start, end, known} = ports.firstSustained(times, walk, rules);
            const dated = (date) => Number.isNaN(date) ? null : date;
            const words = ports.coveredFrom(start, end, known, rules);
            return [dated(start), dated(end), known, words]; })"""
        rows = ported(code, [times[kept].tolist(), walks[:, kept].tolist()])
        for row, start, lost, known in zip(rows, spell.start, spell.end, spell.known, strict=True):
            assert same(row[0], start)
            assert same(row[1], lost)
            assert row[2] == known
            assert row[3] == wording.covered_from(start, lost, known=bool(known), end=2045)


def test_what_rounding_keeps_from_the_need_covers_it(ported):
    values = [0.9, 1 - 1e-12, 1.0, 2.0]
    code = "values => values.map(value => ports.reaches(value, rules))"
    assert ported(code, values) == dates.reaches(np.array(values)).tolist()


def test_a_run_s_place_and_a_need_of_almost_nothing_are_told_alike(ported):
    draws = RANDOM.lognormal(0, 1, 101).tolist()
    runs = [*draws, 0.0, 1e9]
    code = """([runs, drawn]) => runs.map(
        coverage => ports.placeInWords({coverage}, {drawn}, rules))"""
    for run, told in zip(runs, ported(code, [runs, draws]), strict=True):
        place = odds.percentile_among(run, np.array(draws))
        assert bool(told) == chances.outside_the_middle(place)
        if told:
            side = "below" if place < 50 else "above"
            assert told == f"{side} their middle (percentile {chances.percentile_in_words(place)})"
    shares = [0.163, 1.999, 3.7, 50.0, 50.1, 1700.0]
    told = ported("shares => shares.map(share => ports.timesTheNeed(share, rules))", shares)
    below = ["16% of the need", "200% of the need", "3.7 times the need", "50 times the need"]
    assert told[:4] == below
    assert told[4:] == [chances.coverage_words([share], of_need=True) for share in shares[4:]]
