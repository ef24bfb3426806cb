"""Worlds that tests share: the project's model; a small model of two regions; a tank.

The tank grows by a rate, so every outcome of it is known in closed form.
"""

import gc
import importlib
import os
import shutil
import sys
import time
from pathlib import Path

import hypothesis
import numpy as np
import pytest

from buildout.inputs import places
from buildout.sampling import defaults
from buildout.vensim.engine import cache

TINY = Path(__file__).parent / "tiny"
# How long an example takes says how busy the machine is, and nothing about the code.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(autouse=True, scope="session")
def _own_cache(tmp_path_factory):
    """Keep the user's cache out of the tests, and the tests out of the user's cache.

    The processes of one session share a cache, as those of one user do.
    """
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    with pytest.MonkeyPatch.context() as patch:
        for name, folder in (("BUILDOUT_CACHE", "cache"), ("XDG_STATE_HOME", "state")):
            (shared / folder).mkdir(mode=0o700, exist_ok=True)
            patch.setenv(name, str(shared / folder))
        # For tests that start Python anew, where buildout is not installed.
        patch.setenv("PYTHONPATH", str(Path(places.__file__).parents[2]))
        # The project's model and code stay in the cache however many small models come after it.
        patch.setattr(cache, "MOST", 1000)
        if "PYTEST_XDIST_WORKER" in os.environ:
            _read_model_once(shared)
        yield


def _read_model_once(shared: Path) -> None:
    """Put the project's model into the cache: the first process reads it, the others wait."""
    from buildout.vensim import engine

    done = shared / "model-is-read"
    try:
        (shared / "model-is-being-read").mkdir()
    except FileExistsError:
        end = time.monotonic() + 30  # Then each for itself.
        while not done.exists() and time.monotonic() < end:
            time.sleep(0.05)
        return
    engine.load(places.model_file())
    done.touch()


@pytest.fixture(autouse=True, scope="session")
def draws_for_readers():
    """A run is shown beside a few draws here; gives how many readers get."""
    whole = defaults.DRAWS
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(defaults, "DRAWS", 40)
        yield whole


@pytest.fixture(scope="session")
def tiny():
    """The small model with its table of constants."""
    from buildout.inputs.model import load_model

    return load_model(TINY / "model" / "buildout.mdl", TINY / "calibration" / "parameters.csv")


@pytest.fixture
def tiny_world(monkeypatch) -> Path:
    """The small model, table and pathways in place of those that come with buildout."""
    monkeypatch.setattr(places, "model_file", lambda: TINY / "model" / "buildout.mdl")
    monkeypatch.setattr(places, "calibration_folder", lambda: TINY / "calibration")
    monkeypatch.setattr(places, "pathways_folder", lambda: TINY / "pathways")
    return TINY


@pytest.fixture(scope="session")
def model():
    """The project's model."""
    from buildout.inputs.model import load_model

    return load_model()


TANK = """{UTF-8}
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
TANK_TABLE = """name,unit,default,low,high,distribution,kind,source_ids,grade,rationale
rate,t/Year,1,-1,3,uniform,uncertainty,,U,judgement
exponent,Dmnl,1,0.5,2,loguniform,uncertainty,,U,judgement
guard,Dmnl,1,0,1,fixed,switch,,U,judgement
"""


@pytest.fixture(scope="session")
def tank_files(tmp_path_factory):
    """The model and its table on disk."""
    folder = tmp_path_factory.mktemp("tank")
    (folder / "tank.mdl").write_text(TANK)
    (folder / "parameters.csv").write_text(TANK_TABLE)
    return folder / "tank.mdl", folder / "parameters.csv"


@pytest.fixture(scope="session")
def tank(tank_files):
    """The model with its table."""
    from buildout.inputs.model import load_model

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

    from buildout import sweep
    from buildout.sampling import design

    def run(what, reductions, outputs="tank", pathways="free", **more):
        if not isinstance(what, design.Design):
            what = design.given({"rate": np.asarray(what, float)}, model=tank)
        return sweep(what, pathways, outputs=outputs, reductions=reductions, model=tank, **more)

    return run


EIGHT = (
    "status-quo",
    "mobilization",
    "china-deal",
    "status-quo-2025",
    "upstream-orders",
    "china-deal-ideal",
    "hybrid",
    "allied-network",
)


@pytest.fixture(scope="session")
def three():
    """The canonical pathways of the project's model."""
    from buildout.simulation.simulate import simulate

    return simulate()


@pytest.fixture(scope="session")
def eight_names():
    """What the first eight pathways of the project are called."""
    return EIGHT


@pytest.fixture(scope="session")
def eight():
    """Runs of these eight."""
    from buildout.simulation.simulate import simulate

    return simulate(EIGHT)


@pytest.fixture(scope="session")
def reported(three, tmp_path_factory):
    """The folder of a report of them, with odds of a hundred draws; one chart lies beside it."""
    from buildout.analysis.worlds import ask_draws
    from buildout.figures import registry
    from buildout.report import save_report
    from buildout.report.pictures import INSIDE

    folder = tmp_path_factory.mktemp("report")
    # The others are drawn in tests of their own, and in the slow test of the whole report.
    some = tuple(d for d in registry.GALLERY if d.name in (*INSIDE, "prices"))
    with pytest.MonkeyPatch.context() as patch:
        for place in ("registry", "painting"):
            patch.setattr(f"buildout.figures.{place}.GALLERY", some)
        save_report(ask_draws(three, 100, 1), folder, command="buildout report")
    return folder


@pytest.fixture
def unpainted(monkeypatch):
    """Pictures of commands are drawn for one paper in place of all, and not painted."""
    from buildout.cli import common

    def drawn_once(folder, name, draw, drawn):
        picture = draw(drawn, page=common.PAPERS[0])
        for page in common.PAPERS:
            common.write_picture(folder, name, picture, page=page)

    monkeypatch.setattr(common, "write_pages", drawn_once)
    monkeypatch.setattr("buildout.figures.render", lambda figure, kind: b"")


QUICK_TO_DRAW = ("deadline_card", "vulnerability")


@pytest.fixture
def short_gallery(monkeypatch):
    """The two quickest figures in place of all, no workbook, no scores of the past.

    For tests of what is around them; each has tests of its own.
    """
    from buildout import report
    from buildout.figures import registry

    quick = tuple(drawing for drawing in registry.GALLERY if drawing.name in QUICK_TO_DRAW)
    for place in ("registry", "painting"):
        monkeypatch.setattr(f"buildout.figures.{place}.GALLERY", quick)
    monkeypatch.setattr(report, "workbook_of", lambda *_: None)
    # The module by its name: as an attribute of the room it is the verb.
    content = importlib.import_module("buildout.report.content")
    monkeypatch.setattr(content, "validation_section", list)
    return quick


# Playwright runs an event loop in this thread while it is open, beside which no other can run.
@pytest.fixture(scope="module")
def browser():
    """Chromium without a window; where there is none, tests say that they are skipped."""
    api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    place = next(filter(None, map(shutil.which, BROWSERS)), None)
    with api.sync_playwright() as playwright:
        try:
            # Tests may run as root in a container, where the browser's own sandbox cannot.
            chromium = playwright.chromium.launch(executable_path=place, args=["--no-sandbox"])
        except api.Error:
            pytest.skip(f"no browser is found: none of {', '.join(BROWSERS)}, nor Playwright's own")
        yield chromium
        chromium.close()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """Marks of `quick_for` become marks of `slow`: on all parameters but those that it names."""
    named, met = set(), set()
    for item in items:
        if mark := item.get_closest_marker("quick_for"):
            of, own = item.nodeid.partition("[")[0], f"-{item.callspec.id}-"
            kept = {(of, name) for name in mark.args if f"-{name}-" in own}
            named |= {(of, name) for name in mark.args}
            met |= kept
            if not kept:
                item.add_marker(pytest.mark.slow)
    # Of a test that is asked for by its id, or that failed, not all parameters are there.
    if not any("::" in asked for asked in config.args) and not config.getoption("lf", False):
        assert named == met, f"`quick_for` names what is no parameter: {sorted(named - met)}"


_reading_of_models = None


def _heard(event, arguments):
    if event == "open" and _reading_of_models is not None and str(arguments[0]).endswith(".mdl"):
        _reading_of_models.append(str(arguments[0]))


sys.addaudithook(_heard)


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Thousands of tests are looked through by the collector at every full pass: no longer.

    It rests while they are read, which makes much and drops little, and passes less often than by
    default afterwards: each takes a twentieth off the whole suite.

    No model is loaded meanwhile: every process would pay for it, whatever it is asked to run.
    """
    global _reading_of_models
    gc.disable()
    _reading_of_models = []
    try:
        result = yield
        assert not _reading_of_models, f"read at collection: {set(_reading_of_models)}"
        return result
    finally:
        _reading_of_models = None
        gc.enable()
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 20)
