"""How wrong the model has been: runs of the past against what was observed."""

from functools import lru_cache

from buildout._util.numbers import three_digits
from buildout.analysis.expectations import beside_others
from buildout.calibration.hindcast import STARTS, Line, hindcast, lines
from buildout.calibration.misses import tally
from buildout.calibration.prediction_scores import predicted_span, predictions
from buildout.report.blocks import Heading, Paragraph, ReportBlock, Text, table_of


def validation_section() -> list[ReportBlock]:
    """Errors, bands and scores of the scored series, from either start."""
    by_start = {start: _scored(start) for start in STARTS}
    wins = "; ".join(f"from {start} on {tally(rows)}" for start, rows in by_start.items())
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
            "The model was started in 2018 and in 2021, with the policy, world demand and halts of "
            "those years, their depth, and nothing else that came later. What it then made of the "
            "years to 2025 is set against what was observed and in no fit. In these scores (CRPS: "
            "how far draws lie from what happened) its draws came nearer than two forecasts that "
            f"anybody can make {wins}."
        ),
        table_of(
            rows,
            "Misses of runs from 2018 and from 2021, the largest first. Error: how far the run "
            "lies from what was observed (root mean square), over its mean. In band: share of "
            "observations within 5-95% of the draws, where 90% would be right.",
        ),
        Paragraph(
            "All misses with what they say stand in model/VALIDATION.md; `buildout hindcast` runs "
            "them again, `buildout validate` scores observations of your own. "
            f"{len(registered)} predictions for {predicted_span(registered)} are registered in "
            "calibration/predictions.csv, each with the fingerprint of the one above; the last is "
            f"{registered['sha256'].iloc[-1]}. `buildout predictions` checks them.",
            quiet=True,
        ),
        Heading("Ours beside what others expect", level=3),
        Paragraph(
            "What somebody said, with its date, and the nearest number of the status quo: the "
            "middle of the draws, and 5 to 95% of them. Announced plants are nameplate of one "
            "company or of all; ours is what all makers in the country have in effect. "
            "model/VALIDATION.md has more of them, also those that the model has no word for."
        ),
        table_of(
            _expected(),
            "What others expect, and the nearest number of the status quo.",
            folded=True,
        ),
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
        for row in beside_others()
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
