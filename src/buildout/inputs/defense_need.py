"""What US defense buys that holds magnets, programme by programme: kg in each, and units a year."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from buildout._util.names import nearest, quoted
from buildout._util.reading import read_number, read_rows
from buildout.errors import BuildoutError, InputError, together
from buildout.inputs import places

DEFENSE_GROUPS = ("air", "sea", "land", "munition", "drone", "electronics", "space")
#: Bought by the piece and used up: few spares, and a market of commercial drones beside them.
USED_UP = ("munition", "drone")
MAGNET_CLASSES = ("light NdFeB", "heavy NdFeB", "SmCo")
UNKNOWN_CLASS = "unknown NdFeB"
#: Letters of the column `basis`: first for the kg, then for the units.
BASES = {"S": "sourced", "D": "derived", "U": "judged"}
FIRST_YEAR, LAST_YEAR = 2025, 2028
STEADY = f"{FIRST_YEAR}-{LAST_YEAR}"
PROGRAMME_COLUMNS = (
    *("group", "programme", "class", "years"),
    *("kg_low", "kg_mode", "kg_high", "units_low", "units_mode", "units_high"),
    "basis",
)
_WORDS = {
    "group": DEFENSE_GROUPS,
    "class": (*MAGNET_CLASSES, UNKNOWN_CLASS),
    "years": (STEADY, str(FIRST_YEAR), str(LAST_YEAR)),
    "basis": tuple(f"{kg}/{units}" for kg in BASES for units in BASES),
}


@dataclass(frozen=True)
class Estimate:
    """A number that is not known exactly.

    Attributes
    ----------
    low, mode, high : float
        The least, the likeliest and the largest that it may be, in this order.
    """

    low: float
    mode: float
    high: float


@dataclass(frozen=True)
class DefenseProgramme:
    """One programme of calibration/defense_need.csv, with the magnets of one class in it.

    Attributes
    ----------
    group, name : str
    magnet_class : str
        `unknown NdFeB` where light or heavy is not known.
    kg : Estimate, kg of finished magnet in a unit
    units, units_later : Estimate, units a year
        At the rate of 2025 and at that of 2028; the same for a programme at a steady rate.
    basis_of_kg, basis_of_units : {"sourced", "derived", "judged"}
    """

    group: str
    name: str
    magnet_class: str
    kg: Estimate
    units: Estimate
    units_later: Estimate
    basis_of_kg: str
    basis_of_units: str


_Entry = tuple[int, str, DefenseProgramme]


def read_defense_programmes(path: str | Path | None = None) -> tuple[DefenseProgramme, ...]:
    """Programmes of calibration/defense_need.csv, or of a table of the user's own.

    Parameters
    ----------
    path : path, optional
        A CSV file with the columns of ours; `source_id`, `grade` and `note` may be left out.

    Returns
    -------
    tuple of DefenseProgramme
        A programme at two rates, in 2025 and in 2028, is one.

    Raises
    ------
    InputError
        When the table cannot be read, or rows are wrong: all problems together, each with its
        line and column.
    """
    path = Path(path or places.calibration_folder() / "defense_need.csv")
    problems: list[BuildoutError] = []
    entries: dict[tuple[str, str, str], list[_Entry]] = {}
    rows = read_rows(path, PROGRAMME_COLUMNS, what="the table of programmes")
    for line, cells in rows:
        wrong = [*_wrong_cells(line, cells)]
        problems += wrong
        if not wrong:
            entry = (line, cells["years"].strip(), _programme(cells))
            key = (entry[2].group, entry[2].name, entry[2].magnet_class)
            entries.setdefault(key, []).append(entry)
    for pair in entries.values():
        problems += _wrong_pair(pair)
    if not rows:
        problems.append(InputError("It has no rows.", "At least one programme is accepted."))
    if problems:
        raise together(problems, quoted(path.name))
    return tuple(_joined(pair) for pair in entries.values())


def read_estimate(cells: Mapping[str, str], prefix: str = "") -> Estimate:
    """Low, mode and high of a row, from columns that begin alike.

    Raises
    ------
    InputError
        When one is no number, or they are out of order; the column is named.
    """
    columns = [prefix + end for end in ("low", "mode", "high")]
    values = [read_number(cells[column], what=column) for column in columns]
    for (left, first), (right, second) in pairwise(zip(columns, values, strict=True)):
        if first > second:
            raise InputError(
                f"{left} is {quoted(cells[left].strip())}, above {right}, "
                f"{quoted(cells[right].strip())}.",
                "Low, mode and high are accepted in this order.",
            )
    return Estimate(*values)


def unaccepted(column: str, written: str, accepted: Iterable[str]) -> InputError:
    """The refusal of a word that a column does not take, with the nearest that it does."""
    words = list(accepted)
    near = nearest(written, words, n=1)
    return InputError(
        f"{column} is {quoted(written)}.",
        f"Accepted: {', '.join(words)}.",
        f"Nearest: `{near[0]}`." if near else "",
    )


def row_problem(line: int, name: str, problem: BuildoutError | str) -> InputError:
    """A problem with the line of the table and the name of its row before it."""
    return InputError(f"Line {line}, {quoted(name)}: {problem}")


def _wrong_cells(line: int, cells: Mapping[str, str]) -> Iterator[InputError]:
    name = cells["programme"].strip()
    if not name:
        yield InputError(f"Line {line}: programme is empty.", "A name is accepted.")
    for column, accepted in _WORDS.items():
        if (written := cells[column].strip()) not in accepted:
            yield row_problem(line, name, unaccepted(column, written, accepted))
    for prefix in ("kg_", "units_"):
        try:
            estimate = read_estimate(cells, prefix)
        except BuildoutError as problem:
            yield row_problem(line, name, problem)
            continue
        # A range down to nothing has no logarithm, and nothing is bought in part.
        if not estimate.low > 0:
            text = f"{prefix}low is {quoted(cells[prefix + 'low'].strip())}. A number above 0 is "
            yield row_problem(
                line, name, f"{text}accepted. To leave a programme out, delete its rows."
            )


def _programme(cells: Mapping[str, str]) -> DefenseProgramme:
    kg, units = cells["basis"].strip().split("/")
    rate = read_estimate(cells, "units_")
    return DefenseProgramme(
        group=cells["group"].strip(),
        name=cells["programme"].strip(),
        magnet_class=cells["class"].strip(),
        kg=read_estimate(cells, "kg_"),
        units=rate,
        units_later=rate,
        basis_of_kg=BASES[kg],
        basis_of_units=BASES[units],
    )


def _wrong_pair(pair: Sequence[_Entry]) -> Iterator[InputError]:
    """What is wrong between the rows of one programme and class."""
    seen: dict[str, int] = {}
    for line, years, programme in pair:
        if years in seen:
            text = f"years {years} stands in line {seen[years]} already. Keep one row."
            yield row_problem(line, programme.name, text)
        seen.setdefault(years, line)
    line, years, programme = pair[0]
    if len(seen) > 1 and STEADY in seen:
        yield row_problem(
            line, programme.name, f"years is {STEADY} in one row and a year in another."
        )
    elif len(seen) == 1 and years != STEADY:
        other = LAST_YEAR if years == str(FIRST_YEAR) else FIRST_YEAR
        text = f"years is {years}, and no row has {other}. Add it, or write `{STEADY}`."
        yield row_problem(line, programme.name, text)
    for line, _, other_row in pair[1:]:
        if other_row.kg != programme.kg:
            yield row_problem(
                line, other_row.name, "kg differ from those of its first row. Write one."
            )


def _joined(pair: Sequence[_Entry]) -> DefenseProgramme:
    by_years = {years: programme for _, years, programme in pair}
    if STEADY in by_years:
        return by_years[STEADY]
    first, last = by_years[str(FIRST_YEAR)], by_years[str(LAST_YEAR)]
    return replace(first, units_later=last.units)
