"""From when each lever of policy acts: which date a level goes with, as people decide it.

`tables/lever_dates.csv` says it, a lever a line. Dates of nature and of China's acts (cuts, changes
of licensed access, a reversal of the programme) are not in it: nobody here decides to delay them.
"""

from functools import lru_cache
from pathlib import Path

from buildout._util import names
from buildout._util.names import quoted
from buildout._util.reading import read_rows
from buildout.errors import BuildoutError, InputError, together
from buildout.inputs.model import Model

LEVER_DATES_TABLE = Path(__file__).with_name("tables") / "lever_dates.csv"


@lru_cache(maxsize=4)
def lever_dates(model: Model) -> dict[str, str]:
    """The date from which each lever acts, by keys of variables; a date stands for itself.

    Raises
    ------
    InputError
        For a lever or date that the model lacks, or that has other elements; all problems together.

    Examples
    --------
    >>> from buildout.inputs.model import load_model
    >>> lever_dates(load_model())["surge_total"]
    'surge_start'
    """
    dates: dict[str, str] = {}
    problems: list[BuildoutError] = []
    rows = read_rows(LEVER_DATES_TABLE, ("lever", "date"), what="the table of lever dates")
    for line, cells in rows:
        try:
            lever, date = (model.variable(cells[name], kind="lever") for name in ("lever", "date"))
            if date.unit != "Year":
                raise InputError(f"{quoted(date.name)} is in {date.unit}, and no date.")
        except BuildoutError as problem:
            problems.append(InputError(f"Line {line}: {problem}"))
            continue
        dates |= {lever.key: date.key, date.key: date.key}
    if problems:
        raise together(problems, quoted(LEVER_DATES_TABLE.name))
    return dates


def date_scalars(model: Model, lever: str) -> list[str]:
    """The dates from which an element of a lever acts; none where nothing dates it.

    Parameters
    ----------
    model : Model
    lever : str
        Scalar id of the lever, or of a date, which goes with itself.

    Examples
    --------
    >>> from buildout.inputs.model import load_model
    >>> date_scalars(load_model(), "training_seats_level[metal]")
    ['training_start']
    """
    base, elements = names.split(lever)
    date = lever_dates(model).get(base)
    if date is None:
        return []
    members = model.variables[date].members
    return [scalar for where, scalar in members.items() if set(where) <= set(elements)]
