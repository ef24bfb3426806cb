"""Pathway files that nobody would write by hand: each is refused at once, or read harmlessly."""

import os
import time

import pytest

from buildout.errors import BuildoutError, PathwayFileError, UnknownNameError
from buildout.inputs.pathway import Pathway, pathway, read_pathways
from buildout.inputs.validation import check_values

pytestmark = pytest.mark.usefixtures("tiny_world")


def write(folder, name, text):
    path = folder / f"{name}.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_byte_order_mark_is_no_statement(tmp_path):
    assert pathway(write(tmp_path, "mine", b'\xef\xbb\xbftitle = "Mine"')).title == "Mine"


def test_windows_line_ends_are_line_ends(tmp_path):
    mine = write(tmp_path, "mine", 'title = "Mine"\r\ndescription = """one\r\ntwo"""\r\n')
    assert pathway(mine).description == "one\ntwo"


def test_a_local_file_that_extends_its_own_name_means_the_packaged_one(tmp_path):
    text = 'extends = "mobilization"\n[[set]]\nlever = "subsidy"\nvalue = 3\n'
    found = pathway(write(tmp_path, "mobilization", text))
    assert [s.value for s in found.settings if s.lever == "subsidy"] == [100, 3]
    assert len({path.parent for path in found.files}) == 2


def test_longer_ways_back_to_a_packaged_name_end_there_too(tmp_path):
    write(tmp_path, "between", 'extends = "mobilization"')
    found = pathway(write(tmp_path, "mobilization", 'extends = "between"\ntitle = "Own"'))
    assert found.title == "Own"
    assert [s.value for s in found.settings if s.lever == "subsidy"] == [100]


def test_a_path_to_itself_is_a_circle_and_the_packaged_name_is_told(tmp_path):
    mine = write(tmp_path, "mobilization", 'extends = "./mobilization.toml"')
    with pytest.raises(PathwayFileError, match=r'circle.*`extends = "mobilization"` means'):
        pathway(mine)


def test_what_is_no_file_is_refused_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "folder.toml").mkdir()
    (tmp_path / "loop.toml").symlink_to(tmp_path / "loop.toml")
    for path in ("pipe.toml", "folder.toml", "loop.toml"):
        with pytest.raises(PathwayFileError, match="Cannot read the pathway file"):
            pathway(tmp_path / path)
    with pytest.raises(PathwayFileError, match="a device"):
        pathway("/dev/zero")


def test_files_that_extend_each_other_twice_end_at_once(tmp_path):
    for level in range(26):
        write(tmp_path, f"f{level}", f'extends = ["f{level + 1}", "f{level + 1}"]')
    write(tmp_path, "f26", "[[set]]\nlever='subsidy'\nvalue=1")
    begin = time.perf_counter()
    with pytest.raises(PathwayFileError, match=r"`f0\.toml` extends files 500 times or 50 deep"):
        pathway(tmp_path / "f0.toml")
    assert time.perf_counter() - begin < 5


def test_a_long_chain_is_refused_before_python_gives_up(tmp_path):
    for level in range(300):
        write(tmp_path, f"f{level}", f'extends = "f{level + 1}"')
    with pytest.raises(PathwayFileError, match="50 deep"):
        pathway(tmp_path / "f0.toml")


def test_a_file_of_a_million_settings_is_refused_by_its_size(tmp_path):
    mine = write(tmp_path, "mine", "# " + "x" * 2**20)
    with pytest.raises(PathwayFileError, match="larger than 1 MiB"):
        pathway(mine)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = " + "[" * 5000 + "]" * 5000, "nested too deeply"),
        ("a = " + "{b=" * 5000 + "1" + "}" * 5000, "nested too deeply"),
        ("[[set]]\nlever = 'a'\nvalue = " + "9" * 5000, "not valid TOML"),
        (b"title = 'a\x00b'", "NUL byte"),
        ("title = 'é'".encode("latin-1"), "line 1 looks like Latin-1"),
        ("title = 'x'".encode("utf-16"), "UTF-16"),
        (b"\xef\xbb\xbf\xef\xbb\xbftitle = 'x'", "not valid TOML"),
        ("title = 3", "`title` is a number. Text is accepted"),
        ("title = ['a']", "`title` is a list"),
        ("title = true", "`title` is true or false"),
        ("title = 2026-01-01", "`title` is a date"),
        ("title = {a = 1}", "`title` is a table"),
        ("description = 1.5", "`description` is a number"),
        ("shared = 1", "`shared` is a number. `true` or `false` is accepted"),
        ("shared = 'yes'", "`shared` is text"),
        ("extends = 2026-01-01", "`extends` is a date"),
        ("extends = [['a']]", "`extends` is a list"),
        ("extends = [1]", "`extends` is a list"),
        ("[set]\nlever='a'\nvalue=1", r"Write `\[\[set\]\]`"),
        ("set = [1]", r"Write `\[\[set\]\]`"),
        ("[[set]]\nlever='a'\nvalue=1\nunit=3", "number 1: `unit` is a number"),
        ("[[set]]\nlever='a'\nvalue=1\nsource=['S01']", "`source` is a list"),
        ("[[set]]\nlever='a'\nvalue=1\nnote=false", "`note` is true or false"),
        ('title = "\\u001b[31mred"', r"control character: `\\x1b\[31mred`"),
        ('description = "\\u0000"', "control character"),
        ('title = "\\u202Eabc"', r"control character: `\\u202eabc`"),
        ('[[set]]\nlever="a"\nvalue=1\nnote="\\u0007"', "control character"),
        ("title = '" + "x" * 400 + "'", "`title` has 400 characters"),
        ("titel = 1", "Nearest: `title`"),
        ('"a\\u001b" = 1', r"key `a\\x1b`"),
    ],
)
def test_what_a_file_says_wrongly_is_told(tmp_path, text, message):
    with pytest.raises(PathwayFileError, match=message) as raised:
        pathway(write(tmp_path, "mine", text))
    assert "\x1b" not in str(raised.value)
    assert len(str(raised.value)) < 1000


@pytest.mark.parametrize(
    "name",
    [
        "plan",
        "计划",
        "план-2",
        "योजना",
        "Ünïted (2)",
        "a.b",
        "_own",
        "50 % more",
        "x" * 100,
        "🚀 up",
    ],
)
def test_a_name_may_be_of_any_script(tmp_path, name):
    assert pathway(write(tmp_path, name, "")).name == name


NO_NAMES = r"""$\frac{1|a$b|<script>|=1+1|-x|a`b|a"b|..|@a"""


@pytest.mark.parametrize(
    "name",
    [*NO_NAMES.split("|"), " a", "a|b", "a\x1b[31m", "a\nb", "a\u202eb", "x" * 101, "é" * 110],
)
def test_a_name_that_would_be_more_than_a_name_is_refused(tmp_path, name):
    with pytest.raises(PathwayFileError, match=r"The name .* Choose another name"):
        pathway(write(tmp_path, name, ""))
    with pytest.raises(PathwayFileError, match="The name"):
        Pathway(name)


@pytest.mark.parametrize("name", ["x" * 300, "a\x00b", "", " ", "a\x1bb", "../../etc", "/", "~"])
def test_a_name_of_no_pathway_is_answered_in_one_short_message(tmp_path, name):
    with pytest.raises(BuildoutError) as raised:
        pathway(name)
    assert len(str(raised.value)) < 600
    assert "\x1b" not in str(raised.value)


@pytest.mark.parametrize("name", ["x" * 300, "a\\u0000b", "", "sub/none", "none.toml"])
def test_an_extended_name_of_no_pathway_is_told(tmp_path, name):
    with pytest.raises((PathwayFileError, UnknownNameError)):
        pathway(write(tmp_path, "mine", f'extends = "{name}"'))


def test_a_regime_may_be_written_by_its_letter(tmp_path):
    mine = write(tmp_path, "mine", '[[set]]\nlever = "Rule regime"\nvalue = "B"')
    assert pathway(mine).settings[0].value == 2.0


@pytest.mark.parametrize(
    "more",
    [
        *({"title": title} for title in ("a\x1b", "a\uffff", "\ud800", 3, "x" * 301)),
        {"description": "\x00"},
        {"name": "a$b"},
    ],
)
def test_a_pathway_made_in_memory_is_held_to_the_same(more):
    with pytest.raises(PathwayFileError):
        Pathway("mine").with_settings({}, **more)


@pytest.mark.parametrize(
    ("value", "cure"),
    [("'3'", "Leave out the quotes"), ("'0,8'", "Write `0.8`"), ("'80%'", "share: `0.8`")],
)
def test_a_number_in_quotes_is_answered_with_the_cure(tmp_path, tiny, value, cure):
    mine = write(tmp_path, "mine", f"[[set]]\nlever='subsidy'\nvalue={value}")
    with pytest.raises(BuildoutError, match=cure):
        check_values(tiny, pathway(mine).settings)


def test_two_local_files_share_one_reading(tmp_path):
    write(tmp_path, "base", "")
    several = [write(tmp_path, name, 'extends = "base"') for name in ("a", "b")]
    assert [len(one.files) for one in read_pathways(several)] == [2, 2]


@pytest.mark.parametrize(
    "text",
    [
        "a." * 200_000 + "b = 1",
        '"a" . ' * 60_000 + "b = 1",
        "''." * 60_000 + "b = 1",
        "[" + "a." * 60_000 + "b]",
        "x = {" + "a." * 60_000 + "b = 1}",
    ],
    ids=["bare", "quoted", "empty", "header", "inline"],
)
def test_a_key_of_many_parts_is_refused_before_it_takes_the_memory(tmp_path, text):
    with pytest.raises(PathwayFileError, match="nested too deeply"):
        pathway(write(tmp_path, "mine", text))


def test_many_short_sentences_are_no_key(tmp_path):
    prose = "Buy. Build. See Table 1.2.3.4.5 of it, e.g. p. 4... and so on. " * 60
    assert (
        pathway(write(tmp_path, "mine", f'description = "{prose}"')).description.count("Buy") == 60
    )


@pytest.mark.quick_for("name", "path")
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[set]]\nlever = "x"\nvalue = 1\n' * 2_001, r"stands there 2,001 times.*2,000 are"),
        ("[[set]]\n" * 90_000, r"stands there 90,000 times"),
        ('extends = "' + "a/" * 400_000 + 'x.toml"', r"name of 800,006 letters.*4,096 are"),
        ('extends = ["x", "' + "a" * 5_000 + '"]', r"name of 5,000 letters"),
        ("a = " + "9" * 5_000, "a whole number has thousands of digits"),
    ],
    ids=["settings", "empty settings", "path", "name", "digits"],
)
def test_more_than_anybody_writes_is_refused_at_once(tmp_path, text, message):
    begun = time.monotonic()
    with pytest.raises(PathwayFileError, match=message):
        pathway(write(tmp_path, "mine", text))
    assert time.monotonic() - begun < 5
