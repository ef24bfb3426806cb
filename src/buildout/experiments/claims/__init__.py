"""Claims of the founding articles as numbers, judged by the odds of joint draws.

Each number that tests a claim is a row of calibration/claim_tests.csv: the values that would
support it, the margin within which the model cannot tell, and the cases that it compares; the small
function of that id measures it in a Dataset of cases. A claim without a row says in claims.csv why.
"""

from buildout.experiments.claims.cases import Case, load_cases
from buildout.experiments.claims.claim import Claim
from buildout.experiments.claims.rows import claim_rows
from buildout.experiments.claims.table import load_claims, statements
from buildout.experiments.claims.verdicts import claims, results

__all__ = [
    "Case",
    "Claim",
    "claim_rows",
    "claims",
    "load_cases",
    "load_claims",
    "results",
    "statements",
]
