"""One row of the list of projects and one command make a plant of the model."""

import shutil

import pytest

from buildout.errors import InputError
from buildout.inputs.model import load_model
from buildout.inputs.projects import read_projects
from buildout.pages.generated import checkout, chosen
from buildout.pages.project_group import with_project_group
from buildout.simulation.simulate import simulate

ROOT = checkout()
MODEL, TABLE = "model/buildout.mdl", "calibration/projects.csv"
SOURCES = "calibration/sources.csv"
NEW = {
    "project": "Test Foundry",
    "plant": "Test Foundry",
    "region": "US",
    "line": "metal and alloy",
    "capacity": "1234.5",
    "in_model": "project",
    "status": "financed",
    "maker": "newcomer",
    "announced_time": "2026.1",
    "decision_date": "2026.2",
    "owner_start": "2028.5",
    "earliest_start": "2028",
    "public_contract": "0.25",
    "private_contract": "0",
}
WAITING = NEW | {
    "project": "Test Smelter",
    "status": "announced",
    "decision_date": "",
    "earliest_decision": "2027",
    "owner_start": "",
    "earliest_start": "",
    "lead": "1",
    "permit_done": "0.5",
}


@pytest.fixture
def copy(tmp_path):
    """A checkout with only the files that the generator reads and writes."""
    for name in (MODEL, TABLE, SOURCES):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def add(folder, *rows):
    path = folder / TABLE
    heads = path.read_text(encoding="utf-8").splitlines()[0].split(",")
    lines = [",".join(row.get(head, "") for head in heads) for row in rows]
    with path.open("a", encoding="utf-8") as file:
        file.write("\n".join([*lines, ""]))


def generate(folder):
    (entry,) = chosen(["projects"])
    return entry.write(folder)


def test_the_group_of_the_model_is_that_of_the_table():
    (entry,) = chosen(["projects"])
    assert not entry.stale(ROOT), "run `buildout generate projects`"


@pytest.mark.slow
def test_a_plant_is_added_by_one_row_and_one_command(copy):
    add(copy, NEW, WAITING)
    assert generate(copy) == [MODEL]
    model = load_model(copy / MODEL, ROOT / "calibration/parameters.csv")
    (capacity,) = model.scalars("project capacity[Test Foundry, metal and alloy]")
    assert model.constants[capacity] == 1234.5
    ds = simulate("status-quo", model=model).isel(pathway=0)
    start = ds["start_date_of_project"].sel(dated_project="Test Foundry")
    started = ds["started_share_of_project"].sel(dated_project="Test Foundry")
    assert float(start.max()) >= 2028.5
    assert (started.sel(time=slice(None, 2028.0)) == 0).all()
    assert 0.5 < float(started.isel(time=-1)) <= 1
    decided = ds["decided_share_of_project"].sel(undecided_project="Test Smelter")
    assert (decided.sel(time=slice(None, 2027.0)) == 0).all()


@pytest.mark.slow
def test_the_rest_of_the_model_is_kept_sign_for_sign(copy):
    before = (copy / MODEL).read_bytes()
    assert generate(copy) == []
    add(copy, NEW)
    generate(copy)
    after = (copy / MODEL).read_bytes()
    begin, end = b"\t.Projects\n", b"\t.Capacity\n"
    assert before.split(begin)[0] == after.split(begin)[0]
    assert before.split(end)[1] == after.split(end)[1]
    assert before != after
    assert generate(copy) == []


def test_a_model_that_vensim_has_saved_keeps_its_line_ends():
    text, projects = (ROOT / MODEL).read_text(encoding="utf-8"), read_projects()
    saved = with_project_group(text.replace("\n", "\r\n"), projects[:-1] + projects[-1:])
    assert saved == text.replace("\n", "\r\n")


@pytest.mark.quick_for("row0", "row3")
@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"line": "metl and alloy"}, "line is `metl and alloy`.*Nearest: `metal and alloy`"),
        ({"region": "Canada"}, "region is `Canada`. Accepted: US, Allies"),
        ({"maker": "newcommer"}, "maker is `newcommer`.*Nearest: `newcomer`"),
        (
            {"status": "funded"},
            "Line [0-9]+, `Test Foundry`: status is `funded`. Accepted: operating",
        ),
        (
            {"in_model": "yes"},
            "Line [0-9]+: in_model is `yes`. Accepted: project, initial, excluded",
        ),
        ({"capacity": "much"}, "Line [0-9]+, capacity of `Test Foundry` is `much`. A number"),
        ({"capacity": "0"}, "its capacity on `metal and alloy` is no number above 0"),
        ({"capacity": ""}, "its capacity on `metal and alloy` is no number above 0"),
        ({"owner_start": ""}, "decision_date, owner_start and earliest_start are decimal years"),
        ({"announced_time": ""}, "announced_time is empty"),
        ({"decision_date": "2029"}, "do not follow each other"),
        ({"status": "operating"}, "owner_start and earliest_start are the date of its first"),
        ({"status": "announced"}, "`lead` is 1 on the line that decides"),
        ({"status": "announced", "lead": "1"}, "permit_done is a share"),
        ({"status": "announced", "lead": "1"}, "earliest_decision is a decimal year, not before"),
        ({"lead": "1"}, "no line decides any more"),
        ({"public_contract": "0.7", "private_contract": "0.7"}, "together no more than 1"),
        ({"project": "Test-Foundry"}, "`Test-Foundry` is no name of a project"),
        ({"project": "mining"}, "The model has the name `mining` for something else"),
        ({"project": "Slip shape"}, "The model has the name `Slip shape` for something else"),
        ({"project": "mp 10x"}, "`MP 10X` and `mp 10x` are one name to the model"),
    ],
)
def test_a_row_that_is_wrong_is_told_and_nothing_is_written(copy, row, message):
    add(copy, NEW | row)
    before = (copy / MODEL).read_bytes()
    with pytest.raises(InputError, match=f"(?s){message}"):
        generate(copy)
    assert (copy / MODEL).read_bytes() == before


def test_rows_of_a_project_must_agree_and_stand_once(copy):
    add(copy, NEW, NEW)
    with pytest.raises(InputError, match="`metal and alloy` stands twice"):
        generate(copy)
    shutil.copy(ROOT / TABLE, copy / TABLE)
    add(copy, NEW, NEW | {"line": "NdFeB magnets", "owner_start": "2029"})
    with pytest.raises(InputError, match="owner_start differs from its first row"):
        generate(copy)


def test_a_by_product_decides_on_no_project(copy):
    add(copy, WAITING | {"line": "Sm separation"})
    with pytest.raises(InputError, match=r"lead is `Sm separation`\. Accepted: mining, "):
        generate(copy)


def test_a_source_that_is_not_in_the_table_of_sources_is_refused(copy):
    add(copy, NEW | {"source_id": "S56x"})
    with pytest.raises(InputError, match=r"`S56x`\. Nearest: `S56`\. Or add it to sources\.csv"):
        generate(copy)


def test_all_problems_are_told_together(copy):
    add(copy, NEW | {"capacity": "much"}, WAITING | {"lead": ""})
    with pytest.raises(InputError) as caught:
        generate(copy)
    assert "`much`" in str(caught.value)
    assert "`Test Smelter`" in str(caught.value)


def test_a_model_without_the_group_is_refused():
    text = (ROOT / MODEL).read_text(encoding="utf-8").replace("\t.Projects\n", "\t.Plants\n")
    with pytest.raises(InputError, match=r"no group `\.Projects`"):
        with_project_group(text, read_projects())


def test_a_kind_without_a_project_in_a_region_is_refused():
    projects = [p for p in read_projects() if p.dated or p.region == "US"]
    with pytest.raises(InputError, match="There is no undecided project in Allies"):
        with_project_group((ROOT / MODEL).read_text(encoding="utf-8"), projects)
