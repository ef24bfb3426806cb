"""Settings as people type them: hints, letters, whole numbers, elements and conflicts."""

import math

import numpy as np
import pytest

from buildout.errors import BuildoutError, InputError, UnknownNameError
from buildout.inputs.regimes import REGIMES
from buildout.inputs.settings import Setting, as_settings, parse_setting
from buildout.inputs.validation import check_settings, check_values

RANGES = "--beyond-range"


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("subsidy=0,8", "`subsidy` is `0,8`. A number is accepted. Write `0.8`"),
        ("subsidy=80%", "as a share: `0.8`"),
        ("subsidy=80 %", "as a share: `0.8`"),
        ("subsidy=1,000", "Write `1000` for a thousand"),
        ("subsidy=½", "Write `0.5`"),
        ("subsidy=1_000", "Write `1000`"),
        ("subsidy=1 000", "Write `1000`"),
        ("subsidy=0,8 MUSD/Year", "Write `0.8`"),
        ("subsidy=1e999", "finite number"),
        ("subsidy=" + "9" * 400, "finite number"),
        ("subsidy=0x10", "decimal digits"),
        ("subsidy=true", "A number is accepted"),
        ("subsidy=\x1b[31m", r"`\\x1b\[31m`"),
        ("subsidy\x1b[31m", r"`subsidy\\x1b\[31m`"),
        ("rule regime=D", "`rule regime` is `D`. Accepted: `A`, `B`, `C`"),
        ("rule regime=b", "Accepted: `A`, `B`, `C`"),
        ("subsidy=B", "`subsidy` is `B`"),
    ],
)
def test_a_number_written_as_people_do_is_refused_with_a_hint(written, message):
    with pytest.raises(InputError, match=message):
        parse_setting(written)


@pytest.mark.parametrize(
    ("written", "value", "unit"),
    [
        ("subsidy=3MUSD/Year", 3.0, "MUSD/Year"),
        ("subsidy=1.5e1 MUSD / Year", 15.0, "MUSD / Year"),
        ("rule regime=B", 2.0, ""),
        ("Rule_Regime = C", 3.0, ""),
    ],
)
def test_units_and_letters_are_read(written, value, unit):
    assert parse_setting(written) == Setting(
        parse_setting(written).lever, value, unit, "", "", "--set"
    )


def test_a_unit_is_compared_with_the_model(tiny):
    assert check_settings(tiny, [parse_setting("subsidy=3MUSD/Year")])
    with pytest.raises(InputError, match=r"given in `USD/kg`.*`MUSD/Year`"):
        check_settings(tiny, [parse_setting("subsidy=3 USD/kg")])


@pytest.mark.parametrize("letter", REGIMES)
def test_a_regime_may_be_set_by_letter_through_every_door(model, letter):
    number = {"rule_regime": REGIMES[letter]}
    assert check_values(model, {"rule regime": letter}) == number
    assert check_values(model, {"Rule_regime": letter}) == number
    assert check_values(model, [Setting("rule regime", letter)]) == number
    assert check_values(model, [parse_setting(f"rule regime={letter}")]) == number


@pytest.mark.parametrize("value", ["D", "a", "", "AB", "1"])
def test_another_text_is_no_regime(model, value):
    with pytest.raises(InputError, match=r"which is text.*or A, B, C"):
        check_values(model, {"rule regime": value})


def switches(model):
    return [row.name for row in model.table if row.distribution == "discrete"]


def test_a_choice_takes_whole_numbers_only_even_beyond_its_range(model):
    assert len(switches(model)) == 19
    for name in switches(model):
        for beyond in (False, True):
            with pytest.raises(InputError, match="whole number from"):
                check_values(model, {name: 1.5}, beyond_range=beyond)
    assert check_values(model, {"rule regime": 3}) == {"rule_regime": 3.0}
    for beyond in (False, True):
        with pytest.raises(InputError, match=r"1 to 3 is accepted, or A, B, C"):
            check_values(model, {"rule regime": 4}, beyond_range=beyond)


@pytest.mark.parametrize("value", [-1, 0.5, 1.0000001, 1.5, 2.25, 4, 1e9])
@pytest.mark.parametrize(
    "door",
    [
        lambda name, value: {name: value},
        lambda name, value: [Setting(name, value)],
        lambda name, value: [parse_setting(f"{name}={value}")],
    ],
    ids=["mapping", "setting", "typed"],
)
def test_no_door_lets_a_choice_be_something_else(model, door, value):
    for name in switches(model):
        for beyond in (False, True):
            with pytest.raises(InputError, match="whole number from"):
                check_values(model, door(name, value), beyond_range=beyond)


def test_an_element_whose_range_is_hurt_is_named_with_the_cure(model):
    with pytest.raises(InputError) as raised:
        check_values(model, {"floor price": 150})
    said = str(raised.value)
    for part in (
        "for `floor price[DyTb]`",
        "It fits `floor price[NdPr]`",
        "`floor price[NdPr]=150`",
    ):
        assert part in said
    assert check_values(model, {"floor price[NdPr]": 150})


def test_elements_that_a_value_fits_are_named_too(model):
    with pytest.raises(InputError) as raised:
        check_values(model, {"ramp time to nameplate": 6})
    said = str(raised.value)
    row = model.parameters["ramp_time_to_nameplate[mining]"]
    assert f"{row.low:g} to {row.high:g} for `ramp time to nameplate[mining]`" in said
    assert "It fits `ramp time to nameplate[" in said
    fitting = said.split("It fits `")[1].split("`")[0]
    assert check_values(model, {fitting: 6})
    assert RANGES in said


def test_where_no_element_fits_each_range_is_told(tiny):
    with pytest.raises(InputError, match=r"5 to 15 for `initial capacity\[US,mining\]`.*as in"):
        check_values(tiny, {"initial capacity": 1000})


NO_NAMES = """subsidy[ subsidy] [subsidy subsidy! sub$sidy subsidy= cost[US,metal]] subsidy\x00 []
cost[[US,metal] cost[US!,metal] cost[US,metal costUS,metal] subsidy[] cost[] cost[,] cost[US,]"""


@pytest.mark.parametrize("name", [*NO_NAMES.split(), ""])
def test_a_name_with_signs_too_many_is_no_name(tiny, name):
    with pytest.raises(UnknownNameError):
        check_values(tiny, {name: 3})
    if name:
        with pytest.raises(BuildoutError):
            check_values(tiny, [parse_setting(f"{name}=3")])


@pytest.mark.parametrize(
    "name", ["Subsidy", '"subsidy"', " subsidy ", "cost[ US , metal ]", "COST"]
)
def test_spellings_of_one_name_are_that_name(tiny, name):
    assert check_values(tiny, {name: 3})


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("subsidy=3", "subsidy=4"),
        ("subsidy=3", "Subsidy=3"),
        ("cost[US,metal]=3", "cost=2"),
        ("cost[US,metal]=3", "cost[US,line]=2"),
        ("cost[region,metal]=3", "cost[US,line]=2"),
    ],
)
def test_the_same_thing_typed_twice_is_refused(tiny, first, second):
    typed = [parse_setting(first), parse_setting(second)]
    with pytest.raises(InputError, match=r"`--set .*` and `--set .*` set the same. Keep one"):
        check_values(tiny, typed)


def test_an_element_after_its_whole_is_an_exception_to_it(tiny):
    typed = [parse_setting("cost=3"), parse_setting("cost[US,metal]=2")]
    assert check_values(tiny, typed)["cost[US,metal]"] == 2


def test_two_options_for_one_lever_are_refused_with_both_named(tiny):
    typed = [
        parse_setting("projects known until=2026"),
        Setting("projects known until", 2025.0, origin="--known-until"),
    ]
    match = "`--set projects known until=2026` and `--known-until 2025` set the same"
    with pytest.raises(InputError, match=match):
        check_values(tiny, typed)
    with pytest.raises(InputError, match="set the same"):
        check_values(tiny, [Setting("projects known until", 2026.0), typed[1]])


def test_two_spellings_in_one_mapping_are_refused():
    with pytest.raises(InputError, match="`a b` and `A_B` are one lever"):
        as_settings({"a b": 1, "A_B": 2})


@pytest.mark.parametrize("wrong", [3, ["subsidy=3"], "subsidy=3", [("subsidy", 3)]])
def test_what_holds_no_settings_is_refused(wrong):
    with pytest.raises(InputError, match="mapping of names to values"):
        as_settings(wrong)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (10**400, "beyond 1e308"),
        (np.array([1.0, 2.0]), "ndarray"),
        (np.nan, "finite"),
        (-math.inf, "finite"),
        ({"a": 1}, "a table"),
        (b"3", "bytes"),
        (3j, "complex"),
        ("x" * 10_000, "which is text"),
        (True, "true or false"),
    ],
)
def test_a_value_that_is_no_number_is_refused_shortly(tiny, value, message):
    with pytest.raises(InputError, match=message) as raised:
        check_values(tiny, {"subsidy": value})
    assert len(str(raised.value)) < 400
