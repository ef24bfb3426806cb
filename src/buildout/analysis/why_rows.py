"""What `why` says: rows of its table, sentences, and all of it as one answer."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr

from buildout._util.numbers import number, three_digits
from buildout.analysis.why import ALL_OTHERS, EXPLAINED
from buildout.outcomes.chances import share_in_percent
from buildout.outcomes.sureness import ROBUST_WORD
from buildout.sampling.saltelli import LUCK_FACTOR

# A smaller total index is told in the files alone.
_TOLD = 0.01


def why_rows(ds: xr.Dataset) -> list[dict[str, Any]]:
    """One row for each uncertainty that the screen kept, then all others, then luck.

    Parameters
    ----------
    ds : Dataset
        From `why`.

    Returns
    -------
    list of dict
        factor, numbers (how many the factor has), unit, grade, the variables of `EXPLAINED`; None
        for what it does not have.
    """
    rows = []
    for place, factor in enumerate(map(str, ds["factor"].values)):
        here = ds.isel(factor=place)
        numbers = {name: float(here[name]) for name in EXPLAINED}
        rows.append(
            {
                "factor": factor,
                "numbers": _count(ds, factor),
                "unit": str(here["unit"].item()),
                "grade": str(here["grade"].item()),
                **{name: v if np.isfinite(v) else None for name, v in numbers.items()},
            }
        )
    return rows


def _count(ds: xr.Dataset, factor: str) -> int:
    if factor == LUCK_FACTOR:
        return int(ds.attrs["luck"])
    singles = ds.sizes["factor"] - sum(n in ds["factor"].values for n in (ALL_OTHERS, LUCK_FACTOR))
    return int(ds.attrs["uncertainties"]) - singles if factor == ALL_OTHERS else 1


def why_answer(ds: xr.Dataset) -> dict[str, Any]:
    """All that `buildout why --json` prints.

    Parameters
    ----------
    ds : Dataset
        From `why`.

    Returns
    -------
    dict
        The attributes of the Dataset; `factors`, the rows of `why_rows`; `finding`, and `said`:
        what a reader must know of luck, of what is left out, of box and tree, in sentences.
    """
    rows = why_rows(ds)
    about = {name: _plain(value) for name, value in ds.attrs.items()}
    answer = {**about, "factors": rows}
    return {
        **answer,
        "question": question_words(answer),
        "finding": finding_words(answer),
        "said": [
            words
            for words in (luck_words(answer), others_words(answer), *box_words(answer))
            if words
        ],
    }


def _plain(value: Any) -> Any:
    value = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(value, float) and not np.isfinite(value) else value


def question_words(answer: Mapping[str, Any], pathway: str = "") -> str:
    """The question, how often the answer is yes, and how sure that is.

    Parameters
    ----------
    answer : mapping
    pathway : str, optional
        What the pathway is called, in place of its name.
    """
    year = "" if answer["year"] is None else f" in {answer['year']:g}"
    reason = "" if answer["reason"] == "as asked" else f" ({answer['reason']})"
    called = pathway or f"`{answer['pathway']}`"
    return (
        f"`{answer['outcome']}`{year} under {called}: {answer['words']}{reason} in "
        f"{share_in_percent(answer['share'])} of {answer['draws']:,} draws, {answer['sureness']}"
    )


def finding_words(answer: Mapping[str, Any]) -> str:
    """What decides, in a sentence."""
    key = answer["ordered_by"]
    if all(row[key] is None for row in answer["factors"]):
        return "Nothing decides it: it is the same in every draw"
    of = "the number" if key == "moves" else "the answer"
    luck = next((row for row in answer["factors"] if row["factor"] == LUCK_FACTOR), None)
    first = next(row for row in answer["factors"] if row["numbers"] == 1)
    if answer["sureness"] == ROBUST_WORD:
        side = max(answer["share"], 1 - answer["share"])
        often = "all draws" if side == 1 else f"{share_in_percent(side)} of draws"
        return (
            f"{'Yes' if answer['share'] > 0.5 else 'No'} in {often}; "
            f"{_name(first)} moves {of} most: {_percent(first[key])} of its variance"
        )
    if luck and luck[key] > first[key]:
        return (
            f"Luck decides more than any uncertainty: {_percent(luck[key])} of the variance of "
            f"{of}, {_name(first)} {_percent(first[key])}"
        )
    return f"{_name(first)} decides most: {_percent(first[key])} of the variance of {of}"


def told_factors(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Rows that are worth a line: an index of a hundredth, a side of the box, or a group."""
    return [
        row
        for row in rows
        if row["numbers"] > 1 or max(row["moves"] or 0, row["decides"] or 0) >= _TOLD or in_box(row)
    ]


def in_box(row: Mapping[str, Any]) -> bool:
    """Whether the box narrows an uncertainty."""
    return row["box_low"] is not None or row["box_high"] is not None


def luck_words(answer: Mapping[str, Any]) -> str:
    """What luck leaves open however much is known."""
    row = next((row for row in answer["factors"] if row["factor"] == LUCK_FACTOR), None)
    if row is None or row["moves"] is None:
        return ""
    answered = "" if row["decides"] is None else f", and {_percent(row['decides'])} of the answer's"
    return (
        f"If all {answer['uncertainties']:,} uncertainties were known, luck (of plants, events and "
        f"demand, {row['numbers']} numbers drawn anew as one) would leave {_percent(row['moves'])} "
        f"of the variance of the number{answered}."
    )


def others_words(answer: Mapping[str, Any]) -> str:
    """What is left out of the table, as one sum."""
    row = next((row for row in answer["factors"] if row["factor"] == ALL_OTHERS), None)
    if row is None or row["moves"] is None:
        return ""
    answered = "" if row["decides"] is None else f", {_percent(row['decides'])} of the answer's"
    return (
        f"The {row['numbers']:,} uncertainties that the screen left out have together "
        f"{_percent(row['moves'])} of the variance of the number{answered}."
    )


def box_words(answer: Mapping[str, Any]) -> list[str]:
    """The box in words, what it is worth in draws that were held out, and what a tree says."""
    side = "yes" if answer["box_side"] else "no"
    if answer["box_refused"]:
        return [f"No box says where the answer is {side}: {answer['box_refused']}."]
    ranges = " and ".join(range_words(row) for row in answer["factors"] if in_box(row))
    shares = {
        name: share_in_percent(answer[f"box_{name}"]) for name in ("density", "base", "coverage")
    }
    lines = [
        f"The answer is mostly {side} where {ranges}: in {shares['density']} of the held-out draws "
        f"there ({shares['base']} of all); the box holds {shares['coverage']} of every {side}."
    ]
    if answer["tree_first"]:
        lines.append(
            f"A tree over the same numbers asks first for `{answer['tree_first']}` "
            f"({three_digits(answer['tree_first_at'])}) and says the same as the box of "
            f"{share_in_percent(answer['tree_agreement'])} of them "
            f"({share_in_percent(answer['tree_by_chance'])} by chance)."
        )
    return lines


def range_words(row: Mapping[str, Any]) -> str:
    """What the box asks of an uncertainty, beside its whole range."""
    low, high = (row[f"box_{end}"] for end in ("low", "high"))
    unit = "" if row["unit"] == "Dmnl" else f" {row['unit']}"
    whole = f"({end_words(row['low'], row)} to {end_words(row['high'], row)}{unit})"
    if high is None:
        return f"{_name(row)} is above {end_words(low, row)} {whole}"
    if low is None:
        return f"{_name(row)} is below {end_words(high, row)} {whole}"
    return f"{_name(row)} is from {end_words(low, row)} to {end_words(high, row)} {whole}"


def end_words(value: float, row: Mapping[str, Any]) -> str:
    """A value of an uncertainty: dates to a tenth of a year, else three digits."""
    if row["unit"] == "Year" and abs(row["low"]) > 1900:
        return number(round(value, 1), 5, apart=1e9)
    return three_digits(value)


def _name(row: Mapping[str, Any]) -> str:
    return f"`{row['factor']}`"


def _percent(share: float) -> str:
    return f"{max(0, round(100 * share))}%"
