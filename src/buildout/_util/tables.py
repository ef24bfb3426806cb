"""Rows as a table for people (text, Markdown), for spreadsheets (CSV) and for programs (JSON)."""

import csv
import io
import itertools
import json
import math
import re
import textwrap
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from buildout._util.numbers import number
from buildout.errors import HIDDEN, visible

Row = Mapping[str, Any]
# A spreadsheet takes a cell that begins so for a formula, and runs it.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
# What Markdown or HTML would not show as it stands: `_` where it could begin emphasis, `]` where a
# link could follow. Names such as `floor price[NdPr]` stay legible in the source.
MARKUP = re.compile(r"[\\`*<>|$]|~(?=~)|(?<!\w)_|_(?!\w)|\](?=[(\[])|(?<=\])[(\[]|&(?=#?\w+;)")
TAG = re.compile("<[a-zA-Z/!?]")
HTML = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}


class Markup(str):
    """Text that is Markdown already, and is not escaped again."""


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        # Enough for people; years keep their second decimal. CSV and JSON hold every digit.
        return number(value, 4 if abs(value) < 100 else 6, apart=1e6)
    return str(value)


def text(
    rows: Sequence[Row], *, widths: Mapping[str, int] | None = None, right: Collection[str] = ()
) -> str:
    """Rows as aligned columns; numbers to the right, long cells folded at the given widths.

    Parameters
    ----------
    rows : sequence of mapping
        All with the keys of the first, which head the columns (underscores become blanks).
    widths : mapping of str to int, optional
        Greatest width of a column; its cells are folded over several lines.
    right : collection of str
        Columns of numbers that are text already, set to the right too.

    Returns
    -------
    str
        Without a final line end; empty without rows.

    Examples
    --------
    >>> print(text([{"line": "mining", "t_per_year": 5.0}, {"line": "metal", "t_per_year": None}]))
    line    t per year
    ------  ----------
    mining           5
    metal            -
    """
    if not rows:
        return ""
    columns = list(rows[0])
    limits = widths or {}
    to_right = {
        c: c in right or all(isinstance(row[c], int | float | None) for row in rows)
        for c in columns
    }
    grid = [
        [_folded(visible(_cell(row[c]), lines=True), limits.get(c, 10_000)) for c in columns]
        for row in rows
    ]
    heads = [visible(c.replace("_", " ")) for c in columns]
    sizes = [
        max(len(head), *(len(line) for cells in grid for line in cells[i]))
        for i, head in enumerate(heads)
    ]

    def line(cells: Sequence[str]) -> str:
        padded = (
            cell.rjust(size) if to_right[c] else cell.ljust(size)
            for c, cell, size in zip(columns, cells, sizes, strict=True)
        )
        return "  ".join(padded).rstrip()

    lines = [line(heads), line(["-" * size for size in sizes])]
    for cells in grid:
        height = max(len(cell) for cell in cells)
        for n in range(height):
            lines.append(line([cell[n] if n < len(cell) else "" for cell in cells]))
    return "\n".join(lines)


def _folded(cell: str, width: int) -> list[str]:
    return textwrap.wrap(cell, width) or [""]


def to_csv(rows: Sequence[Row], *, digits: int | None = None) -> str:
    """Rows as CSV with a heading; missing values (None, NaN) are empty cells.

    Parameters
    ----------
    rows : sequence of mapping
        All with the keys of the first.
    digits : int, optional
        Significant ones of a number; all by default.

    Returns
    -------
    str
        Text that a spreadsheet would take for a formula has an apostrophe before it; numbers
        never have.

    Examples
    --------
    >>> print(to_csv([{"note": "=1+1", "change": -0.5}]), end="")
    note,change
    '=1+1,-0.5
    """
    file = io.StringIO()
    if rows:
        columns = list(rows[0])
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([_guarded(column) for column in columns])
        writer.writerows([_written(row[column], digits) for column in columns] for row in rows)
    return file.getvalue()


def difference_of(before: str, now: str) -> str:
    """How far two CSV tables lie apart, in words.

    Returns
    -------
    str
        The largest difference of two numbers, relative to the larger one; or the first text that
        is another; or that the tables have not the same cells.

    Examples
    --------
    >>> difference_of("a,b\\n1,x\\n", "a,b\\n1.25,x\\n"), difference_of("a\\nx", "a\\ny")
    ('0.2', '`x` is `y`')
    """
    rows = [list(csv.reader(io.StringIO(text, newline=""))) for text in (before, now)]
    if [len(row) for row in rows[0]] != [len(row) for row in rows[1]]:
        return "other cells"
    largest = 0.0
    for old, new in itertools.chain.from_iterable(map(zip, *rows)):
        if old != new:
            try:
                numbers = float(old), float(new)
            except ValueError:
                return f"`{visible(old)}` is `{visible(new)}`"
            largest = max(largest, abs(numbers[0] - numbers[1]) / max(map(abs, numbers)))
    return f"{largest:.1g}"


def to_json(data: Any) -> str:
    """Data as strict JSON (NaN and infinities become null), ending with a line end."""
    written = json.dumps(_plain(data), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    # JSON lets most of them pass as they are; a terminal would obey them, UTF-8 cannot hold some.
    return HIDDEN.sub(lambda sign: sign[0] if sign[0] == "\n" else _escape(sign), written)


def markdown(
    heads: Sequence[str], rows: Iterable[Sequence[str]], *, right: Collection[int] = ()
) -> str:
    """A Markdown table, ending with a line end.

    Parameters
    ----------
    heads : sequence of str
    rows : iterable of sequence of str
        Plain text, which is escaped, or `Markup`.
    right : collection of int
        Places of the columns that are set to the right.

    Examples
    --------
    >>> print(markdown(["a", "b"], [["x|y", Markup("**1**")]], right=[1]), end="")
    | a | b |
    |---|---:|
    | x\\|y | **1** |
    """
    rule = ["---:" if i in right else "---" for i in range(len(heads))]
    lines = [_line(heads), "|" + "|".join(rule) + "|", *map(_line, rows)]
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    """Plain text as Markdown that shows it letter by letter and runs nothing.

    Examples
    --------
    >>> print(escaped("<script>[here](there)"))
    &lt;script&gt;[here\\]\\(there)
    """
    line = visible(re.sub(r"\s+", " ", text))
    return MARKUP.sub(lambda mark: HTML.get(mark[0], "\\" + mark[0]), line)


def code(text: str) -> Markup:
    """Text between as many backticks as it needs to stand as code in Markdown.

    What looks like a tag is escaped instead: code is never run, but a careless reader of Markdown
    might not know that.

    Examples
    --------
    >>> code("a`b"), code("<b>")
    ('`` a`b ``', '&lt;b&gt;')
    """
    line = visible(" ".join(text.split()))
    if not line or TAG.search(line):
        return Markup(escaped(line))
    fence = "`" * (1 + max(map(len, re.findall("`+", line)), default=0))
    blank = " " if len(fence) > 1 else ""
    return Markup(f"{fence}{blank}{line}{blank}{fence}")


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(map(_markdown_cell, cells)) + " |"


def _markdown_cell(cell: str) -> str:
    if not isinstance(cell, Markup):
        return escaped(cell.strip())
    # Within a table a bar ends the cell even between backticks.
    return re.sub(r"(?<!\\)\|", r"\\|", " ".join(cell.split()))


def _written(value: Any, digits: int | None) -> object:
    if _missing(value):
        return None
    if isinstance(value, str):
        return _guarded(value)
    if digits is not None and isinstance(value, float):
        return f"{value:.{digits}g}"
    return value


def _guarded(text: str) -> str:
    return ("'" if text.startswith(FORMULA) else "") + visible(text, lines=True)


def _missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _escape(character: re.Match[str]) -> str:
    return f"\\u{ord(character[0]):04x}"


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    # NumPy's scalars and small arrays, without importing NumPy here.
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
