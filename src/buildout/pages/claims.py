"""model/CLAIMS.md: what the model says about the claims of the founding articles, by the odds."""

from collections.abc import Sequence
from typing import Any

from buildout._util import tables
from buildout.experiments.claims import claim_rows, claims
from buildout.experiments.claims.choice import MIXES
from buildout.experiments.claims.grades import LIKELY, ROBUST, SUBSTANTIAL
from buildout.experiments.claims.rows import verdict_counts
from buildout.experiments.claims.wording import (
    claim_number,
    groups_of,
    interval_words,
    odds_words,
    reasons_of,
    rule_words,
    summary_words,
)
from buildout.inputs.model import Model

HEAD = """# Claims

Made by `buildout generate` from `calibration/claims.csv` (98 claims of the founding articles, each
with a prediction), `calibration/claim_tests.csv` (what tests them) and
`src/buildout/experiments/tables/cases.toml` (the runs); do not edit. `buildout claims` prints the
same and saves it as CSV and JSON.

**In short**: {summary}

A verdict is on the prediction, which may speak against its claim. It comes from {drawn} of all that
is uncertain, of the start and of luck, hazards included, {cases} cases in each, all in the same
draws: robust from {robust:.0%} of draws on one side, likely from {likely:.0%}, fragile where both
sides have {substantial:.0%} and neither is likely, undecided otherwise. *For*, *against*, *open*:
shares of draws; open is within the margin of the rule, or where no number is. *95%*: what chance in
drawing leaves open of the larger side, and the verdict that lies within it too. *Run*: a single run
at expected values with its percentile among the draws; it decides nothing. *From*: who set the
rule, the prediction or the judgement of this project.

Half self-sufficiency, of which many predictions speak, is that of bare magnets on the US market.
Plants already under way bring it, so what a programme does later moves its date little.
"""
THIRD_WAY = """## Only two real choices? (C64)

The articles see mobilization or a deal with China. Here seven mixes are held against both and the
status quo on three things: when the whole defense need is covered, public money spent to 2045, and
civil demand unmet to 2045. In how many draws is there

- a compromise, a mix that none of the three dominates (is as good in all things and better in one):
  {compromise}. By mix: {mixes};
- a mix that dominates mobilization or the deal: {dominates};
- a mix that beats each of the three in two things of the three: {two};
- a mix as cheap as the cheaper of mobilization and deal, and as short of little as the less short,
  which is what the prediction asks for: {both}.
"""
TEXTS = {
    "assumed": "## Assumed\n\nTrue or false by construction: what is measured is an assumption, or "
    "follows from one. It is shown apart and counts as no finding.\n",
}
REASONS = """## Not tested

Claims without a test, and the half of a claim that has none.
"""
_HEADS = (
    "id", "claim", "prediction, which is judged", "measured", "for", "against", "open", "95%",
    "run", "5-50-95% of draws", "supported if", "from",
)  # fmt: skip


def claims_page(model: Model, draws: int | None = None) -> str:
    """The page as Markdown."""
    ds = claims(draws=draws, model=model)
    rows = claim_rows(ds, model=model)
    head = HEAD.format(
        summary=summary_words(verdict_counts(rows)),
        drawn=ds.attrs["drawn"],
        cases=ds.attrs["cases"],
        robust=ROBUST,
        likely=LIKELY,
        substantial=SUBSTANTIAL,
    )
    parts = [head, THIRD_WAY.format(**_third_way(rows))]
    for verdict, own in groups_of(rows).items():
        text = TEXTS.get(verdict, f"## {verdict[:1].upper()}{verdict[1:]}\n")
        parts.append(f"{text}\n{_table(own)}")
    why = [(row["id"][:3], row["claim"], row["not_tested"]) for row in reasons_of(rows)]
    parts.append(f"{REASONS}\n{tables.markdown(('id', 'claim', 'why not'), why)}")
    return "\n".join(parts)


def _third_way(rows: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Odds of C64 in words."""
    of = {row["id"]: odds_words(row)["for"] for row in rows if row["id"].startswith("C64")}
    mixes = [f"*{mix}* {of[f'C64{x}']}" for x, mix in zip("efghijk", MIXES, strict=True)]
    return {
        "compromise": of["C64b"],
        "mixes": "; ".join(mixes),
        "dominates": of["C64c"],
        "two": of["C64d"],
        "both": of["C64a"],
    }


def _table(rows: Sequence[dict[str, Any]]) -> str:
    return tables.markdown(_HEADS, [_cells(row) for row in rows], right=range(4, 9))


def _cells(row: dict[str, Any]) -> list[str]:
    run, place = claim_number(row, row["run"]), row["percentile_of_run"]
    band = "; ".join(claim_number(row, row[name]) for name in ("p05", "p50", "p95"))
    return [
        row["id"],
        row["claim"],
        row["prediction"],
        row["measured"],
        *odds_words(row).values(),
        interval_words(row),
        run if place is None else f"{run} (p{place:.0f})",
        band,
        rule_words(row),
        row["rule_from"],
    ]
