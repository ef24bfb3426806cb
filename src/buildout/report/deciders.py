"""What decides the verdict, in the run's own draws."""

import xarray as xr

from buildout.analysis.deciders import deciders
from buildout.outcomes.chances import share_in_percent, tells_odds
from buildout.report.blocks import Heading, Paragraph, ReportBlock, table_of


def deciders_section(ds: xr.Dataset, odds: xr.Dataset | None) -> list[ReportBlock]:
    """Five numbers for each class, under the first pathway; empty without odds to tell.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.
    odds : Dataset or None
        Of the same run.
    """
    if not tells_odds(odds):
        return []
    shown = str(ds["pathway"].values[0])
    rows = [row for row in deciders(ds) if row["pathway"] == shown]
    return [
        Heading("What decides it"),
        Paragraph(
            "The five numbers that move coverage on 1 January 2027 most in the draws of "
            f"{shown}, and the share of draws in which the need is met where the number is in its "
            "lowest and in its highest quarter. Luck of something is a share of chance, from 0 to "
            "1: low is good for who sells, high is late for a plant."
        ),
        table_of(
            [
                {
                    "magnet class": row["magnet_class"],
                    "number": row["number"],
                    "rank correlation": f"{row['rank_correlation']:+.2f}",
                    "met, number low": share_in_percent(row["covered_low"]),
                    "met, number high": share_in_percent(row["covered_high"]),
                }
                for row in rows
            ],
            numbers=("rank correlation", "met, number low", "met, number high"),
        ),
    ]
