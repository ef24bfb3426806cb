"""model/VALIDATION.md: how wrong the model has been, in the order of size."""

import numpy as np
import xarray as xr

from buildout._util import tables
from buildout._util.numbers import three_digits
from buildout._util.reading import read_rows
from buildout.analysis.expectations import Beside, expectations
from buildout.calibration.hindcast import (
    STARTS,
    Line,
    hindcast,
    lines,
    planned_observations,
    read_plan,
)
from buildout.calibration.observed import modelled
from buildout.calibration.prediction_scores import predictions
from buildout.errors import InputError
from buildout.inputs import places
from buildout.inputs.mapping import read_mapping
from buildout.inputs.observations import load_observations, select_observations
from buildout.inputs.predictions import CHANCE_UNIT
from buildout.sampling import defaults
from buildout.sampling.design import latin_hypercube
from buildout.simulation.simulate import simulate
from buildout.sweeps import Trajectory, sweep

MISSES_COLUMNS = ("group", "says")
#: Runs of the price of 2018-24, from what is given least to most.
PRICES = {
    "hindcast-2018-market": "from 2018, world demand given",
    "hindcast-2018-output": "from 2018, demand by Chinese output of magnets",
    "hindcast-2018-quotas": "from 2018, demand and quotas given",
    "hindcast-2021-market": "from 2021, world demand given",
}
BUST = (2012.0, 2013.0, 2014.0, 2015.0, 2016.0)
PRICE_GROUP = "price of NdPr"
YEARS = range(2019, 2025)

HEAD = """# Validation

Made by `buildout generate`; do not edit. What the model was fitted on, what it was tested on, and
every miss. {draws:,} draws of all uncertainties and luck (Latin hypercube, seed {seed}) of runs
that begin in the past and know its policy, its demand and its outages, but no price and no tonnage
after their start. Nothing observed after 2025.0 was used for it.

**In short**: {short}

Run it yourself: `buildout hindcast --start 2018`; score your own observations with
`buildout validate FILE.csv`.
"""
SCORED = """## How the runs did

Errors are of the run as it is, relative to the mean observed: mean error, root mean square, and
Theil's shares of the latter (a wrong mean, a wrong spread, wrong moments). *In band* is the share
of observations within the 5-95 % of the draws; 90 % would be right. CRPS is the distance of all
draws, relative to the mean observed, beside that of two forecasts which anybody can make: that
nothing changes, and that the series walks on as it used to. Where a series was zero before the
start (US ore, and nearly MP's staff), these two are no rivals.
"""
PLAN = """## What was fitted, given and scored

Settled in `calibration/hindcast.csv` before the first run of this table.
"""
MISSED = """## The misses, in the order of size

Root mean square errors from 2018 and from 2021, over what was observed on average.
"""
BOOM = """## Boom and bust of 2021-23

Neodymium oxide, USD/kg in the money of the day. World demand is that of the trade press, whose fall
of 9 % in 2020 was a forecast of August 2020; quotas are those of Chinese mining. Neither makes the
boom of 2021-22. Quotas, taken as all there was, make a glut instead: China had been mining more
than it allowed, and the quotas of 2021-23 made lawful what was there before. Demand by the output
of Chinese magnet makers, which did not fall in 2020, makes a quarter of the rise. Other constants
do not make the rest: of {draws:,} draws of all that is uncertain, without luck, the highest of 2022
is {highest} USD/kg with the one demand and {other} with the other. A stock of oxide that users fill
while prices rise was tried beside the model with three free constants: it took a quarter off the
error of the first run and missed the peak. So the law of prices stays, and chance carries the
booms: a reader has the band of a price, and no date of a boom.
"""
SHAPE = """## 2010-15 in shape

A sixth of world supply withheld from mid-2010 to 2012 (`hindcast-2010-shape`), beside neodymium and
dysprosium oxide of that time. The bust comes a little later than it did and turns in 2015, where
the observed one went on. The peak is a sixth of what it was (9.4-fold for Nd, 14.7 for Dy from
early 2010; M049 in sources.csv), for the same want of hoarders as in 2021. Year ends over the end
of 2011.
"""
SEAM = """## The seam at 2025.0

Forecasts start from the state of 2025.0 as it was observed, not from the end of these runs: stocks
and plants are known better than a run of seven years can say. What carries over is what was learned
of constants. {sentence}
"""
REGISTERED = """## Registered predictions

{count} numbers for 2026 Q4 to 2028, set down on {days} before they can be known, each row with
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
        HEAD.format(draws=defaults.DRAWS, seed=defaults.SEED, short=_short(scored)),
        SCORED,
        *(f"From {start}.0\n\n{_table(rows)}" for start, rows in scored.items()),
        PLAN,
        _plan(),
        MISSED,
        _misses(scored),
        BOOM.format(
            draws=defaults.DRAWS,
            highest=_highest("hindcast-2018-market"),
            other=_highest("hindcast-2018-output"),
        ),
        _prices(),
        SHAPE,
        _shape(),
        SEAM.format(sentence=_learned()),
        *_registered(),
        OTHERS.format(draws=defaults.DRAWS),
        _others(expectations()),
    ]
    return "\n".join(part if part.endswith("\n") else f"{part}\n" for part in parts)


def counted(rows: tuple[Line, ...]) -> list[Line]:
    """The lines that are scored."""
    return [row for row in rows if row.role == "scored"]


def _short(scored: dict[int, tuple[Line, ...]]) -> str:
    sentences = []
    for start, rows in scored.items():
        own = counted(rows)
        beats = sum(row.beats for row in own)
        inside = np.average([row.inside for row in own], weights=[row.count for row in own])
        sentences.append(
            f"from {start} the draws were nearer than both naive forecasts on {beats} of "
            f"{len(own)} series, and {_percent(float(inside))} of the observations lay within the "
            "5-95 % band"
        )
    lost = [row.group for row in counted(scored[2018]) if not row.beats]
    return f"{'; '.join(sentences)}. From 2018 they lost on: {', '.join(lost)}."


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
    path = places.calibration_folder() / "misses.csv"
    says = {c["group"]: c["says"] for _, c in read_rows(path, MISSES_COLUMNS, what="the misses")}
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


def _prices() -> str:
    """Yearly prices of three runs beside the observed ones."""
    rows = _price_rows()
    body = [["observed", *map(three_digits, rows["value"].values.tolist())]]
    mapping = read_mapping()
    for name, words in PRICES.items():
        run = simulate([name], outputs=["Chinese price"])
        kept = np.flatnonzero(rows["start"].values >= float(run["time"][0]))
        own = modelled(run, rows.isel(row=kept), mapping).isel(pathway=0).values
        body.append([words, *["-"] * (len(YEARS) - len(own)), *map(three_digits, own.tolist())])
    return tables.markdown(["run", *map(str, YEARS)], body)


def _shape() -> str:
    """How prices fell after the shock of 2010, in the run and as observed."""
    run = simulate(["hindcast-2010-shape"], outputs=["Chinese price"])
    ends = load_observations()
    mapping = read_mapping()
    body = []
    for words, series, like in (
        ("Nd oxide", "price_nd_oxide", "price_nd_oxide"),
        ("Dy oxide", "price_dy_oxide", "price_dytb_oxide"),
    ):
        rows = select_observations(ends, series=series, longest=0.01)
        rows = rows.isel(row=np.flatnonzero(np.isin(np.round(rows["end"].values, 2), BUST)))
        seen = rows["value"].values
        own = modelled(run, rows.assign_coords(series=("row", [like] * len(seen))), mapping)
        said = own.isel(pathway=0).values
        body += [
            [f"{words}, observed", *(f"{value:.2f}" for value in seen[1:] / seen[0])],
            [f"{words}, run", *(f"{value:.2f}" for value in said[1:] / said[0])],
        ]
    return tables.markdown(["price", *(f"end of {year - 1:.0f}" for year in BUST[1:])], body)


def _highest(pathway: str) -> str:
    """The highest yearly price of 2022 in draws of all that is uncertain, in a known world."""
    cloud = sweep(
        latin_hypercube(defaults.DRAWS, seed=defaults.SEED, vary="uncertainty"),
        [pathway],
        outputs=["Chinese price[NdPr]"],
        reductions=Trajectory(),
        beyond_range=True,
    )
    rows = _price_rows()
    peak = rows.isel(row=np.flatnonzero(rows["start"].values == 2022.0))
    return three_digits(float(modelled(cloud, peak, read_mapping()).max()))


def _price_rows() -> xr.Dataset:
    rows = planned_observations(read_plan(), load_observations())
    return rows.isel(row=np.flatnonzero(rows["group"].values == PRICE_GROUP))


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
