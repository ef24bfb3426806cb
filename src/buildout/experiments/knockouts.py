"""The loops, switches and sectors of the model, and how to take each of them out.

Each names the outcome it is known for and the direction that outcome must take (model.md, sections
4 and 8); where it matters most is found by running.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

UP, DOWN = 1, -1

OUTPUT = "us_magnet_output_total"
UNMET = "unmet_civil_demand_total"
VULNERABLE = "vulnerability"
SMCO, HEAVY = "defense_coverage[SmCo]", "defense_coverage[heavy NdFeB]"
NDPR_PRICE, DYTB_PRICE = "ex_china_price[NdPr]", "ex_china_price[DyTb]"


@dataclass(frozen=True)
class Knockout:
    """Something taken out of the model, and what that is known to do.

    Attributes
    ----------
    name : str
        What is taken out.
    settings : mapping
        Constants that take it out; empty where `defaults` is set.
    outcome : str
        Scalar id of the outcome it is known for.
    year : float
    direction : int
        `UP` or `DOWN`: where the outcome goes without it.
    under : mapping
        Settings with and without it alike, that give it something to do.
    pathways : tuple of str
        Where it has something to do; all when empty.
    defaults : bool
        Whether every setting of the pathway is taken back to the model's default.
    how : str
        In words, where the settings do not speak for themselves.
    """

    name: str
    settings: Mapping[str, float]
    outcome: str
    year: float
    direction: int
    under: Mapping[str, float] = field(default_factory=dict)
    pathways: tuple[str, ...] = ()
    defaults: bool = False
    how: str = ""


NO_CHINESE_LIMITS = {
    "licensed civil access": 1,
    "deal civil access": 1,
    "change of licensed access": 0,
    "cut depth": 0,
    "feed access by element": 1,
    "switch retaliation": 0,
    "switch dumping": 0,
    "initial feed habit": 0,
    "feed habit level": 0,
}
NO_PUBLIC_MONEY = {
    "standing appropriation": 0,
    "package appropriation": 0,
    "surge total": 0,
    "initial unobligated money": 0,
}
CHEAP_CHINA = {"Chinese price multiplier": 0.5}
DEALS = ("china-deal", "china-deal-ideal", "hybrid")

LOOPS = (
    Knockout("R1 learning by doing", {"switch learning by doing": 0}, OUTPUT, 2035, DOWN),
    Knockout(
        # The loop slows growth while teachers are short; without it operators become experts
        # sooner and the ramp is shorter.
        "R2 experts teach experts",
        {"switch experts teach": 0},
        OUTPUT,
        2027,
        UP,
    ),
    Knockout(
        "R3 demand pull: magnet plants order oxide",
        {"listed project capacity[project,NdFeB magnets]": 0},
        "line_output[US,NdPr separation]",
        2035,
        DOWN,
        under={"world outlet": 0},
        how="no listed magnet plants; Western buyers only",
    ),
    Knockout("R4 retaliation", {"switch retaliation": 0}, UNMET, 2045, DOWN),
    Knockout("R4 restraint (last resort)", {"switch last resort": 0}, UNMET, 2027, UP),
    Knockout("B1 capacity gap", {"switch endogenous announcing": 0}, OUTPUT, 2045, DOWN),
    Knockout("B2 dumping", {"switch dumping": 0}, NDPR_PRICE, 2035, UP),
    Knockout("B3 overheating", {"switch overheating": 0}, OUTPUT, 2035, UP),
    Knockout(
        "B4 urgency under a truce",
        {"truce moral hazard": 0},
        OUTPUT,
        2045,
        UP,
        pathways=DEALS,
    ),
    Knockout("B5 substitution", {"growth of substitutes": 0}, "direct_demand_total", 2045, UP),
    Knockout("B5 demand answers price", {"price elasticity of demand": 0}, UNMET, 2045, UP),
    Knockout(
        "B5 recycling",
        {"collection level": 0, "baseline collection": 0},
        SMCO,
        2035,
        DOWN,
        how="nothing collected",
    ),
    Knockout(
        "B6 attrition of projects",
        {"private hurdle rate": -5, "contract hurdle rate": -5},
        OUTPUT,
        2035,
        UP,
        how="every ready project that has buyers is decided",
    ),
    Knockout("B6 decisions to invest", {"investor confidence": 0}, OUTPUT, 2035, DOWN),
    Knockout(
        "B7 price moves investment in the world market",
        {"switch price to investment": 0},
        "world_price_index[NdPr]",
        2040,
        UP,
        under={"world demand step": 0.5},
        how="after a sudden rise of world demand by half in 2030",
    ),
)

SWITCHES = (
    Knockout("ramp", {"switch ramp": 0}, SMCO, 2035, UP),
    Knockout("qualification", {"switch qualification": 0}, HEAVY, 2027, UP),
    Knockout("origin tracking", {"switch origin tracking": 0}, SMCO, 2027, UP),
    Knockout("priority of defense", {"switch priority": 0}, SMCO, 2035, DOWN),
    Knockout("price rule: balance, not coverage", {"switch price rule": 2}, NDPR_PRICE, 2030, DOWN),
    Knockout("regime B instead of A", {"rule regime": 2}, SMCO, 2027, UP),
    Knockout("regime C instead of A", {"rule regime": 3}, SMCO, 2030, UP),
    Knockout(
        "shortage of experts slows the ramp",
        {"ramp slowing by shortage of experts": 0},
        OUTPUT,
        2030,
        UP,
    ),
    Knockout(
        "forgetting",
        {"forgetting rate": 0},
        "jobs_in_total",
        2045,
        UP,
        under=CHEAP_CHINA,
        how="under half the Chinese price",
    ),
    Knockout("thrifting of heavies", {"heavy content trend": 0}, HEAVY, 2035, DOWN),
    Knockout(
        "heavy feed answers price",
        {"response of third party feed": 0},
        "line_output[US,DyTb separation]",
        2030,
        DOWN,
    ),
    Knockout(
        "mothballing",
        {"mothball time": 1e6},
        "effective_total[US,NdFeB magnets]",
        2035,
        UP,
        under=CHEAP_CHINA,
        how="under half the Chinese price",
    ),
    Knockout(
        "ramp, origin tracking and qualification together",
        {"switch ramp": 0, "switch origin tracking": 0, "switch qualification": 0},
        SMCO,
        2027,
        UP,
    ),
)

SECTORS = (
    Knockout(
        "Capacity",
        {
            "time to apply": 0,
            "permit time": 0,
            "construction time": 0,
            "switch ramp": 0,
        },
        OUTPUT,
        2030,
        UP,
        how="no time to apply, permit, build and ramp up",
    ),
    Knockout("Capital", NO_PUBLIC_MONEY, OUTPUT, 2035, DOWN, how="no public money"),
    Knockout(
        "Profitability and investment",
        {"investor confidence": 0},
        OUTPUT,
        2045,
        DOWN,
        how="no decision to invest",
    ),
    Knockout("Workforce", {"jobs per tonne": 0}, OUTPUT, 2030, UP, how="plants need nobody"),
    Knockout("Know-how", {"initial know how": 1}, OUTPUT, 2030, UP, how="as China, from 2025.0"),
    Knockout(
        "Material flows",
        {"mine outage start": 2025, "mine outage length": 100},
        "line_output[US,NdPr separation]",
        2030,
        DOWN,
        how="no US ore",
    ),
    Knockout(
        "Demand and substitution",
        {"demand factor": 0},
        OUTPUT,
        2035,
        DOWN,
        how="no civil demand",
    ),
    Knockout(
        "Market and price",
        {
            "price inventory elasticity": 0,
            "price separation by scarcity": 0,
            "magnet scarcity markup": 0,
        },
        DYTB_PRICE,
        2027,
        DOWN,
        how="prices stay where they are, inside and outside China",
    ),
    Knockout("China", NO_CHINESE_LIMITS, UNMET, 2030, DOWN, how="no limits, cuts, dumping, habit"),
    Knockout(
        "Allies",
        {
            "tariff on allies start": 2025,
            "tariff on allies level": 1,
            "allied commitment lost per tariff": 1,
        },
        HEAVY,
        2027,
        DOWN,
        how="allies share nothing from 2025.0",
    ),
    Knockout(
        "Policy", {}, OUTPUT, 2035, DOWN, defaults=True, how="every setting at the model's default"
    ),
    Knockout(
        "Defense compliance",
        {"switch origin tracking": 0, "switch qualification": 0, "traceability loss": 0},
        SMCO,
        2030,
        UP,
        how="every magnet made outside China counts",
    ),
)
