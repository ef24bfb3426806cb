"""Settings against the model: every way to get one wrong is told, with what is accepted."""

import math

import numpy as np
import pytest

from buildout.errors import BuildoutError, InputError, UnknownNameError
from buildout.inputs.model import load_model
from buildout.inputs.settings import Setting, as_settings, parse_setting
from buildout.inputs.validation import check_settings, start_end_pairs


def test_a_whole_name_an_element_and_a_range_set_what_they_say(tiny):
    assert check_settings(tiny, {"subsidy": 7}) == {"subsidy": 7.0}
    assert check_settings(tiny, {"Cost[US, mining]": 3}) == {"cost[US,mining]": 3.0}
    assert set(check_settings(tiny, {"cost[region, metal]": 3})) == {
        "cost[US,metal]",
        "cost[Allies,metal]",
    }
    assert len(check_settings(tiny, {"cost": 3})) == 4


def test_later_settings_prevail(tiny):
    ordered = [Setting("cost", 3), Setting("cost[US,metal]", 2), Setting("subsidy", 1)]
    values = check_settings(tiny, ordered)
    assert values["cost[US,metal]"] == 2
    assert values["cost[US,mining]"] == 3


def test_numbers_of_numpy_are_numbers(tiny):
    assert check_settings(tiny, {"subsidy": np.float32(2)}) == {"subsidy": 2.0}


@pytest.mark.parametrize(
    ("settings", "kind", "message"),
    [
        ({"subsidi": 1}, UnknownNameError, r"Unknown lever `subsidi`. Nearest: `subsidy`"),
        ({"cost[USA,metal]": 1}, UnknownNameError, r"cost\[USA,metal\]"),
        ({"cost[US]": 1}, UnknownNameError, r"cost\[US\]"),
        ({"capacity": 1}, InputError, "computed by the model"),
        ({"time step": 1}, InputError, "control of the run"),
        ({"subsidy": "much"}, InputError, r"`much`, which is text.*A number"),
        ({"subsidy": True}, InputError, "true or false"),
        ({"subsidy": [1, 2]}, InputError, "a list"),
        ({"subsidy": None}, InputError, "NoneType"),
        ({"subsidy": math.nan}, InputError, "A finite number"),
        ({"subsidy": math.inf}, InputError, "A finite number"),
        ({"subsidy": 101}, InputError, r"101 MUSD/Year.*0 to 100 MUSD/Year.*--beyond-range"),
        ({"subsidy": -1}, InputError, "0 to 100"),
        ({"initial capacity": 12}, InputError, "20 to 40"),
        ({"subsidy start": 2029}, InputError, r"`subsidy start` is 2029, after `subsidy end`"),
        ({"subsidy end": 2025.5}, InputError, r"`subsidy start` is 2026, after `subsidy end`"),
        ([Setting("subsidy", 1, "USD")], InputError, r"`USD`.*has it in `MUSD/Year`"),
    ],
)
def test_a_wrong_setting_is_told(tiny, settings, kind, message):
    with pytest.raises(kind, match=message):
        check_settings(tiny, settings)


def test_all_wrong_settings_are_told_at_once_and_where(tiny):
    wrong = {"subsidi": 1, "subsidy": math.nan, "lifetime": 0}
    with pytest.raises(BuildoutError, match="Pathway `mine` has 3 problems") as raised:
        check_settings(tiny, wrong, where="Pathway `mine`")
    assert str(raised.value).count("\n  - ") == 3


def test_a_range_can_be_left_knowingly_but_not_the_numbers(tiny):
    assert check_settings(tiny, {"subsidy": 5e6}, beyond_range=True) == {"subsidy": 5e6}
    with pytest.raises(InputError, match="finite"):
        check_settings(tiny, {"subsidy": math.nan}, beyond_range=True)


def test_a_unit_may_be_spaced_as_one_likes(tiny):
    assert check_settings(tiny, [Setting("cost", 3, "MUSD / (t/Year)")])


def test_starts_are_paired_with_their_ends(tiny):
    assert start_end_pairs(tiny) == [("subsidy_start", "subsidy_end")]


def test_episodes_may_not_overlap_unless_one_does_not_happen(tiny):
    second = {"outage start[second]": 2026.75}
    assert check_settings(tiny, second)  # Its depth is zero.
    with pytest.raises(
        InputError,
        match=r"`outage start\[first\]` is 2026 for 1 Year, which overlaps "
        r"`outage start\[second\]`, 2026\.75",
    ):
        check_settings(tiny, second | {"outage depth[second]": 0.1})
    assert check_settings(
        tiny, second | {"outage depth[second]": 0.1, "outage length[first]": 0.75}
    )


def test_a_start_equal_to_its_end_switches_the_thing_off_and_is_accepted(tiny):
    assert check_settings(tiny, {"subsidy start": 2028})


@pytest.mark.parametrize(
    ("written", "setting"),
    [
        ("subsidy=3", Setting("subsidy", 3.0, origin="--set")),
        (" subsidy = 3e2 ", Setting("subsidy", 300.0, origin="--set")),
        ("cost[US, metal]=1 USD/kg", Setting("cost[US, metal]", 1.0, "USD/kg", origin="--set")),
    ],
)
def test_a_typed_setting_is_read(written, setting):
    assert parse_setting(written) == setting


@pytest.mark.parametrize("written", ["subsidy", "=3", "subsidy=", "subsidy=much", "subsidy 3"])
def test_a_mistyped_setting_is_told(written):
    with pytest.raises(InputError, match="ccepted"):
        parse_setting(written)


def test_settings_come_from_mappings_lists_and_nothing():
    assert as_settings(None) == ()
    assert as_settings({"a": 1}) == (Setting("a", 1),)
    assert as_settings([Setting("a", 1)]) == (Setting("a", 1),)


def test_the_model_lists_levers_with_range_default_and_meaning(tiny):
    levers = {lever.name: lever for lever in tiny.levers}
    assert list(levers) == ["subsidy", "subsidy start", "subsidy end", "projects known until"]
    subsidy = levers["subsidy"]
    assert (subsidy.low, subsidy.high, subsidy.default) == (0, 100, 5)
    assert subsidy.meaning == "Public money while it is paid."
    assert subsidy.sources == ("S02",)


def test_every_constant_has_its_row_by_scalar(tiny):
    assert set(tiny.parameters) == set(tiny.constants)
    assert tiny.parameters["cost[US,metal]"].name == "cost"
    assert tiny.parameters["line_share[metal]"].default == 0.75


def write_table(tmp_path, text):
    (tmp_path / "parameters.csv").write_text(text, encoding="utf-8")
    return tmp_path / "parameters.csv"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,unit\n", "lacks the columns `default`"),
        (
            "name,unit,default,low,high,distribution,kind,source_ids,grade,rationale\n"
            "cost,MUSD,much,1,2,fixed,lever,,U,why\ncost,MUSD,1,low,2,fixed,lever,,U,why\n",
            "2 problems:\n  - Line 2, `cost`: default is `much`",
        ),
    ],
)
def test_a_broken_table_of_parameters_is_told(tiny_world, tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        load_model(tiny_world / "model" / "buildout.mdl", write_table(tmp_path, text))


def test_a_missing_table_is_told(tiny_world, tmp_path):
    with pytest.raises(InputError, match="Cannot read"):
        load_model(tiny_world / "model" / "buildout.mdl", tmp_path / "none.csv")
