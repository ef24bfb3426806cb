"""What pages say of luck, in a model that has it and in one that has none."""

import pytest

from buildout.experiments.non_influential import Influence
from buildout.pages import effects, robustness


@pytest.mark.parametrize(("world", "said"), [("tiny", True), ("tank", False)])
def test_effects_leave_luck_out_and_say_so(request, world, said):
    nothing = Influence((), (), (), (), 0, ())
    page = effects._non_influential(request.getfixturevalue(world), nothing)
    assert ("and 6 numbers of luck, which act in draws only" in page) == said
    assert ("left alone. The rest follows." in page) != said


def test_robustness_counts_luck_apart():
    assert "6 numbers a draw" in robustness.LUCK_TEXT.format(count=6)
    assert "uncertainties" in robustness.LUCK_TEXT
