"""The words of the field in plain words: calibration/glossary.csv."""

from dataclasses import dataclass

from buildout.inputs import places
from buildout.inputs.calibrated import TableRules, read_calibrated

GLOSSARY_COLUMNS = ("term", "meaning", "forms", "instead_of")
RULES = TableRules("the glossary", GLOSSARY_COLUMNS, key=("term",), named=("term", "meaning"))


@dataclass(frozen=True)
class GlossaryTerm:
    """A word of the field.

    Attributes
    ----------
    term : str
    meaning : str
        One sentence for somebody who has never heard of it.
    forms : tuple of str
        How it is spelled where a page explains it at its first stand; none for words that explain
        themselves there.
    """

    term: str
    meaning: str
    forms: tuple[str, ...]


def read_glossary() -> tuple[GlossaryTerm, ...]:
    """All terms in the order of the table.

    Examples
    --------
    >>> next(entry.forms for entry in read_glossary() if entry.term == "offtake")
    ('offtake',)
    """
    path = places.calibration_folder() / "glossary.csv"
    return tuple(
        GlossaryTerm(row["term"], row["meaning"], _listed(row["forms"]))
        for _, row in read_calibrated(path, RULES)
    )


def _listed(written: str) -> tuple[str, ...]:
    return tuple(form.strip() for form in written.split(";") if form.strip())
