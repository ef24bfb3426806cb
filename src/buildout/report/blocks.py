"""What a report is made of, before it is a page or a text: the same blocks become both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Link:
    """Words that lead to a file beside the page, or to a place on it."""

    text: str
    url: str


@dataclass(frozen=True)
class Cite:
    """A source by its id; the list of sources says which it is."""

    source: str
    url: str


Piece = str | Link | Cite
Text = str | tuple[Piece, ...]


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is the title."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; `lead` sets it larger, `quiet` smaller."""

    text: Text
    lead: bool = False
    quiet: bool = False


@dataclass(frozen=True)
class Bullets:
    """A list of points; `folded` is what stands on its fold, where it opens on demand."""

    items: tuple[Text, ...]
    folded: str = ""


@dataclass(frozen=True)
class Entries:
    """Names or words with what they mean; a glossary explains no word inside another's meaning."""

    items: tuple[tuple[str, Text], ...]
    glossary: bool = False


@dataclass(frozen=True)
class ClassAnswer:
    """The answer for one magnet class.

    Attributes
    ----------
    name, meaning : str
        What it is called, and what that is.
    answer : str
        In two or three words.
    odds : str
        The share of draws in short, or the coverage of a single run.
    says : str
        One sentence.
    filled : tuple of float
        Least and largest share of the picture that is full, 0 to 1.
    pictured : str
        What the picture shows, in words.
    """

    name: str
    meaning: str
    answer: str
    odds: str
    says: str
    filled: tuple[float, float]
    pictured: str


@dataclass(frozen=True)
class ClassAnswers:
    """The answer for every class with its odds; `legend` says how to read their picture."""

    rows: tuple[ClassAnswer, ...]
    legend: str = ""


@dataclass(frozen=True)
class ReportTable:
    """A table.

    Attributes
    ----------
    columns : tuple of str
        Headings.
    rows : tuple of tuple of Text
    caption : str
        What it shows; written on the fold where it has one.
    numbers : frozenset of int
        Columns that are set to the right.
    folded : bool
        Whether it is long and opens on demand.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Text, ...], ...]
    caption: str
    numbers: frozenset[int] = field(default_factory=frozenset)
    folded: bool = False


@dataclass(frozen=True)
class Picture:
    """A chart.

    Attributes
    ----------
    name : str
        Of its files, without suffix.
    title, alt : str
        What it says in short, and for those who do not see it.
    caption : str
        How to read it.
    inside : bool
        Whether it stands in the page; else it is linked.
    """

    name: str
    title: str
    alt: str
    caption: str
    inside: bool = True


@dataclass(frozen=True)
class SourceList:
    """Sources that are cited: id, what it is, and where."""

    rows: tuple[tuple[str, str, str], ...]


ReportBlock = (
    Heading | Paragraph | Bullets | Entries | ClassAnswers | ReportTable | Picture | SourceList
)


def table_of(
    rows: Sequence[Mapping[str, Text]],
    caption: str,
    *,
    numbers: Sequence[str] = (),
    folded: bool = False,
) -> ReportTable:
    """Rows with the same keys as a table with these as headings.

    Examples
    --------
    >>> table_of([{"a": "1"}], "All", numbers=["a"]).numbers
    frozenset({0})
    """
    columns = tuple(rows[0]) if rows else ()
    return ReportTable(
        columns=columns,
        rows=tuple(tuple(row[column] for column in columns) for row in rows),
        caption=caption,
        numbers=frozenset(columns.index(name) for name in numbers if name in columns),
        folded=folded,
    )


def cites_of(blocks: Sequence[ReportBlock]) -> dict[str, str]:
    """Every source that blocks cite, by id, with where it is."""
    texts: list[Text] = []
    for block in blocks:
        if isinstance(block, ReportTable):
            texts += [cell for row in block.rows for cell in row]
        elif isinstance(block, Bullets):
            texts += block.items
        elif isinstance(block, Paragraph):
            texts.append(block.text)
        elif isinstance(block, Entries):
            texts += [text for _, text in block.items]
    pieces = (piece for text in texts if not isinstance(text, str) for piece in text)
    return {piece.source: piece.url for piece in pieces if isinstance(piece, Cite)}
