"""How wrong the model has been: runs of the past against what was observed."""

from functools import lru_cache

from buildout._util.numbers import three_digits
from buildout.analysis.expectations import expectations
from buildout.calibration.hindcast import STARTS, Line, hindcast, lines
from buildout.calibration.misses import tally
from buildout.calibration.prediction_scores import predicted_span, predictions
from buildout.report.blocks import Heading, Paragraph, ReportBlock, Text, table_of


def validation_section() -> list[ReportBlock]:
    """Errors, bands and scores of the scored series, from either start."""
    by_start = {start: _scored(start) for start in STARTS}
    wins = "; ".join(f"from {start}.0 on {tally(rows)}" for start, rows in by_start.items())
    registered = predictions()
    first, *others = by_start.items()
    order = sorted(first[1], key=lambda line: -line.theil.root_mean_square)
    later = {start: {line.group: line for line in rows} for start, rows in others}
    rows = [
        {
            "series": line.group,
            **_cells(first[0], line),
            **{
                k: v
                for start, own in later.items()
                for k, v in _cells(start, own[line.group]).items()
            },
        }
        for line in order
        if all(line.group in own for own in later.values())
    ]
    return [
        Heading("How wrong the model has been"),
        Paragraph(
            "Runs that begin in the past, know its policy, world demand and halts with their "
            "depth, and nothing else after their start, against what was observed to 2025.0 and "
            "in no fit, the largest misses first. Error: root mean square of the run over the mean "
            "observed. In band: share of observations within 5-95% of the draws, where 90% would "
            "be right. "
            f"The draws came nearer (CRPS) than two forecasts that anybody can make, {wins}. "
            "All misses with what they say stand in model/VALIDATION.md; `buildout hindcast` runs "
            "them, `buildout validate` scores observations of your own."
        ),
        table_of(rows),
        Paragraph(
            f"{len(registered)} predictions for {predicted_span(registered)} are registered in "
            "calibration/predictions.csv, each with the hash of the one above; the head of the "
            f"chain is {registered['sha256'].iloc[-1]}. `buildout predictions` checks it."
        ),
        Heading("Ours beside what others expect", level=3),
        Paragraph(
            "What somebody said, with its date, and the nearest number of the status quo: the "
            "middle of the draws, and 5 to 95% of them. Announced plants are nameplate of one "
            "company or of all; ours is what all makers in the country have in effect. "
            "model/VALIDATION.md has more of them, also those that the model has no word for."
        ),
        table_of(_expected()),
    ]


@lru_cache(maxsize=1)
def _expected() -> list[dict[str, Text]]:
    return [
        {
            "who": row.projection.who,
            "expects": row.projection.quantity,
            "for": row.projection.year,
            "value": f"{three_digits(row.projection.value)} {row.projection.unit}",
            "said": row.projection.published,
            "ours": f"{three_digits(row.p50)} ({three_digits(row.p05)} to {three_digits(row.p95)})",
            "of": f"{row.projection.expression}, {row.projection.date:g}",
        }
        for row in expectations()
        if row.projection.expression
    ]


@lru_cache(maxsize=len(STARTS))
def _scored(start: int) -> tuple[Line, ...]:
    return tuple(line for line in lines(hindcast(start)) if line.role == "scored")


def _cells(start: int, line: Line) -> dict[str, Text]:
    return {
        f"from {start}: error": f"{100 * line.theil.root_mean_square:.0f}%",
        f"in band {start}": f"{100 * line.inside:.0f}%",
        f"nearest {start}": "the draws" if line.beats else "a naive forecast",
    }
