"""Figures: pure functions from a Dataset to a matplotlib Figure, and to the table they plot.

`claim_odds` draws what `claims` gives.

For each name in `GALLERY`, `NAME(ds, page="slide")` draws and `NAME_data(ds)` gives the plotted
data, from what `simulate` gives, and for each in `SWEPT_GALLERY` from what `sweep` gives;
`defense_need` draws what `need` gives, `validation` what `validate` gives,
`differences` what `compare` gives, `waterfall` what `attribute` gives, `money_curves` what
`money` gives, `response_curves` what `response` gives, `delays` what `delay` gives,
`loop_effects` what `loops` gives, `uncertainty_bars` what `uncertainties` gives,
`frontier_map` what `frontier` gives.

`deciding` draws what `why` gives.

Examples
--------
>>> import buildout as bo
>>> [drawing.name for drawing in bo.figures.GALLERY][:2]
['deadline_card', 'odds_by_date']
"""

from buildout._util.pictures import FORMATS
from buildout.figures.capacity import capacity, capacity_data
from buildout.figures.chain import chain, chain_data
from buildout.figures.claim_odds import claim_odds, claim_odds_data
from buildout.figures.constraints import constraints, constraints_data
from buildout.figures.deadline_card import deadline_card, deadline_card_data
from buildout.figures.deciding import deciding, deciding_data
from buildout.figures.defense_need import defense_need, defense_need_data
from buildout.figures.delays import delays, delays_data
from buildout.figures.differences import differences, differences_data
from buildout.figures.expectations import expectations, expectations_data
from buildout.figures.frontier_map import frontier_map, frontier_map_data
from buildout.figures.gains import gains, gains_data
from buildout.figures.history import history, history_data
from buildout.figures.loop_effects import loop_effects, loop_effects_data
from buildout.figures.magnet_output import magnet_output, magnet_output_data
from buildout.figures.money import money, money_data
from buildout.figures.money_curves import money_curves, money_curves_data
from buildout.figures.odds_by_date import odds_by_date, odds_by_date_data
from buildout.figures.painting import Painted, paint, render, save_figures, write_gallery
from buildout.figures.prices import prices, prices_data
from buildout.figures.project_capacity import project_capacity, project_capacity_data
from buildout.figures.project_dates import project_dates, project_dates_data
from buildout.figures.registry import GALLERY, SWEPT_GALLERY, Drawing, gallery_of
from buildout.figures.responses import response_curves, response_data
from buildout.figures.self_sufficiency import self_sufficiency, self_sufficiency_data
from buildout.figures.sweep_bands import sweep_bands, sweep_bands_data
from buildout.figures.sweep_odds import sweep_odds, sweep_odds_data
from buildout.figures.sweep_tornado import sweep_tornado, sweep_tornado_data
from buildout.figures.uncertainty_bars import uncertainty_bars, uncertainty_bars_data
from buildout.figures.validation import validation, validation_data
from buildout.figures.vulnerability import vulnerability, vulnerability_data
from buildout.figures.waterfall import waterfall, waterfall_data
from buildout.figures.workforce import workforce, workforce_data

__all__ = [
    "FORMATS",
    "GALLERY",
    "SWEPT_GALLERY",
    "Drawing",
    "Painted",
    "capacity",
    "capacity_data",
    "chain",
    "chain_data",
    "claim_odds",
    "claim_odds_data",
    "constraints",
    "constraints_data",
    "deadline_card",
    "deadline_card_data",
    "deciding",
    "deciding_data",
    "defense_need",
    "defense_need_data",
    "delays",
    "delays_data",
    "differences",
    "differences_data",
    "expectations",
    "expectations_data",
    "frontier_map",
    "frontier_map_data",
    "gains",
    "gains_data",
    "gallery_of",
    "history",
    "history_data",
    "loop_effects",
    "loop_effects_data",
    "magnet_output",
    "magnet_output_data",
    "money",
    "money_curves",
    "money_curves_data",
    "money_data",
    "odds_by_date",
    "odds_by_date_data",
    "paint",
    "prices",
    "prices_data",
    "project_capacity",
    "project_capacity_data",
    "project_dates",
    "project_dates_data",
    "render",
    "response_curves",
    "response_data",
    "save_figures",
    "self_sufficiency",
    "self_sufficiency_data",
    "sweep_bands",
    "sweep_bands_data",
    "sweep_odds",
    "sweep_odds_data",
    "sweep_tornado",
    "sweep_tornado_data",
    "uncertainty_bars",
    "uncertainty_bars_data",
    "validation",
    "validation_data",
    "vulnerability",
    "vulnerability_data",
    "waterfall",
    "waterfall_data",
    "workforce",
    "workforce_data",
    "write_gallery",
]


def __dir__() -> list[str]:
    return __all__
