"""Rows as a table for people (text), for spreadsheets (CSV) and for programs (JSON)."""

import csv
import io
import json
import math
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]


def _cell(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        # Enough for people; years keep their second decimal. CSV and JSON hold every digit.
        digits = 4 if abs(value) < 100 else 6
        return f"{value:.{digits}g}" if abs(value) < 1e6 else f"{value:,.0f}"
    return str(value)


def text(rows: Sequence[Row], *, widths: Mapping[str, int] | None = None) -> str:
    """Rows as aligned columns; numbers to the right, long cells folded at the given widths.

    Parameters
    ----------
    rows : sequence of mapping
        All with the keys of the first, which head the columns (underscores become blanks).
    widths : mapping of str to int, optional
        Greatest width of a column; its cells are folded over several lines.

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
    right = {c: all(isinstance(row[c], int | float | None) for row in rows) for c in columns}
    grid = [
        [textwrap.wrap(_cell(row[c]), limits.get(c, 10_000)) or [""] for c in columns]
        for row in rows
    ]
    heads = [c.replace("_", " ") for c in columns]
    sizes = [
        max(len(head), *(len(line) for cells in grid for line in cells[i]))
        for i, head in enumerate(heads)
    ]

    def line(cells: Sequence[str]) -> str:
        padded = (
            cell.rjust(size) if right[c] else cell.ljust(size)
            for c, cell, size in zip(columns, cells, sizes, strict=True)
        )
        return "  ".join(padded).rstrip()

    lines = [line(heads), line(["-" * size for size in sizes])]
    for cells in grid:
        height = max(len(cell) for cell in cells)
        for n in range(height):
            lines.append(line([cell[n] if n < len(cell) else "" for cell in cells]))
    return "\n".join(lines)


def to_csv(rows: Sequence[Row]) -> str:
    """Rows as CSV with a heading; missing values (None, NaN) are empty cells."""
    file = io.StringIO()
    if rows:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow({k: None if _missing(v) else v for k, v in row.items()})
    return file.getvalue()


def to_json(data: Any) -> str:
    """Data as strict JSON (NaN and infinities become null), ending with a line end."""
    return json.dumps(_plain(data), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


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
