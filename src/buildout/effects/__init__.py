"""What each loop, lever, sector and constant does: measured by moving it and running the model.

`python -m buildout.effects` writes model/EFFECTS.md and model/ROBUSTNESS.md; tests keep them fresh.
"""

from pathlib import Path

from buildout import files
from buildout.effects.page import effects_page
from buildout.effects.robustness import robustness_page
from buildout.model import Model, load_model

__all__ = ["effects_page", "pages", "robustness_page", "write_pages"]

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

    def write(place: Path) -> None:
        for name, text in made.items():
            (place / name).write_text(text, encoding="utf-8")

    return files.write_together(folder or files.model_file().parent, write)
