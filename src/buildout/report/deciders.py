"""What decides the verdict, in the run's own draws."""

import re

import xarray as xr

from buildout._util import names
from buildout.analysis.deciders import deciders
from buildout.inputs.model import Model
from buildout.outcomes.chances import share_in_percent, tells_odds
from buildout.report.blocks import Heading, Paragraph, ReportBlock, table_of


def deciders_section(ds: xr.Dataset, odds: xr.Dataset | None, model: Model) -> list[ReportBlock]:
    """Five numbers for each class, under the first pathway; empty without odds to tell.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.
    odds : Dataset or None
        Of the same run.
    model : Model
        That made it, which says what each number means.
    """
    if not tells_odds(odds):
        return []
    shown = str(ds["pathway"].values[0])
    rows = [row for row in deciders(ds) if row["pathway"] == shown]
    return [
        Heading("What decides it"),
        Paragraph(
            f"Of all that is uncertain, what moves the answer most under `{shown}`: in how many of "
            "the draws the need is met where a number is in its lowest quarter, and in its "
            "highest. Luck is a share of chance from 0 to 1: low is good for who sells, high is "
            "late for a plant."
        ),
        table_of(
            [
                {
                    "magnet class": row["magnet_class"],
                    "what is uncertain": _meaning(model, row["number"]),
                    "met where it is low": share_in_percent(row["covered_low"]),
                    "met where it is high": share_in_percent(row["covered_high"]),
                    "rank correlation": f"{row['rank_correlation']:+.2f}",
                }
                for row in rows
            ],
            "The five numbers that move coverage on 1 January 2027 most, for each magnet class.",
            numbers=("met where it is low", "met where it is high", "rank correlation"),
        ),
    ]


def _meaning(model: Model, number: str) -> str:
    """What a number is, as far as its first stop, and its name."""
    base, _ = names.split(number)
    meaning = re.split(r"[;:(]", model.variable(base).meaning)[0].strip()
    return f"{meaning} (`{number}`)"
