"""A column of a journal: US magnet output under a pathway of your own, with the band of draws.

python figures/recipes/fan_of_your_own_pathway.py FOLDER
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt

import buildout as bo

TITLE = "More contracts and allied access"
SETTINGS = {"allied access level": 0.6, "contract cover level[US, *]": 0.8}
OUTPUT = "US magnet output total"
YEARS = range(2025, 2046)
COLUMN = 89 / 25.4  # inches


def main(folder: Path, draws: int = 500) -> None:
    """Draw the fan, 89 mm wide with letters of 7 points, and save its numbers beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    mine = bo.pathway("status-quo").with_settings(SETTINGS, name="mine", title=TITLE)
    cloud = bo.sweep(
        bo.latin_hypercube(draws, seed=1), mine, outputs=[OUTPUT], reductions=bo.At(YEARS)
    )
    output = cloud["us_magnet_output_total"].sel(pathway="mine") / 1000
    low, middle, high = output.quantile([0.05, 0.5, 0.95], "draw").values

    with plt.rc_context({"font.size": 7, "pdf.fonttype": 42}):
        figure = draw(low, middle, high, draws)
        figure.savefig(folder / "fan_of_your_own_pathway.pdf", metadata={"CreationDate": None})
        figure.savefig(folder / "fan_of_your_own_pathway.png", dpi=300)
    plt.close(figure)
    band = output.quantile([0.05, 0.5, 0.95], "draw").to_series()
    band.to_csv(folder / "fan_of_your_own_pathway.csv")


def draw(low, middle, high, draws: int):
    """The band, its middle and their names."""
    figure, axes = plt.subplots(figsize=(COLUMN, 0.75 * COLUMN), layout="constrained")
    axes.fill_between(YEARS, low, high, color="#1f5a96", alpha=0.2, linewidth=0)
    axes.plot(YEARS, middle, color="#1f5a96", linewidth=1.2)
    axes.annotate("median", (2040, middle[15]), (0, 4), textcoords="offset points", ha="right")
    axes.annotate("95%", (2040, high[15]), (0, 3), textcoords="offset points", ha="right")
    axes.annotate("5%", (2040, low[15]), (0, -8), textcoords="offset points", ha="right")
    axes.set(xlim=(2025, 2045), ylim=(0, None), ylabel="US magnets, 1,000 t a year")
    axes.set_xticks([2025, 2030, 2035, 2040, 2045])
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_title(f"{TITLE}; {draws:,} draws", fontsize=7.5, loc="left")
    return figure


if __name__ == "__main__":
    main(Path(sys.argv[1] if sys.argv[1:] else "."))
