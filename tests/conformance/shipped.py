"""Results that lie beside a model, as other programs wrote them: `.tab`, `.csv`, `.dat`."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from buildout._util import names

#: What to try, in this order; `{}` is the model's own name.
_PLACES = (
    "{}.tab",
    "output.tab",
    "{}.csv",
    "output.csv",
    "output_vensim63dss.csv",
    "output_vensimdss63dp.csv",
    "{}.dat",
)
#: Results that are not Vensim's: simlin's own, in which the actions of VECTOR SELECT have other
#: numbers than in the manual and in Vensim's results beside `test_vector_select`.
_NOT_OF_VENSIM = ("test/sdeverywhere/models/vector_simple/vector_simple.dat",)


@dataclass(frozen=True)
class Series:
    """One variable as another program has it: times, its values there, and half a last digit."""

    times: np.ndarray
    values: np.ndarray
    shown: np.ndarray


def computed(times: np.ndarray, values: np.ndarray) -> Series:
    """A series that was computed here, all its digits known."""
    return Series(times, values, np.zeros(len(values)))


def beside(model: Path) -> tuple[Path, dict[str, Series]] | None:
    """The results that lie beside a model, by `names.alike` of the variable; None without any."""
    others = [p for p in model.parent.iterdir() if p.suffix.lower() == ".mdl" and p != model]
    for place in _PLACES:
        # Where several models lie side by side, `output` is that of the test.
        if "{}" not in place and others and not model.stem.startswith("test_"):
            continue
        path = model.with_name(place.format(model.stem))
        if path.as_posix().endswith(_NOT_OF_VENSIM):
            continue
        if path.is_file() and (found := _read(path)):
            return path, found
    return None


def _read(path: Path) -> dict[str, Series]:
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    return _dat(text) if path.suffix == ".dat" else _table(text, path.suffix == ".tab")


def _dat(text: str) -> dict[str, Series]:
    """Vensim's export: a name on a line, then lines of time and value."""
    rows: dict[str, list[tuple[float, float, float]]] = {}
    name = ""
    for line in text.splitlines():
        cells = line.split("\t")
        if len(cells) < 2:
            name = names.alike(line)
        elif name:
            rows.setdefault(name, []).append((_number(cells[0]), *_shown(cells[1])))
    return {name: Series(*np.array(pairs).T) for name, pairs in rows.items()}


def _table(text: str, tabs: bool) -> dict[str, Series]:
    """A table with a column of times; one lying down has its times in the first row."""
    rows = [row for row in csv.reader(text.splitlines(), delimiter="\t" if tabs else ",") if row]
    if len(rows) < 2 or names.key(rows[0][0]) not in ("time", "months", "days", "years"):
        return {}
    if not np.isnan(_number(rows[0][1] if len(rows[0]) > 1 else "")):
        rows = [list(column) for column in zip(*rows, strict=False)]
    times = np.array([_number(row[0]) for row in rows[1:]])
    found = {}
    for place, name in enumerate(rows[0][1:], start=1):
        values = [_shown(row[place] if place < len(row) else "") for row in rows[1:]]
        found[names.alike(name)] = Series(times, *np.array(values).T)
    return found


def _shown(cell: str) -> tuple[float, float]:
    """A number, and what its writing may have cut off: half a unit of its last digit."""
    mantissa, _, exponent = cell.strip().casefold().partition("e")
    decimals = len(mantissa.partition(".")[2])
    # Whole numbers are whole.
    apart = 0.5 * 10.0 ** (int(exponent or 0) - decimals) if decimals and decimals < 12 else 0.0
    return _number(cell), apart if np.isfinite(_number(cell)) else 0.0


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return np.nan
