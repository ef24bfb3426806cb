"""What became of rare-earth projects announced before: whether they came, how late, how many.

The table is `calibration/reference_class.csv`. Only rows with `use = fit` are fitted on; the rows
held out are later projects that a model may be tested against. `funded` was coded by people who
knew the outcome, which flatters money: take the wide end of what follows from it.
"""

import dataclasses
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import stats

from buildout._util.names import quoted
from buildout._util.reading import read_number
from buildout.calibration.curves import Fit
from buildout.calibration.slips import (
    MOST_SPREAD,
    SlipLaw,
    SlipSample,
    fit_common_factor,
    fit_slips,
)
from buildout.errors import BuildoutError, InputError, together
from buildout.inputs import places
from buildout.inputs.calibrated import TableRules, read_calibrated

RECORD_END = 2025.0  # What happened later is for testing only.
PART_FINANCED_YEARS = 5.0  # Over which 0 of 3 part financed projects were decided.
MAKERS = ("addition", "incumbent", "newcomer")
WAVES = (2015.0, 2020.0)  # Between the starts planned after 2010, in quiet years, and since.
FATES = ("operating", "low use", "closed", "building", "announced", "not built", "failed")
NEVER = ("not built", "failed")
_TEXTS = {
    "maker": MAKERS,
    "fate": FATES,
    "funded": ("yes", "partly", "no"),
    "use": ("fit", "held out"),
}
REFERENCE_COLUMNS = (
    "project", *_TEXTS, "announced", "announced_start", "first_output", "ended", "source_ids",
)  # fmt: skip
RULES = TableRules(
    "the reference class",
    REFERENCE_COLUMNS,
    more=(
        *("company", "country", "stage", "announced_capacity", "unit", "share_after_3y"),
        *("share_after_5y", "evidence", "grade", "note"),
    ),
    key=("project",),
    filled=("source_ids",),
    named=("project",),
    years=("announced_start", "first_output", "ended"),
    sources="source_ids",
)


@dataclass(frozen=True)
class ReferenceProject:
    """One project of the reference class.

    Attributes
    ----------
    name, maker, fate, funded, use : str
    announced, planned : float, Year
        When it was announced, and the first date of first output that was told.
    first_output, ended : float or None, Year
        None: not before 2025.0, or not known.
    sources : str
        Ids, as written.
    """

    name: str
    maker: str
    fate: str
    funded: str
    use: str
    announced: float
    planned: float
    first_output: float | None
    ended: float | None
    sources: str

    @property
    def built(self) -> bool:
        """Whether it gave a first product before the record ends."""
        return self.first_output is not None and self.first_output < RECORD_END

    @property
    def slip(self) -> float:
        """Years from the first announced date to first output, or to the end of the record."""
        first = self.first_output if self.built and self.first_output else RECORD_END
        return round(first - self.planned, 2)

    @property
    def exposure(self) -> float:
        """Years in which it could have been decided."""
        end = RECORD_END if self.ended is None else min(self.ended, RECORD_END)
        return round(end - self.announced, 2)


def read_reference_class(path: Path | None = None) -> tuple[ReferenceProject, ...]:
    """Projects of calibration/reference_class.csv, those held out among them.

    Raises
    ------
    InputError
        When the table cannot be read; every line with a fault is named.
    """
    path = path or places.calibration_folder() / "reference_class.csv"
    projects: list[ReferenceProject] = []
    problems: list[BuildoutError] = []
    for line, cells in read_calibrated(path, RULES):
        try:
            projects.append(_project(cells))
        except BuildoutError as problem:
            problems.append(InputError(f"Line {line}: {problem}"))
    if problems:
        raise together(problems, quoted(path.name))
    return tuple(projects)


def _project(cells: dict[str, str]) -> ReferenceProject:
    for column, accepted in _TEXTS.items():
        if cells[column] not in accepted:
            raise InputError(
                f"{column} is {quoted(cells[column])}.", f"Accepted: {', '.join(accepted)}."
            )
    return ReferenceProject(
        name=cells["project"],
        maker=cells["maker"],
        fate=cells["fate"],
        funded=cells["funded"],
        use=cells["use"],
        announced=_month(cells["announced"]),
        planned=read_number(cells["announced_start"], what="announced_start"),
        first_output=_date(cells, "first_output"),
        ended=_date(cells, "ended"),
        sources=cells["source_ids"],
    )


def _date(cells: dict[str, str], column: str) -> float | None:
    written = cells[column].strip()
    return read_number(written, what=column) if written else None


def _month(written: str) -> float:
    """The middle of a year or a month, as a decimal year."""
    match = re.fullmatch(r"(\d{4})(?:-(0[1-9]|1[0-2]))?", written, re.ASCII)
    if match is None:
        raise InputError(
            f"announced is {quoted(written)}.", "A year or a month such as `2011-04` is accepted."
        )
    year, month = match.groups()
    return int(year) + (0.5 if month is None else (int(month) - 0.5) / 12)


def fit_reference_class(projects: Iterable[ReferenceProject]) -> dict[str, Fit]:
    """Attrition, slips and hazards from the rows that may be fitted on.

    Parameters
    ----------
    projects : iterable of ReferenceProject
        Rows held out are left aside here, whatever they say.

    Returns
    -------
    dict of str to Fit
        By what is fitted.
    """
    rows = [project for project in projects if project.use == "fit"]
    funded = [project for project in rows if project.funded == "yes"]
    fits = {"never built with money": _never(funded)}
    fits |= _slips([p for p in funded if p.fate not in NEVER])
    fits["base hazard without money"] = _base_hazard([p for p in rows if p.funded == "no"])
    fits["hazard of part financed projects"] = _part_financed(
        [p for p in rows if p.funded == "partly"]
    )
    return {f"{name} (reference class)": fit for name, fit in fits.items()}


def jeffreys_share(events: int, cases: int) -> tuple[float, float, float]:
    """Median, 5% and 95% points of a share after some cases, with the prior of Jeffreys.

    Examples
    --------
    >>> [round(v, 2) for v in jeffreys_share(2, 18)]
    [0.12, 0.03, 0.27]
    """
    share = stats.beta(events + 0.5, cases - events + 0.5)
    return float(share.ppf(0.5)), float(share.ppf(0.05)), float(share.ppf(0.95))


def jeffreys_rate(events: int, years: float) -> tuple[float, float, float]:
    """Median, 5% and 95% points of a yearly rate after some years, with the prior of Jeffreys.

    Examples
    --------
    >>> [round(v, 4) for v in jeffreys_rate(0, 150.0)]
    [0.0015, 0.0, 0.0128]
    """
    rate = stats.gamma(events + 0.5, scale=1.0 / years)
    return float(rate.ppf(0.5)), float(rate.ppf(0.05)), float(rate.ppf(0.95))


def _never(funded: list[ReferenceProject]) -> Fit:
    # A plant still building counts as never built: `funded` was coded knowing the outcome.
    lost = [project for project in funded if not project.built]
    value, low, high = jeffreys_share(len(lost), len(funded))
    method = f"{len(lost)} of {len(funded)}, prior of Jeffreys: 5%, 50% and 95% points"
    data = tuple(
        f"{p.name}: {'built' if p.built else 'not built at 2025.0'} [{p.sources}]" for p in funded
    )
    return Fit(value, low, high, "Dmnl", None, len(funded), method, data)


def _slips(started: list[ReferenceProject]) -> dict[str, Fit]:
    law = fit_slips(slip_sample(started, MAKERS))
    pooled, late = (fit_slips(slip_sample(started), share=share) for share in (0.5, 0.9))
    fits = {f"slip median, {maker}": _slip(law, i, started) for i, maker in enumerate(MAKERS)}
    shape = (law.shape, law.shape_low, law.shape_high)
    fits["slip shape"] = _of_slips(shape, "Dmnl", started)
    fits["slip median, all makers"] = _slip(pooled, 0, started)
    fits["slip at 90%, all makers"] = _slip(late, 0, started)
    fits["common factor of slips"] = _common_factor(started)
    return fits


def waves(projects: list[ReferenceProject]) -> np.ndarray:
    """The wave in which each project was to start: that of 2011, the quiet years, that of today."""
    return np.digitize([project.planned for project in projects], WAVES)


def _common_factor(started: list[ReferenceProject]) -> Fit:
    factor = fit_common_factor(slip_sample(started, MAKERS), waves(started))
    method = (
        f"lognormal factor of each wave of projects (parted at {WAVES[0]:g} and {WAVES[1]:g}), "
        f"spreads up to {MOST_SPREAD:g} by their likelihood, likeliest {factor.spread:.2g}; "
        "5% and 95% points of a wave to come"
    )
    values = 1.0, factor.low, factor.high
    return dataclasses.replace(_of_slips(values, "Dmnl", started), method=method)


def slip_sample(
    projects: list[ReferenceProject], makers: tuple[str, ...] | None = None
) -> SlipSample:
    """Slips of projects, grouped by maker, or all in one group when no makers are given."""
    return SlipSample(
        slip=np.array([project.slip for project in projects]),
        to_come=np.array([not project.built for project in projects]),
        group=np.array([makers.index(p.maker) if makers else 0 for p in projects]),
    )


def _slip(law: SlipLaw, i: int, started: list[ReferenceProject]) -> Fit:
    values = law.quantile[i], law.quantile_low[i], law.quantile_high[i]
    return _of_slips(values, "Year", started)


def _of_slips(
    values: tuple[float, float, float], unit: str, started: list[ReferenceProject]
) -> Fit:
    method = "log-logistic law by maximum likelihood, profile-likelihood interval"
    data = tuple(
        f"{p.name}: {p.maker}, slip {'' if p.built else 'above '}{p.slip:g} [{p.sources}]"
        for p in started
    )
    value, low, high = map(float, values)
    return Fit(value, low, high, unit, None, len(started), method, data)


def _base_hazard(projects: list[ReferenceProject]) -> Fit:
    years = sum(project.exposure for project in projects)
    value, low, high = jeffreys_rate(0, years)
    method = (
        f"no decision in {years:.0f} project-years, prior of Jeffreys: "
        f"5%, 50% and 95% points (mean {0.5 / years:.4f})"
    )
    return Fit(value, low, high, "1/Year", None, len(projects), method, _exposures(projects))


def _part_financed(projects: list[ReferenceProject]) -> Fit:
    share = stats.beta(1, len(projects) + 1)
    value, low, high = (
        float(-np.log1p(-share.ppf(q)) / PART_FINANCED_YEARS) for q in (0.5, 0.05, 0.95)
    )
    method = (
        f"decided share Beta(1, {len(projects) + 1}) over {PART_FINANCED_YEARS:g} years: "
        "5%, 50% and 95% points"
    )
    return Fit(value, low, high, "1/Year", None, len(projects), method, _exposures(projects))


def _exposures(projects: list[ReferenceProject]) -> tuple[str, ...]:
    return tuple(
        f"{p.name}: not decided in {p.exposure:g} years since {p.announced:.2f} [{p.sources}]"
        for p in projects
    )
