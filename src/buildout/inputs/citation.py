"""How to cite buildout: CITATION.cff, in which people and programs look it up too."""

from typing import NamedTuple

from buildout._util.reading import read_text
from buildout.inputs import places


class Citation(NamedTuple):
    """What the file says.

    Attributes
    ----------
    title, version, license : str
    released : str
        The date of the version, YYYY-MM-DD.
    """

    title: str
    version: str
    released: str
    license: str

    def sentence(self, version: str = "") -> str:
        """How to cite a version; the file's own by default."""
        return f"The buildout authors: {self.title}, version {version or self.version}."


def read_citation() -> Citation:
    """The facts of CITATION.cff.

    Examples
    --------
    >>> read_citation().license
    'MIT'
    """
    text = read_text(places.citation_file(), what="how to cite buildout")
    lines = [line.partition(":") for line in text.splitlines() if not line.startswith((" ", "-"))]
    facts = {key: value.strip().strip('"') for key, _, value in lines}
    return Citation(facts["title"], facts["version"], facts["date-released"], facts["license"])
