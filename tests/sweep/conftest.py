"""A tank that grows by a rate: every outcome of it is known in closed form."""

import numpy as np
import pytest

from buildout import sweep
from buildout.inputs import places
from buildout.inputs.model import load_model
from buildout.sampling import design

MDL = """{UTF-8}
tank = INTEG(rate, 1) ~ t ~ What there is. |
rate = 1 ~ t/Year ~ What comes. |
exponent = 1 ~ Dmnl ~ Bends the outcome. |
guard = 1 ~ Dmnl ~ At zero the ratio breaks down. |
bent = EXP(exponent * LN(tank + 5)) + (tank + 5)^exponent + SIN(tank) ~ t ~ Hard to round. |
ratio = 1/guard ~ Dmnl ~ Breaks down when its guard is zero. |
INITIAL TIME = 0 ~ Year ~ |
FINAL TIME = 4 ~ Year ~ |
TIME STEP = 0.125 ~ Year ~ |
SAVEPER = 0.25 ~ Year ~ |
"""
TABLE = """name,unit,default,low,high,distribution,kind,source_ids,grade,rationale
rate,t/Year,1,-1,3,uniform,uncertainty,,U,judgement
exponent,Dmnl,1,0.5,2,loguniform,uncertainty,,U,judgement
guard,Dmnl,1,0,1,fixed,switch,,U,judgement
"""


@pytest.fixture(scope="session")
def tank_files(tmp_path_factory):
    """The model and its table on disk."""
    folder = tmp_path_factory.mktemp("tank")
    (folder / "tank.mdl").write_text(MDL)
    (folder / "parameters.csv").write_text(TABLE)
    return folder / "tank.mdl", folder / "parameters.csv"


@pytest.fixture(scope="session")
def tank(tank_files):
    """The model with its table."""
    return load_model(*tank_files)


@pytest.fixture
def pathways(tmp_path, monkeypatch):
    """Two pathways of the tank: as it is, and with a rate of its own."""
    folder = tmp_path / "pathways"
    folder.mkdir()
    (folder / "free.toml").write_text('title = "Free"\n')
    (folder / "settled.toml").write_text('[[set]]\nlever = "rate"\nvalue = 2\n')
    monkeypatch.setattr(places, "pathways_folder", lambda: folder)
    return ["free", "settled"]


@pytest.fixture
def swept(tank, pathways):
    """Sweeps the tank over some rates, or over a design."""

    def run(what, reductions, outputs="tank", pathways="free", **more):
        if not isinstance(what, design.Design):
            what = design.given({"rate": np.asarray(what, float)}, model=tank)
        return sweep(what, pathways, outputs=outputs, reductions=reductions, model=tank, **more)

    return run
