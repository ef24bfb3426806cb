"""A file of anyone's observations: what each row is, over which period, with which error.

Two heads are read: `series, from, to, value, unit` with `sd` if need be, and that of the tables in
`calibration/observations`. A problem is told once, with all the lines that have it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import xarray as xr

from buildout._util.names import quoted
from buildout._util.reading import read_number, read_rows
from buildout.errors import BuildoutError, InputError, together
from buildout.inputs.mapping import Mapped
from buildout.inputs.observations import OBSERVATION_KINDS, decimal_year
from buildout.inputs.series import SeriesMeanings

OBSERVED_COLUMNS = ("series", "value", "unit")
PERIOD_HEADS = (("from", "to"), ("period_start", "period_end"))
MOST_OBSERVATIONS = 5_000
#: Years; dates nearer than this are the same one.
_NEAR = 1e-6
_EARLIEST, _LATEST = 1900.0, 2200.0
_LARGEST = 1e15  # Of a value; no quantity of the model comes near, in any unit.
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LISTED = 6  # Lines that a message names before it says how many more there are.
_Read = TypeVar("_Read")


@dataclass(frozen=True)
class RunSpan:
    """What a run covers, and what others do.

    Attributes
    ----------
    pathway : str
    first, last : float, Year
    others : mapping of str to (float, float)
        First and last date of the pathways that start at a time of their own.
    """

    pathway: str
    first: float
    last: float
    others: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def misses(self, start: float, end: float) -> str:
        """Why a period cannot be compared; empty where it can."""
        if self._within(start, end, (self.first, self.last)):
            return ""
        cover = [
            f"`{name}` ({own[0]:g} to {own[1]:g})"
            for name, own in self.others.items()
            if name != self.pathway and self._within(start, end, own)
        ]
        cure = f"Pathways that cover it: {', '.join(cover)}." if cover else "No pathway covers it."
        option = f"--since {self.first:g}" if start < self.first else f"--until {self.last:g}"
        return (
            f"The period lies outside the run of `{self.pathway}`, which covers {self.first:g} to "
            f"{self.last:g}. {cure} `{option}` leaves such rows out."
        )

    @staticmethod
    def _within(start: float, end: float, run: tuple[float, float]) -> bool:
        return run[0] - _NEAR <= start and end <= run[1] + _NEAR


@dataclass(frozen=True)
class ObservationFile:
    """Observations that can be compared with a run.

    Attributes
    ----------
    observed : Dataset, (row,)
        `value`, with the coordinates series, unit, over (mean, total, at), start, end, time,
        sd and line.
    mapping : dict of str to Mapped
        What each of the series is in the model.
    remarks : tuple of str
        What was left out, and what was assumed.
    """

    observed: xr.Dataset
    mapping: dict[str, Mapped]
    remarks: tuple[str, ...]


def read_observation_file(
    path: str | Path,
    meanings: SeriesMeanings,
    span: RunSpan,
    *,
    since: float | None = None,
    until: float | None = None,
) -> ObservationFile:
    """The observations of a file, each with what the model calls it.

    Parameters
    ----------
    path : path
    meanings : SeriesMeanings
        What series there are: `ModelSeries`, or those of registered predictions.
    span : RunSpan
        Periods beyond it are refused.
    since, until : float, optional
        Only periods that begin, and end, within these dates (calendar years).

    Raises
    ------
    InputError
        All problems of the file together, each with its lines.
    """
    rows = read_rows(path, OBSERVED_COLUMNS, what="the file of observations")
    where = quoted(Path(path).name)
    if not rows:
        raise InputError(f"{where} holds no observation.", "At least one row is accepted.")
    if len(rows) > MOST_OBSERVATIONS:
        raise InputError(
            f"{where} has {len(rows):,} rows.", f"Up to {MOST_OBSERVATIONS:,} are accepted."
        )
    reading = _Reading(_period_heads(rows[0][1], where), span, meanings, since, until)
    for line, cells in rows:
        reading.take(line, cells)
    return reading.result(where)


def _period_heads(cells: Mapping[str, str], where: str) -> tuple[str, str]:
    for heads in PERIOD_HEADS:
        if set(heads) <= set(cells):
            return heads
    raise InputError(f"{where} lacks the columns `from` and `to`.", "Years or days stand in them.")


class _Reading:
    """Rows as they are read: what is kept, what is left out, what is wrong and in which lines."""

    def __init__(
        self,
        heads: tuple[str, str],
        span: RunSpan,
        meanings: SeriesMeanings,
        since: float | None,
        until: float | None,
    ) -> None:
        self.heads, self.span, self.meanings = heads, span, meanings
        self.since = -np.inf if since is None else since
        self.until = np.inf if until is None else until
        self.rows: list[dict[str, Any]] = []
        self.mapping: dict[str, Mapped] = {}
        self.problems: dict[str, list[int]] = {}
        self.left_out: dict[str, list[int]] = {}
        self.without_error: list[int] = []
        self._lines: dict[tuple[object, ...], int] = {}

    def take(self, line: int, cells: Mapping[str, str]) -> None:
        if self._opinion(line, cells):
            return
        series, unit = cells["series"].strip(), cells["unit"].strip()
        start = self._try(line, lambda: observed_date(cells[self.heads[0]], self.heads[0]))
        end = self._try(line, lambda: observed_date(cells[self.heads[1]], self.heads[1], last=True))
        value = self._try(line, lambda: _magnitude(cells["value"], "value"))
        sd = self._try(line, lambda: _error(cells.get("sd", "").strip()))
        if series in self.meanings.without:
            self.left_out.setdefault(self.meanings.why_without, []).append(line)
            return
        mapped = self._try(line, lambda: self.meanings.meaning(series, unit))
        if start is None or end is None or value is None or sd is None or mapped is None:
            return
        if problem := _wrong_period(start, end, mapped):
            self._wrong(line, problem)
            return
        if not (start >= self.since - _NEAR and end <= self.until + _NEAR):
            self.left_out.setdefault("outside the dates asked for", []).append(line)
            return
        if problem := self.span.misses(start, end):
            self._wrong(line, problem)
            return
        if self._twice(line, mapped, start, end, cells):
            return
        if np.isnan(sd):
            sd = mapped.sd * abs(value)
            if not mapped.sd:
                self.without_error.append(line)
        words = {"series": series, "unit": mapped.unit, "over": mapped.over}
        numbers = {"start": start, "end": end, "value": value, "sd": sd}
        self.rows.append({**words, **numbers, "line": line})

    def result(self, where: str) -> ObservationFile:
        if self.problems:
            lines = [
                InputError(f"{_in_words(lines)}: {said}") for said, lines in self.problems.items()
            ]
            raise together(lines, where)
        remarks = [
            f"Left out, {reason}: {_in_words(lines).lower()}."
            for reason, lines in self.left_out.items()
        ]
        if not self.rows:
            raise InputError(f"{where} holds nothing to score.", cure=" ".join(remarks))
        if self.without_error:
            lines_without = _in_words(self.without_error).lower()
            remarks.append(f"Taken as without error, since no `sd` is known: {lines_without}.")
        remarks += [
            f"{quoted(series)} is taken as the sum of its {count} elements."
            for series, count in self.meanings.summed.items()
        ]
        return ObservationFile(_dataset(self.rows), self.mapping, tuple(remarks))

    def _opinion(self, line: int, cells: Mapping[str, str]) -> bool:
        """Whether a row is no observation but what somebody planned or foresaw."""
        kind = cells.get("kind", OBSERVATION_KINDS[0]).strip()
        if kind not in OBSERVATION_KINDS:
            self._wrong(line, f"kind is {quoted(kind)}. Accepted: {', '.join(OBSERVATION_KINDS)}.")
        elif kind != OBSERVATION_KINDS[0]:
            self.left_out.setdefault("as plans and forecasts are no observations", []).append(line)
        return kind != OBSERVATION_KINDS[0]

    def _twice(
        self, line: int, mapped: Mapped, start: float, end: float, cells: Mapping[str, str]
    ) -> bool:
        """Whether a row repeats another, or takes its series in another way."""
        series = mapped.series
        if self.mapping.setdefault(series, mapped) != mapped:
            other = self.mapping[series].unit
            self._wrong(line, f"{quoted(series)} stands in `{other}` before. One unit is accepted.")
            return True
        # Two sources may tell the same; two rows of one of them may not.
        row = (series, round(start, 6), round(end, 6), cells.get("source_id", ""))
        first = self._lines.setdefault(row, line)
        if first != line:
            said = f"{quoted(series)} stands twice over {start:.10g} to {end:.10g}. Keep one row."
            self.problems.setdefault(said, [first]).append(line)
        return first != line

    def _try(self, line: int, read: Callable[[], _Read]) -> _Read | None:
        try:
            return read()
        except BuildoutError as problem:
            self._wrong(line, str(problem))
            return None

    def _wrong(self, line: int, said: str) -> None:
        self.problems.setdefault(said, []).append(line)


def observed_date(written: str, column: str, *, last: bool = False) -> float:
    """A decimal year, or the beginning of a day; of the last day of a period its end."""
    text = written.strip()
    accepted = "A year such as `2021.25` or a day such as `2021-03-31` is accepted."
    if _ISO.fullmatch(text):
        try:
            return decimal_year(date.fromisoformat(text) + timedelta(days=last))
        except (ValueError, OverflowError):
            raise InputError(f"{column} is {quoted(text)}, which is no day.", accepted) from None
    try:
        year = read_number(text, what=column)
    except BuildoutError:
        year = np.nan
    if not _EARLIEST <= year <= _LATEST:
        raise InputError(f"{column} is {quoted(text)}.", accepted)
    return year


def _magnitude(written: str, column: str) -> float:
    """A number that squares and sums of still can hold."""
    value = read_number(written, what=column)
    if abs(value) > _LARGEST:
        raise InputError(f"{column} is {value:g}.", f"Up to {_LARGEST:g} is accepted.")
    return value


def _error(written: str) -> float:
    """The error of an observation; NaN where the cell is empty."""
    if not written:
        return float("nan")
    sd = _magnitude(written, "sd")
    if sd < 0:
        raise InputError(f"sd is {sd:g}.", "A number from 0 is accepted, or an empty cell.")
    return sd


def _wrong_period(start: float, end: float, mapped: Mapped) -> str:
    if end < start - _NEAR:
        return f"The period ends in {end:.10g}, before it begins in {start:.10g}."
    if mapped.over == "total" and end - start < _NEAR:
        return (
            f"{quoted(mapped.series)} is a total over a period, and this one has no length: "
            f"{start:.10g} is one moment. The year 2021 is written from 2021 to 2022, or from "
            "2021-01-01 to 2021-12-31."
        )
    return ""


def _dataset(rows: list[dict[str, Any]]) -> xr.Dataset:
    coords = {
        name: ("row", np.array([row[name] for row in rows]))
        for name in ("series", "unit", "over", "start", "end", "sd", "line")
    }
    coords["time"] = ("row", np.array([(row["start"] + row["end"]) / 2 for row in rows]))
    value = np.array([row["value"] for row in rows], dtype=float)
    return xr.Dataset({"value": ("row", value, {"long_name": "observed value"})}, coords)


def _in_words(lines: list[int]) -> str:
    if len(lines) == 1:
        return f"Line {lines[0]}"
    shown = [str(line) for line in lines[:_LISTED]]
    if len(lines) > _LISTED:
        return f"Lines {', '.join(shown)} and {len(lines) - _LISTED} more"
    return f"Lines {', '.join(shown[:-1])} and {shown[-1]}"
