"""Pathway files: what they may say, what they may extend, and how they are refused."""

import pytest

from buildout.errors import PathwayFileError, UnknownNameError
from buildout.inputs.pathway import pathway, pathway_names

pytestmark = pytest.mark.usefixtures("tiny_world")


def write(folder, name, text):
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_canonical_pathways_come_first_and_shared_parts_are_not_listed():
    assert pathway_names() == ["status-quo", "mobilization", "china-deal"]
    assert "common" in pathway_names(shared=True)


def test_extended_settings_come_before_own_ones_with_source_and_origin():
    found = pathway("mobilization")
    assert [s.lever for s in found.settings][:2] == ["lifetime", "subsidy"]
    assert found.settings[0].origin == "common.toml"
    assert found.settings[1].source == "judgement"
    assert [path.name for path in found.files] == ["common.toml", "mobilization.toml"]
    assert found.title == "More money"


def test_a_pathway_object_is_itself():
    found = pathway("status-quo")
    assert pathway(found) is found


def test_a_file_of_ones_own_extends_its_neighbours_and_ours(tmp_path):
    write(tmp_path, "base", 'extends = "status-quo"\n[[set]]\nlever = "subsidy"\nvalue = 1\n')
    mine = write(tmp_path, "mine", 'extends = ["base.toml", "mobilization"]\n')
    found = pathway(mine)
    assert found.name == "mine"
    assert [s.lever for s in found.settings][:3] == ["lifetime", "subsidy", "lifetime"]


def test_an_unknown_pathway_is_answered_with_the_nearest():
    with pytest.raises(UnknownNameError, match=r"`mobilisation`. Nearest: `mobilization`"):
        pathway("mobilisation")


def test_an_unknown_extended_pathway_is_answered_with_the_nearest(tmp_path):
    with pytest.raises(UnknownNameError, match=r"`status-quoo`. Nearest: `status-quo`"):
        pathway(write(tmp_path, "mine", 'extends = "status-quoo"'))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(PathwayFileError, match=r"Cannot read .*none\.toml.*No such file"):
        pathway(tmp_path / "none.toml")


def test_malformed_toml_is_told_with_file_and_line(tmp_path):
    with pytest.raises(PathwayFileError, match=r"mine\.toml.* not valid TOML: .*line 2"):
        pathway(write(tmp_path, "mine", 'title = "x"\nvalue = = 3\n'))


def test_a_file_that_is_not_text_is_refused(tmp_path):
    (tmp_path / "mine.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PathwayFileError, match="not UTF-8"):
        pathway(tmp_path / "mine.toml")


def test_a_circle_is_shown(tmp_path):
    write(tmp_path, "a", 'extends = "b"')
    write(tmp_path, "b", 'extends = "c"')
    write(tmp_path, "c", 'extends = "b"')
    with pytest.raises(PathwayFileError, match=r"circle: `b\.toml` -> `c\.toml` -> `b\.toml`"):
        pathway(tmp_path / "a.toml")


def test_a_file_that_extends_itself_is_a_circle(tmp_path):
    with pytest.raises(PathwayFileError, match=r"`a\.toml` -> `a\.toml`"):
        pathway(write(tmp_path, "a", 'extends = "a"'))


def test_two_files_may_extend_the_same_third(tmp_path):
    write(tmp_path, "a", 'extends = "common"')
    write(tmp_path, "b", 'extends = "common"')
    assert len(pathway(write(tmp_path, "c", 'extends = ["a", "b"]')).settings) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("titel = 'x'", "`titel`.*Accepted: title"),
        ("extends = 3", "`extends` is `3`"),
        ("set = 3", r"Write `\[\[set\]\]`"),
        ("[[set]]\nvalue = 3", "number 1 lacks `lever`"),
        ("[[set]]\nlever = 'a'", "number 1 lacks .* `value`"),
        ("[[set]]\nlever = 3\nvalue = 3", "number 1 lacks `lever`"),
        ("[[set]]\nlever = 'a'\nvalue = 3\nsauce = 'x'", "`sauce`.*Accepted: lever"),
        ("[[set]]\nlever='a b'\nvalue=3\n[[set]]\nlever='A_B'\nvalue=4", "`A_B` is set twice"),
    ],
)
def test_what_a_file_may_not_say_is_told(tmp_path, text, message):
    with pytest.raises(PathwayFileError, match=message):
        pathway(write(tmp_path, "mine", text))


def test_all_problems_of_a_file_are_told_at_once(tmp_path):
    with pytest.raises(PathwayFileError, match="has 2 problems"):
        pathway(write(tmp_path, "mine", "a = 1\nb = 2\n"))
