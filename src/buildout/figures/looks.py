"""How each pathway looks and is called: one colour, line, marker and label, in every figure.

The colours of a figure keep apart for the colour-blind and in grey print (a test measures both);
line styles and markers repeat the difference, so that no reading rests on colour alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import xarray as xr

from buildout.errors import InputError, visible
from buildout.figures.letters import drawable, width
from buildout.outcomes.statuses import unsound

# As matplotlib takes them: `Any`, since its own types list every literal.
Line = Any
Marker = Any
LABEL = 22  # letters of a title that fit beside an axis,
LABEL_WIDTH = 13.5  # and their width over their size, which capitals reach earlier
BROKEN = " (unsound)"
MOST = 8  # pathways that a reader can tell apart in one figure


@dataclass(frozen=True)
class Look:
    """How one pathway is drawn and called everywhere.

    Attributes
    ----------
    color : str
    line : str or tuple
        Style of its curve, as matplotlib takes it.
    marker : str or tuple
        As matplotlib takes it.
    width : float
        Of its curve, points.
    label : str
        What it is called in legends and sentences.
    """

    color: str
    line: Line
    marker: Marker
    width: float
    label: str = ""


# Wide lines are solid and drawn first, narrow ones dashed and on top: equal curves stay visible.
LOOKS = {
    "status-quo": Look("#1b2f45", "-", "o", 2.3),
    "mobilization": Look("#d9480f", (0, (6, 2)), "s", 1.9),
    "china-deal": Look("#3fa7dd", (0, (5, 1.6, 1.2, 1.6)), "^", 1.9),
    "status-quo-2025": Look("#7d8894", "-", "v", 1.5),
    "upstream-orders": Look("#8c6d1f", (0, (2, 1.5)), "D", 1.5),
    "china-deal-ideal": Look("#8fd0c5", (0, (8, 2, 1, 2)), "<", 1.5),
    "hybrid": Look("#9b3d8f", (0, (4, 1, 1, 1, 1, 1)), "P", 1.5),
    "allied-network": Look("#2b7a4b", (0, (3, 1)), "X", 1.5),
}
# What their titles begin with; a file of the same name with another title is another pathway.
TITLES = {
    "status-quo": "Status quo",
    "mobilization": "Mobilization",
    "china-deal": "China deal",
    "status-quo-2025": "Status quo of early 2025",
    "upstream-orders": "Upstream orders",
    "china-deal-ideal": "China deal as the articles imagine it",
    "hybrid": "Hybrid",
    "allied-network": "Allied network",
}
# For pathways of a user's own, in the order in which they come. The colours were searched for: the
# least difference between two of them is 24 in CIELAB for every sight, their greys are even steps.
SPARE = (
    Look("#533db3", (0, (7, 1.5)), "h", 1.6),
    Look("#b03759", (0, (1, 1)), "*", 1.6),
    Look("#638014", (0, (4, 2, 1, 2)), "p", 1.6),
    Look("#442252", (0, (2, 2)), ">", 1.6),
    Look("#9c8ffa", (0, (9, 1.5, 3, 1.5)), "d", 1.6),
    Look("#702b13", (0, (5, 1, 1, 1)), (4, 1, 0), 1.6),
    Look("#5292a7", (0, (3, 1, 1, 1, 1, 1, 1, 1)), "x", 1.6),
    Look("#caaa9a", (0, (1.5, 2.5)), "+", 1.6),
)


def looks_of(ds: xr.Dataset) -> dict[str, Look]:
    """Look and label of each pathway of a Dataset.

    Parameters
    ----------
    ds : Dataset
        From `simulate`; its `pathway_title` gives the labels, where it has one.

    Returns
    -------
    dict of str to Look
        By name, in the Dataset's order. The label says of a run that it is not sound.

    Raises
    ------
    InputError
        For more pathways than can be told apart.
    """
    names = [str(name) for name in ds["pathway"].values]
    titles = [str(title) for title in ds["pathway_title"].values] if "pathway_title" in ds else []
    chosen = looks(names, dict(zip(names, titles, strict=False)))
    for name in unsound(ds):
        label = _cut(chosen[name].label, LABEL - len(BROKEN)) + BROKEN
        chosen[name] = replace(chosen[name], label=label)
    return chosen


def looks(pathways: Iterable[str], titles: Mapping[str, str] | None = None) -> dict[str, Look]:
    """The look of each pathway; the eight that come with buildout have theirs for ever.

    Examples
    --------
    >>> looks(["mine", "mobilization"], {"mine": "Faster: a plan"})["mine"].label
    'Faster'
    >>> looks(["mine", "mobilization"])["mobilization"].color
    '#d9480f'
    """
    names = [str(name) for name in pathways]
    if len(names) > MOST:
        raise InputError(
            f"{len(names)} pathways are to stand in one figure.",
            f"At most {MOST} are accepted, as no more can be told apart.",
            "Give fewer, or choose some with `ds.sel(pathway=[...])`.",
        )
    spare = iter(SPARE)
    chosen = {name: LOOKS[name] if name in LOOKS else next(spare) for name in names}
    words = labels(names, titles or {})
    return {name: replace(look, label=words[name]) for name, look in chosen.items()}


def labels(names: Iterable[str], titles: Mapping[str, str]) -> dict[str, str]:
    """What each pathway is called in a chart: its title up to a colon, short and unlike all others.

    Where the font lacks a letter of the title it is the name, and else the place among the others.

    Examples
    --------
    >>> labels(["hybrid", "a", "b"], {"hybrid": "Hybrid: a deal", "a": "Case", "b": "Case"})
    {'hybrid': 'hybrid', 'a': 'Case (1)', 'b': 'Case (2)'}
    """
    heads = {
        name: _head(name, titles.get(name, ""), place) for place, name in enumerate(names, start=1)
    }
    whole = {name: " ".join(titles.get(name, "").split()) for name in heads}
    shown = {name: _cut(head) for name, head in heads.items()}
    for name in _alike(shown):
        title = visible(whole[name])
        shown[name] = _cut(title if title and drawable(title) else heads[name])
    for number, name in enumerate(_alike(shown), start=1):
        mark = f" ({number})"
        shown[name] = _cut(shown[name], LABEL - len(mark)) + mark
    return shown


def spoken(name: str) -> str:
    """A pathway's name as words.

    Examples
    --------
    >>> spoken("china-deal")
    'China deal'
    """
    return str(name).replace("-", " ").replace("_", " ").replace("china", "China")


def _head(name: str, title: str, place: int) -> str:
    head = " ".join(title.partition(":")[0].split())
    if not head or TITLES.get(name) == head:
        head = spoken(name)
    # A legend leaves out what begins with an underscore.
    head = visible(head).lstrip("_ ") or visible(name)
    if drawable(head):
        return head
    return spoken(name) if drawable(name) else f"pathway {place}"


def _cut(words: str, most: int = LABEL) -> str:
    if len(words) <= most and width(words) <= LABEL_WIDTH:
        return words
    kept = words[: most - 1]
    while width(kept) > LABEL_WIDTH - 1:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def _alike(shown: Mapping[str, str]) -> list[str]:
    values: list[Any] = list(shown.values())
    return [name for name, label in shown.items() if values.count(label) > 1]
