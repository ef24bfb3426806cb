"""model/VALIDATION.md: how wrong the model has been, in the order of size."""

import numpy as np

from buildout._util import tables
from buildout._util.numbers import three_digits
from buildout.analysis.expectations import Beside, beside_others
from buildout.calibration.hindcast import (
    STARTS,
    Line,
    hindcast,
    lines,
    read_plan,
)
from buildout.calibration.misses import read_misses, tally
from buildout.calibration.prediction_scores import predicted_span, predictions
from buildout.errors import InputError
from buildout.inputs.predictions import CHANCE_UNIT
from buildout.pages.marked import refolded
from buildout.pages.past_prices import after_shock, boom, boom_text, shape_text
from buildout.sampling import defaults

#: A naive forecast whose error is this share of what was observed says that there is nothing.
NO_RIVAL = 0.9

HEAD = """# Validation

Made by `buildout generate`; do not edit. What the model was fitted on, what it was tested on, and
every miss. {draws:,} draws of all uncertainties and luck (Latin hypercube, seed {seed}) of runs
that begin in the past and know its policy, its demand, and its halts with their depth, but no price
and no other tonnage after their start. Nothing observed after 2025.0 was used for it.

**In short**: {short}

Run it yourself: `buildout hindcast --start 2018`; score your own observations with
`buildout validate FILE.csv`.
"""
SCORED = """## How the runs did

Errors are of the run as it is, relative to the mean observed: mean error, root mean square, and
Theil's shares of the latter (a wrong mean, a wrong spread, wrong moments). *In band* is the share
of observations within the 5-95 % of the draws; 90 % would be right. CRPS is the distance of all
draws, relative to the mean observed, beside that of two forecasts which anybody can make: that
nothing changes, and that the series walks on as it used to. {without}
"""
PLAN = """## What was fitted, given and scored

Settled in `calibration/hindcast.csv` before the first run of this table. Some scored series tell of
the same tonnes, people or prices as another and are no evidence of their own: {repeats}. The halts
of Lynas are given with their depth, a share of its rate that for 2019 and 2021-22 was read from
what it made, or from the rate at which it said to run; its rows test what was made between halts,
and how the plant grew. How many Chinese magnets hold Dy or Tb was judged (half) after the first
table.
"""
MISSED = """## The misses, in the order of size

Root mean square errors from 2018 and from 2021, over what was observed on average.
"""
SEAM = """## The seam at 2025.0

Forecasts start from the state of 2025.0 as it was observed, not from the end of these runs: stocks
and plants are known better than a run of seven years can say. What carries over is what was learned
of constants. {sentence}
"""
REGISTERED = """## Registered predictions

{count} numbers for {span}, set down on {days} before they can be known, each row with
the hash of the one above. The rows of a year are shown, all are in `calibration/predictions.csv`
(`buildout predictions`), and `buildout predictions --score FILE.csv` scores them. Head of the
chain:

`{head}`

5, 50 and 95 % of the draws of the status quo; of a decision, its chance by the end of the year.
"""
OTHERS = """## Ours beside what others expect

What somebody said, when, and the nearest number of the status quo: the middle of {draws:,} draws,
and 5 to 95 % of them. Announced plants are nameplate of one company or of all; ours is what all
makers in the country have in effect.
"""


def validation_page() -> str:
    """The page as Markdown."""
    scored = {start: lines(hindcast(start)) for start in STARTS}
    parts = [
        refolded(HEAD.format(draws=defaults.DRAWS, seed=defaults.SEED, short=_short(scored))),
        refolded(SCORED.format(without=_without_rival(scored))),
        *(f"From {start}.0\n\n{_table(rows)}" for start, rows in scored.items()),
        refolded(PLAN.format(repeats=_repeats())),
        _plan(),
        MISSED,
        _misses(scored),
        boom_text(boom()),
        shape_text(after_shock()),
        refolded(SEAM.format(sentence=_learned())),
        *_registered(),
        OTHERS.format(draws=defaults.DRAWS),
        _others(beside_others()),
    ]
    return "\n".join(part if part.endswith("\n") else f"{part}\n" for part in parts)


def counted(rows: tuple[Line, ...]) -> list[Line]:
    """The lines that are scored."""
    return [row for row in rows if row.role == "scored"]


def _short(scored: dict[int, tuple[Line, ...]]) -> str:
    sentences = []
    for start, rows in scored.items():
        own = counted(rows)
        inside = np.average([row.inside for row in own], weights=[row.count for row in own])
        sentences.append(
            f"from {start} the draws were nearer than both naive forecasts on {tally(own)}, and "
            f"{_percent(float(inside))} of the observations lay within the 5-95 % band"
        )
    lost = [row.group for row in counted(scored[2018]) if not row.beats]
    return f"{'; '.join(sentences)}. From 2018 they lost on: {', '.join(lost)}."


def _without_rival(scored: dict[int, tuple[Line, ...]]) -> str:
    """On which series both naive forecasts are next to nothing, since there was nothing."""
    said = []
    for start, rows in scored.items():
        idle = [row.group for row in rows if min(row.persistence, row.random_walk) >= NO_RIVAL]
        if idle:
            said.append(
                f"Where there was next to nothing before {start}.0, these two are no rivals: "
                f"{', '.join(idle)}."
            )
    return "\n".join(said)


def _repeats() -> str:
    return ", ".join(
        f"{miss.group} ({miss.repeats})" for miss in read_misses().values() if miss.repeats
    )


def _table(rows: tuple[Line, ...]) -> str:
    return tables.markdown(
        ["series", "role", "n", "mean error", "rms", "mean / spread / moments", "in band",
         "CRPS", "nothing changes", "random walk", "nearest"],
        [
            [
                row.group,
                row.role,
                str(row.count),
                _signed(row.theil.mean_error),
                _percent(row.theil.root_mean_square),
                _shares(row),
                _percent(row.inside),
                f"{row.crps:.2f}",
                f"{row.persistence:.2f}",
                f"{row.random_walk:.2f}",
                "the draws" if row.beats else "a naive one",
            ]
            for row in rows
        ],
    )  # fmt: skip


def _shares(row: Line) -> str:
    shares = (row.theil.bias, row.theil.variation, row.theil.covariation)
    return "-" if np.isnan(shares).any() else " / ".join(f"{share:.2f}" for share in shares)


def _percent(share: float) -> str:
    return "-" if np.isnan(share) else f"{100 * share:.0f} %"


def _signed(share: float) -> str:
    return f"{100 * share:+.0f} %"


def _plan() -> str:
    return tables.markdown(
        ["what", "series", "periods", "from", "to", "role", "why"],
        [
            [
                row.group,
                row.series,
                row.periods,
                f"{row.start:g}",
                f"{row.end:g}",
                row.role,
                row.reason,
            ]
            for row in read_plan()
        ],
    )


def _misses(scored: dict[int, tuple[Line, ...]]) -> str:
    says = {miss.group: miss.says for miss in read_misses().values()}
    errors = {
        start: {row.group: row.theil.root_mean_square for row in counted(rows)}
        for start, rows in scored.items()
    }
    first = errors[2018]
    if missing := sorted(set(first) ^ set(says)):
        raise InputError(f"misses.csv and the scored series differ in: {', '.join(missing)}.")
    order = sorted(first, key=lambda group: -first[group])
    return tables.markdown(
        ["series", "from 2018", "from 2021", "what it says about the model"],
        [
            [group, _percent(first[group]), _percent(errors[2021].get(group, np.nan)), says[group]]
            for group in order
        ],
    )


def _learned() -> str:
    return (
        "The runs of the past set their own starts, demand and policy and share all other "
        "constants with the forecasts, so a design conditioned on the past "
        "(`buildout condition`) can be used under any pathway. How far such draws can be trusted "
        "stands in [CONDITIONING.md](CONDITIONING.md)."
    )


def _registered() -> list[str]:
    table = predictions()
    block = table[table["registered_on"] == table["registered_on"].iloc[-1]]
    head = REGISTERED.format(
        count=len(table),
        span=predicted_span(table),
        days=", ".join(dict.fromkeys(table["registered_on"].astype(str))),
        head=table["sha256"].iloc[-1],
    )
    years = block[block["period"].str.fullmatch("20[0-9]{2}")]
    chances = block[block["unit"] == CHANCE_UNIT]
    return [
        head,
        tables.markdown(
            ["what", "year", "unit", "5 %", "50 %", "95 %"],
            [
                [
                    row.name_of,
                    row.period,
                    row.unit,
                    *(_plain(v) for v in (row.p05, row.p50, row.p95)),
                ]
                for row in years.rename(columns={"name": "name_of"}).itertuples()
            ],
        ),
        tables.markdown(
            ["decided", "by", "chance"],
            [
                [row.name_of, row.period, f"{row.p50:.3f}"]
                for row in chances.rename(columns={"name": "name_of"}).itertuples()
            ],
        ),
    ]


def _plain(value: float) -> str:
    return f"{value:,.4g}" if value < 1000 else f"{value:,.0f}"


def _others(rows: tuple[Beside, ...]) -> str:
    return tables.markdown(
        ["who", "what", "where", "for", "value", "published", "source", "ours", "read at"],
        [
            [
                row.projection.who,
                row.projection.quantity,
                row.projection.region,
                row.projection.year,
                f"{three_digits(row.projection.value)} {row.projection.unit}",
                row.projection.published,
                row.projection.source,
                _band(row),
                f"{row.projection.date:g}" if row.projection.expression else "",
            ]
            for row in rows
        ],
    )


def _band(row: Beside) -> str:
    if np.isnan(row.p50):
        return "-"
    low, middle, high = map(three_digits, (row.p05, row.p50, row.p95))
    return f"{middle} ({low} to {high}): {row.projection.expression}"
