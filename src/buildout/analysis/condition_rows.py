"""What conditioning did, as rows: to what was observed, and to the parameters."""

from typing import Any

import numpy as np

from buildout.analysis.condition import Conditioning
from buildout.inputs.model import load_model
from buildout.outcomes.odds import BAND
from buildout.vensim.arrays import Floats

#: Parameters that are told: so many, of those whose spread or middle has moved by so much.
TOLD_PARAMETERS, NARROWED, SHIFTED = 12, 0.9, 0.2


def condition_answer(done: Conditioning) -> dict[str, Any]:
    """All that `buildout condition --json` prints.

    Parameters
    ----------
    done : Conditioning
        From `conditioning`.

    Returns
    -------
    dict
        `draws`, `distinct` (how many of them differ), `sha256` of the draws, what is in the
        `provenance` of the design, `remarks`; `observations`, `by_series`, `parameters`: rows of
        the functions below.
    """
    values = done.design.values
    return {
        "draws": done.design.size,
        "distinct": len(np.unique(values, axis=0)),
        "sha256": done.design.sha256,
        **done.design.provenance,
        "remarks": list(done.remarks),
        "by_series": seen_series_rows(done),
        "observations": seen_rows(done),
        "parameters": parameter_rows(done),
    }


def seen_rows(done: Conditioning) -> list[dict[str, Any]]:
    """One row for each observation.

    `observed`, `sd` (of observation and model together), and quantiles of what the draws say of it,
    `before_p05` to `after_p95`.
    """
    observed = done.evidence.observed
    columns = {"series": "series", "unit": "unit", "from": "start", "to": "end"}
    rows = {key: observed[name].values.tolist() for key, name in columns.items()}
    rows |= {"observed": done.evidence.values.tolist(), "sd": done.evidence.sd.tolist()}
    for when, said in (("before", done.before), ("after", done.after)):
        for name, share in BAND.items():
            rows[f"{when}_{name}"] = np.nanquantile(said, share, axis=0).tolist()
    return [dict(zip(rows, row, strict=True)) for row in zip(*rows.values(), strict=True)]


def seen_series_rows(done: Conditioning) -> list[dict[str, Any]]:
    """One row for each series.

    `count`; `error`, one standard deviation of the mean of its rows relative to what was observed,
    that of the model included, and `beyond_draws`, the part of it that no draw explains;
    `ratio_before` and `ratio_after`, the sum of the medians over the sum observed; `band_before`
    and `band_after`, the mean width of the middle nine tenths of the draws over the mean observed.
    """
    series = done.evidence.observed["series"].values
    rows = []
    for name in dict.fromkeys(series.tolist()):
        own = np.flatnonzero(series == name)
        values, sd = done.evidence.values[own], done.evidence.sd[own]
        level = abs(float(values.mean())) or float("nan")
        row: dict[str, Any] = {
            "series": name,
            "count": len(own),
            "error": float(np.sqrt((sd**2).sum())) / len(own) / level,
            "beyond_draws": done.evidence.beyond[name],
        }
        for when, said in (("before", done.before), ("after", done.after)):
            low, middle, high = np.nanquantile(said[:, own], list(BAND.values()), axis=0)
            row[f"ratio_{when}"] = float(middle.sum()) / (float(values.sum()) or float("nan"))
            row[f"band_{when}"] = float((high - low).mean()) / level
        rows.append(row)
    return rows


def parameter_rows(done: Conditioning) -> list[dict[str, Any]]:
    """Parameters that the observations moved most, the most narrowed first.

    Quantiles `before_p05` to `after_p95` in the `unit` of the parameter; `spread`, the standard
    deviation after over that before; `shift`, how far the mean has moved in standard deviations of
    before. Only those that are narrower by a tenth or have moved by a fifth of one.
    """
    model, before, after = load_model(), done.prior.values, done.design.values
    sizes = before.std(axis=0)
    drawn = np.flatnonzero(sizes > 0)
    spread = after[:, drawn].std(axis=0) / sizes[drawn]
    shift = (after[:, drawn].mean(axis=0) - before[:, drawn].mean(axis=0)) / sizes[drawn]
    moved = [j for j in np.argsort(spread) if spread[j] < NARROWED or abs(shift[j]) > SHIFTED]
    return [
        {
            "parameter": done.design.names[drawn[j]],
            "unit": model.variable(done.design.names[drawn[j]]).unit,
            **_quantiles("before", before[:, drawn[j]]),
            **_quantiles("after", after[:, drawn[j]]),
            "spread": float(spread[j]),
            "shift": float(shift[j]),
        }
        for j in moved[:TOLD_PARAMETERS]
    ]


def _quantiles(when: str, values: Floats) -> dict[str, float]:
    return {f"{when}_{name}": float(np.quantile(values, share)) for name, share in BAND.items()}
