"""A small model in which every draw is known, in place of the one that comes with buildout."""

import pytest

from buildout.inputs import places

MODEL = """{UTF-8}
stock = INTEG(rate, 100) ~ t ~ What there is. |
rate = 1 ~ t/Year ~ What comes. |
fee = 3 ~ USD/kg ~ What it costs. |
plant: north, south ~~|
decision[north] = 2025 + rate ~ Year ~ When each is decided. |
decision[south] = 2100 + rate ~ Year ~ |
decided share of project[plant] = IF THEN ELSE(Time >= decision[plant], 1, 0) ~ Dmnl ~ Done. |
INITIAL TIME = 2025 ~ Year ~ |
FINAL TIME = 2035 ~ Year ~ |
TIME STEP = 0.125 ~ Year ~ |
SAVEPER = 0.25 ~ Year ~ |
"""
TABLE = """name,unit,default,low,high,distribution,kind,source_ids,grade,rationale
rate,t/Year,10,0,20,uniform,uncertainty,,U,judgement
fee,USD/kg,3,1,9,uniform,lever,,U,judgement
"""
MAPPING = """series,expression,over,unit,money,sd,note
made_t,rate,total,t,,0.1,
"""
PREDICTED = """quantity,unit,name
made_t,t,what is made
stock,t,what there is
"""


@pytest.fixture
def small_world(tmp_path, monkeypatch):
    """A folder of work beside a small model of a rate that is drawn, its tables and pathways."""
    for folder in ("pathways", "calibration/observations", "here"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "small.mdl").write_text(MODEL.replace("rate = 1 ", "rate = 10 "))
    (tmp_path / "pathways" / "status-quo.toml").write_text('title = "As it is"\n')
    (tmp_path / "pathways" / "past.toml").write_text(
        'title = "Before"\ninitial_time = 2015.0\nfinal_time = 2025.0\n'
    )
    calibration = tmp_path / "calibration"
    (calibration / "parameters.csv").write_text(TABLE)
    (calibration / "sources.csv").write_text(
        "source_id,title,publisher,date,url\na,A made-up source,Nobody,2024,\n"
    )
    (calibration / "observations" / "mapping.csv").write_text(MAPPING)
    head = "series,kind,period_start,period_end,time,value,unit,use,source_id,note\n"
    (calibration / "observations" / "known.csv").write_text(
        head + "rain,observation,2026-01-01,2026-12-31,2026.5,1,mm,test,a,\n"
    )
    (calibration / "predicted.csv").write_text(PREDICTED)
    (calibration / "money.csv").write_text(
        "year,consumer_prices,cny_per_usd,tax,source_id,note\n2025,1,7,0.13,a,\n"
    )
    monkeypatch.setattr(places, "model_file", lambda: tmp_path / "small.mdl")
    monkeypatch.setattr(places, "calibration_folder", lambda: calibration)
    monkeypatch.setattr(places, "pathways_folder", lambda: tmp_path / "pathways")
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"
