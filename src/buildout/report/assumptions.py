"""The numbers that the model rests on: value, range, grade, source and reason of each."""

from collections import Counter
from collections.abc import Mapping, Sequence

from buildout._util import names
from buildout.inputs.model import Model
from buildout.inputs.parameters import GRADE_WORDS, Parameter
from buildout.report.blocks import Heading, Paragraph, Piece, ReportBlock, Text, table_of
from buildout.report.citations import cited
from buildout.report.settings import unit_words, value_words

KIND_WORDS = {
    "uncertainty": "Uncertain numbers, drawn from their ranges in sweeps",
    "lever": "Levers at their defaults",
    "luck": "Luck of single projects: one draw each in sweeps, none in a single run",
    "initial": "State at 2025.0",
    "structural": "Structure: weights, dates of projects and rules, guards",
    "switch": "Switches between mechanisms",
}


def assumptions_section(
    model: Model, sources: Mapping[str, Mapping[str, str]]
) -> list[ReportBlock]:
    """How well founded the numbers are, then all of them.

    Parameters
    ----------
    model : Model
        Whose table of constants is shown.
    sources : dict
        From `read_sources`.
    """
    rows = model.table
    counts = Counter(row.grade for row in rows)
    blocks: list[ReportBlock] = [
        Heading("Assumptions"),
        Paragraph(
            f"The model has {len(rows)} constants. Each stands in calibration/parameters.csv with "
            "a value, a range, a grade and a reason, and each can be changed with `--set` or drawn "
            "in a sweep. The folds below hold all of them; grades say how far to trust them:"
        ),
        table_of(
            [
                {
                    "grade": grade,
                    "meaning": meaning,
                    "constants": str(counts[grade]),
                    "share": f"{100 * counts[grade] / max(1, len(rows)):.0f}%",
                }
                for grade, meaning in GRADE_WORDS.items()
            ],
            "How well the constants of the model are founded.",
            numbers=("constants", "share"),
        ),
    ]
    for kind, words in KIND_WORDS.items():
        groups = _by_variable([row for row in rows if row.kind == kind])
        cells = [_cells(model, name, group, sources) for name, group in groups.items()]
        if cells:
            blocks.append(table_of(cells, f"{words} ({len(cells)} variables)", folded=True))
    return blocks


def _by_variable(rows: Sequence[Parameter]) -> dict[str, list[Parameter]]:
    groups: dict[str, list[Parameter]] = {}
    for row in rows:
        groups.setdefault(names.split(row.name)[0], []).append(row)
    return groups


def _cells(
    model: Model, name: str, group: Sequence[Parameter], sources: Mapping[str, Mapping[str, str]]
) -> dict[str, Text]:
    ids = dict.fromkeys(source for row in group for source in row.sources)
    return {
        "assumption": f"{name}: {model.variable(name).meaning}",
        "value": _span([value for row in group for value in _values(model, row)]),
        "range": _range(group),
        "unit": unit_words(group[0].unit),
        "grade": ", ".join(sorted({row.grade for row in group})),
        "source": cited("; ".join(ids), sources) if ids else _judgement(group),
        "reason": " / ".join(dict.fromkeys(row.rationale for row in group if row.rationale)),
    }


def _judgement(group: Sequence[Parameter]) -> tuple[Piece, ...]:
    return ("judgement",) if {row.grade for row in group} <= {"U"} else ("see reason",)


def _values(model: Model, row: Parameter) -> list[float]:
    if not row.by_element:
        return [row.default]
    return [model.constants[scalar] for scalar in model.scalars(row.name)]


def _span(values: Sequence[float]) -> str:
    low, high = min(values), max(values)
    return (
        value_words(low) if low == high else f"{value_words(low)} to {value_words(high)} by element"
    )


def _range(group: Sequence[Parameter]) -> str:
    lows = [row.low for row in group if row.low == row.low]
    highs = [row.high for row in group if row.high == row.high]
    if not lows or not highs:
        return "open"
    return f"{value_words(min(lows))} to {value_words(max(highs))}"
