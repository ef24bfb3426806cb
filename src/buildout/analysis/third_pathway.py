"""The best found within the money of a canonical pathway: as published, and whether it still holds.

The search takes half a minute, so that its answer is kept in `model/frontier.csv`
(`buildout generate frontier`) with the fingerprints of the model and of the table of constants that
it was found with.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xarray as xr

from buildout._util import files
from buildout._util.reading import read_number, read_rows
from buildout.analysis.frontier_rows import (
    OUTCOME_COLUMNS,
    dials_in_words,
    free_dials,
    frontier_rows,
    same_money_rows,
)
from buildout.inputs import places
from buildout.inputs.model import Model
from buildout.inputs.pathway import CANONICAL
from buildout.outcomes.odds import BAND

#: Outcomes that are shown: half from home, public money, unmet civil demand, US output of 2035.
COMPARED_OUTCOMES = tuple(column for column in OUTCOME_COLUMNS if column != "smco_covered")
_WORDS = ("pathway", "within", "dials", "free", "drawn", "model_sha256", "parameters_sha256")
_NUMBERS = (
    *COMPARED_OUTCOMES,
    *(f"{column}_{q}" for column in COMPARED_OUTCOMES for q in BAND),
    *(f"{column}_odds" for column in COMPARED_OUTCOMES),
    *("odds_of_all", "tried", "tried_held", "found_held", "end"),
)


@dataclass(frozen=True)
class PublishedPathway:
    """A canonical pathway, or the best that was found within the money of one.

    Attributes
    ----------
    pathway : str
        Of a canonical one; empty for what was found.
    within : str
        Of what was found: the pathway whose money it keeps within.
    words : dict of str to str
        `dials` that are on, those that are `free` of public money in the model, how it was `drawn`.
    numbers : dict of str to float
        `COMPARED_OUTCOMES` in the single run and their band over draws; of what was found `_odds`
        of each, the share of draws in which it is no worse, `odds_of_all`; how many
        pathways were `tried`, and how many with the free dials held (`tried_held`), of which
        `found_held` were found within the money.
    """

    pathway: str
    within: str
    words: Mapping[str, str]
    numbers: Mapping[str, float]


def third_pathway_file() -> Path:
    """Where it is published."""
    return places.model_file().with_name("frontier.csv")


def third_pathway_rows(
    ds: xr.Dataset, held: Mapping[str, xr.Dataset], model: Model
) -> list[dict[str, Any]]:
    """What is published of searches: canonical pathways, then what was found within their money.

    Parameters
    ----------
    ds : Dataset
        From `frontier`, with draws.
    held : mapping of str to Dataset
        From `frontier` with all free dials held as in a pathway, for each for which `ds` finds one.
    model : Model
    """
    values = {row["candidate"]: row for row in frontier_rows(ds)}
    odds = {row["compared"]: row for row in same_money_rows(ds)}
    marks = {"drawn": ds.attrs["drawn"], **_fingerprints(model)}
    empty = dict.fromkeys((*_WORDS, *_NUMBERS))
    rows = [
        {**empty, "pathway": path, **_outcomes(values[path]), "end": ds.attrs["end"], **marks}
        for path in CANONICAL
    ]
    for path in CANONICAL:
        best = odds[path]["candidate"]
        if not best:
            continue
        alone = next(row for row in same_money_rows(held[path]) if row["compared"] == path)
        rows.append(
            {
                **empty,
                "within": path,
                "dials": dials_in_words(ds, best),
                "free": ", ".join(free_dials(ds)),
                **_outcomes(values[best]),
                **{f"{column}_odds": odds[path][f"{column}_odds"] for column in COMPARED_OUTCOMES},
                "odds_of_all": odds[path]["odds_of_all"],
                "tried": ds.attrs["tried"],
                "tried_held": held[path].attrs["tried"],
                "found_held": int(bool(alone["candidate"])),
                "end": ds.attrs["end"],
                **marks,
            }
        )
    return rows


def found_within(ds: xr.Dataset) -> list[str]:
    """Canonical pathways within whose money a better one was found."""
    best = {row["compared"]: row["candidate"] for row in same_money_rows(ds)}
    return [path for path in CANONICAL if best[path]]


def published_pathways(model: Model, path: Path | None = None) -> tuple[PublishedPathway, ...]:
    """What `model/frontier.csv` holds; nothing where it is of another model or table of constants.

    Parameters
    ----------
    model : Model
    path : path, optional
        Of the table.
    """
    path = path or third_pathway_file()
    if not path.is_file():
        return ()
    own = _fingerprints(model)
    read = []
    for _, row in read_rows(path, (*_WORDS, *_NUMBERS), what="the table of the frontier"):
        if any(row[name] != digest for name, digest in own.items()):
            return ()
        read.append(
            PublishedPathway(
                row["pathway"],
                row["within"],
                {name: row[name] for name in ("dials", "free", "drawn")},
                {name: _number(row[name]) for name in _NUMBERS},
            )
        )
    return tuple(read)


def _outcomes(row: Mapping[str, Any]) -> dict[str, float]:
    return {name: row[name] for c in COMPARED_OUTCOMES for name in (c, *(f"{c}_{q}" for q in BAND))}


def _number(written: str) -> float:
    return read_number(written, what="a number of the frontier") if written else math.nan


def _fingerprints(model: Model) -> dict[str, str]:
    table = places.calibration_folder() / "parameters.csv"
    return {"model_sha256": model.sha256, "parameters_sha256": files.sha256(table)}
