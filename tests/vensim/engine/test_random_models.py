"""Random models written as Vensim would have them, through PySD and both backends."""

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from buildout.vensim import engine

# Bounded by construction, so that stocks neither explode nor make rounding visible.
INPUTS = ("Time", "alpha", "beta", "stock one", "stock two")
TEMPLATES = (
    "({a} + {b})",
    "({a} - {b})",
    "({a} * {b})",
    "({a} / (1 + ABS({b})))",
    "(-{a})",
    "(ABS({a}) ^ 0.7)",
    "MIN({a}, {b})",
    "MAX({a}, {b})",
    "EXP(-ABS({a}))",
    "LN(1 + ABS({a}))",
    "SQRT(ABS({a}))",
    "SIN({a})",
    "ARCTAN({a})",
    "TANH({a})",
    "ZIDZ({a}, 1 + ABS({b}))",
    "XIDZ({a}, 0, {b})",
    "IF THEN ELSE({a} > {b}, {a}, 1)",
    "IF THEN ELSE({a} <= 0.5 :AND: :NOT: {b} > 2, {b}, 0.5)",
    "SMOOTH({a}, 2)",
    "SMOOTH3I({a}, 3, 1)",
    "DELAY1({a}, 2)",
    "DELAY3({a}, 3)",
    "STEP({a}, 2)",
    "RAMP(0.1, 1, 3) * {a}",
    "WITH LOOKUP({a}, ((-1,0),(0,1),(2,-1),(5,3)))",
    "MODULO(ABS({a}), 3)",
    "INITIAL({a})",
    "DELAY FIXED({a}, 1, 0.5)",
    "DELAY MATERIAL({a}, 1, 0.5, 0)",
    "DELAY INFORMATION({a}, STEP(50, 1), 0.5)",
    "SAMPLE IF TRUE({a} > {b}, {a}, 1)",
    "PULSE TRAIN(1, 1, 2, 9) * {a}",
)


def compose(inner):
    return st.builds(
        lambda template, a, b: template.format(a=a, b=b), st.sampled_from(TEMPLATES), inner, inner
    )


formulas = st.recursive(st.sampled_from([*INPUTS, "0.5", "2", "1.25"]), compose, max_leaves=5)


#: The least share of runs that has to be sound, so that the engines really were compared on it.
SOUND = 0.9


def compare(auxiliaries, flows, write, agree):
    """Compare the engines on two runs, and count the runs on which values were compared."""
    equations = [
        "alpha = 0.75",
        "beta = -1.5",
        *(f"aux {i} = {formula}" for i, formula in enumerate(auxiliaries)),
        f"stock one = INTEG(SIN({flows[0]}) - 0.1 * stock one, 1)",
        f"stock two = INTEG(TANH({flows[1]}) + 0.1 * aux 0 / (1 + ABS(aux 0)), 2)",
    ]
    system = engine.load(write(*equations, end=3))
    run = agree(system, {"alpha": [0.75, 2.0], "beta": [-1.5, 0.0]})
    return int(np.isfinite(run.values).all(axis=(0, 1)).sum()), len(run.status)


several = {
    "auxiliaries": st.lists(formulas, min_size=6, max_size=6),
    "flows": st.lists(formulas, min_size=2, max_size=2),
}
# Translating a model takes PySD a while, so a failing one is shown as found, not made smaller.
common = {"deadline": None, "suppress_health_check": list(HealthCheck), "phases": [Phase.generate]}


def compare_many(examples, derandomize, write, agree):
    counts = []

    @settings(max_examples=examples, derandomize=derandomize, **common)
    @given(**several)
    def one(auxiliaries, flows):
        counts.append(compare(auxiliaries, flows, write, agree))

    one()
    compared, runs = map(sum, zip(*counts, strict=True))
    assert len(counts) >= examples / 2
    assert compared >= SOUND * runs


def test_random_models_give_the_same_in_all_engines(write, agree):
    compare_many(10, True, write, agree)


@pytest.mark.slow
def test_many_random_models_give_the_same_in_all_engines(write, agree):
    compare_many(200, False, write, agree)


def test_a_model_on_which_nothing_was_compared_is_not_counted(write, agree):
    endless = ["1 / (Time - Time)", *["Time"] * 5]
    assert compare(endless, ["Time", "Time"], write, agree) == (0, 2)


def test_the_templates_use_every_kind_of_structure_that_pysd_has():
    """Those not among the templates are tested one by one in test_functions and test_refusals."""
    from buildout.vensim.engine.frontend import equations

    known = {"ArithmeticStructure", "LogicStructure", "ReferenceStructure", "CallStructure"}
    known |= {"InlineLookupsStructure", "LookupsStructure", "SubscriptsReferenceStructure"}
    known |= set(equations._STRUCTURES) | set(equations._REFUSED_STRUCTURES)
    assert known == _structures_of_pysd()


def _structures_of_pysd() -> set[str]:
    from buildout.vensim.engine.frontend.lower import ae

    return {name for name in vars(ae) if name.endswith("Structure")}


@pytest.mark.slow
def test_the_engines_agree_on_many_runs_of_one_random_model(write, same):
    rng = np.random.default_rng(8)
    parts = [
        TEMPLATES[i].format(a=INPUTS[i % 5], b=INPUTS[(i * 7 + 1) % 5])
        for i in range(len(TEMPLATES))
    ]
    equations = ["alpha = 0.75", "beta = -1.5"]
    equations += [f"aux {i} = {part}" for i, part in enumerate(parts)]
    equations += ["stock one = INTEG(SIN(aux 3) - 0.1 * stock one, alpha)"]
    equations += ["stock two = INTEG(0.1 * aux 5 - 0.2 * stock two, 2)"]
    system = engine.load(write(*equations, end=10, step=0.125))
    drawn = {"alpha": rng.normal(size=1000), "beta": rng.normal(size=1000)}
    runs = [engine.Batch(backend=b).run(system, drawn) for b in ("numpy", "llvm")]
    same(system, *runs)
    assert (runs[0].status == 0).all()
