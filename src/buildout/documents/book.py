"""What is handed on, before any format: tables, charts, pictures and notes on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Row = Mapping[str, Any]
#: How a column is written: as text, a number by its size, a share in percent, or a year.
TEXT, NUMBER, SHARE, YEAR = "text", "number", "share", "year"


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    key : str
        In the rows.
    heading : str
        For people, with the unit.
    form : str
        `TEXT`, `NUMBER`, `SHARE` or `YEAR`.
    meaning : str
        A sentence on what it holds.
    """

    key: str
    heading: str
    form: str = TEXT
    meaning: str = ""


@dataclass(frozen=True)
class BookTable:
    """A table of a book.

    Attributes
    ----------
    name : str
        Short: of a sheet and of a file.
    title : str
        What it holds.
    columns : tuple of Column
    rows : sequence of mapping
        None, or NaN, is a cell without a value.
    note : str
        How to read it.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Row]
    note: str = ""


@dataclass(frozen=True)
class Curve:
    """A curve of a chart: the same places along the axis as the others."""

    label: str
    color: str
    values: Sequence[float]


@dataclass(frozen=True)
class BookChart:
    """A chart that the program of the reader draws and lets him change.

    Attributes
    ----------
    title : str
        What it shows, as a sentence.
    subtitle : str
        What is drawn, with unit.
    unit : str
        Of the values.
    years : sequence of int
    lines : sequence of Curve
    note : str
        How to read it.
    """

    title: str
    subtitle: str
    unit: str
    years: Sequence[int]
    lines: Sequence[Curve]
    note: str = ""


@dataclass(frozen=True)
class BookPicture:
    """A picture as it stands, in PNG."""

    title: str
    png: bytes
    note: str = ""


@dataclass(frozen=True)
class Book:
    """All that is handed on.

    Attributes
    ----------
    title : str
    findings : sequence of str
        Sentences that come first.
    notes : sequence of (str, str)
        What it is, of which version and draws, how to cite it.
    sheets : sequence of BookTable
        Every number, for spreadsheets.
    shown : sequence of BookTable
        The few that a page or a slide shows, as words.
    charts : sequence of BookChart
    pictures : sequence of BookPicture
    source : str
        One line below each slide and picture.
    """

    title: str
    findings: Sequence[str]
    notes: Sequence[tuple[str, str]]
    sheets: Sequence[BookTable]
    shown: Sequence[BookTable] = ()
    charts: Sequence[BookChart] = ()
    pictures: Sequence[BookPicture] = ()
    source: str = ""
    yearly: Sequence[Row] = field(default=(), repr=False)
