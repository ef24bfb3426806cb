"""The pathways, what they lead to, and the best that was found within the same money."""

import math
from collections.abc import Mapping, Sequence

import xarray as xr

from buildout._util.numbers import number, quarter, three_digits
from buildout.analysis.front import OBJECTIVES
from buildout.analysis.readings import of_run
from buildout.analysis.third_pathway import COMPARED_OUTCOMES, PublishedPathway, published_pathways
from buildout.inputs.asked import asked_outcome
from buildout.inputs.model import Model
from buildout.outcomes.chances import share_in_percent
from buildout.outcomes.odds import BAND
from buildout.report.blocks import (
    Bullets,
    Entries,
    Heading,
    Paragraph,
    ReportBlock,
    ReportTable,
    table_of,
)

# The outcomes of `COMPARED_OUTCOMES` as they are asked for, and how each is headed.
_ASKED = (*OBJECTIVES, ("US magnet output", 2035.0))
_HEADS = (
    "half of US magnets from home since",
    "public money to {end:g}, billion USD",
    "civil need unmet to {end:g}, t",
    "US magnets in 2035, t/yr",
)
_BILLION = 1000.0
_SAME = 1e-9


def outlook_section(ds: xr.Dataset, model: Model) -> list[ReportBlock]:
    """Title and text of each pathway, and a table of what they lead to.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.
    model : Model
        That made it.
    """
    titles = dict(zip(_texts(ds, "pathway"), _texts(ds, "pathway_title"), strict=True))
    meant = zip(titles, _texts(ds, "pathway_description"), strict=True)
    own = _outcomes_of(ds, model)
    published = published_pathways(model)
    shown = [row for row in published if row.pathway in own or row.within in own]
    as_shipped = bool(shown) and all(
        _alike(row.numbers, own[row.pathway]) for row in shown if row.pathway
    )
    third = [row for row in shown if row.within] if as_shipped else []
    return [
        Heading("The policies compared"),
        Entries(
            tuple((titles[path] or path, f"`{path}`. {text}".rstrip()) for path, text in meant)
        ),
        _table(own, shown if as_shipped else (), end=float(ds["time"].max())),
        *_third_in_words(third, as_shipped=as_shipped),
    ]


def _outcomes_of(ds: xr.Dataset, model: Model) -> dict[str, dict[str, float]]:
    """What stands in the table, of each pathway's run, as far as the run reaches."""
    start, end = float(ds["time"].min()), float(ds["time"].max())
    values: dict[str, dict[str, float]] = {path: {} for path in _texts(ds, "pathway")}
    for column, (name, year) in zip(COMPARED_OUTCOMES, _ASKED, strict=True):
        # Sums run to the end; a year that was not saved has no value.
        if year is not None and year == OBJECTIVES[1][1]:
            year = min(year, end)
        if year is not None and not (ds["time"] == year).any():
            continue
        outcome = asked_outcome(model, name, year, start=start, end=end)
        for path, value in zip(values, of_run(ds, outcome).tolist(), strict=True):
            values[path][column] = value
    return values


def _alike(published: Mapping[str, float], own: Mapping[str, float]) -> bool:
    """Whether a run is that of the pathway as shipped, in all that is shown of it."""
    return all(
        column in own and math.isclose(published[column], own[column], rel_tol=_SAME)
        for column in COMPARED_OUTCOMES
    )


def _table(
    own: Mapping[str, Mapping[str, float]],
    published: Sequence[PublishedPathway],
    *,
    end: float,
) -> ReportTable:
    bands = {row.pathway: row.numbers for row in published}
    rows = [_row(path, values, bands.get(path), end) for path, values in own.items()]
    rows += [
        _row(f"best found within the money of {row.within}", row.numbers, row.numbers, end)
        for row in published
        if row.within
    ]
    drawn = next((row.words["drawn"] for row in published), "")
    caption = "What each policy leads to: " + (
        f"the median of the draws, 5-95% of them, and the single run ({drawn})."
        if drawn
        else "a single run."
    )
    heads = [head.format(end=end) for head in _HEADS]
    return table_of(rows, caption, numbers=heads[1:])


def _row(
    name: str, values: Mapping[str, float], band: Mapping[str, float] | None, end: float
) -> dict[str, str]:
    row = {"policy": name}
    for column, head in zip(COMPARED_OUTCOMES, _HEADS, strict=True):
        words = (
            _date
            if column == COMPARED_OUTCOMES[0]
            else _money
            if column == COMPARED_OUTCOMES[1]
            else _tonnes
        )
        said = words(values.get(column, math.nan), end) if column in values else "-"
        if band is not None:
            low, middle, high = (words(band[f"{column}_{q}"], end) for q in BAND)
            said = f"{middle} ({low} to {high}); {said}"
        row[head.format(end=end)] = said
    return row


def _date(year: float, end: float) -> str:
    return quarter(year) if year < end else f"not before {end:g}"


def _money(millions: float, _: float) -> str:
    return number(millions / _BILLION, 2)


def _tonnes(tonnes: float, _: float) -> str:
    return three_digits(tonnes)


_WORDS = {COMPARED_OUTCOMES[0]: _date, COMPARED_OUTCOMES[1]: _money}


def _third_in_words(third: Sequence[PublishedPathway], *, as_shipped: bool) -> list[ReportBlock]:
    if not as_shipped:
        return [
            Paragraph(
                "`buildout frontier --like PATHWAY` searches for a better one within the same "
                "money; it takes half a minute, and for the packaged policies of this model its "
                "answer stands in model/FRONTIER.md."
            )
        ]
    return [block for row in third for block in _found(row)]


def _found(row: PublishedPathway) -> list[ReportBlock]:
    """What was found within the money of a policy, how sure that is, and what it hangs on."""
    odds = [share_in_percent(row.numbers[f"{name}_odds"]) for name in COMPARED_OUTCOMES]
    all_three = share_in_percent(row.numbers["odds_of_all"])
    held = (
        "a better one was still found"
        if row.numbers["found_held"]
        else f"none of {row.numbers['tried_held']:,.0f} tried was strictly better"
    )
    return [
        Paragraph(
            f"A third way. The last row is the best of {row.numbers['tried']:,.0f} mixtures of "
            f"these policies that spends no more than `{row.within}`."
        ),
        Bullets(
            (
                f"It is no later, no dearer and leaves no more unmet than `{row.within}` in "
                f"{all_three} of the draws (one by one {', '.join(odds[:3])}). US output in 2035, "
                f"which was not searched for, is as large in {odds[3]} of them.",
                f"What it takes from the policies, in percent of the way: {row.words['dials']}.",
                f"The model charges no public money for some of that ({row.words['free']}). With "
                f"these held as in `{row.within}`, {held}.",
                f"`buildout frontier --like {row.within}` searches again and writes it as a file "
                "that `buildout run` takes. model/FRONTIER.md tells the rest.",
            )
        ),
    ]


def _texts(ds: xr.Dataset, name: str) -> list[str]:
    return [" ".join(str(text).split()) for text in ds[name].values.tolist()]
