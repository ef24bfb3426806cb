"""What a report is made of, before it is a page or a text: the same blocks become both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Link:
    """A word that leads to a source; `hint` says which without going there."""

    text: str
    url: str
    hint: str = ""


Piece = str | Link
Text = str | tuple[Piece, ...]


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is the title."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; `lead` sets it larger."""

    text: Text
    lead: bool = False


@dataclass(frozen=True)
class Bullets:
    """A list of points."""

    items: tuple[Text, ...]


@dataclass(frozen=True)
class ReportTable:
    """A table.

    Attributes
    ----------
    columns : tuple of str
        Headings.
    rows : tuple of tuple of Text
    numbers : frozenset of int
        Columns that are set to the right.
    folded : str
        What is written on the fold when the table is long and opens on demand.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Text, ...], ...]
    numbers: frozenset[int] = field(default_factory=frozenset)
    folded: str = ""


@dataclass(frozen=True)
class Picture:
    """A chart.

    Attributes
    ----------
    name : str
        Of its file, without suffix.
    alt : str
        What it says, for those who do not see it.
    caption : str
    """

    name: str
    alt: str
    caption: str


ReportBlock = Heading | Paragraph | Bullets | ReportTable | Picture


def table_of(
    rows: Sequence[Mapping[str, Text]], *, numbers: Sequence[str] = (), folded: str = ""
) -> ReportTable:
    """Rows with the same keys as a table with these as headings.

    Examples
    --------
    >>> table_of([{"a": "1"}], numbers=["a"]).numbers
    frozenset({0})
    """
    columns = tuple(rows[0]) if rows else ()
    return ReportTable(
        columns=columns,
        rows=tuple(tuple(row[column] for column in columns) for row in rows),
        numbers=frozenset(columns.index(name) for name in numbers if name in columns),
        folded=folded,
    )
