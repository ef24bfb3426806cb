"""Designs as files: the same draws back, and one message for each thing that can be wrong."""

import json

import numpy as np
import pytest

from buildout.errors import InputError, OutputError, UnknownNameError
from buildout.sampling import design as designs
from buildout.sampling import saved
from buildout.sampling.saved import MOST_BYTES, design_text, load_design, save_design

HEAD = "grant start,price adjustment time"


@pytest.fixture
def table(tmp_path, model):
    """Write text as a table and read it."""

    def read(text, **more):
        path = tmp_path / "own.csv"
        path.write_text(text)
        return load_design(path, model=model, **more)

    return read


def test_a_design_comes_back_with_the_same_draws_to_the_last_bit(tmp_path, model):
    design = designs.latin_hypercube(40, seed=3, model=model)
    made = save_design(design, tmp_path / "new" / "draws.csv", model=model)
    assert [path.name for path in made] == ["draws.csv", "draws.json"]
    back = load_design(made[0], model=model)
    assert back.names == design.names
    assert np.array_equal(back.values, design.values)
    assert (back.kind, back.seed, back.size) == ("latin hypercube", 3, 40)


def test_a_folder_stands_for_the_design_in_it(tmp_path, model):
    save_design(designs.grid({"grant start": [2026, 2028]}), tmp_path / "design.csv")
    assert load_design(tmp_path, model=model).values.ravel().tolist() == [2026, 2028]


def test_a_bare_table_is_a_design_of_ones_own(table, model):
    design = table("grant start , price_adjustment_time\r\n2026,0.5\r\n2028,1e0\r\n\r\n")
    assert (design.kind, design.seed) == ("given", None)
    assert design.values.tolist() == [[2026, 0.5], [2028, 1]]


def test_luck_of_a_file_acts(table, model):
    name = designs.latin_hypercube(1, vary="luck", model=model).names[0]
    design = table(f'"{name}"\n0.3\n')
    assert design.names == (name, model.luck_switch)
    assert design.values.tolist() == [[0.3, 1.0]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"`own.csv` holds no draws\."),
        (HEAD, r"`own.csv` holds no draws\."),
        (f"{HEAD}\n2026,nan\n", "Line 2: `price adjustment time` is `nan`. A finite number"),
        (f"{HEAD}\n2026,\n", "`price adjustment time` is ``"),
        (f"{HEAD}\n2026,1e999\n", "A finite number is accepted"),
        (f"{HEAD}\n2026,1_0\n", "`price adjustment time` is `1_0`"),
        (f"{HEAD}\n2026,soon\n2027,late\n", r"has 2 problems:\n  - Line 2: .*\n  - Line 3: "),
        (f'{HEAD}\n2026,"0,5"\n', r"Write `0\.5`"),
        (f"{HEAD}\n2026\n", r"Line 2: 1 values\. 2 are accepted"),
        (f'{HEAD}\n2026,"1\n', r"`own.csv`, line 2: unexpected end of data"),
        ("grant start,\n2026,1\n", "A column has no name"),
        ("grant start,grant_start\n2026,1\n", "`grant start` and `grant_start` are the same"),
        (f"{HEAD}\n2026,5000\n", "`price adjustment time` is set to 5000.*Accepted: "),
        ("rule regime\n1.5\n", "discrete"),
        ("magnet output\n1\n", "cannot be varied"),
        ("a;b\n1;2\n", "not separated by commas"),
        ("\x00", "not text"),
    ],
)
def test_what_is_no_table_of_draws_is_refused_in_one_message(table, text, message):
    with pytest.raises((InputError, UnknownNameError), match=message):
        table(text)


def test_an_unknown_parameter_gets_the_nearest(table):
    with pytest.raises(UnknownNameError, match=r"`grant stat`\. Nearest: `grant s"):
        table("grant stat\n2026\n")
    with pytest.raises(UnknownNameError, match="floor price"):
        table("floor price[Nd]\n100\n")


def test_values_beyond_their_range_pass_where_that_is_asked(table):
    assert table("price adjustment time\n50\n", beyond_range=True).size == 1


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(InputError, match=r"Cannot read the design `.*none.csv`: No such file"):
        load_design(tmp_path / "none.csv")
    with pytest.raises(InputError, match=r"design.csv`: No such file"):
        load_design(tmp_path)


def test_draws_that_were_changed_since_are_refused_until_they_are_ones_own(tmp_path, model):
    table, beside = save_design(designs.grid({"grant start": [2026, 2028]}), tmp_path / "d.csv")
    table.write_text("grant start\n2030\n")
    with pytest.raises(InputError, match=r"remove `d\.json` to take the draws as your own"):
        load_design(table)
    beside.unlink()
    assert load_design(table).values.tolist() == [[2030]]


def test_draws_for_another_version_of_the_model_are_refused(tmp_path, tiny, model):
    design = designs.latin_hypercube(3, seed=1, model=tiny)
    made, _ = save_design(design, tmp_path / "d.csv", model=tiny)
    with pytest.raises(InputError, match="drawn for another version of the model"):
        load_design(made, model=model)


def test_a_file_beside_the_draws_that_is_not_ours_is_let_be(tmp_path, model):
    for text in ("1", "[]", '{"form": 1}', '{"name": "my notes"}'):
        (tmp_path / "d.csv").write_text("grant start\n2030\n")
        (tmp_path / "d.json").write_text(text)
        assert load_design(tmp_path / "d.csv", model=model).kind == "given"


@pytest.mark.slow
def test_what_could_be_the_rest_of_our_record_is_not_passed_over(tmp_path, model):
    table, beside = save_design(designs.latin_hypercube(4, seed=7), tmp_path / "d.csv")
    whole = beside.read_bytes()
    for cut in range(len(whole) - 1):
        beside.write_bytes(whole[:cut])
        with pytest.raises(InputError, match="no JSON"):
            load_design(table, model=model)
    for place in range(0, 8 * len(whole), 5):
        flipped = bytearray(whole)
        flipped[place // 8] ^= 1 << (place % 8)
        beside.write_bytes(flipped)
        with pytest.raises(InputError):
            load_design(table, model=model)


def test_a_file_of_somebody_else_is_not_written_over(tmp_path):
    (tmp_path / "d.json").write_text('{"name": "mine"}')
    with pytest.raises(OutputError, match=r"d\.json` is in the way"):
        save_design(designs.grid({"grant start": [2026, 2028]}), tmp_path / "d.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["d.json"]


@pytest.mark.parametrize("change", [{"kind": "<b>"}, {"seed": True}, {"provenance": 1}])
def test_a_record_that_we_did_not_write_is_refused(tmp_path, model, change):
    table, beside = save_design(designs.grid({"grant start": [2026, 2028]}), tmp_path / "d.csv")
    record = json.loads(beside.read_text()) | change
    beside.write_text(json.dumps(record))
    with pytest.raises(InputError, match="was changed or damaged since"):
        load_design(table, model=model)
    beside.write_text(json.dumps(saved._sealed(record)))
    with pytest.raises(InputError, match="is not as buildout writes it"):
        load_design(table, model=model)


def test_a_design_with_gaps_or_without_end_has_no_file(model):
    with pytest.raises(InputError, match="as a pathway has them"):
        design_text(designs.one_at_a_time("grant start", model=model))
    with pytest.raises(InputError, match=f"Up to {MOST_BYTES // 2**20} MiB"):
        design_text(designs.latin_hypercube(10**8, vary="grant start", model=model))


def test_the_name_of_a_table_ends_in_csv(tmp_path, model):
    with pytest.raises(InputError, match=r"A name in `\.csv` is accepted"):
        save_design(designs.grid({"grant start": [2026]}), tmp_path / "draws.txt")
