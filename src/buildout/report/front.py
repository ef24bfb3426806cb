"""The first screen: the question, and for each magnet class an answer with its odds."""

from collections.abc import Mapping, Sequence
from typing import Any

import xarray as xr

from buildout._util.numbers import each, number, span
from buildout.inputs.glossary import read_glossary
from buildout.outcomes.chances import MOST_TIMES, has_odds, rough_percent
from buildout.outcomes.dates import reaches
from buildout.outcomes.deadline import deadline_rows
from buildout.outcomes.odds import with_odds
from buildout.outcomes.short_answers import ANSWERS, CLASS_NAMES, OTHERWISE, QUESTION, RULE_READINGS
from buildout.outcomes.sureness import LIKELY
from buildout.report.blocks import ClassAnswer, ClassAnswers, Heading, Link, Paragraph, ReportBlock
from buildout.simulation.soundness import told_status

Row = Mapping[str, Any]
LEGEND = "Each dot is one future in a hundred; a filled one has enough."
LEGEND_OF_A_RUN = "Each dot is a hundredth of the need; filled ones are covered."


def front(ds: xr.Dataset, odds: xr.Dataset | None = None, sliders: str = "") -> list[ReportBlock]:
    """The question, what the rule is, and the answer for each class.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.
    odds : Dataset, optional
        Of the same run.
    sliders : str
        Name of the page of sliders beside the report; empty for none.
    """
    rows = with_odds(deadline_rows(ds), odds)
    kinds = list(dict.fromkeys(row["magnet_class"] for row in rows))
    drawn = has_odds(rows)
    notes = " ".join(told_status(ds))
    return [
        Heading(QUESTION, level=1),
        *([Paragraph(notes, lead=True)] if notes else []),
        Paragraph(f"{_rule(rows)} {_how(rows, drawn=drawn)}", lead=True),
        ClassAnswers(
            tuple(
                answer_of([r for r in rows if r["magnet_class"] == k], drawn=drawn) for k in kinds
            ),
            legend=LEGEND if drawn else LEGEND_OF_A_RUN,
        ),
        Paragraph(_beside(rows, drawn=drawn), quiet=True),
        *([Paragraph(_sliders(sliders))] if sliders else []),
    ]


def _sliders(page: str) -> tuple[str | Link, ...]:
    return (
        "Move a lever, or what is uncertain, and see the answer move: ",
        Link("the page of sliders", page),
        ", the same model in your browser, offline.",
    )


def _rule(rows: Sequence[Row]) -> str:
    letters = {row["regime"] for row in rows}
    if len(letters) == 1 and letters <= set(RULE_READINGS):
        return RULE_READINGS[next(iter(letters))]
    said = each({row["pathway"]: row["regime"] for row in rows})
    return f"What US defense may buy from that day on hangs on the rule regime: {said}."


def _how(rows: Sequence[Row], *, drawn: bool) -> str:
    if drawn:
        draws = max(row["draws"] for row in rows)
        return f"In {draws:,} simulated futures an open model finds:"
    return "One run of an open model at expected values, without odds, finds:"


def answer_of(rows: Sequence[Row], *, drawn: bool) -> ClassAnswer:
    """What is said of one magnet class: with odds, or of the single run."""
    kind = str(rows[0]["magnet_class"])
    meanings = {entry.term: entry.meaning for entry in read_glossary()}
    key = "share_covered_2027" if drawn else "coverage_2027"
    shares = [row[key] for row in rows]
    odds = _of_hundred(shares) if drawn else f"{span(shares, rough_percent)}% covered"
    filled = (min(shares), max(shares))
    return ClassAnswer(
        name=CLASS_NAMES.get(kind, kind),
        meaning=meanings.get(kind, kind),
        answer=_in_words(shares) if drawn else _of_a_run(shares),
        odds=odds,
        says=_says(rows, odds) if drawn else f"Supply covers {_times([*shares])}.",
        filled=filled,
        pictured=f"{odds}: {_pictured(filled)} of 100 dots are filled",
    )


def _in_words(shares: Sequence[float]) -> str:
    words = [
        next((w for least, w in ANSWERS if share >= least), OTHERWISE)
        for share in (min(shares), max(shares))
    ]
    if words[0] == words[1]:
        return words[0]
    return f"{words[0]} to {words[1][:1].lower()}{words[1][1:]}, by policy"


def _of_a_run(shares: Sequence[float]) -> str:
    met = [bool(reaches(share)) for share in shares]
    if all(met):
        return "Yes, in this run"
    return "In some policies" if any(met) else "No, in this run"


def _of_hundred(shares: Sequence[float]) -> str:
    """In how many of a hundred futures; no rounding makes a chance none, or sure."""
    return f"{span(shares, _hundredths)} of 100"


def _hundredths(share: float) -> str:
    if 0 < share < 0.01:
        return "under 1"
    return "over 99" if 0.99 < share < 1 else f"{100 * share:.0f}"


def _says(rows: Sequence[Row], odds: str) -> str:
    middle = [row["coverage_2027_p50"] for row in rows]
    half = f"half of them have {_times(middle)} or {'more' if min(middle) >= 1 else 'less'}"
    if min(middle) < 1 <= max(middle):
        half = f"the median is {_times(middle)}"
    causes = list(dict.fromkeys(row["binding"] for row in rows if row["binding"] != "none"))
    short = min(row["share_covered_2027"] for row in rows) < LIKELY
    held = f" What holds it up: {' or '.join(causes)}." if causes and short else ""
    return f"Enough in {odds} futures; {half}.{held}"


def _times(shares: Sequence[float]) -> str:
    """How much of the need is there, as people say it."""
    low, high = min(shares), max(shares)
    if high < 2:
        return f"{span([low, high], rough_percent)}% of the need"
    if low > MOST_TIMES:
        return f"over {MOST_TIMES:g} times the need"
    if high > MOST_TIMES:
        return f"{number(low, 2)} to over {MOST_TIMES:g} times the need"
    said = span([low, high], lambda share: number(share, 2))
    return f"{said} times the need"


def _pictured(filled: tuple[float, float]) -> str:
    return span([min(100.0, 100 * share) for share in filled], lambda share: f"{share:.0f}")


def _beside(rows: Sequence[Row], *, drawn: bool) -> str:
    need = each({row["pathway"]: number(row["defense_need_in_2025"]) for row in rows})
    paths = list(dict.fromkeys(row["pathway"] for row in rows))
    alike = drawn and all(
        len({_hundredths(r["share_covered_2027"]) for r in rows if r["magnet_class"] == kind}) == 1
        for kind in {row["magnet_class"] for row in rows}
    )
    said = f"The need is taken as {need} tonnes of magnets a year (2025), which is disputed."
    if alike and len(paths) > 1:
        said += f" The odds are the same under all {len(paths)} policies compared here."
    return f"{said} No forecast: it is what follows from the assumptions listed below."
