from . import figures
from .analysis.attribute import attribute
from .analysis.compare import compare
from .analysis.condition import condition
from .analysis.deciders import deciders
from .analysis.defense_need import need
from .analysis.delay import delay
from .analysis.derivatives import jacobian
from .analysis.frontier import frontier
from .analysis.money import money
from .analysis.odds import odds
from .analysis.response import response
from .analysis.sensitivity import first_order, rank_correlation, tornado
from .analysis.short_list import at_both_ends, short_list
from .analysis.total_order import total_order
from .analysis.uncertainties import uncertainties
from .analysis.validate import validate
from .analysis.why import why
from .calibration.hindcast import hindcast
from .calibration.prediction_scores import predictions, score_predictions
from .checks import check_all
from .cli.reproduce import reproduce
from .documents.handed_on import export
from .errors import BuildoutError
from .experiments.claims.verdicts import claims
from .experiments.loops import loops
from .inputs.find import Match, find
from .inputs.levers import levers, values_in_force
from .inputs.model import Model, load_model
from .inputs.pathway import Pathway, pathway, pathway_names
from .inputs.settings import Setting
from .outcomes.cut_losses import cut_losses
from .outcomes.deadline import deadline
from .outcomes.stages import stages
from .page.explore import explore, save_explore
from .sampling.design import given, grid, latin_hypercube, one_at_a_time, sobol
from .sampling.draws import Design
from .sampling.saltelli import saltelli
from .sampling.saved import load_design, save_design
from .simulation.explain import explain
from .simulation.simulate import simulate
from .simulation.store import load_results, save_results
from .simulation.table import tidy_table
from .sweeps.load import load_sweep
from .sweeps.reductions import (
    At,
    Crossing,
    Cumulative,
    Final,
    Maximum,
    Minimum,
    Quantiles,
    Trajectory,
)
from .sweeps.run import sweep
from .vensim import engine
from .vensim.engine import Batch, Reference

__version__: str

__all__ = [
    "At",
    "Batch",
    "BuildoutError",
    "Crossing",
    "Cumulative",
    "Design",
    "Final",
    "Match",
    "Maximum",
    "Minimum",
    "Model",
    "Pathway",
    "Quantiles",
    "Reference",
    "Setting",
    "Trajectory",
    "at_both_ends",
    "attribute",
    "check_all",
    "claims",
    "compare",
    "condition",
    "cut_losses",
    "deadline",
    "deciders",
    "delay",
    "engine",
    "explain",
    "explore",
    "export",
    "figures",
    "find",
    "first_order",
    "frontier",
    "given",
    "grid",
    "hindcast",
    "jacobian",
    "latin_hypercube",
    "levers",
    "load_design",
    "load_model",
    "load_results",
    "load_sweep",
    "loops",
    "money",
    "need",
    "odds",
    "one_at_a_time",
    "pathway",
    "pathway_names",
    "predictions",
    "rank_correlation",
    "reproduce",
    "response",
    "saltelli",
    "save_design",
    "save_explore",
    "save_results",
    "score_predictions",
    "short_list",
    "simulate",
    "sobol",
    "stages",
    "sweep",
    "tidy_table",
    "tornado",
    "total_order",
    "uncertainties",
    "validate",
    "values_in_force",
    "why",
]
