"""The `[[set]]` tables of a pathway file: one lever, several of one value, or a table of values.

Whatever the form, source and note stand once and hold for all that a table sets. A subscript may
be `*`, all elements; what it stands for is resolved with the model, as ranges are.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from buildout._util.names import WILDCARD, key, quoted, split
from buildout.errors import BuildoutError, PathwayFileError
from buildout.inputs.pathway_fields import text_field, unknown_keys
from buildout.inputs.settings import Setting

REASON_KEYS = ("unit", "source", "note")
SETTING_KEYS = ("lever", "value", "levers", *REASON_KEYS)
MOST_SETTINGS_OF_A_FILE = 2_000  # More than the model has constants.

_FORMS = (
    "`lever` (a name, or a list of names) with one `value`, or a table `[set.levers]` of names and "
    "values, is accepted."
)


def read_sets(
    content: Mapping[str, Any], origin: str, problems: list[BuildoutError]
) -> tuple[Setting, ...]:
    """The settings of a file, in order; what is wrong with them is added to the problems.

    Parameters
    ----------
    content : mapping
        The whole file.
    origin : str
        Its name, which each setting carries.
    problems : list of BuildoutError
        All that is wrong so far.
    """
    tables = content.get("set", [])
    if not isinstance(tables, list) or not all(isinstance(t, dict) for t in tables):
        problems.append(PathwayFileError("`set` is not a list of tables.", "Write `[[set]]`."))
        return ()
    if _too_many("`[[set]]` stands there", len(tables), problems):
        return ()
    settings: list[Setting] = []
    for number, table in enumerate(tables, start=1):
        settings += _read_one(table, f"`[[set]]` number {number}", origin, problems)
    if _too_many("A lever is set", len(settings), problems):
        return ()
    problems += _set_again(settings)
    return tuple(settings)


def _too_many(what: str, count: int, problems: list[BuildoutError]) -> bool:
    most = MOST_SETTINGS_OF_A_FILE
    if count > most:
        times = f"{what} {count:,} times."
        problems.append(PathwayFileError(times, f"Up to {most:,} are accepted."))
    return count > most


def _read_one(
    table: Mapping[str, Any], place: str, origin: str, problems: list[BuildoutError]
) -> list[Setting]:
    problems += unknown_keys(table, SETTING_KEYS, place)
    wrong: list[BuildoutError] = []
    unit, source, note = (text_field(table, key, wrong) for key in REASON_KEYS)
    problems += [PathwayFileError(f"{place}: {problem}") for problem in wrong]
    try:
        values = list(_values(table, place))
    except PathwayFileError as problem:
        problems.append(problem)
        return []
    return [Setting(lever, value, unit, source, note, origin) for lever, value in values]


def _values(table: Mapping[str, Any], place: str) -> Iterable[tuple[str, Any]]:
    """What one table sets, whichever of the three forms it has."""
    lever, levers = table.get("lever"), table.get("levers")
    if levers is None:
        named = [lever] if isinstance(lever, str) else lever
        if not _is_list_of_names(named) or "value" not in table:
            raise PathwayFileError(f"{place} lacks `lever` (a name) or `value`.", _FORMS)
        return [(name, table["value"]) for name in named or ()]
    if both := [key for key in ("lever", "value") if key in table]:
        raise PathwayFileError(f"{place} has `levers` and `{both[0]}`.", _FORMS, "Keep one form.")
    if not isinstance(levers, dict) or not levers:
        raise PathwayFileError(f"`levers` of {place} is no table of names and values.", _FORMS)
    if strays := [key for key in (*REASON_KEYS, "value") if key in levers]:
        raise PathwayFileError(
            f"{place} has `{strays[0]}` among its levers.",
            cure=f"`{strays[0]}` stands above the line `[set.levers]`.",
        )
    return levers.items()


def _is_list_of_names(named: object) -> bool:
    return isinstance(named, list) and bool(named) and all(isinstance(n, str) for n in named)


def _set_again(settings: Iterable[Setting]) -> list[BuildoutError]:
    """Settings of one file that meet in an element, where the later one is no exception.

    Extending files prevail over what they extend; within a file an order that decides would be
    easy to overlook, so only the narrower below the wider is accepted. Ranges are not seen
    through here: the later one prevails.
    """
    problems: list[BuildoutError] = []
    before: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for setting in settings:
        base, subscripts = split(setting.lever)
        now = _pattern(subscripts)
        met = before.setdefault(key(base), [])
        for pattern, name in met:
            if pattern == now:
                twice = f"{quoted(setting.lever)} is set twice."
                problems.append(PathwayFileError(twice, cure="Keep one."))
            elif _overlap(pattern, now) and not _covers(pattern, now):
                problems.append(
                    PathwayFileError(
                        f"{quoted(name)} and, below it, {quoted(setting.lever)} set the same.",
                        "An exception is accepted below what it is an exception to, not above.",
                    )
                )
            else:
                continue
            break
        met.append((now, setting.lever))
    return problems


def _pattern(subscripts: tuple[str, ...]) -> tuple[str, ...]:
    """Subscripts in one spelling; empty for all elements of a lever."""
    pattern = tuple(WILDCARD if part == WILDCARD else key(part) for part in subscripts)
    return () if set(pattern) <= {WILDCARD} else pattern


def _overlap(above: tuple[str, ...], below: tuple[str, ...]) -> bool:
    met = _pairs(above, below)
    return not above or not below or all(WILDCARD in p or p[0] == p[1] for p in met)


def _covers(wide: tuple[str, ...], narrow: tuple[str, ...]) -> bool:
    return not wide or (
        bool(narrow) and all(p[0] in (WILDCARD, p[1]) for p in _pairs(wide, narrow))
    )


def _pairs(above: tuple[str, ...], below: tuple[str, ...]) -> Iterable[tuple[str, str]]:
    # Of two lengths at least one is refused when it is compared with the model.
    return zip(above, below, strict=False)
