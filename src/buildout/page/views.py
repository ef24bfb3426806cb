"""What the page shows of a run: its charts, and what the verdict is read from, by scalar id.

The rule of the verdict is `outcomes.deadline`'s; its constants are handed on, not said again.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from buildout._util import names
from buildout._util.numbers import unit_in_words
from buildout.inputs.glossary import read_glossary
from buildout.inputs.model import Model
from buildout.inputs.regimes import REGIME_LEVER, REGIMES
from buildout.outcomes.chances import MIDDLE, MOST_TIMES
from buildout.outcomes.dates import ROUNDING, SAME_DATE
from buildout.outcomes.deadline import CAUSES_WITH_A_LINE, CLASS_LINES, CONSTRAINTS, MAGNET_LINES
from buildout.outcomes.headlines import COVERAGE, OUTPUT, SELF_SUFFICIENCY
from buildout.outcomes.odds import INTERVAL_Z
from buildout.outcomes.rule import FULL, RULE_DATE, SUSTAINED
from buildout.outcomes.short_answers import ANSWERS, CLASS_NAMES, OTHERWISE, RULE_READINGS
from buildout.outcomes.wording import NO_TONNES, ON_THE_DATE, TOO_SHORT

SHORTFALL, CAUSES, MISSING = "defense shortfall", "defense gap by cause", "missing by constraint"


class ViewSeries(NamedTuple):
    """A line of a chart: the sum of some elements of a variable.

    Attributes
    ----------
    title : str
    name : str
        A variable with the elements that are summed, as a setting would name them.
    need : bool
        Whether it is what the others are held against.
    """

    title: str
    name: str
    need: bool = False


class PageView(NamedTuple):
    """A chart of the page.

    Attributes
    ----------
    name, title : str
    series : tuple of ViewSeries
        All of one unit.
    """

    name: str
    title: str
    series: tuple[ViewSeries, ...]


#: The charts, the first of which is the page's own; one line for each class, stage or element.
VIEWS = (
    PageView(
        "coverage",
        "Compliant supply over the need of US defense",
        tuple(ViewSeries(kind, f"{COVERAGE}[{kind}]") for kind in CLASS_LINES),
    ),
    PageView(
        "output",
        "Magnets made in the United States, and what is wanted there",
        (
            ViewSeries("made in the United States", OUTPUT),
            ViewSeries("wanted there as bare magnets", "direct demand", need=True),
            ViewSeries("of this needed by defense", "defense need", need=True),
        ),
    ),
    PageView(
        "dependence",
        "Share of magnets sold in the United States that passed through China",
        tuple(
            ViewSeries(stage, f"dependence on China[{stage}]")
            for stage in ("at magnets", "at metal", "at oxide and ore")
        ),
    ),
    PageView(
        "price",
        "Price of NdPr oxide",
        (
            ViewSeries("outside China", "ex China price[NdPr]"),
            ViewSeries("in China", "Chinese price[NdPr]"),
        ),
    ),
    PageView(
        "price-heavy",
        "Price of dysprosium and terbium oxide",
        (
            ViewSeries("outside China", "ex China price[DyTb]"),
            ViewSeries("in China", "Chinese price[DyTb]"),
        ),
    ),
    PageView(
        "money",
        "Public money since 2025",
        (
            ViewSeries("appropriated", "money appropriated"),
            ViewSeries("spent", "public money spent"),
        ),
    ),
)


# Of sliders alone; all others are said as everywhere.
_UNITS = {
    "1/Year": "a year",
    "Year": "years",
    "person": "people",
    "person/Year": "people a year",
    "t/(Year*Year)": "t/yr a year",
}


def spoken_unit(unit: str) -> str:
    """A unit as it stands beside a slider or a chart; empty for shares.

    Examples
    --------
    >>> spoken_unit("person/Year"), spoken_unit("MUSD"), spoken_unit("Dmnl")
    ('people a year', 'million USD', '')
    """
    return _UNITS.get(unit) or unit_in_words(unit, dimensionless="")


def view_content(model: Model, view: PageView) -> dict[str, Any]:
    """A chart as the page reads it: title, unit, and for each line what is summed."""
    [unit] = {model.variable(series.name).unit for series in view.series}
    return {
        "id": view.name,
        "title": view.title,
        "unit": unit,
        "unit_words": spoken_unit(unit),
        "series": [
            {
                "id": names.key(series.title).replace("_", "-"),
                "title": series.title,
                "scalars": list(model.scalars(series.name)),
                "need": series.need,
            }
            for series in view.series
        ],
    }


def verdict_terms(model: Model) -> dict[str, Any]:
    """What the page reads the verdict from, and by which constants, as `deadline` does."""
    meanings = {term.term: term.meaning for term in read_glossary()}
    return {
        "rule_date": RULE_DATE,
        "on_the_date": ON_THE_DATE,
        "end": model.system.controls["final_time"],
        "too_short": TOO_SHORT,
        "no_tonnes": NO_TONNES,
        "z": INTERVAL_Z,
        "middle": list(MIDDLE),
        "most_times": MOST_TIMES,
        "answers": [list(answer) for answer in ANSWERS],
        "otherwise": OTHERWISE,
        "rule": {
            "scalar": _one(model, REGIME_LEVER),
            "readings": {f"{REGIMES[letter]:g}": text for letter, text in RULE_READINGS.items()},
        },
        "full": FULL,
        "rounding": ROUNDING,
        "same_date": SAME_DATE,
        "sustained": SUSTAINED,
        "causes_with_a_line": list(CAUSES_WITH_A_LINE),
        "magnet_lines": list(MAGNET_LINES),
        "constraints": dict(CONSTRAINTS),
        "classes": [
            {
                "name": kind,
                "title": CLASS_NAMES[kind],
                "meaning": meanings[kind],
                "coverage": _one(model, f"{COVERAGE}[{kind}]"),
                "shortfall": _one(model, f"{SHORTFALL}[{kind}]"),
                "causes": _by_last(model, CAUSES, kind),
                "lines": list(lines),
            }
            for kind, lines in CLASS_LINES.items()
        ],
        "self_sufficiency": {line: _one(model, f"{SELF_SUFFICIENCY}[{line}]") for line in _lines()},
        "missing": {line: _by_last(model, MISSING, line) for line in _lines()},
    }


def shown_outputs(model: Model) -> tuple[str, ...]:
    """Scalar ids of all that the page reads off a run, each once."""
    verdict = verdict_terms(model)
    of_views = [s for view in VIEWS for series in view.series for s in model.scalars(series.name)]
    return tuple(dict.fromkeys([*of_views, *_scalars_in(verdict)]))


def _scalars_in(verdict: Mapping[str, Any]) -> Iterable[str]:
    for kind in verdict["classes"]:
        yield from (kind["coverage"], kind["shortfall"], *kind["causes"].values())
    yield from verdict["self_sufficiency"].values()
    for constraints in verdict["missing"].values():
        yield from constraints.values()


def _lines() -> list[str]:
    """Lines before the magnet, and the magnet's own, that some class passes through."""
    return list(dict.fromkeys(line for lines in CLASS_LINES.values() for line in lines))


def _one(model: Model, name: str) -> str:
    [scalar] = model.scalars(name)
    return scalar


def _by_last(model: Model, variable: str, first: str) -> dict[str, str]:
    """Elements of the second subscript in the model's order, which decides between equals."""
    members = model.variable(variable).members
    return {second: scalar for (element, second), scalar in members.items() if element == first}
