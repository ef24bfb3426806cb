"""One reason for several settings, `*` for all elements: the same as if each were spelled out."""

import pytest

from buildout.errors import BuildoutError, PathwayFileError
from buildout.inputs.pathway import pathway
from buildout.inputs.pathway_text import pathway_text
from buildout.inputs.resolve import resolve
from buildout.inputs.settings import Setting
from buildout.inputs.validation import check_values

SHORT = """
[[set]]
lever = ["lifetime", "initial capacity[US, *]"]
value = 25
source = "S02"
note = "both"

[[set]]
source = "judgement"
[set.levers]
"cost[*, *]" = 3
"cost[US, mining]" = 4
"line share[metal]" = 0.5
"""
SPELLED_OUT = [
    ("lifetime", 25, "S02", "both"),
    ("initial_capacity[US,mining]", 25, "S02", "both"),
    ("initial_capacity[US,metal]", 25, "S02", "both"),
    ("cost[US,mining]", 4, "judgement", ""),
    ("cost[US,metal]", 3, "judgement", ""),
    ("cost[Allies,mining]", 3, "judgement", ""),
    ("cost[Allies,metal]", 3, "judgement", ""),
    ("line_share[metal]", 0.5, "judgement", ""),
]


def write(folder, name, text):
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def one_by_one(settings):
    """Settings as a file that sets each element by itself, as all files once did."""
    tables = []
    for lever, value, source, note in settings:
        reason = f'source = "{source}"\nnote = """{note}"""'
        tables.append(f'[[set]]\nlever = "{lever}"\nvalue = {value!r}\n{reason}\n')
    return "\n".join(tables)


def test_what_stands_together_is_what_could_be_spelled_out(tmp_path, tiny):
    short, spelled = (
        resolve(tiny, pathway(write(tmp_path, "mine", text)), beyond_range=True).scenarios[0]
        for text in (SHORT, one_by_one(SPELLED_OUT))
    )
    assert short.values == spelled.values
    assert short.changes == spelled.changes
    assert len(short.values) == len(SPELLED_OUT)


def test_a_packaged_pathway_is_what_could_be_spelled_out(tmp_path, model):
    ours = pathway("mobilization")
    last = {s: each for each in ours.settings for s in model.scalars(each.lever)}
    text = one_by_one((s, each.value, each.source, each.note) for s, each in last.items())
    spelled = resolve(model, pathway(write(tmp_path, "mobilization", text))).scenarios[0]
    short = resolve(model, ours).scenarios[0]
    assert spelled.values == short.values
    reasons = [
        {name: (change["value"], change["source"], change["note"]) for name, change in c.items()}
        for c in (spelled.changes, short.changes)
    ]
    assert reasons[0] == reasons[1]
    assert len(last) > len(ours.settings) / 2


def test_a_wildcard_may_be_typed_too(tiny):
    assert check_values(tiny, [Setting("initial capacity[*, metal]", 30.0, origin="--set")]) == {
        "initial_capacity[US,metal]": 30.0,
        "initial_capacity[Allies,metal]": 30.0,
    }


@pytest.mark.parametrize(
    "lever", ["initial capacity[USA,*]", "initial capacity[U*,metal]", "lifetime[*]", "cost[*]"]
)
def test_a_wildcard_that_stands_for_nothing_is_answered_with_the_nearest(tiny, lever):
    with pytest.raises(BuildoutError, match=r"Nearest: .*`\*` is a whole subscript"):
        tiny.scalars(lever)


def test_a_unit_holds_for_all_that_stand_with_it(tmp_path, tiny):
    text = '[[set]]\nunit = "Year"\n[set.levers]\nlifetime = 20\n"line share[*]" = 0.5\n'
    with pytest.raises(BuildoutError, match=r"`line share\[\*\]` is given in `Year`"):
        check_values(tiny, pathway(write(tmp_path, "mine", text)).settings)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("lever = []\nvalue = 1", "number 1 lacks `lever`.*a list of names"),
        ("lever = ['a', 3]\nvalue = 1", "number 1 lacks `lever`"),
        ("lever = ['a', 'A']\nvalue = 1", "`A` is set twice"),
        ("levers = {a = 1}\nvalue = 1", "has `levers` and `value`.*Keep one form"),
        ("lever = 'a'\nlevers = {a = 1}", "has `levers` and `lever`"),
        ("levers = ['a']", "`levers` of .* is no table"),
        ("levers = {}", "`levers` of .* is no table"),
        ("[set.levers]\na = 1\nnote = 'x'", r"`note` stands above the line `\[set.levers\]`"),
        ("levers = {'x[US,*]' = 1, 'x[*,metal]' = 2}", "set the same.*An exception"),
        ("levers = {'x[US]' = 1, 'x[*]' = 2}", r"`x\[US\]` and, below it, `x\[\*\]` set the same"),
        ("levers = {'x[US]' = 1, x = 2}", r"`x\[US\]` and, below it, `x` set the same"),
        ("levers = {x = 1, 'x[*]' = 2}", r"`x\[\*\]` is set twice"),
        ("lever = [" + "'a'," * 2001 + "]\nvalue = 1", "A lever is set 2,001 times"),
    ],
)
def test_what_cannot_stand_together_is_told(tmp_path, text, message):
    with pytest.raises(PathwayFileError, match=message):
        pathway(write(tmp_path, "mine", f"[[set]]\n{text}\n"))


def test_an_exception_stands_below_and_an_extending_file_prevails(tmp_path):
    write(tmp_path, "base", "[[set]]\nlevers = {'x[*]' = 1, 'x[US]' = 2}\n")
    mine = write(tmp_path, "mine", "extends = 'base'\n[[set]]\nlever = 'x[*]'\nvalue = 3\n")
    assert [s.value for s in pathway(mine).settings] == [1, 2, 3]


def test_what_the_program_writes_is_read_back_the_same(tmp_path):
    reason = ("Year", "S02", 'a "quoted" note')
    settings = [Setting("lifetime", 25.5), *(Setting(n, 0.1, *reason) for n in ("a[x, y]", "b"))]
    text = pathway_text("Mine", "What.", ["status-quo"], settings)
    found = pathway(write(tmp_path, "mine", text))
    own = [s for s in found.settings if s.origin == "mine.toml"]
    assert [(s.lever, s.value, s.unit, s.source, s.note) for s in own] == [
        (s.lever, s.value, s.unit, s.source, s.note) for s in settings
    ]
    assert text.count("[[set]]") == 2
