"""`buildout model` sweeps, differentiates, checks the units of and draws a model of anything."""

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest

from buildout.cli.main import main
from buildout.figures.sector_views import view_pictures
from buildout.vensim import engine, units
from buildout.vensim.engine.frontend.for_units import text_for_units
from buildout.vensim.engine.frontend.functions import FUNCTIONS
from buildout.vensim.sketch import draw_views
from buildout.vensim.unit_rules import UNIT_RULES

DECAY = str(Path(__file__).parent / "engine" / "models" / "decay.mdl")
CONTROL = "".join(
    f"{name} = {value} ~ Month ~|"
    for name, value in (("INITIAL TIME", 0), ("FINAL TIME", 2), ("TIME STEP", 1), ("SAVEPER", 1))
)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def written(folder: Path, equations: str, settings: str = "") -> str:
    path = folder / "mine.mdl"
    end = f"\\\\\\---/// Sketch information\n///---\\\\\\{settings}"
    path.write_text("{UTF-8}\n" + equations + CONTROL + end, encoding="utf-8")
    return str(path)


# -- a sweep -----------------------------------------------------------------------------------


def test_a_sweep_shows_quantiles_of_what_each_draw_leads_to(tmp_path, capsys):
    """What is left after ten years of steps of a quarter: the volume times (1 - 1/16)^40."""
    varied = ["--vary", "initial volume=50:150", "--draws", "200", "--seed", "3"]
    assert main(["model", DECAY, *varied, "--out", str(tmp_path / "swept")]) == 0
    last = capsys.readouterr().out.splitlines()[-1].split()
    kept = (1 - 1 / 16) ** 40
    drawn = rows_of(tmp_path / "swept" / "draws.csv")
    for row in drawn:
        left = float(row["initial volume"]) * kept
        assert float(row["tank at the end"]) == pytest.approx(left, rel=1e-12)
    volumes = [float(row["initial volume"]) for row in drawn]
    # One in each of 200 equal parts, as a Latin hypercube has it.
    assert sorted(int((v - 50) * 2) for v in volumes) == list(range(200))
    wanted = np.quantile(volumes, [0.05, 0.5, 0.95]) * kept
    assert [float(cell) for cell in last[-3:]] == pytest.approx(wanted, rel=1e-3)
    bands = rows_of(tmp_path / "swept" / "bands.csv")
    assert [float(bands[-1][name]) for name in ("p05", "p50", "p95")] == pytest.approx(wanted)
    manifest = json.loads((tmp_path / "swept" / "manifest.json").read_text())
    assert manifest["ranges"] == {"initial_volume": [50, 150]}
    assert manifest["command"].endswith("--vary 'initial volume=50:150' --draws 200 --seed 3")


def test_a_constant_is_drawn_over_the_range_in_the_file_and_apart_from_others(tmp_path):
    for name, more in (("one", []), ("two", ["--vary", "initial volume=1:2"])):
        argv = ["model", DECAY, "--vary", "life", *more, "--draws", "50"]
        assert main([*argv, "--out", str(tmp_path / name)]) == 0
    one, two = (rows_of(tmp_path / name / "draws.csv") for name in ("one", "two"))
    assert [row["life"] for row in one] == [row["life"] for row in two]
    lives = [float(row["life"]) for row in one]
    assert 0.5 <= min(lives) < 2
    assert 48 < max(lives) <= 50


def test_draws_that_are_not_sound_are_counted_and_left_out(tmp_path, capsys):
    varied = ["--vary", "initial volume=-100:100", "--draws", "10"]
    assert main(["model", DECAY, *varied, "--out", str(tmp_path)]) == 0
    shown = capsys.readouterr()
    assert "5 of 10 draws are not sound" in shown.err
    assert float(shown.out.splitlines()[-1].split()[-3]) > 0
    rows = rows_of(tmp_path / "draws.csv")
    assert [r["status"] == "ok" for r in rows] == [float(r["initial volume"]) > 0 for r in rows]
    assert main(["model", DECAY, "--vary", "initial volume=-9:-1", "--draws", "4"]) == 1


# -- sensitivities -----------------------------------------------------------------------------


def test_sensitivities_are_those_of_the_closed_form(tmp_path, capsys):
    argv = ["model", DECAY, "--sensitivity", "all", "--set", "life=5", "--out", str(tmp_path)]
    assert main(argv) == 0
    assert [line.split()[1] for line in capsys.readouterr().out.splitlines()[2:]] == [
        "life",
        "initial",
    ]
    by_life, by_volume = rows_of(tmp_path / "sensitivities.csv")
    left = 1 - 0.25 / 5
    assert float(by_volume["per_unit"]) == pytest.approx(left**40, rel=1e-12)
    assert float(by_volume["percent_per_percent"]) == pytest.approx(1, rel=1e-12)
    assert float(by_life["constant_value"]) == 5
    elasticity = 40 * (0.25 / 5) / left
    assert float(by_life["percent_per_percent"]) == pytest.approx(elasticity, rel=1e-12)


def test_what_has_no_elasticity_has_a_slope(capsys):
    assert main(["model", DECAY, "--sensitivity", "life", "--set", "initial volume=0"]) == 0
    assert "Nothing moves." in capsys.readouterr().out
    argv = ["model", DECAY, "--sensitivity", "initial volume", "--set", "initial volume=0"]
    assert main([*argv, "--json"]) == 0
    [row] = json.loads(capsys.readouterr().out)
    assert row["percent_per_percent"] is None
    assert row["per_unit"] == pytest.approx((1 - 1 / 16) ** 40)


def test_a_run_that_is_not_sound_is_told_in_the_words_of_a_single_run(capsys):
    errors = []
    for more in ([], ["--sensitivity", "life"]):
        assert main(["model", DECAY, "--set", "initial volume=-5", *more]) == 1
        errors.append(capsys.readouterr().err)
    assert "a stock falls below zero" in errors[0]
    assert errors[0].splitlines()[-1] == errors[1].splitlines()[-1]


@pytest.mark.slow
def test_many_constants_are_taken_some_at_a_time(tmp_path, monkeypatch):
    monkeypatch.setattr("buildout.cli.model_jobs._TOGETHER", 2)
    many = "".join(f"rate {n} = {n} ~ m/Month ~|" for n in range(1, 6))
    total = " + ".join(f"{n} * rate {n}" for n in range(1, 6))
    path = written(tmp_path, many + f"tank = INTEG({total}, 1) ~ m ~|")
    assert main(["model", path, "--sensitivity", "all", "--out", str(tmp_path / "o")]) == 0
    slopes = {
        r["constant"]: float(r["per_unit"]) for r in rows_of(tmp_path / "o/sensitivities.csv")
    }
    assert slopes == {f"rate {n}": 2 * n for n in range(1, 6)}


# -- units -------------------------------------------------------------------------------------


def test_units_of_strangers_are_read_with_their_synonyms_and_signs(tmp_path, capsys):
    equations = (
        "price = 2 ~ $/US ton ~| sold = 3 ~ US tons/Month ~| share = 10 ~ % ~|"
        "income = price * sold ~ Dollars/Month ~| wrong = price + share ~ $/US ton ~|"
    )
    path = written(tmp_path, equations, "\n22:$,Dollar,Dollars\n22:US ton,US tons\n")
    assert main(["model", path, "--units"]) == 1
    shown = capsys.readouterr().out.splitlines()
    assert len(shown) == 2
    assert "`wrong`: `share` has the unit %" in shown[0]
    assert "needs $/US ton" in shown[0]
    assert main(["model", path, "--units", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)[0]["variable"] == "wrong"


def test_units_within_macros_and_of_data_are_not_looked_at(tmp_path, capsys):
    equations = (
        ":MACRO: TWICE(a)\nTWICE = 2 * a + grown ~ a ~|\ngrown = INTEG(a, 1) ~ a ~|\n"
        ":END OF MACRO:\n rain ~ mm/Month ~| more = TWICE(rain) ~ mm/Month ~|"
        "noise = RANDOM 0 1() ~ Dmnl ~|"
        "sum = rain + GET DIRECT CONSTANTS('a.csv', ',', 'A1') ~ mm/Month ~|"
    )
    assert main(["model", written(tmp_path, equations), "--units"]) == 0
    assert "The units of all" in capsys.readouterr().out


def test_what_stands_elsewhere_has_the_unit_that_is_written_with_it(tmp_path, capsys):
    """Data with a keyword, lookups and subscripts of other files, names with any sign."""
    equations = (
        "place: GET DIRECT SUBSCRIPT('a.csv', ',', 'A1', 'A', '') ~~|"
        'rain[place] :HOLD BACKWARD: ~ mm ~| "wet (now)" ~ mm ~| "dry: " :RAW: ~ mm ~|'
        "grown = GET DIRECT LOOKUPS('a.csv', ',', '1', 'A2') ~ mm ~|"
        'right = SUM( rain[place!] ) + "wet (now)" + "dry: " + grown( 1 ) ~ mm ~|'
    )
    assert main(["model", written(tmp_path, equations), "--units"]) == 0
    wrong = "wrong = SUM( rain[place!] ) ~ m ~| more = grown( 1 ) ~ m ~|"
    assert main(["model", written(tmp_path, equations + wrong), "--units"]) == 1
    assert capsys.readouterr().out.count("has the unit mm, its declaration needs m.") == 2


def test_every_function_of_the_engine_has_a_unit_rule():
    named = {"INTEG"} | {"DELAY1 or DELAY3"}  # INTEG is a stock; the other is two of Vensim's.
    assert {f.name for f in FUNCTIONS.values()} - named <= UNIT_RULES.keys()


def test_the_text_for_units_is_that_of_the_model_where_nothing_is_special():
    assert units.check(text=text_for_units(Path(DECAY))) == units.check(DECAY)


# -- a diagram ---------------------------------------------------------------------------------


def test_a_model_without_a_sketch_is_drawn_from_its_equations(tmp_path, capsys):
    out = tmp_path / "views"
    assert main(["model", DECAY, "--diagram", str(out)]) == 0
    assert "from its equations" in capsys.readouterr().err
    assert (out / "model.svg").read_bytes().startswith(b"<?xml")
    assert b"initial" in (out / "model.svg").read_bytes()
    assert json.loads((out / "manifest.json").read_text())["kind"] == "model"


def test_views_of_one_name_are_numbered_and_arrows_to_nothing_left_out():
    text = draw_views(Path(DECAY).read_text(encoding="utf-8"))
    view = text[text.index("V300") : text.index("///---")]
    lost = "1,99,77,78,1,0,0,0,0,192,0,-1--1--1,,|||0-0-0,1|(0,0)|\n"
    twice = text.replace(view, f"{view}\\\\\\---/// Sketch information\n{view}{lost}")
    assert list(view_pictures(twice)) == ["model.svg", "model-2.svg"]


# -- wrongly -----------------------------------------------------------------------------------

REFUSED = {
    "two jobs": (["--units", "--diagram", "d"], "`--diagram` has no meaning with `--units`"),
    "draws of nothing": (["--draws", "5"], "`--draws` has no meaning in a single run"),
    "an engine for units": (["--units", "--engine", "reference"], "`--engine` has no meaning"),
    "a stock": (["--vary", "tank=1:2"], "`tank` is no constant of the model"),
    "one number": (["--vary", "life=3"], 'Accepted: `--vary "name=lowest:highest"`'),
    "the wrong way round": (["--vary", "life=3:1"], "the lower number first"),
    "no number": (["--vary", "life=a:b"], "A number is accepted"),
    "not a number": (["--vary", "life=nan:2"], "A finite number is accepted"),
    "no range": (["--vary", "initial volume"], "has no range of two numbers"),
    "twice": (["--vary", "life=1:2", "--vary", "Life=1:2"], "`life` is given twice"),
    "set and varied": (["--vary", "life=1:2", "--set", "life=1"], "`life` is given twice"),
    "too many": (["--vary", "life=1:2", "--draws", "10000000"], "`--draws` is `10000000`"),
    "none": (["--vary", "life=1:2", "--draws", "0"], "`--draws` is `0`"),
    "an unknown name": (["--vary", "lief=1:2"], "Nearest: `life`"),
    "an unknown constant": (["--sensitivity", "lief"], "Nearest: `life`"),
    "what is no constant": (["--sensitivity", "tank"], "`tank` is no constant"),
}


@pytest.mark.parametrize(("options", "said"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_done_is_refused_and_nothing_written(
    tmp_path, monkeypatch, capsys, options, said
):
    monkeypatch.chdir(tmp_path)
    assert main(["model", DECAY, *options]) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert told.out == ""
    assert not list(tmp_path.iterdir())


def test_a_sweep_agrees_with_single_runs_of_its_draws(tmp_path):
    assert main(["model", DECAY, "--vary", "life", "--draws", "5", "--out", str(tmp_path)]) == 0
    system = engine.load(DECAY)
    for row in rows_of(tmp_path / "draws.csv"):
        ran = engine.Batch().run(system, {"life": float(row["life"])}, ["tank"])
        assert float(row["tank at the end"]) == ran["tank"][-1, 0]
        assert math.isfinite(ran["tank"][-1, 0])
