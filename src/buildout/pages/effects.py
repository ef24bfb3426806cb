"""model/EFFECTS.md: what each loop, switch, sector, lever and constant does."""

from collections.abc import Iterable, Mapping, Sequence

from buildout._util import numbers, tables
from buildout.analysis.short_list import at_both_ends
from buildout.experiments.knockouts import Knockout, load_knockouts
from buildout.experiments.levers import LeverEffect, lever_effects
from buildout.experiments.measure import Effect, effects
from buildout.experiments.measured import OutcomeChange, load_outcomes
from buildout.experiments.non_influential import FirstMove, Influence, bases_of, influence
from buildout.inputs.model import Model
from buildout.inputs.pathway import CANONICAL, pathway_names

BROKEN = "breaks down"
HEAD = """# Effects

Made by `buildout generate` from `buildout.mdl`, `calibration/parameters.csv` and the pathways; do
not edit. Everything here is measured by running the model with and without the thing
in question, all else equal; nothing is estimated. Units: t/yr for output, demand and shortfalls;
shares for coverage and vulnerability; million 2025 USD; USD/kg.

Headline outcomes: {headlines}.

Changes are compared in percent of the value before; where that is close to zero, against a small
amount fixed for each outcome, and then no percentage is shown. "Need covered" is coverage up to 1:
what goes beyond the need changes nothing for defense.
"""
LOOP_TEXT = """## 1. Loops and switches

Each is switched off where that matters most among the {count} pathways, judged by the outcome it is
known for (model.md, sections 4 and 8); the last column is the other headline outcome that changes
most there. What stands in brackets is set with and without it alike.
"""
SECTOR_TEXT = """## 2. Sectors

A whole sector is taken out: its delays, limits or responses are set to where they do nothing.
`Outcomes` and `Supply balance` are read-outs and bookkeeping: the first feeds nothing back, the
second is what the other sectors share, so taking it out would leave no model.
"""
LEVER_TEXT = """## 3. Levers

Each lever of `calibration/parameters.csv` goes to its low and to its high (a date as far as its
partner allows) in all pathways; shown is the largest change, once among tonnes, coverage and
vulnerability, once among money, prices and jobs. A lever that moves none of them by a percent
while another is at its default is moved beside the setting that wakes it up, in brackets.
"""
NON_INFLUENTIAL_TEXT = """## 4. Constants that do nothing by themselves

Every constant ({count}, element by element) goes to its low and its high, those without a range ten
percent down and up, in all pathways, until something that `kpis.csv`, the verdict or the legal gap
reports changes by more than 0.01 % of its largest value. {alone} do so by themselves. {zeros}
structural zeros of tables are left alone{luck}.{facts} The rest follows.
"""
LUCK_LEFT = ", and {count} numbers of luck, which act in draws only"
FACTS_LEFT = " So are the\n{count} facts of listed projects in `calibration/projects.csv`."


def effects_page(model: Model) -> str:
    """The page as Markdown."""
    known = load_knockouts(model)
    parts = [
        HEAD.format(headlines=_headlines(model)),
        LOOP_TEXT.format(count=len(pathway_names())) + "\n" + _knocked(model, known.loops),
        "Switches and single mechanisms:\n\n" + _knocked(model, known.switches),
        SECTOR_TEXT + "\n" + _knocked(model, known.sectors),
        LEVER_TEXT + "\n" + _levers(lever_effects(model)),
        _non_influential(model, influence(model)),
    ]
    return "\n".join(parts)


def effects_summary(page: str) -> str:
    """The tables of loops and of sectors of EFFECTS.md, without their last column."""
    sections = [part for part in page.split("\n## ") if part.startswith(("1. ", "2. "))]
    return "\n".join(map(_first_table, sections))


def unbounded_table(model: Model) -> str:
    """The numbers that no data bound, at both ends of their ranges, as Markdown."""
    heads = (
        "number", "why", "set to", "pathway", "heavy on 2027.0", "SmCo on 2027.0",
        "US magnets 2035, t/yr", "unmet civil demand 2030, t/yr",
    )  # fmt: skip
    rows = [
        (
            f"`{row['number']}`",
            row["why"],
            f"{row['value']:g}",
            row["pathway"],
            _figure(row["heavy_2027"]),
            _figure(row["smco_2027"]),
            _figure(row["magnets_2035"]),
            _figure(row["unmet_2030"]),
        )
        for row in at_both_ends(model)
        if row["pathway"] != CANONICAL[-1]
    ]
    return _table(heads, rows)


def _first_table(section: str) -> str:
    rows = [line for line in section.splitlines() if line.startswith("|")]
    # A later table of the same section begins with the same heads.
    end = rows.index(rows[0], 1) if rows[0] in rows[1:] else len(rows)
    kept = [row.rstrip("|").rsplit("|", 1)[0] + "|" for row in rows[:end]]
    return "\n".join(kept) + "\n"


def _headlines(model: Model) -> str:
    outcomes = load_outcomes(model)
    return "; ".join(f"{o.name} ({', '.join(f'{year:g}' for year in o.years)})" for o in outcomes)


def _knocked(model: Model, knockouts: Sequence[Knockout]) -> str:
    heads = ("without", "how", "pathway", "outcome", "with", "without it", "change", "also")
    return _table(heads, (_knockout_row(model, effect) for effect in effects(model, knockouts)))


def _knockout_row(model: Model, effect: Effect) -> list[str]:
    knockout, named = effect.knockout, effect.named
    settings = knockout.how or _settings(knockout.settings)
    under = f" [{_settings(knockout.under)}]" if knockout.under else ""
    return [
        knockout.name,
        settings + under,
        effect.pathway,
        f"{named.name}, {named.year:g}",
        _figure(named.before),
        _figure(named.after),
        _percent(named.share),
        _moved(effect.largest),
    ]


def _settings(settings: Mapping[str, float]) -> str:
    return ", ".join(f"`{name}` {value:g}" for name, value in settings.items())


def _moved(change: OutcomeChange) -> str:
    if abs(change.share) < 1e-6:
        return "-"
    size = "" if change.little else f" ({_percent(change.share)})"
    values = f"{_figure(change.before)} to {_figure(change.after)}"
    return f"{change.name}, {change.year:g}: {values}{size}"


def _levers(measured: Sequence[LeverEffect]) -> str:
    rows = []
    for effect in measured:
        awake = f" [{_settings(effect.awake)}]" if effect.awake else ""
        span = f"{effect.lever.low:g} to {effect.lever.high:g} {effect.lever.unit}"
        cells = ["nothing: " + (effect.why or "NOT EXPLAINED"), ""]
        if not effect.non_influential:
            cells = [
                f"{path}, {value:g}: {_moved(change)}" for path, value, change in
                (effect.tonnes, effect.money)
            ]  # fmt: skip
        rows.append([f"{effect.lever.name}{awake}", span, *cells])
    return _table(("lever", "range", "tonnes, coverage", "money, prices, jobs"), rows)


def _non_influential(model: Model, measured: Influence) -> str:
    lists = (measured.alone, measured.besides, measured.drawn, measured.never)
    facts = sum(row.by_element for row in model.parameters.values())
    text = NON_INFLUENTIAL_TEXT.format(
        count=sum(map(len, lists)),
        alone=len(measured.alone),
        zeros=measured.zeros,
        facts=FACTS_LEFT.format(count=facts) if facts else "",
        luck=LUCK_LEFT.format(count=len(model.luck)) if model.luck else "",
    )
    parts = [text]
    for title, some in (
        ("Awake beside another setting", measured.besides),
        ("Awake only when all uncertainties are drawn", measured.drawn),
    ):
        if some:
            rows = _groups(model, some)
            parts.append(f"### {title}\n\n" + _table(("constant", "kind", "where", "moves"), rows))
    if measured.never:
        rows = [
            (f"`{_names(model, name, some)}`", _kinds(some), reason_of(some))
            for name, some in bases_of(measured.never, model).items()
        ]
        parts.append(
            "### Non-influential and explained\n\n" + _table(("constant", "kind", "why"), rows)
        )
    if measured.broken:
        parts.append("### Runs that break down\n\n" + "".join(f"- {b}\n" for b in measured.broken))
    return "\n".join(parts)


def _groups(model: Model, first_moves: Iterable[FirstMove]) -> Iterable[Sequence[str]]:
    for name, some in bases_of(first_moves, model).items():
        most = max(some, key=lambda move: move.share)
        moves = f"{model.spelled(most.outcome)} by {_figure(100 * most.share)} %"
        yield f"`{_names(model, name, some)}`", _kinds(some), most.where, moves


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    # Cells hold names in backticks, and nothing that a user wrote.
    return tables.markdown(heads, (list(map(tables.Markup, row)) for row in rows))


def _figure(value: float) -> str:
    return numbers.three_digits(value, missing=BROKEN)


def _percent(share: float) -> str:
    return numbers.percent(share, missing=BROKEN)


def _names(model: Model, name: str, some: Sequence[FirstMove]) -> str:
    """The variable, with its elements where not all of them are meant."""
    if len(some) == len(model.variable(name).members):
        return name
    return "; ".join(model.spelled(move.scalar) for move in some)


def _kinds(some: Sequence[FirstMove]) -> str:
    return ", ".join(dict.fromkeys(move.kind for move in some))


def reason_of(some: Sequence[FirstMove]) -> str:
    """The reasons for some non-influential constants, with a mark where one is missing."""
    reasons = dict.fromkeys(move.why for move in some)
    return "; ".join(why or "NOT EXPLAINED" for why in reasons)
