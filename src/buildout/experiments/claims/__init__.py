"""Claims of the founding articles as numbers: supported, contradicted, undecided or withheld.

Each claim that the model can decide is a row of calibration/claim_tests.csv: the values that would
support it, the margin within which the model cannot tell, and the name of a small function of a
Dataset of cases. Given a sweep, it also gives the share of draws that support it.
"""

from buildout.experiments.claims.cases import Case, load_cases
from buildout.experiments.claims.claim import Claim
from buildout.experiments.claims.table import load_claims, statements
from buildout.experiments.claims.verdicts import claim_rows, ensemble, results

__all__ = [
    "Case",
    "Claim",
    "claim_rows",
    "ensemble",
    "load_cases",
    "load_claims",
    "results",
    "statements",
]
