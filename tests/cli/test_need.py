"""`buildout need`: what it prints and saves; a need that is stated at the command line."""

import argparse
import csv
import json
import re
import shlex

import pytest

from buildout import figures
from buildout.cli import common
from buildout.cli.main import main
from buildout.inputs import places
from buildout.inputs.resolve import resolve

FEW = ["--draws", "100"]
MODEL = """{UTF-8}
"defense need in 2025" = 350 ~ t/Year ~ What is needed. |
FACTOR
stock = INTEG("defense need in 2025" TIMES, 0) ~ t ~ What was bought. |
INITIAL TIME = 2025 ~ Year ~ |
FINAL TIME = 2030 ~ Year ~ |
TIME STEP = 0.25 ~ Year ~ |
SAVEPER = 1 ~ Year ~ |
"""
TABLE = """name,unit,default,low,high,distribution,kind,source_ids,grade,rationale
defense need in 2025,t/Year,350,1,10000,fixed,lever,,U,judgement
"""
FACTOR = "factor of defense need,Dmnl,1,0.5,2,lognormal,uncertainty,,U,judgement\n"


@pytest.fixture
def shown(tmp_path, monkeypatch, capsys):
    """Run the command in an empty folder; its code, what it printed, and said beside."""
    monkeypatch.chdir(tmp_path)

    def run(*argv):
        code = main(["need", *argv])
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def unpainted(monkeypatch):
    """Pictures without anything in them, in tests of all that stands beside them."""
    monkeypatch.setattr(figures, "defense_need", lambda *_, **__: None)
    monkeypatch.setattr(figures, "render", lambda *_, **__: b"")


def test_it_prints_every_part_and_saves_them(shown, tmp_path):
    code, out, err = shown(*FEW)
    assert code == 0
    for part in ("combined", "light NdFeB", "munition", "eVAC Sumter", "judged", "COTS"):
        assert part in out
    names = {path.name for path in (tmp_path / "results").iterdir()}
    pictures = {
        f"{n}.{kind}" for n in ("need", "need-column", "need-phone") for kind in ("png", "svg")
    }
    assert names == {"need.csv", "need.json", "need.manifest.json", *pictures}
    assert "need.csv" in err
    with open(tmp_path / "results" / "need.csv", newline="", encoding="utf-8") as file:
        assert {row["year"] for row in csv.DictReader(file)} == {"2025", "2026", "2027", "2028"}


@pytest.mark.usefixtures("unpainted")
def test_json_of_a_table_of_the_users_own_is_what_it_saves_with_stable_keys(shown, tmp_path):
    ours = (places.calibration_folder() / "defense_need.csv").read_text(encoding="utf-8")
    lines = ours.splitlines(keepends=True)
    (tmp_path / "mine.csv").write_text("".join(lines[:2]), encoding="utf-8")
    argv = ["--table", "mine.csv", "--json", "--setting", "triangles", "--year", "2027"]
    code, out, _ = shown(*FEW, *argv)
    assert code == 0
    answer = json.loads(out)
    assert answer == json.loads((tmp_path / "results" / "need.json").read_text())
    assert (answer["year"], answer["setting"], answer["table"]) == (2027, "triangles", "mine.csv")
    assert list(answer) == [
        *("year", "setting", "draws", "seed", "table", "settings", "classes", "groups"),
        *("block_need", "commercial_goods", "top_down", "firmness"),
    ]
    assert {"p05", "p50", "p95", "usual"} < set(answer["classes"][0])
    assert {"share_of_draws_above_low", "share_of_draws_above_high"} < set(answer["top_down"][0])
    # Only the samarium of F-35s is left.
    assert answer["groups"][0]["group"] == "air"
    assert 0 < answer["classes"][0]["p50"] < 20


def edited(tmp_path, *keep):
    """A table of some rows of ours, in a file."""
    ours = (places.calibration_folder() / "defense_need.csv").read_text(encoding="utf-8")
    head, *lines = ours.splitlines(keepends=True)
    kept = [line for line in lines if not keep or any(words in line for words in keep)]
    (tmp_path / "mine.csv").write_text(head + "".join(kept), encoding="utf-8")
    return "mine.csv"


@pytest.mark.slow
@pytest.mark.usefixtures("unpainted")
def test_the_trade_check_does_not_outvote_a_table_of_the_users_own(shown, tmp_path):
    code, out, _ = shown("--table", edited(tmp_path, "air,F-35,"), "--json", *FEW)
    assert code == 0
    settings = {row["setting"]: row for row in json.loads(out)["settings"]}
    assert settings["trade check"]["p50"] > 10 * settings["combined"]["p95"]
    biased = [settings[name]["p50"] for name in ("log triangles with bias", "triangles with bias")]
    assert min(biased) <= settings["combined"]["p50"] <= max(biased)
    _, out, _ = shown("--table", "mine.csv", *FEW)
    assert "The trade check does not follow a table of your own" in out
    _, out, _ = shown(*FEW)
    assert "does not follow" not in out


@pytest.mark.slow
@pytest.mark.usefixtures("unpainted")
@pytest.mark.parametrize("keep", [(), ("air,F-35,",), ("air,F-35,SmCo",)])
def test_the_verdict_that_is_printed_keeps_the_split_of_the_table(shown, tmp_path, capsys, keep):
    _, out, _ = shown("--table", edited(tmp_path, *keep), *FEW)
    usual = {row["magnet_class"]: row["usual"] for row in read_need(tmp_path)["classes"]}
    line = out.strip().splitlines()[-1]
    assert line.count('--set "usual defense need[') == 3
    argv = shlex.split(re.search("`buildout (.*)`", line)[1])
    assert main([*argv, "--draws", "0", "--json", "--out", str(tmp_path / "verdict")]) == 0
    rows = json.loads(capsys.readouterr().out)
    for row in rows:
        assert row["defense_need_in_2025"] == pytest.approx(usual["all"], rel=0.01)
        short = usual[row["magnet_class"]] * 1.5
        assert row["shortfall_2027"] <= short


@pytest.mark.slow
@pytest.mark.usefixtures("unpainted")
def test_the_verdict_at_our_own_need_states_no_split_that_the_model_draws(shown):
    _, out, _ = shown(*FEW)
    assert re.search(r"`buildout deadline --defense-need \d+`\.$", out.strip())
    _, out, _ = shown("--setting", "triangles", *FEW)
    assert out.strip().splitlines()[-1].count("usual defense need[") == 3


def read_need(folder):
    return json.loads((folder / "results" / "need.json").read_text())


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--setting", "triangels"], "Unknown setting `triangels`. Nearest: `triangles`"),
        (["--table", "none.csv"], "Cannot read the table of programmes `none.csv`"),
        (["--draws", "5"], "`--draws` is `5`. A whole number from 100 to 100,000"),
        (["--seed", "-1"], "A whole number from 0"),
    ],
)
def test_wrong_input_is_one_message_and_leaves_earlier_results(shown, tmp_path, argv, message):
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "mine.csv").write_text("earlier")
    draws = [] if "--draws" in argv else FEW
    code, out, err = shown(*draws, *argv)
    assert (code, out) == (2, "")
    assert message in err
    assert [path.name for path in (tmp_path / "results").iterdir()] == ["mine.csv"]
    assert (tmp_path / "results" / "mine.csv").read_text() == "earlier"


def test_another_year_is_refused_with_those_that_there_are(capsys):
    with pytest.raises(SystemExit):
        main(["need", "--year", "2031"])
    accepted = "`--year` is `2031`. Accepted: 2025, 2026, 2027, 2028"
    assert accepted in capsys.readouterr().err


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A model with a need, with a factor on it or without."""

    def make(*, factor):
        text = MODEL.replace("TIMES", '* "factor of defense need"' if factor else "")
        line = '"factor of defense need" = 1 ~ Dmnl ~ What it may be beside. |' if factor else ""
        (tmp_path / "buildout.mdl").write_text(text.replace("FACTOR", line))
        (tmp_path / "parameters.csv").write_text(TABLE + (FACTOR if factor else ""))
        (tmp_path / "free.toml").write_text('title = "Free"\n')
        monkeypatch.setattr(places, "model_file", lambda: tmp_path / "buildout.mdl")
        monkeypatch.setattr(places, "calibration_folder", lambda: tmp_path)
        monkeypatch.setattr(places, "pathways_folder", lambda: tmp_path)

    return make


def stated(need):
    return common.typed_settings(argparse.Namespace(set=[], defense_need=need))


def test_a_stated_need_settles_what_is_uncertain_about_it(small):
    small(factor=True)
    assert {s.lever: s.value for s in stated("900")} == {
        "defense need in 2025": 900,
        "factor of defense need": 1,
    }
    small(factor=False)
    assert [s.lever for s in stated("900")] == ["defense need in 2025"]


def test_what_a_stated_need_settles_is_not_told_as_without_effect(small, capsys):
    from buildout.inputs.model import load_model

    small(factor=True)
    common.tell_without_effect(resolve(load_model(), "free", stated("900")))
    assert capsys.readouterr().err == ""
    common.tell_without_effect(resolve(load_model(), "free", {"factor of defense need": 1}))
    assert "`factor of defense need` changed nothing" in capsys.readouterr().err


@pytest.mark.parametrize("need", ["1", "900", "10000", "350 t/Year"])
def test_a_stated_need_is_accepted_inside_the_range_of_the_table(small, need):
    from buildout.inputs.model import load_model

    small(factor=True)
    assert resolve(load_model(), "free", stated(need)).extra_values["defense_need_in_2025"] >= 1


@pytest.mark.parametrize("need", ["0", "0.5", "10001", "-3"])
def test_a_stated_need_outside_it_is_refused_with_the_range_and_a_cure(small, need):
    from buildout.errors import InputError
    from buildout.inputs.model import load_model

    small(factor=True)
    said = r"`defense need in 2025` is set to .* Accepted: 1 to 10000 t/Year\. `--beyond-range`"
    with pytest.raises(InputError, match=said):
        resolve(load_model(), "free", stated(need))
