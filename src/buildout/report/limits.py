"""What the model cannot answer, in plain words."""

LIMITS = (
    "What will happen. The page says what follows if the assumptions hold: in draws from ranges, "
    "most of which are judgement, and in single runs at expected values. What moves when a range "
    "is another is a question for `buildout sweep`.",
    "What the law says today. The sources end on 8 October 2026; whether the rule of 1 January "
    "2027 stands, moves or is split into tiers is a choice of the reader "
    "(`buildout deadline --regime B`).",
    "How many tonnes defense needs. Published figures differ fifteen-fold and more, and no source "
    "divides them over light, heavy and samarium-cobalt magnets. Both are settings "
    "(`buildout deadline --defense-need`), and the date of coverage moves with them.",
    "Which company or plant succeeds. Listed projects are followed one by one, but in a single run "
    "each is built by the share and on the median date of its kind; worlds in which it comes, late "
    "or never are for `buildout sweep`. A bankruptcy, fire or breakthrough is not in it.",
    "What China decides. Access, cuts, dumping and retaliation follow rules and dates that are "
    "assumed; the fate of the truce that runs to January 2027 is a branch, not a forecast.",
    "What a shortfall does to weapons. The page counts tonnes against need; exempt electronics, "
    "off-the-shelf items and waivers let deliveries go on without making a compliant tonne.",
    "Whether a pathway is worth its price. Public money, prices and jobs are counted; security, "
    "environment, allies' politics and what else the money could have done are not.",
    "What happens to the makers of goods with magnets inside. Their tonnage is counted; motors, "
    "electronics and the industries that build them are outside the chain.",
    "Whether other inputs suffice: cobalt, iron, boron, equipment, reagents and power are taken "
    "as available; bonded magnets and rare earths other than NdPr, Dy, Tb and Sm are left out.",
    "Places inside the regions. Allies are one region with one will; a refusal by one of them, or "
    "local opposition beyond the time that permits take, cannot be seen.",
)
