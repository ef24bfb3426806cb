"""The table of constants against the model: a row that is wrong is told, never dropped."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence

from buildout._util import names
from buildout._util.names import quoted
from buildout.errors import BuildoutError, InputError, together, visible
from buildout.inputs.parameters import DISTRIBUTIONS, GRADES, LUCK, PARAMETER_KINDS, Parameter
from buildout.vensim.engine import System

_SHOWN = 5  # Constants that a message names before it says how many more there are.
_WORDS: Mapping[str, Sequence[str]] = {
    "kind": PARAMETER_KINDS,
    "distribution": DISTRIBUTIONS,
    "grade": GRADES,
}


def check_parameters(
    system: System,
    table: Iterable[Parameter],
    scalars_of: Callable[[str], tuple[str, ...]],
    *,
    where: str,
    sources: Container[str] | None = None,
) -> None:
    """Refuse a table that does not fit the model.

    Every row names a constant of the model with its default and unit, says how it is drawn, what
    it is and how good it is in known words, and has its default inside its range; no scalar has
    two rows, except one for the whole variable and one for the element. Luck is drawn evenly
    within 0 to 1 and has one switch.

    Parameters
    ----------
    system : System
    table : iterable of Parameter
    scalars_of : callable
        Scalar ids of a name, such as `Model.scalars`, which looks each name up once.
    where : str
        The table, as it opens the message.
    sources : container of str, optional
        Ids that rows may cite; None where that is not known.

    Raises
    ------
    BuildoutError
        All problems together.
    """
    problems: list[BuildoutError] = []
    known = [v.name for v in system.variables.values() if v.kind == "constant"]
    whole: dict[str, Parameter] = {}
    single: dict[str, Parameter] = {}
    for row in table:
        problems += _told(row, _wrong_words(row), _wrong_range(row), _wrong_texts(row, sources))
        problems += _told(row, _wrong_luck(row))
        try:
            _check_constant(system, row, known)
            scalars = scalars_of(row.name)
        except BuildoutError as problem:
            problems.append(problem)
            continue
        problems += _told(row, _wrong_in_model(system, row))
        rows = single if "[" in row.name else whole
        twice = {rows[scalar].name for scalar in scalars if scalar in rows}
        problems += _told(row, (f"{quoted(name)} gives the same. Keep one." for name in twice))
        rows.update(dict.fromkeys(scalars, row))
    problems += _wrong_defaults(system, whole, single)
    problems += _wrong_switch_of_luck({*whole.values(), *single.values()})
    if problems:
        raise together(problems, where)


def check_every_constant(system: System, rows: Container[str], *, where: str) -> None:
    """Refuse a table in which some constant has no row, and so would never be drawn.

    Parameters
    ----------
    system : System
    rows : container of str
        Scalar ids that have one.
    where : str
        The table, as it opens the message.

    Raises
    ------
    InputError
    """
    constants = [v for v in system.variables.values() if v.kind == "constant"]
    missing = [s for v in constants for s in v.members.values() if s not in rows]
    if missing:
        listed = ", ".join(quoted(scalar) for scalar in missing[:_SHOWN])
        more = f" and {len(missing) - _SHOWN:,} more" if len(missing) > _SHOWN else ""
        raise InputError(f"{where} has no row about {listed}{more}.", "Each constant has a row.")


def _told(row: Parameter, *problems: Iterable[str]) -> list[BuildoutError]:
    texts = [text for some in problems for text in some]
    return [InputError(f"{quoted(row.name)}: {text}") for text in texts]


def _check_constant(system: System, row: Parameter, known: Sequence[str]) -> None:
    base, _ = names.split(row.name)
    variable = system.variables.get(names.key(base))
    if variable is None or variable.kind != "constant" or names.strays(base, variable.name):
        raise names.unknown("constant", base, known)


def _wrong_words(row: Parameter) -> Iterator[str]:
    for column, accepted in _WORDS.items():
        word = getattr(row, column)
        if word not in accepted:
            near = names.nearest(word, accepted, n=1)
            cure = f" Nearest: `{near[0]}`." if near else ""
            yield f"{column} is {quoted(word)}. Accepted: {', '.join(accepted)}.{cure}"
    # The sources of a table of which each element has its own stand where the table is made.
    if row.grade in GRADES and row.grade != "U" and not row.sources and not row.by_element:
        yield f"it has grade {row.grade} and no source. Give one, or grade `U` for a judgement."


def _wrong_texts(row: Parameter, sources: Container[str] | None) -> Iterator[str]:
    for text in (row.rationale, *row.sources):
        if visible(text, lines=True) != text:
            yield f"it holds a control character: {quoted(text)}."
    for source in row.sources:
        if sources is not None and source not in sources:
            yield f"sources.csv lacks its source {quoted(source)}."


def _wrong_range(row: Parameter) -> Iterator[str]:
    if row.by_element and row.distribution != "fixed":
        yield "its default is by element, which only a fixed row may say."
    # A default by element is NaN, which no comparison finds.
    if row.low > row.default or row.high < row.default or row.low > row.high:
        yield f"its default {row.default:g} is outside {row.low:g} to {row.high:g}."
    if row.distribution not in DISTRIBUTIONS or row.distribution == "fixed":
        return
    if row.low >= row.high:
        yield f"it is drawn {row.distribution}, which needs a low end below a high one."
    elif row.distribution.startswith("log") and row.low <= 0:
        yield f"it is drawn {row.distribution}, which needs a low end above 0."
    ends = (row.default, row.low, row.high)
    if row.distribution == "discrete" and not all(end.is_integer() for end in ends):
        yield "it is discrete, which needs whole numbers."


def _wrong_luck(row: Parameter) -> Iterator[str]:
    """Luck is a share of chance; the expected world, where none is drawn, is the default."""
    if row.kind != LUCK:
        return
    if row.distribution == "discrete":
        if (row.low, row.default, row.high) != (0, 0, 1):
            yield "it is the switch of luck, which needs 0 to 1 and the default 0."
    elif row.distribution != "uniform" or not 0 <= row.low <= row.high <= 1:
        yield "it is luck, which is drawn uniform within 0 to 1 (its switch is discrete)."


def _wrong_switch_of_luck(rows: Iterable[Parameter]) -> list[BuildoutError]:
    """Luck without a switch that makes it act, or with two."""
    luck = sorted((row for row in rows if row.kind == LUCK), key=lambda row: row.name)
    switches = [row.name for row in luck if row.distribution == "discrete"]
    if not luck or len(switches) == 1:
        return []
    listed = ", ".join(map(quoted, switches))
    said = f"Luck has the switches {listed}." if switches else f"`{luck[0].name}` has no switch."
    return [InputError(said, "One row of kind luck that is discrete, 0 to 1, is accepted.")]


def _wrong_in_model(system: System, row: Parameter) -> Iterator[str]:
    variable = system.variables[names.key(names.split(row.name)[0])]
    if row.unit != variable.unit:
        yield f"its unit is {quoted(row.unit)}. The model has it in `{variable.unit}`."
    low, high = variable.limits
    if (low is not None and row.low < low) or (high is not None and row.high > high):
        yield f"its range {row.low:g} to {row.high:g} leaves that of the model."


def _wrong_defaults(
    system: System, whole: Mapping[str, Parameter], single: Mapping[str, Parameter]
) -> list[BuildoutError]:
    """Rows whose default is not the model's, and rows that exceptions cover completely."""
    problems: list[BuildoutError] = []
    in_force = {**whole, **single}
    wrong: dict[str, str] = {}
    for scalar, row in in_force.items():
        if row.by_element:
            if system.constants[scalar] < row.low or system.constants[scalar] > row.high:
                problems += _told(
                    row, [f"{quoted(scalar)} is outside {row.low:g} to {row.high:g}."]
                )
        elif row.default != system.constants[scalar]:
            wrong.setdefault(
                row.name, f"{row.default:g}. The model has {system.constants[scalar]:g}"
            )
    problems += [
        InputError(f"{quoted(name)}: its default is {text}.") for name, text in wrong.items()
    ]
    used = {id(row) for row in in_force.values()}
    idle = {id(row): row for row in whole.values() if id(row) not in used}
    for row in idle.values():
        problems += _told(row, ["rows of single elements cover it completely. Remove it."])
    return problems
