"""What each loop, lever, sector and constant does: measured by moving it and running the model.

`python -m buildout.effects` writes model/EFFECTS.md and model/ROBUSTNESS.md, and the tables of
loops and sectors into model/README.md between two marks; tests keep them fresh.
"""

from pathlib import Path

from buildout._util import files
from buildout.inputs import places
from buildout.inputs.model import Model, load_model
from buildout.pages.effects import effects_page
from buildout.pages.robustness import robustness_page

__all__ = ["effects_page", "pages", "robustness_page", "write_pages"]

MARKS = ("<!-- effects: made by python -m buildout.effects -->", "<!-- end of effects -->")
PAGES = {"EFFECTS.md": effects_page, "ROBUSTNESS.md": robustness_page}


def pages(model: Model | None = None, only: str | None = None) -> dict[str, str]:
    """The generated pages as Markdown, by file name.

    Parameters
    ----------
    model : Model, optional
        The one that comes with buildout by default.
    only : str, optional
        One file name of `PAGES`; all by default.
    """
    model = model or load_model()
    return {name: make(model) for name, make in PAGES.items() if only in (None, name)}


def write_pages(folder: str | Path | None = None) -> list[Path]:
    """Write the pages, both or none, beside the model or elsewhere.

    Raises
    ------
    OutputError
        When the folder cannot be written; earlier pages stay.
    """
    made = pages()
    if "EFFECTS.md" in made:
        made["README.md"] = readme_with_effects(made["EFFECTS.md"])

    def write(place: Path) -> None:
        for name, text in made.items():
            (place / name).write_text(text, encoding="utf-8")

    return files.write_together(folder or places.model_file().parent, write)


def readme_with_effects(effects: str, readme: str | None = None) -> str:
    """model/README.md with the tables of loops and sectors of EFFECTS.md between its marks.

    Parameters
    ----------
    effects : str
        The page EFFECTS.md.
    readme : str, optional
        The page to change; the committed one by default.
    """
    if readme is None:
        readme = (places.model_file().parent / "README.md").read_text(encoding="utf-8")
    sections = effects.split("\n## ")
    tables = [_table(section) for section in sections if section.startswith(("1. ", "2. "))]
    before, rest = readme.split(MARKS[0])
    after = rest.split(MARKS[1])[1]
    return f"{before}{MARKS[0]}\n\n{chr(10).join(tables)}\n{MARKS[1]}{after}"


def _table(section: str) -> str:
    """The first table of a section, without its last column."""
    rows = [line for line in section.splitlines() if line.startswith("|")]
    # A later table of the same section begins with the same heads.
    end = rows.index(rows[0], 1) if rows[0] in rows[1:] else len(rows)
    kept = [row.rstrip("|").rsplit(" |", 1)[0] + " |" for row in rows[:end]]
    kept[1] = "|---" * (kept[0].count("|") - 1) + "|"
    return "\n".join(kept) + "\n"
