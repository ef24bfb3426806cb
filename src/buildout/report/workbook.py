"""The Excel file beside the page, where the package that writes it is installed."""

from importlib.util import find_spec

import xarray as xr

from buildout.documents.excel import to_xlsx
from buildout.documents.policies import Policies, policies_book
from buildout.inputs.model import Model
from buildout.outcomes.home_odds import with_home_odds
from buildout.outcomes.indicators import kpis
from buildout.outcomes.stages import stage_rows
from buildout.simulation.store import verdict_rows

WORKBOOK = "report.xlsx"
_PACKAGE = "openpyxl"


def workbook_of(ds: xr.Dataset, model: Model, odds: xr.Dataset | None) -> bytes | None:
    """The numbers of a report for Excel; None where openpyxl is not installed."""
    if find_spec(_PACKAGE) is None:
        return None
    policies = Policies(
        ds=ds,
        verdict=verdict_rows(ds, odds),
        indicators=kpis(ds, odds=odds),
        stages=with_home_odds(stage_rows(ds), odds),
        compared=None,
        drawn="" if odds is None else str(odds.attrs["drawn"]),
        model=model,
    )
    return to_xlsx(policies_book(policies, pictures=False), [])
