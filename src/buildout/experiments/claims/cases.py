"""The runs that claims compare: a pathway and what is set on top of it."""

from collections.abc import Mapping

from buildout.inputs.pathway import CANONICAL, Pathway, pathway
from buildout.inputs.settings import Setting

NO_COVER = {"contract cover level": 0.0, "added contract cover": 0.0}
NO_PRIVATE_OFFTAKE = {"private offtake of new plants": 0.0}
NO_GRANTS = {"grant share level": 0.0, "added grant share": 0.0}
NO_MONEY = {
    "standing appropriation": 0.0,
    "package appropriation": 0.0,
    "initial unobligated money": 0.0,
    "surge total": 0.0,
}
NO_COORDINATION = {"coordination level": 0.3, "added coordination": 0.0}
NO_PERMITS = {"permit time multiplier level": 1.0, "further permit time multiplier": 1.0}
ENDS_IN_2032 = {"contract end": 2032.0, "public lead end": 2032.0}


def _cut(start: float) -> dict[str, float]:
    return {
        "cut depth": 0.0,
        "cut start[later cut]": start,
        "cut length[later cut]": 1.0,
        "cut depth[later cut]": 1.0,
    }


COMPANIONS = ("upstream-orders", "china-deal-ideal", "hybrid", "allied-network", "status-quo-2025")
CASES: dict[str, tuple[str, Mapping[str, float]]] = {
    **{name: (name, {}) for name in (*CANONICAL, *COMPANIONS)},
    "more ore": ("status-quo", {"initial effective capacity[US,mining]": 65000.0}),
    "faster permits": ("status-quo", {"permit time multiplier level": 0.4}),
    "private alone": (
        "status-quo",
        NO_COVER | NO_GRANTS | NO_MONEY | {"public lead level": 0.0},
    ),
    "nothing federal": ("status-quo-2025", NO_COVER | NO_GRANTS | NO_MONEY | NO_COORDINATION),
    "grants alone": ("status-quo", NO_COVER | {"grant share level": 0.5}),
    "contracts alone": ("status-quo", NO_GRANTS),
    "coordinated": ("mobilization", {"coordination level": 0.9, "added coordination": 0.0}),
    "uncoordinated": ("mobilization", {"coordination level": 0.4, "added coordination": 0.0}),
    "half as much money again": ("mobilization", {"surge total": 750000.0}),
    "no surge": ("mobilization", NO_MONEY),
    "a tenth of the surge": ("mobilization", NO_MONEY | {"surge total": 50000.0}),
    "the surge alone": ("mobilization", NO_MONEY | {"surge total": 500000.0}),
    "without permit reform": ("mobilization", NO_PERMITS),
    "contracts end": ("mobilization", ENDS_IN_2032 | {"switch dumping": 0.0}),
    "contracts end, dumping": ("mobilization", ENDS_IN_2032),
    "no dumping": ("mobilization", {"switch dumping": 0.0}),
    "a year later": ("mobilization", {"study delay": 1.0}),
    "reversal": ("mobilization", {"programme reversal date": 2033.0}),
    "five years": (
        "mobilization",
        {"contract end": 2032.0, "public lead end": 2032.0, "grant end": 2032.0},
    ),
    "people enough": ("mobilization", {"jobs per tonne": 1e-6}),
    "need of 3,000 t": ("status-quo", {"defense need in 2025": 3000.0}),
    "need of 300 t": ("status-quo", {"defense need in 2025": 300.0}),
    "a year of defense stock": (
        "status-quo",
        {"defense stockpile months": 12.0, "defense stockpile start": 2025.0},
    ),
    "tariff on allies": ("status-quo", {"tariff on allies level": 0.25}),
    "tariff on China": (
        "status-quo",
        {"tariff on Chinese magnets level": 0.5, "tariff on Chinese magnets start": 2028.0},
    ),
    "cut, status quo": ("status-quo", _cut(2030.0)),
    "cut, hybrid": ("hybrid", _cut(2030.0)),
    "no cut": ("status-quo", {"cut depth": 0.0}),
    # A year of cut that is all but over on 1 January 2030, one of the dates kept.
    "cut of allies too": ("status-quo", _cut(2029.0625) | {"cut spillover to allies": 1.0}),
}


def cases() -> list[Pathway]:
    """The cases as pathways, for `simulate` and `sweep`."""
    found = []
    for name, (base, settings) in CASES.items():
        parent = pathway(base)
        own = tuple(Setting(lever, value, origin="claims") for lever, value in settings.items())
        found.append(parent.with_settings(own, name=name))
    return found
