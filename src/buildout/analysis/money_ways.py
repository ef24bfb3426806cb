"""Ways to spend the same dollars: a programme's size, six instruments, plants of the government's.

Each turns a sum in billions of USD into settings. The pathway's own programme is one call for money
(`surge total`), spread over funds as the pathway says. An instrument gets the sum as an even yearly
budget from its start to the end of the run. Public build gets it as money for US construction, and
orders plants for it at today's capital cost, in fixed proportions from ore to magnet.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from buildout.inputs.model import Model
from buildout.inputs.resolve import Scenario

PROGRAMME, PUBLIC_BUILD = "programme", "public build"
PROGRAMME_LEVER = "surge total"
_PER_BILLION = 1000.0  # MUSD
_US_FUND = "US construction grants"
#: Plants that a government begins each year when it builds all out, with their metal and oxide: as
#: much as finds engineers (judgement; t/yr a year), and from when to when.
BUILD_MIX: Mapping[str, float] = {
    "NdPr separation": 3000.0,
    "DyTb separation": 100.0,
    "metal and alloy": 14000.0,
    "NdFeB magnets": 10000.0,
    "SmCo magnets": 100.0,
}
BUILD_START, BUILD_END = 2027.0, 2031.0


@dataclass(frozen=True)
class Way:
    """A way to spend money.

    Attributes
    ----------
    name : str
    settings : callable
        Sum in billions of USD -> what it sets, on top of the pathway.
    """

    name: str
    settings: Callable[[float], dict[str, float]]


def programme() -> Way:
    """More or less money for a pathway's own programme."""
    return Way(PROGRAMME, lambda billions: {PROGRAMME_LEVER: _PER_BILLION * billions})


def instrument_ways(model: Model, ground: Scenario, end: float) -> list[Way]:
    """The six instruments and public build, on top of a pathway.

    Parameters
    ----------
    model : Model
    ground : Scenario
        The pathway, resolved. Where it has a programme of its own, public build is left out, as
        their dollars would not be told apart.
    end : float, Year
        Of the run.
    """
    own = {**model.constants, **ground.values}
    years = min(end, own["instrument_end"]) - own["instrument_start"]

    def budget(name: str) -> Callable[[float], dict[str, float]]:
        return lambda billions: {
            f"instrument budget[{name}]": _PER_BILLION * billions / max(years, 1.0)
        }

    ways = [Way(name, budget(name)) for name in model.system.dims["instrument"]]
    return ways if own["surge_total"] > 0 else [*ways, _public_build(model, own)]


def build_orders(share: float = 1.0) -> dict[str, float]:
    """Settings of public build: all out, or a share of it."""
    levels = {f"public build level[{line}]": share * tonnes for line, tonnes in BUILD_MIX.items()}
    return {"public build start": BUILD_START, "public build end": BUILD_END, **levels}


def _public_build(model: Model, own: Mapping[str, float]) -> Way:
    shares = {name: float(name == _US_FUND) for name in model.system.dims["fund"]}
    yearly = sum(own[f"capital_cost[US,{line}]"] * t for line, t in BUILD_MIX.items()) / 1e6
    whole = yearly * (BUILD_END - BUILD_START) / _PER_BILLION

    def settings(billions: float) -> dict[str, float]:
        if not billions:
            return {}
        money = {f"surge share[{name}]": share for name, share in shares.items()}
        orders = build_orders(min(1.0, billions / whole))
        return {PROGRAMME_LEVER: _PER_BILLION * billions, **money, **orders}

    return Way(PUBLIC_BUILD, settings)
