"""The table of assumptions: every kind of constant has its fold, luck among them."""

from buildout.inputs.parameters import PARAMETER_KINDS
from buildout.report.assumptions import KIND_WORDS, assumptions_section
from buildout.report.blocks import ReportTable


def test_every_kind_of_constant_is_shown():
    assert set(KIND_WORDS) == set(PARAMETER_KINDS)


def test_luck_is_shown_apart_from_uncertainties(tiny):
    folds = [block for block in assumptions_section(tiny, {}) if isinstance(block, ReportTable)]
    luck = next(fold for fold in folds if fold.caption.startswith("Luck"))
    shown = {str(row[0]).partition(":")[0] for row in luck.rows}
    assert shown == {"switch luck", "luck of date", "luck of decision"}
