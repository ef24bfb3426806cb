"""Names of the model looked for by word: variables, levers, uncertainties."""

from dataclasses import dataclass

from buildout._util import names
from buildout._util.arguments import kind_in_words
from buildout.errors import InputError
from buildout.inputs.model import Model, given_model
from buildout.vensim.engine import Variable

#: More than this are not shown: a word that fits more says too little.
MOST = 40


@dataclass(frozen=True)
class Match:
    """Something of the model whose name or meaning fits the words looked for.

    Attributes
    ----------
    name : str
        With its subscript ranges, as `outputs=` and `settings=` take it without them.
    kind : str
        "stock", "auxiliary" or "lookup"; of a constant what parameters.csv says: lever, switch,
        uncertainty, luck, initial, structural.
    unit, meaning : str
        Of the model.
    """

    name: str
    kind: str
    unit: str
    meaning: str

    def __str__(self) -> str:
        return f"{self.name} ({self.kind}, {self.unit})"


def find(words: str, *, most: int = MOST, model: Model | None = None) -> list[Match]:
    """Variables and levers that fit some words, the nearest first.

    Parameters
    ----------
    words : str
        Parts of a name in any order and either spelling; typing errors are forgiven.
    most : int
        How many at most.
    model : Model, optional
        Another model than the one that comes with buildout.

    Returns
    -------
    list of Match
        First those whose name holds all the words, short names first; then near spellings; then
        those whose meaning holds all the words. Empty when nothing fits.

    Raises
    ------
    InputError
        For words that are no text.

    Examples
    --------
    >>> find("magnet output")[0].name
    'magnet output[region,magnet class,origin]'
    """
    if not isinstance(words, str):
        raise InputError(f"`words` is {kind_in_words(words)}.", "Text is accepted.")
    model = given_model(model)
    wanted = names.key(words).split("_")
    variables = sorted(model.variables.values(), key=lambda variable: len(variable.key))
    known = {variable.name: variable for variable in variables}
    by_name = [v for v in variables if all(word in v.key for word in wanted)]
    near = [known[name] for name in names.nearest(words, known, n=8)]
    by_meaning = [v for v in variables if all(word in v.meaning.casefold() for word in wanted)]
    matches = {variable.key: variable for variable in (*by_name, *near, *by_meaning)}
    return [_match(model, variable) for variable in list(matches.values())[: max(most, 0)]]


def _match(model: Model, variable: Variable) -> Match:
    rows = [model.parameters.get(scalar) for scalar in variable.members.values()]
    kinds = dict.fromkeys(row.kind for row in rows if row)
    return Match(
        name=names.join(variable.name, variable.dims),
        kind="/".join(kinds) or variable.kind,
        unit=variable.unit,
        meaning=variable.meaning,
    )
