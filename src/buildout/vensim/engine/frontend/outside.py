"""What a model takes from other files, put in its place in the text: `GET DIRECT ...` and data.

`GET DIRECT` and `GET XLS` read constants, lookups, data and subscript elements; a variable without
an equation, or with a keyword such as `:INTERPOLATE:`, is data that a table gives. Each becomes
equations with numbers, one for each element, on the line where it stood: constants, lookups, or a
`WITH LOOKUP` of the time. Text in, text out, so that everything after it, PySD too, sees numbers.
"""

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from buildout._util import names
from buildout.errors import BuildoutError, InputError, UnsupportedError
from buildout.vensim.blocks import TextBlock, text_blocks
from buildout.vensim.engine.frontend.data_equations import DataEquation, DataEquations
from buildout.vensim.engine.frontend.literals import NUMBERED_RANGE, ensure_ranges_are_listed
from buildout.vensim.engine.frontend.macros import written_out
from buildout.vensim.engine.frontend.series import Series, held, points_text
from buildout.vensim.engine.frontend.sheets import Cell, Cells, as_element, line_of, read_cells
from buildout.vensim.source import split_sketch

# A name ends in no blank, and blanks are taken whole: a thousand of them are not tried one by one.
_NAME = r'((?:"(?:[^"\\]|\\.)*"|[^=\[\]():<"]+?)(?<!\s))\s*+'
_CALL = re.compile(
    r"GET[ _](?:DIRECT|XLS)[ _](CONSTANTS|DATA|LOOKUPS|SUBSCRIPT)\s*\(((?:'[^']*'|[^()'])*)\)",
    re.IGNORECASE,
)
_LEFT = re.compile(
    rf"\s*+{_NAME}(\[[^\]]*\])?\s*+(:EXCEPT:.*?(?<!\s))?\s*+(:[A-Z ]+:)?\s*+(:=|==|=|\(|:|$)",
    re.IGNORECASE | re.DOTALL,
)
_RANGE = re.compile(rf"\s*+{_NAME}(?::(?!=)(?![A-Z ]+:)|<->)(.*)", re.IGNORECASE | re.DOTALL)
_NUMBERS = re.compile(r"[-+\d.eE,;\s]+")
#: A file that the settings name for a word with a question mark.
_TAG = re.compile(r"^30:(\?[^=\n]+)=([^\r\n]+?)\s*$", re.MULTILINE)
#: What stands in a cell where there is no value.
_GAPS = (":na:", "na", "nan", "#n/a")
_MOST_POINTS = 100_000
#: How many texts each kind of `GET DIRECT` is given, at least and at most.
_TEXTS = {"CONSTANTS": (3, 3), "DATA": (4, 4), "LOOKUPS": (4, 4), "SUBSCRIPT": (3, 5)}


def with_outside(text: str, folder: Path | None, data: Mapping[str, Series] | None = None) -> str:
    """A model's text with the numbers of other files in it.

    Parameters
    ----------
    text : str
    folder : path or None
        Where the model's files lie.
    data : mapping of str to series, optional
        Points of the data variables, by name with elements, as `names.alike` spells them.

    Raises
    ------
    BuildoutError
        Naming line, variable and file.
    """
    if not data and not _CALL.search(text) and ":=" not in text:
        return text
    equations, sketch, settings = split_sketch(text)
    ensure_ranges_are_listed(equations)
    if any(_in_a_macro(equations)):
        equations = _without_macros(equations)
        text = equations + sketch
    entries = [block for block in text_blocks(equations) if block.kind == "entry"]
    outside = _Outside(folder, data or {}, entries, dict(_TAG.findall(settings)))
    instead = [_at_line(block, outside.instead_of) for block in entries]
    computed = outside.computed(_of_the_model(equations))
    pieces, place = [], 0
    for block, taken in zip(entries, instead, strict=True):
        written = taken
        if taken is None and block.place in computed:
            written = _at_line(block, computed[block.place])
        if written is not None:
            begin, end = block.place
            # As many lines as before, so that errors below name theirs.
            lines = "\n" * equations.count("\n", begin, end)
            pieces += [text[place:begin], written, lines]
            place = end
    return "".join([*pieces, text[place:]])


def _at_line(block: TextBlock, write: Callable[[TextBlock], str | None]) -> str | None:
    try:
        return write(block)
    except BuildoutError as error:
        call = _CALL.search(block.equation)
        label = f"`GET DIRECT {call[1].upper()}`" if call else "data"
        words = f"Line {block.line}: `{block.name}`, {label}: {error.found}"
        raise type(error)(words, error.accepted, error.cure) from error


def _in_a_macro(equations: str) -> Iterator[bool]:
    """Of each equation of data, whether it stands in a macro."""
    known = {block.place for block in _of_the_model(equations)}
    for block in text_blocks(equations):
        left = _LEFT.match(block.equation)
        if block.kind == "entry" and left is not None and left[5] == ":=":
            yield block.place not in known


def _without_macros(equations: str) -> str:
    """The equations with macros written out, each on the line where it or its call stood."""
    pieces, line = ["{UTF-8} "], 1
    for block in written_out(list(text_blocks(equations))):
        pieces += ["\n" * (block.line - line), _entry(block, " ".join(block.equation.split()))]
        line = max(line, block.line)
    return "".join([*pieces, "\n"])


def _of_the_model(equations: str) -> Iterator[TextBlock]:
    """The entries that are in no macro."""
    inside = False
    for block in text_blocks(equations):
        inside = block.kind == "macro" or (inside and block.kind != "end")
        if block.kind == "entry" and not inside:
            yield block


def bare_names(text: str) -> list[str]:
    """Variables of a model that only data could give, each with its elements."""
    entries = [block for block in text_blocks(split_sketch(text)[0]) if block.kind == "entry"]
    outside = _Outside(None, {}, entries, {})
    bare = (left for block in entries if (left := _LEFT.match(block.equation)) and not left[5])
    return [member for left in bare for member in outside._members(left)]


class _Outside:
    """The ranges of a model, its files as far as they were read, and the tables given."""

    def __init__(
        self,
        folder: Path | None,
        data: Mapping[str, Series],
        entries: Sequence[TextBlock],
        tags: Mapping[str, str],
    ):
        self.folder, self.data, self.tags = folder, data, tags
        self.sheets: dict[tuple[str, str], Cells] = {}
        # Of each data variable, by key: members and points.
        self.points: dict[str, dict[str, Series]] = {}
        self.ranges: dict[str, list[str]] = {}
        for block in entries:
            if (match := _RANGE.match(block.equation)) and "=" not in _unquoted(block.equation):
                self.ranges[names.key(match[1])] = self._listed(match[2])

    def _listed(self, written: str) -> list[str]:
        if call := _CALL.match(written.strip()):
            return self._elements(_texts(call, "SUBSCRIPT"))
        listed: list[str] = []
        for part in re.split(r",(?![^(]*\))", written.partition("->")[0]):
            if numbered := NUMBERED_RANGE.fullmatch(part.strip()):
                first, last = int(numbered[2]), int(numbered[4])
                listed += [f"{numbered[1]}{n}" for n in range(first, last + 1)]
            elif part.strip():
                listed.append(part.strip())
        return listed

    def elements(self, subscript: str, above: frozenset[str] = frozenset()) -> list[str]:
        """The elements that a subscript stands for, as spelled; `above` are ranges it is of."""
        key = names.key(subscript)
        inner = self.ranges.get(key)
        if inner is None:
            return [subscript]
        if key in above:
            raise InputError(
                f"the subscript range {names.quoted(subscript)} holds itself.",
                cure="Give ranges and their elements different names.",
            )
        parts = [part for part in inner if part != subscript]
        return [e for part in parts for e in self.elements(part, above | {key})]

    def instead_of(self, block: TextBlock) -> str | None:
        """The entries that stand for one that takes numbers from elsewhere; None for any other."""
        left, call = _LEFT.match(block.equation), _CALL.search(block.equation)
        if left is None:
            return None
        keyword = (left[4] or "").strip(": ").casefold()
        if call is None:
            if left[5] or not self.data:
                return None
            return self._given(block, left, keyword)
        kind = call[1].upper()
        asked = _texts(call, kind)
        if kind == "SUBSCRIPT":
            listed = ", ".join(self._elements(asked))
            return _entry(
                block, block.equation[: call.start()] + listed + block.equation[call.end() :]
            )
        if block.equation[call.end() :].strip(" )\n\t") or left[3]:
            raise UnsupportedError(
                f"`GET DIRECT {kind}` stands beside something else.", cure="Give it a variable."
            )
        members = self._members(left)
        if kind == "CONSTANTS":
            return "".join(
                _entry(block, f"{member} = {value!r}")
                for member, value in zip(members, self._constants(asked, left), strict=True)
            )
        series = self._series(asked, len(members))
        if kind == "LOOKUPS":
            return "".join(
                _entry(block, f"{member}({points_text(points)})")
                for member, points in zip(members, series, strict=True)
            )
        return self._data(block, dict(zip(members, series, strict=True)), keyword)

    def _given(self, block: TextBlock, left: re.Match[str], keyword: str) -> str:
        members = self._members(left)
        lacking = [m for m in members if names.alike(m) not in self.data]
        if lacking:
            raise InputError(
                f"the data given have no column {names.quoted(lacking[0])}.",
                "A column for each element of a data variable is accepted.",
            )
        series = {member: self.data[names.alike(member)] for member in members}
        return self._data(block, series, keyword)

    def _data(self, block: TextBlock, series: dict[str, Series], keyword: str) -> str:
        self.points.setdefault(block.name, {}).update(series)
        return "".join(
            _entry(block, _of_time(member, held(points, keyword)))
            for member, points in series.items()
        )

    def computed(
        self, entries: Iterable[TextBlock]
    ) -> dict[tuple[int, int], Callable[[TextBlock], str]]:
        """What writes each equation of data (`:=`), by the place of its entry."""
        equations: dict[tuple[int, int], DataEquation] = {}
        moving = set()
        for block in entries:
            left = _LEFT.match(block.equation)
            if left is None or _CALL.search(block.equation):
                continue
            right = " ".join(block.equation[left.end() :].split())
            if left[5] == "=" and not _NUMBERS.fullmatch(right):
                moving.add(block.name)
            if left[5] != ":=":
                continue
            keyword = (left[4] or "").strip(": ").casefold()
            name = " ".join(left[1].split())
            equations[block.place] = DataEquation(
                name, left[2] or "", left[3] or "", keyword, right
            )
        writer = DataEquations(list(equations.values()), self.points, moving)

        def write(block: TextBlock) -> str:
            return "".join(_entry(block, made) for made in writer.of(equations[block.place]))

        return dict.fromkeys(equations, write)

    def _members(self, left: re.Match[str]) -> list[str]:
        """The name with each choice of elements, the last subscript going fastest."""
        name = " ".join(left[1].split())
        if not left[2]:
            return [name]
        without = {
            chosen
            for group in re.findall(r"\[[^\]]*\]", left[3] or "")
            for chosen in itertools.product(*self._axes(group))
        }
        chosen = (c for c in itertools.product(*self._axes(left[2])) if c not in without)
        return [f"{name}[{', '.join(each)}]" for each in chosen]

    def _axes(self, subscripts: str | None) -> list[list[str]]:
        inner = (subscripts or "").strip("[]")
        return [self.elements(part.strip()) for part in inner.split(",") if part.strip()]

    # -- reading cells -------------------------------------------------------------------------

    def _sheet(self, asked: Sequence[str]) -> Cells:
        key = (self.tags.get(asked[0], asked[0]), asked[1])
        if key not in self.sheets:
            self.sheets[key] = read_cells(self.folder, *key)
        return self.sheets[key]

    def _place(self, sheet: Cells, cell: str) -> tuple[int, int]:
        place = sheet.place(cell)
        if place is None:
            raise InputError(f"{names.quoted(cell)} is no cell.", "`B2` and the like are accepted.")
        return place

    def _elements(self, asked: Sequence[str]) -> list[str]:
        """Elements of a range, read across and then down."""
        _, _, first, last, prefix = (*asked, "", "")[:5]
        sheet = self._sheet(asked)
        row, column = self._place(sheet, first)
        if end := sheet.place(last):
            end_row, end_column = end
        elif last.strip():
            in_row, in_column = line_of(last.strip())
            end_row = len(sheet.rows) if in_row is None else in_row
            end_column = sheet.width if in_column is None else in_column
        else:
            end_row, end_column = len(sheet.rows), column
        rows = range(row, min(end_row + 1, len(sheet.rows)))
        columns = range(column, min(end_column + 1, sheet.width))
        cells = (sheet.at(r, c) for r in rows for c in columns)
        values = [as_element(prefix + _word(cell)) for cell in cells if cell is not None]
        if not values:
            raise InputError(f"there are no elements at {names.quoted(first)}.")
        return values

    def _constants(self, asked: Sequence[str], left: re.Match[str]) -> Iterator[float]:
        sheet, cell = self._sheet(asked), asked[2].strip()
        row, column = self._place(sheet, cell.rstrip("*"))
        sizes = [len(axis) for axis in self._axes(left[2]) if len(axis) > 1]
        if len(sizes) > 2:
            raise UnsupportedError(
                "`GET DIRECT CONSTANTS` is read for three subscripts.",
                cure="Write an equation for each element of the first.",
            )
        down, across = (*([1] * (2 - len(sizes))), *sizes)
        for r, c in itertools.product(range(down), range(across)):
            apart = (c, r) if cell.endswith("*") else (r, c)
            value = sheet.at(row + apart[0], column + apart[1])
            if not isinstance(value, float):
                raise InputError(
                    f"row {row + apart[0] + 1}, column {column + apart[1] + 1} of "
                    f"{names.quoted(asked[0])} holds no number."
                )
            yield value

    def _series(self, asked: Sequence[str], count: int) -> list[list[tuple[float, float]]]:
        """Points of neighbouring series whose places stand in one row or column."""
        sheet, along = self._sheet(asked), asked[2].strip()
        row, column = self._place(sheet, asked[3].strip().rstrip("*"))
        length = max(len(sheet.rows), sheet.width)
        if named := sheet.place(along):
            lies = named[0] != row and named[1] == column
            fixed = named[0] if lies else named[1]
        else:
            in_row, in_column = line_of(along)
            lies = in_column is None
            fixed = (in_row if lies else in_column) or 0
        values = []
        for n in range(count):
            points = []
            for k in range(min(length, _MOST_POINTS)):
                x = sheet.at(fixed, column + k) if lies else sheet.at(row + k, fixed)
                y = sheet.at(row + n, column + k) if lies else sheet.at(row + k, column + n)
                if not isinstance(x, float) or y is None:
                    continue
                if isinstance(y, str):
                    if y.casefold() in _GAPS:
                        continue
                    raise InputError(
                        f"{names.quoted(asked[0])} holds {names.quoted(y)} at {x:g}.",
                        "A number is accepted, `:NA:`, or an empty cell.",
                    )
                points.append((x, y))
            if not points:
                raise InputError(
                    f"{names.quoted(asked[0])} has no series at {names.quoted(asked[3])}."
                )
            values.append(sorted(points, key=lambda point: point[0]))
        return values


def _of_time(member: str, points: Series) -> str:
    if len(points) == 1:  # A lookup has two; it holds its last value.
        points = [*points, (points[0][0] + 1, points[0][1])]
    return f"{member} = WITH LOOKUP(Time, ({points_text(points)}))"


def _entry(block: TextBlock, equation: str) -> str:
    unit, meaning = (" ".join(part.split()) for part in (block.unit, block.meaning))
    return f"{equation} ~ {unit} ~ {meaning} |"


def _texts(call: re.Match[str], kind: str) -> list[str]:
    """The texts between single quotes that a call is given."""
    texts = re.findall(r"'([^']*)'", call[2])
    least, most = _TEXTS[kind]
    if not least <= len(texts) <= most:
        accepted = f"{least} to {most}" if least < most else str(least)
        raise InputError(
            f"{len(texts)} texts in single quotes are given.",
            f"{accepted} are accepted: file, tab, and cells.",
        )
    return texts


def _word(cell: Cell) -> str:
    return f"{cell:g}" if isinstance(cell, float) else str(cell).strip()


def _unquoted(equation: str) -> str:
    return re.sub(r'"(?:[^"\\]|\\.)*"', "", equation)
